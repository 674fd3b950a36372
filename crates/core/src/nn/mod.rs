//! Layers: what has parameters, and how a network is put together from them. One layer, one file.

mod activation;
mod batch_norm;
mod context;
mod conv1d;
mod conv2d;
mod conv3d;
mod dead_units;
mod dropout;
mod embedding;
mod flatten;
mod function;
mod group_norm;
mod layer_norm;
mod linear;
mod load;
mod parameter;
mod path;
mod pool;
mod prelu;
mod recompute;
mod sequential;
mod state;
mod stochastic_depth;
mod visit;

pub use activation::Activation;
pub use batch_norm::BatchNorm;
pub use context::{Auxiliary, Context, Mode};
pub use conv1d::{Conv1d, Conv1dConfig};
pub use conv2d::{Conv2d, Conv2dConfig};
pub use conv3d::{Conv3d, Conv3dConfig};
pub use dead_units::{DeadUnits, LayerUnits};
pub use dropout::Dropout;
pub use embedding::{Embedding, EmbeddingConfig};
pub use flatten::Flatten;
pub use function::Function;
pub use group_norm::GroupNorm;
pub use layer_norm::LayerNorm;
pub use linear::{Linear, LinearConfig};
pub use load::{LoadOptions, load_state, load_state_with};
pub use parameter::{Layout, Parameter, Statistic};
pub use path::Path;
pub use pool::{AvgPool2d, GlobalAvgPool2d, MaxPool2d};
pub use prelu::PRelu;
pub use recompute::Recompute;
pub use sequential::Sequential;
pub use state::{name_parameters, parameter_count, state};
pub use stochastic_depth::StochasticDepth;
pub use visit::{Entry, Visit};

use crate::Tensor;

/// A part of a network: it has parameters and makes a tensor from a tensor.
///
/// The macro [`module!`](crate::module) writes the implementation for a struct of layers; [`parameters!`](crate::parameters)
/// only the part that walks over the parameters.
pub trait Module: Visit + Send + Sync {
    /// The output for an input, in the context's mode.
    fn forward(&self, x: &Tensor, cx: &mut Context) -> Tensor;
}

impl<M: Module + ?Sized> Module for Box<M> {
    fn forward(&self, x: &Tensor, cx: &mut Context) -> Tensor {
        (**self).forward(x, cx)
    }
}
