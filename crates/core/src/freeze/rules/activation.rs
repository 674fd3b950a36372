//! An activation is done along with the work before it:
//! ```text
//!   conv2d | linear | batch_norm | add ──> relu | relu6 | silu | hard_swish | sigmoid | hard_sigmoid
//! ```

use gradus_kernels::gemm::Activation;

use crate::freeze::graph::{Graph, Work};
use crate::freeze::part::Part;

pub(super) fn rule(graph: &mut Graph, at: usize) -> bool {
    let Work::Part(Part::Activation(function)) = graph.nodes[at].work else { return false };
    let Some(maker) = graph.only_for(at, 0) else { return false };
    let node = &mut graph.nodes[maker];
    match &mut node.work {
        Work::Convolution { activation, .. } | Work::Scale { activation, .. } | Work::Sum(activation)
            if *activation == Activation::Identity =>
        {
            *activation = function;
        }
        _ => return false,
    }
    let work = std::mem::replace(&mut node.work, Work::Gone);
    let inputs = node.inputs.clone();
    graph.join(maker, at, work, inputs);
    true
}
