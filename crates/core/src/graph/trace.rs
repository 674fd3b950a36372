//! Dry runs: a forward pass on shapes alone, which checks a network and lists what it would do.

use std::cell::RefCell;
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use smallvec::SmallVec;

use super::op::{Op, ShapeError, Window, layer_of, no_grad};
use crate::freeze::Part;
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

/// An op, kept so that it can be run again.
pub(crate) struct KeptOp {
    pub part: Part,
    pub inputs: Vec<Operand>,
    pub op: Box<dyn Rerun>,
}

/// Where an input of a kept op comes from.
pub(crate) enum Operand {
    /// The network's own input.
    Input,
    /// The op of this place in the list.
    Op(usize),
    /// A parameter or another constant.
    Constant(Tensor),
    /// Something made from the input in a way that no op tells.
    Lost,
}

/// Any op, for running it without a graph.
pub(crate) trait Rerun: Send + Sync {
    fn rerun(&self, inputs: &[&Tensor], shape: Shape) -> Tensor;
}

impl<O: Op> Rerun for O {
    fn rerun(&self, inputs: &[&Tensor], shape: Shape) -> Tensor {
        self.forward(inputs, shape).0
    }
}

/// What [`record`] saw: the ops as a dry run lists them, the same to be run again, and where the output comes from.
pub(crate) struct Recording {
    pub ops: Vec<TracedOp>,
    pub kept: Vec<KeptOp>,
    pub output: Operand,
}

#[derive(Default)]
struct Trace {
    ops: Vec<TracedOp>,
    made_by: HashMap<u64, usize>,
    /// The node of the network's input.
    input: Option<u64>,
    kept: Option<Vec<KeptOp>>,
}

impl Trace {
    fn operand(&self, tensor: &Tensor) -> Operand {
        if !tensor.is_dry() {
            return Operand::Constant(tensor.detached());
        }
        match tensor.node().map(super::NodeRef::id) {
            Some(id) if self.input == Some(id) => Operand::Input,
            Some(id) => self.made_by.get(&id).map_or(Operand::Lost, |place| Operand::Op(*place)),
            None => Operand::Lost,
        }
    }
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
    traced(shape.into(), false, forward).map(|(trace, _)| trace.ops)
}

/// [`dry_run`], with all that is needed to run the same ops again.
pub(crate) fn record(shape: Shape, forward: impl FnOnce(&Tensor) -> Tensor) -> Result<Recording, ShapeError> {
    let (mut trace, output) = traced(shape, true, forward)?;
    let (output, kept) = (trace.operand(&output), trace.kept.take().unwrap_or_default());
    Ok(Recording { ops: trace.ops, kept, output })
}

fn traced(shape: Shape, keep: bool, forward: impl FnOnce(&Tensor) -> Tensor) -> Result<(Trace, Tensor), ShapeError> {
    let input = Tensor::dry(shape);
    let id = input.node().map(super::NodeRef::id);
    let fresh = Trace { input: id, kept: keep.then(Vec::new), ..Trace::default() };
    let outer = TRACE.with(|trace| trace.replace(Some(fresh)));
    let outcome = catch_unwind(AssertUnwindSafe(|| no_grad(|| forward(&input))));
    let trace = TRACE.with(|trace| trace.replace(outer)).unwrap_or_default();
    match outcome {
        Ok(output) => Ok((trace, output)),
        Err(cause) => match cause.downcast::<ShapeError>() {
            Ok(error) => Err(*error),
            Err(cause) => resume_unwind(cause),
        },
    }
}

/// Notes an op of a dry run.
pub(super) fn note<O: Op>(op: O, inputs: &[&Tensor], shapes: &[Shape], output: &Tensor) {
    let Some(keep) = TRACE.with_borrow(|trace| trace.as_ref().map(|trace| trace.kept.is_some())) else { return };
    let (multiplies, window) = (op.multiplies(shapes, output.shape()), op.window(shapes));
    let kept = keep.then(|| (op.part(shapes), Box::new(op) as Box<dyn Rerun>));
    add(Met { name: O::NAME, multiplies, window, kept }, inputs, output);
}

/// What an op says of itself.
struct Met {
    name: &'static str,
    multiplies: u64,
    window: Option<Window>,
    /// Itself and its part in a frozen plan, where ops are kept.
    kept: Option<(Part, Box<dyn Rerun>)>,
}

fn add(met: Met, inputs: &[&Tensor], output: &Tensor) {
    TRACE.with(|trace| {
        let mut trace = trace.borrow_mut();
        let Some(trace) = trace.as_mut() else { return };
        let ids: SmallVec<[u64; 4]> = inputs.iter().filter_map(|input| input.node().map(super::NodeRef::id)).collect();
        let made = |input: &Tensor| input.node().is_some_and(|node| trace.made_by.contains_key(&node.id()));
        let takes_input = inputs.iter().any(|input| input.is_dry() && !made(input));
        let sources = ids.iter().filter_map(|id| trace.made_by.get(id).copied()).collect();
        let parameters =
            inputs.iter().filter(|input| !input.is_dry() && !input.is_constant()).map(|input| input.len()).sum();
        let operands: Vec<Operand> = inputs.iter().map(|input| trace.operand(input)).collect();
        if let Some(node) = output.node() {
            trace.made_by.insert(node.id(), trace.ops.len());
        }
        trace.ops.push(TracedOp {
            name: met.name,
            layer: layer_of(inputs),
            sources,
            takes_input,
            parameters,
            output: output.shape(),
            multiplies: met.multiplies,
            window: met.window,
        });
        if let (Some(kept), Some((part, op))) = (trace.kept.as_mut(), met.kept) {
            kept.push(KeptOp { part, inputs: operands, op });
        }
    });
}
