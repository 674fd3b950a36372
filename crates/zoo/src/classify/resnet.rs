//! Residual networks (He, Zhang, Ren and Sun, Deep residual learning for image recognition, 2016): a block adds what it has learnt to its
//! input, y = x + branch(x), so that the identity is free and a hundred layers train. Here are those for ImageNet and the
//! thin ones for pictures of 32x32, with the plain networks that the paper compares them to.

use gradus_core::data::Preprocess;
use gradus_core::init::Initializer;
use gradus_core::nn::{BatchNorm, Context, Conv2d, Linear, Module, Recompute, Sequential};
use gradus_core::{Error, Pool2d, Rng, Tensor, module, parameters};
use serde::{Deserialize, Serialize};

use super::layers::{Stem, Unit, check_width, scaled};
use crate::family::{Block, Config, Family, Interface, Member};

/// The registry's entry.
pub const FAMILY: Family = Family {
    name: "resnet",
    paper: "He, Zhang, Ren and Sun, Deep residual learning for image recognition",
    year: 2016,
    brought: "residual paths: deeper is no longer worse, and 152 layers train as readily as 18",
    block: Some(block),
    members: &[
        Member::imagenet("resnet18", || ResNetConfig::boxed([2, 2, 2, 2], 1))
            .top1(69.758)
            .weights("https://download.pytorch.org/models/resnet18-f37072fd.pth", Preprocess::IMAGENET),
        Member::imagenet("resnet34", || ResNetConfig::boxed([3, 4, 6, 3], 1))
            .top1(73.314)
            .weights("https://download.pytorch.org/models/resnet34-b627a593.pth", Preprocess::IMAGENET),
        Member::imagenet("resnet50", || ResNetConfig::boxed([3, 4, 6, 3], 4))
            .top1(76.130)
            .weights("https://download.pytorch.org/models/resnet50-0676ba61.pth", Preprocess::IMAGENET),
        Member::imagenet("resnet101", || ResNetConfig::boxed([3, 4, 23, 3], 4))
            .top1(77.374)
            .weights("https://download.pytorch.org/models/resnet101-63fe2227.pth", Preprocess::IMAGENET),
        Member::imagenet("resnet152", || ResNetConfig::boxed([3, 8, 36, 3], 4))
            .top1(78.312)
            .weights("https://download.pytorch.org/models/resnet152-394f9c45.pth", Preprocess::IMAGENET),
        // On CIFAR-10: table 6 of the paper.
        Member::cifar("resnet20", || ThinConfig::boxed(20, true)).top1(91.25),
        Member::cifar("resnet32", || ThinConfig::boxed(32, true)).top1(92.49),
        Member::cifar("resnet44", || ThinConfig::boxed(44, true)).top1(92.83),
        Member::cifar("resnet56", || ThinConfig::boxed(56, true)).top1(93.03),
        Member::cifar("resnet110", || ThinConfig::boxed(110, true)).top1(93.39),
        Member::cifar("plain20", || ThinConfig::boxed(20, false)),
        Member::cifar("plain56", || ThinConfig::boxed(56, false)),
    ],
};

/// The options of a [`ResNet`] for ImageNet.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ResNetConfig {
    /// Blocks in each of the four stages.
    pub stages: [usize; 4],
    /// 1: blocks of two 3x3 convolutions. 4: bottlenecks, 1x1, 3x3, 1x1, whose output is four times as wide as their middle.
    pub expansion: usize,
    /// Groups of the bottlenecks' 3x3 convolutions (ResNeXt).
    pub groups: usize,
    /// Channels of a group in the first stage's bottlenecks, where there are groups.
    pub group_width: usize,
    /// The factor of all widths.
    pub width: f64,
    /// How it begins.
    pub stem: Stem,
    /// Whether training keeps only the blocks' inputs and runs each block once more in the backward pass: less memory, more time.
    pub recompute: bool,
}

impl ResNetConfig {
    fn boxed(stages: [usize; 4], expansion: usize) -> Box<dyn crate::Architecture> {
        Box::new(Self::of(stages, expansion))
    }

    pub(super) fn of(stages: [usize; 4], expansion: usize) -> Self {
        ResNetConfig { stages, expansion, groups: 1, group_width: 64, width: 1.0, stem: Stem::Auto, recompute: false }
    }
}

/// How a block's input is brought to the sum.
enum Shortcut {
    /// Not at all: a plain network.
    None,
    /// As it is.
    Identity,
    /// Every second pixel, with zeros for the channels that are new: option A of the paper, without parameters.
    ZeroPadded,
    /// By a 1x1 convolution: option B.
    Projection,
}

/// Two 3x3 convolutions and the sum.
struct BasicBlock {
    conv1: Conv2d,
    bn1: BatchNorm,
    conv2: Conv2d,
    bn2: BatchNorm,
    downsample: Option<Sequential>,
    shortcut: Shortcut,
}

