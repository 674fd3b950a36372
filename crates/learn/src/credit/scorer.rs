//! What gives a probability to a prepared row.

use gradus_core::optim::{AdamWConfig, OptimizerConfig};
use gradus_core::{Error, Real, Tensor, no_grad};
use serde::{Deserialize, Serialize};

use crate::ensemble::{Recipe, bootstrap};
use crate::logistic::{LogisticRegression, sigmoid};
use crate::points::Points;
use crate::samples::{NetworkPredictor, Samples};
use crate::svm::{Classifier, Kernel, SvmOptions};

/// The kinds of scorers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ScorerKind {
    /// Logistic regression, penalty 1.
    Logistic,
    /// A network of 16 hidden units (tanh), 150 steps of AdamW on all rows.
    Mlp,
    /// A support vector machine (RBF, C = 1), its decisions made probabilities by Platt's sigmoid.
    Svm,
    /// The mean of 15 such networks, each on a bootstrap sample.
    Bagged,
}

const HIDDEN: usize = 16;
const STEPS: usize = 150;
const BAGS: usize = 15;
const PENALTY: f64 = 1.0;
/// Log-odds beyond this are as good as certain; an ensemble's mean may round to 0 or 1.
const MOST: f64 = 30.0;

impl ScorerKind {
    /// All.
    pub const ALL: [ScorerKind; 4] = [ScorerKind::Logistic, ScorerKind::Mlp, ScorerKind::Svm, ScorerKind::Bagged];

    /// In a few words.
    pub fn in_words(self) -> &'static str {
        match self {
            ScorerKind::Logistic => "logistic regression",
            ScorerKind::Mlp => "MLP",
            ScorerKind::Svm => "SVM (RBF)",
            ScorerKind::Bagged => "bagged MLPs",
        }
    }
}

/// A trained scorer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scorer {
    /// See [`ScorerKind::Logistic`].
    Logistic(LogisticRegression),
    /// See [`ScorerKind::Mlp`].
    Mlp(Network),
    /// See [`ScorerKind::Svm`].
    Svm(Classifier),
    /// See [`ScorerKind::Bagged`].
    Bagged(Vec<Network>),
}

/// Dense layers with tanh between them, and two logits: what is kept of a trained network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Network {
    layers: Vec<Layer>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Layer {
    inputs: usize,
    outputs: usize,
    /// `[outputs, inputs]`.
    weight: Vec<Real>,
    bias: Vec<Real>,
}

impl Network {
    fn of(trained: &NetworkPredictor) -> Self {
        let state = gradus_core::nn::state(&*trained.network);
        let layer = |pair: &[(String, Tensor)]| {
            let (weight, bias) = (&pair[0].1, &pair[1].1);
            let (outputs, inputs) = (weight.shape()[0], weight.shape()[1]);
            Layer { inputs, outputs, weight: weight.as_slice().to_vec(), bias: bias.as_slice().to_vec() }
        };
        Network { layers: state.chunks_exact(2).map(layer).collect() }
    }

    /// The logit of the second class less that of the first.
    fn log_odds(&self, rows: &[f64]) -> Vec<f64> {
        let width = self.layers[0].inputs;
        let mut x = Tensor::new(rows.iter().map(|x| *x as Real).collect::<Vec<_>>(), [rows.len() / width, width]);
        no_grad(|| {
            for (place, layer) in self.layers.iter().enumerate() {
                let weight = Tensor::new(&layer.weight[..], [layer.outputs, layer.inputs]);
                x = x.linear(&weight, Some(&Tensor::new(&layer.bias[..], [layer.outputs])));
                if place + 1 < self.layers.len() {
                    x = x.tanh();
                }
            }
        });
        x.as_slice().chunks_exact(2).map(|logits| f64::from(logits[1]) - f64::from(logits[0])).collect()
    }

    fn takes(&self, width: usize) -> bool {
        let mut inputs = width;
        let fits = self.layers.iter().all(|layer| {
            let fits = layer.inputs == inputs
                && layer.bias.len() == layer.outputs
                && layer.weight.len() == layer.inputs * layer.outputs;
            inputs = layer.outputs;
            fits
        });
        fits && !self.layers.is_empty() && inputs == 2
    }
}

