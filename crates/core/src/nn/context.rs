//! What a forward pass needs besides its input.

use gradus_kernels::Real;

use crate::{Rng, Tensor};

/// Whether a network learns or is used: dropout and batch normalization differ between the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Learning: dropout drops, batch normalization uses the batch's statistics.
    Train,
    /// Use: dropout passes all, batch normalization uses the running statistics.
    Eval,
}

/// The mode of a forward pass and the stream of its random decisions.
#[derive(Clone, Debug)]
pub struct Context {
    /// Learning or use.
    pub mode: Mode,
    /// Where dropout and its like draw from.
    pub rng: Rng,
    /// What side branches answered while learning; empty for most networks.
    pub auxiliary: Vec<Auxiliary>,
    recomputing: bool,
}

/// The answer of a side branch, which a deep network has while it learns: its loss, times a weight, is added to the loss of
/// the network's own answer, so that gradients enter halfway, too (Szegedy et al., Going deeper with convolutions, 2014).
#[derive(Clone, Debug)]
pub struct Auxiliary {
    /// What the branch gave, of the shape that the network gives.
    pub outputs: Tensor,
    /// The factor of its loss.
    pub weight: Real,
}

impl Context {
    /// In a mode, with random decisions from a stream.
    pub fn new(mode: Mode, rng: Rng) -> Self {
        Context { mode, rng, auxiliary: Vec::new(), recomputing: false }
    }

    /// For learning, with random decisions from a seed.
    pub fn train(seed: u64) -> Self {
        Context::new(Mode::Train, Rng::new(seed))
    }

    /// For use.
    pub fn eval() -> Self {
        Context::new(Mode::Eval, Rng::new(0))
    }

    /// Adds the answer of a side branch, with the factor of its loss.
    pub fn add_auxiliary(&mut self, outputs: Tensor, weight: Real) {
        self.auxiliary.push(Auxiliary { outputs, weight });
    }

    /// The same context for running a part once more.
    pub(super) fn again(mut self) -> Self {
        self.recomputing = true;
        self
    }

    /// Whether this pass repeats an earlier one ([`Recompute`](super::Recompute)): statistics of it have been taken already.
    pub fn is_recomputing(&self) -> bool {
        self.recomputing
    }

    /// Whether the network learns.
    pub fn is_training(&self) -> bool {
        self.mode == Mode::Train
    }
}
