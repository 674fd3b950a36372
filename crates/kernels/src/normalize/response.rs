//! Local response normalization (Krizhevsky, Sutskever and Hinton, 2012), between the channels of a pixel or between the
//! pixels of a channel.
//!
//! y = x s^-beta with s = k + alpha * mean of x^2 over the window, beyond the edge of which x is 0 and counts.

use crate::Real;
use crate::map::{each, map};
use crate::math::pow;
use crate::pool::{PoolShape, Window, average, average_backward};
use crate::rows::each_row;
use crate::scratch;

/// The constants.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Response {
    /// The channels of a window, or its height and width: `size / 2` before the place itself, `(size - 1) / 2` after.
    pub size: usize,
    /// The factor of the mean square. The paper's alpha is this over `size`.
    pub alpha: Real,
    /// The exponent.
    pub beta: Real,
    /// What is added to the mean square.
    pub k: Real,
}

/// Calls `f(near, far, count)` for each distance in the window, where the `count` places from `near` on have in their
/// window the ones from `far` on.
#[inline(always)]
fn each_distance(size: usize, channels: usize, mut f: impl FnMut(usize, usize, usize)) {
    for place in 0..size {
        let (ahead, behind) = (place.saturating_sub(size / 2), (size / 2).saturating_sub(place));
        if ahead.max(behind) < channels {
            f(behind, ahead, channels - ahead.max(behind));
        }
    }
}

/// Between channels: `out` and `s`, which the backward pass needs, of [pixels, channels].
#[track_caller]
pub fn response(x: &[Real], channels: usize, constants: Response, out: &mut [Real], s: &mut [Real]) {
    let Response { size, alpha, beta, k } = constants;
    assert!(channels > 0 && size > 0 && x.len().is_multiple_of(channels), "local response: {constants:?}");
    let rows = x.len() / channels;
    each_row(
        [(out, channels), (s, channels)],
        rows,
        channels * size,
        #[inline(always)]
        move |row, [out, s]| {
            let x = &x[row * channels..][..channels];
            let factor = alpha / size as Real;
            s.fill(k);
            each_distance(size, channels, |near, far, count| {
                for (s, x) in s[near..near + count].iter_mut().zip(&x[far..far + count]) {
                    *s += factor * x * x;
                }
            });
            for channel in 0..channels {
                out[channel] = x[channel] * pow(s[channel], -beta);
            }
        },
    );
}

/// `dx = dy s^-beta - 2 alpha beta / size * x * sum of dy y / s`, over the windows that a place is in.
#[track_caller]
pub fn response_backward(
    x: &[Real],
    y: &[Real],
    s: &[Real],
    dy: &[Real],
    channels: usize,
    constants: Response,
    dx: &mut [Real],
) {
    let Response { size, alpha, beta, .. } = constants;
    assert!(channels > 0 && size > 0 && x.len().is_multiple_of(channels), "local response: {constants:?}");
    assert!(
        y.len() == x.len() && s.len() == x.len() && dy.len() == x.len(),
        "local response: the arrays differ in length"
    );
    each_row(
        [(dx, channels)],
        x.len() / channels,
        channels * size,
        #[inline(always)]
        move |row, [dx]| {
            let part = row * channels..(row + 1) * channels;
            let (x, y) = (&x[part.clone()], &y[part.clone()]);
            let (s, dy) = (&s[part.clone()], &dy[part]);
            let factor = 2.0 * alpha * beta / size as Real;
            dx.fill(0.0);
            each_distance(size, channels, |near, far, count| {
                let (y, s, dy) = (&y[near..][..count], &s[near..][..count], &dy[near..][..count]);
                for (place, dx) in dx[far..far + count].iter_mut().enumerate() {
                    *dx += dy[place] * y[place] / s[place];
                }
            });
            for channel in 0..channels {
                dx[channel] = dy[channel] * pow(s[channel], -beta) - factor * x[channel] * dx[channel];
            }
        },
    );
}

/// The windows as a pooling of [batch, height, width, channels].
fn pooling([batch, in_height, in_width, channels]: [usize; 4], size: usize) -> PoolShape {
    let window = Window::Sliding { kernel: size, stride: 1, padding: [size / 2, (size - 1) / 2], dilation: 1 };
    PoolShape { batch, in_height, in_width, channels, rows: window, columns: window }
}

/// Within a map: `out` and `s`, which the backward pass needs, of `dims` [batch, height, width, channels].
#[track_caller]
pub fn response_in_map(x: &[Real], dims: [usize; 4], constants: Response, out: &mut [Real], s: &mut [Real]) {
    let Response { size, alpha, beta, k } = constants;
    map(
        x,
        out,
        #[inline(always)]
        |x| x * x,
    );
    average(&pooling(dims, size), true, out, s);
    each(
        [out, s],
        [x],
        #[inline(always)]
        move |_, [out, s], [x]| {
            *s = k + alpha * *s;
            *out = x * pow(*s, -beta);
        },
    );
}

/// `dx = dy s^-beta - 2 alpha beta / size^2 * x * sum of dy y / s`, over the windows that a place is in.
#[track_caller]
pub fn response_in_map_backward(
    x: &[Real],
    y: &[Real],
    s: &[Real],
    dy: &[Real],
    dims: [usize; 4],
    constants: Response,
    dx: &mut [Real],
) {
    let Response { size, alpha, beta, .. } = constants;
    scratch::with(x.len(), |ratio: &mut [Real]| {
        each(
            [&mut *ratio],
            [y, s, dy],
            #[inline(always)]
            |_, [ratio], [y, s, dy]| *ratio = dy * y / s,
        );
        average_backward(&pooling(dims, size), true, ratio, dx);
    });
    each(
        [dx],
        [x, s, dy],
        #[inline(always)]
        move |_, [dx], [x, s, dy]| *dx = dy * pow(s, -beta) - 2.0 * alpha * beta * x * *dx,
    );
}
