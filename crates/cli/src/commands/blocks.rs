//! From a dry run to a drawing: ops as boxes, with what follows them in a row.

use gradus::TracedOp;

use crate::draw::{Drawing, GraphNode, graph};

/// Ops that stand in the box of the op before them, where they alone take it.
const FOLLOW: [&str; 11] = [
    "batch_norm",
    "batch_norm_relu",
    "relu",
    "relu6",
    "silu",
    "sigmoid",
    "hard_swish",
    "hard_sigmoid",
    "reshape",
    "permute",
    "affine",
];

/// Draws a part of a network from its dry run.
pub fn draw(title: &str, subtitle: &str, input: &[usize], ops: &[TracedOp]) -> Drawing {
    graph(title, subtitle, &nodes(input, ops))
}

/// The boxes: the input, then each op that stands for itself.
fn nodes(input: &[usize], ops: &[TracedOp]) -> Vec<GraphNode> {
    let takers = |place: usize| ops.iter().filter(|op| op.sources.contains(&place)).count();
    let mut nodes = vec![GraphNode { lines: vec!["input".into(), sizes(input)], sources: Vec::new(), kind: 6 }];
    // The box of each op, and the names of the ops in it.
    let mut home: Vec<usize> = Vec::new();
    let mut rows: Vec<Vec<&TracedOp>> = vec![Vec::new()];
    for op in ops {
        let joins = match op.sources[..] {
            [source] if !op.takes_input => FOLLOW.contains(&op.name) && takers(source) == 1,
            _ => false,
        };
        if joins {
            let own = home[op.sources[0]];
            rows[own].push(op);
            home.push(own);
            continue;
        }
        let mut sources: Vec<usize> = op.sources.iter().map(|&source| home[source]).collect();
        if op.takes_input {
            sources.push(0);
        }
        sources.sort_unstable();
        sources.dedup();
        home.push(nodes.len());
        nodes.push(GraphNode { lines: vec![name(op, ops, input)], sources, kind: kind(op) });
        rows.push(vec![op]);
    }
    for (node, row) in nodes.iter_mut().zip(&rows).skip(1) {
        // A mean is a sum and a factor.
        let row = match row[..] {
            [sum, factor, ..] if sum.name == "sum" && factor.name == "affine" => {
                node.lines[0] = "mean".into();
                node.kind = 2;
                &row[1..]
            }
            _ => &row[..],
        };
        let followers = followers(row);
        if !followers.is_empty() {
            node.lines.push(followers);
        }
        let last = row.last().expect("a box has an op");
        let parameters: usize = row.iter().map(|op| op.parameters).sum();
        let shape = sizes(&last.output[1..]);
        node.lines.push(if parameters > 0 { format!("{shape}, {parameters} parameters") } else { shape });
    }
    nodes
}

/// `conv 3x3 / 2, 32 groups`.
fn name(op: &TracedOp, ops: &[TracedOp], input: &[usize]) -> String {
    let Some(window) = op.window else { return op.name.replace('_', " ") };
    let [height, width] = window.kernel;
    let stride = if window.stride == [1, 1] { String::new() } else { format!(" / {}", window.stride[0]) };
    let channels = op.sources.first().map_or(input.last().copied(), |&source| Some(ops[source].output.last()));
    let groups = match (op.name, channels) {
        // Each output channel has the weights of its group's inputs; a bias does not change the rounded quotient.
        ("conv2d", Some(channels)) => {
            let (all, outputs) = (channels * height * width, op.output.last());
            (all * outputs).checked_div(op.parameters.max(1)).map_or(1, |groups| groups.max(1))
        }
        _ => 1,
    };
    let groups = match groups {
        1 => String::new(),
        groups if Some(groups) == channels => ", each channel".into(),
        groups => format!(", {groups} groups"),
    };
    let short = match op.name {
        "conv2d" => "conv",
        "max_pool2d" => "max pool",
        "avg_pool2d" => "mean",
        other => other,
    };
    format!("{short} {height}x{width}{stride}{groups}")
}

/// The names of what follows in a box; a shuffle of channels is known by its three steps.
fn followers(row: &[&TracedOp]) -> String {
    let names: Vec<&str> = row.iter().skip(1).map(|op| op.name).collect();
    let text = names.join(", ").replace("batch_norm_relu", "batch_norm, relu");
    text.replace("reshape, permute, reshape", "channel shuffle").replace('_', " ")
}

fn kind(op: &TracedOp) -> usize {
    match op.name {
        "conv2d" | "linear" => 0,
        "max_pool2d" | "avg_pool2d" | "mean_axes_kept" => 2,
        "add" | "concat" | "mul" => 1,
        _ => 5,
    }
}

fn sizes(shape: &[usize]) -> String {
    shape.iter().map(ToString::to_string).collect::<Vec<_>>().join("x")
}
