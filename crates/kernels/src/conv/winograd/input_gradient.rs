//! The gradient of the input: the forward pass over the output's gradient, with the weights turned around.
//! ```text
//! y [i]   gets  x [i - p + t] w [t]      so      dx [j]  gets  dy [j + p - t] w [t]  =  dy [j - (2 - p) + s] w [2 - s]
//! ```
//! a convolution of the same kind with padding 2 - p, taps in reverse, and input and output channels swapped. Windows begin
//! inside dy where p is more than 2. Bound and share of it are the forward pass's.

use super::super::ConvShape;
use super::forward::convolve;
use super::grid::Grid;
use super::weights::Source;
use crate::disjoint::Disjoint;
use crate::gemm::Epilogue;

pub(super) fn run<const N: usize>(shape: &ConvShape, grad_output: &[f32], weight: &[f32], grad_input: &mut [f32]) {
    let (size, channels) = (weight.len() / shape.groups, shape.group_in());
    let grad_input = Disjoint::new(grad_input);
    for (group, weight) in weight.chunks(size).enumerate() {
        let grid = Grid::of_input(shape, group, N - 2);
        let source = Source { weight, channels, turned: true };
        convolve::<N>(grid, grad_output, source, Epilogue::default(), grad_input.part_of_all());
    }
}
