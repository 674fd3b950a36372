//! The error function.

use super::exponential::exp;

/// erf(x) = 2 / sqrt(pi) * integral of e^-t^2 from 0 to x, to 2 units in the last place.
///
/// Up to 1 it is x + x p(x^2); beyond, 1 - exp(-q(|x|)), where the second term is small and its error with it.
#[inline(always)]
pub fn erf(x: f32) -> f32 {
    let square = x * x;
    let p = 7.853_861e-5;
    let p = p * square - 8.010_193_6e-4;
    let p = p * square + 5.188_327_7e-3;
    let p = p * square - 2.685_381_2e-2;
    let p = p * square + 1.128_358_5e-1;
    let p = p * square - 3.761_262_6e-1;
    let p = p * square + 1.283_791_7e-1;
    let near = x + x * p;

    let magnitude = x.abs();
    let t = if magnitude > 4.0 { 4.0 } else { magnitude }; // erf(4) rounds to 1
    let q = -1.863_791_9e-4;
    let q = q * t + 2.947_658_3e-3;
    let q = q * t - 2.183_806_4e-2;
    let q = q * t + 1.031_067_5e-1;
    let q = q * t + 6.381_448e-1;
    let q = q * t + 1.127_089_2;
    let q = q * t + 3.415_230_2e-4;
    let far = (1.0 - exp(-q)).copysign(x);

    if magnitude > 1.0 { far } else { near }
}
