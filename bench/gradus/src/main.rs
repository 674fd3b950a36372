//! This project.

mod cost;
mod fill;
mod handoff;
mod networks;
mod pictures;
mod products;
mod small;
mod unet;

use bench_common::{Work, serve, threads};

fn make(row: &str) -> Work {
    match row {
        "mlp" | "mlp-32" | "tiny" | "cnn" => small::make(row),
        "unet-train" => unet::make(),
        "pictures" => pictures::make(),
        "handoff" => handoff::ours(),
        "handoff-rayon" => handoff::rayon(),
        row if row.starts_with(|first: char| first.is_ascii_digit()) || row.starts_with("skinny") => {
            products::make(row)
        }
        row => networks::make(row),
    }
}

fn main() {
    gradus::set_threads(threads());
    serve(make);
}
