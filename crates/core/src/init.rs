//! Where weights start from.

use std::cell::Cell;

use gradus_kernels::Real;
use serde::{Deserialize, Serialize};

use crate::tensor::Shape;
use crate::{Rng, Tensor};

/// A rule for a layer's first weights. The weight's first axis is the outputs', its last the inputs'; axes between are the
/// kernel's: fan_in = inputs x kernel size, fan_out = outputs x kernel size.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Initializer {
    /// All zero.
    Zeros,
    /// One number everywhere.
    Constant(Real),
    /// Uniform on [-bound, bound].
    Uniform(Real),
    /// Normal with mean 0 and this standard deviation.
    Normal(Real),
    /// Uniform with bound sqrt(6 / (fan_in + fan_out)) (Glorot and Bengio, 2010).
    XavierUniform,
    /// Normal with deviation sqrt(2 / (fan_in + fan_out)) (Glorot and Bengio, 2010).
    XavierNormal,
    /// Uniform with bound sqrt(6 / fan_in) (He et al., 2015).
    HeUniform,
    /// Normal with deviation sqrt(2 / fan_in) (He et al., 2015).
    HeNormal,
    /// Uniform with bound sqrt(3 / fan_in) (LeCun et al., 1998).
    LeCunUniform,
    /// Normal with deviation sqrt(1 / fan_in) (LeCun et al., 1998).
    LeCunNormal,
    /// Uniform with bound 1 / sqrt(fan_in), PyTorch's own rule for dense and convolution layers.
    #[default]
    FanIn,
    /// Rows, or columns where they are fewer, orthogonal and of length `gain` (Saxe et al., 2014).
    Orthogonal(Real),
}

thread_local! {
    static BLANK: Cell<bool> = const { Cell::new(false) };
}

/// Builds a network without drawing its weights, which are unspecified until they are loaded: drawing the 138 million of a
/// VGG-16 takes seconds, their memory alone nothing.
///
/// ```
/// use gradus_core::{init, nn::{self, Linear}, Rng};
/// let layer = init::blank(|| Linear::new(4096, 4096).init(&mut Rng::new(1)));
/// assert_eq!(nn::parameter_count(&layer), 4096 * 4096 + 4096);
/// ```
pub fn blank<T>(build: impl FnOnce() -> T) -> T {
    struct Before(bool);
    impl Drop for Before {
        fn drop(&mut self) {
            BLANK.set(self.0);
        }
    }
    let _before = Before(BLANK.replace(true));
    build()
}

impl Initializer {
    /// A tensor of first weights.
    pub fn draw(self, shape: impl Into<Shape>, rng: &mut Rng) -> Tensor {
        let shape = shape.into();
        if BLANK.get() {
            return Tensor::build(shape, |_| {});
        }
        let kernel: usize = shape.iter().skip(1).rev().skip(1).product();
        let fan_in = (shape.last() * kernel).max(1) as Real;
        let fan_out = (shape.first().copied().unwrap_or(1) * kernel).max(1) as Real;
        match self {
            Initializer::Zeros => Tensor::zeros(shape),
            Initializer::Constant(value) => Tensor::full(shape, value),
            Initializer::Uniform(bound) => uniform(shape, bound, rng),
            Initializer::Normal(deviation) => normal(shape, deviation, rng),
            Initializer::XavierUniform => uniform(shape, (6.0 / (fan_in + fan_out)).sqrt(), rng),
            Initializer::XavierNormal => normal(shape, (2.0 / (fan_in + fan_out)).sqrt(), rng),
            Initializer::HeUniform => uniform(shape, (6.0 / fan_in).sqrt(), rng),
            Initializer::HeNormal => normal(shape, (2.0 / fan_in).sqrt(), rng),
            Initializer::LeCunUniform => uniform(shape, (3.0 / fan_in).sqrt(), rng),
            Initializer::LeCunNormal => normal(shape, (1.0 / fan_in).sqrt(), rng),
            Initializer::FanIn => uniform(shape, (1.0 / fan_in).sqrt(), rng),
            Initializer::Orthogonal(gain) => orthogonal(shape, gain, rng),
        }
    }
}

