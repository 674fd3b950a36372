//! Groups of few channels, several computed as one whose weights between different groups are zero.
//!
//! ```text
//!   8 groups of 4 channels, in two of 16           weights of a joined group: [16 out, taps, 16 in]
//!   x  [0000 1111 2222 3333][4444 5555 6666 7777]           in  0000 1111 2222 3333
//!       └───── joined ─────┘└───── joined ─────┘     out  0000  w
//!                                                         1111       w              zero but for the
//!   vectors of y are full, and a pixel is read            2222            w         weights of each group
//!   once for all the groups that lie in it                3333                 w
//! ```
//! A group by itself leaves most of each vector empty and asks for a product of its own. Joined, there are a few times as many
//! multiplications, most of them by zero, at many times the rate: 32 groups of 4 channels of 56x56 by 3x3 taps took 11.3 ms each by
//! itself. A number that is not finite makes NaN of the groups it is joined with, too.

use super::ConvShape;
use crate::Real;
use crate::scratch::{Slot, with_slot};

/// As many channels, in or out, as joined groups have at most: a panel of the products.
const CHANNELS: usize = 16;

/// How the groups of a convolution are joined.
#[derive(Clone, Copy)]
pub(super) struct Joined {
    /// The same convolution in fewer groups.
    pub shape: ConvShape,
    /// How many groups are one.
    together: usize,
}

impl Joined {
    /// None for groups that are better computed one by one.
    pub fn of(shape: &ConvShape) -> Option<Self> {
        if shape.is_depthwise() {
            return None;
        }
        let widest = shape.group_in().max(shape.out_channels / shape.groups);
        let together = (2..=CHANNELS / widest.max(1)).rev().find(|count| shape.groups.is_multiple_of(*count))?;
        Some(Joined { shape: ConvShape { groups: shape.groups / together, ..*shape }, together })
    }

    /// Calls `f` with the weights of the joined groups.
    pub fn with_weights<R>(&self, weight: &[Real], f: impl FnOnce(&[Real]) -> R) -> R {
        with_slot(Slot::Joined, self.shape.weight_len(), |joined| {
            joined.fill(0.0);
            self.each_run(|at, run| joined[at..at + run.len()].copy_from_slice(&weight[run]));
            f(joined)
        })
    }

    /// Calls `f` with room for the gradient of the joined groups' weights, and takes each group's part of it.
    pub fn take_gradient(&self, grad_weight: &mut [Real], f: impl FnOnce(&mut [Real])) {
        with_slot(Slot::Joined, self.shape.weight_len(), |joined| {
            f(joined);
            self.each_run(|at, run| grad_weight[run.clone()].copy_from_slice(&joined[at..at + run.len()]));
        });
    }

    /// Calls `f` with where each output channel's weights of a tap lie: in the joined weights, and in the groups'.
    fn each_run(&self, mut f: impl FnMut(usize, std::ops::Range<usize>)) {
        let (groups, taps) = (self.shape.groups * self.together, self.shape.kernel[0] * self.shape.kernel[1]);
        let (inputs, outputs) = (self.shape.in_channels / groups, self.shape.out_channels / groups);
        for row in 0..self.shape.out_channels * taps {
            let group = row / taps / outputs;
            let start = row * inputs;
            f((row * self.together + group % self.together) * inputs, start..start + inputs);
        }
    }
}
