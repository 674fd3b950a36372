//! What a network's work takes at least, counted from its graph.
//!
//! Operations are those of products and convolutions done directly, two for each multiplication; a training step has three
//! passes of them. Bytes are what must come from or go to memory, or the cache that holds it all, where what passes from one op to
//! the next stays nearer: each weight is read once; in a training step it is also written, as is its velocity, and what each
//! product and convolution gives is written and read again by the backward pass.

use bench_common::Cost;
use gradus::prelude::*;
use gradus::{TracedOp, nn};

/// Products and convolutions of a forward pass.
fn trace(net: &dyn Module, shape: &[usize]) -> Vec<TracedOp> {
    let forward = |x: &Tensor| net.forward(x, &mut Context::eval());
    let mut ops = dry_run(shape, forward).expect("the network fits its input");
    ops.retain(|op| {
        op.name.starts_with("conv") && !op.name.contains("concat") || op.name == "linear" || op.name == "matmul"
    });
    ops
}

fn multiplies(ops: &[TracedOp]) -> f64 {
    ops.iter().map(|op| op.multiplies as f64).sum()
}

/// One forward pass.
pub fn inference(net: &dyn Module, shape: &[usize]) -> Cost {
    let ops = trace(net, shape);
    let numbers = nn::parameter_count(net) + shape.iter().product::<usize>();
    Cost { operations: 2.0 * multiplies(&ops), bytes: 4.0 * numbers as f64 }
}

/// Forward, backward and update; `states` are the numbers that the optimizer keeps for each weight.
pub fn training(net: &dyn Module, shape: &[usize], states: usize) -> Cost {
    let ops = trace(net, shape);
    let kept: usize = ops.iter().map(|op| op.output.iter().product::<usize>()).sum();
    // The first layer's input needs no gradient.
    let first = ops.first().map_or(0.0, |op| op.multiplies as f64);
    let parameters = nn::parameter_count(net);
    let numbers = 2 * parameters + 2 * states * parameters + 2 * kept + shape.iter().product::<usize>();
    Cost { operations: 2.0 * (3.0 * multiplies(&ops) - first), bytes: 4.0 * numbers as f64 }
}
