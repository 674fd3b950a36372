//! Cross-entropy of logits against the number of the true class.

use super::{rows_of, softmax_row};
use crate::Real;
use crate::math::ln;
use crate::rows::each_row;

/// The label of a row that takes no part: its loss and its gradient are 0.
pub const IGNORED: u32 = u32::MAX;

#[track_caller]
fn check_labels(name: &str, labels: &[u32], rows: usize, classes: usize) {
    assert_eq!(labels.len(), rows, "{name}: {rows} rows of logits, {} labels", labels.len());
    if let Some(row) = labels.iter().position(|&label| label as usize >= classes && label != IGNORED) {
        panic!("{name}: label {} in row {row}, but there are {classes} classes", labels[row]);
    }
}

/// `losses[r] = logsumexp(x[r]) - x[r, label[r]]` and the softmax of each row, in one pass.
///
/// ```
/// use gradus_kernels::softmax;
/// let (mut losses, mut probabilities) = ([0.0; 1], [0.0; 2]);
/// softmax::cross_entropy(&[0.0, 0.0], &[1], 2, &mut losses, &mut probabilities);
/// assert!((losses[0] - 2.0_f64.ln() as gradus_kernels::Real).abs() < 1e-6);
/// assert_eq!(probabilities, [0.5, 0.5]);
/// ```
#[track_caller]
pub fn cross_entropy(x: &[Real], labels: &[u32], classes: usize, losses: &mut [Real], probabilities: &mut [Real]) {
    let rows = rows_of("cross_entropy", x, classes);
    check_labels("cross_entropy", labels, rows, classes);
    let outputs = [(losses, 1), (probabilities, classes)];
    each_row(
        outputs,
        rows,
        classes,
        #[inline(always)]
        move |row, [loss, probabilities]| {
            let label = labels[row];
            let row = &x[row * classes..][..classes];
            let (peak, sum) = softmax_row(row, probabilities);
            loss[0] = if label == IGNORED { 0.0 } else { ln(sum) - (row[label as usize] - peak) };
        },
    );
}

/// `dx[r, c] = scale[r] * (p[r, c] - 1 if c is label[r] else p[r, c])`, where p are the probabilities that
/// [`cross_entropy`] gave. `scale` has an element for each row, or one for all.
#[track_caller]
pub fn cross_entropy_backward(probabilities: &[Real], labels: &[u32], classes: usize, scale: &[Real], dx: &mut [Real]) {
    let rows = rows_of("cross_entropy_backward", probabilities, classes);
    check_labels("cross_entropy_backward", labels, rows, classes);
    assert!(scale.len() == rows || scale.len() == 1, "cross_entropy_backward: {} scales, {rows} rows", scale.len());
    each_row(
        [(dx, classes)],
        rows,
        classes,
        #[inline(always)]
        move |row, [dx]| {
            let label = labels[row];
            if label == IGNORED {
                return dx.fill(0.0);
            }
            let p = &probabilities[row * classes..][..classes];
            let scale = scale[if scale.len() == 1 { 0 } else { row }];
            for (dx, p) in dx.iter_mut().zip(p) {
                *dx = p * scale;
            }
            dx[label as usize] = (p[label as usize] - 1.0) * scale;
        },
    );
}
