//! What an op says of itself to a frozen plan.

use gradus_kernels::Real;
use gradus_kernels::conv::ConvShape;
use gradus_kernels::gemm::Activation;
use gradus_kernels::pool::PoolShape;
use smallvec::SmallVec;

use crate::tensor::Tensor;

/// A function that works on numbers where they lie.
pub type InPlace = Box<dyn Fn(&mut [Real]) + Send + Sync>;

/// What an op is to a plan that [`freeze`](crate::freeze()) makes: [`Op::part`](crate::Op::part) gives it. The inputs are the
/// op's, in their order.
pub enum Part {
    /// Nothing that the plan knows of: it runs the op's own `forward`.
    Unknown,
    /// A convolution of (x, weight) or (x, weight, bias).
    Convolution(ConvShape),
    /// A dense layer of (x, weight) or (x, weight, bias).
    Linear,
    /// Normalization of (x, gamma, beta) by constants of each channel: gamma (x - mean) inverse + beta, then an activation.
    Normalize {
        /// The mean of each channel.
        mean: Tensor,
        /// 1 / the deviation of each channel.
        inverse: Tensor,
        /// What follows.
        activation: Activation,
    },
    /// An activation that kernels do along with other work.
    Activation(Activation),
    /// factor x + offset.
    Affine {
        /// The factor.
        factor: Real,
        /// The summand.
        offset: Real,
    },
    /// Any other function of each element, applied in place.
    Map(InPlace),
    /// The sum of two tensors, broadcast.
    Add,
    /// The product of two tensors, element by element, broadcast.
    Mul,
    /// The same elements in another shape.
    Reshape,
    /// The axes in another order.
    Permute(SmallVec<[usize; 8]>),
    /// All inputs one behind the other along an axis.
    Concat {
        /// The axis.
        axis: usize,
    },
    /// A stretch of an axis; the output's shape tells its length.
    Narrow {
        /// The axis.
        axis: usize,
        /// Where it begins.
        start: usize,
    },
    /// The sum along axes, one bit each, which stay with size 1.
    Sum {
        /// Bit i stands for axis i.
        axes: u8,
    },
    /// The largest element of each window, and whether it is at least 0.
    MaxPool(PoolShape, bool),
    /// The mean of each window, and whether the padding's zeros count.
    AveragePool(PoolShape, bool),
}
