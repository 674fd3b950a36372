use super::*;
use crate::Real;
use crate::testing::{assert_close, assert_same_for_any_threads, numbers};
use proptest::prelude::*;

fn wide(x: &[Real]) -> Vec<f64> {
    x.iter().map(|&x| f64::from(x)).collect()
}

fn narrow(x: &[f64]) -> Vec<Real> {
    x.iter().map(|&x| x as Real).collect()
}

/// The gradient of sum of dy f(x) by central differences of a function in f64.
fn differences(f: impl Fn(&[f64]) -> Vec<f64>, x: &[Real], dy: &[Real]) -> Vec<Real> {
    const STEP: f64 = 1e-5;
    let mut x = wide(x);
    let value = |x: &[f64]| f(x).iter().zip(dy).map(|(y, &dy)| y * f64::from(dy)).sum::<f64>();
    let gradient: Vec<f64> = (0..x.len())
        .map(|at| {
            let before = x[at];
            x[at] = before + STEP;
            let above = value(&x);
            x[at] = before - STEP;
            let below = value(&x);
            x[at] = before;
            (above - below) / (2.0 * STEP)
        })
        .collect();
    narrow(&gradient)
}

/// y = gamma (x - mean) / sqrt(variance + epsilon) + beta over the elements of one set, which are given with their channel.
fn normalized(x: &[f64], sets: &[Vec<usize>], gamma: &[f64], beta: &[f64], epsilon: f64) -> Vec<f64> {
    let mut y = vec![0.0; x.len()];
    for set in sets {
        let count = set.len() as f64;
        let mean = set.iter().map(|&at| x[at]).sum::<f64>() / count;
        let variance = set.iter().map(|&at| (x[at] - mean).powi(2)).sum::<f64>() / count;
        for &at in set {
            let channel = at % gamma.len();
            y[at] = gamma[channel] * (x[at] - mean) / (variance + epsilon).sqrt() + beta[channel];
        }
    }
    y
}

fn relu(x: Real) -> Real {
    if x <= 0.0 { 0.0 } else { x }
}

fn positive(x: Real) -> Real {
    if x > 0.0 { 1.0 } else { 0.0 }
}

/// With a ReLU behind, or with a summand and then a ReLU, or alone.
#[derive(Clone, Copy, PartialEq)]
enum Behind {
    Nothing,
    Relu,
    AddRelu,
}

fn check_batch(pixels: usize, channels: usize, behind: Behind) {
    let x = numbers(pixels * channels, 1);
    let dy = numbers(x.len(), 2);
    let added = numbers(x.len(), 5);
    let (gamma, beta) = (numbers(channels, 3), numbers(channels, 4));
    let (mut mean, mut variance, mut inverse) = (vec![0.0; channels], vec![0.0; channels], vec![0.0; channels]);
    batch_statistics(&x, 1e-3, &mut mean, &mut variance, &mut inverse);
    for channel in 0..channels {
        let values: Vec<f64> = (0..pixels).map(|p| f64::from(x[p * channels + channel])).collect();
        let true_mean = values.iter().sum::<f64>() / pixels as f64;
        let true_variance = values.iter().map(|x| (x - true_mean).powi(2)).sum::<f64>() / pixels as f64;
        assert_close(&[mean[channel], variance[channel]], &narrow(&[true_mean, true_variance]), 1e-6);
    }

    let sets: Vec<Vec<usize>> = (0..channels).map(|c| (0..pixels).map(|p| p * channels + c).collect()).collect();
    let reference = |x: &[f64], gamma: &[f64], beta: &[f64]| {
        let y = normalized(x, &sets, gamma, beta, 1e-3).into_iter().zip(&added);
        let behind = |(y, s): (f64, &Real)| match behind {
            Behind::Nothing => y,
            Behind::Relu => y.max(0.0),
            Behind::AddRelu => (y + f64::from(*s)).max(0.0),
        };
        y.map(behind).collect::<Vec<f64>>()
    };
    let norm = BatchNorm { mean: &mean, inverse_deviation: &inverse, gamma: &gamma, beta: &beta };
    let mut out = vec![0.5; x.len()];
    match behind {
        Behind::Nothing => norm.forward(&x, &mut out, |x| x),
        Behind::Relu => norm.forward(&x, &mut out, relu),
        Behind::AddRelu => norm.forward_add(&x, &added, &mut out, relu),
    }
    assert_close(&out, &narrow(&reference(&wide(&x), &wide(&gamma), &wide(&beta))), 1e-5);
    if x.len() > 2000 {
        return; // a difference for each element takes too long
    }
    let (mut dx, mut dgamma, mut dbeta) = (vec![0.5; x.len()], vec![0.5; channels], vec![0.5; channels]);
    let d = [&mut dgamma[..], &mut dbeta[..]];
    match behind {
        Behind::Nothing => norm.backward([&x, &dy], &mut dx, d, |_| 1.0),
        Behind::Relu => norm.backward([&x, &dy], &mut dx, d, positive),
        Behind::AddRelu => {
            let mut ds = vec![0.5; x.len()];
            norm.backward_add([&x, &out, &dy], [&mut dx, &mut ds], d, positive);
            let expected: Vec<Real> = out.iter().zip(&dy).map(|(y, dy)| positive(*y) * dy).collect();
            assert_eq!(ds, expected);
        }
    }
    assert_close(&dx, &differences(|x| reference(x, &wide(&gamma), &wide(&beta)), &x, &dy), 1e-4);
    assert_close(&dgamma, &differences(|gamma| reference(&wide(&x), gamma, &wide(&beta)), &gamma, &dy), 1e-4);
    assert_close(&dbeta, &differences(|beta| reference(&wide(&x), &wide(&gamma), beta), &beta, &dy), 1e-4);
}

