//! Convolution of functions: (f * g)(t) = integral over s of f(s) g(t - s).
//!
//! Where both are zero outside an interval, s runs over the part that the interval of f shares with that of g turned around and
//! moved to t. The integral is by the Gauss-Kronrod rule of 7 and 15 points (Kronrod, 1965), whose two sums tell its error; the
//! piece with the largest error is halved until their sum is small enough (as QUADPACK's qag; Piessens et al., 1983).

use gradus_core::Error;

/// An integral, and what is known of its error.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Continuous {
    /// The value.
    pub value: f64,
    /// An estimate of its error, mostly far too high.
    pub error: f64,
    /// How often the product was computed.
    pub evaluations: usize,
}

/// The most pieces that an interval is cut into.
const PIECES: usize = 2000;

/// (f * g)(t) for functions that are 0 outside `[from, to]` each, to `tolerance`, absolute.
///
/// ```
/// use gradus_learn::convolution::convolve_functions;
/// // A box with itself is a triangle.
/// let triangle = |t| Ok::<_, gradus_core::Error>(convolve_functions(&|_| 1.0, [0.0, 1.0], &|_| 1.0, [0.0, 1.0], t, 1e-10)?.value);
/// assert!((triangle(0.5)? - 0.5).abs() < 1e-10 && (triangle(1.25)? - 0.75).abs() < 1e-10);
/// assert_eq!(triangle(2.5)?, 0.0);
/// # Ok::<(), gradus_core::Error>(())
/// ```
///
/// Errors: an interval that is empty or not finite; a tolerance that is not above 0; a function that is not finite somewhere; an
/// integral that does not settle.
pub fn convolve_functions(
    f: &dyn Fn(f64) -> f64,
    [f_from, f_to]: [f64; 2],
    g: &dyn Fn(f64) -> f64,
    [g_from, g_to]: [f64; 2],
    t: f64,
    tolerance: f64,
) -> Result<Continuous, Error> {
    for (name, from, to) in [("first", f_from, f_to), ("second", g_from, g_to)] {
        if !(from < to && from.is_finite() && to.is_finite()) {
            let problem =
                format!("[{from}, {to}] is no interval for the {name} function; give two finite ends in order");
            return Err(Error::setting("interval", problem));
        }
    }
    if !(tolerance > 0.0 && t.is_finite()) {
        return Err(Error::setting("tolerance", format!("{tolerance} at t = {t}: both must be finite, it above 0")));
    }
    let (from, to) = (f_from.max(t - g_to), f_to.min(t - g_from));
    if from >= to {
        return Ok(Continuous { value: 0.0, error: 0.0, evaluations: 0 });
    }
    integrate(&|s| f(s) * g(t - s), from, to, tolerance)
}

fn integrate(f: &dyn Fn(f64) -> f64, from: f64, to: f64, tolerance: f64) -> Result<Continuous, Error> {
    let mut pieces = vec![Piece::of(f, from, to)];
    loop {
        let (value, error) = pieces.iter().fold((0.0, 0.0), |(v, e), piece| (v + piece.value, e + piece.error));
        if !f64::is_finite(value) {
            return Err(Error::Data(format!(
                "a function is not finite between {from} and {to}; it has no such integral"
            )));
        }
        if error <= tolerance.max(1e-15 * f64::abs(value)) {
            return Ok(Continuous { value, error, evaluations: 15 * (2 * pieces.len() - 1) });
        }
        if pieces.len() == PIECES {
            return Err(Error::Data(format!(
                "the integral from {from} to {to} has an error of {error:.1e} after {PIECES} pieces; ask for a larger tolerance"
            )));
        }
        let worst = (0..pieces.len()).max_by(|a, b| pieces[*a].error.total_cmp(&pieces[*b].error)).unwrap_or(0);
        let Piece { from, to, .. } = pieces.swap_remove(worst);
        let middle = 0.5 * (from + to);
        pieces.push(Piece::of(f, from, middle));
        pieces.push(Piece::of(f, middle, to));
    }
}

struct Piece {
    from: f64,
    to: f64,
    value: f64,
    error: f64,
}

