//! What an op is, and how one is run.

use std::cell::Cell;
use std::fmt;

use smallvec::SmallVec;

use super::node::{Inputs, NodeRef};
use super::{outputs, profile, trace, watch};
use crate::freeze::Part;
use crate::tensor::{Shape, Tensor};

/// One gradient for each input, in order; `None` where the input needs none.
pub type InputGradients = SmallVec<[Option<Tensor>; 4]>;

/// A differentiable operation on tensors.
///
/// There is no default `backward`: an op that would silently cut the graph does not compile. What has no gradient
/// (an argmax, a selection by sorting) is a plain function on values, not an op.
///
/// `backward` is written with tensor operations, so that it can be recorded and differentiated again. Where a kernel does
/// it faster in one pass, it may be called when [`Pull::recorded`] is false.
pub trait Op: Send + Sync + Sized + 'static {
    /// The op's name in errors, printed graphs and profiles.
    const NAME: &'static str;

    /// What `forward` keeps for `backward`.
    type Saved: Send + Sync + 'static;

    /// The shape of the output, or what is wrong with the inputs' shapes and how to mend it.
    fn infer(&self, inputs: &[Shape]) -> Result<Shape, String>;

    /// The output's values. Inputs have passed `infer`, which gave `shape`.
    fn forward(&self, inputs: &[&Tensor], shape: Shape) -> (Tensor, Self::Saved);

    /// The gradients of the inputs, given that of the output.
    fn backward(&self, saved: &Self::Saved, pull: &Pull<'_>, grad: &Tensor) -> InputGradients;

    /// How many multiplications `forward` does, for the table of `inspect`.
    fn multiplies(&self, _inputs: &[Shape], _output: Shape) -> u64 {
        0
    }

    /// The window that slides over the picture, for receptive fields; `None` for an op without one.
    fn window(&self, _inputs: &[Shape]) -> Option<Window> {
        None
    }

    /// What the op is to a frozen plan, which may then join it with its neighbours. An op that says nothing runs there as it
    /// does here.
    fn part(&self, _inputs: &[Shape]) -> Part {
        Part::Unknown
    }
}

/// A window that slides over a picture; sizes are along height and width.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Taps of the kernel.
    pub kernel: [usize; 2],
    /// The distance of its taps.
    pub dilation: [usize; 2],
    /// Its step.
    pub stride: [usize; 2],
}

impl Window {
    /// The pixels that it spans, the holes of dilation included: [`effective_kernel`](crate::effective_kernel) of each axis.
    #[must_use]
    pub fn reach(&self) -> [usize; 2] {
        std::array::from_fn(|axis| crate::effective_kernel(self.kernel[axis], self.dilation[axis]))
    }
}

/// What `backward` may ask about the place where it runs.
pub struct Pull<'a> {
    pub(crate) node: &'a NodeRef,
    /// Whether this pass is itself recorded for a further derivative: then only tensor operations may be used.
    pub recorded: bool,
}

impl Pull<'_> {
    /// Whether the input at `place` needs a gradient at all.
    pub fn needs(&self, place: usize) -> bool {
        self.node.get().inputs()[place].is_some()
    }

    /// How many inputs the op was given.
    pub fn inputs(&self) -> usize {
        self.node.get().inputs().len()
    }

    /// The op's own output, saved without its graph (see [`Tensor::detached`]), joined to the graph again.
    #[must_use]
    pub fn output(&self, saved: &Tensor) -> Tensor {
        if self.recorded { saved.clone().joined(self.node.clone()) } else { saved.clone() }
    }
}

/// An op was given inputs whose shapes do not fit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct ShapeError {
    /// The op's name.
    pub op: &'static str,
    /// The path of the layer whose parameter takes part, where a network has named it.
    pub layer: Option<String>,
    /// What is wrong, both shapes, and the remedy.
    pub problem: String,
}

impl fmt::Display for ShapeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.layer {
            Some(layer) => write!(f, "{} (layer {layer}): {}", self.op, self.problem),
            None => write!(f, "{}: {}", self.op, self.problem),
        }
    }
}

