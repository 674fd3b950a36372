//! A convolution made ready once and run many times, as a trained network's are: weights in the form that its algorithm reads,
//! and all that ends the layer (bias, residual, activation) done along with it.

#[cfg(not(real64))]
use super::depthwise;
#[cfg(not(real64))]
use super::joined::Joined;
#[cfg(not(real64))]
use super::products::PackedWeights;
#[cfg(not(real64))]
use super::winograd::{self, Side};
use super::{Algorithm, ConvShape, Direction, choose};
use crate::Real;
use crate::gemm::{Activation, Epilogue, Matrix, PackedRight};

/// A convolution with its weights, ready to run.
pub struct Prepared {
    shape: ConvShape,
    /// The same with groups of few channels joined, which the weights are for.
    computed: ConvShape,
    weights: Weights,
    bias: Option<Vec<Real>>,
    activation: Activation,
    /// Where the results of each pixel begin, and how far it is to the next pixel's.
    columns: [usize; 2],
}

/// The weights in the form that an algorithm reads.
enum Weights {
    /// As they come: `[out_channels, kernel height, kernel width, in_channels / groups]`.
    #[cfg(real64)]
    Plain(Vec<Real>),
    /// `[taps, channels]`.
    #[cfg(not(real64))]
    Depthwise(Vec<Real>),
    /// The right factor of a product with the pixels as they are.
    Pointwise(PackedRight),
    /// The right factors of products with patches.
    #[cfg(not(real64))]
    Direct(PackedWeights),
    /// Transformed, for the products of Winograd's algorithm.
    #[cfg(not(real64))]
    Winograd(winograd::Weights),
}

impl Weights {
    #[cfg(not(real64))]
    fn new(shape: &ConvShape, weight: &[Real]) -> Self {
        match choose(shape, Direction::Prepared) {
            Algorithm::Depthwise => {
                let mut turned = vec![0.0; weight.len()];
                depthwise::turn(shape, weight, &mut turned);
                Weights::Depthwise(turned)
            }
            Algorithm::Pointwise => Self::pointwise(shape, weight),
            Algorithm::Direct => Weights::Direct(PackedWeights::new(shape, weight)),
            Algorithm::Winograd2 => Weights::Winograd(winograd::Weights::new(Side::Two, shape, weight)),
            Algorithm::Winograd4 => Weights::Winograd(winograd::Weights::new(Side::Four, shape, weight)),
        }
    }

    #[cfg(real64)]
    fn new(shape: &ConvShape, weight: &[Real]) -> Self {
        match choose(shape, Direction::Prepared) {
            Algorithm::Pointwise => Self::pointwise(shape, weight),
            _ => Weights::Plain(weight.to_vec()),
        }
    }

    fn pointwise(shape: &ConvShape, weight: &[Real]) -> Self {
        let (rows, columns) = (shape.in_channels, shape.out_channels);
        Weights::Pointwise(PackedRight::new(Matrix { data: weight, rows, columns, transposed: true }))
    }
}

impl Prepared {
    /// Takes weights `[out_channels, kernel height, kernel width, in_channels / groups]` and a bias `[out_channels]`.
    ///
    /// # Panics
    /// When they are not as many numbers as the shape says.
    #[track_caller]
    pub fn new(shape: &ConvShape, weight: &[Real], bias: Option<&[Real]>, activation: Activation) -> Self {
        shape.check(shape.in_len(), weight.len(), shape.out_len());
        Epilogue::bias(bias).check(shape.out_channels, shape.out_len());
        let bias = bias.map(<[Real]>::to_vec);
        let (shape, columns) = (*shape, [0, shape.out_channels]);
        #[cfg(not(real64))]
        if let Some(joined) = Joined::of(&shape) {
            let weights = joined.with_weights(weight, |weight| Weights::new(&joined.shape, weight));
            return Prepared { shape, computed: joined.shape, weights, bias, activation, columns };
        }
        Prepared { shape, computed: shape, weights: Weights::new(&shape, weight), bias, activation, columns }
    }

