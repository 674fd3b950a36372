//! The transforms of a line of a tile; a tile is transformed along its columns and then along its rows. Bound by arithmetic and
//! the first cache; a tenth of a layer's time with 64 channels, less with more.
//!
//! A line of N = m + 2 pixels and 3 taps give m results by N products instead of 3 m (Winograd, Arithmetic Complexity of
//! Computations, 1980; Lavin and Gray, Fast Algorithms for Convolutional Neural Networks, 2016). Pixels and taps are read as
//! polynomials and evaluated at the points below and at infinity; multiplied there; the results are read off by the transpose
//! of evaluation (Toom and Cook):
//! ```text
//! y = At ( (G g) * (Bt d) )        At [m, N]: powers of the points     G [N, 3]: powers over  prod (p - other points)
//!                                  Bt [N, N]: coefficients of  prod (x - other points)
//! m = 2: points 0, 1, -1           m = 4: points 0, 3/4, -3/4, 3/2, -3/2
//! ```
//! With the usual points of m = 4, 0, 1, -1, 2, -2, the powers reach from 1 to 8, and rounding errors with them: about 9e-6
//! of the largest output with 256 channels. The points here keep the powers between 0.4 and 3.4, at three more operations for
//! a line of output, and the error at 3e-6; all numbers of At and Bt are exact.

use crate::isa::multiply_add;
use pulp::Simd;

/// The points of m = 4 beside 0, their negatives and infinity.
const P: f32 = 0.75;
const Q: f32 = 1.5;
/// The scale of G's rows for them.
const AT_P: f32 = 1.0 / (2.0 * P * P * (P * P - Q * Q));
const AT_Q: f32 = 1.0 / (2.0 * Q * Q * (Q * Q - P * P));
const AT_0: f32 = 1.0 / (P * P * Q * Q);

/// a x + c.
#[inline(always)]
fn scaled<S: Simd>(simd: S, a: f32, x: S::f32s, c: S::f32s) -> S::f32s {
    multiply_add(simd, simd.splat_f32s(a), x, c)
}

/// a x + b y.
#[inline(always)]
fn mixed<S: Simd>(simd: S, a: f32, x: S::f32s, b: f32, y: S::f32s) -> S::f32s {
    scaled(simd, a, x, simd.mul_f32s(simd.splat_f32s(b), y))
}

/// The sum and the difference.
#[inline(always)]
fn both<S: Simd>(simd: S, x: S::f32s, y: S::f32s) -> [S::f32s; 2] {
    [simd.add_f32s(x, y), simd.sub_f32s(x, y)]
}

/// Bt d: N pixels of the input to N factors.
#[inline(always)]
pub(super) fn input<S: Simd, const N: usize>(simd: S, d: [S::f32s; N]) -> [S::f32s; N] {
    let mut v = d;
    if N == 4 {
        v[0] = simd.sub_f32s(d[0], d[2]);
        v[1] = simd.add_f32s(d[2], d[1]);
        v[2] = simd.sub_f32s(d[2], d[1]);
        v[3] = simd.sub_f32s(d[3], d[1]);
    } else {
        v[0] = scaled(simd, P * P * Q * Q, d[0], scaled(simd, -(P * P + Q * Q), d[2], d[4]));
        v[5] = scaled(simd, P * P * Q * Q, d[1], scaled(simd, -(P * P + Q * Q), d[3], d[5]));
        for (place, p, q) in [(1, P, Q), (3, Q, P)] {
            let even = scaled(simd, -q * q, d[2], d[4]);
            let odd = scaled(simd, -q * q, d[1], d[3]);
            v[place] = scaled(simd, p, odd, even);
            v[place + 1] = scaled(simd, -p, odd, even);
        }
    }
    v
}

/// G g: 3 taps to N factors.
#[inline(always)]
pub(super) fn weight<S: Simd, const N: usize>(simd: S, g: [S::f32s; 3]) -> [S::f32s; N] {
    let mut u = [g[0]; N];
    u[N - 1] = g[2];
    if N == 4 {
        let half = simd.splat_f32s(0.5);
        let even = simd.mul_f32s(half, simd.add_f32s(g[0], g[2]));
        let odd = simd.mul_f32s(half, g[1]);
        [u[1], u[2]] = both(simd, even, odd);
    } else {
        u[0] = simd.mul_f32s(simd.splat_f32s(AT_0), g[0]);
        for (place, p, scale) in [(1, P, AT_P), (3, Q, AT_Q)] {
            let even = mixed(simd, scale, g[0], scale * p * p, g[2]);
            let odd = simd.mul_f32s(simd.splat_f32s(scale * p), g[1]);
            [u[place], u[place + 1]] = both(simd, even, odd);
        }
    }
    u
}

/// At m: N products to N - 2 pixels of the output, the first ones of the result.
#[inline(always)]
pub(super) fn output<S: Simd, const N: usize>(simd: S, m: [S::f32s; N]) -> [S::f32s; N] {
    let mut y = m;
    let [even, odd] = both(simd, m[1], m[2]);
    if N == 4 {
        y[0] = simd.add_f32s(m[0], even);
        y[1] = simd.add_f32s(odd, m[3]);
    } else {
        let [even_q, odd_q] = both(simd, m[3], m[4]);
        y[0] = simd.add_f32s(simd.add_f32s(m[0], even), even_q);
        y[1] = mixed(simd, P, odd, Q, odd_q);
        y[2] = mixed(simd, P * P, even, Q * Q, even_q);
        y[3] = scaled(simd, P * P * P, odd, scaled(simd, Q * Q * Q, odd_q, m[5]));
    }
    y
}

/// A y, the transpose of [`output`]: the first N - 2 of `y`, pixels of the output's gradient, to N factors.
#[inline(always)]
pub(super) fn output_gradient<S: Simd, const N: usize>(simd: S, y: [S::f32s; N]) -> [S::f32s; N] {
    let mut m = y;
    m[N - 1] = y[N - 3];
    if N == 4 {
        [m[1], m[2]] = both(simd, y[0], y[1]);
    } else {
        for (place, p) in [(1, P), (3, Q)] {
            let even = scaled(simd, p * p, y[2], y[0]);
            let odd = mixed(simd, p, y[1], p * p * p, y[3]);
            [m[place], m[place + 1]] = both(simd, even, odd);
        }
    }
    m
}

/// Gt u, the transpose of [`weight`]: N sums of products to 3 taps of the weights' gradient.
#[inline(always)]
pub(super) fn weight_gradient<S: Simd, const N: usize>(simd: S, u: [S::f32s; N]) -> [S::f32s; 3] {
    let [even, odd] = both(simd, u[1], u[2]);
    if N == 4 {
        let half = simd.splat_f32s(0.5);
        let first = multiply_add(simd, half, even, u[0]);
        [first, simd.mul_f32s(half, odd), multiply_add(simd, half, even, u[3])]
    } else {
        let [even_q, odd_q] = both(simd, u[3], u[4]);
        let first = scaled(simd, AT_0, u[0], mixed(simd, AT_P, even, AT_Q, even_q));
        let second = mixed(simd, AT_P * P, odd, AT_Q * Q, odd_q);
        let third = scaled(simd, AT_P * P * P, even, scaled(simd, AT_Q * Q * Q, even_q, u[N - 1]));
        [first, second, third]
    }
}
