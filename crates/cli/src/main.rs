//! The program `gradus`.
#![expect(dead_code, reason = "the command `data get` will call the downloader")]

mod datasets;
mod download;

fn main() {}
