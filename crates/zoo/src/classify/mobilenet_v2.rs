//! MobileNetV2 (Sandler, Howard, Zhu, Zhmoginov and Chen, MobileNetV2: inverted residuals and linear bottlenecks, 2018): blocks
//! widen, filter each channel, and narrow again without an activation; what is added along the residual path is narrow.

use gradus_core::data::Preprocess;
use gradus_core::nn::{Activation, Dropout, Linear, Module, Sequential};
use gradus_core::{Error, Real, Rng, module};
use serde::{Deserialize, Serialize};

use super::layers::{Stem, Unit, check_probability, check_width, scaled};
use crate::family::{Block, Config, Family, Interface, Member};

/// The registry's entry.
pub const FAMILY: Family = Family {
    name: "mobilenet-v2",
    paper: "Sandler, Howard, Zhu, Zhmoginov and Chen, MobileNetV2: inverted residuals and linear bottlenecks",
    year: 2018,
    brought: "inverted residuals: narrow maps are passed on, wide ones live only inside a block, where filtering is cheap",
    block: Some(block),
    members: &[Member::imagenet("mobilenet-v2", || Box::new(MobileNetV2Config::default()))
        .top1(71.878)
        .weights("https://download.pytorch.org/models/mobilenet_v2-b0353104.pth", Preprocess::IMAGENET)],
};

/// The options of a [`MobileNetV2`].
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MobileNetV2Config {
    /// The factor of all widths.
    pub width: f64,
    /// How it begins.
    pub stem: Stem,
    /// The share of elements dropped in training before the last layer.
    pub dropout: f64,
}

impl Default for MobileNetV2Config {
    fn default() -> Self {
        MobileNetV2Config { width: 1.0, stem: Stem::Auto, dropout: 0.2 }
    }
}

/// 1x1 to more channels, 3x3 of each channel, 1x1 to few; and the sum where the shape stays.
struct InvertedResidual {
    conv: Sequential,
    adds: bool,
}

module!(
    InvertedResidual { conv } | net,
    x,
    cx | {
        let y = net.conv.forward(x, cx);
        if net.adds { y.add(x) } else { y }
    }
);

impl InvertedResidual {
    fn init(inputs: usize, outputs: usize, stride: usize, expansion: usize, rng: &mut Rng) -> Self {
        let (middle, relu6) = (inputs * expansion, Activation::Relu6);
        let mut conv = Sequential::new();
        if expansion > 1 {
            conv = conv.add(Unit::new(inputs, middle, 1).activation(relu6).init(rng));
        }
        conv = conv.add(Unit::depthwise(middle, 3).stride(stride).activation(relu6).init(rng));
        let (project, norm) = Unit::new(middle, outputs, 1).linear().parts(rng);
        InvertedResidual { conv: conv.add(project).add(norm), adds: stride == 1 && inputs == outputs }
    }
}

/// MobileNetV2.
pub struct MobileNetV2 {
    features: Sequential,
    classifier: Sequential,
}

module!(
    MobileNetV2 { features, classifier } | net,
    x,
    cx | {
        let x = net.features.forward(x, cx).global_avg_pool2d(); // [b, 1280]
        net.classifier.forward(&x, cx)
    }
);

/// Expansion, channels, blocks and first stride of each stage (table 2 of the paper).
const STAGES: [[usize; 4]; 7] =
    [[1, 16, 1, 1], [6, 24, 2, 2], [6, 32, 3, 2], [6, 64, 4, 2], [6, 96, 3, 1], [6, 160, 3, 2], [6, 320, 1, 1]];

impl Config for MobileNetV2Config {
    fn build(&self, interface: &Interface, rng: &mut Rng) -> Result<Box<dyn Module>, Error> {
        check_width(self.width)?;
        check_probability("dropout", self.dropout)?;
        let [.., channels] = interface.picture(8)?;
        let (mut inputs, last) = (scaled(32, self.width), scaled(1280, self.width.max(1.0)));
        let stride = if self.stem.is_small(interface) { 1 } else { 2 };
        let first = Unit::new(channels, inputs, 3).stride(stride).activation(Activation::Relu6).init(rng);
        let mut features = Sequential::new().add(first);
        for [expansion, outputs, blocks, stride] in STAGES {
            let outputs = scaled(outputs, self.width);
            for place in 0..blocks {
                let stride = if place == 0 { stride } else { 1 };
                features = features.add(InvertedResidual::init(inputs, outputs, stride, expansion, rng));
                inputs = outputs;
            }
        }
        let features = features.add(Unit::new(inputs, last, 1).activation(Activation::Relu6).init(rng));
        let classifier = Sequential::new()
            .add(Dropout::new(self.dropout as Real))
            .add(Linear::new(last, interface.outputs).init(rng));
        Ok(Box::new(MobileNetV2 { features, classifier }))
    }
}

fn block(rng: &mut Rng) -> Block {
    Block { module: Box::new(InvertedResidual::init(32, 32, 1, 6, rng)), input: [28, 28, 32] }
}
