//! Finding the op that made the first number that is not finite.

use std::cell::RefCell;

use super::op::{layer_of, no_grad};
use crate::tensor::Tensor;

thread_local! {
    static WATCH: RefCell<Watch> = const { RefCell::new(Watch::Off) };
}

enum Watch {
    Off,
    Looking,
    Found(String),
}

/// Runs `forward` and names the first op, with its layer, whose output has a number that is not finite.
pub(crate) fn first_non_finite_op(forward: impl FnOnce() -> Tensor) -> Option<String> {
    WATCH.with(|watch| watch.replace(Watch::Looking));
    let _ = no_grad(forward);
    match WATCH.with(|watch| watch.replace(Watch::Off)) {
        Watch::Found(name) => Some(name),
        Watch::Off | Watch::Looking => None,
    }
}

/// Looks at an op's output, while somebody is looking.
pub(super) fn look(name: &str, output: &Tensor, inputs: &[&Tensor]) {
    WATCH.with(|watch| {
        let looking = matches!(*watch.borrow(), Watch::Looking);
        if looking && !output.is_finite() {
            let layer = layer_of(inputs).map_or_else(String::new, |layer| format!(" (layer {layer})"));
            *watch.borrow_mut() = Watch::Found(format!("{name}{layer}"));
        }
    });
}
