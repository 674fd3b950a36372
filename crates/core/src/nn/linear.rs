//! The dense layer: y = x W' + b.

use super::{Context, Module, Parameter};
use crate::init::{self, Initializer};
use crate::{Rng, Tensor, parameters};

/// A dense layer: every output is a weighted sum of all inputs plus a bias.
///
/// Takes `[.., inputs]`, gives `[.., outputs]`. The weight is `[outputs, inputs]`.
#[derive(Clone, Debug)]
pub struct Linear {
    /// `[outputs, inputs]`.
    pub weight: Parameter,
    /// `[outputs]`.
    pub bias: Option<Parameter>,
}

parameters!(Linear { weight, bias });

/// The options of a [`Linear`] layer; [`LinearConfig::init`] makes the layer.
#[derive(Clone, Debug)]
#[must_use = "a config becomes a layer by .init(&mut rng)"]
pub struct LinearConfig {
    inputs: usize,
    outputs: usize,
    bias: bool,
    weights: Initializer,
    maps: Option<[usize; 3]>,
}

impl Linear {
    /// A dense layer from `inputs` to `outputs` features.
    #[allow(clippy::new_ret_no_self)]
    pub fn new(inputs: usize, outputs: usize) -> LinearConfig {
        LinearConfig { inputs, outputs, bias: true, weights: Initializer::default(), maps: None }
    }
}

impl LinearConfig {
    /// Leaves the bias out, as before a normalization that has one.
    pub fn no_bias(mut self) -> Self {
        self.bias = false;
        self
    }

    /// Says that the inputs are flattened maps `[height, width, channels]`. The layer computes the same; in published files,
    /// whose maps are `[channels, height, width]`, its weight is turned to that order.
    ///
    /// # Panics
    /// When the maps have another number of elements than the layer has inputs.
    #[track_caller]
    pub fn behind_maps(mut self, maps: [usize; 3]) -> Self {
        assert!(
            maps.iter().product::<usize>() == self.inputs,
            "Linear: maps {maps:?} do not flatten to {} inputs; give their height, width and channels",
            self.inputs
        );
        self.maps = Some(maps);
        self
    }

    /// Where the weights start from.
    pub fn weights(mut self, weights: Initializer) -> Self {
        self.weights = weights;
        self
    }

    /// Draws the first weights and makes the layer.
    pub fn init(&self, rng: &mut Rng) -> Linear {
        let drawn = self.weights.draw([self.outputs, self.inputs], rng);
        let weight = match self.maps {
            Some(maps) => Parameter::flattened(&drawn, maps),
            None => Parameter::new(&drawn),
        };
        let bias = self.bias.then(|| Parameter::new(&init::bias(self.outputs, self.inputs, rng)));
        Linear { weight, bias }
    }
}

impl Module for Linear {
    fn forward(&self, x: &Tensor, _: &mut Context) -> Tensor {
        x.linear(&self.weight, self.bias.as_deref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn;

    #[test]
    fn published_weights_behind_maps_have_the_channels_first() {
        let layer = Linear::new(2 * 3 * 4, 5).behind_maps([2, 3, 4]).init(&mut Rng::new(1));
        let state = nn::state(&layer);
        let published = &state[0].1;
        assert_eq!(&*published.shape(), [5, 24]);
        let (row, column, channel) = (1, 2, 3);
        assert_eq!(
            published.at(&[4, (channel * 2 + row) * 3 + column]),
            layer.weight.at(&[4, (row * 3 + column) * 4 + channel])
        );
        let mut twin = Linear::new(24, 5).behind_maps([2, 3, 4]).init(&mut Rng::new(2));
        nn::load_state(&mut twin, &state.into_iter().collect()).unwrap();
        assert_eq!(twin.weight.to_vec(), layer.weight.to_vec());
    }

    #[test]
    #[should_panic(expected = "Linear: maps [2, 2, 2] do not flatten to 9 inputs")]
    fn maps_must_have_the_inputs() {
        let _ = Linear::new(9, 1).behind_maps([2, 2, 2]);
    }
}
