//! The average of predictors.
//!
//! Of squared errors, that of the average is the mean of the members' less the spread of the members about the average,
//! exactly (Krogh and Vedelsby: Neural network ensembles, cross validation, and active learning, 1995). So it is never above
//! the mean, and below it wherever members differ.

use gradus_core::Error;

use super::bootstrap::Bag;
use crate::samples::{Predictor, Samples};

/// Predictors whose predictions are averaged.
pub struct Ensemble {
    members: Vec<Box<dyn Predictor>>,
    bags: Vec<Bag>,
}

/// An ensemble against its members.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// The squared error of each member.
    pub members: Vec<f64>,
    /// That of the average.
    pub average: f64,
    /// The mean squared distance of the members from the average: `mean() - average`.
    pub spread: f64,
    /// Of classes, the share that each member has wrong; else empty.
    pub members_wrong: Vec<f64>,
    /// Of classes, the share that the average has wrong.
    pub average_wrong: Option<f64>,
}

impl Comparison {
    /// The mean of the members' squared errors.
    pub fn mean(&self) -> f64 {
        mean(&self.members)
    }

    /// The mean of the shares that the members have wrong.
    pub fn mean_wrong(&self) -> Option<f64> {
        (!self.members_wrong.is_empty()).then(|| mean(&self.members_wrong))
    }
}

/// What an ensemble of bags predicts for the samples that it was made from, each by the members whose bags left it out.
#[derive(Clone, Debug, PartialEq)]
pub struct OutOfBag {
    /// The samples that some bag left out, in order.
    pub places: Vec<usize>,
    /// The predictions for them, one after the other.
    pub predictions: Vec<f64>,
    /// Their squared error: an estimate of the error on new samples that takes no samples away.
    pub error: f64,
    /// Of classes, the share that is wrong.
    pub wrong: Option<f64>,
}

impl Ensemble {
    /// Of predictors that are there.
    ///
    /// Errors: none.
    pub fn of(members: Vec<Box<dyn Predictor>>) -> Result<Self, Error> {
        if members.is_empty() {
            return Err(Error::setting("members", "are none; an ensemble has at least one"));
        }
        Ok(Ensemble { members, bags: Vec::new() })
    }

    /// Fits a member to each bag; `fit` is given the bag's samples and its number.
    ///
    /// Errors: no bags, bags of other samples, and what `fit` gives.
    pub fn bagged(
        samples: &Samples,
        bags: Vec<Bag>,
        mut fit: impl FnMut(&Samples, usize) -> Result<Box<dyn Predictor>, Error>,
    ) -> Result<Self, Error> {
        if let Some(place) = bags.iter().flat_map(|bag| &bag.drawn).find(|place| **place >= samples.len()) {
            let count = samples.len();
            return Err(Error::Data(format!("a bag names sample {place} of {count}; draw from these samples")));
        }
        let fitted = bags.iter().enumerate().map(|(number, bag)| fit(&samples.subset(&bag.drawn), number));
        let members = fitted.collect::<Result<Vec<_>, Error>>()?;
        Ok(Ensemble { bags, ..Self::of(members)? })
    }

    /// The members.
    pub fn members(&self) -> &[Box<dyn Predictor>] {
        &self.members
    }

    /// The ensemble against its members on samples.
    pub fn compare(&self, samples: &Samples) -> Comparison {
        let predictions: Vec<Vec<f64>> = self.members.iter().map(|member| member.predict(samples.inputs())).collect();
        let average = average(&predictions);
        let classes = samples.outputs() > 1;
        let apart = |member: &Vec<f64>| {
            let squares = member.iter().zip(&average).map(|(y, mean)| (y - mean) * (y - mean));
            squares.sum::<f64>() / samples.len() as f64
        };
        Comparison {
            members: predictions.iter().map(|member| samples.squared_error(member)).collect(),
            average: samples.squared_error(&average),
            spread: mean(&predictions.iter().map(apart).collect::<Vec<_>>()),
            members_wrong: predictions.iter().filter(|_| classes).map(|member| samples.wrong(member)).collect(),
            average_wrong: classes.then(|| samples.wrong(&average)),
        }
    }

