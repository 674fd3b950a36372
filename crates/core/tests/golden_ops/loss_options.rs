//! Losses of classifiers with options.

use gradus_core::{CrossEntropyOptions, Real};

use crate::reference::Family;

#[test]
fn losses_with_options_agree_with_pytorch() {
    let mut f = Family::read("loss_options");
    let weights: [Real; 7] = [0.5, 1.0, 2.0, 0.25, 1.0, 0.0, 3.0];
    let plain = CrossEntropyOptions::default;
    for (name, options) in [
        ("smoothing", plain().label_smoothing(0.1)),
        ("weights", plain().class_weights(weights)),
        ("ignored", plain().ignore(6)),
        ("sum", plain().summed()),
        ("all", plain().label_smoothing(0.2).class_weights(weights).ignore(0)),
    ] {
        f.case_with(&format!("cross_entropy {name}"), |x, labels| x[0].cross_entropy_with(labels, &options));
    }
    f.case("soft_cross_entropy", |x| x[0].soft_cross_entropy(&x[1]));
    f.case_with("multi_margin", |x, labels| x[0].multi_margin(labels, 1.0));
    f.case_with("multi_margin 0.3", |x, labels| x[0].multi_margin(labels, 0.3));
    f.case_with("squared_multi_margin", |x, labels| x[0].squared_multi_margin(labels, 1.0));
    f.finish();
}
