//! How much of the picture a place of each layer sees.

use super::trace::TracedOp;

/// The pixels of the picture that one place of a layer's maps can depend on, along height and width.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReceptiveField {
    /// From the first pixel seen to the last.
    pub size: [usize; 2],
    /// Pixels from the field of one place to that of the next.
    pub step: [usize; 2],
}

/// The receptive field of every op of a [`dry_run`](crate::dry_run) on pictures; `None` once a place sees the whole picture.
///
/// A window of effective kernel e and stride s makes size + (e - 1) step of size, and step s of step (Araujo, Norris and Sim,
/// Computing receptive fields of convolutional neural networks, 2019). Where ways meet, the larger counts. Some pixels in
/// the field may be passed over by holes of dilation or strides wider than the kernels.
///
/// ```
/// use gradus_core::{ConvOptions, Tensor, dry_run, receptive_fields};
/// let weight = Tensor::ones([8, 3, 3, 8]);
/// let dilated = ConvOptions { dilation: [2, 2], ..ConvOptions::default() };
/// let ops = dry_run([1, 32, 32, 8], |x| {
///     x.conv2d(&weight, None, ConvOptions::default()).conv2d(&weight, None, dilated)
/// });
/// let fields: Vec<_> = receptive_fields(&ops.unwrap()).into_iter().map(|field| field.unwrap().size).collect();
/// assert_eq!(fields, [[3, 3], [7, 7]]);
/// ```
#[must_use]
pub fn receptive_fields(ops: &[TracedOp]) -> Vec<Option<ReceptiveField>> {
    let pixel = Some(ReceptiveField { size: [1, 1], step: [1, 1] });
    let mut fields: Vec<Option<ReceptiveField>> = Vec::new();
    for op in ops {
        let seen = op.sources.iter().map(|source| fields[*source]).reduce(wider).unwrap_or(pixel);
        fields.push(seen.filter(|_| !mixes(op, ops)).map(|field| through(op, field)));
    }
    fields
}

/// Whether a place of the output has no place in the picture any more: rows and columns are gone, or one place is left of many.
fn mixes(op: &TracedOp, ops: &[TracedOp]) -> bool {
    let one = |shape: &[usize]| shape.len() == 4 && shape[1..3] == [1, 1];
    let left_of_many = op.window.is_none() && one(&op.output);
    let of_many = || op.takes_input || op.sources.iter().any(|source| !one(&ops[*source].output));
    op.output.rank() < 4 || (left_of_many && of_many())
}

fn wider(a: Option<ReceptiveField>, b: Option<ReceptiveField>) -> Option<ReceptiveField> {
    let (a, b) = (a?, b?);
    Some(ReceptiveField {
        size: std::array::from_fn(|axis| a.size[axis].max(b.size[axis])),
        step: std::array::from_fn(|axis| a.step[axis].max(b.step[axis])),
    })
}

fn through(op: &TracedOp, field: ReceptiveField) -> ReceptiveField {
    let Some(window) = op.window else { return field };
    let reach = window.reach();
    ReceptiveField {
        size: std::array::from_fn(|axis| field.size[axis] + (reach[axis] - 1) * field.step[axis]),
        step: std::array::from_fn(|axis| field.step[axis] * window.stride[axis]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ConvOptions, Padding, Pool2d, Rng, Tensor, dry_run};

    fn convolution(kernel: [usize; 2], stride: [usize; 2], dilation: [usize; 2]) -> impl Fn(&Tensor) -> Tensor {
        let weight = Tensor::rand([2, kernel[0], kernel[1], 2], &mut Rng::new(1));
        let options = ConvOptions { stride, dilation, padding: Padding::Same, ..ConvOptions::default() };
        move |x| x.conv2d(&weight, None, options)
    }

    /// Rows and columns from the first to the last pixel that a place in the middle has a gradient to.
    fn support(forward: &impl Fn(&Tensor) -> Tensor, side: usize) -> [usize; 2] {
        let x = Tensor::rand([1, side, side, 2], &mut Rng::new(2)).requires_grad();
        let y = forward(&x);
        let shape = y.shape();
        let place = ((shape[1] / 2) * shape[2] + shape[2] / 2) * shape[3];
        let middle = Tensor::build(shape, |at| {
            at.fill(0.0);
            at[place] = 1.0;
        });
        let grads = y.mul(&middle).sum().backward();
        let gradient = grads.get(&x).unwrap().to_vec();
        let touched = |row: usize, column: usize| gradient[(row * side + column) * 2..][..2].iter().any(|g| *g != 0.0);
        let span = |places: Vec<usize>| places.last().unwrap() - places.first().unwrap() + 1;
        let rows = (0..side).filter(|row| (0..side).any(|column| touched(*row, column))).collect();
        let columns = (0..side).filter(|column| (0..side).any(|row| touched(row, *column))).collect();
        [span(rows), span(columns)]
    }

    fn agrees(forward: impl Fn(&Tensor) -> Tensor, size: [usize; 2]) {
        let ops = dry_run([1, 63, 63, 2], &forward).unwrap();
        assert_eq!(receptive_fields(&ops).last().unwrap().unwrap().size, size, "by the formula");
        assert_eq!(support(&forward, 63), size, "by the gradient");
    }

    #[test]
    fn the_formula_is_the_support_of_the_gradient() {
        let [plain, wide] = [[3, 3], [5, 1]].map(|kernel| convolution(kernel, [1, 1], [1, 1]));
        let (halving, dilated) = (convolution([3, 5], [2, 2], [1, 1]), convolution([3, 3], [1, 1], [4, 2]));
        agrees(&plain, [3, 3]);
        agrees(&wide, [5, 1]);
        agrees(&dilated, [9, 5]);
        agrees(|x| plain(&plain(x)), [5, 5]);
        agrees(|x| dilated(&halving(x)), [3 + 2 * 8, 5 + 2 * 4]);
        agrees(|x| plain(&halving(&dilated(x))), [9 + 2 + 4, 5 + 4 + 4]);
        agrees(|x| plain(&x.avg_pool2d(Pool2d::new(3).stride(2))), [7, 7]);
    }

    #[test]
    fn where_ways_meet_the_larger_field_counts() {
        let [plain, wide] = [[3, 3], [5, 1]].map(|kernel| convolution(kernel, [1, 1], [1, 1]));
        agrees(|x| plain(&plain(x)).add(x), [5, 5]);
        agrees(|x| Tensor::concat(&[&plain(x), &wide(x)], 3).sum_axes_kept(&[3]), [5, 3]);
    }

    #[test]
    fn behind_a_mean_over_the_picture_all_is_seen() {
        let plain = convolution([3, 3], [1, 1], [1, 1]);
        let gated = |x: &Tensor| plain(x).mul(&x.mean_axes_kept(&[1, 2]));
        assert_eq!(receptive_fields(&dry_run([1, 9, 9, 2], gated).unwrap()).last(), Some(&None));
        let ops = dry_run([1, 9, 9, 2], |x| plain(x).global_avg_pool2d()).unwrap();
        let all: Vec<bool> = receptive_fields(&ops).iter().map(Option::is_none).collect();
        assert_eq!((all[0], all.last()), (false, Some(&true)));
    }
}
