//! Convolution, pooling, normalization and dropout.

use gradus_core::nn::Activation::{HardSwish, Identity, Relu, Relu6, Silu, Tanh};
use gradus_core::{
    ChannelStatistics, Conv1dOptions, Conv3dOptions, ConvOptions, LocalResponse, Padding, Pool1d, Pool2d, Rng, Tensor,
};

use crate::check::{check, distinct, normal};

#[test]
fn conv2d() {
    for stride in [[1, 1], [2, 1]] {
        for padding in [Padding::NONE, Padding::Explicit([[1, 0], [2, 1]]), Padding::Same] {
            for (dilation, groups) in [([1, 1], 1), ([1, 2], 2), ([2, 1], 4)] {
                let options = ConvOptions { stride, padding, dilation, groups };
                let inputs = [normal([2, 5, 6, 4], 1), normal([4, 3, 2, 4 / groups], 2), normal([4], 3)];
                check(&format!("{options:?}"), &inputs, |i| i[0].conv2d(&i[1], Some(&i[2]), options));
            }
        }
    }
}

#[test]
fn conv1d() {
    let options = Conv1dOptions { stride: 2, padding: Padding::Same, dilation: 2, groups: 1 };
    let inputs = [normal([2, 7, 3], 1), normal([2, 3, 3], 2)];
    check("conv1d", &inputs, |i| i[0].conv1d(&i[1], None, options));
    let inputs = [normal([2, 7, 4], 1), normal([2, 3, 2], 2), normal([2], 3)];
    check("conv1d bias", &inputs, |i| i[0].conv1d(&i[1], Some(&i[2]), Conv1dOptions { groups: 2, ..options }));
}

#[test]
fn conv3d() {
    for (stride, padding, dilation, groups) in [
        ([1, 1, 1], Padding::NONE, [1, 1, 1], 1),
        ([2, 1, 2], Padding::Explicit([[1, 0], [0, 2], [1, 1]]), [1, 1, 1], 2),
        ([1, 2, 1], Padding::Same, [2, 1, 1], 4),
    ] {
        let options = Conv3dOptions { stride, padding, dilation, groups };
        let inputs = [normal([2, 4, 3, 4, 4], 1), normal([4, 2, 3, 2, 4 / groups], 2), normal([4], 3)];
        check(&format!("{options:?}"), &inputs, |i| i[0].conv3d(&i[1], Some(&i[2]), options));
    }
}

#[test]
fn pooling() {
    let x = [distinct([2, 5, 7, 3])];
    let pools = [
        Pool2d::new(2),
        Pool2d::new(2).ceil(),
        Pool2d::new(3).stride(2).padding(1),
        Pool2d::new([3, 2]).stride([1, 3]).padding([1, 0]).ceil().count_padding(false),
        Pool2d::new(2).stride(1).dilation([2, 3]),
    ];
    for pool in pools {
        check(&format!("max {pool:?}"), &x, |i| i[0].max_pool2d(pool));
        check(&format!("max of positive {pool:?}"), &x, |i| i[0].shift(-10.33).relu_max_pool2d(pool));
        check(&format!("average {pool:?}"), &x, |i| i[0].avg_pool2d(pool));
        check(&format!("l2 {pool:?}"), &[normal([1, 5, 7, 2], 4)], |i| i[0].l2_pool2d(pool));
    }
    check("adaptive max", &x, |i| i[0].adaptive_max_pool2d([3, 4]));
    check("adaptive average", &x, |i| i[0].adaptive_avg_pool2d([2, 3]));
    check("global max", &x, |i| i[0].global_max_pool2d());
    check("global average", &x, |i| i[0].global_avg_pool2d());
    let weights = Tensor::rand([2, 3], &mut Rng::new(1)).shift(0.5);
    let windows = Pool2d::new([2, 3]).stride(2).ceil();
    check("weighted", &[normal([1, 5, 6, 2], 1), weights], |i| i[0].weighted_pool2d(&i[1], windows));
    check("max 1-D", &[distinct([2, 7, 2])], |i| i[0].max_pool1d(Pool1d::new(3).stride(2).padding(1)));
}

#[test]
fn normalization() {
    let parameters = |channels: usize| [normal([channels], 7), normal([channels], 8)];
    for activation in [Identity, Relu, Relu6, HardSwish, Silu, Tanh] {
        let [gamma, beta] = parameters(3);
        // A seed that puts no sum so near a kink that a step of single precision crosses it.
        let inputs = [normal([2, 3, 2, 3], 1), gamma, beta, normal([2, 3, 2, 3], 6)];
        let batch = |i: &[Tensor], add: Option<&Tensor>| i[0].batch_norm(&i[1], &i[2], 1e-3, add, activation).0;
        check("batch", &inputs[..3], |i| batch(i, None));
        check("batch, added to", &inputs, |i| batch(i, Some(&i[3])));
        let statistics =
            ChannelStatistics { mean: Tensor::from([0.1, -0.2, 0.3]), variance: Tensor::from([1.0, 2.0, 0.5]) };
        let in_use =
            |i: &[Tensor], add: Option<&Tensor>| i[0].batch_norm_by(&statistics, &i[1], &i[2], 1e-3, add, activation);
        check("batch, in use", &inputs[..3], |i| in_use(i, None));
        check("batch, in use, added to", &inputs, |i| in_use(i, Some(&i[3])));
    }
    check("layer", &[normal([4, 2, 3], 1), normal([2, 3], 2), normal([2, 3], 3)], |i| {
        i[0].layer_norm(&i[1], &i[2], 1e-3)
    });
    for groups in [1, 2, 6] {
        let [gamma, beta] = parameters(6);
        let inputs = [normal([2, 2, 3, 6], 1), gamma, beta];
        check("group", &inputs, |i| i[0].group_norm(groups, &i[1], &i[2], 1e-2));
    }
    for size in [1, 2, 3, 5] {
        let constants = LocalResponse { size, alpha: 0.8, beta: 0.75, k: 1.5 };
        check("response", &[normal([2, 2, 2, 4], 1)], |i| i[0].local_response_norm(constants));
        check("response in map", &[normal([1, 4, 3, 2], 1)], |i| i[0].local_response_norm_in_map(constants));
    }
}

#[test]
fn dropout() {
    check("dropout", &[normal([4, 5], 1)], |i| i[0].dropout(0.4, 1.5, &mut Rng::new(3)));
}
