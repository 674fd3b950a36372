//! GoogLeNet, Inception v1 (Szegedy et al., Going deeper with convolutions, 2015): kernels of several sizes see the same maps
//! side by side, behind 1x1 kernels that narrow them; two side branches learn along halfway.
//!
//! As torchvision has it, and so its published weights: with batch normalization, and 3x3 where the paper has 5x5.

use gradus_core::data::Preprocess;
use gradus_core::nn::{BatchNorm, Context, Conv2d, Dropout, Linear, MaxPool2d, Module, Sequential};
use gradus_core::{Error, Pool2d, Real, Rng, Tensor, module, parameters};
use serde::{Deserialize, Serialize};

use super::layers::{Norm, Stem, Unit, check_probability, check_width, scaled};
use crate::family::{Block, Config, Family, Interface, Member};

/// The registry's entry.
pub const FAMILY: Family = Family {
    name: "googlenet",
    paper: "Szegedy et al., Going deeper with convolutions",
    year: 2015,
    brought: "kernels of several sizes side by side behind 1x1 bottlenecks: better than VGG-16 with a twentieth of its parameters",
    block: Some(block),
    members: &[Member::imagenet("googlenet", || Box::new(GoogLeNetConfig::default()))
        .top1(69.778)
        .weights("https://download.pytorch.org/models/googlenet-1378be20.pth", Preprocess::HALVES)],
};

/// The options of a [`GoogLeNet`].
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct GoogLeNetConfig {
    /// Whether it has the two side branches.
    pub auxiliary: bool,
    /// The factor of each side branch's loss.
    pub auxiliary_weight: f64,
    /// The factor of all widths.
    pub width: f64,
    /// How it begins.
    pub stem: Stem,
    /// The share of elements dropped in training before the last layer.
    pub dropout: f64,
    /// The same in the side branches.
    pub auxiliary_dropout: f64,
}

impl Default for GoogLeNetConfig {
    fn default() -> Self {
        GoogLeNetConfig {
            auxiliary: true,
            auxiliary_weight: 0.3,
            width: 1.0,
            stem: Stem::Auto,
            dropout: 0.2,
            auxiliary_dropout: 0.7,
        }
    }
}

/// A convolution with normalization and ReLU.
pub(super) struct BasicConv2d {
    conv: Conv2d,
    bn: BatchNorm,
}

module!(BasicConv2d { conv, bn } | net, x, cx | net.bn.forward(&net.conv.forward(x, cx), cx));

impl BasicConv2d {
    pub fn of(unit: Unit, rng: &mut Rng) -> Self {
        let (conv, bn) = unit.norm(Norm { epsilon: 1e-3, ..Norm::DEFAULT }).parts(rng);
        BasicConv2d { conv, bn }
    }
}

fn conv(inputs: usize, outputs: usize, kernel: usize, rng: &mut Rng) -> BasicConv2d {
    BasicConv2d::of(Unit::new(inputs, outputs, kernel), rng)
}

/// Four ways side by side: 1x1; 1x1 and 3x3; 1x1 and 3x3 (5x5 in the paper); pooling and 1x1.
struct Inception {
    branch1: BasicConv2d,
    branch2: Sequential,
    branch3: Sequential,
    branch4: Sequential,
}

module!(
    Inception { branch1, branch2, branch3, branch4 } | net,
    x,
    cx | {
        let ways = [
            net.branch1.forward(x, cx),
            net.branch2.forward(x, cx),
            net.branch3.forward(x, cx),
            net.branch4.forward(x, cx),
        ];
        Tensor::concat(&ways.each_ref(), 3)
    }
);

/// The channels of an [`Inception`] module: 1x1; 3x3 behind a reduction; 5x5 behind a reduction; behind the pooling.
type Ways = [usize; 6];

impl Inception {
    fn init(inputs: usize, [ones, reduced3, threes, reduced5, fives, pooled]: Ways, rng: &mut Rng) -> Self {
        let pool = MaxPool2d::new(Pool2d::new(3).stride(1).padding(1).ceil());
        let two = |reduced, outputs, rng: &mut Rng| {
            Sequential::new().add(conv(inputs, reduced, 1, rng)).add(conv(reduced, outputs, 3, rng))
        };
        Inception {
            branch1: conv(inputs, ones, 1, rng),
            branch2: two(reduced3, threes, rng),
            branch3: two(reduced5, fives, rng),
            branch4: Sequential::new().add(pool).add(conv(inputs, pooled, 1, rng)),
        }
    }

    fn outputs([ones, _, threes, _, fives, pooled]: Ways) -> usize {
        ones + threes + fives + pooled
    }
}

/// A side branch that answers from the middle of the network while it learns.
struct SideBranch {
    conv: BasicConv2d,
    fc1: Linear,
    dropout: Dropout,
    fc2: Linear,
}

module!(
    SideBranch { conv, fc1, fc2 } | net,
    x,
    cx | {
        let x = net.conv.forward(&x.adaptive_avg_pool2d(4), cx).flatten(1); // [b, 4 * 4 * 128]
        let x = net.fc1.forward(&x, cx).relu();
        net.fc2.forward(&net.dropout.forward(&x, cx), cx)
    }
);

