//! Networks that give one vector for each sample: classifiers, and regressors alike. One paper, one file.

mod layers;
mod squeeze_excitation;

pub mod alexnet;
pub mod alexnet_2012;
pub mod cnn;
pub mod efficientnet;
pub mod efficientnet_lite;
pub mod googlenet;
pub mod inception_v3;
pub mod lenet;
pub mod mlp;
pub mod mobilenet_v1;
pub mod mobilenet_v2;
pub mod mobilenet_v3;
pub mod resnet;
pub mod resnext;
pub mod shufflenet_v1;
pub mod shufflenet_v2;
pub mod squeezenet;
pub mod vgg;

pub use layers::Stem;