    /// The errors of the average of the first member, of the first two, and so on: squared, and of classes the share wrong.
    pub fn growth(&self, samples: &Samples) -> Vec<(f64, Option<f64>)> {
        let mut sum = vec![0.0; samples.targets().len()];
        let mut with = |count: usize| {
            let member = &self.members[count];
            sum.iter_mut().zip(member.predict(samples.inputs())).for_each(|(sum, y)| *sum += y);
            let average: Vec<f64> = sum.iter().map(|sum| sum / (count + 1) as f64).collect();
            let wrong = (samples.outputs() > 1).then(|| samples.wrong(&average));
            (samples.squared_error(&average), wrong)
        };
        (0..self.members.len()).map(&mut with).collect()
    }

    /// The prediction for each sample by those members that have not seen it. `samples` are those that the bags were drawn from.
    ///
    /// Errors: an ensemble without bags, other samples, samples that every bag has drawn.
    pub fn out_of_bag(&self, samples: &Samples) -> Result<OutOfBag, Error> {
        if self.bags.is_empty() {
            return Err(Error::Data("the ensemble has no bags, so nothing is out of them; make it by bagging".into()));
        }
        let (count, width) = (samples.len(), samples.outputs());
        let (mut sums, mut votes) = (vec![0.0; count * width], vec![0usize; count]);
        for (member, bag) in self.members.iter().zip(&self.bags) {
            if bag.left_out.last().max(bag.drawn.last()).is_some_and(|place| *place >= count) {
                return Err(Error::Data(format!(
                    "the bags are not of these {count} samples; give those they were drawn from"
                )));
            }
            let predictions = member.predict(samples.subset(&bag.left_out).inputs());
            for (place, values) in bag.left_out.iter().zip(predictions.chunks_exact(width)) {
                votes[*place] += 1;
                sums[place * width..(place + 1) * width].iter_mut().zip(values).for_each(|(sum, y)| *sum += y);
            }
        }
        let places: Vec<usize> = (0..count).filter(|place| votes[*place] > 0).collect();
        if places.is_empty() {
            return Err(Error::Data("every bag has drawn every sample; nothing is out of bag: take more bags".into()));
        }
        let (sums, votes) = (&sums, &votes);
        let values = |place: usize| (0..width).map(move |k| sums[place * width + k] / votes[place] as f64);
        let predictions: Vec<f64> = places.iter().flat_map(|place| values(*place)).collect();
        let seen = samples.subset(&places);
        let (error, wrong) = (seen.squared_error(&predictions), (width > 1).then(|| seen.wrong(&predictions)));
        Ok(OutOfBag { places, predictions, error, wrong })
    }
}

impl Predictor for Ensemble {
    fn predict(&self, inputs: &[f64]) -> Vec<f64> {
        average(&self.members.iter().map(|member| member.predict(inputs)).collect::<Vec<_>>())
    }
}

