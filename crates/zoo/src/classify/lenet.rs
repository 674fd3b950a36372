//! LeNet-5 (LeCun, Bottou, Bengio and Haffner, Gradient-based learning applied to document recognition, 1998), with the
//! max pooling and ReLU that have since replaced its trained subsampling and scaled tanh; `activation` brings the tanh back.

use gradus_core::nn::{Activation, Conv2d, Linear};
use gradus_core::{Error, Rng, module};
use serde::{Deserialize, Serialize};
use toml::Table;

use crate::registry::{Built, Entry, Interface, built, picture, read_options};

/// The registry's line.
pub const ENTRY: Entry = Entry {
    name: "lenet",
    summary: "LeNet-5: two 5x5 convolutions with pooling, three dense layers",
    paper: "LeCun, Bottou, Bengio and Haffner, Gradient-based learning applied to document recognition, 1998",
    build,
};

/// The options of a [`LeNet`].
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct LeNetConfig {
    /// What stands behind each layer.
    pub activation: Activation,
}

/// LeNet-5.
pub struct LeNet {
    conv1: Conv2d,
    conv2: Conv2d,
    fc1: Linear,
    fc2: Linear,
    fc3: Linear,
    activation: Activation,
}

module!(
    LeNet { conv1, conv2, fc1, fc2, fc3 } | net,
    x,
    cx | {
        let x = net.activation.apply(&net.conv1.forward(x, cx)).max_pool2d(2); // [b, h / 2, w / 2, 6]
        let x = net.activation.apply(&net.conv2.forward(&x, cx)).max_pool2d(2); // [b, h / 4 - 2, w / 4 - 2, 16]
        let x = net.activation.apply(&net.fc1.forward(&x.flatten(1), cx)); // [b, 120]
        let x = net.activation.apply(&net.fc2.forward(&x, cx)); // [b, 84]
        net.fc3.forward(&x, cx)
    }
);

impl LeNetConfig {
    /// Draws the first weights for pictures of a size.
    pub fn init(&self, [height, width, channels]: [usize; 3], outputs: usize, rng: &mut Rng) -> LeNet {
        // The paper pads 28x28 digits to 32x32; the first convolution's padding does the same.
        let after = |side: usize| (side / 2 - 4) / 2;
        LeNet {
            conv1: Conv2d::new(channels, 6, 5).padding(2).init(rng),
            conv2: Conv2d::new(6, 16, 5).init(rng),
            fc1: Linear::new(after(height) * after(width) * 16, 120).init(rng),
            fc2: Linear::new(120, 84).init(rng),
            fc3: Linear::new(84, outputs).init(rng),
            activation: self.activation,
        }
    }
}

fn build(options: &Table, interface: &Interface, rng: &mut Rng) -> Result<Built, Error> {
    let config: LeNetConfig = read_options("lenet", options)?;
    Ok(built(config.init(picture("lenet", interface, 12)?, interface.outputs, rng), &config))
}
