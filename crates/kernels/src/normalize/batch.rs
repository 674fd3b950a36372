//! Batch normalization (Ioffe and Szegedy, 2015) over [pixels, channels], the pixels being those of the whole batch.

use super::channels::{map_channels, sum_channels};
use crate::Real;
use crate::map::{Body, map_in_place};
use crate::reduce::sum_axis;
use crate::scratch::{Slot, with_slot};

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
        [],
        [inverse_deviation, variance],
        #[inline(always)]
        |[x], [shift]| ([], [x - shift, (x - shift) * (x - shift)]),
    );
    let count = pixels as Real;
    for ((mean, variance), inverse) in mean.iter_mut().zip(variance).zip(inverse_deviation) {
        let shifted = *inverse / count;
        *mean += shifted;
        *variance = (*variance / count - shifted * shifted).max(0.0);
        *inverse = 1.0 / (*variance + epsilon).sqrt();
    }
}

/// A batch normalization of [pixels, channels], with a function of each element and a summand in the same pass:
/// y = f(u + s), u = gamma (x - mean) / deviation + beta.
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
}

/// u: the same expression, and so the same bits, forward and backward.
#[inline(always)]
fn affine(x: Real, [mean, factor, beta]: [Real; 3]) -> Real {
    (x - mean) * factor + beta
}

impl BatchNorm<'_> {
    #[track_caller]
    fn check(&self, lengths: &[usize]) {
        let channels = self.mean.len();
        assert!(
            channels > 0
                && [self.inverse_deviation, self.gamma, self.beta].iter().all(|x| x.len() == channels)
                && lengths.iter().all(|&length| length == lengths[0] && length.is_multiple_of(channels)),
            "batch norm: arrays of {lengths:?} elements, {channels} channels"
        );
    }

    /// Calls `work` with gamma / deviation of each channel, and as much memory for two more numbers.
    fn with_factors<R>(&self, work: impl FnOnce(&[Real], [&mut [Real]; 2]) -> R) -> R {
        let channels = self.mean.len();
        with_slot(Slot::Output, 3 * channels, |memory| {
            let (factor, rest) = memory.split_at_mut(channels);
            let (first, second) = rest.split_at_mut(channels);
            for ((factor, inverse), gamma) in factor.iter_mut().zip(self.inverse_deviation).zip(self.gamma) {
                *factor = inverse * gamma;
            }
            work(factor, [first, second])
        })
    }

    /// y = f(u), in one pass.
    #[track_caller]
    pub fn forward(&self, x: &[Real], out: &mut [Real], f: impl Fn(Real) -> Real + Body) {
        self.check(&[x.len(), out.len()]);
        self.with_factors(|factor, _| {
            map_channels(
                [x],
                [self.mean, factor, self.beta],
                out,
                #[inline(always)]
                move |[x], p| f(affine(x, p)),
            );
        });
    }

    /// y = f(u + s), in one pass.
    #[track_caller]
    pub fn forward_add(&self, x: &[Real], s: &[Real], out: &mut [Real], f: impl Fn(Real) -> Real + Body) {
        self.check(&[x.len(), s.len(), out.len()]);
        self.with_factors(|factor, _| {
            map_channels(
                [x, s],
                [self.mean, factor, self.beta],
                out,
                #[inline(always)]
                move |[x, s], p| f(affine(x, p) + s),
            );
        });
    }

    /// The gradients of y = f(u), where mean and deviation are those of x itself, in two passes; `slope` gives f'(u). With
    /// g = f'(u) dy and z = (x - mean) / deviation:
    ///
    /// `dgamma = sum of g z`, `dbeta = sum of g`, `dx = gamma / deviation (g - dbeta / pixels - z dgamma / pixels)`.
    #[track_caller]
    pub fn backward(
        &self,
        [x, dy]: [&[Real]; 2],
        dx: &mut [Real],
        [dgamma, dbeta]: [&mut [Real]; 2],
        slope: impl Fn(Real) -> Real + Body,
    ) {
        self.check(&[x.len(), dy.len(), dx.len()]);
        self.check(&[dgamma.len(), dbeta.len()]);
        self.with_factors(|factor, shares| {
            let parameters = [self.mean, factor, self.beta];
            sum_channels(
                [x, dy],
                parameters,
                [],
                [&mut *dgamma, &mut *dbeta],
                #[inline(always)]
                move |[x, dy], p| {
                    let g = slope(affine(x, p)) * dy;
                    ([], [g * (x - p[0]), g])
                },
            );
            let [of_x, of_one] = self.shares(x.len(), factor, [dgamma, dbeta], shares);
            let [mean, factor, beta] = parameters;
            map_channels(
                [x, dy],
                [mean, factor, beta, of_x, of_one],
                dx,
                #[inline(always)]
                move |[x, dy], [mean, factor, beta, of_x, of_one]| {
                    let g = slope(affine(x, [mean, factor, beta])) * dy;
                    factor * g - of_x * (x - mean) - of_one
                },
            );
        });
    }

    /// The gradients of y = f(u + s) likewise; `slope` gives f' from y. That of s is g.
    #[track_caller]
    pub fn backward_add(
        &self,
        [x, y, dy]: [&[Real]; 3],
        [dx, ds]: [&mut [Real]; 2],
        [dgamma, dbeta]: [&mut [Real]; 2],
        slope: impl Fn(Real) -> Real + Body,
    ) {
        self.check(&[x.len(), y.len(), dy.len(), dx.len(), ds.len()]);
        self.check(&[dgamma.len(), dbeta.len()]);
        self.with_factors(|factor, shares| {
            sum_channels(
                [x, y, dy],
                [self.mean],
                [&mut *ds],
                [&mut *dgamma, &mut *dbeta],
                #[inline(always)]
                move |[x, y, dy], [mean]| {
                    let g = slope(y) * dy;
                    ([g], [g * (x - mean), g])
                },
            );
            let [of_x, of_one] = self.shares(x.len(), factor, [dgamma, dbeta], shares);
            map_channels(
                [x, ds],
                [self.mean, factor, of_x, of_one],
                dx,
                #[inline(always)]
                |[x, g], [mean, factor, of_x, of_one]| factor * g - of_x * (x - mean) - of_one,
            );
        });
    }

    /// From the sum of g (x - mean), which becomes dgamma, and from dbeta: what of x - mean and of 1 goes off factor g in dx.
    fn shares<'a>(
        &self,
        length: usize,
        factor: &[Real],
        [dgamma, dbeta]: [&mut [Real]; 2],
        [of_x, of_one]: [&'a mut [Real]; 2],
    ) -> [&'a [Real]; 2] {
        let share = self.mean.len() as Real / length.max(1) as Real;
        for (channel, (inverse, factor)) in self.inverse_deviation.iter().zip(factor).enumerate() {
            dgamma[channel] *= inverse;
            of_x[channel] = factor * share * dgamma[channel] * inverse;
            of_one[channel] = factor * share * dbeta[channel];
        }
        [of_x, of_one]
    }
}
