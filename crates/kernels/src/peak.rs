//! The most arithmetic this machine can do, measured: what kernels are compared with.

#[cfg(not(real64))]
use crate::isa::{Isa, isa};
#[cfg(not(real64))]
use pulp::Simd;

/// The greatest rate of additions and multiplications in 32 bits, in billions a second, that `threads` threads reach side
/// by side: the sum of each one's best burst while all of them work, over a tenth of a second. Bursts are far shorter than
/// a scheduler's slice, so that other programs' work does not lower it. 0 in an f64 build, which has no such kernels.
pub fn peak_gflops(threads: usize) -> f64 {
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(best_burst)).collect();
        workers.into_iter().map(|worker| worker.join().unwrap_or(0.0)).sum()
    })
}

#[cfg(real64)]
fn best_burst() -> f64 {
    0.0
}

#[cfg(not(real64))]
fn best_burst() -> f64 {
    use std::time::Instant;
    let begin = Instant::now();
    let mut best = 0.0_f64;
    while begin.elapsed().as_secs_f64() < 0.1 {
        let start = Instant::now();
        let operations = burst();
        best = best.max(operations / start.elapsed().as_secs_f64() * 1e-9);
    }
    best
}

/// Steps of a burst: some ten microseconds.
#[cfg(not(real64))]
const STEPS: usize = 10_000;
/// Sums kept at once: more than a fused multiply-add's latency times its units, and few enough for 16 registers.
#[cfg(not(real64))]
const CHAINS: usize = 12;

/// Fused multiply-adds on registers alone; how many operations they were.
#[cfg(not(real64))]
fn burst() -> f64 {
    let lanes = match isa() {
        // SAFETY: `isa` has found the features.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx512 => unsafe { avx512() },
        // SAFETY: `isa` has found the features.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx2 => unsafe { avx2() },
        _ => chains::<_, false>(pulp::Scalar256b),
    };
    2.0 * (lanes * CHAINS * STEPS) as f64
}

#[cfg(all(target_arch = "x86_64", not(real64)))]
#[target_feature(enable = "avx512f,avx512cd,avx512bw,avx512dq,avx512vl,avx2,fma,bmi1,bmi2,lzcnt,f16c")]
unsafe fn avx512() -> usize {
    // SAFETY: the caller has made sure of the instructions.
    chains::<_, true>(unsafe { pulp::x86::V4::new_unchecked() })
}

#[cfg(all(target_arch = "x86_64", not(real64)))]
#[target_feature(enable = "avx2,fma,bmi1,bmi2,lzcnt,f16c")]
unsafe fn avx2() -> usize {
    // SAFETY: the caller has made sure of the instructions.
    chains::<_, true>(unsafe { pulp::x86::V3::new_unchecked() })
}

#[cfg(not(real64))]
#[inline(always)]
fn chains<S: Simd, const FUSED: bool>(simd: S) -> usize {
    let [a, b] = std::hint::black_box([0.5_f32, 1.0]).map(|x| simd.splat_f32s(x));
    let mut sums = [a; CHAINS];
    for _ in 0..STEPS {
        for sum in &mut sums {
            *sum = if FUSED { simd.mul_add_e_f32s(*sum, a, b) } else { simd.add_f32s(simd.mul_f32s(*sum, a), b) };
        }
    }
    std::hint::black_box(sums);
    S::F32_LANES
}
