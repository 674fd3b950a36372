//! The program `gradus`.
#![expect(dead_code, reason = "the commands will call the downloader and draw")]

mod datasets;
mod download;
#[cfg_attr(not(test), expect(unused_imports, reason = "the commands will draw"))]
mod draw;

fn main() {}
