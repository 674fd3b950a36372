//! What the tests of several kernels share.

use crate::Real;
use crate::threads::{set_threads, threads};
use std::sync::{Mutex, PoisonError};

/// Numbers between -1 and 1, a function of the seed (Steele, Lea, Flood: SplitMix64, 2014).
pub fn numbers(count: usize, seed: u64) -> Vec<Real> {
    let mut state = seed;
    let number = |_| {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 40) as Real * (1.0 / 8_388_608.0) - 1.0
    };
    (0..count).map(number).collect()
}

/// Panics unless each element is within `tolerance`, relative above 1 and absolute below.
#[track_caller]
pub fn assert_close(actual: &[Real], expected: &[Real], tolerance: f64) {
    assert_eq!(actual.len(), expected.len());
    for (place, (&a, &e)) in actual.iter().zip(expected).enumerate() {
        let (a, e) = (f64::from(a), f64::from(e));
        let near = (a - e).abs() <= tolerance * e.abs().max(1.0) || (a.is_nan() && e.is_nan()) || a == e;
        assert!(near, "at {place}: {a:e}, expected {e:e}");
    }
}

/// Runs `f` with so many threads. The number is the process's, so only one test at a time chooses it: a test that compares
/// one thread with two would otherwise compare whatever its neighbours have chosen meanwhile.
pub fn with_threads<R>(count: usize, f: impl FnOnce() -> R) -> R {
    static CHOOSING: Mutex<()> = Mutex::new(());
    let _guard = CHOOSING.lock().unwrap_or_else(PoisonError::into_inner);
    let before = threads();
    set_threads(count);
    let result = f();
    set_threads(before);
    result
}

/// Panics unless `work` gives the same bits with one thread and with two.
#[track_caller]
pub fn assert_same_for_any_threads(work: impl Fn() -> Vec<Real>) {
    let [one, two] = [1, 2].map(|count| with_threads(count, &work));
    let same = one.len() == two.len() && one.iter().zip(&two).all(|(a, b)| a.to_bits() == b.to_bits());
    assert!(same, "one thread and two give different bits");
}

/// Rows of `row` numbers as the columns from `first` on of rows of `all`, the others filled with `rest`.
#[cfg(not(real64))]
pub fn among(rows: &[Real], row: usize, [first, all]: [usize; 2], rest: Real) -> Vec<Real> {
    let mut wide = vec![rest; rows.len() / row * all];
    for (wide, narrow) in wide.chunks_mut(all).zip(rows.chunks(row)) {
        wide[first..first + row].copy_from_slice(narrow);
    }
    wide
}
