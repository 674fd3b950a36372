//! The eigenvalues of a diagonal matrix to which a matrix of rank one is added.

use gradus_kernels::isa::vectorize;

/// A root, as one of the poles and its distance from it: so its distance from every pole is known to nearly all digits.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Root {
    /// The nearest pole.
    pub pole: usize,
    /// The root less the pole.
    pub offset: f64,
}

/// After so many steps a root is taken as it is. Some four to six are usual.
const MOST_STEPS: usize = 100;

/// Root `index` of f(x) = 1 + sum over j of weights\[j\] / (poles\[j\] - x), for poles that rise and positive weights: the one between
/// poles `index` and `index + 1`, or above the last.
///
/// f is approximated by a constant and two poles, those beside the root: the sums over the poles on either side are matched in value and slope
/// (Bunch, Nielsen, Sorensen: Rank-one modification of the symmetric eigenproblem, 1978; Li: Solving secular equations stably and
/// efficiently, 1993, "the middle way"). A step that leaves the interval in which the sign changes is replaced by its middle.
pub(super) fn root(index: usize, poles: &[f64], weights: &[f64]) -> Root {
    let count = poles.len();
    if count == 1 {
        return Root { pole: 0, offset: weights[0] };
    }
    let last = index + 1 == count;
    // The poles that the approximation keeps.
    let below = if last { index - 1 } else { index };
    let above = below + 1;
    let width = if last { weights.iter().sum() } else { poles[above] - poles[below] };
    let evaluate = |origin: f64, offset: f64| {
        let (lower, upper) = (
            sums(&poles[..above], &weights[..above], origin, offset),
            sums(&poles[above..], &weights[above..], origin, offset),
        );
        (lower, upper, 1.0 + lower.value + upper.value)
    };
    let (_, _, middle) = evaluate(poles[index], width / 2.0);
    let nearer_above = !last && middle < 0.0;
    let pole = if nearer_above { above } else { index };
    let origin = poles[pole];
    let mut offset = if nearer_above { width / 2.0 - width } else { width / 2.0 };
    // The sign changes in here; at the pole itself f is infinite.
    let (mut low, mut high) = match (last, nearer_above) {
        (true, _) => (0.0, width),
        (false, true) => (offset, 0.0),
        (false, false) => (0.0, offset),
    };
    let distances = |offset: f64| ((poles[below] - origin) - offset, (poles[above] - origin) - offset);

    // The first step keeps the two poles as they are, and all others as a constant.
    let (a, b) = distances(offset);
    let constant = middle - weights[below] / a - weights[above] / b;
    let step = two_poles(constant, (a, weights[below]), (b, weights[above]), middle, (low - offset, high - offset));
    offset = step.map_or(f64::midpoint(low, high), |step| offset + step);
    if !(offset > low && offset < high) {
        offset = f64::midpoint(low, high);
    }
    for _ in 0..MOST_STEPS {
        let (lower, upper, value) = evaluate(origin, offset);
        let slope = lower.slope + upper.slope;
        let rounding = 8.0 * (1.0 + lower.value.abs() + upper.value.abs()) + offset.abs() * slope;
        if value.abs() <= f64::EPSILON * rounding {
            break;
        }
        if value > 0.0 {
            high = offset;
        } else {
            low = offset;
        }
        let (a, b) = distances(offset);
        let constant = 1.0 + (lower.value - a * lower.slope) + (upper.value - b * upper.slope);
        let step = two_poles(
            constant,
            (a, a * a * lower.slope),
            (b, b * b * upper.slope),
            value,
            (low - offset, high - offset),
        );
        let next = step.map_or(f64::midpoint(low, high), |step| offset + step);
        let next = if next > low && next < high { next } else { f64::midpoint(low, high) };
        if next == offset || next <= low || next >= high {
            break;
        }
        offset = next;
    }
    Root { pole, offset }
}

/// The x between `least` and `most` where constant + s / (a - x) + t / (b - x) = 0; `value` is what that is at 0.
fn two_poles(
    constant: f64,
    (a, s): (f64, f64),
    (b, t): (f64, f64),
    value: f64,
    (least, most): (f64, f64),
) -> Option<f64> {
    // constant x^2 - linear x + a b value = 0
    let linear = constant * (a + b) + s + t;
    let end = a * b * value;
    let root = (linear * linear - 4.0 * constant * end).max(0.0).sqrt();
    let large = f64::midpoint(linear, root.copysign(linear));
    [end / large, large / constant].into_iter().find(|x| *x > least && *x < most)
}

/// A part of f's sum and of its slope.
#[derive(Clone, Copy)]
struct Sums {
    value: f64,
    slope: f64,
}

/// Sums over weights / (pole - x) and weights / (pole - x)^2 at x = origin + offset, in eight sums, so that they vectorize.
fn sums(poles: &[f64], weights: &[f64], origin: f64, offset: f64) -> Sums {
    vectorize(
        #[inline(always)]
        move || {
            let (mut values, mut slopes) = ([0.0; 8], [0.0; 8]);
            let (poles, pole_rest) = poles.as_chunks::<8>();
            let (weights, weight_rest) = weights.as_chunks::<8>();
            for (poles, weights) in poles.iter().zip(weights) {
                for k in 0..8 {
                    let inverse = 1.0 / ((poles[k] - origin) - offset);
                    let term = weights[k] * inverse;
                    values[k] += term;
                    slopes[k] += term * inverse;
                }
            }
            for (k, (pole, weight)) in pole_rest.iter().zip(weight_rest).enumerate() {
                let inverse = 1.0 / ((pole - origin) - offset);
                values[k] += weight * inverse;
                slopes[k] += weight * inverse * inverse;
            }
            Sums { value: values.iter().sum(), slope: slopes.iter().sum() }
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roots_lie_between_their_poles_and_are_zeros() {
        let poles: Vec<f64> = (0..40).map(|j| f64::from(j) + 0.3 * f64::from(j * 7 % 5)).collect();
        for weight in [1e-20, 1e-3, 1.0, 1e3] {
            let weights: Vec<f64> = (0..40).map(|j| weight * f64::from(1 + j % 3)).collect();
            for index in 0..40 {
                let Root { pole, offset } = root(index, &poles, &weights);
                let found = sums(&poles, &weights, poles[pole], offset);
                let next = poles.get(index + 1).copied().unwrap_or(f64::INFINITY);
                let (low, high) = (poles[index] - poles[pole], next - poles[pole]);
                assert!(low <= offset && offset <= high && offset != 0.0, "{weight} {index}");
                let error = (1.0 + found.value) / found.slope;
                assert!(error.abs() <= 1e-12 * offset.abs(), "{weight} {index}: off by {error} of {offset}");
            }
        }
    }

    #[test]
    fn one_pole_and_two_are_the_closed_form() {
        assert_eq!(root(0, &[2.0], &[3.0]).offset, 3.0);
        // The eigenvalues of diag(0, 1) + (1, 1)(1, 1)'.
        let found =
            [0, 1].map(|index| root(index, &[0.0, 1.0], &[1.0, 1.0])).map(|root| [0.0, 1.0][root.pole] + root.offset);
        let expected = [(3.0 - 5f64.sqrt()) / 2.0, f64::midpoint(3.0, 5f64.sqrt())];
        assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-15), "{found:?}");
    }
}
