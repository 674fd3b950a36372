//! The default network: two 3x3 convolutions with pooling, dropout, two dense layers. Small, fast, good on small pictures.

use gradus_core::nn::{Conv2d, Dropout, Linear};
use gradus_core::{Error, Real, Rng, module};
use serde::{Deserialize, Serialize};
use toml::Table;

use crate::registry::{Built, Entry, Interface, built, picture, read_options};

/// The registry's line.
pub const ENTRY: Entry = Entry {
    name: "cnn",
    summary: "the default: two 3x3 convolutions with pooling, dropout, two dense layers",
    paper: "after LeCun et al., 1998, with ReLU (Nair and Hinton, 2010) and dropout (Srivastava et al., 2014)",
    build,
};

/// The options of a [`Cnn`].
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default)]
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
        let x = net.conv1.forward(x, cx).relu().max_pool2d(2); // [b, h / 2, w / 2, c]
        let x = net.conv2.forward(&x, cx).relu().max_pool2d(2); // [b, h / 4, w / 4, 2c]
        let x = net.dropout.forward(&x.flatten(1), cx);
        let x = net.fc1.forward(&x, cx).relu();
        net.fc2.forward(&x, cx)
    }
);

impl CnnConfig {
    /// Draws the first weights for pictures of a size.
    pub fn init(&self, [height, width, channels]: [usize; 3], outputs: usize, rng: &mut Rng) -> Cnn {
        Cnn {
            conv1: Conv2d::new(channels, self.channels, 3).same().init(rng),
            conv2: Conv2d::new(self.channels, 2 * self.channels, 3).same().init(rng),
            dropout: Dropout::new(self.dropout as Real),
            fc1: Linear::new(height / 2 / 2 * (width / 2 / 2) * 2 * self.channels, self.hidden).init(rng),
            fc2: Linear::new(self.hidden, outputs).init(rng),
        }
    }
}

fn build(options: &Table, interface: &Interface, rng: &mut Rng) -> Result<Built, Error> {
    let config: CnnConfig = read_options("cnn", options)?;
    if config.channels == 0 || config.hidden == 0 {
        return Err(Error::setting("model.channels, model.hidden", "a layer with 0 units passes nothing on"));
    }
    if !(0.0..1.0).contains(&config.dropout) {
        return Err(Error::setting("model.dropout", format!("{} is not in 0 <= dropout < 1", config.dropout)));
    }
    Ok(built(config.init(picture("cnn", interface, 4)?, interface.outputs, rng), &config))
}
