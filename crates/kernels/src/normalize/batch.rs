//! Batch normalization (Ioffe and Szegedy, 2015) over [pixels, channels], the pixels being those of the whole batch.

use super::channels::{map_channels, sum_channels};
use crate::Real;
use crate::map::map_in_place;
use crate::reduce::sum_axis;

/// The pixels whose mean the sums are shifted by.
const SHIFT: usize = 64;

/// For each channel the mean, the variance (divided by the number of pixels) and 1 / sqrt(variance + epsilon), in one pass.
///
/// The sums are of x less the mean of the first pixels, so that a mean far from 0 costs no digits.
#[track_caller]
pub fn batch_statistics(
    x: &[Real],
    epsilon: Real,
    mean: &mut [Real],
    variance: &mut [Real],
    inverse_deviation: &mut [Real],
) {
    let channels = mean.len();
    assert!(
        channels > 0 && !x.is_empty() && x.len().is_multiple_of(channels) && variance.len() == channels,
        "batch norm: {} elements, {channels} channels",
        x.len()
    );
    assert_eq!(inverse_deviation.len(), channels, "batch norm: the statistics differ in length");
    let pixels = x.len() / channels;
    let first = pixels.min(SHIFT);
    sum_axis(&x[..first * channels], [1, first, channels], mean);
    map_in_place(mean, move |sum| sum / first as Real);
    sum_channels(
        [x],
        [mean],
        [inverse_deviation, variance],
        #[inline(always)]
        |[x], [shift]| [x - shift, (x - shift) * (x - shift)],
    );
    let count = pixels as Real;
    for ((mean, variance), inverse) in mean.iter_mut().zip(variance).zip(inverse_deviation) {
        let shifted = *inverse / count;
        *mean += shifted;
        *variance = (*variance / count - shifted * shifted).max(0.0);
        *inverse = 1.0 / (*variance + epsilon).sqrt();
    }
}

/// A batch normalization of [pixels, channels]: y = gamma (x - mean) / deviation + beta, then max(y, 0) with `relu`.
#[derive(Clone, Copy, Debug)]
pub struct BatchNorm<'a> {
    /// The mean of each channel.
    pub mean: &'a [Real],
    /// 1 / sqrt(variance + epsilon) of each channel.
    pub inverse_deviation: &'a [Real],
    /// The factor of each channel.
    pub gamma: &'a [Real],
    /// The summand of each channel.
    pub beta: &'a [Real],
    /// Whether a ReLU follows.
    pub relu: bool,
}

/// The output before the ReLU: the same expression, and so the same sign, forward and backward.
#[inline(always)]
fn affine(x: Real, [mean, inverse, gamma, beta]: [Real; 4]) -> Real {
    (x - mean) * (inverse * gamma) + beta
}

impl BatchNorm<'_> {
    fn parameters(&self) -> [&[Real]; 4] {
        [self.mean, self.inverse_deviation, self.gamma, self.beta]
    }

    #[track_caller]
    fn check(&self, lengths: &[usize]) {
        let channels = self.mean.len();
        assert!(
            channels > 0
                && self.parameters().iter().all(|x| x.len() == channels)
                && lengths.iter().all(|&length| length == lengths[0] && length.is_multiple_of(channels)),
            "batch norm: arrays of {lengths:?} elements, {channels} channels"
        );
    }

    /// The output, in one pass.
    #[track_caller]
    pub fn forward(&self, x: &[Real], out: &mut [Real]) {
        self.check(&[x.len(), out.len()]);
        let parameters = self.parameters();
        if self.relu {
            map_channels(
                [x],
                parameters,
                out,
                #[inline(always)]
                |[x], p| {
                    let y = affine(x, p);
                    if y < 0.0 { 0.0 } else { y }
                },
            );
        } else {
            map_channels(
                [x],
                parameters,
                out,
                #[inline(always)]
                |[x], p| affine(x, p),
            );
        }
    }

    /// The gradients, where mean and deviation are those of x itself, in two passes. With g the gradient before the ReLU
    /// (dy where the output is positive) and z = (x - mean) / deviation:
    ///
    /// `dgamma = sum of g z`, `dbeta = sum of g`, `dx = gamma / deviation (g - dbeta / pixels - z dgamma / pixels)`.
    #[track_caller]
    pub fn backward(&self, x: &[Real], dy: &[Real], dx: &mut [Real], dgamma: &mut [Real], dbeta: &mut [Real]) {
        self.check(&[x.len(), dy.len(), dx.len()]);
        self.check(&[dgamma.len(), dbeta.len()]);
        if self.relu {
            self.gradients::<true>(x, dy, dx, dgamma, dbeta);
        } else {
            self.gradients::<false>(x, dy, dx, dgamma, dbeta);
        }
    }

    fn gradients<const RELU: bool>(
        &self,
        x: &[Real],
        dy: &[Real],
        dx: &mut [Real],
        dgamma: &mut [Real],
        dbeta: &mut [Real],
    ) {
        let [mean, inverse, gamma, beta] = self.parameters();
        sum_channels(
            [x, dy],
            [mean, inverse, gamma, beta],
            [&mut *dgamma, &mut *dbeta],
            #[inline(always)]
            |[x, dy], p| {
                let g = if RELU && affine(x, p) <= 0.0 { 0.0 } else { dy };
                let [mean, inverse, ..] = p;
                [g * ((x - mean) * inverse), g]
            },
        );
        let share = self.mean.len() as Real / x.len().max(1) as Real;
        map_channels(
            [x, dy],
            [mean, inverse, gamma, beta, dgamma, dbeta],
            dx,
            #[inline(always)]
            move |[x, dy], [mean, inverse, gamma, beta, dgamma, dbeta]| {
                let g = if RELU && affine(x, [mean, inverse, gamma, beta]) <= 0.0 { 0.0 } else { dy };
                let z = (x - mean) * inverse;
                (inverse * gamma) * (g - share * (dbeta + z * dgamma))
            },
        );
    }
}