parameters!(BasicBlock { conv1, bn1, conv2, bn2, downsample });

impl Module for BasicBlock {
    fn forward(&self, x: &Tensor, cx: &mut Context) -> Tensor {
        let y = self.bn1.forward(&self.conv1.forward(x, cx), cx);
        let y = self.conv2.forward(&y, cx);
        match (&self.shortcut, &self.downsample) {
            (_, Some(projection)) => {
                let shortcut = projection.forward(x, cx);
                self.bn2.forward_add(&y, &shortcut, cx)
            }
            (Shortcut::None, _) => self.bn2.forward(&y, cx),
            (Shortcut::ZeroPadded, _) => self.bn2.forward_add(&y, &zero_padded(x, y.shape()[3]), cx),
            (Shortcut::Identity | Shortcut::Projection, None) => self.bn2.forward_add(&y, x, cx),
        }
    }
}

impl BasicBlock {
    fn init(inputs: usize, outputs: usize, stride: usize, shortcut: Shortcut, rng: &mut Rng) -> Self {
        let (conv1, bn1) = Unit::new(inputs, outputs, 3).stride(stride).parts(rng);
        let (conv2, bn2) = Unit::new(outputs, outputs, 3).parts(rng);
        let projected = matches!(shortcut, Shortcut::Projection);
        let downsample = projected.then(|| Unit::new(inputs, outputs, 1).stride(stride).linear().init(rng));
        BasicBlock { conv1, bn1, conv2, bn2, downsample, shortcut }
    }
}

/// Every second pixel of `x`, with zeros before and behind its channels.
fn zero_padded(x: &Tensor, channels: usize) -> Tensor {
    let missing = channels - x.shape()[3];
    let pixels = x.max_pool2d(Pool2d::new(1).stride(2)); // [b, h / 2, w / 2, c]
    pixels.pad_axis(3, [missing / 2, missing - missing / 2], 0.0)
}

/// 1x1 to fewer channels, 3x3, 1x1 to more, and the sum.
struct Bottleneck {
    conv1: Conv2d,
    bn1: BatchNorm,
    conv2: Conv2d,
    bn2: BatchNorm,
    conv3: Conv2d,
    bn3: BatchNorm,
    downsample: Option<Sequential>,
}

module!(
    Bottleneck { conv1, bn1, conv2, bn2, conv3, bn3, downsample } | net,
    x,
    cx | {
        let y = net.bn1.forward(&net.conv1.forward(x, cx), cx);
        let y = net.bn2.forward(&net.conv2.forward(&y, cx), cx);
        let y = net.conv3.forward(&y, cx);
        let shortcut = net.downsample.as_ref().map(|projection| projection.forward(x, cx));
        net.bn3.forward_add(&y, shortcut.as_ref().unwrap_or(x), cx)
    }
);

impl Bottleneck {
    fn init([inputs, middle, outputs]: [usize; 3], stride: usize, groups: usize, rng: &mut Rng) -> Self {
        let (conv1, bn1) = Unit::new(inputs, middle, 1).parts(rng);
        let (conv2, bn2) = Unit::new(middle, middle, 3).stride(stride).groups(groups).parts(rng);
        let (conv3, bn3) = Unit::new(middle, outputs, 1).parts(rng);
        let changes = stride != 1 || inputs != outputs;
        let downsample = changes.then(|| Unit::new(inputs, outputs, 1).stride(stride).linear().init(rng));
        Bottleneck { conv1, bn1, conv2, bn2, conv3, bn3, downsample }
    }
}

/// A residual network for ImageNet.
pub struct ResNet {
    conv1: Conv2d,
    bn1: BatchNorm,
    layer1: Sequential,
    layer2: Sequential,
    layer3: Sequential,
    layer4: Sequential,
    fc: Linear,
    pooled: bool,
}

module!(
    ResNet { conv1, bn1, layer1, layer2, layer3, layer4, fc } | net,
    x,
    cx | {
        let mut x = net.bn1.forward(&net.conv1.forward(x, cx), cx);
        if net.pooled {
            x = x.max_pool2d(Pool2d::new(3).stride(2).padding(1)); // [b, 56, 56, 64]
        }
        for stage in [&net.layer1, &net.layer2, &net.layer3, &net.layer4] {
            x = stage.forward(&x, cx);
        }
        net.fc.forward(&x.global_avg_pool2d(), cx)
    }
);