/// GoogLeNet.
pub struct GoogLeNet {
    conv1: BasicConv2d,
    conv2: BasicConv2d,
    conv3: BasicConv2d,
    inception3a: Inception,
    inception3b: Inception,
    inception4a: Inception,
    inception4b: Inception,
    inception4c: Inception,
    inception4d: Inception,
    inception4e: Inception,
    inception5a: Inception,
    inception5b: Inception,
    aux1: Option<SideBranch>,
    aux2: Option<SideBranch>,
    fc: Linear,
    dropout: Dropout,
    auxiliary_weight: Real,
    pooled: bool,
}

parameters!(GoogLeNet {
    conv1,
    conv2,
    conv3,
    inception3a,
    inception3b,
    inception4a,
    inception4b,
    inception4c,
    inception4d,
    inception4e,
    inception5a,
    inception5b,
    aux1,
    aux2,
    fc
});

impl Module for GoogLeNet {
    fn forward(&self, x: &Tensor, cx: &mut Context) -> Tensor {
        let halve = |x: &Tensor, kernel: usize| x.max_pool2d(Pool2d::new(kernel).stride(2).ceil());
        let mut x = self.conv1.forward(x, cx);
        if self.pooled {
            x = halve(&x, 3); // [b, 56, 56, 64]
        }
        let x = halve(&self.conv3.forward(&self.conv2.forward(&x, cx), cx), 3); // [b, 28, 28, 192]
        let x = self.inception3b.forward(&self.inception3a.forward(&x, cx), cx);
        let x = self.inception4a.forward(&halve(&x, 3), cx); // [b, 14, 14, 512]
        self.learn_along(self.aux1.as_ref(), &x, cx);
        let x = self.inception4c.forward(&self.inception4b.forward(&x, cx), cx);
        let x = self.inception4d.forward(&x, cx);
        self.learn_along(self.aux2.as_ref(), &x, cx);
        let x = halve(&self.inception4e.forward(&x, cx), 2); // [b, 7, 7, 832]
        let x = self.inception5b.forward(&self.inception5a.forward(&x, cx), cx);
        self.fc.forward(&self.dropout.forward(&x.global_avg_pool2d(), cx), cx)
    }
}

impl GoogLeNet {
    fn learn_along(&self, branch: Option<&SideBranch>, x: &Tensor, cx: &mut Context) {
        if let Some(branch) = branch.filter(|_| cx.is_training()) {
            let outputs = branch.forward(x, cx);
            cx.add_auxiliary(outputs, self.auxiliary_weight);
        }
    }
}

impl Config for GoogLeNetConfig {
    fn build(&self, interface: &Interface, rng: &mut Rng) -> Result<Box<dyn Module>, Error> {
        check_width(self.width)?;
        check_probability("dropout", self.dropout)?;
        check_probability("auxiliary_dropout", self.auxiliary_dropout)?;
        let small = self.stem.is_small(interface);
        let [.., channels] = interface.picture(self.stem.least(interface, 15, 8))?;
        let scale = |channels| scaled(channels, self.width);
        let first = scale(64);
        let conv1 = Unit::new(channels, first, if small { 3 } else { 7 }).stride(if small { 1 } else { 2 });
        let conv1 = BasicConv2d::of(conv1, rng);
        let (conv2, conv3) = (conv(first, first, 1, rng), conv(first, scale(192), 3, rng));
        let mut inputs = scale(192);
        let mut next = |ways: Ways, rng: &mut Rng| {
            let ways = ways.map(scale);
            let module = Inception::init(inputs, ways, rng);
            inputs = Inception::outputs(ways);
            (module, inputs)
        };
        let (inception3a, _) = next([64, 96, 128, 16, 32, 32], rng);
        let (inception3b, _) = next([128, 128, 192, 32, 96, 64], rng);
        let (inception4a, width1) = next([192, 96, 208, 16, 48, 64], rng);
        let (inception4b, _) = next([160, 112, 224, 24, 64, 64], rng);
        let (inception4c, _) = next([128, 128, 256, 24, 64, 64], rng);
        let (inception4d, width2) = next([112, 144, 288, 32, 64, 64], rng);
        let (inception4e, _) = next([256, 160, 320, 32, 128, 128], rng);
        let (inception5a, _) = next([256, 160, 320, 32, 128, 128], rng);
        let (inception5b, last) = next([384, 192, 384, 48, 128, 128], rng);
        let side = |inputs, rng: &mut Rng| {
            let (maps, dense) = (scale(128), scale(1024));
            self.auxiliary.then(|| SideBranch {
                conv: conv(inputs, maps, 1, rng),
                fc1: Linear::new(16 * maps, dense).behind_maps([4, 4, maps]).init(rng),
                dropout: Dropout::new(self.auxiliary_dropout as Real),
                fc2: Linear::new(dense, interface.outputs).init(rng),
            })
        };
        let (aux1, aux2) = (side(width1, rng), side(width2, rng));
        Ok(Box::new(GoogLeNet {
            conv1,
            conv2,
            conv3,
            inception3a,
            inception3b,
            inception4a,
            inception4b,
            inception4c,
            inception4d,
            inception4e,
            inception5a,
            inception5b,
            aux1,
            aux2,
            fc: Linear::new(last, interface.outputs).init(rng),
            dropout: Dropout::new(self.dropout as Real),
            auxiliary_weight: self.auxiliary_weight as Real,
            pooled: !small,
        }))
    }
}

fn block(rng: &mut Rng) -> Block {
    let ways = [64, 96, 128, 16, 32, 32];
    Block { module: Box::new(Inception::init(192, ways, rng)), input: [28, 28, 192] }
}
