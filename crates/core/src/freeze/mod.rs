//! Inference by a plan: a network traced once, its ops joined, its weights laid out, its memory placed.
//!
//! ```text
//!   network ── dry run ──> ops ── rules ──> fewer, larger steps ── lower ──> kernels with weights ── arena ──> plan
//!              graph.rs           rules/                           lower.rs                          arena.rs    plan.rs
//!
//!   conv2d, batch_norm, relu6            one step: a convolution by weights that the normalization is folded into, with bias
//!   conv2d, batch_norm, add, relu        and activation, and the residual path added, before a result leaves the cache
//!   conv2d, conv2d, concat               two steps, whose results lie side by side
//! ```
//! An op says what it is by [`Op::part`](crate::Op::part); one that says nothing runs by its own `forward`, so every network
//! can be frozen. A plan is for one shape of input.

mod arena;
mod beside;
mod graph;
mod kernel;
mod lower;
mod part;
mod plan;
mod rules;
#[cfg(test)]
mod tests;

pub use part::{InPlace, Part};
pub use plan::{Plan, PlanMemory, PlanStep, Plans};

use crate::graph::{ShapeError, record};
use crate::nn::{Context, Module};
use crate::tensor::Shape;

/// Freezes a network, as it is in [`Mode::Eval`](crate::nn::Mode), into a plan for inputs of one shape.
///
/// The plan keeps weights of its own: later changes of the network do not reach it, and the network may be dropped.
///
/// ```
/// use gradus_core::{freeze, nn::{BatchNorm, Context, Conv2d, Module, Sequential}, Rng, Tensor};
/// let mut rng = Rng::new(1);
/// let net = Sequential::new().add(Conv2d::new(3, 8, 3).same().init(&mut rng)).add(BatchNorm::new(8).relu());
/// let mut plan = freeze(&net, [1, 32, 32, 3])?;
/// assert_eq!(plan.steps().len(), 1);
///
/// let picture = Tensor::rand([1, 32, 32, 3], &mut rng);
/// let (frozen, eager) = (plan.run(&picture), net.forward(&picture, &mut Context::eval()));
/// assert!(frozen.sub(&eager).square().sum().item() < 1e-8 * eager.square().sum().item());
/// # Ok::<(), gradus_core::ShapeError>(())
/// ```
///
/// # Errors
/// When inputs of this shape do not fit the network, as by [`dry_run`](crate::dry_run).
pub fn freeze<M: Module + ?Sized>(network: &M, shape: impl Into<Shape>) -> Result<Plan, ShapeError> {
    let shape = shape.into();
    let recording = record(shape, |x| network.forward(x, &mut Context::eval()))?;
    let mut graph = graph::Graph::of(recording, shape)?;
    rules::rewrite(&mut graph);
    Ok(lower::lower(graph))
}
