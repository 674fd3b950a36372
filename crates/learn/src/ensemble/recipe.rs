//! One member: a network, its loss, and how it is trained.

use gradus_core::nn::{Activation, Context, Linear, Module, Sequential};
use gradus_core::optim::OptimizerConfig;
use gradus_core::{Error, Indices, Rng, Tensor};

use crate::samples::{NetworkPredictor, Samples};

/// What a member lowers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemberLoss {
    /// Of classes: -ln of the share of the right one.
    CrossEntropy,
    /// Cross-entropy against 0.9 for the right class and the rest spread.
    SmoothedCrossEntropy,
    /// Of classes: each wrong logit at least 1 below the right one.
    MultiMargin,
    /// The squared distance of the shares (of classes: Brier's score) or of the numbers.
    Squared,
    /// Of numbers: the absolute distance.
    Absolute,
    /// Of numbers: squared near 0, absolute far off.
    Huber,
}

impl MemberLoss {
    /// Those of classes, or of numbers.
    pub fn all(classes: bool) -> &'static [MemberLoss] {
        use MemberLoss::{Absolute, CrossEntropy, Huber, MultiMargin, SmoothedCrossEntropy, Squared};
        if classes { &[CrossEntropy, SmoothedCrossEntropy, MultiMargin, Squared] } else { &[Squared, Absolute, Huber] }
    }

    /// In words.
    pub fn in_words(self) -> &'static str {
        match self {
            MemberLoss::CrossEntropy => "cross-entropy",
            MemberLoss::SmoothedCrossEntropy => "smoothed cross-entropy",
            MemberLoss::MultiMargin => "multi-class hinge",
            MemberLoss::Squared => "squared error",
            MemberLoss::Absolute => "absolute error",
            MemberLoss::Huber => "Huber",
        }
    }
}

/// A member before it is trained.
#[derive(Clone, Debug, PartialEq)]
pub struct Recipe {
    /// What it is called.
    pub name: String,
    /// Units of each hidden layer.
    pub hidden: Vec<usize>,
    /// Between the layers.
    pub activation: Activation,
    /// What is lowered.
    pub loss: MemberLoss,
    /// By which rule.
    pub optimizer: OptimizerConfig,
    /// Steps, each on all samples.
    pub steps: usize,
}

impl Recipe {
    /// A network of these hidden layers, tanh between them, trained by 300 steps of Adam at 0.02 on cross-entropy or squared
    /// error.
    pub fn new(hidden: &[usize], classes: bool) -> Self {
        let mut optimizer = OptimizerConfig::named("adam").expect("Adam is known");
        optimizer.set_learning_rate(0.02);
        let widths: Vec<String> = hidden.iter().map(ToString::to_string).collect();
        Recipe {
            name: widths.join("-"),
            hidden: hidden.to_vec(),
            activation: Activation::Tanh,
            loss: MemberLoss::all(classes)[0],
            optimizer,
            steps: 300,
        }
    }

    /// Trains one; the seed draws its first weights.
    ///
    /// Errors: a loss that does not fit the targets, a layer without units, an option of the optimizer out of its range, a loss
    /// that leaves all bounds.
    pub fn train(&self, samples: &Samples, seed: u64) -> Result<NetworkPredictor, Error> {
        let classes = samples.outputs() > 1;
        if !MemberLoss::all(classes).contains(&self.loss) {
            let (loss, kind) = (self.loss.in_words(), if classes { "classes" } else { "numbers" });
            let known: Vec<&str> = MemberLoss::all(classes).iter().map(|loss| loss.in_words()).collect();
            let problem = format!("{loss} does not fit targets that are {kind}; give {}", known.join(", "));
            return Err(Error::setting("loss", problem));
        }
        if self.hidden.contains(&0) {
            return Err(Error::setting(
                "hidden",
                format!("{:?} has a layer without units; give at least one", self.hidden),
            ));
        }
        let (inputs, targets) = samples.tensors();
        let labels = classes.then(|| Indices::new(samples.labels(), [samples.len()]));
        let mut network = self.network(samples.dimension(), samples.outputs(), seed);
        let mut optimizer = self.optimizer.build()?;
        for step in 0..self.steps {
            let outputs = network.forward(&inputs, &mut Context::train(seed));
            let loss = self.of(&outputs, &targets, labels.as_ref());
            if !loss.item().is_finite() {
                let (name, rate) = (&self.name, self.optimizer.learning_rate());
                let problem = format!("of {name} led out of all bounds at step {step}; give one below {rate}");
                return Err(Error::setting("learning_rate", problem));
            }
            optimizer.step(&mut network, &loss.backward());
        }
        Ok(NetworkPredictor { network: Box::new(network), dimension: samples.dimension(), softmax: classes })
    }

