//! Layers that start from PyTorch's state.

use gradus_core::nn::{
    Activation, AvgPool2d, BatchNorm, Conv1d, Conv2d, Conv3d, Flatten, GlobalAvgPool2d, GroupNorm, LayerNorm, Linear,
    MaxPool2d, Sequential,
};
use gradus_core::{Pool2d, Rng};

use crate::reference::Family;

#[test]
fn layers_agree_with_pytorch() {
    let mut f = Family::read("layer");
    let rng = &mut Rng::new(1);
    f.layer("Linear", Linear::new(7, 5).init(rng));
    f.layer("Linear no bias", Linear::new(7, 5).no_bias().init(rng));
    f.layer("Conv2d", Conv2d::new(6, 4, 3).init(rng));
    f.layer("Conv2d no bias", Conv2d::new(6, 4, [3, 2]).no_bias().init(rng));
    f.layer("Conv2d stride", Conv2d::new(6, 4, 3).stride(2).padding(1).init(rng));
    f.layer("Conv2d same", Conv2d::new(6, 4, 5).same().init(rng));
    f.layer("Conv2d dilation", Conv2d::new(6, 4, 3).dilation(2).init(rng));
    f.layer("Conv2d groups", Conv2d::new(6, 4, 3).groups(2).init(rng));
    f.layer("Conv2d depthwise", Conv2d::new(6, 6, 3).groups(6).padding([1, 0]).init(rng));
    f.layer("Conv1d", Conv1d::new(6, 4, 3).init(rng));
    let options = Conv1d::new(6, 4, 3).stride(2).padding(2, 2).dilation(2).groups(2).no_bias();
    f.layer("Conv1d options", options.init(rng));
    f.layer("Conv3d", Conv3d::new(4, 6, [2, 3, 3]).stride([1, 2, 1]).padding([1, 0, 1]).groups(2).init(rng));
    for shape in ["", " sequences", " features"] {
        f.layer(&format!("BatchNorm{shape}"), BatchNorm::new(6));
    }
    f.layer("BatchNorm options", BatchNorm::new(6).epsilon(1e-3).momentum(0.25));
    f.layer("GroupNorm", GroupNorm::new(3, 6));
    f.layer("GroupNorm instance", GroupNorm::instance(6));
    f.layer("LayerNorm", LayerNorm::new([19]));
    f.layer("LayerNorm two axes", LayerNorm::new([3, 19]).epsilon(1e-3));
    let network = Sequential::new()
        .add(Conv2d::new(3, 8, 3).same().no_bias().init(rng))
        .add(BatchNorm::new(8))
        .add(Activation::Relu)
        .add(MaxPool2d::new(2))
        .add(Conv2d::new(8, 8, 3).same().groups(8).init(rng))
        .add(Activation::Gelu)
        .add(AvgPool2d::new(Pool2d::new(2)))
        .add(Conv2d::new(8, 12, 1).init(rng))
        .add(Activation::Silu)
        .add(GlobalAvgPool2d)
        .add(Flatten)
        .add(Linear::new(12, 10).init(rng));
    f.layer("network", network);
    f.finish();
}
