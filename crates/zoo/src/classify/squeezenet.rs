//! SqueezeNet (Iandola et al., SqueezeNet: AlexNet-level accuracy with 50x fewer parameters and < 0.5 MB model size, 2016):
//! fire modules squeeze the channels by 1x1 kernels before the 3x3 ones see them; no dense layer at all.

use gradus_core::data::Preprocess;
use gradus_core::init::Initializer;
use gradus_core::nn::{Activation, Conv2d, Dropout, MaxPool2d, Module, Sequential};
use gradus_core::{Error, Pool2d, Real, Rng, Tensor, module};
use serde::{Deserialize, Serialize};

use super::layers::{Stem, check_probability, check_width, scaled};
use crate::family::{Block, Config, Family, Interface, Member};

/// The registry's entry.
pub const FAMILY: Family = Family {
    name: "squeezenet",
    paper: "Iandola et al., SqueezeNet: AlexNet-level accuracy with 50x fewer parameters and < 0.5 MB model size",
    year: 2016,
    brought: "1x1 squeezing: few channels reach the 3x3 kernels, so AlexNet's accuracy takes a fiftieth of its parameters",
    block: Some(block),
    members: &[
        Member::imagenet("squeezenet1-0", || Box::new(SqueezeNetConfig::version(Version::V1_0)))
            .top1(58.092)
            .weights("https://download.pytorch.org/models/squeezenet1_0-b66bff10.pth", Preprocess::IMAGENET),
        Member::imagenet("squeezenet1-1", || Box::new(SqueezeNetConfig::version(Version::V1_1)))
            .top1(58.178)
            .weights("https://download.pytorch.org/models/squeezenet1_1-b8a52dc0.pth", Preprocess::IMAGENET),
    ],
};

/// The form of a [`SqueezeNet`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Version {
    /// The paper's.
    #[serde(rename = "1.0")]
    V1_0,
    /// The authors' later one: the picture is halved earlier, which takes 2.4 times fewer multiplies for the same accuracy.
    #[serde(rename = "1.1")]
    V1_1,
}

/// The options of a [`SqueezeNet`].
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SqueezeNetConfig {
    /// 1.0 or 1.1.
    pub version: Version,
    /// Whether fire modules squeeze; without, their 1x1 and 3x3 kernels see all channels of the input.
    pub squeeze: bool,
    /// The factor of all widths.
    pub width: f64,
    /// How it begins.
    pub stem: Stem,
    /// The share of elements dropped in training before the last convolution.
    pub dropout: f64,
}

impl SqueezeNetConfig {
    fn version(version: Version) -> Self {
        SqueezeNetConfig { version, squeeze: true, width: 1.0, stem: Stem::Auto, dropout: 0.5 }
    }
}

/// Squeezes by 1x1 kernels, then expands by 1x1 and by 3x3 kernels side by side.
struct Fire {
    squeeze: Option<Conv2d>,
    expand1x1: Conv2d,
    expand3x3: Conv2d,
}

module!(
    Fire { squeeze, expand1x1, expand3x3 } | net,
    x,
    cx | {
        let squeezed = net.squeeze.as_ref().map(|squeeze| squeeze.forward(x, cx).relu()); // [b, h, w, squeezed]
        let seen = squeezed.as_ref().unwrap_or(x);
        let ones = net.expand1x1.forward(seen, cx).relu();
        let threes = net.expand3x3.forward(seen, cx).relu();
        Tensor::concat(&[&ones, &threes], 3) // [b, h, w, 2 expanded]
    }
);

impl Fire {
    /// `squeezed` says to how many channels; `None` leaves all of them.
    fn init(inputs: usize, squeezed: Option<usize>, expanded: usize, rng: &mut Rng) -> Self {
        let he = Initializer::HeUniform;
        let seen = squeezed.unwrap_or(inputs);
        Fire {
            squeeze: squeezed.map(|squeezed| Conv2d::new(inputs, squeezed, 1).weights(he).init(rng)),
            expand1x1: Conv2d::new(seen, expanded, 1).weights(he).init(rng),
            expand3x3: Conv2d::new(seen, expanded, 3).padding(1).weights(he).init(rng),
        }
    }
}

/// SqueezeNet.
pub struct SqueezeNet {
    features: Sequential,
    classifier: Sequential,
}

module!(
    SqueezeNet { features, classifier } | net,
    x,
    cx | {
        let x = net.features.forward(x, cx);
        net.classifier.forward(&x, cx).global_avg_pool2d() // [b, outputs]
    }
);

impl Config for SqueezeNetConfig {
    fn build(&self, interface: &Interface, rng: &mut Rng) -> Result<Box<dyn Module>, Error> {
        check_width(self.width)?;
        check_probability("dropout", self.dropout)?;
        let small = self.stem.is_small(interface);
        let [.., channels] = interface.picture(self.stem.least(interface, 21, 8))?;
        let scale = |channels| scaled(channels, self.width);
        let pool = || MaxPool2d::new(Pool2d::new(3).stride(2).ceil());
        // Where the pictures are halved: before which fire modules.
        let (first, kernel, halved) = match self.version {
            Version::V1_0 => (96, 7, [0, 3, 7]),
            Version::V1_1 => (64, 3, [0, 2, 4]),
        };
        let stem = if small {
            Conv2d::new(channels, scale(first), 3).padding(1)
        } else {
            Conv2d::new(channels, scale(first), kernel).stride(2)
        };
        let mut features = Sequential::new().add(stem.init(rng)).add(Activation::Relu);
        let mut inputs = scale(first);
        for (place, squeezed) in [16, 16, 32, 32, 48, 48, 64, 64].into_iter().enumerate() {
            if halved.contains(&place) && !(small && place == 0) {
                features = features.add(pool());
            }
            let expanded = scale(4 * squeezed);
            let squeezed = self.squeeze.then(|| scale(squeezed));
            features = features.add(Fire::init(inputs, squeezed, expanded, rng));
            inputs = 2 * expanded;
        }
        let last = Conv2d::new(inputs, interface.outputs, 1).weights(Initializer::Normal(0.01)).init(rng);
        let classifier = Sequential::new().add(Dropout::new(self.dropout as Real)).add(last).add(Activation::Relu);
        Ok(Box::new(SqueezeNet { features, classifier }))
    }
}

fn block(rng: &mut Rng) -> Block {
    Block { module: Box::new(Fire::init(96, Some(16), 64, rng)), input: [54, 54, 96] }
}
