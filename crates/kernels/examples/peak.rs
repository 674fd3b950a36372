//! Prints what matrix products and convolutions reach of this machine's peak:
//! `cargo run --release -p gradus-kernels --example peak [THREADS] [ROWS THAT CONTAIN THIS]`.

use gradus_kernels::conv::{self, ConvShape};
use gradus_kernels::gemm::{Epilogue, Matrix, gemm};
use gradus_kernels::{Real, isa, peak, threads};
use std::time::Instant;

/// The least time of a call in seconds, over about half a second of calls.
fn best(work: &mut dyn FnMut()) -> f64 {
    let begin = Instant::now();
    let mut least = f64::INFINITY;
    while begin.elapsed().as_secs_f64() < 0.5 {
        let start = Instant::now();
        work();
        least = least.min(start.elapsed().as_secs_f64());
    }
    least
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    if let Some(count) = arguments.next().and_then(|count| count.parse().ok()) {
        threads::set_threads(count);
    }
    let wanted = arguments.next().unwrap_or_default();
    let count = threads::threads();
    let peaks = [peak::peak_gflops(1), peak::peak_gflops(count)];
    println!("{:?}, {count} threads; peak {:.0} GFLOP/s of one thread, {:.0} of all", isa::isa(), peaks[0], peaks[1]);
    let row = |name: String, operations: f64, work: &mut dyn FnMut()| {
        if !name.contains(&wanted) {
            return;
        }
        let seconds = best(work);
        let rate = operations / seconds * 1e-9;
        println!("{name:<56} {:>9.3} ms {rate:>8.0} GFLOP/s {:>5.0} %", seconds * 1e3, 100.0 * rate / peaks[1]);
    };
    let products = [
        ([256, 256, 256], false, false),
        ([512, 512, 512], false, false),
        ([1024, 1024, 1024], false, false),
        ([2048, 2048, 2048], false, false),
        ([128, 784, 512], false, true),
        ([512, 128, 784], true, false),
        ([128, 512, 512], false, false),
        ([128, 512, 10], false, true),
        ([1, 1024, 1024], false, true),
        ([8, 1024, 1024], false, true),
        ([32, 1024, 1024], false, true),
        ([32, 16, 16], false, true),
    ];
    for ([m, k, n], ta, tb) in products {
        let (a, b, mut c) = (vec![0.5; m * k], vec![0.25; k * n], vec![0.0 as Real; m * n]);
        let left = Matrix { data: &a, rows: m, columns: k, transposed: ta };
        let right = Matrix { data: &b, rows: k, columns: n, transposed: tb };
        let mark = |transposed| if transposed { "'" } else { "" };
        row(format!("product {m}x{k}{} {k}x{n}{}", mark(ta), mark(tb)), 2.0 * (m * k * n) as f64, &mut || {
            gemm(left, right, &mut c, false, Epilogue::default());
        });
    }
    let layers = [
        (64, 28, 1, 32, 1, 1),
        (64, 14, 32, 64, 1, 1),
        (8, 56, 64, 64, 1, 1),
        (8, 14, 256, 256, 1, 1),
        (8, 56, 64, 128, 2, 1),
        (8, 56, 96, 96, 1, 96),
        (8, 56, 96, 96, 2, 96),
        (8, 14, 384, 384, 1, 384),
    ];
    for (batch, side, in_channels, out_channels, stride, groups) in layers {
        let shape = ConvShape {
            batch,
            in_height: side,
            in_width: side,
            in_channels,
            out_channels,
            kernel: [3, 3],
            stride: [stride, stride],
            padding: [[1, 1], [1, 1]],
            dilation: [1, 1],
            groups,
        };
        let mut x = vec![0.5 as Real; shape.in_len()];
        let mut w = vec![0.5 as Real; shape.weight_len()];
        let mut y = vec![0.5 as Real; shape.out_len()];
        let operations = 2.0 * shape.multiplies() as f64;
        let name = format!(
            "conv 3x3{} {batch}x{side}x{side} {in_channels} to {out_channels}{}",
            if stride > 1 { format!(" stride {stride}") } else { String::new() },
            if groups > 1 { " depthwise" } else { "" }
        );
        row(format!("{name}, forward"), operations, &mut || conv::forward(&shape, &x, &w, Epilogue::default(), &mut y));
        row(format!("{name}, input"), operations, &mut || conv::backward_data(&shape, &y, &w, &mut x));
        row(format!("{name}, weights"), operations, &mut || conv::backward_weights(&shape, &x, &y, &mut w));
    }
}
