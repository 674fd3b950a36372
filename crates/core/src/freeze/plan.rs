//! A plan, and how it runs.

use std::time::{Duration, Instant};

use gradus_kernels::Real;
use smallvec::SmallVec;

use super::freeze;
use super::kernel::Kernel;
use crate::graph::{ShapeError, no_grad};
use crate::nn::Module;
use crate::tensor::{Buffer, Shape, Tensor};

/// A network made ready for inference on inputs of one shape; [`freeze`](crate::freeze()) makes it.
///
/// Once it has run it asks the system for no memory; the tensor that it gives back comes from recycled memory.
pub struct Plan {
    steps: Vec<Step>,
    output: Place,
    input_shape: Shape,
    output_shape: Shape,
    arena: Buffer<Real>,
    infos: Vec<PlanStep>,
}

/// One step of a plan, for people.
#[derive(Clone, Debug)]
pub struct PlanStep {
    /// The ops of the network that it does, in their order.
    pub ops: Vec<&'static str>,
    /// The path of the layer whose parameters take part, where it is known.
    pub layer: Option<String>,
    /// How it is done: direct, pointwise, depthwise, .. for convolutions; a pass over memory; eager for an op that runs itself.
    pub algorithm: &'static str,
    /// The output's shape.
    pub output: Shape,
    /// Multiplications, by the definition of the op.
    pub multiplies: u64,
    /// The bytes of its weights as they are laid out.
    pub weights: usize,
    /// Whether the result overwrites the input.
    pub in_place: bool,
}

/// The memory of a plan, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlanMemory {
    /// Of all results, which share one stretch of memory.
    pub arena: usize,
    /// Of all weights, as they are laid out.
    pub weights: usize,
}

pub(super) struct Step {
    pub kernel: Kernel,
    pub inputs: SmallVec<[Place; 3]>,
    /// Where the result begins in the arena, and its length: that of the whole concatenation which it is a part of, if it is.
    pub out: [usize; 2],
    pub info: PlanStep,
}

/// Where a step reads.
pub(super) enum Place {
    Input(Shape),
    Arena { start: usize, shape: Shape },
    Constant(Tensor),
}

impl Plan {
    pub(super) fn new(steps: Vec<Step>, output: Place, input_shape: Shape, output_shape: Shape, arena: usize) -> Self {
        let infos = steps.iter().map(|step| step.info.clone()).collect();
        Plan { steps, output, input_shape, output_shape, arena: Buffer::full(arena, 0.0), infos }
    }

    /// The shape of input that it is for.
    pub fn input_shape(&self) -> Shape {
        self.input_shape
    }

    /// What it does, step by step.
    pub fn steps(&self) -> &[PlanStep] {
        &self.infos
    }

    /// The memory that it holds.
    pub fn memory(&self) -> PlanMemory {
        PlanMemory {
            arena: size_of_val(self.arena.as_slice()),
            weights: self.infos.iter().map(|step| step.weights).sum(),
        }
    }

    /// The network's output for an input.
    ///
    /// # Panics
    /// When the input has another shape than the plan is for.
    #[track_caller]
    #[must_use]
    pub fn run(&mut self, x: &Tensor) -> Tensor {
        self.run_observed(x, |_| {})
    }

    /// The median time of each step over `rounds` runs.
    ///
    /// # Panics
    /// When the input has another shape than the plan is for.
    #[track_caller]
    pub fn time(&mut self, x: &Tensor, rounds: usize) -> Vec<Duration> {
        let mut times: Vec<Vec<Duration>> = vec![Vec::with_capacity(rounds); self.steps.len()];
        for _ in 0..rounds.max(1) {
            let mut before = Instant::now();
            let _ = self.run_observed(x, |step| {
                let now = Instant::now();
                times[step].push(now - before);
                before = now;
            });
        }
        let median = |times: &mut Vec<Duration>| {
            times.sort_unstable();
            times[times.len() / 2]
        };
        times.iter_mut().map(median).collect()
    }

