//! Prints how fast layers of networks run in each direction by each algorithm, in GFLOP/s of the direct arithmetic and as a share
//! of the machine's peak; a star marks what is chosen:
//! `cargo run --release -p gradus-kernels --example convolutions [THREADS] [ROWS THAT CONTAIN THIS]`.
//!
//! An algorithm is forced by `GRADUS_CONV`, which a process reads once: so the program starts itself anew for each.

use gradus_kernels::conv::{self, Algorithm, ConvShape, Direction};
use gradus_kernels::gemm::Epilogue;
use gradus_kernels::{Real, peak, threads};
use std::time::Instant;

/// Batch, side of the picture, input and output channels of 3x3 layers, and the groups.
const LAYERS: [[usize; 5]; 16] = [
    [1, 224, 64, 64, 1],
    [1, 112, 128, 128, 1],
    [1, 56, 64, 64, 1],
    [8, 56, 64, 64, 1],
    [1, 28, 128, 128, 1],
    [8, 28, 128, 128, 1],
    [1, 28, 512, 512, 1],
    [1, 14, 256, 256, 1],
    [8, 14, 256, 256, 1],
    [1, 14, 512, 512, 1],
    [1, 7, 512, 512, 1],
    [8, 7, 512, 512, 1],
    [32, 32, 64, 64, 1],
    [32, 4, 512, 512, 1],
    [64, 14, 32, 64, 1],
    [4, 128, 32, 32, 1],
];
const DIRECTIONS: [Direction; 3] = [Direction::Forward, Direction::InputGradient, Direction::WeightGradient];
const ALGORITHMS: [(&str, Algorithm); 3] =
    [("direct", Algorithm::Direct), ("winograd2", Algorithm::Winograd2), ("winograd4", Algorithm::Winograd4)];

fn shape([batch, side, in_channels, out_channels, groups]: [usize; 5]) -> ConvShape {
    ConvShape {
        batch,
        in_height: side,
        in_width: side,
        in_channels,
        out_channels,
        kernel: [3, 3],
        stride: [1, 1],
        padding: [[1, 1], [1, 1]],
        dilation: [1, 1],
        groups,
    }
}

fn name([batch, side, inputs, outputs, groups]: [usize; 5]) -> String {
    let groups = if groups > 1 { format!(", {groups} groups") } else { String::new() };
    format!("{batch}x{side}x{side} {inputs} to {outputs}{groups}")
}

/// The least time of a call in seconds, over a quarter of a second of calls.
fn best(work: &mut dyn FnMut()) -> f64 {
    let begin = Instant::now();
    let mut least = f64::INFINITY;
    while begin.elapsed().as_secs_f64() < 0.25 {
        let start = Instant::now();
        work();
        least = least.min(start.elapsed().as_secs_f64());
    }
    least
}

/// Times every wanted layer and direction, one line each: GFLOP/s.
fn measure(wanted: &str) {
    for layer in LAYERS.into_iter().filter(|layer| name(*layer).contains(wanted)) {
        let shape = shape(layer);
        let [mut x, mut w, mut y] =
            [shape.in_len(), shape.weight_len(), shape.out_len()].map(|length| vec![0.01 as Real; length]);
        let rate = |seconds: f64| 2e-9 * shape.multiplies() as f64 / seconds;
        println!("{}", rate(best(&mut || conv::forward(&shape, &x, &w, Epilogue::default(), &mut y))));
        println!("{}", rate(best(&mut || conv::backward_data(&shape, &y, &w, &mut x))));
        println!("{}", rate(best(&mut || conv::backward_weights(&shape, &x, &y, &mut w))));
    }
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    if let Some(count) = arguments.next().and_then(|count| count.parse().ok()) {
        threads::set_threads(count);
    }
    let wanted = arguments.next().unwrap_or_default();
    if std::env::var_os("GRADUS_CONV").is_some() {
        return measure(&wanted);
    }
    let (count, program) = (threads::threads(), std::env::current_exe().expect("this program's path"));
    let peak = peak::peak_gflops(count);
    println!(
        "{count} threads, peak {peak:.0} GFLOP/s; GFLOP/s of the direct arithmetic and share of the peak, * is chosen"
    );
    let rates = ALGORITHMS.map(|(algorithm, _)| {
        let run = std::process::Command::new(&program)
            .args([&count.to_string(), &wanted])
            .env("GRADUS_CONV", algorithm)
            .output()
            .expect("this program starts");
        let rates = String::from_utf8_lossy(&run.stdout).lines().filter_map(|line| line.parse::<f64>().ok()).collect();
        let rates: Vec<f64> = rates;
        rates
    });
    let rows = LAYERS.into_iter().filter(|layer| name(*layer).contains(&wanted));
    for (row, (layer, direction)) in rows.flat_map(|layer| DIRECTIONS.map(|way| (layer, way))).enumerate() {
        print!("{:<24} {:<16}", name(layer), format!("{direction:?}"));
        for (place, (algorithm, which)) in ALGORITHMS.into_iter().enumerate() {
            let star = if conv::choose(&shape(layer), direction) == which { "*" } else { " " };
            let rate = rates[place].get(row).copied().unwrap_or(f64::NAN);
            print!(" {algorithm} {rate:>4.0} {:>3.0} %{star}", 100.0 * rate / peak);
        }
        println!();
    }
}
