//! The construction of Blum and Li (Approximation theory and feedforward networks, 1991): a network of step neurons that
//! approximates a function as closely as is asked for, put together without training.
//!
//! The domain, a box, is cut into small boxes. A neuron of the first layer answers on which side of a cut a point lies; a neuron
//! of the second fires in just one box, as the AND of its sides; the output adds up the value of the box that fires, the
//! function's mean over it. Boxes are cut where the error is largest, along the axis where that helps most: small boxes where
//! the function bends, large ones where it is flat.
//!
//! | what | file |
//! |---|---|
//! | integrals over a box | `quadrature.rs` |
//! | the boxes | `partition.rs` |
//! | the network, saved and loaded | `network.rs` |

mod network;
mod partition;
mod quadrature;

pub use network::StepNetwork;
pub use partition::{Cell, Partition};
pub use quadrature::integrate;
