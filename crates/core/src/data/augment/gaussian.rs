//! Convolution with a Gaussian, which blur and elastic deformation share.

use super::Border;
use crate::Real;

/// exp(-x^2 / (2 sigma^2)) at the whole numbers up to 3 sigma on both sides, scaled to the sum 1.
pub(super) fn kernel(sigma: f64) -> Vec<Real> {
    let radius = (3.0 * sigma).ceil();
    let weights: Vec<f64> =
        (0..=2 * radius as usize).map(|x| (-0.5 * ((x as f64 - radius) / sigma).powi(2)).exp()).collect();
    let sum: f64 = weights.iter().sum();
    weights.iter().map(|weight| (weight / sum) as Real).collect()
}

/// Convolves `[height, width, channels]` along both sides, mirrored at the borders.
pub(super) fn smooth(values: &mut [Real], [height, width, channels]: [usize; 3], sigma: f64) {
    let kernel = kernel(sigma);
    let radius = kernel.len() / 2;
    let mirrored = |place: usize, len: usize| {
        Border::Reflect.pixel(place as isize - radius as isize, len).expect("a mirror has no outside")
    };
    let row_len = width * channels;

    // Along the rows: each is copied with its mirrored margins, so that all taps are slices.
    let mut line = Vec::with_capacity(row_len + 2 * radius * channels);
    for row in values.chunks_exact_mut(row_len) {
        line.clear();
        for place in 0..width + 2 * radius {
            line.extend_from_slice(&row[mirrored(place, width) * channels..][..channels]);
        }
        add_taps(row, &kernel, |tap| &line[tap * channels..][..row_len]);
    }
    let source = values.to_vec();
    for (number, row) in values.chunks_exact_mut(row_len).enumerate() {
        add_taps(row, &kernel, |tap| &source[mirrored(number + tap, height) * row_len..][..row_len]);
    }
}

/// Sums the taps, each times its weight.
fn add_taps<'a>(sum: &mut [Real], kernel: &[Real], tap: impl Fn(usize) -> &'a [Real]) {
    sum.fill(0.0);
    for (number, weight) in kernel.iter().enumerate() {
        sum.iter_mut().zip(tap(number)).for_each(|(sum, value)| *sum += weight * value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_even_stays_and_a_point_becomes_the_kernel_twice() {
        let mut even = vec![0.5; 3 * 5 * 2];
        smooth(&mut even, [3, 5, 2], 2.0);
        assert!(even.iter().all(|value| (value - 0.5).abs() < 1e-6));

        let kernel = kernel(0.6);
        assert_eq!(kernel.len(), 5);
        let mut point = vec![0.0; 9 * 9];
        point[4 * 9 + 4] = 1.0;
        smooth(&mut point, [9, 9, 1], 0.6);
        for (place, value) in point.iter().enumerate() {
            let weight = |side: usize| kernel.get((side + 2).wrapping_sub(4)).copied().unwrap_or(0.0);
            assert!((value - weight(place / 9) * weight(place % 9)).abs() < 1e-7);
        }
    }
}
