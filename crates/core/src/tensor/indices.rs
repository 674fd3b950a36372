//! Whole numbers that address things: labels, tokens, stored places.

use std::fmt;

use super::{Buffer, Shape, Tensor};

/// Whole numbers with a shape: class labels, token ids, the places that pooling stored. They have no gradient and no
/// arithmetic.
#[derive(Clone)]
pub struct Indices {
    shape: Shape,
    data: Buffer<u32>,
}

impl Indices {
    /// Indices of the given values.
    ///
    /// # Panics
    /// When there are not as many values as `shape` has elements.
    #[track_caller]
    pub fn new(values: impl AsRef<[u32]>, shape: impl Into<Shape>) -> Self {
        let (values, shape) = (values.as_ref(), shape.into());
        assert!(
            values.len() == shape.elements(),
            "Indices::new: {} values were given, shape {shape} has {} elements",
            values.len(),
            shape.elements()
        );
        Indices { shape, data: Buffer::copied(values) }
    }

    /// Indices over a filled buffer.
    #[track_caller]
    pub fn from_buffer(data: Buffer<u32>, shape: impl Into<Shape>) -> Self {
        let shape = shape.into();
        debug_assert_eq!(data.as_slice().len(), shape.elements());
        Indices { shape, data }
    }

    /// Indices whose values `fill` writes, all of them: what the slice holds before is unspecified.
    pub fn build(shape: impl Into<Shape>, fill: impl FnOnce(&mut [u32])) -> Self {
        let shape = shape.into();
        let mut data = Buffer::unspecified(shape.elements());
        fill(data.make_mut());
        Indices { shape, data }
    }

    /// The sizes of the axes, outermost first.
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// How many there are.
    #[allow(clippy::len_without_is_empty)]
    pub fn len(&self) -> usize {
        self.shape.elements()
    }

    /// The same values in another shape. Nothing is copied.
    #[track_caller]
    pub fn reshaped(&self, shape: impl Into<Shape>) -> Self {
        let shape = shape.into();
        assert!(shape.elements() == self.len(), "Indices::reshaped: {} do not fill {shape}", self.shape);
        Indices { shape, data: self.data.clone() }
    }

    /// A row of `classes` numbers for each index: 1 at its place, else 0.
    ///
    /// ```
    /// use gradus_core::Indices;
    /// assert_eq!(Indices::from([1, 0]).one_hot(3).to_vec(), [0.0, 1.0, 0.0, 1.0, 0.0, 0.0]);
    /// ```
    ///
    /// # Panics
    /// When an index is not below `classes`.
    #[track_caller]
    pub fn one_hot(&self, classes: usize) -> Tensor {
        let beyond = self.as_slice().iter().find(|index| **index as usize >= classes);
        assert!(beyond.is_none(), "one_hot: {beyond:?} is not one of {classes} classes; they count from 0");
        Tensor::build(self.shape.inserted(self.shape.rank(), classes), |rows| {
            rows.fill(0.0);
            for (row, index) in self.as_slice().iter().enumerate() {
                rows[row * classes + *index as usize] = 1.0;
            }
        })
    }

    /// The values in row-major order.
    pub fn as_slice(&self) -> &[u32] {
        self.data.as_slice()
    }

    /// The values for writing in place. What shares them keeps the old ones.
    pub fn as_mut_slice(&mut self) -> &mut [u32] {
        self.data.make_mut()
    }
}

impl<const LEN: usize> From<[u32; LEN]> for Indices {
    fn from(values: [u32; LEN]) -> Self {
        Indices::new(values, [LEN])
    }
}

impl From<&[u32]> for Indices {
    fn from(values: &[u32]) -> Self {
        Indices::new(values, [values.len()])
    }
}

impl fmt::Debug for Indices {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = &self.as_slice()[..self.len().min(16)];
        write!(f, "Indices {} {shown:?}{}", self.shape, if shown.len() < self.len() { " ..." } else { "" })
    }
}