    /// Runs all steps and calls `after` with the number of each behind it.
    #[track_caller]
    fn run_observed(&mut self, x: &Tensor, mut after: impl FnMut(usize)) -> Tensor {
        assert!(
            x.shape() == self.input_shape,
            "Plan: input {}, but the plan is for {}; freeze the network for {}",
            x.shape(),
            self.input_shape,
            x.shape()
        );
        let input = x.as_slice();
        let arena = self.arena.make_mut();
        for (index, step) in self.steps.iter().enumerate() {
            step.run(input, arena);
            after(index);
        }
        let (arena, output) = (self.arena.as_slice(), &self.output);
        Tensor::build(self.output_shape, |out| match output {
            Place::Input(_) => out.copy_from_slice(input),
            Place::Arena { start, .. } => out.copy_from_slice(&arena[*start..][..out.len()]),
            Place::Constant(tensor) => out.copy_from_slice(tensor.as_slice()),
        })
    }
}

impl Step {
    fn run(&self, input: &[Real], arena: &mut [Real]) {
        let [start, length] = self.out;
        let (before, rest) = arena.split_at_mut(start);
        let (out, behind) = rest.split_at_mut(length);
        let memory = Memory { input, before, behind, end: start + length };
        if let Kernel::Eager { op, shape } = &self.kernel {
            let tensor = |place: &Place| match place {
                Place::Constant(tensor) => tensor.clone(),
                Place::Input(shape) | Place::Arena { shape, .. } => Tensor::new(memory.read(place), *shape),
            };
            let inputs: SmallVec<[Tensor; 4]> = self.inputs.iter().map(tensor).collect();
            return no_grad(|| Kernel::run_eagerly(&**op, &inputs, *shape, out));
        }
        let (first, others) = self.inputs.split_first().expect("every kernel reads something");
        let others: SmallVec<[&[Real]; 4]> = others.iter().map(|place| memory.read(place)).collect();
        self.kernel.run((!self.info.in_place).then(|| memory.read(first)), &others, out);
    }
}

/// What a step may read: all but its own result, which no input overlaps but the first of a step that overwrites it.
struct Memory<'a> {
    input: &'a [Real],
    before: &'a [Real],
    behind: &'a [Real],
    /// Where `behind` begins in the arena.
    end: usize,
}

impl<'a> Memory<'a> {
    fn read(&self, place: &'a Place) -> &'a [Real] {
        match place {
            Place::Input(_) => self.input,
            Place::Constant(tensor) => tensor.as_slice(),
            Place::Arena { shape, .. } if shape.elements() == 0 => &[],
            Place::Arena { start, shape } if *start < self.before.len() => &self.before[*start..][..shape.elements()],
            Place::Arena { start, shape } => &self.behind[start - self.end..][..shape.elements()],
        }
    }
}

/// A network and the plan for the shape that it was given last: another shape makes another plan, in its place.
///
/// For answers to many samples by batches, of which the last is smaller. The network cannot change meanwhile.
pub struct Plans<'a> {
    network: &'a dyn Module,
    plan: Option<Plan>,
}

impl<'a> Plans<'a> {
    /// For a network; nothing is frozen yet.
    pub fn new(network: &'a dyn Module) -> Self {
        Plans { network, plan: None }
    }

    /// The network's output for an input of any shape that fits it.
    ///
    /// # Errors
    /// When the input does not fit the network.
    pub fn run(&mut self, x: &Tensor) -> Result<Tensor, ShapeError> {
        match &mut self.plan {
            Some(plan) if plan.input_shape() == x.shape() => Ok(plan.run(x)),
            plan => {
                *plan = None; // the memory of the old one goes before that of the new one comes
                Ok(plan.insert(freeze(self.network, x.shape())?).run(x))
            }
        }
    }
}
