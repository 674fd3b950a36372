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

/// What is added around a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Padding {
    /// As many as written: `[[top, bottom], [left, right]]`.
    Explicit([[usize; 2]; 2]),
    /// So many that the output has ceil(size / stride) rows and columns, by TensorFlow's rule: where the number is odd, the
    /// one too many goes to the bottom and the right.
    Same,
}

impl Padding {
    /// None.
    pub const NONE: Padding = Padding::Explicit([[0; 2]; 2]);

    /// What is added before and after along an axis (0 the height, 1 the width) of a `length`, for windows of `extent`.
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

impl From<usize> for Padding {
    fn from(size: usize) -> Self {
        Padding::Explicit([[size; 2]; 2])
    }
}

impl From<[usize; 2]> for Padding {
    /// The same above and below, the same left and right.
    fn from([height, width]: [usize; 2]) -> Self {
        Padding::Explicit([[height; 2], [width; 2]])
    }
}

impl From<[[usize; 2]; 2]> for Padding {
    fn from(padding: [[usize; 2]; 2]) -> Self {
        Padding::Explicit(padding)
    }
}

/// The places that a window spans, the holes of dilation included: (k - 1) d + 1.
pub(crate) fn extent(kernel: usize, dilation: usize) -> usize {
    kernel.saturating_sub(1) * dilation + 1
}

#[cfg(test)]
mod tests {
    use super::Padding;

    #[test]
    fn same_padding_is_tensorflows() {
        // length, window, stride -> before, after: tensorflow.org, "Notes on padding", and its formula by hand.
        let cases = [(28, 3, 1, [1, 1]), (28, 4, 1, [1, 2]), (28, 3, 2, [0, 1]), (7, 2, 2, [0, 1]), (5, 1, 2, [0, 0])];
        for (length, extent, stride, expected) in cases {
            assert_eq!(Padding::Same.resolve(0, length, extent, stride), expected);
        }
    }
}
