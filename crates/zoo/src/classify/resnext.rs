//! ResNeXt (Xie, Girshick, Dollar, Tu and He, Aggregated residual transformations for deep neural networks, 2017): a
//! residual network whose 3x3 convolutions work in groups. Many narrow paths side by side do better than one wide one of
//! the same cost.

use gradus_core::Rng;
use gradus_core::data::Preprocess;

use super::resnet::{ResNetConfig, bottleneck};
use crate::family::{Block, Family, Member};

/// The registry's entry.
pub const FAMILY: Family = Family {
    name: "resnext",
    paper: "Xie, Girshick, Dollar, Tu and He, Aggregated residual transformations for deep neural networks",
    year: 2017,
    brought: "grouping: the number of paths side by side is worth more than depth or width at the same cost",
    block: Some(block),
    members: &[
        Member::imagenet("resnext50-32x4d", || Box::new(grouped([3, 4, 6, 3], 32, 4)))
            .top1(77.618)
            .weights("https://download.pytorch.org/models/resnext50_32x4d-7cdf4587.pth", Preprocess::IMAGENET),
        Member::imagenet("resnext101-32x8d", || Box::new(grouped([3, 4, 23, 3], 32, 8)))
            .top1(79.312)
            .weights("https://download.pytorch.org/models/resnext101_32x8d-8ba56ff5.pth", Preprocess::IMAGENET),
    ],
};

fn grouped(stages: [usize; 4], groups: usize, group_width: usize) -> ResNetConfig {
    ResNetConfig { groups, group_width, ..ResNetConfig::of(stages, 4) }
}

fn block(rng: &mut Rng) -> Block {
    Block { module: bottleneck([256, 128, 256], 32, rng), input: [56, 56, 256] }
}
