//! The derivatives of convolution, pooling, normalization and dropout, first and second, against central differences.
//!
//! In a `--cfg real64` build they must agree to 1e-6; in f32, where differences are themselves coarse, to a few percent.

use gradus_core::{
    ChannelStatistics, Conv1dOptions, ConvOptions, LocalResponse, Padding, Pool1d, Pool2d, Real, Rng, Tensor, grad,
};

const DOUBLE: bool = size_of::<Real>() == 8;
const STEP: Real = if DOUBLE { 1e-5 } else { 1e-2 };
const TOLERANCE: Real = if DOUBLE { 1e-6 } else { 3e-2 };

/// Differences of `f` along each element of each input against `slopes`, relative to the largest slope.
fn compare(what: &str, inputs: &[Tensor], slopes: &[Tensor], f: &dyn Fn(&[Tensor]) -> Real) {
    let largest = slopes.iter().flat_map(|slope| slope.to_vec()).fold(1.0, |most: Real, slope| most.max(slope.abs()));
    for (which, slope) in slopes.iter().enumerate() {
        for place in 0..inputs[which].len() {
            let at = |offset: Real| {
                let mut moved = inputs.to_vec();
                moved[which].as_mut_slice()[place] += offset;
                f(&moved)
            };
            let difference = (at(STEP) - at(-STEP)) / (2.0 * STEP);
            let error = (difference - slope.as_slice()[place]).abs() / largest;
            assert!(
                error < TOLERANCE,
                "{what}, input {which}, element {place}: gradient {}, difference {difference}",
                slope.as_slice()[place]
            );
        }
    }
}

/// Holds the gradients of `f` against central differences of its output under random weights, and the gradients of those
/// gradients against central differences of them; and the gradients of a pass that is not recorded against one that is.
fn check(what: &str, inputs: &[Tensor], f: impl Fn(&[Tensor]) -> Tensor) {
    let weighted = |y: &Tensor, seed| y.mul(&Tensor::randn(y.shape(), &mut Rng::new(seed))).sum();
    let gradients = |inputs: &[Tensor], recorded| {
        let inputs: Vec<Tensor> = inputs.iter().map(Tensor::requires_grad).collect();
        let places: Vec<&Tensor> = inputs.iter().collect();
        let slopes = grad(&weighted(&f(&inputs), 1), &places, recorded);
        (inputs, slopes)
    };
    let (leaves, slopes) = gradients(inputs, true);
    let (_, fused) = gradients(inputs, false);
    for (slope, fused) in slopes.iter().zip(&fused) {
        for (a, b) in slope.as_slice().iter().zip(fused.as_slice()) {
            let close = (a - b).abs() <= (if DOUBLE { 1e-10 } else { 1e-3 }) * (1.0 + a.abs());
            assert!(close, "{what}: recorded {a}, fused {b}");
        }
    }
    compare(what, inputs, &slopes, &|inputs| weighted(&f(inputs), 1).item());

    let along = |slopes: &[Tensor]| {
        let sums = slopes.iter().enumerate().map(|(place, slope)| weighted(slope, 2 + place as u64));
        sums.reduce(|a, b| a.add(&b)).expect("there is an input")
    };
    let places: Vec<&Tensor> = leaves.iter().collect();
    let second = grad(&along(&slopes), &places, true);
    compare(&format!("{what}, second"), inputs, &second, &|inputs| along(&gradients(inputs, false).1).item());
}

fn normal<const RANK: usize>(shape: [usize; RANK], seed: u64) -> Tensor {
    Tensor::randn(shape, &mut Rng::new(seed))
}

/// Numbers no two of which are near each other, in random order: a small step changes no maximum.
fn distinct<const RANK: usize>(shape: [usize; RANK]) -> Tensor {
    let mut values: Vec<Real> = (0..shape.iter().product()).map(|place: usize| place as Real * 0.1).collect();
    Rng::new(5).shuffle(&mut values);
    Tensor::new(values, shape)
}

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
    for relu in [false, true] {
        let [gamma, beta] = parameters(3);
        let inputs = [normal([2, 3, 2, 3], 1), gamma, beta];
        check("batch", &inputs, |i| i[0].batch_norm(&i[1], &i[2], 1e-3, relu).0);
        let statistics =
            ChannelStatistics { mean: Tensor::from([0.1, -0.2, 0.3]), variance: Tensor::from([1.0, 2.0, 0.5]) };
        check("batch, in use", &inputs, |i| i[0].batch_norm_by(&statistics, &i[1], &i[2], 1e-3, relu));
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
