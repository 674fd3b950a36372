//! What happens to the results of a product or a convolution before they leave the cache: y = activation(sum + bias + residual).
//!
//! A pass of its own over a result that has gone to memory costs as much as many a product; here the sums are still in
//! registers (bias, residual, ReLU, ReLU6) or their tile is in the first cache (activations with an exponential or a product).

use crate::Real;
use crate::math;

/// The function that ends a layer, one element at a time. NaN stays NaN in all of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Activation {
    /// x
    #[default]
    Identity,
    /// max(x, 0)
    Relu,
    /// min(max(x, 0), 6) (Howard et al., MobileNets, 2017)
    Relu6,
    /// min(max(x + 3, 0), 6) / 6 (Howard et al., MobileNetV3, 2019)
    HardSigmoid,
    /// x min(max(x + 3, 0), 6) / 6 (Howard et al., MobileNetV3, 2019)
    HardSwish,
    /// 1 / (1 + e^-x)
    Sigmoid,
    /// x / (1 + e^-x) (Elfwing, Uchibe, Doya, 2017)
    Silu,
}

impl Activation {
    /// The least and the greatest value, where cutting off at them is all that the function does.
    #[inline(always)]
    pub fn bounds(self) -> Option<[Real; 2]> {
        match self {
            Activation::Identity => Some([Real::NEG_INFINITY, Real::INFINITY]),
            Activation::Relu => Some([0.0, Real::INFINITY]),
            Activation::Relu6 => Some([0.0, 6.0]),
            _ => None,
        }
    }

    /// The function of each element. Inside [`crate::isa::vectorize`] the loops become vector code.
    #[inline(always)]
    pub fn apply(self, line: &mut [Real]) {
        // The comparisons are false for NaN, which so stays.
        let cut = |x: Real, [least, most]: [Real; 2]| {
            if x <= least {
                least
            } else if x > most {
                most
            } else {
                x
            }
        };
        let gate = |x: Real| cut(x + 3.0, [0.0, 6.0]) * (1.0 / 6.0);
        match self {
            Activation::Identity => {}
            Activation::Relu => line.iter_mut().for_each(|x| *x = cut(*x, [0.0, Real::INFINITY])),
            Activation::Relu6 => line.iter_mut().for_each(|x| *x = cut(*x, [0.0, 6.0])),
            Activation::HardSigmoid => line.iter_mut().for_each(|x| *x = gate(*x)),
            Activation::HardSwish => line.iter_mut().for_each(|x| *x *= gate(*x)),
            Activation::Sigmoid => line.iter_mut().for_each(|x| *x = math::sigmoid(*x)),
            Activation::Silu => line.iter_mut().for_each(|x| *x *= math::sigmoid(*x)),
        }
    }
}

/// What happens to each element of the result before it is stored: activation(sum + bias + residual).
#[derive(Clone, Copy, Debug, Default)]
pub struct Epilogue<'a> {
    /// Added to each column (output channel).
    pub bias: Option<&'a [Real]>,
    /// Added element by element: as many numbers as the result has, in its layout.
    pub residual: Option<&'a [Real]>,
    /// The last step.
    pub activation: Activation,
}

impl<'a> Epilogue<'a> {
    /// A bias, if any, and nothing else.
    pub fn bias(bias: Option<&'a [Real]>) -> Self {
        Epilogue { bias, ..Epilogue::default() }
    }

    /// Finishes a stretch of the result that lies within one row: its first element is in `column` and at `place` of all.
    /// To be called inside [`crate::isa::vectorize`].
    #[inline(always)]
    pub fn finish(&self, column: usize, place: usize, line: &mut [Real]) {
        if let Some(bias) = self.bias {
            line.iter_mut().zip(&bias[column..]).for_each(|(y, bias)| *y += bias);
        }
        if let Some(residual) = self.residual {
            line.iter_mut().zip(&residual[place..]).for_each(|(y, x)| *y += x);
        }
        self.activation.apply(line);
    }

    /// Panics unless bias and residual fit a result of `columns` columns and `length` numbers.
    #[track_caller]
    pub(crate) fn check(&self, columns: usize, length: usize) {
        let found = self.bias.map_or(columns, <[Real]>::len);
        assert!(found == columns, "epilogue: the bias has {found} numbers, the result {columns} columns");
        let found = self.residual.map_or(length, <[Real]>::len);
        assert!(found == length, "epilogue: the residual has {found} numbers, the result {length}");
    }
}
