//! Normalization: over the batch, over groups of channels, over a layer, and by local response.
//!
//! Everything is bound by memory, so passes are what counts: statistics read the input once, normalization (with scale,
//! shift and ReLU) reads and writes once, a backward pass reads twice and writes once.

mod batch;
mod channels;
mod group;
mod layer;
mod response;
#[cfg(test)]
mod tests;

pub use batch::{BatchNorm, batch_statistics};
pub use group::{GroupShape, group_norm, group_norm_backward, group_norm_parameters_backward};
pub use layer::{layer_norm, layer_norm_backward, layer_norm_parameters_backward};
pub use response::{Response, response, response_backward, response_in_map, response_in_map_backward};
