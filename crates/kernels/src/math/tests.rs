//! Each function against the standard library in `f64`: over four million numbers of every sign and magnitude, and at
//! the edges.

use super::double;
use crate::math;

/// The distance between two bit patterns that are tried. It is odd, so all low bits occur; 1 tries every `f32`.
const STRIDE: usize = 1021;

/// The largest error in units in the last place of the true value, and where. Results below the smallest normal number
/// count as zero on both sides.
fn largest_error(f: impl Fn(f32) -> f32, truth: impl Fn(f64) -> f64) -> (f64, f32) {
    let mut worst = (0.0, 0.0);
    for bits in (0..=u32::MAX).step_by(STRIDE) {
        let x = f32::from_bits(bits);
        if x != 0.0 && x.abs() < f32::MIN_POSITIVE {
            continue; // a denormal argument: a thread may take it for zero
        }
        let (y, t) = (f(x), truth(f64::from(x)));
        let rounded = t as f32;
        assert_eq!(y.is_nan(), rounded.is_nan(), "at {x:e}: {y:e}, not {rounded:e}");
        let (least, most) = (f64::from(f32::MIN_POSITIVE), f64::from(f32::MAX));
        if t.is_nan() || (t.abs() < least && y.abs() <= f32::MIN_POSITIVE) || (t.abs() >= most && y == rounded) {
            continue;
        }
        let unit = f64::powi(2.0, t.abs().max(least).log2().floor().min(127.0) as i32 - 23);
        let error = (f64::from(y) - t).abs() / unit;
        if error.is_nan() || error > worst.0 {
            worst = (error, x);
        }
    }
    worst
}

macro_rules! stays_within {
    ($($name:ident: $units:literal, $($edge:expr => $expected:expr),+;)+) => {$(
        #[test]
        fn $name() {
            let (error, at) = largest_error(math::$name, double::$name);
            assert!(error <= $units, "{}: {error} units in the last place at {at:e}", stringify!($name));
            $(
                let (value, expected): (f32, f32) = (math::$name($edge), $expected);
                assert_eq!(value.to_bits(), expected.to_bits(), "at {:e}: {value:e}, not {expected:e}", $edge);
            )+
            assert!(math::$name(f32::NAN).is_nan());
        }
    )+};
}

const INF: f32 = f32::INFINITY;

stays_within! {
    exp: 1.1, 0.0 => 1.0, INF => INF, -INF => 0.0, 88.8 => INF, -104.0 => 0.0;
    exp_m1: 2.0, 0.0 => 0.0, INF => INF, -INF => -1.0, 88.8 => INF, -30.0 => -1.0;
    ln: 1.0, 1.0 => 0.0, 0.0 => -INF, -0.0 => -INF, INF => INF;
    ln_1p: 2.0, 0.0 => 0.0, -1.0 => -INF, INF => INF;
    sigmoid: 3.0, 0.0 => 0.5, INF => 1.0, -INF => 0.0;
    tanh: 3.0, 0.0 => 0.0, -0.0 => -0.0, INF => 1.0, -INF => -1.0;
    softplus: 3.0, INF => INF, -INF => 0.0, 200.0 => 200.0;
    erf: 2.0, 0.0 => 0.0, -0.0 => -0.0, INF => 1.0, -INF => -1.0;
}

#[test]
fn logarithm_of_what_has_none() {
    assert!(math::ln(-1.0).is_nan() && math::ln(-INF).is_nan() && math::ln_1p(-1.5).is_nan());
}

#[test]
fn pow_stays_within_what_it_states() {
    for exponent in [-2.5_f32, -0.75, 0.3, 1.0, 3.0] {
        for step in 1..20_000 {
            let x = step as f32 * 0.01;
            let truth = double::pow(f64::from(x), f64::from(exponent));
            let units = 2.0 + f64::from((exponent * math::ln(x)).abs());
            let error = (f64::from(math::pow(x, exponent)) / truth - 1.0).abs() * f64::powi(2.0, 23);
            assert!(error <= units, "{x}^{exponent}: {error} units");
        }
    }
    assert_eq!(math::pow(0.0, 2.0), 0.0);
}
