//! The recorded graph as text and as a picture's description (Graphviz DOT).

use std::collections::BTreeMap;
use std::fmt::{self, Write};

use super::node::NodeRef;
use crate::tensor::{Shape, Tensor};

/// A copy of a recorded graph's names, shapes and arrows, for printing ([`fmt::Display`]) and drawing ([`Graph::dot`]).
#[derive(Clone, Debug)]
pub struct Graph {
    nodes: BTreeMap<u64, Named>,
}

#[derive(Clone, Debug)]
struct Named {
    name: String,
    shape: Shape,
    is_leaf: bool,
    inputs: Vec<Option<u64>>,
}

impl Tensor {
    /// The graph that led to this tensor. A constant has an empty one.
    ///
    /// ```
    /// use gradus_core::Tensor;
    /// let x = Tensor::ones([2, 3]).requires_grad();
    /// let text = x.relu().sum().graph().to_string();
    /// assert!(text.contains("relu [2, 3]"));
    /// ```
    pub fn graph(&self) -> Graph {
        let mut nodes = BTreeMap::new();
        let mut open: Vec<NodeRef> = self.node().cloned().into_iter().collect();
        while let Some(node) = open.pop() {
            let node = node.get();
            if nodes.contains_key(&node.id()) {
                continue;
            }
            let inputs = node.inputs();
            let name = node.label().map_or_else(|| node.name().to_owned(), |label| label.to_string());
            let named = Named {
                name,
                shape: node.shape(),
                is_leaf: node.is_leaf(),
                inputs: inputs.iter().map(|input| input.as_ref().map(NodeRef::id)).collect(),
            };
            nodes.insert(node.id(), named);
            open.extend(inputs.iter().flatten().cloned());
        }
        Graph { nodes }
    }
}

impl Graph {
    /// How many nodes there are, leaves included.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The graph in the DOT language: `dot -Tsvg` draws it.
    pub fn dot(&self) -> String {
        let mut text = String::from("digraph gradus {\n  rankdir=TB;\n  node [shape=box, fontname=\"sans-serif\"];\n");
        for (id, node) in &self.nodes {
            let style = if node.is_leaf { ", style=filled, fillcolor=\"#dce9f5\"" } else { "" };
            let _ = writeln!(text, "  n{id} [label=\"{}\\n{}\"{style}];", node.name.replace('"', "'"), node.shape);
            for input in node.inputs.iter().flatten() {
                let _ = writeln!(text, "  n{input} -> n{id};");
            }
        }
        text.push_str("}\n");
        text
    }
}

impl fmt::Display for Graph {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let places: BTreeMap<u64, usize> = self.nodes.keys().enumerate().map(|(place, id)| (*id, place)).collect();
        for (id, node) in &self.nodes {
            write!(f, "#{} {} {}", places[id], node.name, node.shape)?;
            for (place, input) in node.inputs.iter().enumerate() {
                write!(f, "{}", if place == 0 { " <- " } else { ", " })?;
                match input {
                    Some(input) => write!(f, "#{}", places[input])?,
                    None => write!(f, "constant")?,
                }
            }
            writeln!(f)?;
        }
        Ok(())
    }
}
