//! Rosenblatt's rule (The perceptron: a probabilistic model, 1958), with the pocket of Gallant (Perceptron-based learning
//! algorithms, 1990).
//!
//! Points x, extended by x_0 = 1, of signs y = +1 and -1 are shown one after the other. Where y w'x <= 0 the response is
//! wrong, and w becomes w + eta y x. Training ends when one pass over all points changes nothing.

use gradus_core::{Error, Rng};

use crate::points::Points;

/// The order in which points are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// As they are given, again and again.
    Cyclic,
    /// In a new random order in each pass.
    Random,
}

/// Where the weights start from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// w(0) = 0.
    Zero,
    /// Normal random numbers.
    Random,
}

/// How a perceptron is trained.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PerceptronOptions {
    /// The order of the points.
    pub order: Order,
    /// The first weights.
    pub start: Start,
    /// eta. From w(0) = 0 it scales the weights and changes no response.
    pub rate: f64,
    /// Passes over all points after which training gives up.
    pub most_epochs: usize,
    /// Keep the best weights that were met: for sets that are not separable.
    pub pocket: bool,
    /// The seed of orders and first weights.
    pub seed: u64,
}

impl Default for PerceptronOptions {
    fn default() -> Self {
        let (order, start) = (Order::Cyclic, Start::Zero);
        PerceptronOptions { order, start, rate: 1.0, most_epochs: 1000, pocket: false, seed: 1 }
    }
}

/// What training gave.
#[derive(Clone, Debug, PartialEq)]
pub struct Trained {
    /// w_0 (the bias), w_1, ..: the last weights, or the best where a pocket was kept.
    pub weights: Vec<f64>,
    /// Whether a whole pass was without mistakes.
    pub converged: bool,
    /// Passes made, the last one included.
    pub epochs: usize,
    /// Corrections of the weights.
    pub mistakes: usize,
    /// Points that [`weights`](Self::weights) answer wrongly.
    pub wrong: usize,
    /// The weights before the first and after each correction, at most 400 of them.
    pub path: Vec<Vec<f64>>,
}

/// Corrections of which the weights are kept for drawing.
pub const KEPT: usize = 400;

/// Trains on the points with these signs.
///
/// Errors: a rate that is not positive, no pass allowed.
pub fn train(points: &Points, signs: &[f64], options: &PerceptronOptions) -> Result<Trained, Error> {
    assert_eq!(points.len(), signs.len(), "perceptron: one sign for each point");
    if !(options.rate > 0.0 && options.rate.is_finite()) {
        return Err(Error::setting("rate", format!("is {}; a rate is positive", options.rate)));
    }
    if options.most_epochs == 0 {
        return Err(Error::setting("epochs", "is 0; at least one pass over the points is needed"));
    }
    let mut rng = Rng::new(options.seed);
    let mut weights: Vec<f64> = match options.start {
        Start::Zero => vec![0.0; points.dimension() + 1],
        Start::Random => (0..=points.dimension()).map(|_| f64::from(rng.normal())).collect(),
    };
    let mut order: Vec<usize> = (0..points.len()).collect();
    let mut pocket = Pocket { weights: weights.clone(), wrong: count_wrong(&weights, points, signs) };
    let mut path = vec![weights.clone()];
    let (mut mistakes, mut epochs, mut converged) = (0, 0, false);
    while !converged && epochs < options.most_epochs {
        epochs += 1;
        converged = true;
        if options.order == Order::Random {
            rng.shuffle(&mut order);
        }
        for &index in &order {
            let (x, y) = (points.point(index), signs[index]);
            if y * response(&weights, x) > 0.0 {
                continue;
            }
            weights[0] += options.rate * y;
            weights[1..].iter_mut().zip(x).for_each(|(w, x)| *w += options.rate * y * x);
            converged = false;
            mistakes += 1;
            if path.len() < KEPT {
                path.push(weights.clone());
            }
            if options.pocket {
                pocket.offer(&weights, points, signs);
            }
        }
    }
    if options.pocket && !converged {
        let Pocket { weights, wrong } = pocket;
        return Ok(Trained { weights, converged, epochs, mistakes, wrong, path });
    }
    let wrong = count_wrong(&weights, points, signs);
    Ok(Trained { weights, converged, epochs, mistakes, wrong, path })
}