fn check_group(shape: GroupShape) {
    let GroupShape { batch, pixels, channels, groups } = shape;
    let x = numbers(batch * pixels * channels, 1);
    let dy = numbers(x.len(), 2);
    let (gamma, beta) = (numbers(channels, 3), numbers(channels, 4));
    let width = channels / groups;
    let set = |b: usize, g: usize| {
        let place = move |p: usize, c: usize| (b * pixels + p) * channels + g * width + c;
        (0..pixels).flat_map(|p| (0..width).map(move |c| place(p, c))).collect()
    };
    let sets: Vec<Vec<usize>> = (0..batch).flat_map(|b| (0..groups).map(move |g| set(b, g))).collect();
    let reference = |x: &[f64], gamma: &[f64], beta: &[f64]| normalized(x, &sets, gamma, beta, 1e-3);

    let mut out = vec![0.5; x.len()];
    let (mut mean, mut inverse) = (vec![0.5; batch * groups], vec![0.5; batch * groups]);
    group_norm(shape, &x, &gamma, &beta, 1e-3, &mut out, &mut mean, &mut inverse);
    assert_close(&out, &narrow(&reference(&wide(&x), &wide(&gamma), &wide(&beta))), 1e-5);
    let (mut dx, mut dgamma, mut dbeta) = (vec![0.5; x.len()], vec![0.5; channels], vec![0.5; channels]);
    group_norm_backward(shape, &x, &dy, &gamma, &mean, &inverse, &mut dx);
    group_norm_parameters_backward(shape, &x, &dy, &mean, &inverse, &mut dgamma, &mut dbeta);
    assert_close(&dx, &differences(|x| reference(x, &wide(&gamma), &wide(&beta)), &x, &dy), 1e-4);
    assert_close(&dgamma, &differences(|gamma| reference(&wide(&x), gamma, &wide(&beta)), &gamma, &dy), 1e-4);
    assert_close(&dbeta, &differences(|beta| reference(&wide(&x), &wide(&gamma), beta), &beta, &dy), 1e-4);
}

