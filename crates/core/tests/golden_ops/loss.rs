//! Losses.

use crate::reference::Family;

#[test]
fn losses_agree_with_pytorch() {
    let mut f = Family::read("loss");
    f.case("mse", |x| x[0].mse(&x[1]));
    f.case("quadratic", |x| x[0].quadratic(&x[1]));
    f.case("mae", |x| x[0].mae(&x[1]));
    for (label, size) in [("0.5", 0.5), ("1.0", 1.0)] {
        f.case(&format!("huber {label}"), |x| x[0].huber(&x[1], size));
        f.case(&format!("smooth_l1 {label}"), |x| x[0].smooth_l1(&x[1], size));
    }
    f.case("binary_cross_entropy", |x| x[0].binary_cross_entropy(&x[1]));
    f.case("binary_cross_entropy_with_logits", |x| x[0].binary_cross_entropy_with_logits(&x[1]));
    f.case("binary_cross_entropy_with_logits far", |x| x[0].binary_cross_entropy_with_logits(&x[1]));
    let target = f.tensor("hinge/target").clone();
    f.case("hinge", |x| x[0].hinge(&target));
    let target = f.tensor("kl_divergence/target").clone();
    f.case("kl_divergence", |x| x[0].kl_divergence(&target));
    f.case_with("nll", |x, labels| x[0].nll(labels));
    f.case_with("cross_entropy", |x, labels| x[0].cross_entropy(labels));
    f.case_with("cross_entropy wide", |x, labels| x[0].cross_entropy(labels));
    f.case_with("cross_entropy far rows", |x, labels| x[0].cross_entropy(labels));
    f.finish();
}
