//! From the rewritten graph to steps: each node's kernel, with its weights laid out, and the place of its result.

use gradus_kernels::conv::Prepared;

use super::arena::{self, Life};
use super::beside;
use super::graph::{Graph, Node, Source, Work};
use super::kernel::Kernel;
use super::part::Part;
use super::plan::{Place, Plan, PlanStep, Step};
use crate::tensor::Shape;

/// A node on its way to a step.
struct Draft {
    node: usize,
    /// The node whose result this one's is a part of: itself, or a concatenation.
    whole: usize,
    kernel: Kernel,
    inputs: Vec<Input>,
    info: PlanStep,
}

/// What a step reads, and the shape that it sees there: a reshape's, where one lies between.
struct Input {
    source: Source,
    shape: Shape,
}

pub(super) fn lower(mut graph: Graph) -> Plan {
    graph.sweep();
    let shapes: Vec<Shape> = graph.nodes.iter().map(|node| node.shape).collect();
    let shape_of = |source: &Source| match source {
        Source::Input => graph.input,
        Source::Node(place) => shapes[*place],
        Source::Constant(tensor) => tensor.shape(),
    };
    // A reshape is a second name of its input.
    let mut names: Vec<Source> = (0..shapes.len()).map(Source::Node).collect();
    let joined: Vec<bool> = (0..shapes.len()).map(|place| beside::applies(&graph, place)).collect();
    let mut drafts: Vec<Draft> = Vec::new();
    let nodes = std::mem::take(&mut graph.nodes);
    for (place, mut node) in nodes.into_iter().enumerate() {
        let input = |source: Source| {
            let shape = shape_of(&source);
            let source = match source {
                Source::Node(other) => names[other].clone(),
                other => other,
            };
            Input { source, shape }
        };
        let inputs: Vec<Input> = std::mem::take(&mut node.inputs).into_iter().map(input).collect();
        match node.work {
            Work::Gone => {}
            Work::Part(Part::Reshape) => names[place] = inputs[0].source.clone(),
            _ if joined[place] => join(&mut drafts, place, node, &inputs),
            _ => drafts.push(draft(place, node, inputs)),
        }
    }
    let output_shape = shape_of(&graph.output);
    let output = match graph.output {
        Source::Node(place) => names[place].clone(),
        other => other,
    };
    placed(drafts, &shapes, output, graph.input, output_shape)
}

/// The kernel of a node.
fn draft(place: usize, node: Node, inputs: Vec<Input>) -> Draft {
    let shape = node.shape;
    let kernel = match node.work {
        Work::Convolution { shape, weight, bias, activation } => {
            Kernel::Convolution(Box::new(Prepared::new(&shape, weight.as_slice(), bias.as_deref(), activation)))
        }
        Work::Scale { factors, offsets, activation } => Kernel::Scale { factors, offsets, activation },
        Work::Sum(activation) => Kernel::Sum(activation),
        Work::Interleave => Kernel::Interleave { run: inputs[0].shape.last() },
        Work::Gate => Kernel::Gate { channels: shape.last() },
        Work::Part(Part::Activation(activation)) => Kernel::Activate(activation),
        Work::Part(Part::Affine { factor, offset }) => Kernel::Affine { factor, offset },
        Work::Part(Part::Map(function)) => Kernel::Map(function),
        Work::Part(Part::MaxPool(pool, relu)) => Kernel::MaxPool(pool, relu),
        Work::Part(Part::AveragePool(pool, count)) => Kernel::AveragePool(pool, count),
        Work::Part(Part::Permute(order)) => Kernel::Permute { sizes: inputs[0].shape, order },
        Work::Part(Part::Concat { axis }) => {
            let run = |input: &Input| input.shape[axis..].iter().product();
            Kernel::Concat { runs: inputs.iter().map(run).collect() }
        }
        Work::Part(Part::Narrow { axis, start }) => {
            let (from, inner) = (inputs[0].shape, shape[axis + 1..].iter().product::<usize>());
            Kernel::Narrow { row: from[axis] * inner, start: start * inner, length: shape[axis] * inner }
        }
        Work::Part(_) | Work::Gone => Kernel::Eager { op: node.op, shape },
    };
    let info = PlanStep {
        ops: node.ops,
        layer: node.layer,
        algorithm: kernel.algorithm(),
        output: shape,
        multiplies: node.multiplies,
        weights: kernel.bytes(),
        in_place: false,
    };
    Draft { node: place, whole: place, kernel, inputs, info }
}

