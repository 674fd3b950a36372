//! LeNet-5 (LeCun, Bottou, Bengio and Haffner, Gradient-based learning applied to document recognition, 1998), with the
//! max pooling and ReLU that have since replaced its trained subsampling and scaled tanh; `activation` brings the tanh back.

use gradus_core::nn::{Activation, Conv2d, Linear, Module};
use gradus_core::{Error, Rng, module};
use serde::{Deserialize, Serialize};

use crate::family::{Config, Family, Interface, Member};

/// The registry's entry.
pub const FAMILY: Family = Family {
    name: "lenet",
    paper: "LeCun, Bottou, Bengio and Haffner, Gradient-based learning applied to document recognition",
    year: 1998,
    brought: "convolution, pooling and dense layers trained as one by gradient: LeNet-5 reads digits",
    block: None,
    members: &[Member::small("lenet", || Box::new(LeNetConfig::default()))],
};

/// The options of a [`LeNet`].
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
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
        let maps = [after(height), after(width), 16];
        LeNet {
            conv1: Conv2d::new(channels, 6, 5).padding(2).init(rng),
            conv2: Conv2d::new(6, 16, 5).init(rng),
            fc1: Linear::new(maps.iter().product(), 120).behind_maps(maps).init(rng),
            fc2: Linear::new(120, 84).init(rng),
            fc3: Linear::new(84, outputs).init(rng),
            activation: self.activation,
        }
    }
}

impl Config for LeNetConfig {
    fn build(&self, interface: &Interface, rng: &mut Rng) -> Result<Box<dyn Module>, Error> {
        Ok(Box::new(self.init(interface.picture(12)?, interface.outputs, rng)))
    }
}
