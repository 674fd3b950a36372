//! Arithmetic, matrix products, sums, shapes.

use crate::reference::Family;

#[test]
fn algebra_agrees_with_pytorch() {
    let mut f = Family::read("algebra");
    for size in ["", " row", " column", " scalar"] {
        f.case(&format!("add{size}"), |x| x[0].add(&x[1]));
        f.case(&format!("sub{size}"), |x| x[0].sub(&x[1]));
        f.case(&format!("mul{size}"), |x| x[0].mul(&x[1]));
    }
    for size in ["", " row", " column"] {
        f.case(&format!("div{size}"), |x| x[0].div(&x[1]));
    }
    f.case("scale", |x| x[0].scale(2.5));
    f.case("matmul", |x| x[0].matmul(&x[1]));
    f.case("matmul left transposed", |x| x[0].matmul_with(true, &x[1], false));
    f.case("matmul right transposed", |x| x[0].matmul_with(false, &x[1], true));
    f.case("matmul both transposed", |x| x[0].matmul_with(true, &x[1], true));
    f.case("matmul batch", |x| x[0].matmul(&x[1]));
    f.case("matmul one right", |x| x[0].matmul(&x[1]));
    f.case("matmul one left", |x| x[0].matmul(&x[1]));
    f.case("linear", |x| x[0].linear(&x[1], Some(&x[2])));
    f.case("linear no bias", |x| x[0].linear(&x[1], None));
    f.case("linear rank 3", |x| x[0].linear(&x[1], Some(&x[2])));
    f.case("sum", |x| x[0].sum());
    f.case("mean", |x| x[0].mean());
    for (label, axes) in
        [("0", &[0][..]), ("1", &[1]), ("2", &[2]), ("02", &[0, 2]), ("12", &[1, 2]), ("012", &[0, 1, 2])]
    {
        f.case(&format!("sum {label}"), |x| x[0].sum_axes(axes));
        f.case(&format!("mean {label}"), |x| x[0].mean_axes(axes));
    }
    f.case("permute", |x| x[0].permute(&[2, 0, 1]));
    f.case("reshape", |x| x[0].reshape([5, 21]));
    f.case("broadcast", |x| x[0].broadcast_to([3, 5, 7]));
    f.finish();
}
