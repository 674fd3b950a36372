//! MobileNetV3 (Howard et al., Searching for MobileNetV3, 2019): inverted residuals whose kernels, widths and gates a search
//! has found, with squeeze and excitation and the piecewise linear swish.

use gradus_core::data::Preprocess;
use gradus_core::nn::{Activation, Dropout, Linear, Module, Sequential};
use gradus_core::{Error, Real, Rng, module};
use serde::{Deserialize, Serialize};

use super::layers::{Norm, Stem, Unit, check_probability, check_width, scaled};
use super::squeeze_excitation::SqueezeExcitation;
use crate::family::{Block, Config, Family, Interface, Member};

/// The registry's entry.
pub const FAMILY: Family = Family {
    name: "mobilenet-v3",
    paper: "Howard et al., Searching for MobileNetV3",
    year: 2019,
    brought: "a searched design: gates of squeeze and excitation and hard-swish where they pay, a head that costs less",
    block: Some(block),
    members: &[
        Member::imagenet("mobilenet-v3-small", || Box::new(MobileNetV3Config::of(Size::Small)))
            .top1(67.668)
            .weights("https://download.pytorch.org/models/mobilenet_v3_small-047dcff4.pth", Preprocess::IMAGENET),
        Member::imagenet("mobilenet-v3-large", || Box::new(MobileNetV3Config::of(Size::Large)))
            .top1(74.042)
            .weights("https://download.pytorch.org/models/mobilenet_v3_large-8738ca79.pth", Preprocess::IMAGENET),
    ],
};

/// Which of the two designs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Size {
    /// For little time.
    Small,
    /// For more.
    Large,
}

/// The options of a [`MobileNetV3`].
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MobileNetV3Config {
    /// small or large.
    pub size: Size,
    /// The factor of all widths.
    pub width: f64,
    /// How it begins.
    pub stem: Stem,
    /// The share of elements dropped in training before the last layer.
    pub dropout: f64,
}

impl MobileNetV3Config {
    fn of(size: Size) -> Self {
        MobileNetV3Config { size, width: 1.0, stem: Stem::Auto, dropout: 0.2 }
    }
}

/// A row of the paper's tables 1 and 2.
struct Row {
    kernel: usize,
    expanded: usize,
    outputs: usize,
    gated: bool,
    activation: Activation,
    stride: usize,
}

const fn row(
    kernel: usize,
    expanded: usize,
    outputs: usize,
    gated: bool,
    activation: Activation,
    stride: usize,
) -> Row {
    Row { kernel, expanded, outputs, gated, activation, stride }
}

const RE: Activation = Activation::Relu;
const HS: Activation = Activation::HardSwish;

const LARGE: &[Row] = &[
    row(3, 16, 16, false, RE, 1),
    row(3, 64, 24, false, RE, 2),
    row(3, 72, 24, false, RE, 1),
    row(5, 72, 40, true, RE, 2),
    row(5, 120, 40, true, RE, 1),
    row(5, 120, 40, true, RE, 1),
    row(3, 240, 80, false, HS, 2),
    row(3, 200, 80, false, HS, 1),
    row(3, 184, 80, false, HS, 1),
    row(3, 184, 80, false, HS, 1),
    row(3, 480, 112, true, HS, 1),
    row(3, 672, 112, true, HS, 1),
    row(5, 672, 160, true, HS, 2),
    row(5, 960, 160, true, HS, 1),
    row(5, 960, 160, true, HS, 1),
];

const SMALL: &[Row] = &[
    row(3, 16, 16, true, RE, 2),
    row(3, 72, 24, false, RE, 2),
    row(3, 88, 24, false, RE, 1),
    row(5, 96, 40, true, HS, 2),
    row(5, 240, 40, true, HS, 1),
    row(5, 240, 40, true, HS, 1),
    row(5, 120, 48, true, HS, 1),
    row(5, 144, 48, true, HS, 1),
    row(5, 288, 96, true, HS, 2),
    row(5, 576, 96, true, HS, 1),
    row(5, 576, 96, true, HS, 1),
];

/// 1x1 to more channels, a filter of each, a gate, 1x1 to few; and the sum where the shape stays.
struct InvertedResidual {
    block: Sequential,
    adds: bool,
}

module!(
    InvertedResidual { block } | net,
    x,
    cx | {
        let y = net.block.forward(x, cx);
        if net.adds { y.add(x) } else { y }
    }
);

impl InvertedResidual {
    fn init(inputs: usize, row: &Row, width: f64, rng: &mut Rng) -> Self {
        let (expanded, outputs) = (scaled(row.expanded, width), scaled(row.outputs, width));
        let unit = |unit: Unit, rng: &mut Rng| unit.norm(Norm::TENSORFLOW).activation(row.activation).init(rng);
        let mut block = Sequential::new();
        if expanded != inputs {
            block = block.add(unit(Unit::new(inputs, expanded, 1), rng));
        }
        block = block.add(unit(Unit::depthwise(expanded, row.kernel).stride(row.stride), rng));
        if row.gated {
            // A quarter of the channels, as a multiple of eight.
            let squeezed = scaled(expanded, 0.25);
            block = block.add(SqueezeExcitation::init(expanded, squeezed, RE, Activation::HardSigmoid, rng));
        }
        let project = Unit::new(expanded, outputs, 1).norm(Norm::TENSORFLOW).linear().init(rng);
        InvertedResidual { block: block.add(project), adds: row.stride == 1 && inputs == outputs }
    }
}

/// MobileNetV3.
pub struct MobileNetV3 {
    features: Sequential,
    classifier: Sequential,
}

module!(
    MobileNetV3 { features, classifier } | net,
    x,
    cx | {
        let x = net.features.forward(x, cx).global_avg_pool2d(); // [b, 960]
        net.classifier.forward(&x, cx)
    }
);

impl Config for MobileNetV3Config {
    fn build(&self, interface: &Interface, rng: &mut Rng) -> Result<Box<dyn Module>, Error> {
        check_width(self.width)?;
        check_probability("dropout", self.dropout)?;
        let [.., channels] = interface.picture(8)?;
        let (rows, hidden) = match self.size {
            Size::Small => (SMALL, 1024),
            Size::Large => (LARGE, 1280),
        };
        let swish = |unit: Unit, rng: &mut Rng| unit.norm(Norm::TENSORFLOW).activation(HS).init(rng);
        let mut inputs = scaled(16, self.width);
        let stride = if self.stem.is_small(interface) { 1 } else { 2 };
        let mut features = Sequential::new().add(swish(Unit::new(channels, inputs, 3).stride(stride), rng));
        for row in rows {
            features = features.add(InvertedResidual::init(inputs, row, self.width, rng));
            inputs = scaled(row.outputs, self.width);
        }
        let (last, hidden) = (6 * inputs, scaled(hidden, self.width));
        let features = features.add(swish(Unit::new(inputs, last, 1), rng));
        let classifier = Sequential::new()
            .add(Linear::new(last, hidden).init(rng))
            .add(HS)
            .add(Dropout::new(self.dropout as Real))
            .add(Linear::new(hidden, interface.outputs).init(rng));
        Ok(Box::new(MobileNetV3 { features, classifier }))
    }
}

fn block(rng: &mut Rng) -> Block {
    let block = InvertedResidual::init(40, &row(5, 240, 40, true, HS, 1), 1.0, rng);
    Block { module: Box::new(block), input: [14, 14, 40] }
}
