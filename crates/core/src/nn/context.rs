//! What a forward pass needs besides its input.

use crate::Rng;

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
}

impl Context {
    /// For learning, with random decisions from a seed.
    pub fn train(seed: u64) -> Self {
        Context { mode: Mode::Train, rng: Rng::new(seed) }
    }

    /// For use.
    pub fn eval() -> Self {
        Context { mode: Mode::Eval, rng: Rng::new(0) }
    }

    /// Whether the network learns.
    pub fn is_training(&self) -> bool {
        self.mode == Mode::Train
    }
}
