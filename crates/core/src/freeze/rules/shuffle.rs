//! Channels shuffled behind a concatenation come out by turns at once:
//! ```text
//!   concat of g tensors [.., c] ──> reshape [.., g, c] ──> permute [.., c, g]        element by element from each
//! ```

use crate::freeze::graph::{Graph, Work};
use crate::freeze::part::Part;
use crate::tensor::Shape;

pub(super) fn rule(graph: &mut Graph, at: usize) -> bool {
    let Work::Part(Part::Permute(order)) = &graph.nodes[at].work else { return false };
    let Some(outer) = order.len().checked_sub(2) else { return false };
    if !order.iter().enumerate().all(|(axis, from)| *from == if axis < outer { axis } else { 2 * outer + 1 - axis }) {
        return false;
    }
    let is =
        |place: usize, wanted: fn(&Part) -> bool| matches!(&graph.nodes[place].work, Work::Part(part) if wanted(part));
    let Some(reshape) = graph.only_for(at, 0).filter(|place| is(*place, |part| matches!(part, Part::Reshape))) else {
        return false;
    };
    let Some(concat) = graph.only_for(reshape, 0) else { return false };
    let Work::Part(Part::Concat { axis }) = graph.nodes[concat].work else { return false };
    let (groups, run) = (graph.nodes[reshape].shape[outer], graph.nodes[reshape].shape[outer + 1]);
    let inputs = graph.nodes[concat].inputs.clone();
    let fits = |shape: Shape| shape.rank() == axis + 1 && shape[axis] == run;
    if inputs.len() != groups || !inputs.iter().all(|input| fits(graph.shape_of(input))) {
        return false;
    }
    graph.join(concat, reshape, Work::Interleave, inputs.clone());
    graph.join(reshape, at, Work::Interleave, inputs);
    true
}
