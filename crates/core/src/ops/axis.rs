//! Ops along one axis, which are written for the last.

use smallvec::SmallVec;

use crate::graph::refuse;
use crate::tensor::Tensor;

/// Calls `op` on the tensor with `axis` moved to the end, and moves that back in what it gives.
#[track_caller]
pub(crate) fn at_the_end(name: &'static str, x: &Tensor, axis: usize, op: impl FnOnce(&Tensor) -> Tensor) -> Tensor {
    check(name, x, axis);
    let last = x.rank() - 1;
    if axis == last {
        return op(x);
    }
    let order: SmallVec<[usize; 8]> = (0..=last).filter(|place| *place != axis).chain([axis]).collect();
    let back: SmallVec<[usize; 8]> = (0..axis).chain([last]).chain(axis..last).collect();
    op(&x.permute(&order)).permute(&back)
}

/// Refuses an axis that the tensor has not, or one without elements.
#[track_caller]
pub(crate) fn check(name: &'static str, x: &Tensor, axis: usize) {
    if axis >= x.rank() {
        refuse(name, &[x], format!("there is no axis {axis}; input {}; axes count from 0", x.shape()));
    }
    if x.shape()[axis] == 0 {
        refuse(
            name,
            &[x],
            format!("axis {axis} is empty; input {}; nothing has no largest and no sum of exponentials", x.shape()),
        );
    }
}
