//! The laws of convolution, tried on sequences.

use gradus_core::Error;

use super::extent::Extent;
use super::sequence::convolve;

/// A law, and how far its two sides are apart.
#[derive(Clone, Debug, PartialEq)]
pub struct Law {
    /// Its name.
    pub name: &'static str,
    /// As it is written.
    pub formula: &'static str,
    /// The largest difference of the two sides.
    pub difference: f64,
    /// The size of what was added up: differences of some 1e-16 of it are rounding.
    pub largest: f64,
}

impl Law {
    /// Whether nothing but rounding keeps the sides apart.
    pub fn holds(&self) -> bool {
        self.difference <= 1e-12 * self.largest
    }
}

/// Computes both sides of each law for three sequences. Where they are added, the shorter is filled up with zeros.
///
/// Errors: as [`convolve`].
pub fn check_laws(a: &[f64], b: &[f64], c: &[f64]) -> Result<Vec<Law>, Error> {
    let full = |x: &[f64], y: &[f64]| convolve(x, y, Extent::Full);
    let law = |name, formula, left: &[f64], right: &[f64]| {
        let pairs = left.iter().zip(right);
        let difference = pairs.map(|(left, right)| (left - right).abs()).fold(0.0, f64::max);
        // What is added up may cancel; rounding is of the size of what was added.
        let total = |x: &[f64]| x.iter().map(|value| value.abs()).sum::<f64>();
        Law { name, formula, difference, largest: total(left).max(total(a) * total(b)) }
    };
    let (ab, ac) = (full(a, b)?, full(a, c)?);
    let scaled: Vec<f64> = a.iter().map(|value| 3.0 * value).collect();
    let tripled: Vec<f64> = ab.iter().map(|value| 3.0 * value).collect();
    let moved = [&[0.0], a].concat();
    let late = [&[0.0], &ab[..]].concat();
    let total = |values: &[f64]| vec![values.iter().sum::<f64>()];
    Ok(vec![
        law("commutative", "a * b = b * a", &ab, &full(b, a)?),
        law("associative", "(a * b) * c = a * (b * c)", &full(&ab, c)?, &full(a, &full(b, c)?)?),
        law("distributive", "a * (b + c) = a * b + a * c", &full(a, &sum(b, c))?, &sum(&ab, &ac)),
        law("homogeneous", "(3 a) * b = 3 (a * b)", &full(&scaled, b)?, &tripled),
        law("shift", "(a moved by one) * b = (a * b) moved by one", &full(&moved, b)?, &late),
        law("identity", "a * 1 = a", &full(a, &[1.0])?, a),
        law("sums", "sum of a * b = sum of a times sum of b", &total(&ab), &[total(a)[0] * total(b)[0]]),
    ])
}

fn sum(a: &[f64], b: &[f64]) -> Vec<f64> {
    let value = |x: &[f64], place: usize| x.get(place).copied().unwrap_or(0.0);
    (0..a.len().max(b.len())).map(|place| value(a, place) + value(b, place)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use gradus_core::Rng;

    #[test]
    fn all_hold_on_random_sequences() {
        let rng = &mut Rng::new(3);
        let mut random = |count: usize| (0..count).map(|_| f64::from(rng.normal())).collect::<Vec<_>>();
        for (a, b, c) in [(5, 3, 4), (1, 1, 1), (40, 7, 90)] {
            for law in check_laws(&random(a), &random(b), &random(c)).unwrap() {
                assert!(law.holds(), "{law:?}");
            }
        }
    }

    #[test]
    fn a_broken_law_would_be_seen() {
        let law = Law { name: "", formula: "", difference: 1e-9, largest: 1.0 };
        assert!(!law.holds());
    }
}