impl Scorer {
    /// Trains on prepared rows of `width` numbers. The seed draws first weights, bags and folds.
    ///
    /// Errors: one outcome alone, fewer than five rows of an outcome (SVM), numbers that are not finite.
    pub fn train(kind: ScorerKind, rows: &[f64], width: usize, bad: &[bool], seed: u64) -> Result<Self, Error> {
        let labels: Vec<u32> = bad.iter().map(|bad| u32::from(*bad)).collect();
        let points = Points::new(rows.to_vec(), width, labels, vec!["good".into(), "bad".into()])?;
        let samples = Samples::of_classes(&points)?;
        Ok(match kind {
            ScorerKind::Logistic => Scorer::Logistic(LogisticRegression::fit(rows, width, bad, PENALTY)?),
            ScorerKind::Mlp => Scorer::Mlp(Network::of(&recipe().train(&samples, seed)?)),
            ScorerKind::Svm => {
                let kernel = Kernel::Rbf { gamma: Kernel::usual_gamma(points.values(), points.dimension()) };
                let options = SvmOptions { kernel, probability: true, seed, ..SvmOptions::default() };
                Scorer::Svm(Classifier::train(&points, &options)?)
            }
            ScorerKind::Bagged => {
                let bags = bootstrap(samples.len(), BAGS, seed)?;
                let train = |(number, bag): (usize, &crate::ensemble::Bag)| {
                    let network = recipe().train(&samples.subset(&bag.drawn), seed.wrapping_add(number as u64))?;
                    Ok(Network::of(&network))
                };
                Scorer::Bagged(bags.iter().enumerate().map(train).collect::<Result<_, Error>>()?)
            }
        })
    }

    /// Which kind it is.
    pub fn kind(&self) -> ScorerKind {
        match self {
            Scorer::Logistic(_) => ScorerKind::Logistic,
            Scorer::Mlp(_) => ScorerKind::Mlp,
            Scorer::Svm(_) => ScorerKind::Svm,
            Scorer::Bagged(_) => ScorerKind::Bagged,
        }
    }

    /// ln(p / (1 - p)) of each of rows, p being the probability of the bad outcome; within 30 on both sides.
    pub fn log_odds(&self, rows: &[f64]) -> Vec<f64> {
        let odds = |p: f64| (p / (1.0 - p)).ln();
        let found: Vec<f64> = match self {
            Scorer::Logistic(model) => model.log_odds(rows),
            Scorer::Mlp(network) => network.log_odds(rows),
            Scorer::Svm(machine) => {
                let shares = machine.probabilities(rows).expect("it was trained with probabilities");
                shares.iter().map(|shares| odds(shares[1])).collect()
            }
            Scorer::Bagged(networks) => {
                let mut sums = vec![0.0; 0];
                for network in networks {
                    let found = network.log_odds(rows);
                    sums.resize(found.len(), 0.0);
                    sums.iter_mut().zip(found).for_each(|(sum, z): (&mut f64, f64)| *sum += sigmoid(z));
                }
                sums.into_iter().map(|sum| odds(sum / networks.len() as f64)).collect()
            }
        };
        found.into_iter().map(|z| z.clamp(-MOST, MOST)).collect()
    }

    /// The probability of the bad outcome for each of rows.
    pub fn probabilities(&self, rows: &[f64]) -> Vec<f64> {
        self.log_odds(rows).into_iter().map(sigmoid).collect()
    }

    /// Whether it takes rows of `width` numbers; files that were changed by hand need not.
    pub fn takes(&self, width: usize) -> bool {
        match self {
            Scorer::Logistic(model) => model.weights.len() == width,
            Scorer::Mlp(network) => network.takes(width),
            Scorer::Svm(machine) => machine.dimension() == width && machine.has_probabilities(),
            Scorer::Bagged(networks) => !networks.is_empty() && networks.iter().all(|network| network.takes(width)),
        }
    }
}

fn recipe() -> Recipe {
    let adam = AdamWConfig { learning_rate: 0.01, weight_decay: 0.5, ..AdamWConfig::default() };
    Recipe { optimizer: OptimizerConfig::AdamW(adam), steps: STEPS, ..Recipe::new(&[HIDDEN], true) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::Roc;
    use crate::points::Toy;
    use gradus_core::Rng;

    #[test]
    fn every_kind_learns_and_gives_the_same_after_a_file() {
        let [points, fresh] = [(300, 1), (1000, 2)].map(|(count, seed)| Toy::Moons.points(count, &mut Rng::new(seed)));
        let bad = |points: &Points| points.labels().iter().map(|label| *label == 1).collect::<Vec<bool>>();
        for kind in ScorerKind::ALL {
            let scorer = Scorer::train(kind, points.values(), 2, &bad(&points), 3).unwrap();
            let found = scorer.probabilities(fresh.values());
            let auc = Roc::of(&found, &bad(&fresh)).unwrap().auc();
            assert!(auc > 0.9, "{kind:?}: {auc}");
            let again: Scorer = serde_json::from_str(&serde_json::to_string(&scorer).unwrap()).unwrap();
            assert_eq!(again.probabilities(fresh.values()), found);
            assert_eq!((again.kind(), again.takes(2), again.takes(3)), (kind, true, false));
        }
    }
}
