//! What is fitted to K samples: its error on them is below that on all of F, for it was chosen by them, and the gap closes as
//! they grow more. With p weights that enter linearly and a model that can be right, E R_emp = s^2 (1 - p / K), and the
//! theoretical error is about s^2 (1 + p / K): a gap of 2 s^2 p / K, a slope of -1.

use gradus_core::{Error, Rng};

use super::known::Known;
use crate::capacity::Band;
use crate::samples::{Predictor, Samples};

/// Both errors of what was fitted to K samples, over repeats.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FittedErrors {
    /// K.
    pub size: usize,
    /// On the samples themselves.
    pub empirical: Band,
    /// On all of F.
    pub theoretical: Band,
    /// Theoretical minus empirical.
    pub gap: Band,
}

/// Draws samples of each size `repeats` times and fits; `fit` is given the samples and a seed.
///
/// Errors: a size of 0, no repeats, and what `fit` gives.
pub fn fitted_errors(
    known: &Known,
    sizes: &[usize],
    repeats: usize,
    seed: u64,
    mut fit: impl FnMut(&Samples, u64) -> Result<Box<dyn Predictor>, Error>,
) -> Result<Vec<FittedErrors>, Error> {
    if repeats == 0 {
        return Err(Error::setting("repeats", "is 0; give at least one"));
    }
    let rng = Rng::new(seed);
    let mut of_size = |&size: &usize| {
        let [mut empirical, mut theoretical, mut gap] = [const { Vec::new() }; 3];
        for repeat in 0..repeats {
            let samples = known.draw(size, &mut rng.fork(size as u64).fork(repeat as u64))?;
            let found = fit(&samples, seed.wrapping_add(repeat as u64))?;
            let measured = samples.squared_error(&found.predict(samples.inputs()));
            let all = known.error(&*found);
            empirical.push(measured);
            theoretical.push(all);
            gap.push(all - measured);
        }
        let [empirical, theoretical, gap] = [empirical, theoretical, gap].map(|values| Band::of(&values));
        Ok(FittedErrors { size, empirical, theoretical, gap })
    };
    sizes.iter().map(&mut of_size).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capacity::Polynomial;
    use crate::expression::Expression;
    use crate::theory::log_slope;

    #[test]
    fn a_model_that_can_be_right_has_the_errors_of_theory() {
        let (noise, weights, repeats) = (0.5, 4.0, 300);
        let known = Known::new(Expression::parse("1 - x + x^3", None).unwrap(), (-1.0, 1.0), noise).unwrap();
        let sizes = [20, 40, 80, 160, 320];
        let fit =
            |samples: &Samples, _| Ok(Box::new(Polynomial::fit(samples, 3, known.domain())?) as Box<dyn Predictor>);
        let found = fitted_errors(&known, &sizes, repeats, 1, fit).unwrap();
        for errors in &found {
            let size = errors.size as f64;
            let wanted = noise * noise * (1.0 - weights / size);
            // K R_emp / s^2 is chi-squared with K - p degrees of freedom.
            let spread = noise * noise * (2.0 * (size - weights)).sqrt() / size / (repeats as f64).sqrt();
            assert!((errors.empirical.mean - wanted).abs() < 4.0 * spread, "{errors:?}, wanted {wanted}");
            assert!(errors.theoretical.low >= noise * noise);
        }
        let slope = log_slope(found.iter().map(|errors| (errors.size as f64, errors.gap.mean))).unwrap();
        assert!((slope + 1.0).abs() < 0.12, "slope {slope}");
    }
}