    fn network(&self, inputs: usize, outputs: usize, seed: u64) -> Sequential {
        let (rng, mut width) = (&mut Rng::new(seed), inputs);
        let mut network = Sequential::new();
        for &units in &self.hidden {
            network = network.add(Linear::new(width, units).init(rng)).add(self.activation);
            width = units;
        }
        network.add(Linear::new(width, outputs).init(rng))
    }

    fn of(&self, outputs: &Tensor, targets: &Tensor, labels: Option<&Indices>) -> Tensor {
        let Some(labels) = labels else {
            return match self.loss {
                MemberLoss::Absolute => outputs.mae(targets),
                MemberLoss::Huber => outputs.huber(targets, 1.0),
                _ => outputs.mse(targets),
            };
        };
        match self.loss {
            MemberLoss::SmoothedCrossEntropy => {
                let spread = 0.1 / targets.shape()[1] as gradus_core::Real;
                outputs.soft_cross_entropy(&targets.scale(0.9).shift(spread))
            }
            MemberLoss::MultiMargin => outputs.multi_margin(labels, 1.0),
            MemberLoss::Squared => outputs.softmax(1).mse(targets),
            _ => outputs.cross_entropy(labels),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ensemble::{Ensemble, Variety};
    use crate::points::Toy;
    use crate::samples::Predictor;

    #[test]
    fn every_recipe_learns_the_moons_and_their_average_is_better_than_the_mean_member() {
        let [samples, fresh] = [(100, 1), (1000, 2)]
            .map(|(count, seed)| Samples::of_classes(&Toy::Moons.points(count, &mut Rng::new(seed))).unwrap());
        for variety in [Variety::Losses, Variety::Optimizers, Variety::Architectures] {
            let recipes = variety.recipes(true, 4);
            let train = |recipe: &Recipe| Ok(Box::new(recipe.train(&samples, 1)?) as Box<dyn Predictor>);
            let members = recipes.iter().map(train).collect::<Result<Vec<_>, Error>>().unwrap();
            let found = Ensemble::of(members).unwrap().compare(&fresh);
            for (recipe, wrong) in recipes.iter().zip(&found.members_wrong) {
                assert!(*wrong < 0.15, "{}: {wrong}", recipe.name);
            }
            assert!(found.average < found.mean() && found.spread > 1e-4, "{found:?}");
        }
    }

    #[test]
    fn losses_of_numbers_fit_a_line() {
        let x: Vec<f64> = (0..21).map(|k| f64::from(k) / 10.0 - 1.0).collect();
        let y = x.iter().map(|x| 0.5 - x).collect();
        let samples = Samples::of_numbers(x, 1, y).unwrap();
        for recipe in Variety::Losses.recipes(false, 3) {
            let found = recipe.train(&samples, 3).unwrap();
            let error = samples.squared_error(&found.predict(samples.inputs()));
            assert!(error < 0.003, "{}: {error}", recipe.name);
        }
    }

    #[test]
    fn what_cannot_be_trained_is_named() {
        let samples = Samples::of_numbers(vec![1.0, 2.0], 1, vec![1.0, 2.0]).unwrap();
        let said = |recipe: Recipe| recipe.train(&samples, 1).err().unwrap().to_string();
        let base = || Recipe::new(&[3], false);
        assert!(said(Recipe::new(&[3], true)).starts_with("loss: cross-entropy does not fit targets that are numbers"));
        assert!(said(Recipe { hidden: vec![3, 0], ..base() }).starts_with("hidden: [3, 0] has a layer without units"));
        let mut optimizer = OptimizerConfig::named("sgd").unwrap();
        optimizer.set_learning_rate(1e6);
        assert!(said(Recipe { optimizer, ..base() }).contains("led out of all bounds"));
    }
}
