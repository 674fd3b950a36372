//! Dry runs: a forward pass on shapes alone, which checks a network and lists what it would do.

use std::cell::RefCell;
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use smallvec::SmallVec;

use super::op::{Op, ShapeError, Window, no_grad};
use crate::tensor::{Shape, Tensor};

/// An op that a dry run met.
#[derive(Clone, Debug)]
pub struct TracedOp {
    /// The op's name.
    pub name: &'static str,
    /// The path of the layer whose parameters take part, where there is one.
    pub layer: Option<String>,
    /// The places, in the list of traced ops, of those that made its inputs; the network's own input is not in the list.
    pub sources: Vec<usize>,
    /// Whether it takes the network's own input.
    pub takes_input: bool,
    /// Elements of the parameters that take part.
    pub parameters: usize,
    /// The output's shape.
    pub output: Shape,
    /// Multiplications of the forward pass.
    pub multiplies: u64,
    /// The window that slides over the picture, if the op has one.
    pub window: Option<Window>,
}

#[derive(Default)]
struct Trace {
    ops: Vec<TracedOp>,
    made_by: HashMap<u64, usize>,
}

thread_local! {
    static TRACE: RefCell<Option<Trace>> = const { RefCell::new(None) };
}

/// Runs `forward` on a tensor of `shape` that has no values, and lists the ops it went through.
///
/// Nothing is computed: this takes microseconds for any network. A shape that does not fit comes back as an error that
/// names the layer.
///
/// ```
/// use gradus_core::{dry_run, Tensor};
/// let weight = Tensor::zeros([10, 784]).requires_grad();
/// let ops = dry_run([32, 784], |x| x.linear(&weight, None)).unwrap();
/// assert_eq!(&*ops[0].output, [32, 10]);
/// let error = dry_run([32, 700], |x| x.linear(&weight, None)).unwrap_err();
/// assert!(error.to_string().contains("700"));
/// ```
pub fn dry_run(shape: impl Into<Shape>, forward: impl FnOnce(&Tensor) -> Tensor) -> Result<Vec<TracedOp>, ShapeError> {
    let input = Tensor::dry(shape.into());
    let outer = TRACE.with(|trace| trace.replace(Some(Trace::default())));
    let outcome = catch_unwind(AssertUnwindSafe(|| no_grad(|| forward(&input))));
    let trace = TRACE.with(|trace| trace.replace(outer)).unwrap_or_default();
    match outcome {
        Ok(_) => Ok(trace.ops),
        Err(cause) => match cause.downcast::<ShapeError>() {
            Ok(error) => Err(*error),
            Err(cause) => resume_unwind(cause),
        },
    }
}

/// Notes an op of a dry run.
pub(super) fn note<O: Op>(op: &O, inputs: &[&Tensor], shapes: &[Shape], output: &Tensor, layer: Option<String>) {
    TRACE.with(|trace| {
        let mut trace = trace.borrow_mut();
        let Some(trace) = trace.as_mut() else { return };
        let ids: SmallVec<[u64; 4]> = inputs.iter().filter_map(|input| input.node().map(super::NodeRef::id)).collect();
        let made = |input: &Tensor| input.node().is_some_and(|node| trace.made_by.contains_key(&node.id()));
        let takes_input = inputs.iter().any(|input| input.is_dry() && !made(input));
        let sources = ids.iter().filter_map(|id| trace.made_by.get(id).copied()).collect();
        let parameters =
            inputs.iter().filter(|input| !input.is_dry() && !input.is_constant()).map(|input| input.len()).sum();
        if let Some(node) = output.node() {
            trace.made_by.insert(node.id(), trace.ops.len());
        }
        let (multiplies, window) = (op.multiplies(shapes, output.shape()), op.window(shapes));
        trace.ops.push(TracedOp {
            name: O::NAME,
            layer,
            sources,
            takes_input,
            parameters,
            output: output.shape(),
            multiplies,
            window,
        });
    });
}
