//! What picks, bounds and compares, what works along an axis, and what puts together and takes apart.

use gradus_core::{CrossEntropyOptions, Indices, Tensor};

use crate::check::{check, distinct, normal};

type Along = fn(&Tensor, usize) -> Tensor;

#[test]
fn along_each_axis() {
    let ops: [(&str, Along); 3] =
        [("softmax", Tensor::softmax), ("log_softmax", Tensor::log_softmax), ("logsumexp", Tensor::logsumexp)];
    for axis in 0..3 {
        for (name, op) in ops {
            check(name, &[normal([2, 3, 4], 1)], |x| op(&x[0], axis));
        }
        check("max_axis", &[distinct([2, 3, 4])], |x| x[0].max_axis(axis));
        check("min_axis", &[distinct([2, 3, 4])], |x| x[0].min_axis(axis));
    }
}

#[test]
fn bounds_and_waves() {
    let x = [Tensor::from([-7.3, -1.7, -0.6, 0.05, 0.2, 1.3, 2.4])];
    check("step", &x, |x| x[0].step());
    check("sign", &x, |x| x[0].sign());
    check("sin", &x, |x| x[0].sin());
    check("cos", &x, |x| x[0].cos());
    check("clamp", &x, |x| x[0].clamp(-1.0, 0.5));
    check("powf", &[normal([7], 1).square().shift(0.5)], |x| x[0].powf(-1.5));
    check("maximum", &[distinct([3, 4]), distinct([4]).shift(0.55)], |x| x[0].maximum(&x[1]));
    check("minimum", &[distinct([3, 4]), distinct([4]).shift(0.55)], |x| x[0].minimum(&x[1]));
    check("prelu", &[distinct([4, 3]).shift(-0.55), normal([3], 2)], |x| x[0].prelu(&x[1]));
}

#[test]
fn picking_and_putting_together() {
    let places = Indices::new([3, 3, 0, 1], [2, 2]);
    check("pick", &[normal([2, 4], 1)], |x| x[0].pick(&places));
    check("gather_rows", &[normal([4, 3], 1)], |x| x[0].gather_rows(&places));
    check("concat", &[normal([2, 3], 1), normal([2, 1], 2)], |x| Tensor::concat(&[&x[0], &x[1], &x[0]], 1));
    check("stack", &[normal([2, 3], 1), normal([2, 3], 2)], |x| Tensor::stack(&[&x[0], &x[1]], 1));
    check("narrow", &[normal([3, 4, 2], 1)], |x| x[0].narrow(1, 1, 2));
    check("pad", &[normal([2, 3], 1)], |x| x[0].pad(&[[1, 0], [0, 2]], 0.5));
}

#[test]
fn losses_with_options() {
    let labels = Indices::from([2, 0, 1, 2]);
    let options = CrossEntropyOptions::default().label_smoothing(0.1).class_weights([0.5, 2.0, 1.0]).ignore(0);
    check("cross_entropy", &[normal([4, 3], 1)], |x| x[0].cross_entropy(&labels));
    check("cross_entropy_with", &[normal([4, 3], 1)], |x| x[0].cross_entropy_with(&labels, &options));
    check("soft_cross_entropy", &[normal([4, 3], 1), normal([4, 3], 2)], |x| x[0].soft_cross_entropy(&x[1]));
    check("nll", &[normal([4, 3], 1)], |x| x[0].nll(&labels));
    check("multi_margin", &[distinct([4, 3])], |x| x[0].multi_margin(&labels, 0.55));
    check("squared_multi_margin", &[distinct([4, 3])], |x| x[0].squared_multi_margin(&labels, 0.55));
}
