//! MobileNet (Howard et al., MobileNets: efficient convolutional neural networks for mobile vision applications, 2017):
//! a convolution is split into one of each channel by itself and one of each pixel by itself.

use gradus_core::nn::{Dropout, Linear, Module, Sequential};
use gradus_core::{Error, Real, Rng, module};
use serde::{Deserialize, Serialize};

use super::layers::{Stem, Unit, check_probability, check_width, scaled};
use crate::family::{Block, Config, Family, Interface, Member};

/// The registry's entry.
pub const FAMILY: Family = Family {
    name: "mobilenet-v1",
    paper: "Howard et al., MobileNets: efficient convolutional neural networks for mobile vision applications",
    year: 2017,
    brought: "depthwise separation: a 3x3 convolution for an eighth to a ninth of the multiplies, at a per cent of accuracy",
    block: Some(block),
    members: &[
        Member::imagenet("mobilenet-v1", || Box::new(MobileNetV1Config::of(1.0))).top1(70.6),
        Member::imagenet("mobilenet-v1-x0.75", || Box::new(MobileNetV1Config::of(0.75))).top1(68.4),
        Member::imagenet("mobilenet-v1-x0.5", || Box::new(MobileNetV1Config::of(0.5))).top1(63.7),
        Member::imagenet("mobilenet-v1-x0.25", || Box::new(MobileNetV1Config::of(0.25))).top1(50.6),
    ],
};

/// The options of a [`MobileNetV1`].
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MobileNetV1Config {
    /// Whether convolutions are separated; without, they are whole 3x3 ones (table 4 of the paper).
    pub separated: bool,
    /// The factor of all widths: the paper's alpha.
    pub width: f64,
    /// How it begins.
    pub stem: Stem,
    /// The share of elements dropped in training before the last layer.
    pub dropout: f64,
}

impl MobileNetV1Config {
    fn of(width: f64) -> Self {
        MobileNetV1Config { separated: true, width, stem: Stem::Auto, dropout: 0.001 }
    }
}

/// MobileNet.
pub struct MobileNetV1 {
    features: Sequential,
    dropout: Dropout,
    classifier: Linear,
}

module!(
    MobileNetV1 { features, classifier } | net,
    x,
    cx | {
        let x = net.features.forward(x, cx).global_avg_pool2d(); // [b, 1024]
        net.classifier.forward(&net.dropout.forward(&x, cx), cx)
    }
);

/// Channels and stride behind each separated convolution.
const BODY: [(usize, usize); 13] = [
    (64, 1),
    (128, 2),
    (128, 1),
    (256, 2),
    (256, 1),
    (512, 2),
    (512, 1),
    (512, 1),
    (512, 1),
    (512, 1),
    (512, 1),
    (1024, 2),
    (1024, 1),
];

impl Config for MobileNetV1Config {
    fn build(&self, interface: &Interface, rng: &mut Rng) -> Result<Box<dyn Module>, Error> {
        check_width(self.width)?;
        check_probability("dropout", self.dropout)?;
        let [.., channels] = interface.picture(8)?;
        let mut inputs = scaled(32, self.width);
        let stride = if self.stem.is_small(interface) { 1 } else { 2 };
        let mut features = Sequential::new().add(Unit::new(channels, inputs, 3).stride(stride).init(rng));
        for (outputs, stride) in BODY {
            let outputs = scaled(outputs, self.width);
            features = if self.separated {
                features.add(separated(inputs, outputs, stride, rng))
            } else {
                features.add(Unit::new(inputs, outputs, 3).stride(stride).init(rng))
            };
            inputs = outputs;
        }
        Ok(Box::new(MobileNetV1 {
            features,
            dropout: Dropout::new(self.dropout as Real),
            classifier: Linear::new(inputs, interface.outputs).init(rng),
        }))
    }
}

/// 3x3 of each channel, then 1x1 of each pixel.
fn separated(inputs: usize, outputs: usize, stride: usize, rng: &mut Rng) -> Sequential {
    let depthwise = Unit::depthwise(inputs, 3).stride(stride).init(rng);
    Sequential::new().add(depthwise).add(Unit::new(inputs, outputs, 1).init(rng))
}

fn block(rng: &mut Rng) -> Block {
    Block { module: Box::new(separated(512, 512, 1, rng)), input: [14, 14, 512] }
}
