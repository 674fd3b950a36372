//! What recomputing saves. A program of its own: the count is the process's.

use gradus_core::nn::{Activation, Context, Linear, Module, Recompute, Sequential};
use gradus_core::{Rng, Tensor, memory_use, reset_peak};

/// Four blocks of three layers, each block recomputed or not.
fn net(recompute: bool) -> Sequential {
    let rng = &mut Rng::new(1);
    let mut net = Sequential::new();
    for _ in 0..4 {
        let mut block = Sequential::new();
        for _ in 0..3 {
            block = block.add(Linear::new(32, 32).init(rng)).add(Activation::Silu);
        }
        net = if recompute { net.add(Recompute::new(block)) } else { net.add(block) };
    }
    net
}

/// What the graph keeps after a forward pass, and the most that was held until the end of the backward pass, in bytes.
fn memory(recompute: bool) -> [usize; 2] {
    let (net, x) = (net(recompute), Tensor::randn([1000, 32], &mut Rng::new(2)));
    let before = memory_use().live;
    reset_peak();
    let loss = net.forward(&x, &mut Context::train(1)).sum();
    let kept = memory_use().live - before;
    let _ = loss.backward();
    [kept, memory_use().peak - before]
}

#[test]
fn only_the_inputs_of_blocks_are_kept_and_the_inside_of_one() {
    let map = 1000 * 32 * size_of::<gradus_core::Real>();
    let ([all, all_peak], [inputs, peak]) = (memory(false), memory(true));
    // Two maps for each of twelve layers; against four inputs, one of which is there before.
    assert!(all > 20 * map, "{all} bytes");
    assert!(inputs < 6 * map, "{inputs} bytes");
    // The inputs, one block, and gradients.
    assert!(peak * 2 < all_peak, "at most {peak} bytes against {all_peak}");
}