/// Runs an op and records it if an input needs a gradient.
///
/// # Panics
/// When the shapes do not fit: a programming error, reported at the caller's line.
#[track_caller]
pub fn apply<O: Op>(op: O, inputs: &[&Tensor]) -> Tensor {
    match try_apply(op, inputs) {
        Ok(output) => output,
        Err(error) => raise(error, inputs),
    }
}

/// Says what is wrong with an op's inputs, for what must be known before the op can be made.
#[track_caller]
pub(crate) fn refuse(op: &'static str, inputs: &[&Tensor], problem: String) -> ! {
    raise(ShapeError { op, layer: layer_of(inputs), problem }, inputs)
}

#[track_caller]
fn raise(error: ShapeError, inputs: &[&Tensor]) -> ! {
    // In a dry run the error is an answer, not a crash: it goes to whoever asked, past the panic hook.
    if are_dry(inputs) {
        std::panic::resume_unwind(Box::new(error));
    }
    panic!("{error}");
}

/// [`apply`] with the error as a value.
pub fn try_apply<O: Op>(op: O, inputs: &[&Tensor]) -> Result<Tensor, ShapeError> {
    // What is the same for all ops is not in here, where it would be compiled once for each.
    let shapes = shapes_of(inputs);
    let shape = match op.infer(&shapes) {
        Ok(shape) => shape,
        Err(problem) => return Err(ShapeError { op: O::NAME, layer: layer_of(inputs), problem }),
    };
    if are_dry(inputs) {
        let output = Tensor::dry(shape);
        trace::note(op, inputs, &shapes, &output);
        return Ok(output);
    }
    let begun = profile::begin();
    let (output, saved) = op.forward(inputs, shape);
    profile::book(begun, O::NAME, profile::Direction::Forward);
    show(O::NAME, inputs, &output, shape);
    match nodes_of(inputs) {
        Some(nodes) => Ok(output.joined(NodeRef::record(op, saved, nodes, shape))),
        None => Ok(output),
    }
}

fn shapes_of(inputs: &[&Tensor]) -> SmallVec<[Shape; 4]> {
    inputs.iter().map(|input| input.shape()).collect()
}

fn are_dry(inputs: &[&Tensor]) -> bool {
    inputs.iter().any(|input| input.is_dry())
}

/// Shows an output to whoever looks at outputs.
fn show(name: &'static str, inputs: &[&Tensor], output: &Tensor, shape: Shape) {
    debug_assert_eq!(output.shape(), shape, "{name} gave another shape than it inferred");
    watch::look(name, output, inputs);
    outputs::note(name, output, inputs);
}

/// The inputs' nodes, where what is made of them is recorded.
fn nodes_of(inputs: &[&Tensor]) -> Option<Inputs> {
    let recorded = is_recording() && inputs.iter().any(|input| input.node().is_some());
    recorded.then(|| inputs.iter().map(|input| input.node().cloned()).collect())
}

/// The path of the layer that owns the first named parameter among the inputs: `features.0` of `features.0.weight`.
pub(super) fn layer_of(inputs: &[&Tensor]) -> Option<String> {
    let label = inputs.iter().find_map(|input| input.node()?.get().label())?;
    Some(label.rsplit_once('.').map_or(&*label, |(layer, _)| layer).to_owned())
}

thread_local! {
    static RECORDING: Cell<bool> = const { Cell::new(true) };
}

pub(crate) fn is_recording() -> bool {
    RECORDING.with(Cell::get)
}

/// Runs `f` with recording switched on or off on this thread, and puts back what was before, even after a panic.
pub(crate) fn with_recording<R>(recording: bool, f: impl FnOnce() -> R) -> R {
    struct Restore(bool);
    impl Drop for Restore {
        fn drop(&mut self) {
            RECORDING.with(|flag| flag.set(self.0));
        }
    }
    let _restore = Restore(RECORDING.with(|flag| flag.replace(recording)));
    f()
}

/// Runs `f` without recording a graph: for evaluation and for updates of parameters.
///
/// ```
/// use gradus_core::{no_grad, Tensor};
/// let w = Tensor::from([2.0]).requires_grad();
/// assert!(no_grad(|| w.mul(&w)).is_constant());
/// ```
pub fn no_grad<R>(f: impl FnOnce() -> R) -> R {
    with_recording(false, f)
}
