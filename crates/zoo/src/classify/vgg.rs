//! VGG (Simonyan and Zisserman, Very deep convolutional networks for large-scale image recognition, 2015): stages of 3x3
//! convolutions, the size halved and the width doubled between them, then three dense layers.

use gradus_core::data::Preprocess;
use gradus_core::init::Initializer;
use gradus_core::nn::{Activation, BatchNorm, Conv2d, Dropout, Linear, MaxPool2d, Module, Sequential};
use gradus_core::{Error, Real, Rng, module};
use serde::{Deserialize, Serialize};

use super::layers::{Stem, check_probability, check_width, scaled};
use crate::family::{Block, Config, Family, Interface, Member};

const A: [usize; 5] = [1, 1, 2, 2, 2];
const B: [usize; 5] = [2, 2, 2, 2, 2];
const D: [usize; 5] = [2, 2, 3, 3, 3];
const E: [usize; 5] = [2, 2, 4, 4, 4];

/// The registry's entry.
pub const FAMILY: Family = Family {
    name: "vgg",
    paper: "Simonyan and Zisserman, Very deep convolutional networks for large-scale image recognition",
    year: 2015,
    brought: "depth from small kernels: two 3x3 convolutions see what one 5x5 sees, with fewer weights and one ReLU more",
    block: Some(block),
    members: &[
        Member::imagenet("vgg11", || VggConfig::boxed(A, false))
            .top1(69.020)
            .weights("https://download.pytorch.org/models/vgg11-8a719046.pth", Preprocess::IMAGENET),
        Member::imagenet("vgg11-bn", || VggConfig::boxed(A, true))
            .top1(70.370)
            .weights("https://download.pytorch.org/models/vgg11_bn-6002323d.pth", Preprocess::IMAGENET),
        Member::imagenet("vgg13", || VggConfig::boxed(B, false))
            .top1(69.928)
            .weights("https://download.pytorch.org/models/vgg13-19584684.pth", Preprocess::IMAGENET),
        Member::imagenet("vgg13-bn", || VggConfig::boxed(B, true))
            .top1(71.586)
            .weights("https://download.pytorch.org/models/vgg13_bn-abd245e5.pth", Preprocess::IMAGENET),
        Member::imagenet("vgg16", || VggConfig::boxed(D, false))
            .top1(71.592)
            .weights("https://download.pytorch.org/models/vgg16-397923af.pth", Preprocess::IMAGENET),
        Member::imagenet("vgg16-bn", || VggConfig::boxed(D, true))
            .top1(73.360)
            .weights("https://download.pytorch.org/models/vgg16_bn-6c64b313.pth", Preprocess::IMAGENET),
        Member::imagenet("vgg19", || VggConfig::boxed(E, false))
            .top1(72.376)
            .weights("https://download.pytorch.org/models/vgg19-dcbb9e9d.pth", Preprocess::IMAGENET),
        Member::imagenet("vgg19-bn", || VggConfig::boxed(E, true))
            .top1(74.218)
            .weights("https://download.pytorch.org/models/vgg19_bn-c79401a0.pth", Preprocess::IMAGENET),
    ],
};

/// The options of a [`Vgg`].
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct VggConfig {
    /// Convolutions in each of the five stages.
    pub stages: [usize; 5],
    /// Batch normalization behind each convolution.
    pub batch_norm: bool,
    /// The factor of all widths.
    pub width: f64,
    /// How it begins; small also leaves out the last two halvings.
    pub stem: Stem,
    /// The share of units dropped in training between the dense layers.
    pub dropout: f64,
}

impl VggConfig {
    fn boxed(stages: [usize; 5], batch_norm: bool) -> Box<dyn crate::Architecture> {
        Box::new(VggConfig { stages, batch_norm, width: 1.0, stem: Stem::Auto, dropout: 0.5 })
    }
}

/// VGG.
pub struct Vgg {
    features: Sequential,
    classifier: Sequential,
    maps: [usize; 2],
}

module!(
    Vgg { features, classifier } | net,
    x,
    cx | {
        let x = net.features.forward(x, cx).adaptive_avg_pool2d(net.maps); // [b, 7, 7, 512]
        net.classifier.forward(&x.flatten(1), cx)
    }
);

impl Config for VggConfig {
    fn build(&self, interface: &Interface, rng: &mut Rng) -> Result<Box<dyn Module>, Error> {
        check_width(self.width)?;
        check_probability("dropout", self.dropout)?;
        let small = self.stem.is_small(interface);
        let [.., mut channels] = interface.picture(self.stem.least(interface, 32, 8))?;
        let mut features = Sequential::new();
        for (stage, convolutions) in self.stages.into_iter().enumerate() {
            let width = scaled([64, 128, 256, 512, 512][stage], self.width);
            for _ in 0..convolutions {
                features = convolution(features, channels, width, self.batch_norm, rng);
                channels = width;
            }
            if !small || stage < 3 {
                features = features.add(MaxPool2d::new(2));
            }
        }
        let (side, dense) = (if small { 1 } else { 7 }, scaled(4096, self.width));
        let dropout = || Dropout::new(self.dropout as Real);
        let classifier = Sequential::new()
            .add(Linear::new(side * side * channels, dense).behind_maps([side, side, channels]).init(rng))
            .add(Activation::Relu)
            .add(dropout())
            .add(Linear::new(dense, dense).init(rng))
            .add(Activation::Relu)
            .add(dropout())
            .add(Linear::new(dense, interface.outputs).init(rng));
        Ok(Box::new(Vgg { features, classifier, maps: [side; 2] }))
    }
}

/// A 3x3 convolution with what stands behind it.
fn convolution(layers: Sequential, inputs: usize, outputs: usize, batch_norm: bool, rng: &mut Rng) -> Sequential {
    let conv = Conv2d::new(inputs, outputs, 3).padding(1).weights(Initializer::HeNormal).init(rng);
    let layers = layers.add(conv);
    if batch_norm {
        // The ReLU keeps its number.
        layers.add(BatchNorm::new(outputs).relu()).add(Activation::Identity)
    } else {
        layers.add(Activation::Relu)
    }
}

fn block(rng: &mut Rng) -> Block {
    let layers = convolution(Sequential::new(), 64, 128, false, rng);
    let layers = convolution(layers, 128, 128, false, rng);
    Block { module: Box::new(layers.add(MaxPool2d::new(2))), input: [112, 112, 64] }
}
