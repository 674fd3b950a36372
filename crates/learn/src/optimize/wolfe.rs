//! A step that satisfies the strong Wolfe conditions (Nocedal and Wright: Numerical Optimization, 2006, algorithms 3.5 and 3.6).

const C1: f64 = 1e-4;
const C2: f64 = 0.9;
/// Tries in each of the two phases.
const TRIES: usize = 40;

/// A step tried: where, the value, the slope along the direction.
#[derive(Clone, Copy)]
struct Tried {
    t: f64,
    value: f64,
    slope: f64,
}

/// The step along a direction on which `along` gives value and slope; at 0 they are `value` and `slope`.
pub(super) fn strong_wolfe(along: impl Fn(f64) -> (f64, f64), value: f64, slope: f64, first: f64) -> Option<f64> {
    if slope >= 0.0 {
        return None;
    }
    let start = Tried { t: 0.0, value, slope };
    let at = |t: f64| {
        let (value, slope) = along(t);
        Tried { t, value, slope }
    };
    // A value that is not finite is too high as well.
    let too_high = |here: &Tried| here.value.is_nan() || here.value > value + C1 * here.t * slope;
    let (mut before, mut here) = (start, at(first));
    for count in 0..TRIES {
        if too_high(&here) || (count > 0 && here.value >= before.value) {
            return zoom(&at, &start, before, here);
        }
        if here.slope.abs() <= -C2 * slope {
            return Some(here.t);
        }
        if here.slope >= 0.0 {
            return zoom(&at, &start, here, before);
        }
        (before, here) = (here, at(2.0 * here.t));
    }
    None
}

/// Between `low`, the best step so far, and `high` there is one that satisfies both conditions.
fn zoom(at: &impl Fn(f64) -> Tried, start: &Tried, mut low: Tried, mut high: Tried) -> Option<f64> {
    for _ in 0..TRIES {
        let here = at(between(&low, &high));
        let enough = start.value + C1 * here.t * start.slope;
        if here.value.is_nan() || here.value > enough || here.value >= low.value {
            high = here;
        } else {
            if here.slope.abs() <= -C2 * start.slope {
                return Some(here.t);
            }
            if here.slope * (high.t - low.t) >= 0.0 {
                high = low;
            }
            low = here;
        }
        if (high.t - low.t).abs() <= 1e-16 * low.t.max(high.t) {
            break;
        }
    }
    // Rounding hides the rest; what lowers the value is taken.
    (low.t > 0.0 && low.value < start.value).then_some(low.t)
}

/// The minimum of the cubic through both ends, kept away from them; the middle where there is none.
fn between(a: &Tried, b: &Tried) -> f64 {
    let middle = f64::midpoint(a.t, b.t);
    let d1 = a.slope + b.slope - 3.0 * (a.value - b.value) / (a.t - b.t);
    let square = d1 * d1 - a.slope * b.slope;
    if square.is_nan() || square < 0.0 {
        return middle;
    }
    let d2 = (b.t - a.t).signum() * square.sqrt();
    let found = b.t - (b.t - a.t) * (b.slope + d2 - d1) / (b.slope - a.slope + 2.0 * d2);
    let (low, high) = (a.t.min(b.t), a.t.max(b.t));
    let room = 0.1 * (high - low);
    if found.is_finite() { found.clamp(low + room, high - room) } else { middle }
}