/// Places of the rule of 15 points from the middle outwards; every second one is of the rule of 7.
const PLACES: [f64; 8] = [
    0.0,
    0.207784955007898467600689403773245,
    0.405845151377397166906606412076961,
    0.586087235467691130294144691693309,
    0.741531185599394439863864773280788,
    0.864864423359769072789712788640926,
    0.949107912342758524526189684047851,
    0.991455371120812639206854697526329,
];
/// The weights of the 15 points.
const KRONROD: [f64; 8] = [
    0.209482141084727828012999174891714,
    0.204432940075298892414161999234649,
    0.190350578064785409913256402421014,
    0.169004726639267902826583426598550,
    0.140653259715525918745189590510238,
    0.104790010322250183839876322541518,
    0.063092092629978553290700663189204,
    0.022935322010529224963732008058970,
];
/// The weights of the 7 points.
const GAUSS: [f64; 4] = [
    0.417959183673469387755102040816327,
    0.381830050505118944950369775488975,
    0.279705391489276667901467771423780,
    0.129484966168869693270611432679082,
];

impl Piece {
    fn of(f: &dyn Fn(f64) -> f64, from: f64, to: f64) -> Self {
        let (middle, half) = (0.5 * (from + to), 0.5 * (to - from));
        let (mut kronrod, mut gauss) = (0.0, 0.0);
        for (index, place) in PLACES.iter().enumerate() {
            let sum = if index == 0 { f(middle) } else { f(middle - half * place) + f(middle + half * place) };
            kronrod += KRONROD[index] * sum;
            if index % 2 == 0 {
                gauss += GAUSS[index / 2] * sum;
            }
        }
        Piece { from, to, value: half * kronrod, error: half * (kronrod - gauss).abs() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_gaussians_make_one_whose_variances_add() {
        let gaussian =
            |sigma: f64| move |x: f64| (-0.5 * (x / sigma).powi(2)).exp() / (sigma * std::f64::consts::TAU.sqrt());
        for t in [-2.0, 0.0, 0.7, 3.0] {
            let found = convolve_functions(&gaussian(0.6), [-9.0, 9.0], &gaussian(0.8), [-9.0, 9.0], t, 1e-12).unwrap();
            assert!((found.value - gaussian(1.0)(t)).abs() < 1e-12, "{t}: {found:?}");
        }
    }

    #[test]
    fn a_box_and_a_decay_are_their_closed_form() {
        // On [0, 1]: 1 - exp(-t); behind: (e - 1) exp(-t).
        let decay = |x: f64| (-x).exp();
        for t in [0.2_f64, 0.9, 1.5, 4.0] {
            let found = convolve_functions(&|_| 1.0, [0.0, 1.0], &decay, [0.0, 40.0], t, 1e-12).unwrap();
            let exact = if t < 1.0 { 1.0 - (-t).exp() } else { (1.0_f64.exp() - 1.0) * (-t).exp() };
            assert!((found.value - exact).abs() < 1e-12, "{t}: {found:?}");
        }
    }

    #[test]
    fn kinks_inside_are_found() {
        let found =
            convolve_functions(&|x: f64| (x - 0.3).abs(), [0.0, 1.0], &|_| 1.0, [0.0, 1.0], 1.0, 1e-10).unwrap();
        assert!((found.value - (0.045 + 0.245)).abs() < 1e-10 && found.evaluations > 15, "{found:?}");
    }

    #[test]
    fn what_has_no_integral_is_said() {
        let text = |f: &dyn Fn(f64) -> f64, interval| {
            convolve_functions(f, interval, &|_| 1.0, [0.0, 1.0], 0.5, 1e-9).unwrap_err().to_string()
        };
        assert!(text(&|_| 1.0, [1.0, 0.0]).contains("no interval for the first function"));
        assert!(text(&|_| f64::NAN, [0.0, 1.0]).contains("not finite"));
        assert!(text(&|x: f64| 1.0 / x, [0.0, 1.0]).contains("not finite"));
        let restless = |x: f64| (1e6 * x * x).sin();
        assert!(text(&restless, [0.0, 1.0]).contains("ask for a larger tolerance"));
    }
}
