//! Training and validation error over settings, by cross-validation.

use gradus_core::Error;
use gradus_core::data::Fold;

use super::sweep::{Errors, Sweep, sweep};
use crate::samples::{Predictor, Samples};

/// Fits each setting once for each fold, on the fold's training part; `fit` is given that part, the setting and the fold's place.
/// Errors are mean squared ones.
///
/// Errors: no settings, no folds, folds of other samples, and what `fit` gives.
pub fn validation_curve(
    samples: &Samples,
    settings: &[usize],
    folds: &[Fold],
    mut fit: impl FnMut(&Samples, usize, usize) -> Result<Box<dyn Predictor>, Error>,
) -> Result<Sweep, Error> {
    let count = samples.len();
    if let Some(place) = folds.iter().flat_map(|fold| fold.train.iter().chain(&fold.held_out)).find(|at| **at >= count)
    {
        return Err(Error::Data(format!("a fold names sample {place} of {count}; make the folds for these samples")));
    }
    let parts: Vec<[Samples; 2]> =
        folds.iter().map(|fold| [&fold.train, &fold.held_out].map(|places| samples.subset(places))).collect();
    sweep(settings, folds.len(), |setting, round| {
        let [train, held_out] = &parts[round];
        let found = fit(train, setting, round)?;
        let error = |samples: &Samples| samples.squared_error(&found.predict(samples.inputs()));
        Ok(Errors { train: error(train), validation: error(held_out) })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capacity::Polynomial;
    use serde::Deserialize;

    #[derive(Deserialize)]
    struct Golden {
        x: Vec<f64>,
        y: Vec<f64>,
        folds: Vec<Vec<usize>>,
        degrees: Vec<usize>,
        train: Vec<f64>,
        validation: Vec<f64>,
    }

    #[test]
    fn errors_are_those_of_scikit_learn() {
        let golden: Golden =
            serde_json::from_str(include_str!("../../../../golden/data/validation_curve.json")).unwrap();
        let samples = Samples::of_numbers(golden.x, 1, golden.y).unwrap();
        let fold = |held_out: Vec<usize>| {
            let train = (0..samples.len()).filter(|place| !held_out.contains(place)).collect();
            Fold { train, held_out }
        };
        let folds: Vec<Fold> = golden.folds.into_iter().map(fold).collect();
        let fit = |samples: &Samples, degree: usize, _: usize| {
            Ok(Box::new(Polynomial::fit(samples, degree, (-1.0, 1.0))?) as Box<dyn Predictor>)
        };
        let found = validation_curve(&samples, &golden.degrees, &folds, fit).unwrap();
        assert!(found.points.len() >= 8);
        for (point, (train, validation)) in found.points.iter().zip(golden.train.iter().zip(&golden.validation)) {
            let near = |ours: f64, theirs: f64| (ours - theirs).abs() <= 1e-7 * theirs.abs();
            assert!(near(point.train.mean, *train) && near(point.validation.mean, *validation), "{point:?}");
        }
    }

    #[test]
    fn folds_of_other_samples_are_refused() {
        let samples = Samples::of_numbers(vec![1.0, 2.0], 1, vec![1.0, 2.0]).unwrap();
        let folds = [Fold { train: vec![0], held_out: vec![2] }];
        let said = validation_curve(&samples, &[1], &folds, |_, _, _| unreachable!()).unwrap_err().to_string();
        assert!(said.starts_with("a fold names sample 2 of 2"), "{said}");
    }
}
