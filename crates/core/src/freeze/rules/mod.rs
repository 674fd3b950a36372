//! Rules that make fewer, larger steps. Each looks at one node, from the first to the last, and says whether it changed
//! something; then all look at that node again.

mod activation;
mod mean;
mod normalization;
mod residual;
mod shuffle;

use super::graph::Graph;

/// A rule, and what it looks for.
type Rule = fn(&mut Graph, usize) -> bool;

const RULES: [Rule; 5] = [mean::rule, normalization::rule, residual::rule, activation::rule, shuffle::rule];

/// Applies all rules wherever they apply.
pub(super) fn rewrite(graph: &mut Graph) {
    graph.sweep();
    for place in 0..graph.nodes.len() {
        while RULES.iter().any(|rule| rule(graph, place)) {}
    }
}
