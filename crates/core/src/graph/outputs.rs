//! Looking at what ops give while a network runs, without changing the network.

use std::cell::{Cell, RefCell};

use super::op::layer_of;
use crate::tensor::Tensor;

/// The output of an op that [`outputs_of`] was asked for.
#[derive(Clone)]
pub struct OpOutput {
    /// The op's name.
    pub op: &'static str,
    /// The path of the last layer with named parameters that ran before it or as it.
    pub layer: Option<String>,
    /// What it gave, without a graph.
    pub output: Tensor,
}

struct Watch {
    names: Vec<String>,
    layer: Option<String>,
    seen: Vec<OpOutput>,
}

thread_local! {
    static ON: Cell<bool> = const { Cell::new(false) };
    static WATCH: RefCell<Option<Watch>> = const { RefCell::new(None) };
}

/// Runs `f` and returns, besides its result, what the ops of these names gave, in the order in which they ran.
///
/// ```
/// use gradus_core::{outputs_of, Tensor};
/// let (_, seen) = outputs_of(&["relu"], || Tensor::from([-1.0, 2.0]).relu().scale(3.0));
/// assert_eq!(seen[0].output.to_vec(), [0.0, 2.0]);
/// ```
pub fn outputs_of<R>(names: &[&str], f: impl FnOnce() -> R) -> (R, Vec<OpOutput>) {
    /// Puts back what was watched before, even after a panic.
    struct Restore(Option<Watch>);
    impl Drop for Restore {
        fn drop(&mut self) {
            let outer = self.0.take();
            ON.set(outer.is_some());
            WATCH.with(|watch| watch.replace(outer));
        }
    }
    let fresh = Watch { names: names.iter().map(|&name| name.to_owned()).collect(), layer: None, seen: Vec::new() };
    let _restore = Restore(WATCH.with(|watch| watch.replace(Some(fresh))));
    ON.set(true);
    let result = f();
    let seen = WATCH.with(|watch| watch.borrow_mut().take()).map_or_else(Vec::new, |watch| watch.seen);
    (result, seen)
}

/// Notes an op that ran, while someone watches.
pub(super) fn note(op: &'static str, output: &Tensor, inputs: &[&Tensor]) {
    if !ON.get() {
        return;
    }
    WATCH.with(|watch| {
        if let Some(watch) = watch.borrow_mut().as_mut() {
            watch.layer = layer_of(inputs).or(watch.layer.take());
            if watch.names.iter().any(|name| name == op) {
                watch.seen.push(OpOutput { op, layer: watch.layer.clone(), output: output.detached() });
            }
        }
    });
}
