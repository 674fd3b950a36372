//! The natural logarithm, and powers through it.
//!
//! x = 2^n (1 + f) with 1 + f between sqrt(1/2) and sqrt(2); then ln x = n ln 2 + ln(1 + f), a polynomial in f.

use super::exponential::exp;

/// ln 2 to nine bits, so that its product with any exponent is exact.
const LN_2_HIGH: f32 = 0.693_359_375;
/// What [`LN_2_HIGH`] lacks.
const LN_2_LOW: f32 = -2.121_944_4e-4;
/// The bits of sqrt(1/2).
const SQRT_HALF: u32 = 0x3F35_04F3;

/// ln(x) for positive normal x.
#[inline(always)]
fn of_normal(x: f32) -> f32 {
    // The distance to sqrt(1/2) has n in its exponent field and 1 + f, less sqrt(1/2), in the rest.
    let bits = x.to_bits().wrapping_sub(SQRT_HALF);
    let n = (bits as i32 >> 23) as f32;
    let f = f32::from_bits((bits & 0x007F_FFFF).wrapping_add(SQRT_HALF)) - 1.0;

    let q = 6.746_641e-2;
    let q = q * f - 1.167_565_2e-1;
    let q = q * f + 1.188_816_2e-1;
    let q = q * f - 1.240_558_9e-1;
    let q = q * f + 1.421_955_2e-1;
    let q = q * f - 1.666_799_6e-1;
    let q = q * f + 2.000_211_9e-1;
    let q = q * f - 2.500_001e-1;
    let q = q * f + 3.333_331_3e-1;
    let square = f * f;
    let y = (n * LN_2_LOW + square * f * q) - 0.5 * square;
    (y + f) + n * LN_2_HIGH
}

/// The natural logarithm, to 1 unit in the last place. Zero and denormal numbers give -inf, a negative number NaN.
#[inline(always)]
pub fn ln(x: f32) -> f32 {
    let y = of_normal(x);
    let y = if x < f32::MIN_POSITIVE { f32::NEG_INFINITY } else { y };
    let y = if x < 0.0 { f32::NAN } else { y };
    if x < f32::INFINITY { y } else { x } // NaN comes here too
}

/// ln(1 + x), to 2 units in the last place also near 0. -1 gives -inf, a number below it NaN.
#[inline(always)]
pub fn ln_1p(x: f32) -> f32 {
    let sum = 1.0 + x;
    // What the rounding of 1 + x lost, to first order.
    let y = of_normal(sum) + (x - (sum - 1.0)) / sum;
    let y = if x == -1.0 { f32::NEG_INFINITY } else { y };
    let y = if x < -1.0 { f32::NAN } else { y };
    if x < f32::INFINITY { y } else { x }
}

/// x^y for positive x, as exp(y ln x): to 2 + |y ln x| units in the last place. 0 is taken to its limit.
#[inline(always)]
pub fn pow(x: f32, y: f32) -> f32 {
    exp(y * ln(x))
}