/// The best weights so far.
struct Pocket {
    weights: Vec<f64>,
    wrong: usize,
}

impl Pocket {
    fn offer(&mut self, weights: &[f64], points: &Points, signs: &[f64]) {
        let wrong = count_wrong(weights, points, signs);
        if wrong < self.wrong {
            *self = Pocket { weights: weights.to_vec(), wrong };
        }
    }
}

/// w_0 + w'x.
pub(super) fn response(weights: &[f64], x: &[f64]) -> f64 {
    weights[1..].iter().zip(x).map(|(w, x)| w * x).sum::<f64>() + weights[0]
}

fn count_wrong(weights: &[f64], points: &Points, signs: &[f64]) -> usize {
    points.rows().zip(signs).filter(|(x, y)| *y * response(weights, x) <= 0.0).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::neuron::Boolean;
    use crate::points::Toy;
    use serde::Deserialize;

    #[test]
    fn every_separable_function_is_learned_and_xor_is_not() {
        for function in Boolean::all(3) {
            let points = function.points();
            let Ok(signs) = points.two_classes() else { continue };
            let separable = crate::neuron::threshold_gates(3).contains_key(&function);
            let options = PerceptronOptions { most_epochs: 200, ..Default::default() };
            assert_eq!(train(&points, &signs, &options).unwrap().converged, separable, "{function}");
        }
    }

    #[test]
    fn the_pocket_keeps_the_best() {
        let mut better = 0;
        for seed in 0..20 {
            let points = Toy::Overlap.points(100, &mut Rng::new(seed));
            let signs = points.two_classes().unwrap();
            let plain = PerceptronOptions { most_epochs: 20, order: Order::Random, seed, ..Default::default() };
            let last = train(&points, &signs, &plain).unwrap();
            let kept = train(&points, &signs, &PerceptronOptions { pocket: true, ..plain }).unwrap();
            assert!(!last.converged && kept.mistakes == last.mistakes && kept.wrong <= last.wrong);
            assert_eq!(count_wrong(&kept.weights, &points, &signs), kept.wrong);
            better += usize::from(kept.wrong < last.wrong);
        }
        assert!(better >= 15, "the pocket was better in {better} of 20");
    }

    #[test]
    fn seeds_rates_and_caps() {
        let points = Toy::Blobs.points(60, &mut Rng::new(1));
        let signs = points.two_classes().unwrap();
        let options = PerceptronOptions { order: Order::Random, start: Start::Random, ..Default::default() };
        let run = |options| train(&points, &signs, &options).unwrap();
        assert_eq!(run(options), run(options));
        let zero = PerceptronOptions::default();
        let (one, half) = (run(zero), run(PerceptronOptions { rate: 0.5, ..zero }));
        assert_eq!(one.mistakes, half.mistakes);
        assert!(one.weights.iter().zip(&half.weights).all(|(a, b)| (a - 2.0 * b).abs() < 1e-12));
        let said = train(&points, &signs, &PerceptronOptions { rate: 0.0, ..zero }).unwrap_err().to_string();
        assert_eq!(said, "rate: is 0; a rate is positive");
    }

    #[derive(Deserialize)]
    struct Golden {
        points: Vec<f64>,
        dimension: usize,
        labels: Vec<u32>,
        epochs: usize,
        rate: f64,
        weights: Vec<f64>,
    }

    #[test]
    fn the_weights_are_those_of_scikit_learn() {
        let text = include_str!("../../../../golden/data/perceptron.json");
        let cases: Vec<Golden> = serde_json::from_str(text).unwrap();
        assert!(cases.len() >= 4);
        for case in cases {
            let names = vec!["0".to_owned(), "1".to_owned()];
            let points = Points::new(case.points, case.dimension, case.labels, names).unwrap();
            let options = PerceptronOptions { most_epochs: case.epochs, rate: case.rate, ..Default::default() };
            let found = train(&points, &points.two_classes().unwrap(), &options).unwrap();
            let scale = case.weights.iter().fold(1.0, |most: f64, w| most.max(w.abs()));
            for (ours, theirs) in found.weights.iter().zip(&case.weights) {
                assert!((ours - theirs).abs() <= 1e-9 * scale, "{:?} against {:?}", found.weights, case.weights);
            }
        }
    }
}
