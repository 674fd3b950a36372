//! The functions that saturate: built on the exponential, one division each.

use super::exponential::{exp, exp_m1};
use super::logarithm::ln_1p;

/// 1 / (1 + e^-x), to 3 units in the last place.
#[inline(always)]
pub fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + exp(-x))
}

/// The hyperbolic tangent, to 3 units in the last place also near 0.
#[inline(always)]
pub fn tanh(x: f32) -> f32 {
    // (e^-2|x| - 1) / (e^-2|x| + 1) with the sign turned: no overflow, no cancellation.
    let t = exp_m1(-2.0 * x.abs());
    (-t / (t + 2.0)).copysign(x)
}

/// ln(1 + e^x) = max(x, 0) + ln(1 + e^-|x|), to 3 units in the last place.
#[inline(always)]
pub fn softplus(x: f32) -> f32 {
    let positive = if x < 0.0 { 0.0 } else { x };
    positive + ln_1p(exp(-x.abs()))
}
