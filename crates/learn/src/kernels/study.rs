//! The 5x5 layer of a trained network replaced by smaller ones: what it costs and what it saves.

use std::sync::Arc;
use std::time::{Duration, Instant};

use gradus_core::data::{Dataset, Loader};
use gradus_core::nn::{Activation, Context, Conv2d, Module};
use gradus_core::optim::schedule::Cosine;
use gradus_core::optim::{Adam, Optimizer};
use gradus_core::train::{Classify, evaluate};
use gradus_core::{Error, Rng, Tensor, dry_run, no_grad};

use super::{ImitateOptions, Network, Stacked, TwoPass, imitate, output_error};

/// Test pictures on which layers are compared.
const BATCH: usize = 64;
/// Runs of which the fastest counts.
const RUNS: usize = 200;

/// What is trained, on what, and for how long.
#[derive(Clone)]
pub struct StudyOptions {
    /// Pictures to learn from, with classes.
    pub train: Arc<dyn Dataset>,
    /// Pictures to judge by.
    pub test: Arc<dyn Dataset>,
    /// Channels of both convolutions.
    pub maps: usize,
    /// Epochs of the first training.
    pub epochs: u64,
    /// Ranks of the k x 1, 1 x k layers.
    pub ranks: Vec<usize>,
    /// How the 3x3 layers are taught.
    pub imitate: ImitateOptions,
    /// The learning rate of the one epoch in which each whole network is tuned.
    pub tuning_rate: f64,
    /// The seed of all that is random.
    pub seed: u64,
}

/// A network with one of the layers, measured.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    /// The layer in words.
    pub layer: String,
    /// Multiplications of the layer for a picture.
    pub multiplies: u64,
    /// Seconds that the layer takes for a picture of a batch of 64, the best of several runs.
    pub seconds: f64,
    /// How far the layer's outputs on the test pictures are from the 5x5 layer's (see [`output_error`]).
    pub error: f64,
    /// Share of the test pictures that the network names rightly with this layer put in its place.
    pub accuracy: f64,
    /// The same after one more epoch of training the whole network.
    pub tuned: f64,
}

/// The study on its way: a trained network.
pub struct Study {
    options: StudyOptions,
    network: Network<Conv2d>,
    classes: usize,
}

impl Study {
    /// Trains the network with its 5x5 layer.
    ///
    /// Errors: data without classes or whose samples are no pictures, and what reading gives.
    pub fn train(options: StudyOptions) -> Result<Self, Error> {
        let classes = options.train.target_kind().class_names().len();
        let (&[height, width, channels], true) = (options.train.sample_shape(), classes > 0) else {
            return Err(Error::Data("decomposed kernels are shown on pictures with classes; give such data".into()));
        };
        let rng = &mut Rng::new(options.seed);
        let mut network = Network::new([height, width, channels], options.maps, classes, rng);
        let study = Study { network: network.clone(), options, classes };
        study.teach(&mut network, study.options.epochs, 0.002)?;
        Ok(Study { network, ..study })
    }

    /// The 5x5 layer itself, two 3x3 layers without and with ReLU between, and each rank of 5x1, 1x5. `begun` is told of each
    /// before the work on it.
    pub fn run(&self, mut begun: impl FnMut(&str)) -> Result<Vec<Measured>, Error> {
        let (mut layers, mut all) = (Vec::new(), Vec::new());
        let mut add = |layer: String, conv2: Box<dyn Module>| -> Result<(), Error> {
            let (measured, conv2) = self.measure(layer, conv2)?;
            all.push(measured);
            layers.push(conv2);
            Ok(())
        };
        begun("5x5");
        add("5x5".into(), Box::new(self.network.conv2.clone()))?;
        for (layer, between) in [("3x3, 3x3", Activation::Identity), ("3x3, ReLU, 3x3", Activation::Relu)] {
            begun(layer);
            add(layer.into(), Box::new(self.stacked(between)?))?;
        }
        for rank in &self.options.ranks {
            let layer = format!("5x1, 1x5, rank {rank}");
            begun(&layer);
            add(layer, Box::new(TwoPass::of(&self.network.conv2, *rank)?))?;
        }
        let seconds = self.seconds(&layers)?;
        all.iter_mut().zip(seconds).for_each(|(row, seconds)| row.seconds = seconds);
        Ok(all)
    }

    /// Two 3x3 layers that have learnt to give what the 5x5 layer gives on the training pictures.
    fn stacked(&self, between: Activation) -> Result<Stacked, Error> {
        let Study { options, network, .. } = self;
        let mut stacked = Stacked::of(&network.conv2, options.maps, between, &mut Rng::new(options.seed).fork(1))?;
        let before = |x: &Tensor| network.before(x);
        imitate(&mut stacked, &network.conv2, &before, &self.loader(), options.imitate)?;
        Ok(stacked)
    }

    /// All but the time, and the layer as the tuning left it.
    fn measure(&self, layer: String, conv2: Box<dyn Module>) -> Result<(Measured, Box<dyn Module>), Error> {
        let (inputs, samples) = self.test_inputs()?;
        let cx = &mut Context::eval();
        let (given, wanted) = no_grad(|| (conv2.forward(&inputs, cx), self.network.conv2.forward(&inputs, cx)));
        let error = output_error(&given, &wanted);
        let work = dry_run(inputs.shape(), |x| conv2.forward(x, cx)).expect("the layer has just run on this input");
        let multiplies = work.iter().map(|op| op.multiplies).sum::<u64>() / samples as u64;
        let mut network = self.network.with(conv2);
        let accuracy = self.accuracy(&network)?;
        self.teach(&mut network, 1, self.options.tuning_rate)?;
        let tuned = self.accuracy(&network)?;
        Ok((Measured { layer, multiplies, seconds: 0.0, error, accuracy, tuned }, network.conv2))
    }

