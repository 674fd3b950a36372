//! Convolutions whose results are concatenated along the channels write them side by side, and nothing is copied:
//! ```text
//!   conv2d ──┐                         [ conv2d | conv2d ]
//!            concat                       pixels of both
//!   conv2d ──┘
//! ```
//! SqueezeNet's and GoogLeNet's modules end like this. Where something else is concatenated too, be it a convolution in groups or one that
//! adds a residual path, all is copied.

use super::graph::{Graph, Node, Work};
use super::part::Part;

/// Whether a node concatenates the channels of convolutions that nobody else reads.
pub(super) fn applies(graph: &Graph, at: usize) -> bool {
    let node = &graph.nodes[at];
    let Work::Part(Part::Concat { axis }) = node.work else { return false };
    // Kernels of an f64 build fill whole pixels, as depthwise ones do.
    !cfg!(real64)
        && axis + 1 == node.shape.rank()
        && (0..node.inputs.len()).all(|input| {
            graph.only_for(at, input).is_some_and(|maker| {
                let Node { work, inputs, .. } = &graph.nodes[maker];
                matches!(work, Work::Convolution { shape, .. } if shape.groups == 1) && inputs.len() == 1
            })
        })
}
