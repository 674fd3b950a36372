//! Prints what matrix products and convolutions reach of this machine's peak:
//! `cargo run --release -p gradus-kernels --example peak [THREADS] [ROWS THAT CONTAIN THIS]`.

use gradus_kernels::conv::{self, ConvShape};
use gradus_kernels::gemm::{Epilogue, Matrix, PackedRight, gemm, gemm_packed};
use gradus_kernels::{Real, isa, peak, threads};
use std::time::Instant;

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

/// The rows that are wanted, and what they are compared with.
struct Table {
    wanted: String,
    peak: f64,
}

impl Table {
    fn row(&self, name: &str, operations: f64, work: &mut dyn FnMut()) {
        if !name.contains(&self.wanted) {
            return;
        }
        let seconds = best(work);
        let rate = operations / seconds * 1e-9;
        println!("{name:<60} {:>9.4} ms {rate:>7.0} GFLOP/s {:>4.0} %", seconds * 1e3, 100.0 * rate / self.peak);
    }
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
    let table = Table { wanted, peak: peaks[1] };
    products(&table);
    pointwise(&table);
    convolutions(&table);
}

/// Products of fresh factors. ' marks one that is stored as its transpose.
fn products(table: &Table) {
    let square = [256, 512, 1024, 2048].map(|side| ([side; 3], false, false));
    let turned = [(false, true), (true, false), (true, true)].map(|(ta, tb)| ([1024; 3], ta, tb));
    let dense = [
        ([128, 784, 512], false, true),
        ([512, 128, 784], true, false),
        ([128, 512, 512], false, false),
        ([128, 512, 10], false, true),
        ([32, 16, 16], false, true),
    ];
    let skinny = [1, 3, 8, 32].map(|rows| [false, true].map(|turned| ([rows, 1024, 1024], false, turned)));
    for ([m, k, n], ta, tb) in square.into_iter().chain(turned).chain(dense).chain(skinny.into_iter().flatten()) {
        let (a, b, mut c) = (vec![0.5; m * k], vec![0.25; k * n], vec![0.0 as Real; m * n]);
        let left = Matrix { data: &a, rows: m, columns: k, transposed: ta };
        let right = Matrix { data: &b, rows: k, columns: n, transposed: tb };
        let mark = |transposed| if transposed { "'" } else { "" };
        let name = format!("product {m}x{k}{} {k}x{n}{}", mark(ta), mark(tb));
        table.row(&name, 2.0 * (m * k * n) as f64, &mut || gemm(left, right, &mut c, false, Epilogue::default()));
    }
}

/// Products by weights that are packed once: the 1x1 convolutions of networks for one picture of 224x224.
fn pointwise(table: &Table) {
    let layers = [
        ("MobileNetV2", 112, 32, 16),
        ("MobileNetV2", 112, 16, 96),
        ("MobileNetV2", 56, 96, 24),
        ("MobileNetV2", 56, 24, 144),
        ("MobileNetV2", 28, 144, 32),
        ("MobileNetV2", 28, 32, 192),
        ("MobileNetV2", 14, 192, 64),
        ("MobileNetV2", 14, 64, 384),
        ("MobileNetV2", 14, 384, 64),
        ("MobileNetV2", 14, 96, 576),
        ("MobileNetV2", 14, 576, 96),
        ("MobileNetV2", 7, 160, 960),
        ("MobileNetV2", 7, 960, 160),
        ("MobileNetV2", 7, 320, 1280),
        ("ResNet-50", 56, 64, 64),
        ("ResNet-50", 56, 64, 256),
        ("ResNet-50", 56, 256, 64),
        ("ResNet-50", 28, 512, 128),
        ("ResNet-50", 28, 128, 512),
        ("ResNet-50", 14, 1024, 256),
        ("ResNet-50", 14, 256, 1024),
        ("ResNet-50", 7, 2048, 512),
        ("ResNet-50", 7, 512, 2048),
        ("ShuffleNetV2", 28, 58, 58),
        ("ShuffleNetV2", 14, 116, 116),
        ("head", 1, 1280, 1000),
    ];
    for (network, side, inside, out) in layers {
        let rows = side * side;
        let (a, b, mut c) = (vec![0.5; rows * inside], vec![0.25; inside * out], vec![0.0 as Real; rows * out]);
        let left = Matrix { data: &a, rows, columns: inside, transposed: false };
        let right = PackedRight::new(Matrix { data: &b, rows: inside, columns: out, transposed: true });
        let name = format!("pointwise, packed, {network}: {side}x{side} {inside} to {out}");
        table.row(&name, 2.0 * (rows * inside * out) as f64, &mut || {
            gemm_packed(left, &right, &mut c, Epilogue::default());
        });
    }
}

fn convolutions(table: &Table) {
    // Batch, side, channels in and out, kernel, stride, groups.
    let layers = [
        (64, 28, 1, 32, 3, 1, 1),
        (64, 14, 32, 64, 3, 1, 1),
        (8, 56, 64, 64, 3, 1, 1),
        (1, 56, 64, 64, 3, 1, 1),
        (1, 28, 128, 128, 3, 1, 1),
        (1, 14, 256, 256, 3, 1, 1),
        (1, 7, 512, 512, 3, 1, 1),
        (8, 14, 256, 256, 3, 1, 1),
        (8, 56, 64, 128, 3, 2, 1),
        (1, 224, 3, 64, 7, 2, 1),
        (1, 224, 3, 32, 3, 2, 1),
        (1, 224, 3, 64, 3, 1, 1),
        (1, 224, 3, 64, 11, 4, 1),
        (1, 28, 64, 192, 5, 1, 1),
        (1, 56, 128, 128, 3, 1, 32),
        (1, 14, 512, 512, 3, 1, 32),
        (8, 56, 96, 96, 3, 1, 96),
        (8, 56, 96, 96, 3, 2, 96),
        (8, 14, 384, 384, 3, 1, 384),
    ];
    for (batch, side, in_channels, out_channels, kernel, stride, groups) in layers {
        let shape = ConvShape {
            batch,
            in_height: side,
            in_width: side,
            in_channels,
            out_channels,
            kernel: [kernel; 2],
            stride: [stride; 2],
            padding: [[kernel / 2; 2]; 2],
            dilation: [1, 1],
            groups,
        };
        let mut x = vec![0.5 as Real; shape.in_len()];
        let mut w = vec![0.5 as Real; shape.weight_len()];
        let mut y = vec![0.5 as Real; shape.out_len()];
        let operations = 2.0 * shape.multiplies() as f64;
        let stride = if stride > 1 { format!(" stride {stride}") } else { String::new() };
        let groups = if groups > 1 { format!(" in {groups} groups") } else { String::new() };
        let name =
            format!("conv {kernel}x{kernel}{stride} {batch}x{side}x{side} {in_channels} to {out_channels}{groups}");
        let epilogue = Epilogue::default();
        table.row(&format!("{name}, forward"), operations, &mut || conv::forward(&shape, &x, &w, epilogue, &mut y));
        table.row(&format!("{name}, input"), operations, &mut || conv::backward_data(&shape, &y, &w, &mut x));
        table.row(&format!("{name}, weights"), operations, &mut || conv::backward_weights(&shape, &x, &y, &mut w));
    }
}