    /// What comes to the second convolution for the first test pictures, and how many these are.
    fn test_inputs(&self) -> Result<(Tensor, usize), Error> {
        let Some(batch) = Loader::new(self.options.test.clone(), BATCH).epoch(0).next() else {
            return Err(Error::Data("there are no test pictures; give at least one".into()));
        };
        let batch = batch?;
        Ok((no_grad(|| self.network.before(&batch.inputs)), batch.len()))
    }

    /// Seconds of each layer for a picture. The layers take turns, so that what else the machine does falls on all alike.
    fn seconds(&self, layers: &[Box<dyn Module>]) -> Result<Vec<f64>, Error> {
        let (inputs, samples) = self.test_inputs()?;
        let mut best = vec![Duration::MAX; layers.len()];
        for _ in 0..RUNS {
            for (layer, best) in layers.iter().zip(&mut best) {
                let begin = Instant::now();
                let _ = no_grad(|| layer.forward(&inputs, &mut Context::eval()));
                *best = begin.elapsed().min(*best);
            }
        }
        Ok(best.iter().map(|best| best.as_secs_f64() / samples as f64).collect())
    }

    fn accuracy(&self, network: &dyn Module) -> Result<f64, Error> {
        let loader = Loader::new(self.options.test.clone(), 250);
        Ok(evaluate(network, &Classify::new(self.classes), &loader, |_, _| {})?.score)
    }

    fn loader(&self) -> Loader {
        Loader::new(self.options.train.clone(), 50).shuffle(true).seed(self.options.seed)
    }

    /// Trains a whole network by Adam, whose rate falls along a cosine.
    fn teach(&self, network: &mut dyn Module, epochs: u64, rate: f64) -> Result<(), Error> {
        let loader = self.loader();
        let schedule = Cosine { first: rate, last: 0.0, steps: epochs * loader.batches() as u64 };
        let (mut optimizer, mut step) = (Adam::new(rate), 0);
        let cx = &mut Context::train(self.options.seed);
        for epoch in 0..epochs {
            for batch in loader.epoch(epoch) {
                let batch = batch?;
                let labels = batch.labels().ok_or_else(|| Error::Data("the data has no classes to learn".into()))?;
                let loss = network.forward(&batch.inputs, cx).cross_entropy(labels);
                optimizer.follow(&schedule, step);
                optimizer.step(network, &loss.backward());
                step += 1;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gradus_core::Real;
    use gradus_core::data::{InMemory, Origin, Samples, StoredTargets};

    /// Stripes of two directions, with noise: 12x12, class 0 or 1.
    fn stripes(count: usize, seed: u64) -> Arc<dyn Dataset> {
        let mut rng = Rng::new(seed);
        let pixels = (0..count * 144).map(|place| {
            let (class, y, x) = (place / 144 % 2, place % 144 / 12, place % 12);
            let stripe = if class == 0 { y } else { x } / 2 % 2;
            stripe as Real * 0.5 + 0.8 * rng.uniform()
        });
        let labels = (0..count as u32).map(|index| index % 2).collect();
        let targets = StoredTargets::Classes { labels, names: ["level", "upright"].map(str::to_owned).to_vec() };
        let samples = Samples::Reals(pixels.collect());
        Arc::new(InMemory::new(samples, vec![12, 12, 1], targets, Origin::file("stripes", "picture"), false).unwrap().0)
    }

    #[test]
    fn smaller_layers_take_the_place_of_the_larger() {
        let options = StudyOptions {
            train: stripes(400, 1),
            test: stripes(100, 2),
            maps: 6,
            epochs: 3,
            ranks: vec![30, 3, 1],
            imitate: ImitateOptions { epochs: 10, learning_rate: 0.005 },
            tuning_rate: 0.0005,
            seed: 1,
        };
        let mut told = 0;
        let all = Study::train(options).unwrap().run(|_| told += 1).unwrap();
        assert_eq!((all.len(), told), (6, 6));
        let pixels = 6 * 6;
        let counts: Vec<u64> = all.iter().map(|row| row.multiplies / pixels).collect();
        assert_eq!(counts, [25 * 36, 18 * 36, 18 * 36, 5 * 30 * 12, 5 * 3 * 12, 5 * 12]);
        assert!(all[0].accuracy > 0.9, "{all:?}");
        // The layer itself, and all of its rank.
        assert!(all[0].error == 0.0 && all[3].error < 1e-5 && all[3].accuracy == all[0].accuracy, "{all:?}");
        assert!(all[1].error < 0.5 && all[2].error < 0.5, "{all:?}");
        assert!(all[3].error < all[4].error && all[4].error < all[5].error, "{all:?}");
        assert!(all.iter().all(|row| row.seconds > 0.0), "{all:?}");
        assert!(all[4].tuned > all[4].accuracy && all[..5].iter().all(|row| row.tuned > 0.9), "{all:?}");
    }
}
