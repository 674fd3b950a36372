//! AlexNet in one column (Krizhevsky, One weird trick for parallelizing convolutional neural networks, 2014), as torchvision
//! has it: five convolutions, three of them with overlapping pooling, and three dense layers with dropout.

use gradus_core::data::Preprocess;
use gradus_core::nn::{Activation, Conv2d, Dropout, Linear, MaxPool2d, Module, Sequential};
use gradus_core::{Error, Pool2d, Real, Rng, module};
use serde::{Deserialize, Serialize};

use super::layers::{Stem, check_probability, check_width, scaled};
use crate::family::{Config, Family, Interface, Member};

/// The registry's entry.
pub const FAMILY: Family = Family {
    name: "alexnet",
    paper: "Krizhevsky, One weird trick for parallelizing convolutional neural networks",
    year: 2014,
    brought: "the network of 2012 in one column and without its normalization: simpler, and as good",
    block: None,
    members: &[Member::imagenet("alexnet", || Box::new(AlexNetConfig::default()))
        .top1(56.522)
        .weights("https://download.pytorch.org/models/alexnet-owt-7be5be79.pth", Preprocess::IMAGENET)],
};

/// The options of an [`AlexNet`].
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AlexNetConfig {
    /// The factor of all widths.
    pub width: f64,
    /// How it begins.
    pub stem: Stem,
    /// The share of units dropped in training before each of the first two dense layers.
    pub dropout: f64,
}

impl Default for AlexNetConfig {
    fn default() -> Self {
        AlexNetConfig { width: 1.0, stem: Stem::Auto, dropout: 0.5 }
    }
}

/// AlexNet in one column.
pub struct AlexNet {
    features: Sequential,
    classifier: Sequential,
    maps: [usize; 2],
}

module!(
    AlexNet { features, classifier } | net,
    x,
    cx | {
        let x = net.features.forward(x, cx).adaptive_avg_pool2d(net.maps); // [b, 6, 6, 256]
        net.classifier.forward(&x.flatten(1), cx)
    }
);

impl Config for AlexNetConfig {
    fn build(&self, interface: &Interface, rng: &mut Rng) -> Result<Box<dyn Module>, Error> {
        check_width(self.width)?;
        check_probability("dropout", self.dropout)?;
        let small = self.stem.is_small(interface);
        let [.., channels] = interface.picture(self.stem.least(interface, 63, 16))?;
        let [c1, c2, c3, c4, dense] = [64, 192, 384, 256, 4096].map(|channels| scaled(channels, self.width));
        let first = if small {
            Conv2d::new(channels, c1, 3).padding(1)
        } else {
            Conv2d::new(channels, c1, 11).stride(4).padding(2)
        };
        let overlapping = || MaxPool2d::new(Pool2d::new(3).stride(2));
        let relu = Activation::Relu;
        let features = Sequential::new()
            .add(first.init(rng))
            .add(relu)
            .add(overlapping())
            .add(Conv2d::new(c1, c2, 5).padding(2).init(rng))
            .add(relu)
            .add(overlapping())
            .add(Conv2d::new(c2, c3, 3).padding(1).init(rng))
            .add(relu)
            .add(Conv2d::new(c3, c4, 3).padding(1).init(rng))
            .add(relu)
            .add(Conv2d::new(c4, c4, 3).padding(1).init(rng))
            .add(relu)
            .add(overlapping());
        let side = if small { 2 } else { 6 };
        let dropout = || Dropout::new(self.dropout as Real);
        let classifier = Sequential::new()
            .add(dropout())
            .add(Linear::new(side * side * c4, dense).behind_maps([side, side, c4]).init(rng))
            .add(relu)
            .add(dropout())
            .add(Linear::new(dense, dense).init(rng))
            .add(relu)
            .add(Linear::new(dense, interface.outputs).init(rng));
        Ok(Box::new(AlexNet { features, classifier, maps: [side; 2] }))
    }
}
