//! Stationary points, where the gradient is zero: found, and told apart by the Hessian's eigenvalues.

use gradus_core::linalg::symmetric_eigen;
use gradus_core::{Error, Rng};

use super::newton::{NewtonOptions, newton};
use super::objective::{Objective, norm};
use super::run::{Ended, Stop};

/// What a stationary point is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// All eigenvalues are positive.
    Minimum,
    /// All are negative.
    Maximum,
    /// There are both.
    Saddle,
    /// One is zero, and none of the other sign decides: higher derivatives would.
    Flat,
}

impl Kind {
    /// In a word.
    pub fn in_words(self) -> &'static str {
        match self {
            Kind::Minimum => "minimum",
            Kind::Maximum => "maximum",
            Kind::Saddle => "saddle",
            Kind::Flat => "flat",
        }
    }
}

/// A stationary point.
#[derive(Clone, Debug, PartialEq)]
pub struct Stationary {
    /// Where.
    pub point: Vec<f64>,
    /// The value there.
    pub value: f64,
    /// The Hessian's eigenvalues, largest first.
    pub eigenvalues: Vec<f64>,
    /// What it is.
    pub kind: Kind,
}

/// An eigenvalue below this share of the largest counts as zero.
const ZERO: f64 = 1e-8;

/// What a stationary point is. Whether the gradient is zero is for the caller to see to.
///
/// Errors: a Hessian that is not finite.
pub fn classify(objective: &dyn Objective, point: &[f64]) -> Result<Stationary, Error> {
    let found = symmetric_eigen(&objective.hessian(point), point.len())
        .ok_or_else(|| Error::Data(format!("the Hessian at {point:?} is not finite")))?;
    let most = found.values.iter().fold(0.0, |most: f64, value| most.max(value.abs()));
    let up = found.values.iter().filter(|value| **value > ZERO * most).count();
    let down = found.values.iter().filter(|value| **value < -ZERO * most).count();
    let kind = match (up, down) {
        (up, down) if up > 0 && down > 0 => Kind::Saddle,
        (up, _) if up == point.len() => Kind::Minimum,
        (_, down) if down == point.len() => Kind::Maximum,
        _ => Kind::Flat,
    };
    Ok(Stationary { point: point.to_vec(), value: objective.value(point), eigenvalues: found.values, kind })
}

/// The stationary points that Newton's pure steps find from `starts` random points of a box, each once, lowest value first.
/// More starts find more; that all were found is not promised.
///
/// Errors: a box that does not fit.
pub fn stationary_points(
    objective: &dyn Objective,
    region: &[(f64, f64)],
    starts: usize,
    seed: u64,
) -> Result<Vec<Stationary>, Error> {
    let mut rng = Rng::new(seed);
    let mut found: Vec<Stationary> = Vec::new();
    let size = region.iter().map(|(low, high)| high - low).fold(0.0, f64::max);
    for _ in 0..starts {
        let start: Vec<f64> = region.iter().map(|(low, high)| low + (high - low) * f64::from(rng.uniform())).collect();
        let stop = Stop { most_steps: 100, gradient: 1e-9 };
        // A singular Hessian on the way: another start may do better.
        let Ok(run) = newton(objective, &start, NewtonOptions::pure(), stop) else { continue };
        let inside = run.last().iter().zip(region).all(|(x, (low, high))| (low..=high).contains(&x));
        let known = found.iter().any(|other| {
            let apart: Vec<f64> = other.point.iter().zip(run.last()).map(|(a, b)| a - b).collect();
            // Where the Hessian is singular Newton's method ends somewhere about the point.
            let alike = (other.value - run.value()).abs() <= 1e-9 * (1.0 + other.value.abs());
            norm(&apart) < if alike { 1e-3 } else { 1e-5 } * size
        });
        if run.ended == Ended::Gradient && inside && !known {
            found.push(classify(objective, run.last())?);
        }
    }
    found.sort_by(|a, b| a.value.total_cmp(&b.value));
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expression::Expression;
    use crate::optimize::named;

    #[test]
    fn himmelblau_has_four_minima_four_saddles_and_a_maximum() {
        let (f, known) = named("himmelblau").unwrap();
        let found = stationary_points(&f, &[(-6.0, 6.0), (-6.0, 6.0)], 400, 1).unwrap();
        let count = |kind| found.iter().filter(|point| point.kind == kind).count();
        assert_eq!((count(Kind::Minimum), count(Kind::Saddle), count(Kind::Maximum)), (4, 4, 1));
        for minimum in known.unwrap().minima {
            let near = |point: &Stationary| point.point.iter().zip(minimum).all(|(a, b)| (a - b).abs() < 1e-5);
            assert!(found[..4].iter().any(near), "{minimum:?} in {found:?}");
        }
        // The maximum, by Himmelblau: f(-0.270845, -0.923039) = 181.617.
        let top = found.last().unwrap();
        assert!((top.value - 181.617).abs() < 1e-3 && (top.point[0] + 0.270845).abs() < 1e-5, "{top:?}");
    }

    #[test]
    fn where_the_hessian_does_not_decide_it_is_said() {
        let flat = Expression::parse("x^4 + y^2", None).unwrap();
        assert_eq!(classify(&flat, &[0.0, 0.0]).unwrap().kind, Kind::Flat);
    }
}
