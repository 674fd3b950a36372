//! ShuffleNetV2 (Ma, Zhang, Zheng and Sun, ShuffleNet V2: practical guidelines for efficient CNN architecture design, 2018):
//! half of the channels pass each unit untouched, no convolution but the depthwise is grouped, and nothing is added.

use gradus_core::data::Preprocess;
use gradus_core::nn::{Activation, Linear, Module, Sequential};
use gradus_core::{Error, Pool2d, Rng, Tensor, module};
use serde::{Deserialize, Serialize};

use super::layers::{Stem, Unit, channel_shuffle, check_width, scaled};
use crate::family::{Block, Config, Family, Interface, Member};

/// The registry's entry.
pub const FAMILY: Family = Family {
    name: "shufflenet-v2",
    paper: "Ma, Zhang, Zheng and Sun, ShuffleNet V2: practical guidelines for efficient CNN architecture design",
    year: 2018,
    brought: "design by time, not by multiplies: equal widths, no groups, no sums, and channels that pass for nothing",
    block: Some(block),
    members: &[
        Member::imagenet("shufflenet-v2-x0.5", || Box::new(ShuffleNetV2Config::of([48, 96, 192, 1024])))
            .top1(60.552)
            .weights("https://download.pytorch.org/models/shufflenetv2_x0.5-f707e7126e.pth", Preprocess::IMAGENET),
        Member::imagenet("shufflenet-v2-x1.0", || Box::new(ShuffleNetV2Config::of([116, 232, 464, 1024])))
            .top1(69.362)
            .weights("https://download.pytorch.org/models/shufflenetv2_x1-5666bf0f80.pth", Preprocess::IMAGENET),
        Member::imagenet("shufflenet-v2-x1.5", || Box::new(ShuffleNetV2Config::of([176, 352, 704, 1024])))
            .top1(72.996)
            .weights(
                "https://download.pytorch.org/models/shufflenetv2_x1_5-3c479a10.pth",
                Preprocess::IMAGENET.sizes(232, 224),
            ),
        Member::imagenet("shufflenet-v2-x2.0", || Box::new(ShuffleNetV2Config::of([244, 488, 976, 2048])))
            .top1(76.230)
            .weights(
                "https://download.pytorch.org/models/shufflenetv2_x2_0-8be3c8ee.pth",
                Preprocess::IMAGENET.sizes(232, 224),
            ),
    ],
};

/// The options of a [`ShuffleNetV2`].
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ShuffleNetV2Config {
    /// Channels of the three stages and of the last convolution.
    pub channels: [usize; 4],
    /// Whether channels are shuffled behind each unit.
    pub shuffle: bool,
    /// The factor of all widths.
    pub width: f64,
    /// How it begins.
    pub stem: Stem,
}

impl ShuffleNetV2Config {
    fn of(channels: [usize; 4]) -> Self {
        ShuffleNetV2Config { channels, shuffle: true, width: 1.0, stem: Stem::Auto }
    }
}

/// One half of the channels through 1x1, depthwise 3x3, 1x1, the other half untouched. Where the picture is halved, all
/// channels go both ways, and the second way is filtered, too.
struct ShuffleUnit {
    branch1: Sequential,
    branch2: Sequential,
    halves: bool,
    shuffle: bool,
}

module!(
    ShuffleUnit { branch1, branch2 } | net,
    x,
    cx | {
        let parts = if net.halves {
            [net.branch1.forward(x, cx), net.branch2.forward(x, cx)]
        } else {
            let half = x.shape()[3] / 2;
            [x.narrow(3, 0, half), net.branch2.forward(&x.narrow(3, half, half), cx)]
        };
        let joined = Tensor::concat(&parts.each_ref(), 3);
        if net.shuffle { channel_shuffle(&joined, 2) } else { joined }
    }
);

/// Puts a unit's two layers at the end.
fn add(layers: Sequential, unit: &Unit, rng: &mut Rng) -> Sequential {
    let (conv, norm) = unit.parts(rng);
    layers.add(conv).add(norm)
}

/// The same with a place for the ReLU, which torchvision numbers.
fn add_relu(layers: Sequential, unit: &Unit, rng: &mut Rng) -> Sequential {
    add(layers, unit, rng).add(Activation::Identity)
}

impl ShuffleUnit {
    fn init(inputs: usize, outputs: usize, halves: bool, shuffle: bool, rng: &mut Rng) -> Self {
        let (half, stride) = (outputs / 2, if halves { 2 } else { 1 });
        let mut branch1 = Sequential::new();
        if halves {
            branch1 = add(branch1, &Unit::depthwise(inputs, 3).stride(stride).linear(), rng);
            branch1 = add_relu(branch1, &Unit::new(inputs, half, 1), rng);
        }
        let branch2 = add_relu(Sequential::new(), &Unit::new(if halves { inputs } else { half }, half, 1), rng);
        let branch2 = add(branch2, &Unit::depthwise(half, 3).stride(stride).linear(), rng);
        let branch2 = add_relu(branch2, &Unit::new(half, half, 1), rng);
        ShuffleUnit { branch1, branch2, halves, shuffle }
    }
}

/// ShuffleNetV2.
pub struct ShuffleNetV2 {
    conv1: Sequential,
    stage2: Sequential,
    stage3: Sequential,
    stage4: Sequential,
    conv5: Sequential,
    fc: Linear,
    pooled: bool,
}

module!(
    ShuffleNetV2 { conv1, stage2, stage3, stage4, conv5, fc } | net,
    x,
    cx | {
        let mut x = net.conv1.forward(x, cx);
        if net.pooled {
            x = x.max_pool2d(Pool2d::new(3).stride(2).padding(1)); // [b, 56, 56, 24]
        }
        for stage in [&net.stage2, &net.stage3, &net.stage4, &net.conv5] {
            x = stage.forward(&x, cx);
        }
        net.fc.forward(&x.global_avg_pool2d(), cx)
    }
);

impl Config for ShuffleNetV2Config {
    fn build(&self, interface: &Interface, rng: &mut Rng) -> Result<Box<dyn Module>, Error> {
        check_width(self.width)?;
        if self.channels.iter().take(3).any(|channels| *channels == 0 || channels % 2 == 1) {
            let problem = format!("{:?}: the stages' channels must be even, so that they can be halved", self.channels);
            return Err(Error::setting("model.channels", problem));
        }
        let small = self.stem.is_small(interface);
        let [.., channels] = interface.picture(self.stem.least(interface, 32, 8))?;
        let first = scaled(24, self.width);
        let last = scaled(self.channels[3], self.width);
        let conv1 = Unit::new(channels, first, 3).stride(if small { 1 } else { 2 }).init(rng);
        let mut inputs = first;
        let units = [4, 8, 4];
        let [stage2, stage3, stage4] = std::array::from_fn(|stage| {
            let outputs = scaled(self.channels[stage], self.width);
            let mut layers = Sequential::new();
            for place in 0..units[stage] {
                layers = layers.add(ShuffleUnit::init(inputs, outputs, place == 0, self.shuffle, rng));
                inputs = outputs;
            }
            layers
        });
        let conv5 = Unit::new(inputs, last, 1).init(rng);
        let fc = Linear::new(last, interface.outputs).init(rng);
        Ok(Box::new(ShuffleNetV2 { conv1, stage2, stage3, stage4, conv5, fc, pooled: !small }))
    }
}

fn block(rng: &mut Rng) -> Block {
    Block { module: Box::new(ShuffleUnit::init(116, 116, false, true, rng)), input: [28, 28, 116] }
}
