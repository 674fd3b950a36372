//! Matrix products: `512`, `512-tn` (the left factor stored transposed), `512-nt` (the right one), `skinny-8` (8 rows by a
//! square of 1024).

use bench_common::{Cost, Work, element, numbers};
use gradus_kernels::gemm::{Epilogue, Matrix, gemm};

/// Rows, columns and the inner side.
fn sizes(row: &str) -> [usize; 3] {
    let number = |text: &str| text.parse().expect("a size");
    match row.split_once('-') {
        Some(("skinny", rows)) => [number(rows), 1024, 1024],
        Some((size, _)) => [number(size); 3],
        None => [number(row); 3],
    }
}

pub fn make(row: &str) -> Work {
    let [m, n, k] = sizes(row);
    let (left, right) = (row.ends_with("-tn"), row.ends_with("-nt"));
    let (a, b, mut c) = (numbers(m * k, 1, 1.0), numbers(k * n, 2, 1.0), vec![0.0; m * n]);
    let mut call = 0;
    let step = move |_| {
        let a = Matrix { data: &a, rows: m, columns: k, transposed: left };
        let b = Matrix { data: &b, rows: k, columns: n, transposed: right };
        gemm(a, b, &mut c, false, Epilogue::default());
        call += 1;
        std::hint::black_box(&c)[element(call, m * n)]
    };
    let cost = Cost { operations: 2.0 * (m * n * k) as f64, bytes: 4.0 * (m * k + k * n + m * n) as f64 };
    Work { step: Box::new(step), cost: Some(cost) }
}
