//! Squeeze and excitation (Hu, Shen and Sun, Squeeze-and-excitation networks, 2018): each channel is weighed by what all
//! channels say on average over the picture: y = x s(W2 a(W1 mean(x))), a an activation, s a gate into 0..1.

use gradus_core::nn::{Activation, Conv2d};
use gradus_core::{Rng, module};

/// The gate of each channel.
pub(super) struct SqueezeExcitation {
    fc1: Conv2d,
    fc2: Conv2d,
    activation: Activation,
    gate: Activation,
}

module!(
    SqueezeExcitation { fc1, fc2 } | net,
    x,
    cx | {
        let mean = x.mean_axes_kept(&[1, 2]); // [b, 1, 1, c]
        let squeezed = net.activation.apply(&net.fc1.forward(&mean, cx)); // [b, 1, 1, squeezed]
        x.mul(&net.gate.apply(&net.fc2.forward(&squeezed, cx)))
    }
);

impl SqueezeExcitation {
    /// For so many channels, of which so many are left between.
    pub fn init(channels: usize, squeezed: usize, activation: Activation, gate: Activation, rng: &mut Rng) -> Self {
        SqueezeExcitation {
            fc1: Conv2d::new(channels, squeezed, 1).init(rng),
            fc2: Conv2d::new(squeezed, channels, 1).init(rng),
            activation,
            gate,
        }
    }
}
