//! An op of one's own: y = x^3, with its slope, which is checked against differences.

use gradus::{Keeps, Pointwise, prelude::*};

#[derive(Clone, Copy)]
struct Cube;

impl Pointwise for Cube {
    const NAME: &'static str = "cube";
    /// The slope is computed from the input.
    const KEEPS: Keeps = Keeps::Input;

    // The body of a loop over all elements: inlined, it becomes vector code.
    #[inline(always)]
    fn value(self, x: Real) -> Real {
        x * x * x
    }

    #[inline(always)]
    fn slope(self, x: Real) -> Real {
        3.0 * x * x
    }

    // The slope as tensor operations, so that it has a derivative itself.
    fn derivative(self, x: &Tensor) -> Tensor {
        x.square().scale(3.0)
    }
}

fn main() {
    let x = Tensor::from([-1.0, 0.5, 2.0]).requires_grad();
    let y = x.pointwise(Cube);
    println!("x = {x}\ny = {y}");

    let gradients = y.sum().backward();
    println!("dy/dx      = {}", gradients.get(&x).expect("y depends on x"));
    let step = 1e-2;
    let difference = no_grad(|| x.shift(step).pointwise(Cube).sub(&x.shift(-step).pointwise(Cube)).scale(0.5 / step));
    println!("difference = {difference}");

    let slope = grad(&x.pointwise(Cube).sum(), &[&x], true).remove(0);
    println!("d2y/dx2    = {}", grad(&slope.sum(), &[&x], false)[0]);
}
