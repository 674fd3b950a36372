//! The ops of a network as a list in which rules look for patterns. A node reads the input, constants, and earlier nodes.

use gradus_kernels::Real;
use gradus_kernels::conv::ConvShape;
use gradus_kernels::gemm::Activation;

use super::part::Part;
use crate::graph::{Operand, Recording, Rerun, ShapeError};
use crate::tensor::{Shape, Tensor};

pub(super) struct Graph {
    pub input: Shape,
    pub nodes: Vec<Node>,
    pub output: Source,
}

#[derive(Clone)]
pub(super) enum Source {
    Input,
    Node(usize),
    Constant(Tensor),
}

pub(super) struct Node {
    pub work: Work,
    pub inputs: Vec<Source>,
    pub shape: Shape,
    /// The ops that it stands for, in their order.
    pub ops: Vec<&'static str>,
    pub layer: Option<String>,
    pub multiplies: u64,
    /// The op, until another has taken it in.
    pub op: Box<dyn Rerun>,
}

/// What a node does.
pub(super) enum Work {
    /// Nothing any more: another node has taken it in.
    Gone,
    /// activation(x * weight + bias), or with two inputs activation(x * weight + bias + residual).
    Convolution { shape: ConvShape, weight: Tensor, bias: Option<Vec<Real>>, activation: Activation },
    /// activation(factor x + offset) of each channel.
    Scale { factors: Vec<Real>, offsets: Vec<Real>, activation: Activation },
    /// activation(x + y), of equal shapes.
    Sum(Activation),
    /// x\[b, h, w, c] y\[b, 1, 1, c].
    Gate,
    /// Elements of each input by turns.
    Interleave,
    /// As the op has said.
    Part(Part),
}

impl Graph {
    /// # Errors
    /// When a tensor's way from the input cannot be followed.
    pub fn of(recording: Recording, input: Shape) -> Result<Self, ShapeError> {
        let Recording { ops, kept, output } = recording;
        let shapes: Vec<Shape> = ops.iter().map(|op| op.output).collect();
        let mut nodes = Vec::with_capacity(ops.len());
        for (traced, kept) in ops.into_iter().zip(kept) {
            let inputs: Option<Vec<Source>> = kept.inputs.into_iter().map(source).collect();
            let inputs = inputs.ok_or_else(|| lost(traced.name, traced.layer.clone()))?;
            let sizes: Vec<Shape> = inputs
                .iter()
                .map(|source| match source {
                    Source::Input => input,
                    Source::Node(place) => shapes[*place],
                    Source::Constant(tensor) => tensor.shape(),
                })
                .collect();
            let (work, inputs) = work(kept.part, inputs, &sizes, traced.output);
            nodes.push(Node {
                work,
                inputs,
                shape: traced.output,
                ops: vec![traced.name],
                layer: traced.layer,
                multiplies: traced.multiplies,
                op: kept.op,
            });
        }
        let output = source(output).ok_or_else(|| lost("freeze", None))?;
        Ok(Graph { input, nodes, output })
    }

    /// The shape of what a source gives.
    pub fn shape_of(&self, source: &Source) -> Shape {
        match source {
            Source::Input => self.input,
            Source::Node(place) => self.nodes[*place].shape,
            Source::Constant(tensor) => tensor.shape(),
        }
    }

    /// The node that makes an input of a node, if nobody else reads what it makes.
    pub fn only_for(&self, reader: usize, input: usize) -> Option<usize> {
        let Source::Node(maker) = *self.nodes[reader].inputs.get(input)? else { return None };
        let is_it = |source: &&Source| matches!(source, Source::Node(place) if *place == maker);
        let uses: usize = self.nodes.iter().map(|node| node.inputs.iter().filter(is_it).count()).sum();
        (uses == 1 && !matches!(self.output, Source::Node(place) if place == maker)).then_some(maker)
    }

