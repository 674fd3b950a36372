//! The network whose layer is replaced.

use gradus_core::nn::{Context, Conv2d, Entry, Linear, Module, Parameter, Path, Visit};
use gradus_core::{Rng, Tensor};

/// A network like LeNet: two 5x5 convolutions with pooling, two dense layers. Its second convolution is what is replaced.
#[derive(Clone)]
pub struct Network<L> {
    conv1: Conv2d,
    /// What is replaced.
    pub conv2: L,
    fc1: Linear,
    fc2: Linear,
}

impl<L: Visit> Visit for Network<L> {
    fn visit(&self, path: Path<'_>, visitor: &mut dyn FnMut(Path<'_>, Entry<'_>)) {
        self.conv1.visit(path.child("conv1"), visitor);
        self.conv2.visit(path.child("conv2"), visitor);
        self.fc1.visit(path.child("fc1"), visitor);
        self.fc2.visit(path.child("fc2"), visitor);
    }

    fn visit_mut(&mut self, path: Path<'_>, visitor: &mut dyn FnMut(Path<'_>, &mut Parameter)) {
        self.conv1.visit_mut(path.child("conv1"), visitor);
        self.conv2.visit_mut(path.child("conv2"), visitor);
        self.fc1.visit_mut(path.child("fc1"), visitor);
        self.fc2.visit_mut(path.child("fc2"), visitor);
    }
}

impl<L: Module> Module for Network<L> {
    fn forward(&self, x: &Tensor, cx: &mut Context) -> Tensor {
        let x = self.conv2.forward(&self.before(x), cx).relu().max_pool2d(2); // [b, h / 4, w / 4, c]
        let x = self.fc1.forward(&x.flatten(1), cx).relu();
        self.fc2.forward(&x, cx)
    }
}

impl Network<Conv2d> {
    /// Draws the first weights for pictures `[height, width, channels]`, with `maps` channels in both convolutions.
    pub fn new([height, width, channels]: [usize; 3], maps: usize, classes: usize, rng: &mut Rng) -> Self {
        Network {
            conv1: Conv2d::new(channels, maps, 5).same().init(rng),
            conv2: Conv2d::new(maps, maps, 5).same().init(rng),
            fc1: Linear::new(height / 4 * (width / 4) * maps, 84).init(rng),
            fc2: Linear::new(84, classes).init(rng),
        }
    }
}

impl<L> Network<L> {
    /// What comes to the second convolution, `[b, h / 2, w / 2, c]`; not negative.
    pub fn before(&self, x: &Tensor) -> Tensor {
        self.conv1.forward(x, &mut Context::eval()).relu().max_pool2d(2)
    }

    /// The same network with another second convolution.
    #[must_use]
    pub fn with<M>(&self, conv2: M) -> Network<M> {
        Network { conv1: self.conv1.clone(), conv2, fc1: self.fc1.clone(), fc2: self.fc2.clone() }
    }
}
