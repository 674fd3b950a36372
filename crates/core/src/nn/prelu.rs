//! The parametric rectifier as a layer.

use super::{Context, Module, Parameter};
use crate::{Real, Tensor, parameters};

/// x above 0, a x below, with learned slopes a (He et al., 2015).
///
/// Takes and gives `[.., channels]`.
#[derive(Clone, Debug)]
pub struct PRelu {
    /// The slopes, `[1]` or `[channels]`.
    pub weight: Parameter,
}

parameters!(PRelu { weight });

impl PRelu {
    /// One slope for all channels, at first 1/4.
    pub fn new() -> Self {
        Self::with_slopes(1, 0.25)
    }

    /// A slope for each channel, at first 1/4.
    pub fn per_channel(channels: usize) -> Self {
        Self::with_slopes(channels, 0.25)
    }

    /// `count` slopes that start from a value.
    pub fn with_slopes(count: usize, value: Real) -> Self {
        PRelu { weight: Parameter::new(&Tensor::full([count], value)) }
    }
}

impl Default for PRelu {
    fn default() -> Self {
        Self::new()
    }
}

impl Module for PRelu {
    fn forward(&self, x: &Tensor, _: &mut Context) -> Tensor {
        x.prelu(&self.weight)
    }
}
