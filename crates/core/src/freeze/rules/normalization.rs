//! A normalization by constants behind a convolution or a dense layer goes into the weights:
//! ```text
//!   conv2d ──> batch_norm        s (x * w + b) + t  =  x * (s w) + (s b + t),   s, t one number for each output channel
//! ```

use gradus_kernels::Real;
use gradus_kernels::gemm::Activation;

use crate::freeze::graph::{Graph, Work};
use crate::tensor::Tensor;

pub(super) fn rule(graph: &mut Graph, at: usize) -> bool {
    let Some(maker) = graph.only_for(at, 0) else { return false };
    let Work::Scale { factors, offsets, activation } = &graph.nodes[at].work else { return false };
    let Work::Convolution { shape, weight, bias, activation: Activation::Identity } = &graph.nodes[maker].work else {
        return false;
    };
    if graph.nodes[maker].inputs.len() != 1 || shape.out_channels != factors.len() {
        return false;
    }
    let taps = weight.len() / factors.len().max(1);
    let scaled = Tensor::build(weight.shape(), |scaled| {
        for ((scaled, weight), factor) in
            scaled.chunks_mut(taps.max(1)).zip(weight.as_slice().chunks(taps.max(1))).zip(factors)
        {
            scaled.iter_mut().zip(weight).for_each(|(scaled, weight)| *scaled = weight * factor);
        }
    });
    let bias: Vec<Real> = match bias {
        Some(bias) => bias.iter().zip(factors).zip(offsets).map(|((b, factor), offset)| b * factor + offset).collect(),
        None => offsets.clone(),
    };
    let work = Work::Convolution { shape: *shape, weight: scaled, bias: Some(bias), activation: *activation };
    let inputs = graph.nodes[maker].inputs.clone();
    graph.join(maker, at, work, inputs);
    true
}
