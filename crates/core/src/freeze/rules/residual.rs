//! What is added to the result of a convolution is added before it leaves the cache:
//! ```text
//!   conv2d ──┐
//!            add        activation comes behind it, by the rule for activations
//!   x ───────┘
//! ```
//! Of two convolutions that are added, the later takes in the sum; the other's result is then ready.

use gradus_kernels::gemm::Activation;

use crate::freeze::graph::{Graph, Work};

pub(super) fn rule(graph: &mut Graph, at: usize) -> bool {
    let Work::Sum(activation) = graph.nodes[at].work else { return false };
    let is_open = |maker: &usize| {
        let node = &graph.nodes[*maker];
        node.inputs.len() == 1 && matches!(node.work, Work::Convolution { activation: Activation::Identity, .. })
    };
    let makers = [0, 1].map(|input| graph.only_for(at, input).filter(is_open));
    let Some(side) = [0, 1].into_iter().filter(|side| makers[*side].is_some()).max_by_key(|side| makers[*side]) else {
        return false;
    };
    let Some(maker) = makers[side] else { return false };
    let Work::Convolution { shape, weight, bias, .. } = &graph.nodes[maker].work else { return false };
    let work = Work::Convolution { shape: *shape, weight: weight.clone(), bias: bias.clone(), activation };
    let inputs = vec![graph.nodes[maker].inputs[0].clone(), graph.nodes[at].inputs[1 - side].clone()];
    graph.join(maker, at, work, inputs);
    true
}
