//! Networks of one hidden layer, trained to the end.

use gradus_core::nn::{Activation, Linear, Sequential};
use gradus_core::{Error, Rng};

use crate::optimize::{NetworkLoss, Stop, lbfgs};
use crate::samples::{NetworkPredictor, Samples};

/// A network of `units` tanh units, trained by at most `steps` of L-BFGS on all samples at once to the least squared error.
///
/// Errors: classes for numbers, no units.
pub fn fit_hidden_layer(samples: &Samples, units: usize, steps: usize, seed: u64) -> Result<NetworkPredictor, Error> {
    if samples.outputs() != 1 {
        return Err(Error::Data("a hidden layer is fitted to numbers here; the samples have classes".into()));
    }
    if units == 0 {
        return Err(Error::setting("units", "is 0; give at least one"));
    }
    let (rng, dimension) = (&mut Rng::new(seed), samples.dimension());
    let mut network = Sequential::new()
        .add(Linear::new(dimension, units).init(rng))
        .add(Activation::Tanh)
        .add(Linear::new(units, 1).init(rng));
    let (inputs, targets) = samples.tensors();
    let loss = NetworkLoss::squares(&mut network, &inputs, &targets);
    let run = lbfgs(&loss, &loss.parameters(), Stop { most_steps: steps, gradient: 1e-6 })?;
    loss.set(run.last());
    Ok(NetworkPredictor { network: Box::new(network), dimension, softmax: false })
}
