//! Neural networks on the CPU, in Rust alone: no Python, no libtorch, no GPU.
//!
//! # A network in twenty lines
//!
//! ```
//! use gradus::prelude::*;
//!
//! struct Cnn { conv1: Conv2d, conv2: Conv2d, head: Linear }
//! module!(Cnn { conv1, conv2, head } |net, x, cx| {
//!     let x = net.conv1.forward(x, cx).relu().max_pool2d(2);
//!     let x = net.conv2.forward(&x, cx).relu().max_pool2d(2);
//!     net.head.forward(&x.flatten(1), cx)
//! });
//!
//! let mut rng = Rng::new(1);
//! let mut net = Cnn {
//!     conv1: Conv2d::new(1, 8, 3).same().init(&mut rng),
//!     conv2: Conv2d::new(8, 16, 3).same().init(&mut rng),
//!     head: Linear::new(7 * 7 * 16, 10).init(&mut rng),
//! };
//! let mut optimizer = Sgd::new(0.05).momentum(0.9);
//! let cx = &mut Context::train(1);
//! # let images = Tensor::rand([4, 28, 28, 1], &mut rng);
//! # let labels = Indices::from([0, 1, 2, 3]);
//! // for batch in loader.epoch(0) {
//! let loss = net.forward(&images, cx).cross_entropy(&labels);
//! let grads = loss.backward();
//! optimizer.step(&mut net, &grads);
//! // }
//! ```
//!
//! # Where things are
//!
//! | to | look at |
//! |---|---|
//! | compute with tensors | [`Tensor`], [`Indices`], [`Shape`] |
//! | find gradients | [`Tensor::backward`], [`grad`], [`no_grad`] |
//! | find Hessians and Jacobians | [`derivative`] |
//! | learn without layer stacks: neurons, perceptrons, SVMs, minima | [`learn`] |
//! | take kernels apart | [`learn::kernels`] |
//! | see data as points in space | [`learn::pca`], [`learn::tsne`], [`learn::neighbors`], [`learn::dimension`] |
//! | put a network together | [`nn`], [`module!`], [`zoo`] |
//! | train it | [`optim`], [`train::Fit`], or a loop of your own as above |
//! | read data | [`data`] |
//! | use it fast | [`freeze()`], [`Plan`] |
//! | save and load | [`train::save_weights`], [`io`] |
//! | open what the program trained | [`run::Run`] |
//! | use published weights | [`pretrained::Pretrained`] |
//! | see where time and memory go | [`profile`] |
//!
//! Pictures are `[batch, height, width, channels]`. A wrong shape in an operation is a programming error: it panics at the
//! caller's line and names both shapes. Files, data and settings give an [`Error`].

pub use gradus_core::*;
pub use gradus_kernels::threads::{set_threads, threads};
pub use gradus_learn as learn;
pub use gradus_zoo as zoo;

pub mod pretrained;
pub mod run;

/// What most programs need, in one line.
pub mod prelude {
    pub use gradus_core::data::{Batch, Dataset, Loader, Targets};
    pub use gradus_core::nn::{
        Activation, BatchNorm, Context, Conv1d, Conv2d, Conv3d, Dropout, LayerNorm, Linear, Mode, Module, Parameter,
    };
    pub use gradus_core::optim::{AdaGrad, Adam, AdamW, Optimizer, RmsProp, Schedule, Sgd};
    pub use gradus_core::train::{Classify, Fit, FitOptions, Progress, Quiet, Regress, Task, evaluate};
    pub use gradus_core::{
        Error, Indices, Real, Rng, Shape, Tensor, dry_run, freeze, grad, module, no_grad, parameters,
    };
}
