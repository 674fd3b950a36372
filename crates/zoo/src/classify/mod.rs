//! Networks that give one vector for each sample: classifiers, and regressors alike.

pub mod cnn;
pub mod lenet;
pub mod mlp;
