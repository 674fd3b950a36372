//! The instruction set that kernels run with.

use pulp::{Simd, WithSimd};
use std::any::TypeId;
use std::sync::OnceLock;

/// An instruction set that kernels are compiled for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Isa {
    /// What every processor of the target has.
    Portable,
    /// x86-64 with AVX2 and FMA.
    Avx2,
    /// x86-64 with AVX-512 F, CD, BW, DQ and VL.
    Avx512,
}

/// The best instruction set of this processor, or a lesser one by the variable `GRADUS_ISA`: portable, avx2 or avx512.
pub fn isa() -> Isa {
    static CHOICE: OnceLock<Isa> = OnceLock::new();
    *CHOICE.get_or_init(|| {
        let best = best();
        match std::env::var("GRADUS_ISA").as_deref() {
            Ok("portable") => Isa::Portable,
            Ok("avx2") if best == Isa::Avx512 => Isa::Avx2,
            _ => best,
        }
    })
}

#[cfg(target_arch = "x86_64")]
fn best() -> Isa {
    use std::is_x86_feature_detected as has;
    if !(has!("avx2") && has!("fma") && has!("bmi1") && has!("bmi2") && has!("lzcnt") && has!("f16c")) {
        Isa::Portable
    } else if has!("avx512f") && has!("avx512cd") && has!("avx512bw") && has!("avx512dq") && has!("avx512vl") {
        Isa::Avx512
    } else {
        Isa::Avx2
    }
}

#[cfg(not(target_arch = "x86_64"))]
fn best() -> Isa {
    Isa::Portable
}

/// Runs `f` compiled for the best instruction set, so that plain loops in it become vector code. `f` must be marked
/// `#[inline(always)]`, and should be `move`.
#[inline(always)]
pub fn vectorize<R>(f: impl FnOnce() -> R) -> R {
    match isa() {
        // SAFETY: `isa` has found the features.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx512 => unsafe { avx512(f) },
        // SAFETY: `isa` has found the features.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx2 => unsafe { avx2(f) },
        _ => f(),
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma,bmi1,bmi2,lzcnt,f16c")]
fn avx2<R>(f: impl FnOnce() -> R) -> R {
    f()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512cd,avx512bw,avx512dq,avx512vl,avx2,fma,bmi1,bmi2,lzcnt,f16c")]
fn avx512<R>(f: impl FnOnce() -> R) -> R {
    f()
}

/// Runs work that is written over vectors, with the best instruction set's.
pub(crate) fn with_simd<W: WithSimd>(work: W) -> W::Output {
    match isa() {
        // SAFETY: `isa` has found the features; the older ones that pulp also names come with AVX2.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx512 => Simd::vectorize(unsafe { pulp::x86::V4::new_unchecked() }, work),
        // SAFETY: as above.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx2 => Simd::vectorize(unsafe { pulp::x86::V3::new_unchecked() }, work),
        _ => Simd::vectorize(pulp::Scalar256b, work),
    }
}

/// a b + c, rounded once where the processor has such an instruction: without one, that would be a call of a function.
#[cfg(not(real64))]
#[inline(always)]
pub(crate) fn multiply_add<S: Simd>(simd: S, a: S::f32s, b: S::f32s, c: S::f32s) -> S::f32s {
    if TypeId::of::<S>() == TypeId::of::<pulp::Scalar256b>() {
        simd.add_f32s(simd.mul_f32s(a, b), c)
    } else {
        simd.mul_add_e_f32s(a, b, c)
    }
}

/// a b + c in f64, rounded once where the processor has such an instruction.
#[inline(always)]
pub(crate) fn multiply_add_double<S: Simd>(simd: S, a: S::f64s, b: S::f64s, c: S::f64s) -> S::f64s {
    if TypeId::of::<S>() == TypeId::of::<pulp::Scalar256b>() {
        simd.add_f64s(simd.mul_f64s(a, b), c)
    } else {
        simd.mul_add_e_f64s(a, b, c)
    }
}

/// Each number, or the nearest of the least and the greatest there may be. NaN stays.
#[cfg(not(real64))]
#[inline(always)]
pub(crate) fn clamp<S: Simd>(simd: S, x: S::f32s, [least, most]: [S::f32s; 2]) -> S::f32s {
    if TypeId::of::<S>() == TypeId::of::<pulp::Scalar256b>() {
        // NaN is neither less nor greater.
        let x = simd.select_f32s(simd.less_than_f32s(x, least), least, x);
        simd.select_f32s(simd.less_than_f32s(most, x), most, x)
    } else {
        // The processor's instructions give their second operand where one is NaN.
        simd.min_f32s(most, simd.max_f32s(least, x))
    }
}

/// Asks for a line of memory that is read soon, which may be any address.
#[cfg(not(real64))]
#[inline(always)]
pub(crate) fn prefetch(place: *const f32) {
    // SAFETY: a hint reads nothing that the program sees, and cannot fail.
    #[cfg(target_arch = "x86_64")]
    unsafe {
        std::arch::x86_64::_mm_prefetch::<{ std::arch::x86_64::_MM_HINT_T0 }>(place.cast());
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = place;
}

/// The same for memory that is read not quite so soon: into the second cache.
#[cfg(not(real64))]
#[inline(always)]
pub(crate) fn prefetch_second(place: *const f32) {
    // SAFETY: as above.
    #[cfg(target_arch = "x86_64")]
    unsafe {
        std::arch::x86_64::_mm_prefetch::<{ std::arch::x86_64::_MM_HINT_T1 }>(place.cast());
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = place;
}

/// A vector from a slice of at most its length; the rest is 0.
#[cfg(not(real64))]
#[inline(always)]
pub(crate) fn load<S: Simd>(simd: S, x: &[f32]) -> S::f32s {
    match S::as_simd_f32s(x).0 {
        [vector] => *vector,
        _ => simd.partial_load_f32s(x),
    }
}

/// As much of a vector as a slice holds.
#[cfg(not(real64))]
#[inline(always)]
pub(crate) fn store<S: Simd>(simd: S, out: &mut [f32], vector: S::f32s) {
    match S::as_mut_simd_f32s(out).0 {
        [whole] => *whole = vector,
        _ => simd.partial_store_f32s(out, vector),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A process runs with one instruction set, so the others are tested by this test program started anew.
    #[test]
    fn all_tests_pass_with_the_lesser_instruction_sets() {
        let lesser: &[&str] = match isa() {
            _ if std::env::var_os("GRADUS_ISA").is_some() => &[],
            Isa::Avx512 => &["avx2", "portable"],
            Isa::Avx2 => &["portable"],
            Isa::Portable => &[],
        };
        let program = std::env::current_exe().expect("the test program's own path");
        for name in lesser {
            let run = std::process::Command::new(&program)
                .args(["--skip", "all_tests_pass_with_the_lesser_instruction_sets"])
                .env("GRADUS_ISA", name)
                .output()
                .expect("the test program starts");
            assert!(run.status.success(), "with {name}:\n{}", String::from_utf8_lossy(&run.stdout));
        }
    }
}
