//! EfficientNet (Tan and Le, EfficientNet: rethinking model scaling for convolutional neural networks, 2019): one searched
//! network, B0, and larger ones from it by scaling width, depth and resolution together.
//!
//! The paper's rule for a compound coefficient phi is depth 1.2^phi, width 1.1^phi, resolution 1.15^phi. The published B1 to B7
//! stand near it, rounded up; their numbers are those of the authors' code.

use gradus_core::data::Preprocess;
use gradus_core::nn::{Activation, Dropout, Linear, Module, Sequential, StochasticDepth};
use gradus_core::{Error, Real, Rng, module};
use serde::{Deserialize, Serialize};

use super::layers::{Norm, Stem, Unit, check_probability, check_width, scaled};
use super::squeeze_excitation::SqueezeExcitation;
use crate::family::{Architecture, Block, Config, Family, Interface, Member};

macro_rules! member {
    ($place:literal, $top1:literal, $url:literal, $resize:literal) => {
        Member::imagenet(concat!("efficientnet-b", stringify!($place)), || EfficientNetConfig::boxed($place))
            .top1($top1)
            .weights(
                concat!("https://download.pytorch.org/models/efficientnet_b", stringify!($place), $url),
                Preprocess::IMAGENET.sizes($resize, SCALES[$place].pixels).bicubic(),
            )
    };
}

/// The registry's entry.
pub const FAMILY: Family = Family {
    name: "efficientnet",
    paper: "Tan and Le, EfficientNet: rethinking model scaling for convolutional neural networks",
    year: 2019,
    brought: "compound scaling: width, depth and resolution grow together by one coefficient, and each multiply buys more",
    block: Some(block),
    members: &[
        member!(0, 77.692, "_rwightman-7f5810bc.pth", 256),
        member!(1, 78.642, "_rwightman-bac287d4.pth", 256),
        member!(2, 80.608, "_rwightman-c35c1473.pth", 288),
        member!(3, 82.008, "_rwightman-b3899882.pth", 320),
        member!(4, 83.384, "_rwightman-23ab8bcd.pth", 384),
        member!(5, 83.444, "_lukemelas-1a07897c.pth", 456),
        member!(6, 84.008, "_lukemelas-24a108a5.pth", 528),
        member!(7, 84.122, "_lukemelas-c5b4e57e.pth", 600),
    ],
};

/// What the compound coefficient makes of B0.
pub(super) struct Scale {
    pub width: f64,
    pub depth: f64,
    pub pixels: usize,
    pub dropout: f64,
}

const fn scale(width: f64, depth: f64, pixels: usize, dropout: f64) -> Scale {
    Scale { width, depth, pixels, dropout }
}

/// B0 to B7. torchvision's weights of B2 were made for 288 pixels, not the paper's 260.
const SCALES: [Scale; 8] = [
    scale(1.0, 1.0, 224, 0.2),
    scale(1.0, 1.1, 240, 0.2),
    scale(1.1, 1.2, 288, 0.3),
    scale(1.2, 1.4, 300, 0.3),
    scale(1.4, 1.8, 380, 0.4),
    scale(1.6, 2.2, 456, 0.4),
    scale(1.8, 2.6, 528, 0.5),
    scale(2.0, 3.1, 600, 0.5),
];

/// A stage of B0: table 1 of the paper.
pub(super) struct Stage {
    pub expansion: usize,
    pub kernel: usize,
    pub stride: usize,
    pub channels: usize,
    pub blocks: usize,
}

const fn stage(expansion: usize, kernel: usize, stride: usize, channels: usize, blocks: usize) -> Stage {
    Stage { expansion, kernel, stride, channels, blocks }
}

/// The stages of B0.
pub(super) const STAGES: [Stage; 7] = [
    stage(1, 3, 1, 16, 1),
    stage(6, 3, 2, 24, 2),
    stage(6, 5, 2, 40, 2),
    stage(6, 3, 2, 80, 3),
    stage(6, 5, 1, 112, 3),
    stage(6, 5, 2, 192, 4),
    stage(6, 3, 1, 320, 1),
];

/// The options of an [`EfficientNet`].
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct EfficientNetConfig {
    /// The factor of all widths.
    pub width: f64,
    /// The factor of the number of blocks in each stage.
    pub depth: f64,
    /// How it begins.
    pub stem: Stem,
    /// The share of elements dropped in training before the last layer.
    pub dropout: f64,
    /// The share of samples for which the last block is left out in training; earlier blocks are left out less often.
    pub stochastic_depth: f64,
    /// Whether normalization has TensorFlow's constants, with which B5 to B7 were trained.
    pub tensorflow_norm: bool,
}

