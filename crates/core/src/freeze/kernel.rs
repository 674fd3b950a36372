//! A step's work as it runs: kernels with all that they need but the memory of inputs and output.

use gradus_kernels::conv::Prepared;
use gradus_kernels::finish;
use gradus_kernels::gemm::Activation;
use gradus_kernels::permute::permute;
use gradus_kernels::pool::{self, PoolShape};
use gradus_kernels::{Real, join, map};
use smallvec::SmallVec;

use super::part::InPlace;
use crate::graph::Rerun;
use crate::tensor::{Shape, Tensor};

pub(super) enum Kernel {
    /// Of (x) or (x, residual).
    Convolution(Box<Prepared>),
    Scale {
        factors: Vec<Real>,
        offsets: Vec<Real>,
        activation: Activation,
    },
    Sum(Activation),
    Gate {
        channels: usize,
    },
    Activate(Activation),
    Affine {
        factor: Real,
        offset: Real,
    },
    Map(InPlace),
    MaxPool(PoolShape, bool),
    AveragePool(PoolShape, bool),
    Permute {
        sizes: Shape,
        order: SmallVec<[usize; 8]>,
    },
    /// Of any number of inputs: `runs` gives the stretch that each has in a row of the output.
    Concat {
        runs: Vec<usize>,
    },
    /// Of any number of inputs with rows of `run` numbers: elements of each by turns.
    Interleave {
        run: usize,
    },
    /// The stretch of `length` from `start` on of each row of `row` numbers.
    Narrow {
        row: usize,
        start: usize,
        length: usize,
    },
    /// The op itself, on tensors.
    Eager {
        op: Box<dyn Rerun>,
        shape: Shape,
    },
}

impl Kernel {
    /// Whether the output may lie where the first input lies.
    pub fn can_overwrite(&self) -> bool {
        matches!(
            self,
            Kernel::Scale { .. }
                | Kernel::Sum(_)
                | Kernel::Gate { .. }
                | Kernel::Activate(_)
                | Kernel::Affine { .. }
                | Kernel::Map(_)
        )
    }

    /// How it is done, in a word.
    pub fn algorithm(&self) -> &'static str {
        match self {
            Kernel::Convolution(prepared) => prepared.algorithm().name(),
            Kernel::MaxPool(..) | Kernel::AveragePool(..) => "windows",
            Kernel::Permute { .. } | Kernel::Concat { .. } | Kernel::Interleave { .. } | Kernel::Narrow { .. } => {
                "copy"
            }
            Kernel::Eager { .. } => "eager",
            _ => "pass",
        }
    }

    /// The bytes of weights that it holds.
    pub fn bytes(&self) -> usize {
        match self {
            Kernel::Convolution(prepared) => prepared.bytes(),
            Kernel::Scale { factors, offsets, .. } => size_of_val(&**factors) + size_of_val(&**offsets),
            _ => 0,
        }
    }

    /// Writes the output. In a step that overwrites its first input, `first` is `None`, and `out` holds it.
    pub fn run(&self, first: Option<&[Real]>, others: &[&[Real]], out: &mut [Real]) {
        let x = || first.expect("only kernels that can overwrite do");
        match self {
            Kernel::Convolution(prepared) => prepared.run(x(), others.first().copied(), out),
            Kernel::Scale { factors, offsets, activation } => finish::scale(first, factors, offsets, *activation, out),
            Kernel::Sum(activation) => finish::add(first, others[0], *activation, out),
            Kernel::Gate { channels } => finish::gate(first, others[0], *channels, out),
            Kernel::Activate(activation) => finish::activate(first, *activation, out),
            Kernel::Affine { factor, offset } => {
                let (factor, offset) = (*factor, *offset);
                finish::activate(first, Activation::Identity, out);
                map::map_in_place(
                    out,
                    #[inline(always)]
                    move |x| factor * x + offset,
                );
            }
            Kernel::Map(function) => {
                if let Some(x) = first {
                    out.copy_from_slice(x);
                }
                function(out);
            }
            Kernel::MaxPool(shape, relu) => pool::max(shape, *relu, x(), out),
            Kernel::AveragePool(shape, count_padding) => pool::average(shape, *count_padding, x(), out),
            Kernel::Permute { sizes, order } => permute(x(), sizes, order, out),
            Kernel::Concat { runs } => {
                let parts = first.into_iter().chain(others.iter().copied()).zip(runs.iter().copied());
                join::concat(&parts.collect::<SmallVec<[_; 8]>>(), out);
            }
            Kernel::Interleave { run } => {
                let parts = first.into_iter().chain(others.iter().copied()).map(|x| (x, *run));
                join::interleave(&parts.collect::<SmallVec<[_; 8]>>(), out);
            }
            Kernel::Narrow { row, start, length } => {
                for (out, x) in out.chunks_mut((*length).max(1)).zip(x().chunks((*row).max(1))) {
                    out.copy_from_slice(&x[*start..start + length]);
                }
            }
            Kernel::Eager { .. } => unreachable!("an eager op runs on tensors"),
        }
    }

    /// Runs an op as it runs outside of plans.
    pub fn run_eagerly(op: &dyn Rerun, inputs: &[Tensor], shape: Shape, out: &mut [Real]) {
        let inputs: SmallVec<[&Tensor; 4]> = inputs.iter().collect();
        out.copy_from_slice(op.rerun(&inputs, shape).as_slice());
    }
}