/// A bias that starts as PyTorch's does: uniform with bound 1 / sqrt(fan_in).
pub fn bias(outputs: usize, fan_in: usize, rng: &mut Rng) -> Tensor {
    Initializer::Uniform(1.0 / (fan_in.max(1) as Real).sqrt()).draw([outputs], rng)
}

fn uniform(shape: Shape, bound: Real, rng: &mut Rng) -> Tensor {
    Tensor::build(shape, |values| values.iter_mut().for_each(|value| *value = rng.uniform_in(-bound, bound)))
}

fn normal(shape: Shape, deviation: Real, rng: &mut Rng) -> Tensor {
    Tensor::build(shape, |values| values.iter_mut().for_each(|value| *value = deviation * rng.normal()))
}

/// Gram and Schmidt on rows of normal numbers, twice for the rounding's sake, over the shorter side.
fn orthogonal(shape: Shape, gain: Real, rng: &mut Rng) -> Tensor {
    let rows = shape.first().copied().unwrap_or(1);
    let columns = shape.elements() / rows.max(1);
    let (count, length) = (rows.min(columns), rows.max(columns));
    let mut basis: Vec<Vec<f64>> = Vec::with_capacity(count);
    while basis.len() < count {
        let mut vector: Vec<f64> = (0..length).map(|_| f64::from(rng.normal())).collect();
        for _ in 0..2 {
            for other in &basis {
                let along: f64 = vector.iter().zip(other).map(|(a, b)| a * b).sum();
                vector.iter_mut().zip(other).for_each(|(a, b)| *a -= along * b);
            }
        }
        let norm = vector.iter().map(|a| a * a).sum::<f64>().sqrt();
        if norm > 1e-6 {
            for a in &mut vector {
                *a /= norm;
            }
            basis.push(vector);
        }
    }
    let at = |row: usize, column: usize| if rows <= columns { basis[row][column] } else { basis[column][row] };
    Tensor::build(shape, |values| {
        for (place, value) in values.iter_mut().enumerate() {
            *value = gain * at(place / columns, place % columns) as Real;
        }
    })
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
    fn variances_follow_the_fans() {
        let mut rng = Rng::new(1);
        let shape = [64, 3, 3, 32]; // fan_in 288, fan_out 576
        let cases = [
            (Initializer::Uniform(0.5), 0.25 / 3.0),
            (Initializer::Normal(0.1), 0.01),
            (Initializer::XavierUniform, 2.0 / 864.0),
            (Initializer::XavierNormal, 2.0 / 864.0),
            (Initializer::HeUniform, 2.0 / 288.0),
            (Initializer::HeNormal, 2.0 / 288.0),
            (Initializer::LeCunUniform, 1.0 / 288.0),
            (Initializer::LeCunNormal, 1.0 / 288.0),
            (Initializer::FanIn, 1.0 / 864.0),
        ];
        for (rule, expected) in cases {
            let (mean, variance) = moments(&rule.draw(shape, &mut rng));
            assert!((variance / expected - 1.0).abs() < 0.05, "{rule:?}: variance {variance}, expected {expected}");
            assert!(mean.abs() < 0.03 * expected.sqrt(), "{rule:?}: mean {mean}");
        }
    }

    #[test]
    fn orthogonal_rows_are_orthogonal() {
        for shape in [[5, 12], [12, 5], [7, 7]] {
            let x = Initializer::Orthogonal(2.0).draw(shape, &mut Rng::new(3));
            let product =
                if shape[0] <= shape[1] { x.matmul_with(false, &x, true) } else { x.matmul_with(true, &x, false) };
            let size = product.shape()[0];
            for row in 0..size {
                for column in 0..size {
                    let expected = if row == column { 4.0 } else { 0.0 };
                    assert!((product.at(&[row, column]) - expected).abs() < 1e-5);
                }
            }
        }
    }
}
