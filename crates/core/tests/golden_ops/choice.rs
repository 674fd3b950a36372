//! What picks, bounds and compares, and what works along an axis.

use gradus_core::Tensor;

use crate::reference::Family;

type Along = fn(&Tensor, usize) -> Tensor;

#[test]
fn choices_agree_with_pytorch() {
    let mut f = Family::read("choice");
    f.case("step", |x| x[0].step());
    f.case("sign", |x| x[0].sign());
    f.case("sin", |x| x[0].sin());
    f.case("cos", |x| x[0].cos());
    f.case("clamp", |x| x[0].clamp(-1.0, 0.5));
    f.case("powf 3", |x| x[0].powf(3.0));
    f.case("powf 0", |x| x[0].powf(0.0));
    f.case("powf -1.5", |x| x[0].powf(-1.5));
    for size in ["", " column", " of equals"] {
        f.case(&format!("maximum{size}"), |x| x[0].maximum(&x[1]));
        f.case(&format!("minimum{size}"), |x| x[0].minimum(&x[1]));
    }
    let along: [(&str, Along); 5] = [
        ("softmax", Tensor::softmax),
        ("log_softmax", Tensor::log_softmax),
        ("logsumexp", Tensor::logsumexp),
        ("max_axis", Tensor::max_axis),
        ("min_axis", Tensor::min_axis),
    ];
    for (name, op) in along {
        for axis in 0..3 {
            f.case(&format!("{name} {axis}"), |x| op(&x[0], axis));
        }
    }
    for (name, op) in &along[..3] {
        f.case(&format!("{name} far"), |x| op(&x[0], 1));
    }
    f.case_with("pick", |x, places| x[0].pick(places));
    f.case_with("gather_rows", |x, words| x[0].gather_rows(words));
    f.case("prelu", |x| x[0].prelu(&x[1]));
    f.case("prelu one", |x| x[0].prelu(&x[1]));
    f.finish();
}
