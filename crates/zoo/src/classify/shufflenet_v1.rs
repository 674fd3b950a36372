//! ShuffleNet (Zhang, Zhou, Lin and Sun, ShuffleNet: an extremely efficient convolutional neural network for mobile devices,
//! 2018): 1x1 convolutions in groups, too, and a shuffle of the channels between, so that the groups hear of each other.

use gradus_core::nn::{Linear, Module, Sequential};
use gradus_core::{Error, Pool2d, Rng, Tensor, module};
use serde::{Deserialize, Serialize};

use super::layers::{Stem, Unit, channel_shuffle, check_width, scaled};
use crate::family::{Block, Config, Family, Interface, Member};

/// The registry's entry.
pub const FAMILY: Family = Family {
    name: "shufflenet-v1",
    paper: "Zhang, Zhou, Lin and Sun, ShuffleNet: an extremely efficient convolutional neural network for mobile devices",
    year: 2018,
    brought: "channel shuffle: 1x1 convolutions can be grouped, too, and the maps be wider for the same multiplies",
    block: Some(block),
    // Accuracies of 1x networks: table 2 of the paper.
    members: &[
        Member::imagenet("shufflenet-v1-g1", || Box::new(ShuffleNetV1Config::of(1))).top1(66.4),
        Member::imagenet("shufflenet-v1-g2", || Box::new(ShuffleNetV1Config::of(2))).top1(67.3),
        Member::imagenet("shufflenet-v1-g3", || Box::new(ShuffleNetV1Config::of(3))).top1(67.4),
        Member::imagenet("shufflenet-v1-g4", || Box::new(ShuffleNetV1Config::of(4))).top1(67.2),
        Member::imagenet("shufflenet-v1-g8", || Box::new(ShuffleNetV1Config::of(8))).top1(67.6),
    ],
};

/// The options of a [`ShuffleNetV1`].
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ShuffleNetV1Config {
    /// Groups of the 1x1 convolutions: 1, 2, 3, 4 or 8, each with the width that the paper gives it.
    pub groups: usize,
    /// Whether channels are shuffled between the groups.
    pub shuffle: bool,
    /// The factor of all widths.
    pub width: f64,
    /// How it begins.
    pub stem: Stem,
}

impl ShuffleNetV1Config {
    fn of(groups: usize) -> Self {
        ShuffleNetV1Config { groups, shuffle: true, width: 1.0, stem: Stem::Auto }
    }
}

/// 1x1 in groups, shuffle, 3x3 of each channel, 1x1 in groups; added to the input, or put beside it where the picture is
/// halved.
struct ShuffleUnit {
    compress: Sequential,
    depthwise: Sequential,
    expand: Sequential,
    groups: usize,
    shuffle: bool,
    halves: bool,
}

module!(
    ShuffleUnit { compress, depthwise, expand } | net,
    x,
    cx | {
        let y = net.compress.forward(x, cx);
        let y = if net.shuffle { channel_shuffle(&y, net.groups) } else { y };
        let y = net.expand.forward(&net.depthwise.forward(&y, cx), cx);
        if net.halves {
            let pooled = x.avg_pool2d(Pool2d::new(3).stride(2).padding(1));
            Tensor::concat(&[&pooled, &y], 3).relu()
        } else {
            x.add(&y).relu()
        }
    }
);

impl ShuffleUnit {
    /// `first` says that the input comes from the stem, whose channels are too few for groups.
    fn init(inputs: usize, outputs: usize, config: &ShuffleNetV1Config, first: bool, rng: &mut Rng) -> Self {
        let halves = inputs != outputs;
        let (groups, middle) = (config.groups, outputs / 4);
        let new = if halves { outputs - inputs } else { outputs };
        let stride = if halves { 2 } else { 1 };
        ShuffleUnit {
            compress: Unit::new(inputs, middle, 1).groups(if first { 1 } else { groups }).init(rng),
            depthwise: Unit::depthwise(middle, 3).stride(stride).linear().init(rng),
            expand: Unit::new(middle, new, 1).groups(groups).linear().init(rng),
            groups,
            shuffle: config.shuffle && groups > 1,
            halves,
        }
    }
}

/// ShuffleNet.
pub struct ShuffleNetV1 {
    conv1: Sequential,
    stage2: Sequential,
    stage3: Sequential,
    stage4: Sequential,
    fc: Linear,
    pooled: bool,
}

module!(
    ShuffleNetV1 { conv1, stage2, stage3, stage4, fc } | net,
    x,
    cx | {
        let mut x = net.conv1.forward(x, cx);
        if net.pooled {
            x = x.max_pool2d(Pool2d::new(3).stride(2).padding(1)); // [b, 56, 56, 24]
        }
        for stage in [&net.stage2, &net.stage3, &net.stage4] {
            x = stage.forward(&x, cx);
        }
        net.fc.forward(&x.global_avg_pool2d(), cx)
    }
);

impl Config for ShuffleNetV1Config {
    fn build(&self, interface: &Interface, rng: &mut Rng) -> Result<Box<dyn Module>, Error> {
        check_width(self.width)?;
        let published = match self.groups {
            1 => 144,
            2 => 200,
            3 => 240,
            4 => 272,
            8 => 384,
            other => {
                let problem = format!("is {other}, but the paper gives widths for 1, 2, 3, 4 and 8 groups");
                return Err(Error::setting("model.groups", problem));
            }
        };
        let small = self.stem.is_small(interface);
        let [.., channels] = interface.picture(self.stem.least(interface, 32, 8))?;
        let first = scaled(24, self.width);
        // A quarter of the channels must divide into the groups, and so must what is added beside the first input.
        let unit = 4 * self.groups;
        let second = ((published as f64 * self.width / unit as f64).round() as usize).max(2) * unit;
        let first = first.div_ceil(self.groups) * self.groups;
        let second = if second <= first { (first / unit + 1) * unit } else { second };
        let stride = if small { 1 } else { 2 };
        let conv1 = Unit::new(channels, first, 3).stride(stride).init(rng);
        let mut inputs = first;
        let [stage2, stage3, stage4] = [(4, second), (8, 2 * second), (4, 4 * second)].map(|(units, outputs)| {
            let mut stage = Sequential::new();
            for place in 0..units {
                let from_stem = place == 0 && inputs == first;
                stage = stage.add(ShuffleUnit::init(inputs, outputs, self, from_stem, rng));
                inputs = outputs;
            }
            stage
        });
        let fc = Linear::new(inputs, interface.outputs).init(rng);
        Ok(Box::new(ShuffleNetV1 { conv1, stage2, stage3, stage4, fc, pooled: !small }))
    }
}

fn block(rng: &mut Rng) -> Block {
    let block = ShuffleUnit::init(240, 240, &ShuffleNetV1Config::of(3), false, rng);
    Block { module: Box::new(block), input: [28, 28, 240] }
}
