//! What everything that slides over a picture shares: sizes along height and width, and padding.

/// A size along height and width. One number stands for both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair(pub [usize; 2]);

impl From<usize> for Pair {
    fn from(size: usize) -> Self {
        Pair([size; 2])
    }
}

impl From<[usize; 2]> for Pair {
    fn from(sizes: [usize; 2]) -> Self {
        Pair(sizes)
    }
}

/// A size along depth, height and width. One number stands for all three.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Triple(pub [usize; 3]);

impl From<usize> for Triple {
    fn from(size: usize) -> Self {
        Triple([size; 3])
    }
}

impl From<[usize; 3]> for Triple {
    fn from(sizes: [usize; 3]) -> Self {
        Triple(sizes)
    }
}

/// What is added around a picture, or along the `AXES` of a sequence or a volume.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Padding<const AXES: usize = 2> {
    /// As many as written, before and after along each axis: `[[top, bottom], [left, right]]`.
    Explicit([[usize; 2]; AXES]),
    /// So many that the output has ceil(size / stride) places along each axis, by TensorFlow's rule: where the number is odd,
    /// the one too many goes to the end, the bottom and the right.
    Same,
}

impl<const AXES: usize> Padding<AXES> {
    /// None.
    pub const NONE: Padding<AXES> = Padding::Explicit([[0; 2]; AXES]);

    /// What is added before and after along an axis (0 the height, 1 the width of a picture) of a `length`, for windows of
    /// `extent`.
    pub(crate) fn resolve(self, axis: usize, length: usize, extent: usize, stride: usize) -> [usize; 2] {
        match self {
            Padding::Explicit(padding) => padding[axis],
            Padding::Same => {
                let last = length.div_ceil(stride).saturating_sub(1) * stride;
                let total = (last + extent).saturating_sub(length);
                [total / 2, total - total / 2]
            }
        }
    }
}

impl<const AXES: usize> From<usize> for Padding<AXES> {
    fn from(size: usize) -> Self {
        Padding::Explicit([[size; 2]; AXES])
    }
}

impl<const AXES: usize> From<[usize; AXES]> for Padding<AXES> {
    /// The same at both ends of each axis.
    fn from(sizes: [usize; AXES]) -> Self {
        Padding::Explicit(sizes.map(|size| [size; 2]))
    }
}

impl<const AXES: usize> From<[[usize; 2]; AXES]> for Padding<AXES> {
    fn from(padding: [[usize; 2]; AXES]) -> Self {
        Padding::Explicit(padding)
    }
}

/// The effective size of a dilated (atrous) kernel, the places that it spans with its holes: k + (k - 1)(d - 1), which is
/// (k - 1) d + 1 (Chen et al., DeepLab, 2018, section 3.1).
///
/// ```
/// use gradus_core::effective_kernel;
/// assert_eq!([1, 2, 4].map(|dilation| effective_kernel(3, dilation)), [3, 5, 9]);
/// ```
#[must_use]
pub fn effective_kernel(kernel: usize, dilation: usize) -> usize {
    kernel.saturating_sub(1) * dilation + 1
}

#[cfg(test)]
mod tests {
    use super::{Padding, effective_kernel};

    #[test]
    fn the_effective_kernel_is_the_closed_form() {
        for kernel in 1..12 {
            for dilation in 1..12 {
                assert_eq!(effective_kernel(kernel, dilation), kernel + (kernel - 1) * (dilation - 1));
            }
        }
    }

    #[test]
    fn same_padding_is_tensorflows() {
        // length, window, stride -> before, after: tensorflow.org, "Notes on padding", and its formula by hand.
        let cases = [(28, 3, 1, [1, 1]), (28, 4, 1, [1, 2]), (28, 3, 2, [0, 1]), (7, 2, 2, [0, 1]), (5, 1, 2, [0, 0])];
        for (length, extent, stride, expected) in cases {
            assert_eq!(Padding::<2>::Same.resolve(0, length, extent, stride), expected);
        }
    }
}