    /// From now on an output has pixels of `all` numbers, of which those from `first` on are written and the others stay: a part of a
    /// concatenation by channels, written where it belongs.
    ///
    /// # Panics
    /// When a pixel has too few numbers, or the kernel fills whole pixels: a depthwise convolution's, and all in an f64 build.
    #[track_caller]
    pub fn set_columns(&mut self, first: usize, all: usize) {
        let channels = self.shape.out_channels;
        assert!(first + channels <= all, "conv: {channels} channels from {first} on are more than {all} columns");
        assert!(!cfg!(real64) && !self.shape.is_depthwise(), "conv: {:?} fills whole pixels", self.shape);
        self.columns = [first, all];
    }

    /// The sizes.
    pub fn shape(&self) -> &ConvShape {
        &self.shape
    }

    /// The algorithm that was chosen.
    pub fn algorithm(&self) -> Algorithm {
        choose(&self.computed, Direction::Prepared)
    }

    /// The bytes that weights and bias take.
    pub fn bytes(&self) -> usize {
        let weights = match &self.weights {
            #[cfg(real64)]
            Weights::Plain(weight) => size_of_val(&**weight),
            #[cfg(not(real64))]
            Weights::Depthwise(weight) => size_of_val(&**weight),
            Weights::Pointwise(right) => right.bytes(),
            #[cfg(not(real64))]
            Weights::Direct(weights) => weights.bytes(),
            #[cfg(not(real64))]
            Weights::Winograd(weights) => weights.bytes(),
        };
        weights + self.bias.as_deref().map_or(0, size_of_val)
    }

    /// output = activation(convolution of the input + bias + residual). A residual has the layout of the output.
    ///
    /// # Panics
    /// When a slice has not as many numbers as the shape and [`Prepared::set_columns`] say.
    #[track_caller]
    pub fn run(&self, input: &[Real], residual: Option<&[Real]>, output: &mut [Real]) {
        let (shape, [first, pixel]) = (&self.computed, self.columns);
        self.shape.check(input.len(), self.shape.weight_len(), self.shape.out_len());
        let pixels = shape.batch * shape.out_height() * shape.out_width();
        assert!(output.len() == pixels * pixel, "conv: {} numbers hold no {pixels} pixels of {pixel}", output.len());
        let epilogue = Epilogue { bias: self.bias.as_deref(), residual, activation: self.activation };
        epilogue.check(shape.out_channels, output.len());
        let epilogue = Epilogue { residual: residual.and_then(|residual| residual.get(first..)), ..epilogue };
        let output = output.get_mut(first..).unwrap_or_default();
        match &self.weights {
            #[cfg(real64)]
            Weights::Plain(weight) => super::forward(shape, input, weight, epilogue, output),
            #[cfg(not(real64))]
            Weights::Depthwise(weight) => depthwise::forward_turned(shape, input, weight, epilogue, output),
            Weights::Pointwise(right) => {
                let (rows, columns) = (shape.batch * shape.in_height * shape.in_width, shape.in_channels);
                let pixels = Matrix { data: input, rows, columns, transposed: false };
                pointwise(pixels, right, epilogue, pixel, output);
            }
            #[cfg(not(real64))]
            Weights::Direct(weights) => weights.forward(shape, input, epilogue, pixel, output),
            #[cfg(not(real64))]
            Weights::Winograd(weights) => weights.forward(shape, input, epilogue, pixel, output),
        }
    }
}

/// The product of pixels and weights, into pixels that are `stride` numbers apart.
#[cfg(not(real64))]
fn pointwise(pixels: Matrix, weights: &PackedRight, epilogue: Epilogue, stride: usize, output: &mut [Real]) {
    use crate::gemm::{Output, Rows, product_packed};
    let c = crate::disjoint::Disjoint::new(output);
    product_packed(&Rows::of(pixels), weights, &Output { c, stride, column: 0, accumulate: false, epilogue });
}

