use gradus_kernels::Real;

use super::*;
use crate::nn::{BatchNorm, Conv2d, Function, GlobalAvgPool2d, Linear, Sequential};
use crate::{Rng, Tensor};

/// A frozen network answers as the network does, and the number of its steps is as expected.
fn check(network: &dyn Module, shape: &[usize], steps: &[&str]) -> Plan {
    let x = Tensor::randn(shape, &mut Rng::new(5));
    let mut plan = freeze(network, shape).unwrap();
    let expected = network.forward(&x, &mut Context::eval());
    for _ in 0..2 {
        let y = plan.run(&x);
        assert_eq!(y.shape(), expected.shape());
        let error = y.sub(&expected).square().sum().item().sqrt();
        assert!(error <= 1e-5 * expected.square().sum().item().sqrt(), "{error}");
    }
    let found: Vec<String> = plan.steps().iter().map(|step| step.ops.join("+")).collect();
    assert_eq!(found, steps);
    plan
}

/// A normalization with numbers that are all different.
fn norm(channels: usize, seed: u64) -> BatchNorm {
    let mut rng = Rng::new(seed);
    let mut norm = BatchNorm::new(channels);
    norm.running_mean.update(|mean| mean.iter_mut().for_each(|mean| *mean = rng.normal()));
    norm.running_var.update(|variance| variance.iter_mut().for_each(|variance| *variance = 0.5 + rng.uniform()));
    norm.weight = crate::nn::Parameter::new(&Tensor::randn([channels], &mut rng));
    norm.bias = crate::nn::Parameter::new(&Tensor::randn([channels], &mut rng));
    norm
}

#[test]
fn a_convolution_takes_in_normalization_and_activation() {
    let mut rng = Rng::new(1);
    let net = Sequential::new()
        .add(Conv2d::new(3, 8, 3).same().init(&mut rng))
        .add(norm(8, 2))
        .add(Function::new(|x: &Tensor| x.silu()))
        .add(Conv2d::new(8, 8, 3).same().groups(8).no_bias().init(&mut rng))
        .add(norm(8, 3).relu())
        .add(GlobalAvgPool2d)
        .add(Linear::new(8, 5).init(&mut rng))
        .add(Function::new(|x: &Tensor| x.hard_swish()));
    let steps = ["conv2d+batch_norm+silu", "conv2d+batch_norm_relu", "avg_pool2d", "linear+hard_swish"];
    let plan = check(&net, &[2, 9, 7, 3], &steps);
    let algorithms: Vec<&str> = plan.steps().iter().map(|step| step.algorithm).collect();
    assert_eq!(algorithms[1..], ["depthwise", "windows", "pointwise"]);
}

#[test]
fn a_residual_path_is_added_by_the_convolution_that_comes_last() {
    let mut rng = Rng::new(1);
    let conv = [1, 2].map(|_| Conv2d::new(4, 4, 3).same().init(&mut rng));
    let norms = [norm(4, 1), norm(4, 2)];
    let net = Function::new(move |x: &Tensor| {
        let cx = &mut Context::eval();
        let side = norms[0].forward(&conv[0].forward(x, cx), cx);
        let y = norms[1].forward(&conv[1].forward(x, cx), cx).add(&side).relu();
        y.add(&y).add(x).square()
    });
    check(&net, &[1, 6, 6, 4], &["conv2d+batch_norm", "conv2d+batch_norm+add+relu", "add", "add", "square"]);
}

#[test]
fn a_result_that_two_read_is_not_overwritten() {
    let net = Function::new(|x: &Tensor| {
        let y = x.square();
        let z = y.relu6().add(&y.sigmoid());
        z.mul(&z.mean_axes_kept(&[1, 2])).sub(&y)
    });
    let plan = check(&net, &[2, 5, 3, 7], &["square", "relu6", "sigmoid", "add", "sum+affine", "mul", "sub"]);
    let in_place: Vec<bool> = plan.steps().iter().map(|step| step.in_place).collect();
    assert_eq!(in_place, [false, false, false, true, false, true, false]);
}

#[test]
fn shuffled_channels_come_out_by_turns() {
    let net = Function::new(|x: &Tensor| {
        let parts = x.split(3, &[3, 3]);
        Tensor::concat(&[&parts[1], &parts[0]], 3).reshape([2, 20, 2, 3]).permute(&[0, 1, 3, 2]).reshape([2, 4, 5, 6])
    });
    check(&net, &[2, 4, 5, 6], &["narrow", "narrow", "concat+reshape+permute"]);
}

