//! Group normalization (Wu and He, 2018), and instance normalization (Ulyanov et al., 2016) as its case of a group for each
//! channel.

use gradus_kernels::Real;

use super::{Context, Module, Parameter};
use crate::{Tensor, parameters};

/// Normalizes each group of neighbouring channels of each sample, over all its pixels, then scales and shifts each channel.
///
/// It knows no batch: training and use are the same.
#[derive(Clone, Debug)]
pub struct GroupNorm {
    /// The factor of each channel, `[c]`; starts from 1.
    pub weight: Parameter,
    /// The summand of each channel, `[c]`; starts from 0.
    pub bias: Parameter,
    groups: usize,
    epsilon: Real,
}

parameters!(GroupNorm { weight, bias });

impl GroupNorm {
    /// `channels` in so many groups, with epsilon 1e-5.
    ///
    /// # Panics
    /// When the groups do not divide the channels.
    #[track_caller]
    pub fn new(groups: usize, channels: usize) -> Self {
        assert!(
            groups > 0 && channels.is_multiple_of(groups),
            "GroupNorm: {groups} groups do not divide {channels} channels; groups must divide them"
        );
        let (weight, bias) = (Parameter::new(&Tensor::ones([channels])), Parameter::new(&Tensor::zeros([channels])));
        GroupNorm { weight, bias, groups, epsilon: 1e-5 }
    }

    /// A group for each channel: the contrast of each picture is taken out, as style transfer wants it.
    #[track_caller]
    pub fn instance(channels: usize) -> Self {
        Self::new(channels.max(1), channels)
    }

    /// What is added to the variance under the root.
    #[must_use]
    pub fn epsilon(mut self, epsilon: Real) -> Self {
        self.epsilon = epsilon;
        self
    }
}

impl Module for GroupNorm {
    fn forward(&self, x: &Tensor, _: &mut Context) -> Tensor {
        x.group_norm(self.groups, &self.weight, &self.bias, self.epsilon)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Rng;

    #[test]
    fn one_group_of_features_is_layer_normalization() {
        let x = Tensor::randn([4, 6], &mut Rng::new(1));
        let (group, layer) = (GroupNorm::new(1, 6), super::super::LayerNorm::new([6]));
        let cx = &mut Context::eval();
        for (a, b) in group.forward(&x, cx).as_slice().iter().zip(layer.forward(&x, cx).as_slice()) {
            assert!((a - b).abs() < 1e-5);
        }
    }

    #[test]
    fn each_picture_loses_its_own_mean() {
        let x = Tensor::randn([3, 4, 5, 6], &mut Rng::new(1)).shift(7.0);
        let y = GroupNorm::instance(6).forward(&x, &mut Context::train(1));
        let means = y.mean_axes(&[1, 2]);
        assert!(means.as_slice().iter().all(|mean| mean.abs() < 1e-5), "{means:?}");
    }

    #[test]
    #[should_panic(expected = "GroupNorm: 4 groups do not divide 6 channels")]
    fn groups_must_divide_the_channels() {
        let _ = GroupNorm::new(4, 6);
    }
}
