//! Batch, layer, group and local response normalization.

use gradus_core::nn::{Activation, BatchNorm, Context, Module};
use gradus_core::{ChannelStatistics, LocalResponse};

use crate::reference::{Family, OUTPUT};

#[test]
fn normalization_agrees_with_pytorch() {
    let mut f = Family::read("normalization");
    for shape in ["", " images", " sequences"] {
        for relu in [false, true] {
            let activation = if relu { Activation::Relu } else { Activation::Identity };
            let name = format!("batch_norm{shape}{}", if relu { " relu" } else { "" });
            f.case(&name, |x| x[0].batch_norm(&x[1], &x[2], 1e-5, None, activation).0);
            let name = format!("batch_norm{shape} eval{}", if relu { " relu" } else { "" });
            let [mean, variance] = ["mean", "var"].map(|what| f.tensor(&format!("{name}/running_{what}")).clone());
            let running = ChannelStatistics { mean, variance };
            f.case(&name, |x| x[0].batch_norm_by(&running, &x[1], &x[2], 1e-3, None, activation));
        }
        let x = f.tensor(&format!("batch_norm{shape}/input.0")).clone();
        let layer = BatchNorm::new(x.shape().last()).momentum(0.25);
        let _ = layer.forward(&x, &mut Context::train(1));
        f.compare(&format!("batch_norm{shape}/running_mean"), &layer.running_mean.get(), OUTPUT);
        f.compare(&format!("batch_norm{shape}/running_var"), &layer.running_var.get(), OUTPUT);
    }
    for (name, epsilon) in [("", 1e-5), (" rank 3", 1e-5), (" two axes", 1e-5), (" epsilon", 0.1)] {
        f.case(&format!("layer_norm{name}"), |x| x[0].layer_norm(&x[1], &x[2], epsilon));
    }
    for groups in [1, 2, 3, 6] {
        f.case(&format!("group_norm {groups}"), |x| x[0].group_norm(groups, &x[1], &x[2], 1e-5));
    }
    f.case("group_norm sequences", |x| x[0].group_norm(2, &x[1], &x[2], 1e-5));
    let constants = |size| LocalResponse { size, alpha: 0.5, beta: 0.75, k: 2.0 };
    for size in [5, 4, 1] {
        f.case(&format!("local_response_norm {size}"), |x| x[0].local_response_norm(constants(size)));
    }
    for size in [3, 2] {
        f.case(&format!("local_response_norm_in_map {size}"), |x| x[0].local_response_norm_in_map(constants(size)));
    }
    f.finish();
}
