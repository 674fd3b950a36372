//! The mean over a picture, written as a sum and a scaling, is a pooling:
//! ```text
//!   sum over height and width, kept ──> affine 1 / (h w)        one average window over all
//! ```

use gradus_kernels::Real;
use gradus_kernels::pool::{PoolShape, Window};

use crate::freeze::graph::{Graph, Work};
use crate::freeze::part::Part;

/// Height and width, one bit each.
const PICTURE: u8 = 0b110;

pub(super) fn rule(graph: &mut Graph, at: usize) -> bool {
    let Work::Part(Part::Affine { factor, offset: 0.0 }) = graph.nodes[at].work else { return false };
    let Some(maker) = graph.only_for(at, 0) else { return false };
    let Work::Part(Part::Sum { axes: PICTURE }) = graph.nodes[maker].work else { return false };
    let inputs = graph.nodes[maker].inputs.clone();
    let [batch, in_height, in_width, channels] = graph.shape_of(&inputs[0])[..] else { return false };
    if factor != 1.0 / (in_height * in_width) as Real {
        return false;
    }
    let [rows, columns] = [Window::Adaptive { count: 1 }; 2];
    let pool = PoolShape { batch, in_height, in_width, channels, rows, columns };
    graph.join(maker, at, Work::Part(Part::AveragePool(pool, false)), inputs);
    true
}
