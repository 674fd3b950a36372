//! Pointwise functions of two arrays of different shape.

use super::{Body, CHUNK, PARALLEL};
use crate::Real;
use crate::isa::vectorize;
use crate::threads::parallel_chunks;

/// The largest rank.
const RANK: usize = 8;

/// The loop nest left when dimensions that lie together in both operands are joined: at most RANK of them, outermost
/// first, the last being the inner loop.
struct Nest {
    dims: [usize; RANK],
    strides: [[usize; 2]; RANK],
    rank: usize,
}

impl Nest {
    fn new(dims: &[usize], a_strides: &[usize], b_strides: &[usize]) -> Self {
        let mut nest = Nest { dims: [1; RANK], strides: [[0; 2]; RANK], rank: 0 };
        for ((&dim, &a), &b) in dims.iter().zip(a_strides).zip(b_strides) {
            if dim == 1 {
                continue;
            }
            if nest.rank > 0 && nest.strides[nest.rank - 1] == [a * dim, b * dim] {
                nest.dims[nest.rank - 1] *= dim;
                nest.strides[nest.rank - 1] = [a, b];
            } else {
                nest.dims[nest.rank] = dim;
                nest.strides[nest.rank] = [a, b];
                nest.rank += 1;
            }
        }
        nest.rank = nest.rank.max(1);
        nest
    }

    /// The last element that each operand is read at.
    fn last(&self) -> [usize; 2] {
        let dims = self.dims[..self.rank].iter().zip(&self.strides);
        dims.fold([0; 2], |last, (dim, strides)| [0, 1].map(|i| last[i] + (dim - 1) * strides[i]))
    }

    /// Calls `row(a, b, start, length)` for each stretch of the inner loop within the flat range of the output, where a
    /// and b are the operands' offsets.
    #[inline(always)]
    fn rows(&self, start: usize, end: usize, mut row: impl FnMut(usize, usize, usize, usize)) {
        let (outer, inner) = (self.rank - 1, self.dims[self.rank - 1]);
        let mut index = [0; RANK];
        let mut rest = start / inner;
        for axis in (0..outer).rev() {
            index[axis] = rest % self.dims[axis];
            rest /= self.dims[axis];
        }
        let offset = |index: &[usize; RANK], i: usize| -> usize {
            (0..outer).map(|axis| index[axis] * self.strides[axis][i]).sum()
        };
        let (mut a, mut b) = (offset(&index, 0), offset(&index, 1));
        let (mut at, mut column) = (start, start % inner);
        while at < end {
            let length = (inner - column).min(end - at);
            row(a + column * self.strides[outer][0], b + column * self.strides[outer][1], at - start, length);
            at += length;
            column = 0;
            for axis in (0..outer).rev() {
                let [a_stride, b_stride] = self.strides[axis];
                index[axis] += 1;
                a += a_stride;
                b += b_stride;
                if index[axis] < self.dims[axis] {
                    break;
                }
                index[axis] = 0;
                a -= a_stride * self.dims[axis];
                b -= b_stride * self.dims[axis];
            }
        }
    }
}

/// `out[i, j, ..] = f(a[i, j, ..], b[i, j, ..])` over `dims`, rank at most 8, where an operand's element lies at the sum
/// of index times stride; stride 0 repeats it along that axis. `out` is contiguous.
///
/// The inner loop has a form of its own for two contiguous stretches and for a stretch with one number; a row vector
/// (a bias) is the first of these after the outer dimensions are joined.
///
/// ```
/// use gradus_kernels::map;
/// let (matrix, row) = ([1.0, 2.0, 3.0, 4.0], [10.0, 20.0]);
/// let mut sum = [0.0; 4];
/// map::broadcast(&matrix, &[2, 1], &row, &[0, 1], &mut sum, &[2, 2], #[inline(always)] |a, b| a + b);
/// assert_eq!(sum, [11.0, 22.0, 13.0, 24.0]);
/// ```
#[track_caller]
pub fn broadcast(
    a: &[Real],
    a_strides: &[usize],
    b: &[Real],
    b_strides: &[usize],
    out: &mut [Real],
    dims: &[usize],
    f: impl Fn(Real, Real) -> Real + Body,
) {
    assert!(
        dims.len() <= RANK && a_strides.len() == dims.len() && b_strides.len() == dims.len(),
        "broadcast: dims {dims:?}, strides {a_strides:?} and {b_strides:?}; ranks must be equal and at most {RANK}"
    );
    assert_eq!(out.len(), dims.iter().product::<usize>(), "broadcast: the output's length is not that of {dims:?}");
    if out.is_empty() {
        return;
    }
    let nest = Nest::new(dims, a_strides, b_strides);
    let [a_last, b_last] = nest.last();
    assert!(a_last < a.len() && b_last < b.len(), "broadcast: the strides reach beyond an operand");

    let span = |start: usize, out: &mut [Real]| {
        let nest = &nest;
        vectorize(
            #[inline(always)]
            move || {
                let strides = nest.strides[nest.rank - 1];
                nest.rows(
                    start,
                    start + out.len(),
                    #[inline(always)]
                    |a_at, b_at, at, length| {
                        stretch(&a[a_at..], &b[b_at..], strides, &mut out[at..at + length], f);
                    },
                );
            },
        );
    };
    if out.len() < PARALLEL {
        span(0, out);
    } else {
        parallel_chunks(out, CHUNK, &|index, out| span(index * CHUNK, out));
    }
}

/// The inner loop.
#[inline(always)]
fn stretch(a: &[Real], b: &[Real], strides: [usize; 2], out: &mut [Real], f: impl Fn(Real, Real) -> Real) {
    let length = out.len();
    match strides {
        [1, 1] => {
            let (a, b) = (&a[..length], &b[..length]);
            for i in 0..length {
                out[i] = f(a[i], b[i]);
            }
        }
        [1, 0] => {
            let b = b[0];
            out.iter_mut().zip(a).for_each(|(out, &a)| *out = f(a, b));
        }
        [0, 1] => {
            let a = a[0];
            out.iter_mut().zip(b).for_each(|(out, &b)| *out = f(a, b));
        }
        [a_stride, b_stride] => {
            for i in 0..length {
                out[i] = f(a[i * a_stride], b[i * b_stride]);
            }
        }
    }
}
