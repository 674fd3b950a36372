//! The gradients of softmax, its logarithm and the log-sum-exp, each in one pass over a row in the cache.

use super::rows_of;
use crate::Real;
use crate::math::exp;
use crate::reduce::sum_block;
use crate::rows::{each_row, map_row};

/// `dx = y * (dy - sum over c of dy[c] y[c])`, where y is the softmax.
#[track_caller]
pub fn softmax_backward(y: &[Real], dy: &[Real], classes: usize, dx: &mut [Real]) {
    let rows = rows_of("softmax_backward", y, classes);
    assert_eq!(dy.len(), y.len(), "softmax_backward: y and dy differ in length");
    each_row(
        [(dx, classes)],
        rows,
        classes,
        #[inline(always)]
        move |row, [dx]| {
            let y = &y[row * classes..][..classes];
            let dy = &dy[row * classes..][..classes];
            let mean = sum_block([y, dy], |[y, dy]| y * dy);
            for (dx, (y, dy)) in dx.iter_mut().zip(y.iter().zip(dy)) {
                *dx = y * (dy - mean);
            }
        },
    );
}

/// `dx = dy - e^y * sum over c of dy[c]`, where y is the log-softmax.
#[track_caller]
pub fn log_softmax_backward(y: &[Real], dy: &[Real], classes: usize, dx: &mut [Real]) {
    let rows = rows_of("log_softmax_backward", y, classes);
    assert_eq!(dy.len(), y.len(), "log_softmax_backward: y and dy differ in length");
    each_row(
        [(dx, classes)],
        rows,
        classes,
        #[inline(always)]
        move |row, [dx]| {
            let y = &y[row * classes..][..classes];
            let dy = &dy[row * classes..][..classes];
            let sum = sum_block([dy], |[dy]| dy);
            map_row(
                [y, dy],
                dx,
                #[inline(always)]
                move |[y, dy]| dy - exp(y) * sum,
            );
        },
    );
}

/// `dx[r, c] = dy[r] * e^(x[r, c] - y[r])`, where y is the log-sum-exp of the rows of x.
#[track_caller]
pub fn logsumexp_backward(x: &[Real], y: &[Real], dy: &[Real], classes: usize, dx: &mut [Real]) {
    let rows = rows_of("logsumexp_backward", x, classes);
    assert!(y.len() == rows && dy.len() == rows, "logsumexp_backward: y and dy must have {rows} elements");
    each_row(
        [(dx, classes)],
        rows,
        classes,
        #[inline(always)]
        move |row, [dx]| {
            let (y, dy) = (y[row], dy[row]);
            let x = &x[row * classes..][..classes];
            map_row(
                [x],
                dx,
                #[inline(always)]
                move |[x]| dy * exp(x - y),
            );
        },
    );
}
