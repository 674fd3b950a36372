//! The tensor: contiguous numbers in row-major order, a shape, and its place in the recorded graph.

mod buffer;
mod indices;
mod print;
mod shape;

pub use buffer::{Buffer, Element, MemoryUse, memory_use, release_cached, reset_peak};
pub use indices::Indices;
pub use shape::{MAX_RANK, Shape};

use gradus_kernels::{Real, reduce};

use crate::Rng;
use crate::graph::NodeRef;

/// Numbers in row-major order with a shape.
///
/// Cloning shares the numbers. A tensor that [`requires_grad`](Tensor::requires_grad), or was computed from one, has a
/// node in the recorded graph, from which [`backward`](Tensor::backward) finds gradients. Pictures are
/// `[batch, height, width, channels]`.
///
/// ```
/// use gradus_core::Tensor;
/// let x = Tensor::new([1.0, 2.0, 3.0, 4.0, 5.0, 6.0], [2, 3]);
/// assert_eq!(x.sum().item(), 21.0);
/// ```
#[derive(Clone)]
pub struct Tensor {
    shape: Shape,
    data: Buffer<Real>,
    node: Option<NodeRef>,
}

impl Tensor {
    /// A tensor of the given values.
    ///
    /// # Panics
    /// When there are not as many values as `shape` has elements.
    #[track_caller]
    pub fn new(values: impl AsRef<[Real]>, shape: impl Into<Shape>) -> Self {
        let (values, shape) = (values.as_ref(), shape.into());
        assert!(
            values.len() == shape.elements(),
            "Tensor::new: {} values were given, shape {shape} has {} elements",
            values.len(),
            shape.elements()
        );
        Self::from_buffer(Buffer::copied(values), shape)
    }

    /// A tensor over a filled buffer.
    #[track_caller]
    pub fn from_buffer(data: Buffer<Real>, shape: impl Into<Shape>) -> Self {
        let shape = shape.into();
        debug_assert_eq!(data.as_slice().len(), shape.elements());
        Tensor { shape, data, node: None }
    }

    /// A tensor whose values `fill` writes, all of them: what the slice holds before is unspecified.
    pub fn build(shape: impl Into<Shape>, fill: impl FnOnce(&mut [Real])) -> Self {
        let shape = shape.into();
        let mut data = Buffer::unspecified(shape.elements());
        fill(data.make_mut());
        Tensor { shape, data, node: None }
    }

    /// A tensor of one value everywhere.
    pub fn full(shape: impl Into<Shape>, value: Real) -> Self {
        Self::build(shape, |values| values.fill(value))
    }

    /// A tensor of zeros.
    pub fn zeros(shape: impl Into<Shape>) -> Self {
        Self::full(shape, 0.0)
    }

    /// A tensor of ones.
    pub fn ones(shape: impl Into<Shape>) -> Self {
        Self::full(shape, 1.0)
    }

    /// A single number, of shape `[]`.
    pub fn scalar(value: Real) -> Self {
        Self::full(Shape::SCALAR, value)
    }

    /// The numbers 0, 1, ... `count - 1`.
    pub fn arange(count: usize) -> Self {
        Self::build([count], |values| values.iter_mut().enumerate().for_each(|(place, value)| *value = place as Real))
    }

    /// `count` numbers at equal distances from `first` to `last`, both included.
    pub fn linspace(first: Real, last: Real, count: usize) -> Self {
        let step = (last - first) / count.saturating_sub(1).max(1) as Real;
        Self::build([count], |values| {
            values.iter_mut().enumerate().for_each(|(place, value)| *value = first + step * place as Real);
        })
    }

    /// Uniform random numbers from [0, 1).
    pub fn rand(shape: impl Into<Shape>, rng: &mut Rng) -> Self {
        Self::build(shape, |values| values.iter_mut().for_each(|value| *value = rng.uniform()))
    }

    /// Normal random numbers with mean 0 and standard deviation 1.
    pub fn randn(shape: impl Into<Shape>, rng: &mut Rng) -> Self {
        Self::build(shape, |values| values.iter_mut().for_each(|value| *value = rng.normal()))
    }