#[cfg(real64)]
fn pointwise(pixels: Matrix, weights: &PackedRight, epilogue: Epilogue, _: usize, output: &mut [Real]) {
    crate::gemm::gemm_packed(pixels, weights, output, epilogue);
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(not(real64))]
    use crate::testing::among;
    use crate::testing::numbers;

    fn value(activation: Activation, x: Real) -> Real {
        let gate = (x + 3.0).clamp(0.0, 6.0) / 6.0;
        let sigmoid = 1.0 / (1.0 + (-x).exp());
        match activation {
            Activation::Identity => x,
            Activation::Relu => x.max(0.0),
            Activation::Relu6 => x.clamp(0.0, 6.0),
            Activation::HardSigmoid => gate,
            Activation::HardSwish => x * gate,
            Activation::Sigmoid => sigmoid,
            Activation::Silu => x * sigmoid,
        }
    }

    /// Among other columns, which stay as they are, the results have the same bits.
    #[cfg(not(real64))]
    fn assert_fills_its_columns(mut prepared: Prepared, x: &[Real], residual: Option<&[Real]>, expected: &[Real]) {
        let channels = prepared.shape().out_channels;
        let columns = [3, channels + 8];
        let mut y = among(&vec![Real::NAN; expected.len()], channels, columns, 5.0);
        let residual = residual.map(|residual| among(residual, channels, columns, 7.0));
        prepared.set_columns(columns[0], columns[1]);
        prepared.run(x, residual.as_deref(), &mut y);
        assert_eq!(y, among(expected, channels, columns, 5.0));
    }

    #[test]
    fn a_prepared_convolution_is_the_convolution_and_what_ends_the_layer() {
        use Activation::{HardSigmoid, HardSwish, Identity, Relu, Relu6, Sigmoid, Silu};
        let dense = ConvShape {
            batch: 2,
            in_height: 9,
            in_width: 7,
            in_channels: 6,
            out_channels: 10,
            kernel: [3, 3],
            stride: [1, 1],
            padding: [[1, 1], [1, 1]],
            dilation: [1, 1],
            groups: 1,
        };
        let shapes = [
            dense,
            ConvShape { stride: [2, 1], groups: 2, ..dense },
            ConvShape { groups: 6, out_channels: 6, ..dense },
            ConvShape { kernel: [1, 1], padding: [[0; 2]; 2], ..dense },
            ConvShape { kernel: [1, 1], padding: [[0; 2]; 2], in_height: 1, in_width: 1, ..dense },
            // Few channels in, whose kernel rows are runs: panels that are whole, narrow, and neither; rows of few places.
            ConvShape { in_channels: 3, out_channels: 21, stride: [2, 1], ..dense },
            ConvShape { in_channels: 1, out_channels: 16, kernel: [3, 5], padding: [[0; 2], [3, 1]], ..dense },
            ConvShape { in_channels: 2, out_channels: 40, kernel: [2, 4], dilation: [2, 1], ..dense },
            ConvShape { in_channels: 3, out_channels: 7, stride: [1, 3], ..dense },
            // Sums in two parts.
            ConvShape { in_channels: 58, stride: [2, 2], ..dense },
            ConvShape { in_channels: 520, kernel: [1, 1], padding: [[0; 2]; 2], ..dense },
            // A row so long that threads share it.
            ConvShape {
                in_height: 1,
                in_width: 3001,
                in_channels: 1,
                out_channels: 16,
                kernel: [1, 9],
                padding: [[0; 2], [4, 3]],
                ..dense
            },
        ];
        for shape in shapes {
            let (x, weight) = (numbers(shape.in_len(), 1), numbers(shape.weight_len(), 2));
            let (bias, residual) = (numbers(shape.out_channels, 3), numbers(shape.out_len(), 4));
            let mut plain = vec![0.0; shape.out_len()];
            super::super::reference::forward(&shape, &x, &weight, Epilogue::default(), &mut plain);
            for activation in [Identity, Relu, Relu6, HardSigmoid, HardSwish, Sigmoid, Silu] {
                for [has_bias, has_residual] in [[false, false], [true, false], [true, true]] {
                    let prepared = Prepared::new(&shape, &weight, has_bias.then_some(&bias), activation);
                    let mut y = vec![Real::NAN; shape.out_len()];
                    prepared.run(&x, has_residual.then_some(&residual), &mut y);
                    #[cfg(not(real64))]
                    if !shape.is_depthwise() {
                        assert_fills_its_columns(prepared, &x, has_residual.then_some(&residual), &y);
                    }
                    for (place, y) in y.iter().enumerate() {
                        let bias = if has_bias { bias[place % shape.out_channels] } else { 0.0 };
                        let residual = if has_residual { residual[place] } else { 0.0 };
                        let expected = value(activation, plain[place] + bias + residual);
                        assert!(
                            (y - expected).abs() < 2e-5,
                            "{shape:?} {activation:?} at {place}: {y}, not {expected}"
                        );
                    }
                }
            }
        }
    }
}
