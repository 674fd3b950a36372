//! The most arithmetic this machine can do, measured: what kernels are compared with.

use std::time::Instant;

/// The greatest rate of additions and multiplications in 32 bits, in billions a second, that `threads` threads reached
/// together in a tenth of a second of trying; 0 in an f64 build, which has no such kernels.
pub fn peak_gflops(threads: usize) -> f64 {
    (0..10).map(|_| together(threads)).fold(0.0, f64::max)
}

#[cfg(not(real64))]
fn together(threads: usize) -> f64 {
    let (depth, times) = (256, 2_000);
    let begin = Instant::now();
    let operations: f64 = std::thread::scope(|scope| {
        let workers: Vec<_> =
            (0..threads).map(|_| scope.spawn(move || crate::gemm::fma_chains(depth, times))).collect();
        workers.into_iter().map(|worker| worker.join().unwrap_or(0.0)).sum()
    });
    operations / begin.elapsed().as_secs_f64() * 1e-9
}

#[cfg(real64)]
fn together(_: usize) -> f64 {
    let _ = Instant::now();
    0.0
}
