//! The exponential.
//!
//! x = n ln 2 + r with whole n and |r| <= ln 2 / 2; then exp(x) = 2^n exp(r), and exp(r) is a polynomial.

/// 1.5 * 2^23: adding it rounds a small number to the nearest whole one, which then stands in the low bits of the sum.
const ROUND: f32 = 12_582_912.0;
/// ln 2 to nine bits, so that its product with any exponent is exact.
const LN_2_HIGH: f32 = 0.693_359_375;
/// What [`LN_2_HIGH`] lacks.
const LN_2_LOW: f32 = -2.121_944_4e-4;
/// The largest x whose exponential is finite.
const OVERFLOW: f32 = 88.722_83;
/// The least x whose exponential is a normal number.
const UNDERFLOW: f32 = -87.336_54;

/// n as the low bits of a float, and r.
#[inline(always)]
fn reduce(x: f32) -> (f32, f32) {
    let shifted = x * std::f32::consts::LOG2_E + ROUND;
    let n = shifted - ROUND;
    (shifted, (x - n * LN_2_HIGH) - n * LN_2_LOW)
}

/// exp(r) - 1 - r for |r| <= ln 2 / 2.
#[inline(always)]
fn beyond_linear(r: f32) -> f32 {
    let q = 1.991_867_9e-4;
    let q = q * r + 1.394_629_1e-3;
    let q = q * r + 8.333_264e-3;
    let q = q * r + 4.166_626_7e-2;
    let q = q * r + 1.666_666_7e-1;
    let q = q * r + 0.5;
    r * r * q
}

/// e^x, to 1.1 units in the last place. Where the result would be below 2^-126 it is 0.
#[inline(always)]
pub fn exp(x: f32) -> f32 {
    let (shifted, r) = reduce(x);
    let mantissa = 1.0 + (r + beyond_linear(r));
    // Adding n to the exponent field, instead of multiplying by 2^n, reaches n = 128 where the mantissa is below 1.
    let y = f32::from_bits(mantissa.to_bits().wrapping_add(shifted.to_bits() << 23));
    let y = if x < UNDERFLOW { 0.0 } else { y };
    if x <= OVERFLOW { y } else { x + f32::INFINITY } // NaN comes here too
}

/// e^x - 1, to 2 units in the last place also near 0.
#[inline(always)]
pub fn exp_m1(x: f32) -> f32 {
    // Below -18 the result is -1; the bound keeps the power of two a normal number.
    let bounded = if x < -18.0 { -18.0 } else { x };
    let (shifted, r) = reduce(bounded);
    let p = r + beyond_linear(r);
    // Half of 2^n: 2^128 is no float, and the result may be finite where n = 128.
    let half = f32::from_bits((shifted.to_bits() << 23).wrapping_add(126 << 23));
    let y = 2.0 * (half * p + (half - 0.5));
    if x <= OVERFLOW { y } else { x + f32::INFINITY }
}
