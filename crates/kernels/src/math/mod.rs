//! Elementary functions without branches, calls or tables, so that a plain loop over them becomes vector code.
//!
//! The standard library's `f32::exp` is a call into the C library: a loop over it stays scalar and costs some 3 ns an
//! element. The functions here are a range reduction by exact constants, a polynomial fitted for least largest relative
//! error, and selections; inside [`crate::isa::vectorize`] a loop over them computes 8 or 16 elements at once.
//!
//! * They multiply and add, and never fuse the two: every instruction set gives the same bits.
//! * The error each one states, in units in the last place of the true value, was measured over every `f32`; the tests
//!   hold it over four million of them against the standard library in `f64`.
//! * NaN gives NaN; infinities, overflow and poles give what the standard library gives. A result below the smallest
//!   normal number may be zero.
//!
//! Under `--cfg real64` the same names are the standard library's functions of `f64`.

#[cfg(not(real64))]
mod erf;
#[cfg(not(real64))]
mod exponential;
#[cfg(not(real64))]
mod logarithm;
#[cfg(not(real64))]
mod sigmoid;
#[cfg(not(real64))]
pub use {
    erf::erf,
    exponential::{exp, exp_m1},
    logarithm::{ln, ln_1p, pow},
    sigmoid::{sigmoid, softplus, tanh},
};

#[cfg(any(real64, test))]
mod double;
#[cfg(real64)]
pub use double::{erf, exp, exp_m1, ln, ln_1p, pow, sigmoid, softplus, tanh};

#[cfg(all(test, not(real64)))]
mod tests;