    /// A tensor with a shape and no values, for dry runs.
    pub(crate) fn dry(shape: Shape) -> Self {
        Tensor { shape, data: Buffer::absent(), node: Some(NodeRef::leaf(shape)) }
    }

    pub(crate) fn is_dry(&self) -> bool {
        self.data.is_absent()
    }

    /// The sizes of the axes, outermost first.
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// The number of axes.
    pub fn rank(&self) -> usize {
        self.shape.rank()
    }

    /// The number of elements.
    #[allow(clippy::len_without_is_empty)]
    pub fn len(&self) -> usize {
        self.shape.elements()
    }

    /// The values in row-major order.
    #[track_caller]
    pub fn as_slice(&self) -> &[Real] {
        self.data.as_slice()
    }

    /// A copy of the values.
    #[track_caller]
    pub fn to_vec(&self) -> Vec<Real> {
        self.as_slice().to_vec()
    }

    /// The one value of a tensor with one element.
    ///
    /// # Panics
    /// When there is not exactly one.
    #[track_caller]
    pub fn item(&self) -> Real {
        assert!(self.len() == 1, "item: the tensor has shape {}, not one element", self.shape);
        self.as_slice()[0]
    }

    /// The value at a place.
    ///
    /// # Panics
    /// When `place` has another number of axes or lies outside.
    #[track_caller]
    pub fn at(&self, place: &[usize]) -> Real {
        let inside =
            place.len() == self.rank() && place.iter().zip(self.shape.iter()).all(|(index, size)| index < size);
        assert!(inside, "at: {place:?} is no place in shape {}", self.shape);
        self.as_slice()[place.iter().zip(self.shape.iter()).fold(0, |flat, (index, size)| flat * size + index)]
    }

    /// The values for writing in place, as optimizers do. What shares them keeps the old ones. This tensor's node stays.
    #[track_caller]
    pub fn as_mut_slice(&mut self) -> &mut [Real] {
        self.data.make_mut()
    }

    /// This tensor as one that gradients are wanted for: a new leaf of the graph.
    #[must_use]
    pub fn requires_grad(&self) -> Self {
        self.detached().joined(NodeRef::leaf(self.shape))
    }

    /// The same values without a graph: a constant to all that follows.
    #[must_use]
    pub fn detached(&self) -> Self {
        Tensor { shape: self.shape, data: self.data.clone(), node: None }
    }

    /// Whether no gradient flows through this tensor.
    pub fn is_constant(&self) -> bool {
        self.node.is_none()
    }

    /// Whether all values are finite.
    pub fn is_finite(&self) -> bool {
        // A sum of zeros times values: one NaN or infinity makes it NaN, and it vectorizes where an early exit does not.
        let zeros = reduce::sum_by(
            [self.as_slice()],
            #[inline(always)]
            |[value]| value * 0.0,
        );
        zeros == 0.0
    }

    /// Whether no other tensor shares the values.
    pub(crate) fn is_unique(&self) -> bool {
        self.data.is_unique()
    }

    pub(crate) fn node(&self) -> Option<&NodeRef> {
        self.node.as_ref()
    }

    pub(crate) fn joined(mut self, node: NodeRef) -> Self {
        self.node = Some(node);
        self
    }

    /// Names a leaf for errors, printed graphs and dry runs.
    pub(crate) fn set_label(&self, label: &str) {
        if let Some(node) = &self.node {
            node.get().set_label(label);
        }
    }

    /// The same values seen in another shape, with no graph. Elements must be as many.
    pub(crate) fn viewed(&self, shape: Shape) -> Self {
        Tensor { shape, data: self.data.clone(), node: None }
    }
}

impl<const LEN: usize> From<[Real; LEN]> for Tensor {
    fn from(values: [Real; LEN]) -> Self {
        Tensor::new(values, [LEN])
    }
}

impl<const ROWS: usize, const COLUMNS: usize> From<[[Real; COLUMNS]; ROWS]> for Tensor {
    fn from(values: [[Real; COLUMNS]; ROWS]) -> Self {
        Tensor::new(values.as_flattened(), [ROWS, COLUMNS])
    }
}

impl From<Real> for Tensor {
    fn from(value: Real) -> Self {
        Tensor::scalar(value)
    }
}
