//! The sizes of a tensor's axes.

use std::fmt;
use std::ops::Deref;

/// The most axes a tensor can have.
pub const MAX_RANK: usize = 8;

/// The sizes of a tensor's axes, outermost first. It lives inline: making and copying one allocates nothing.
///
/// A shape derefs to a slice of its sizes, so `shape[0]`, `shape.iter()` and `shape.len()` (the rank) work.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Shape {
    sizes: [usize; MAX_RANK],
    rank: u8,
}

impl Shape {
    /// The shape of a single number: no axes, one element.
    pub const SCALAR: Shape = Shape { sizes: [0; MAX_RANK], rank: 0 };

    /// A shape from its sizes.
    ///
    /// # Panics
    /// When there are more than [`MAX_RANK`] sizes.
    #[track_caller]
    pub fn new(sizes: &[usize]) -> Self {
        assert!(sizes.len() <= MAX_RANK, "shape: {sizes:?} has {} axes, a tensor has at most {MAX_RANK}", sizes.len());
        let mut shape = Shape { sizes: [0; MAX_RANK], rank: sizes.len() as u8 };
        shape.sizes[..sizes.len()].copy_from_slice(sizes);
        shape
    }

    /// How many axes there are.
    pub fn rank(&self) -> usize {
        self.rank as usize
    }

    /// How many elements a tensor of this shape has: the product of the sizes.
    pub fn elements(&self) -> usize {
        self.iter().product()
    }

    /// The size of the innermost axis; 1 for a scalar.
    pub fn last(&self) -> usize {
        self.deref().last().copied().unwrap_or(1)
    }

    /// This shape with another axis of `size` put in before `axis`.
    #[track_caller]
    pub fn inserted(&self, axis: usize, size: usize) -> Self {
        let rank = self.rank();
        assert!(rank < MAX_RANK, "shape: {self} has {rank} axes already, a tensor has at most {MAX_RANK}");
        let mut shape = *self;
        shape.sizes.copy_within(axis..rank, axis + 1);
        shape.sizes[axis] = size;
        shape.rank += 1;
        shape
    }

    /// This shape without `axis`.
    pub fn removed(&self, axis: usize) -> Self {
        let mut shape = *self;
        shape.sizes.copy_within(axis + 1.., axis);
        shape.rank -= 1;
        shape.sizes[self.rank() - 1..].fill(0);
        shape
    }

    /// This shape with `axis` of another size.
    pub fn with(&self, axis: usize, size: usize) -> Self {
        let mut shape = *self;
        shape.sizes[..self.rank()][axis] = size;
        shape
    }

    /// The shape split around an axis: the product of the sizes before it, its size, the product after it.
    pub fn around(&self, axis: usize) -> (usize, usize, usize) {
        (self[..axis].iter().product(), self[axis], self[axis + 1..].iter().product())
    }

    /// The shape that two shapes broadcast to, by NumPy's rule: aligned at the innermost axis, equal or one of them 1.
    pub fn broadcast(&self, other: &Shape) -> Option<Shape> {
        let rank = self.rank().max(other.rank());
        let mut shape = Shape { sizes: [0; MAX_RANK], rank: rank as u8 };
        for back in 1..=rank {
            let size = |s: &Shape| if back <= s.rank() { s[s.rank() - back] } else { 1 };
            shape.sizes[rank - back] = match (size(self), size(other)) {
                (a, b) if a == b => a,
                (1, b) => b,
                (a, 1) => a,
                _ => return None,
            };
        }
        Some(shape)
    }
}

impl Deref for Shape {
    type Target = [usize];
    fn deref(&self) -> &[usize] {
        &self.sizes[..self.rank as usize]
    }
}

impl<const RANK: usize> From<[usize; RANK]> for Shape {
    #[track_caller]
    fn from(sizes: [usize; RANK]) -> Self {
        Shape::new(&sizes)
    }
}

impl From<&[usize]> for Shape {
    #[track_caller]
    fn from(sizes: &[usize]) -> Self {
        Shape::new(sizes)
    }
}

impl From<&Shape> for Shape {
    fn from(shape: &Shape) -> Self {
        *shape
    }
}

impl FromIterator<usize> for Shape {
    fn from_iter<I: IntoIterator<Item = usize>>(sizes: I) -> Self {
        let mut shape = Shape::SCALAR;
        for size in sizes {
            shape = shape.inserted(shape.rank(), size);
        }
        shape
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", &**self)
    }
}

impl fmt::Debug for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", &**self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broadcast_follows_numpy() {
        let broadcast = |a: &[usize], b: &[usize]| Shape::new(a).broadcast(&Shape::new(b));
        assert_eq!(broadcast(&[2, 3], &[3]), Some(Shape::new(&[2, 3])));
        assert_eq!(broadcast(&[4, 1], &[3]), Some(Shape::new(&[4, 3])));
        assert_eq!(broadcast(&[], &[5]), Some(Shape::new(&[5])));
        assert_eq!(broadcast(&[2, 0], &[1]), Some(Shape::new(&[2, 0])));
        assert_eq!(broadcast(&[2, 3], &[2]), None);
    }

    #[test]
    fn axes_come_and_go() {
        let shape = Shape::new(&[2, 3, 5]);
        assert_eq!(shape.inserted(1, 7), Shape::new(&[2, 7, 3, 5]));
        assert_eq!(shape.inserted(3, 7), Shape::new(&[2, 3, 5, 7]));
        assert_eq!(shape.removed(0), Shape::new(&[3, 5]));
        assert_eq!(shape.with(2, 1), Shape::new(&[2, 3, 1]));
        assert_eq!(shape.around(1), (2, 3, 5));
        assert_eq!([2, 3].iter().copied().collect::<Shape>(), Shape::new(&[2, 3]));
    }
}