impl Config for ResNetConfig {
    fn build(&self, interface: &Interface, rng: &mut Rng) -> Result<Box<dyn Module>, Error> {
        check_width(self.width)?;
        if self.expansion == 0 || self.groups == 0 || (self.expansion == 1 && self.groups > 1) {
            let problem = "expansion and groups are at least 1, and only bottlenecks (expansion 4) have groups";
            return Err(Error::setting("model.expansion, model.groups", problem));
        }
        let small = self.stem.is_small(interface);
        let [.., channels] = interface.picture(self.stem.least(interface, 32, 8))?;
        let first = scaled(64, self.width);
        let stem = Unit::new(channels, first, if small { 3 } else { 7 }).stride(if small { 1 } else { 2 });
        let (conv1, bn1) = stem.parts(rng);
        let mut inputs = first;
        let [layer1, layer2, layer3, layer4] = std::array::from_fn(|stage| {
            let mut blocks = Sequential::new();
            for place in 0..self.stages[stage] {
                let stride = if stage > 0 && place == 0 { 2 } else { 1 };
                let outputs = scaled((64 << stage) * self.expansion, self.width);
                let block: Box<dyn Module> = if self.expansion == 1 {
                    let changes = stride != 1 || inputs != outputs;
                    let shortcut = if changes { Shortcut::Projection } else { Shortcut::Identity };
                    Box::new(BasicBlock::init(inputs, outputs, stride, shortcut, rng))
                } else {
                    let group = scaled(self.group_width << stage, self.width);
                    Box::new(Bottleneck::init([inputs, group * self.groups, outputs], stride, self.groups, rng))
                };
                blocks = if self.recompute { blocks.add(Recompute::new(block)) } else { blocks.add(block) };
                inputs = outputs;
            }
            blocks
        });
        let fc = Linear::new(inputs, interface.outputs).init(rng);
        Ok(Box::new(ResNet { conv1, bn1, layer1, layer2, layer3, layer4, fc, pooled: !small }))
    }
}

/// The options of a [`Thin`] network.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ThinConfig {
    /// Layers with weights: 6 n + 2 for three stages of n blocks.
    pub depth: usize,
    /// Whether blocks add their input; without, the network is plain.
    pub residual: bool,
    /// The factor of all widths.
    pub width: f64,
}

impl ThinConfig {
    fn boxed(depth: usize, residual: bool) -> Box<dyn crate::Architecture> {
        Box::new(ThinConfig { depth, residual, width: 1.0 })
    }
}

/// A residual network for pictures of 32x32, of 16, 32 and 64 channels (section 4.2 of the paper).
pub struct Thin {
    conv1: Conv2d,
    bn1: BatchNorm,
    layer1: Sequential,
    layer2: Sequential,
    layer3: Sequential,
    fc: Linear,
}

module!(
    Thin { conv1, bn1, layer1, layer2, layer3, fc } | net,
    x,
    cx | {
        let mut x = net.bn1.forward(&net.conv1.forward(x, cx), cx);
        for stage in [&net.layer1, &net.layer2, &net.layer3] {
            x = stage.forward(&x, cx);
        }
        net.fc.forward(&x.global_avg_pool2d(), cx)
    }
);

impl Config for ThinConfig {
    fn build(&self, interface: &Interface, rng: &mut Rng) -> Result<Box<dyn Module>, Error> {
        check_width(self.width)?;
        if self.depth < 8 || !(self.depth - 2).is_multiple_of(6) {
            let problem =
                format!("is {}, but must be 6 n + 2 for three stages of n blocks: 20, 32, 44, ...", self.depth);
            return Err(Error::setting("model.depth", problem));
        }
        let [.., channels] = interface.picture(8)?;
        let widths = [16, 32, 64].map(|channels| scaled(channels, self.width));
        let (conv1, bn1) = Unit::new(channels, widths[0], 3).parts(rng);
        let mut inputs = widths[0];
        let [layer1, layer2, layer3] = widths.map(|outputs| {
            let mut blocks = Sequential::new();
            for _ in 0..(self.depth - 2) / 6 {
                let shortcut = match (self.residual, inputs == outputs) {
                    (false, _) => Shortcut::None,
                    (true, true) => Shortcut::Identity,
                    (true, false) => Shortcut::ZeroPadded,
                };
                let stride = if inputs == outputs { 1 } else { 2 };
                blocks = blocks.add(BasicBlock::init(inputs, outputs, stride, shortcut, rng));
                inputs = outputs;
            }
            blocks
        });
        let fc = Linear::new(inputs, interface.outputs).weights(Initializer::HeNormal).init(rng);
        Ok(Box::new(Thin { conv1, bn1, layer1, layer2, layer3, fc }))
    }
}

fn block(rng: &mut Rng) -> Block {
    let block = BasicBlock::init(64, 64, 1, Shortcut::Identity, rng);
    Block { module: Box::new(block), input: [56, 56, 64] }
}

/// The bottleneck, which ResNeXt divides into groups.
pub(super) fn bottleneck(channels: [usize; 3], groups: usize, rng: &mut Rng) -> Box<dyn Module> {
    Box::new(Bottleneck::init(channels, 1, groups, rng))
}