impl EfficientNetConfig {
    fn boxed(place: usize) -> Box<dyn Architecture> {
        let Scale { width, depth, dropout, .. } = SCALES[place];
        Box::new(EfficientNetConfig {
            width,
            depth,
            stem: Stem::Auto,
            dropout,
            stochastic_depth: 0.2,
            tensorflow_norm: place >= 5,
        })
    }
}

/// 1x1 to more channels, a filter of each, a gate, 1x1 to few; and the sum where the shape stays.
struct MbConv {
    block: Sequential,
    drop: Option<StochasticDepth>,
}

module!(
    MbConv { block } | net,
    x,
    cx | {
        let y = net.block.forward(x, cx);
        match &net.drop {
            Some(drop) => drop.forward(&y, cx).add(x),
            None => y,
        }
    }
);

impl MbConv {
    fn init([inputs, outputs]: [usize; 2], stage: &Stage, stride: usize, drop: f64, norm: Norm, rng: &mut Rng) -> Self {
        let expanded = inputs * stage.expansion;
        let unit = |unit: Unit, rng: &mut Rng| unit.norm(norm).activation(Activation::Silu).init(rng);
        let mut block = Sequential::new();
        if expanded != inputs {
            block = block.add(unit(Unit::new(inputs, expanded, 1), rng));
        }
        let gate = (Activation::Silu, Activation::Sigmoid);
        let block = block
            .add(unit(Unit::depthwise(expanded, stage.kernel).stride(stride), rng))
            .add(SqueezeExcitation::init(expanded, (inputs / 4).max(1), gate.0, gate.1, rng))
            .add(Unit::new(expanded, outputs, 1).norm(norm).linear().init(rng));
        let adds = stride == 1 && inputs == outputs;
        MbConv { block, drop: adds.then(|| StochasticDepth::new(drop as Real)) }
    }
}

/// EfficientNet.
pub struct EfficientNet {
    features: Sequential,
    classifier: Sequential,
}

module!(
    EfficientNet { features, classifier } | net,
    x,
    cx | {
        let x = net.features.forward(x, cx).global_avg_pool2d(); // [b, 1280]
        net.classifier.forward(&x, cx)
    }
);

impl Config for EfficientNetConfig {
    fn build(&self, interface: &Interface, rng: &mut Rng) -> Result<Box<dyn Module>, Error> {
        check_width(self.width)?;
        check_depth(self.depth)?;
        check_probability("dropout", self.dropout)?;
        check_probability("stochastic_depth", self.stochastic_depth)?;
        let [.., channels] = interface.picture(8)?;
        let norm = if self.tensorflow_norm { Norm::TENSORFLOW } else { Norm::DEFAULT };
        let unit = |unit: Unit, rng: &mut Rng| unit.norm(norm).activation(Activation::Silu).init(rng);
        let blocks = STAGES.map(|stage| (stage.blocks as f64 * self.depth).ceil() as usize);
        let (total, mut place) = (blocks.iter().sum::<usize>() as f64, 0);
        let mut inputs = scaled(32, self.width);
        let stride = if self.stem.is_small(interface) { 1 } else { 2 };
        let mut features = Sequential::new().add(unit(Unit::new(channels, inputs, 3).stride(stride), rng));
        for (stage, blocks) in STAGES.iter().zip(blocks) {
            let outputs = scaled(stage.channels, self.width);
            let mut layers = Sequential::new();
            for block in 0..blocks {
                let stride = if block == 0 { stage.stride } else { 1 };
                let drop = self.stochastic_depth * f64::from(place) / total;
                layers = layers.add(MbConv::init([inputs, outputs], stage, stride, drop, norm, rng));
                (inputs, place) = (outputs, place + 1);
            }
            features = features.add(layers);
        }
        let last = 4 * inputs;
        let features = features.add(unit(Unit::new(inputs, last, 1), rng));
        let classifier = Sequential::new()
            .add(Dropout::new(self.dropout as Real))
            .add(Linear::new(last, interface.outputs).init(rng));
        Ok(Box::new(EfficientNet { features, classifier }))
    }
}

/// An error for a depth that leaves no network.
pub(super) fn check_depth(depth: f64) -> Result<(), Error> {
    if depth > 0.0 && depth <= 16.0 {
        return Ok(());
    }
    Err(Error::setting("model.depth", format!("is {depth}, but must be a factor above 0, at most 16")))
}

fn block(rng: &mut Rng) -> Block {
    let block = MbConv::init([40, 40], &STAGES[2], 1, 0.0, Norm::DEFAULT, rng);
    Block { module: Box::new(block), input: [28, 28, 40] }
}
