//! Putting together and taking apart.

use gradus_core::Tensor;

use crate::reference::Family;

#[test]
fn structure_agrees_with_pytorch() {
    let mut f = Family::read("structure");
    for axis in 0..3 {
        f.case(&format!("concat {axis}"), |x| Tensor::concat(&[&x[0], &x[1], &x[2]], axis));
        f.case(&format!("narrow {axis}"), |x| x[0].narrow(axis, 1, 2));
        f.case(&format!("stack {axis}"), |x| Tensor::stack(&[&x[0], &x[1]], axis));
    }
    f.case("pad", |x| x[0].pad(&[[4, 0], [0, 3], [1, 2]], 0.5));
    f.finish();
}