fn average(predictions: &[Vec<f64>]) -> Vec<f64> {
    let mut sum = vec![0.0; predictions[0].len()];
    for member in predictions {
        sum.iter_mut().zip(member).for_each(|(sum, y)| *sum += y);
    }
    sum.iter().map(|sum| sum / predictions.len() as f64).collect()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capacity::Polynomial;
    use crate::ensemble::bootstrap;
    use crate::least_squares::least_squares;
    use gradus_core::Rng;
    use serde::Deserialize;

    #[derive(Deserialize)]
    struct Golden {
        inputs: Vec<f64>,
        dimension: usize,
        targets: Vec<f64>,
        bags: Vec<Vec<usize>>,
        out_of_bag: Vec<f64>,
        fresh: Vec<f64>,
        predictions: Vec<f64>,
    }

    #[test]
    fn bagged_least_squares_predict_as_scikit_learns_in_and_out_of_bag() {
        let golden: Golden = serde_json::from_str(include_str!("../../../../golden/data/bagging.json")).unwrap();
        let dimension = golden.dimension;
        let samples = Samples::of_numbers(golden.inputs, dimension, golden.targets).unwrap();
        let bags = golden.bags.into_iter().map(|drawn| Bag::of(drawn, samples.len()).unwrap()).collect();
        let fit = |samples: &Samples, _: usize| {
            let weights = least_squares(samples.inputs(), dimension, samples.targets())?;
            let value = move |x: &[f64]| weights[0] + x.iter().zip(&weights[1..]).map(|(x, w)| x * w).sum::<f64>();
            let predict = move |inputs: &[f64]| inputs.chunks_exact(dimension).map(&value).collect::<Vec<f64>>();
            Ok(Box::new(predict) as Box<dyn Predictor>)
        };
        let ensemble = Ensemble::bagged(&samples, bags, fit).unwrap();
        let near = |ours: &[f64], theirs: &[f64]| {
            assert_eq!(ours.len(), theirs.len());
            assert!(ours.iter().zip(theirs).all(|(a, b)| (a - b).abs() < 1e-9), "{ours:?} against {theirs:?}");
        };
        near(&ensemble.predict(&golden.fresh), &golden.predictions);
        near(&ensemble.out_of_bag(&samples).unwrap().predictions, &golden.out_of_bag);
    }

    fn noisy(count: usize, seed: u64) -> Samples {
        let mut rng = Rng::new(seed);
        let x: Vec<f64> = (0..count).map(|_| f64::from(rng.uniform_in(-1.0, 1.0))).collect();
        let y = x.iter().map(|x| (4.0 * x).sin() + 0.4 * f64::from(rng.normal())).collect();
        Samples::of_numbers(x, 1, y).unwrap()
    }

    #[test]
    fn the_average_errs_less_than_the_mean_member_by_their_spread() {
        let (samples, fresh) = (noisy(40, 1), noisy(2000, 2));
        let fit =
            |samples: &Samples, _: usize| Ok(Box::new(Polynomial::fit(samples, 6, (-1.0, 1.0))?) as Box<dyn Predictor>);
        let ensemble = Ensemble::bagged(&samples, bootstrap(40, 25, 7).unwrap(), fit).unwrap();
        let found = ensemble.compare(&fresh);
        assert!(found.average < found.mean() && found.spread > 0.0);
        assert!((found.mean() - found.spread - found.average).abs() < 1e-9 * found.mean(), "{found:?}");
        assert_eq!((found.average_wrong, found.mean_wrong()), (None, None));
        let growth = ensemble.growth(&fresh);
        assert!((growth[0].0 - found.members[0]).abs() < 1e-12 && (growth[24].0 - found.average).abs() < 1e-9);
        let out = ensemble.out_of_bag(&samples).unwrap();
        assert_eq!(out.places.len(), 40);
        let inside = samples.squared_error(&ensemble.predict(samples.inputs()));
        assert!(out.error > inside, "what was seen is predicted better: {inside} against {}", out.error);
    }

    #[test]
    fn what_is_no_ensemble_is_named() {
        assert!(Ensemble::of(vec![]).err().unwrap().to_string().starts_with("members: are none"));
        let samples = noisy(3, 1);
        let zero = |x: &[f64]| vec![0.0; x.len()];
        let alone = Ensemble::of(vec![Box::new(zero)]).unwrap();
        assert!(alone.out_of_bag(&samples).unwrap_err().to_string().starts_with("the ensemble has no bags"));
        let full = vec![Bag::of(vec![0, 1, 2], 3).unwrap()];
        let bagged = Ensemble::bagged(&samples, full, |_, _| Ok(Box::new(zero))).unwrap();
        assert!(bagged.out_of_bag(&samples).unwrap_err().to_string().starts_with("every bag has drawn every sample"));
    }
}