fn check_layer(rows: usize, width: usize) {
    let (x, dy) = (numbers(rows * width, 1), numbers(rows * width, 2));
    let (gamma, beta) = (numbers(width, 3), numbers(width, 4));
    let sets: Vec<Vec<usize>> = (0..rows).map(|row| (row * width..(row + 1) * width).collect()).collect();
    let reference = |x: &[f64], gamma: &[f64], beta: &[f64]| normalized(x, &sets, gamma, beta, 1e-3);

    let (mut out, mut mean, mut inverse) = (vec![0.5; x.len()], vec![0.5; rows], vec![0.5; rows]);
    layer_norm(&x, &gamma, &beta, 1e-3, &mut out, &mut mean, &mut inverse);
    assert_close(&out, &narrow(&reference(&wide(&x), &wide(&gamma), &wide(&beta))), 1e-5);
    let (mut dx, mut dgamma, mut dbeta) = (vec![0.5; x.len()], vec![0.5; width], vec![0.5; width]);
    layer_norm_backward(&x, &dy, &gamma, &mean, &inverse, &mut dx);
    layer_norm_parameters_backward(&x, &dy, &mean, &inverse, &mut dgamma, &mut dbeta);
    assert_close(&dx, &differences(|x| reference(x, &wide(&gamma), &wide(&beta)), &x, &dy), 1e-4);
    assert_close(&dgamma, &differences(|gamma| reference(&wide(&x), gamma, &wide(&beta)), &gamma, &dy), 1e-4);
    assert_close(&dbeta, &differences(|beta| reference(&wide(&x), &wide(&gamma), beta), &beta, &dy), 1e-4);
}

/// y = x s^-beta, the windows given by the places and the count of each.
fn responded(x: &[f64], constants: Response, window: impl Fn(usize) -> (Vec<usize>, f64)) -> Vec<f64> {
    let Response { alpha, beta, k, .. } = constants;
    let of = |at: usize| {
        let (places, count) = window(at);
        let s = f64::from(k) + f64::from(alpha) * places.iter().map(|&at| x[at] * x[at]).sum::<f64>() / count;
        x[at] * s.powf(-f64::from(beta))
    };
    (0..x.len()).map(of).collect()
}

fn check_response(dims: [usize; 4], size: usize) {
    let [batch, height, width, channels] = dims;
    let constants = Response { size, alpha: 0.7, beta: 0.75, k: 1.5 };
    let x = numbers(batch * height * width * channels, 1);
    let dy = numbers(x.len(), 2);
    let (mut out, mut s, mut dx) = (vec![0.5; x.len()], vec![0.5; x.len()], vec![0.5; x.len()]);
    let around = |at: usize, length: usize| at.saturating_sub(size / 2)..length.min(at + (size - 1) / 2 + 1);

    let between = |x: &[f64]| {
        responded(x, constants, |at| {
            let channel = at % channels;
            (around(channel, channels).map(|c| at - channel + c).collect(), size as f64)
        })
    };
    response(&x, channels, constants, &mut out, &mut s);
    assert_close(&out, &narrow(&between(&wide(&x))), 1e-6);
    response_backward(&x, &out, &s, &dy, channels, constants, &mut dx);
    assert_close(&dx, &differences(between, &x, &dy), 2e-6);

    let within = |x: &[f64]| {
        responded(x, constants, |at| {
            let (channel, column) = (at % channels, at / channels % width);
            let (row, picture) = (at / channels / width % height, at / channels / width / height);
            let place = |y: usize, x: usize| ((picture * height + y) * width + x) * channels + channel;
            let rows = around(row, height);
            (rows.flat_map(|y| around(column, width).map(move |x| place(y, x))).collect(), (size * size) as f64)
        })
    };
    response_in_map(&x, dims, constants, &mut out, &mut s);
    assert_close(&out, &narrow(&within(&wide(&x))), 1e-6);
    response_in_map_backward(&x, &out, &s, &dy, dims, constants, &mut dx);
    assert_close(&dx, &differences(within, &x, &dy), 2e-6);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn batch_normalization_meets_the_definition(pixels in 2_usize..40, channels in 1_usize..25) {
        check_batch(pixels, channels, Behind::Nothing);
    }

    #[test]
    fn group_normalization_meets_the_definition(
        batch in 1_usize..4, pixels in 1_usize..6, width in 2_usize..6, groups in 1_usize..4
    ) {
        check_group(GroupShape { batch, pixels, channels: width * groups, groups });
    }

    #[test]
    fn layer_normalization_meets_the_definition(rows in 1_usize..6, width in 3_usize..80) {
        check_layer(rows, width);
    }

    #[test]
    fn response_normalization_meets_the_definition(
        batch in 1_usize..3, height in 3_usize..6, width in 3_usize..6, channels in 1_usize..9, size in 1_usize..6
    ) {
        check_response([batch, height, width, channels], size);
    }
}

