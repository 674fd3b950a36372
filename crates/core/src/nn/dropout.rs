//! Dropout (Hinton et al., 2012; Srivastava et al., 2014), in both its forms, by element or by channel.

use gradus_kernels::Real;

use super::{Context, Module};
use crate::{Tensor, parameters};

/// When the loss of dropped elements is made good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// While training: what stays is divided by the probability of staying; in use everything passes.
    Inverted,
    /// In use: everything is multiplied by the probability of staying. The form of the papers.
    Classic,
}

/// Sets elements to zero at random while training, so that no unit can rely on another.
///
/// ```
/// use gradus_core::{nn::{Context, Dropout, Module}, Tensor};
/// let x = Tensor::ones([1000]);
/// let kept = Dropout::new(0.3).forward(&x, &mut Context::train(1));
/// assert!((kept.mean().item() - 1.0).abs() < 0.1);
/// assert_eq!(Dropout::new(0.3).forward(&x, &mut Context::eval()).to_vec(), x.to_vec());
/// ```
#[derive(Clone, Debug)]
pub struct Dropout {
    probability: Real,
    form: Form,
    per_channel: bool,
}

parameters!(Dropout {});

impl Dropout {
    /// Drops each element with a probability; what stays is divided by 1 - probability, and in use everything passes.
    ///
    /// # Panics
    /// When the probability is not in [0, 1].
    #[track_caller]
    pub fn new(probability: Real) -> Self {
        Self::of(probability, Form::Inverted)
    }

    /// Keeps each element with probability `keep` as it is; in use everything is multiplied by `keep`. The expected input of the
    /// next layer is the same in both, as in the papers.
    ///
    /// # Panics
    /// When the probability is not in [0, 1].
    #[track_caller]
    pub fn classic(keep: Real) -> Self {
        Self::of(1.0 - keep, Form::Classic)
    }

    #[track_caller]
    fn of(probability: Real, form: Form) -> Self {
        assert!(
            (0.0..=1.0).contains(&probability),
            "Dropout: a probability lies in [0, 1]; to drop {probability} is not"
        );
        Dropout { probability, form, per_channel: false }
    }

    /// Drops whole channels of each sample: neighbouring pixels tell much the same, so dropping single ones hides little
    /// (Tompson et al., 2015). The channels are the last axis, the samples the first.
    #[must_use]
    pub fn per_channel(mut self) -> Self {
        self.per_channel = true;
        self
    }
}

impl Module for Dropout {
    fn forward(&self, x: &Tensor, cx: &mut Context) -> Tensor {
        let keep = 1.0 - self.probability;
        match (cx.is_training(), self.form) {
            (false, Form::Inverted) => return x.clone(),
            (false, Form::Classic) => return x.scale(keep),
            (true, _) if self.probability == 0.0 => return x.clone(),
            (true, _) => {}
        }
        let scale = if self.form == Form::Inverted && keep > 0.0 { 1.0 / keep } else { 1.0 };
        if self.per_channel && x.rank() > 2 {
            let ones = (0..x.rank()).map(|axis| if axis == 0 || axis == x.rank() - 1 { x.shape()[axis] } else { 1 });
            x.mul(&Tensor::ones(ones.collect::<crate::Shape>()).dropout(self.probability, scale, &mut cx.rng))
        } else {
            x.dropout(self.probability, scale, &mut cx.rng)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moments(x: &Tensor) -> (f64, f64) {
        let values: Vec<f64> = x.as_slice().iter().map(|value| f64::from(*value)).collect();
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        (mean, values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / values.len() as f64)
    }

    #[test]
    fn the_moments_are_those_of_scaled_coin_flips() {
        let x = Tensor::full([200, 1000], 2.0);
        for probability in [0.1, 0.5, 0.8] {
            let keep = 1.0 - f64::from(probability);
            // Five standard errors of 200,000 draws.
            let slack = 5.0 * (keep * (1.0 - keep) / 200_000.0).sqrt();
            let (mean, variance) = moments(&Dropout::new(probability).forward(&x, &mut Context::train(3)));
            assert!((mean - 2.0).abs() < 2.0 * slack / keep, "{probability}: mean {mean}");
            let expected = 4.0 * (1.0 - keep) / keep;
            assert!((variance / expected - 1.0).abs() < 0.02, "{probability}: variance {variance}, not {expected}");
            let (mean, _) = moments(&Dropout::classic(1.0 - probability).forward(&x, &mut Context::train(3)));
            assert!((mean - 2.0 * keep).abs() < 2.0 * slack, "{probability}: mean {mean}");
        }
    }

    #[test]
    fn in_use_the_classic_form_scales_and_the_inverted_one_passes() {
        let x = Tensor::from([1.0, -2.0]);
        assert_eq!(Dropout::classic(0.75).forward(&x, &mut Context::eval()).to_vec(), [0.75, -1.5]);
        assert_eq!(Dropout::new(0.25).forward(&x, &mut Context::eval()).to_vec(), [1.0, -2.0]);
    }

    #[test]
    fn whole_channels_go_together() {
        let y = Dropout::new(0.5).per_channel().forward(&Tensor::ones([8, 3, 5, 16]), &mut Context::train(1));
        let mut dropped = 0;
        for sample in 0..8 {
            for channel in 0..16 {
                let first = y.at(&[sample, 0, 0, channel]);
                dropped += usize::from(first == 0.0);
                assert!(first == 0.0 || first == 2.0);
                for pixel in 0..15 {
                    assert_eq!(y.at(&[sample, pixel / 5, pixel % 5, channel]), first);
                }
            }
        }
        assert!((40..=88).contains(&dropped), "{dropped} of 128");
    }

    #[test]
    fn the_gradient_passes_where_the_value_did() {
        let x = Tensor::ones([100]).requires_grad();
        let y = Dropout::new(0.4).forward(&x, &mut Context::train(9));
        assert_eq!(y.sum().backward().get(&x).unwrap().to_vec(), y.to_vec());
    }

    #[test]
    fn two_passes_differ_and_a_seed_repeats() {
        let (x, dropout) = (Tensor::ones([64]), Dropout::new(0.5));
        let cx = &mut Context::train(4);
        let (first, second) = (dropout.forward(&x, cx), dropout.forward(&x, cx));
        assert_ne!(first.to_vec(), second.to_vec());
        assert_eq!(first.to_vec(), dropout.forward(&x, &mut Context::train(4)).to_vec());
        assert_eq!(cx.rng.position(), 128);
    }

    #[test]
    fn everything_may_be_dropped() {
        assert_eq!(Dropout::new(1.0).forward(&Tensor::ones([4]), &mut Context::train(1)).to_vec(), [0.0; 4]);
    }

    #[test]
    #[should_panic(expected = "Dropout: a probability lies in [0, 1]")]
    fn a_percentage_is_no_probability() {
        let _ = Dropout::new(50.0);
    }
}
