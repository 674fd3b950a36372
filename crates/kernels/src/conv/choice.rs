//! Which algorithm computes a convolution: decided here alone, by an estimate of the time from the shape and the direction.
//! The instruction set and the number of threads play no part, so that a network takes the same way on every run.
//!
//! The estimate counts multiplications of the products, which run at about the same rate in all algorithms, and expresses the
//! rest of the work in them:
//! ```text
//! direct       9 in out for each pixel                                                        3x3 taps
//!              9 in out times 90 to the weights                                               storing sums as weights
//! Winograd     N x N ((in + 12) out + 20 (in + out)) for each tile of m x m pixels            products, transforms of tiles
//!              N x N in out times 12 forward and to the input, 8 prepared, 60 to the weights  transform of the weights, or
//!                                                                                             traffic of the prepared ones
//! ```
//! The constants are what two Zen 3 cores took, next to their direct convolution; those of the weights also two Cascade Lake cores, where
//! AVX-512 makes the products twice as fast and the rest not.
//!
//! Algorithms by the Fourier transform are left out. With tiles of 16 x 16 and kernels of 3x3 it takes 16 x 9 complex products,
//! 3 real multiplications each, for 14 x 14 pixels: 2.2 a pixel, as Winograd's 36 / 16 = 2.25, but transforms four times as
//! long and numbers eight times as many for each weight. For the kernels of 5x5 and 7x7 that networks have, 3.0 to 4.3 a pixel
//! against 25 and 49 look better, but such layers read pictures of 1, 3, or 32 channels, where the transforms of 16 x 9 complex
//! numbers for each channel and each tile are more work than the direct products.

use super::ConvShape;
use std::sync::OnceLock;

/// A way to compute a convolution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// The product of patches and weights.
    Direct,
    /// Winograd's with tiles of 2x2: kernels of 3x3 with stride 1.
    Winograd2,
    /// Winograd's with tiles of 4x4: kernels of 3x3 with stride 1.
    Winograd4,
    /// A product of the pixels as they are and the weights: kernels of 1x1 with stride 1.
    Pointwise,
    /// Each channel by itself.
    Depthwise,
}

impl Algorithm {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Algorithm::Direct => "direct",
            Algorithm::Winograd2 => "winograd 2x2",
            Algorithm::Winograd4 => "winograd 4x4",
            Algorithm::Pointwise => "pointwise",
            Algorithm::Depthwise => "depthwise",
        }
    }
}

/// What is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// The output.
    Forward,
    /// The output, with weights that were laid out before.
    Prepared,
    /// The gradient of the input.
    InputGradient,
    /// The gradient of the weights.
    WeightGradient,
}

/// The algorithm that computes a convolution. The variable `GRADUS_CONV` (direct, winograd2, winograd4) forces one wherever it
/// applies. A `--cfg real64` build computes all by the definition, whatever this says.
pub fn choose(shape: &ConvShape, direction: Direction) -> Algorithm {
    static FORCED: OnceLock<Option<Algorithm>> = OnceLock::new();
    let forced = *FORCED.get_or_init(|| match std::env::var("GRADUS_CONV").as_deref() {
        Ok("direct") => Some(Algorithm::Direct),
        Ok("winograd2") => Some(Algorithm::Winograd2),
        Ok("winograd4") => Some(Algorithm::Winograd4),
        _ => None,
    });
    let small = [shape.kernel, shape.stride] == [[1; 2]; 2] && shape.padding == [[0; 2]; 2] && shape.groups == 1;
    match forced {
        _ if shape.is_depthwise() => Algorithm::Depthwise,
        _ if small => Algorithm::Pointwise,
        _ if !has_tiles(shape) => Algorithm::Direct,
        Some(algorithm) => algorithm,
        None => [Algorithm::Direct, Algorithm::Winograd4, Algorithm::Winograd2]
            .into_iter()
            .min_by(|a, b| cost(shape, direction, *a).total_cmp(&cost(shape, direction, *b)))
            .unwrap_or(Algorithm::Direct),
    }
}

/// Whether a convolution is of the kind that Winograd's is for.
fn has_tiles(shape: &ConvShape) -> bool {
    shape.kernel == [3, 3] && shape.stride == [1, 1] && shape.dilation == [1, 1]
}

/// The estimated time, in multiplications of the products.
fn cost(shape: &ConvShape, direction: Direction, algorithm: Algorithm) -> f64 {
    let side = match algorithm {
        Algorithm::Winograd2 => 2,
        Algorithm::Winograd4 => 4,
        _ => {
            let stored = if direction == Direction::WeightGradient { 90.0 * shape.weight_len() as f64 } else { 0.0 };
            return shape.multiplies() as f64 + stored;
        }
    };
    let weight = match direction {
        Direction::Forward | Direction::InputGradient => 12.0,
        Direction::Prepared => 8.0,
        Direction::WeightGradient => 60.0,
    };
    let across = [shape.out_height(), shape.out_width()].map(|length| length.div_ceil(side));
    let tiles = (shape.batch * across[0] * across[1]) as f64;
    let [inputs, outputs, groups] =
        [shape.in_channels, shape.out_channels, shape.groups].map(|channels| channels as f64);
    let product = (inputs / groups + 12.0) * outputs;
    let products = ((side + 2) * (side + 2)) as f64;
    products * (tiles * (product + 20.0 * (inputs + outputs)) + weight * inputs * outputs / groups)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layers_of_networks_get_the_algorithms_that_were_measured_to_be_fastest() {
        if std::env::var_os("GRADUS_CONV").is_some() {
            return;
        }
        let layer = |batch, side, in_channels, out_channels| ConvShape {
            batch,
            in_height: side,
            in_width: side,
            in_channels,
            out_channels,
            kernel: [3, 3],
            stride: [1, 1],
            padding: [[1, 1], [1, 1]],
            dilation: [1, 1],
            groups: 1,
        };
        let resnet = layer(8, 56, 64, 64);
        for direction in [Direction::Forward, Direction::InputGradient, Direction::WeightGradient] {
            assert_eq!(choose(&resnet, direction), Algorithm::Winograd4);
            assert_eq!(choose(&layer(8, 28, 128, 128), direction), Algorithm::Winograd4);
            assert_eq!(choose(&layer(1, 224, 3, 64), direction), Algorithm::Direct);
            assert_eq!(choose(&ConvShape { stride: [2, 2], ..resnet }, direction), Algorithm::Direct);
            assert_eq!(choose(&ConvShape { groups: 32, ..resnet }, direction), Algorithm::Direct);
            assert_eq!(choose(&ConvShape { groups: 64, ..resnet }, direction), Algorithm::Depthwise);
            let pointwise = ConvShape { kernel: [1, 1], padding: [[0; 2]; 2], ..resnet };
            assert_eq!(choose(&pointwise, direction), Algorithm::Pointwise);
        }
        assert_eq!(choose(&layer(1, 14, 256, 256), Direction::Forward), Algorithm::Winograd4);
        assert_eq!(choose(&layer(1, 14, 256, 256), Direction::WeightGradient), Algorithm::Winograd2);
        assert_eq!(choose(&layer(1, 7, 512, 512), Direction::Forward), Algorithm::Direct);
        assert_eq!(choose(&layer(1, 7, 512, 512), Direction::Prepared), Algorithm::Winograd2);
        assert_eq!(choose(&layer(1, 7, 512, 512), Direction::WeightGradient), Algorithm::Winograd2);
        assert_eq!(choose(&layer(8, 7, 512, 512), Direction::WeightGradient), Algorithm::Winograd2);
    }
}