#[test]
fn many_channels_and_pixels_meet_the_definition() {
    check_batch(7, 200, Behind::Nothing);
    check_batch(3000, 33, Behind::Relu);
    check_batch(3000, 33, Behind::AddRelu);
    check_batch(400, 300, Behind::Nothing);
    check_layer(5, 300);
    check_group(GroupShape { batch: 2, pixels: 9, channels: 12, groups: 12 });
    check_group(GroupShape { batch: 1, pixels: 3, channels: 200, groups: 2 });
    check_group(GroupShape { batch: 1, pixels: 70, channels: 2, groups: 1 });
    check_group(GroupShape { batch: 1, pixels: 4, channels: 150, groups: 75 });
}

#[test]
fn with_a_relu_the_gradient_stops_where_the_output_is_zero() {
    // Seeds for which no output lies within the differences' step of 0.
    for behind in [Behind::Relu, Behind::AddRelu] {
        check_batch(11, 5, behind);
        check_batch(30, 3, behind);
    }
}

#[test]
fn a_mean_far_from_zero_costs_no_digits() {
    let x: Vec<Real> = numbers(40_000, 1).iter().map(|x| 1000.0 + x.round() * 0.5).collect();
    let (mut mean, mut variance, mut inverse) = ([0.0; 2], [0.0; 2], [0.0; 2]);
    batch_statistics(&x, 0.0, &mut mean, &mut variance, &mut inverse);
    for channel in 0..2 {
        let values = || x.iter().skip(channel).step_by(2).map(|&x| f64::from(x));
        let true_mean = values().sum::<f64>() / 20_000.0;
        let true_variance = values().map(|x| (x - true_mean).powi(2)).sum::<f64>() / 20_000.0;
        assert!((f64::from(variance[channel]) / true_variance - 1.0).abs() < 1e-5);
        assert!((f64::from(mean[channel]) - true_mean).abs() < 1e-4);
    }
}

#[test]
fn threads_do_not_change_bits() {
    let (x, dy) = (numbers(4000 * 24, 1), numbers(4000 * 24, 2));
    let (gamma, beta) = (numbers(24, 3), numbers(24, 4));
    assert_same_for_any_threads(|| {
        let (mut mean, mut variance, mut inverse) = (vec![0.0; 24], vec![0.0; 24], vec![0.0; 24]);
        batch_statistics(&x, 1e-5, &mut mean, &mut variance, &mut inverse);
        let norm = BatchNorm { mean: &mean, inverse_deviation: &inverse, gamma: &gamma, beta: &beta };
        let (mut out, mut dx) = (vec![0.0; x.len()], vec![0.0; x.len()]);
        let (mut dgamma, mut dbeta) = (vec![0.0; 24], vec![0.0; 24]);
        norm.forward(&x, &mut out, relu);
        norm.backward([&x, &dy], &mut dx, [&mut dgamma, &mut dbeta], positive);
        let mut all = [out.clone(), dx.clone(), dgamma.clone(), dbeta.clone()].concat();
        norm.forward_add(&x, &dy, &mut out, relu);
        let mut ds = vec![0.0; x.len()];
        norm.backward_add([&x, &out, &dy], [&mut dx, &mut ds], [&mut dgamma, &mut dbeta], positive);
        all.extend([&out[..], &dx, &ds, &dgamma, &dbeta].concat());
        let shape = GroupShape { batch: 40, pixels: 100, channels: 24, groups: 3 };
        let (mut mean, mut inverse) = (vec![0.0; 120], vec![0.0; 120]);
        group_norm(shape, &x, &gamma, &beta, 1e-5, &mut out, &mut mean, &mut inverse);
        group_norm_backward(shape, &x, &dy, &gamma, &mean, &inverse, &mut dx);
        group_norm_parameters_backward(shape, &x, &dy, &mean, &inverse, &mut dgamma, &mut dbeta);
        all.extend([out, dx, dgamma, dbeta].concat());
        all
    });
}