#[test]
#[cfg(not(real64))]
fn convolutions_write_side_by_side_what_is_concatenated() {
    let mut rng = Rng::new(1);
    let [one, three, behind] =
        [(5, 7, 1), (5, 6, 3), (13, 4, 3)].map(|(from, to, side)| Conv2d::new(from, to, side).same().init(&mut rng));
    let norms = [norm(7, 1), norm(6, 2)];
    let join = move |x: &Tensor, more: &dyn Fn(&Tensor, &Tensor) -> Tensor| {
        let cx = &mut Context::eval();
        let [a, b] =
            [(&one, &norms[0]), (&three, &norms[1])].map(|(conv, norm)| norm.forward(&conv.forward(x, cx), cx));
        let joined = more(&a, &b);
        behind.forward(&joined, cx).add(&joined.narrow(3, 2, 4))
    };
    let join = std::sync::Arc::new(join);
    let both = join.clone();
    let net = Function::new(move |x: &Tensor| both(x, &|a, b| Tensor::concat(&[&b.relu(), a], 3)));
    let steps = ["conv2d+batch_norm", "conv2d+batch_norm+relu+concat", "narrow", "conv2d+add"];
    let plan = check(&net, &[2, 9, 8, 5], &steps);
    // The input of the last steps, what is cut out of it, and the output.
    assert_eq!(plan.memory().arena, 2 * 72 * (13 + 4 + 4) * size_of::<Real>());
    // What somebody else reads, or is no convolution's, is copied.
    let net = Function::new(move |x: &Tensor| join(x, &|a, b| Tensor::concat(&[&b.add(&b.exp()), a], 3)));
    let steps = ["conv2d+batch_norm", "conv2d+batch_norm", "exp", "add", "concat", "narrow", "conv2d+add"];
    check(&net, &[2, 9, 8, 5], &steps);
}

#[test]
fn any_op_runs_and_any_output_comes_out() {
    let net = Function::new(|x: &Tensor| {
        let parts = x.split(3, &[1, 3, 2]);
        let joined = Tensor::concat(&[&parts[2], &parts[0], &parts[1]], 3);
        let turned = joined.reshape([2, 20, 2, 3]).permute(&[0, 1, 3, 2]).reshape([2, 120]);
        turned.softmax(1).add(&Tensor::arange(120).scale(0.01)).exp().ln()
    });
    let steps = ["narrow", "narrow", "narrow", "concat", "permute", "softmax", "add", "exp", "ln"];
    check(&net, &[2, 4, 5, 6], &steps);
    check(&Function::new(|x: &Tensor| x.reshape([6])), &[2, 3], &[]);
    check(&Function::new(|_: &Tensor| Tensor::ones([2])), &[2, 3], &[]);
}

#[test]
fn a_shape_that_does_not_fit_is_an_answer() {
    let net = Linear::new(3, 2).init(&mut Rng::new(1));
    assert!(freeze(&net, [1, 4]).err().unwrap().to_string().contains("linear"));
    let cut = Function::new(|x: &Tensor| x.square().detached().exp());
    assert!(freeze(&cut, [1, 4]).err().unwrap().to_string().contains("detached"));
}

#[test]
#[should_panic(expected = "Plan: input [2, 3], but the plan is for [1, 3]; freeze the network for [2, 3]")]
fn another_shape_is_named() {
    let net = Linear::new(3, 2).init(&mut Rng::new(1));
    let _ = freeze(&net, [1, 3]).unwrap().run(&Tensor::ones([2, 3]));
}

#[test]
fn plans_follow_the_batch() {
    let net = Linear::new(3, 2).init(&mut Rng::new(1));
    let mut plans = Plans::new(&net);
    for batch in [4, 4, 1] {
        let x = Tensor::randn([batch, 3], &mut Rng::new(batch as u64));
        let expected = net.forward(&x, &mut Context::eval());
        let worst =
            plans.run(&x).unwrap().sub(&expected).as_slice().iter().fold(0.0, |worst: Real, x| worst.max(x.abs()));
        assert!(worst < 1e-5, "{worst}");
    }
}
