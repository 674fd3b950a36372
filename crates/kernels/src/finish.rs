//! What ends a layer, as passes of their own: for where no product or convolution can do it along with its work.
//!
//! Each works on `out` in place where no `x` is given, and on a copy of `x` otherwise. Bound by memory, but for the activations
//! with an exponential.

use crate::Real;
use crate::gemm::Activation;
use crate::isa::vectorize;
use crate::map::{CHUNK, PARALLEL};
use crate::rows::each_row;
use crate::threads::parallel_chunks;

/// Calls `f` with the first place and the numbers of stretches that make up `out`.
fn spans(out: &mut [Real], f: impl Fn(usize, &mut [Real]) + Copy + Sync) {
    let span = |start: usize, out: &mut [Real]| {
        vectorize(
            #[inline(always)]
            || f(start, out),
        );
    };
    if out.len() < PARALLEL {
        span(0, out);
    } else {
        parallel_chunks(out, CHUNK, &|index, out| span(index * CHUNK, out));
    }
}

/// out = activation(x).
///
/// # Panics
/// When the lengths differ.
#[track_caller]
pub fn activate(x: Option<&[Real]>, activation: Activation, out: &mut [Real]) {
    assert!(x.is_none_or(|x| x.len() == out.len()), "activate: the lengths differ");
    spans(
        out,
        #[inline(always)]
        |start, line| {
            if let Some(x) = x {
                line.copy_from_slice(&x[start..][..line.len()]);
            }
            activation.apply(line);
        },
    );
}

/// out = activation(x + y).
///
/// # Panics
/// When the lengths differ.
#[track_caller]
pub fn add(x: Option<&[Real]>, y: &[Real], activation: Activation, out: &mut [Real]) {
    assert!(x.is_none_or(|x| x.len() == out.len()) && y.len() == out.len(), "add: the lengths differ");
    spans(
        out,
        #[inline(always)]
        |start, line| {
            let y = &y[start..][..line.len()];
            match x {
                Some(x) => {
                    let x = &x[start..][..line.len()];
                    line.iter_mut().zip(x).zip(y).for_each(|((out, x), y)| *out = x + y);
                }
                None => line.iter_mut().zip(y).for_each(|(out, y)| *out += y),
            }
            activation.apply(line);
        },
    );
}

/// out = activation(factor x + offset), with a factor and an offset for each channel, the last axis.
///
/// # Panics
/// When the lengths do not fit.
#[track_caller]
pub fn scale(x: Option<&[Real]>, factors: &[Real], offsets: &[Real], activation: Activation, out: &mut [Real]) {
    let width = factors.len();
    assert!(
        offsets.len() == width && x.is_none_or(|x| x.len() == out.len()) && (out.is_empty() || width > 0),
        "scale: {width} factors, {} offsets, {} numbers",
        offsets.len(),
        out.len()
    );
    let rows = out.len() / width.max(1);
    each_row(
        [(out, width)],
        rows,
        width,
        #[inline(always)]
        |row, [line]| {
            if let Some(x) = x {
                line.copy_from_slice(&x[row * width..][..width]);
            }
            for ((y, factor), offset) in line.iter_mut().zip(factors).zip(offsets) {
                *y = *y * factor + offset;
            }
            activation.apply(line);
        },
    );
}

/// out\[b, pixel, c] = x\[b, pixel, c] gates\[b, c]: how squeeze and excitation weighs channels.
///
/// # Panics
/// When the lengths do not fit.
#[track_caller]
pub fn gate(x: Option<&[Real]>, gates: &[Real], channels: usize, out: &mut [Real]) {
    let pictures = gates.len() / channels.max(1);
    assert!(
        x.is_none_or(|x| x.len() == out.len())
            && gates.len() == pictures * channels
            && out.len().is_multiple_of(gates.len().max(1)),
        "gate: {} gates of {channels} channels, {} numbers",
        gates.len(),
        out.len()
    );
    let rows = out.len() / channels.max(1);
    let pixels = (rows / pictures.max(1)).max(1);
    each_row(
        [(out, channels)],
        rows,
        channels,
        #[inline(always)]
        |row, [line]| {
            let gates = &gates[row / pixels * channels..][..channels];
            match x {
                Some(x) => {
                    let x = &x[row * channels..][..channels];
                    line.iter_mut().zip(x).zip(gates).for_each(|((out, x), gate)| *out = x * gate);
                }
                None => line.iter_mut().zip(gates).for_each(|(out, gate)| *out *= gate),
            }
        },
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{assert_same_for_any_threads, numbers};

    /// A pass on a copy, in place, and by its definition give the same.
    fn check(length: usize, pass: impl Fn(Option<&[Real]>, &mut [Real]), expected: impl Fn(usize, Real) -> Real) {
        let x = numbers(length, 1);
        let (mut copied, mut in_place) = (vec![Real::NAN; length], x.clone());
        pass(Some(&x), &mut copied);
        pass(None, &mut in_place);
        assert_eq!(copied, in_place);
        for (place, y) in copied.iter().enumerate() {
            let expected = expected(place, x[place]);
            assert!((y - expected).abs() < 1e-6, "{y} at {place}, not {expected}");
        }
    }

    #[test]
    fn each_pass_meets_its_definition() {
        let relu = |x: Real| if x > 0.0 { x } else { 0.0 };
        for (channels, pixels) in [(1, 1), (3, 7), (17, 4), (40, 2500)] {
            let length = 2 * pixels * channels;
            let (y, factors, offsets) = (numbers(length, 2), numbers(channels, 3), numbers(channels, 4));
            let gates = numbers(2 * channels, 5);
            check(length, |x, out| activate(x, Activation::Relu, out), |_, x| relu(x));
            check(length, |x, out| add(x, &y, Activation::Relu, out), |place, x| relu(x + y[place]));
            let (f, o) = (|place: usize| factors[place % channels], |place: usize| offsets[place % channels]);
            check(
                length,
                |x, out| scale(x, &factors, &offsets, Activation::Relu, out),
                |place, x| relu(x * f(place) + o(place)),
            );
            let weighed = |place: usize, x| x * gates[place / (pixels * channels) * channels + place % channels];
            check(length, |x, out| gate(x, &gates, channels, out), weighed);
        }
    }

    #[test]
    fn threads_change_nothing() {
        let (x, gates) = (numbers(300 * 600, 1), numbers(600, 2));
        assert_same_for_any_threads(|| {
            let mut out = vec![0.0; x.len()];
            gate(Some(&x), &gates, 600, &mut out);
            activate(None, Activation::Silu, &mut out);
            out
        });
    }
}