    /// Puts the work of both into `reader`, whose inputs become `inputs`, and takes `maker` out.
    pub fn join(&mut self, maker: usize, reader: usize, work: Work, inputs: Vec<Source>) {
        let gone = &mut self.nodes[maker];
        gone.work = Work::Gone;
        gone.inputs.clear();
        let (mut ops, layer, multiplies) = (std::mem::take(&mut gone.ops), gone.layer.take(), gone.multiplies);
        let node = &mut self.nodes[reader];
        ops.append(&mut node.ops);
        node.ops = ops;
        node.layer = layer.or(node.layer.take());
        // What is folded into weights is not multiplied any more.
        node.multiplies = multiplies.max(node.multiplies);
        node.work = work;
        node.inputs = inputs;
    }

    /// Takes out what nobody reads.
    pub fn sweep(&mut self) {
        for place in (0..self.nodes.len()).rev() {
            let is_it = |source: &Source| matches!(source, Source::Node(other) if *other == place);
            if !is_it(&self.output) && !self.nodes.iter().any(|node| node.inputs.iter().any(is_it)) {
                self.nodes[place].work = Work::Gone;
                self.nodes[place].inputs.clear();
            }
        }
    }
}

fn source(operand: Operand) -> Option<Source> {
    match operand {
        Operand::Input => Some(Source::Input),
        Operand::Op(place) => Some(Source::Node(place)),
        Operand::Constant(tensor) => Some(Source::Constant(tensor)),
        Operand::Lost => None,
    }
}

fn lost(op: &'static str, layer: Option<String>) -> ShapeError {
    let problem = "reads a tensor that detached() has cut from the input, so a plan cannot compute it anew; \
                   leave detached() out of what is frozen"
        .to_owned();
    ShapeError { op, layer, problem }
}

/// What a node does by what its op has said, where its operands allow it, and the inputs that are left.
fn work(part: Part, inputs: Vec<Source>, shapes: &[Shape], output: Shape) -> (Work, Vec<Source>) {
    let constant = |place: usize| match inputs.get(place) {
        Some(Source::Constant(tensor)) => Some(tensor.clone()),
        _ => None,
    };
    let layer = |shape: ConvShape| {
        let weight = constant(1)?;
        let bias = if inputs.len() > 2 { Some(constant(2)?.to_vec()) } else { None };
        Some(Work::Convolution { shape, weight, bias, activation: Activation::Identity })
    };
    let known = match &part {
        Part::Convolution(shape) => layer(*shape),
        Part::Linear => {
            let rows = output.elements() / output.last().max(1);
            layer(dense(rows, shapes[0].last(), output.last()))
        }
        Part::Normalize { mean, inverse, activation } => constant(1).zip(constant(2)).map(|(gamma, beta)| {
            let pairs = gamma.as_slice().iter().zip(inverse.as_slice());
            let factors: Vec<Real> = pairs.map(|(gamma, inverse)| gamma * inverse).collect();
            let means = mean.as_slice().iter().zip(&factors);
            let offsets =
                beta.as_slice().iter().zip(means).map(|(beta, (mean, factor))| beta - mean * factor).collect();
            Work::Scale { factors, offsets, activation: *activation }
        }),
        Part::Add if shapes[0] == shapes[1] => return (Work::Sum(Activation::Identity), inputs),
        Part::Mul if is_gate(shapes[0], shapes[1]) => return (Work::Gate, inputs),
        Part::Mul if is_gate(shapes[1], shapes[0]) => return (Work::Gate, inputs.into_iter().rev().collect()),
        _ => None,
    };
    match known {
        Some(work) => (work, inputs.into_iter().take(1).collect()),
        None => (Work::Part(part), inputs),
    }
}

/// Whether y has a number for each picture and channel of x.
fn is_gate(x: Shape, y: Shape) -> bool {
    x.rank() == 4 && *y == [x[0], 1, 1, x[3]]
}

/// A dense layer is a convolution of pictures of one pixel.
fn dense(rows: usize, inputs: usize, outputs: usize) -> ConvShape {
    ConvShape {
        batch: rows,
        in_height: 1,
        in_width: 1,
        in_channels: inputs,
        out_channels: outputs,
        kernel: [1; 2],
        stride: [1; 2],
        padding: [[0; 2]; 2],
        dilation: [1; 2],
        groups: 1,
    }
}
