//! A predictor that stays: its empirical error is a mean of K independent numbers, so it is away from the theoretical one by
//! sqrt(variance / K), a slope of -1/2 (the law of large numbers with the central limit theorem's pace).

use gradus_core::{Error, Rng};

use super::known::Known;
use crate::capacity::Band;
use crate::samples::Predictor;

/// The empirical errors of one predictor on K samples, over repeats.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FixedErrors {
    /// K.
    pub size: usize,
    /// Over the repeats.
    pub empirical: Band,
    /// The root of the mean square of (empirical - theoretical) over the repeats.
    pub deviation: f64,
    /// sqrt(variance of one sample's error / K), which the deviation should be.
    pub expected: f64,
}

/// Errors of a predictor on samples of each size, drawn `repeats` times.
///
/// Errors: a size of 0, no repeats.
pub fn fixed_errors(
    known: &Known,
    predictor: &dyn Predictor,
    sizes: &[usize],
    repeats: usize,
    seed: u64,
) -> Result<Vec<FixedErrors>, Error> {
    if repeats == 0 {
        return Err(Error::setting("repeats", "is 0; give at least one"));
    }
    let (all, variance, rng) = (known.error(predictor), known.variance(predictor), Rng::new(seed));
    let of_size = |&size: &usize| {
        let mut found = Vec::with_capacity(repeats);
        for repeat in 0..repeats {
            let samples = known.draw(size, &mut rng.fork(size as u64).fork(repeat as u64))?;
            found.push(samples.squared_error(&predictor.predict(samples.inputs())));
        }
        let square = found.iter().map(|error| (error - all).powi(2)).sum::<f64>() / repeats as f64;
        let (deviation, expected) = (square.sqrt(), (variance / size as f64).sqrt());
        Ok(FixedErrors { size, empirical: Band::of(&found), deviation, expected })
    };
    sizes.iter().map(of_size).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expression::Expression;
    use crate::theory::log_slope;

    #[test]
    fn the_empirical_error_comes_near_with_the_root_of_the_samples() {
        let known = Known::new(Expression::parse("sin(3*x)", None).unwrap(), (-1.0, 1.0), 0.3).unwrap();
        let line = |x: &[f64]| x.iter().map(|x| 0.8 * x).collect::<Vec<f64>>();
        let found = fixed_errors(&known, &line, &[10, 30, 100, 300, 1000], 400, 1).unwrap();
        for errors in &found {
            let ratio = errors.deviation / errors.expected;
            assert!((0.85..1.15).contains(&ratio), "{errors:?}");
        }
        let slope = log_slope(found.iter().map(|errors| (errors.size as f64, errors.deviation))).unwrap();
        assert!((slope + 0.5).abs() < 0.04, "slope {slope}");
        assert!(fixed_errors(&known, &line, &[10], 0, 1).unwrap_err().to_string().starts_with("repeats: is 0"));
    }
}