/// Lets the convolutions that make the inputs of a concatenation write where they belong in it.
fn join(drafts: &mut [Draft], place: usize, node: Node, inputs: &[Input]) {
    let (mut first, mut last) = (0, 0);
    for Input { source, shape } in inputs {
        let is_it = |draft: &Draft| matches!(source, Source::Node(maker) if *maker == draft.node);
        let maker = drafts.iter().position(is_it).expect("makers come before readers");
        let Kernel::Convolution(prepared) = &mut drafts[maker].kernel else {
            unreachable!("its inputs are convolutions")
        };
        prepared.set_columns(first, node.shape.last());
        drafts[maker].whole = place;
        (first, last) = (first + shape.last(), last.max(maker));
    }
    drafts[last].info.ops.extend(node.ops);
}

/// Which results share a place, and where each lies.
fn placed(drafts: Vec<Draft>, shapes: &[Shape], output: Source, input_shape: Shape, output_shape: Shape) -> Plan {
    // The last step that reads each node's result.
    let mut last = vec![0; shapes.len()];
    for (step, draft) in drafts.iter().enumerate() {
        last[draft.node] = step;
        for input in &draft.inputs {
            if let Source::Node(place) = input.source {
                last[place] = step;
            }
        }
    }
    if let Source::Node(place) = output {
        last[place] = usize::MAX;
    }
    // Whose place a result takes: that of the concatenation it is a part of; of its first input, which a step overwrites; or its own.
    let mut slot: Vec<usize> = (0..shapes.len()).collect();
    for draft in &drafts {
        slot[draft.node] = draft.whole;
    }
    let mut lives: Vec<Option<Life>> = vec![None; shapes.len()];
    let mut overwrites = vec![false; drafts.len()];
    for (step, draft) in drafts.iter().enumerate() {
        let node = draft.node;
        if let (true, Some(Input { source: Source::Node(first), shape })) =
            (draft.kernel.can_overwrite(), draft.inputs.first())
        {
            let is_it = |input: &Input| matches!(&input.source, Source::Node(other) if other == first);
            let fits = shape.elements() == shapes[node].elements();
            if last[*first] == step && !draft.inputs[1..].iter().any(is_it) && fits {
                slot[node] = slot[*first];
                overwrites[step] = true;
            }
        }
        let end = last[draft.whole];
        match &mut lives[slot[node]] {
            Some(life) => life.last = end,
            none => *none = Some(Life { length: shapes[slot[node]].elements(), first: step, last: end }),
        }
    }
    let kept: Vec<usize> = (0..shapes.len()).filter(|place| lives[*place].is_some()).collect();
    let (places, total) = arena::place(&kept.iter().filter_map(|place| lives[*place]).collect::<Vec<_>>());
    let start_of = |node: usize| kept.binary_search(&slot[node]).map_or(0, |index| places[index]);
    let place_of = |Input { source, shape }| match source {
        Source::Input => Place::Input(shape),
        Source::Node(node) => Place::Arena { start: start_of(node), shape },
        Source::Constant(tensor) => Place::Constant(tensor),
    };
    let steps = drafts
        .into_iter()
        .zip(overwrites)
        .map(|(draft, in_place)| Step {
            out: [start_of(draft.node), shapes[draft.whole].elements()],
            kernel: draft.kernel,
            inputs: draft.inputs.into_iter().map(place_of).collect(),
            info: PlanStep { in_place, ..draft.info },
        })
        .collect();
    Plan::new(steps, place_of(Input { source: output, shape: output_shape }), input_shape, output_shape, total)
}
