//! The default network: two 3x3 convolutions with pooling, dropout, two dense layers. Small, fast, good on small pictures.

use gradus_core::nn::{Conv2d, Dropout, Linear, Module};
use gradus_core::{Error, Real, Rng, module};
use serde::{Deserialize, Serialize};

use super::layers::check_probability;
use crate::family::{Config, Family, Interface, Member};

/// The registry's entry.
pub const FAMILY: Family = Family {
    name: "cnn",
    paper: "after LeCun et al., with ReLU (Nair and Hinton, 2010) and dropout (Srivastava et al., 2014)",
    year: 2014,
    brought: "the default: two 3x3 convolutions with pooling, dropout, two dense layers",
    block: None,
    members: &[Member::small("cnn", || Box::new(CnnConfig::default()))],
};

/// The options of a [`Cnn`].
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CnnConfig {
    /// Channels of the first convolution; the second has twice as many.
    pub channels: usize,
    /// Units of the hidden dense layer.
    pub hidden: usize,
    /// The share of units dropped in training before the dense layers.
    pub dropout: f64,
}

impl Default for CnnConfig {
    fn default() -> Self {
        CnnConfig { channels: 32, hidden: 128, dropout: 0.6 }
    }
}

/// The default network.
pub struct Cnn {
    conv1: Conv2d,
    conv2: Conv2d,
    dropout: Dropout,
    fc1: Linear,
    fc2: Linear,
}

module!(
    Cnn { conv1, conv2, fc1, fc2 } | net,
    x,
    cx | {
        let x = net.conv1.forward(x, cx).relu_max_pool2d(2); // [b, h / 2, w / 2, c]
        let x = net.conv2.forward(&x, cx).relu_max_pool2d(2); // [b, h / 4, w / 4, 2c]
        let x = net.dropout.forward(&x.flatten(1), cx);
        let x = net.fc1.forward(&x, cx).relu();
        net.fc2.forward(&x, cx)
    }
);

impl CnnConfig {
    /// Draws the first weights for pictures of a size.
    pub fn init(&self, [height, width, channels]: [usize; 3], outputs: usize, rng: &mut Rng) -> Cnn {
        let maps = [height / 2 / 2, width / 2 / 2, 2 * self.channels];
        Cnn {
            conv1: Conv2d::new(channels, self.channels, 3).same().init(rng),
            conv2: Conv2d::new(self.channels, 2 * self.channels, 3).same().init(rng),
            dropout: Dropout::new(self.dropout as Real),
            fc1: Linear::new(maps.iter().product(), self.hidden).behind_maps(maps).init(rng),
            fc2: Linear::new(self.hidden, outputs).init(rng),
        }
    }
}

impl Config for CnnConfig {
    fn build(&self, interface: &Interface, rng: &mut Rng) -> Result<Box<dyn Module>, Error> {
        if self.channels == 0 || self.hidden == 0 {
            return Err(Error::setting("model.channels, model.hidden", "a layer with 0 units passes nothing on"));
        }
        check_probability("dropout", self.dropout)?;
        Ok(Box::new(self.init(interface.picture(4)?, interface.outputs, rng)))
    }
}
