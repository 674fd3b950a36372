//! Gradients: how a number changes when what it was computed from changes.

use gradus::prelude::*;

fn main() {
    // y = sum of x^3: its gradient is 3 x^2.
    let x = Tensor::from([1.0, 2.0, 3.0]).requires_grad();
    let y = x.mul(&x).mul(&x).sum();
    println!("x = {x}, y = {y}");

    // What was recorded on the way, and the way back over it.
    println!("\nthe graph:\n{}", y.graph());
    let slope = grad(&y, &[&x], true).remove(0);
    println!("dy/dx = {slope}");

    // The gradient was recorded too, so it has a gradient of its own: 6 x.
    let curvature = grad(&slope.sum(), &[&x], false).remove(0);
    println!("d2y/dx2 = {curvature}");

    // Going downhill: the least value of (x - 2)^2 is at 2.
    let mut place = Tensor::from([-1.0]);
    for _ in 0..50 {
        let x = place.requires_grad();
        let gradients = x.shift(-2.0).square().sum().backward();
        place = no_grad(|| x.sub(&gradients.get(&x).expect("y depends on x").scale(0.1))).detached();
    }
    println!("\nthe least (x - 2)^2 is at {place}");
}
