//! Functions of each element alone.

use gradus_core::Tensor;

use crate::check::{check, normal};

/// Numbers on both sides of 0, none of them nearer than 0.04 to a place where a piecewise function has a kink.
fn around_zero() -> [Tensor; 1] {
    [Tensor::from([-7.3, -3.4, -2.6, -1.7, -0.6, -0.3, -0.05, 0.05, 0.2, 0.6, 1.3, 2.4, 3.3, 5.7, 6.4])]
}

fn positive() -> [Tensor; 1] {
    [Tensor::from([0.2, 0.5, 0.9, 1.0, 1.7, 3.2, 6.1])]
}

type Function = fn(&Tensor) -> Tensor;

#[test]
fn activations() {
    let functions: [(&str, Function); 14] = [
        ("elu", |x| x.elu(0.7)),
        ("gelu", Tensor::gelu),
        ("hard_sigmoid", Tensor::hard_sigmoid),
        ("hard_swish", Tensor::hard_swish),
        ("leaky_relu", |x| x.leaky_relu(0.1)),
        ("relu", Tensor::relu),
        ("relu6", Tensor::relu6),
        ("selu", Tensor::selu),
        ("sigmoid", Tensor::sigmoid),
        ("silu", Tensor::silu),
        ("softplus", Tensor::softplus),
        ("tanh", Tensor::tanh),
        ("abs", Tensor::abs),
        ("neg", Tensor::neg),
    ];
    for (name, function) in functions {
        check(name, &around_zero(), |x| function(&x[0]));
    }
}

#[test]
fn elementary_functions() {
    let functions: [(&str, Function); 4] = [
        ("ln", Tensor::ln),
        ("sqrt", Tensor::sqrt),
        ("recip", Tensor::recip),
        ("affine", |x| x.scale(-2.5).shift(1.5)),
    ];
    for (name, function) in functions {
        check(name, &positive(), |x| function(&x[0]));
    }
    let near: [Tensor; 1] = [normal([9], 1)];
    let functions: [(&str, Function); 3] = [("erf", Tensor::erf), ("exp", Tensor::exp), ("square", Tensor::square)];
    for (name, function) in functions {
        check(name, &near, |x| function(&x[0]));
    }
}

#[test]
fn arithmetic() {
    let far = |x: Tensor| x.square().shift(0.5);
    for (a, b) in [(normal([3, 4], 1), normal([3, 4], 2)), (normal([3, 1], 1), normal([2, 1, 4], 2))] {
        check("add", &[a.clone(), b.clone()], |x| x[0].add(&x[1]));
        check("sub", &[a.clone(), b.clone()], |x| x[0].sub(&x[1]));
        check("mul", &[a.clone(), b.clone()], |x| x[0].mul(&x[1]));
        check("div", &[a, far(b)], |x| x[0].div(&x[1]));
    }
}
