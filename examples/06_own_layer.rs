//! A layer of one's own: a dense layer whose input goes around it (a residual connection).

use gradus::nn::{name_parameters, state};
use gradus::prelude::*;

struct Residual {
    inner: Linear,
    /// How much of the inner layer is added: learnt too.
    share: Parameter,
}

// The fields that have parameters, then the forward pass. The paths of parameters are the names of the fields.
module!(
    Residual { inner, share } | layer,
    x,
    cx | {
        let change = layer.inner.forward(x, cx).tanh();
        x.add(&change.mul(&layer.share))
    }
);

fn main() {
    let mut rng = Rng::new(1);
    let layer = Residual { inner: Linear::new(4, 4).init(&mut rng), share: Parameter::new(&Tensor::from([0.1])) };
    for (path, tensor) in state(&layer) {
        println!("{path:<14} {}", tensor.shape());
    }
    let x = Tensor::randn([2, 4], &mut rng);
    println!("\nx\n{x}\n\nlayer(x)\n{}", layer.forward(&x, &mut Context::eval()));

    // A dry run checks the shapes without computing anything, and names the layer that is wrong.
    name_parameters(&layer);
    let wrong = dry_run([2, 5], |x| layer.forward(x, &mut Context::eval()));
    println!("\nwith five inputs: {}", wrong.expect_err("the layer takes four"));
}
