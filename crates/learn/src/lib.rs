//! What is learned or computed beside the training of layer stacks. One subject, one folder; `gradus explore` shows each.
//!
//! | subject | folder |
//! |---|---|
//! | points with classes, from data or drawn | [`points`] |
//! | threshold neurons and Boolean functions | [`neuron`] |
//! | linear separability, with its proof | [`separation`] |
//! | Rosenblatt's perceptron and the bound on its mistakes | [`perceptron`] |
//! | the delta rule and least squares | [`least_squares`] |
//! | networks of steps put together without training | [`blum_li`] |
//! | functions as text, with exact derivatives | [`expression`] |
//! | descents, second-order methods, stationary points, loss surfaces | [`optimize`] |
//! | support vector machines | [`svm`] |
//! | samples with targets, and predictors | [`samples`] |
//! | columns brought to one scale | [`scaling`] |
//! | capacity: under- and over-fitting, validation curves, the second descent | [`capacity`] |
//! | empirical against theoretical error on a known F | [`theory`] |
//! | bagging and averages of unlike networks | [`ensemble`] |
//! | tables made ready: missing fields, categories, scales | [`preparation`] |
//! | logistic regression | [`logistic`] |
//! | how good probabilities are: ROC, calibration, costs | [`judge`] |
//! | which inputs moved an answer, and what would turn it | [`reasons`] |
//! | credit approval, from a raw table to a decision with reasons | [`credit`] |
//! | principal components | [`pca`] |
//! | nearest neighbours and k-means | [`neighbors`] |
//! | what dimensions do, and how many data has | [`dimension`] |
//! | maps of data in the plane | [`tsne`] |
//! | convolution kernels taken apart | [`kernels`] |
//!
//! ```
//! use gradus_learn::kernels::{Kernel, LowRank};
//! let log = Kernel::laplacian_of_gaussian();
//! let split = LowRank::of(&log, 2);
//! assert!(split.kernel().distance(&log) < 1e-6); // of rank 2, exactly
//! assert_eq!((log.multiplies(), split.multiplies()), (49, 28));
//! ```

pub mod blum_li;
pub mod capacity;
mod cloud;
pub mod convolution;
pub mod credit;
pub mod dimension;
pub mod ensemble;
pub mod expression;
pub mod judge;
pub mod kernels;
pub mod least_squares;
pub mod logistic;
pub mod neighbors;
pub mod neuron;
pub mod optimize;
pub mod pca;
pub mod perceptron;
pub mod points;
pub mod preparation;
pub mod reasons;
pub mod samples;
pub mod scaling;
pub mod separation;
pub mod svm;
pub mod theory;
pub mod tsne;

pub use cloud::Cloud;
