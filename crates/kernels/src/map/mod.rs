//! Pointwise loops over slices.
//!
//! The caller's closure is the loop's body. Marked `#[inline(always)]` and made of plain arithmetic and [`crate::math`],
//! it is compiled to vector code for the instruction set at hand; without the mark it stays right but may stay a call.
//! It must be [`Body`], in effect `move`: a number captured by reference would have to be read again after every store,
//! since the compiler cannot know that it does not lie in the output, and the loop would not vectorize (measured: ten
//! times slower).
//!
//! Up to some L2 cache's size these loops are bound by arithmetic (tanh 0.31, an Adam update 0.12 ns an element with
//! AVX-512, 0.65 and 0.23 with AVX2, 4.9 and 1.8 for the scalar loop); beyond, by the machine's copy bandwidth.

mod broadcast;
#[cfg(test)]
mod tests;

pub use broadcast::broadcast;

use crate::Real;
use crate::isa::vectorize;
use crate::slices;
use crate::threads::parallel;

/// The elements that one task handles: 64 KiB of an `f32` slice.
pub(crate) const CHUNK: usize = 16_384;
/// From this length on the chunks are shared among the threads.
pub(crate) const PARALLEL: usize = 32_768;

/// What a loop's body must be besides callable: free to copy, and without references to what is around it.
pub trait Body: Copy + Sync + 'static {}
impl<T: Copy + Sync + 'static> Body for T {}

/// Calls `f` for every place with the place, a reference into each of `outputs`, and a value of each of `inputs`: the
/// general form of everything in this module.
///
/// ```
/// use gradus_kernels::map;
/// let (mut sum, mut scaled) = ([0.0; 3], [0.0; 3]);
/// let (a, b) = ([5.0, 6.0, 7.0], [1.0, 2.0, 3.0]);
/// map::each([&mut sum, &mut scaled], [&a, &b], #[inline(always)] |place, [sum, scaled], [a, b]| {
///     *sum = a + b;
///     *scaled = a * [0.5, 1.0, 2.0][place];
/// });
/// assert_eq!((sum, scaled), ([6.0, 8.0, 10.0], [2.5, 6.0, 14.0]));
/// ```
#[track_caller]
pub fn each<const OUT: usize, const IN: usize, F>(outputs: [&mut [Real]; OUT], inputs: [&[Real]; IN], f: F)
where
    F: Fn(usize, [&mut Real; OUT], [Real; IN]) + Body,
{
    let length = common_length(&outputs, &inputs);
    let outputs = slices::disjoint(outputs);
    let chunk = |start: usize, length: usize| {
        // SAFETY: chunks that are handled at the same time begin at different multiples of their length.
        let mut outputs = unsafe { slices::parts(&outputs, start, length) };
        let inputs = slices::cut(inputs, start, length);
        vectorize(
            #[inline(always)]
            move || {
                for place in 0..length {
                    f(start + place, slices::at_mut(&mut outputs, place), slices::at(inputs, place));
                }
            },
        );
    };
    if length < PARALLEL {
        chunk(0, length);
    } else {
        parallel(length.div_ceil(CHUNK), &|index| chunk(index * CHUNK, CHUNK.min(length - index * CHUNK)));
    }
}

#[track_caller]
fn common_length<const OUT: usize, const IN: usize>(outputs: &[&mut [Real]; OUT], inputs: &[&[Real]; IN]) -> usize {
    let (written, read) = (slices::lengths_mut(outputs), slices::lengths(inputs));
    let length = written[0];
    assert!(
        written.iter().chain(&read).all(|x| *x == length),
        "map: the slices differ in length: {written:?} written, {read:?} read"
    );
    length
}

/// out = f(x).
#[track_caller]
pub fn map(x: &[Real], out: &mut [Real], f: impl Fn(Real) -> Real + Body) {
    each(
        [out],
        [x],
        #[inline(always)]
        move |_, [out], [x]| *out = f(x),
    );
}

/// x = f(x).
#[track_caller]
pub fn map_in_place(x: &mut [Real], f: impl Fn(Real) -> Real + Body) {
    each(
        [x],
        [],
        #[inline(always)]
        move |_, [x], []| *x = f(*x),
    );
}

/// out = f(a, b).
#[track_caller]
pub fn zip(a: &[Real], b: &[Real], out: &mut [Real], f: impl Fn(Real, Real) -> Real + Body) {
    each(
        [out],
        [a, b],
        #[inline(always)]
        move |_, [out], [a, b]| *out = f(a, b),
    );
}

/// out = f(a, b, c).
#[track_caller]
pub fn zip3(a: &[Real], b: &[Real], c: &[Real], out: &mut [Real], f: impl Fn(Real, Real, Real) -> Real + Body) {
    each(
        [out],
        [a, b, c],
        #[inline(always)]
        move |_, [out], [a, b, c]| *out = f(a, b, c),
    );
}

/// a = f(a, b).
#[track_caller]
pub fn zip_in_place(a: &mut [Real], b: &[Real], f: impl Fn(Real, Real) -> Real + Body) {
    each(
        [a],
        [b],
        #[inline(always)]
        move |_, [a], [b]| *a = f(*a, b),
    );
}

/// a = f(a, b, c).
#[track_caller]
pub fn zip3_in_place(a: &mut [Real], b: &[Real], c: &[Real], f: impl Fn(Real, Real, Real) -> Real + Body) {
    each(
        [a],
        [b, c],
        #[inline(always)]
        move |_, [a], [b, c]| *a = f(*a, b, c),
    );
}

/// Changes a parameter and an optimizer's moments of it, N slices in all, by the gradient, in one pass over memory.
///
/// ```
/// use gradus_kernels::map;
/// let (mut weights, mut velocity) = ([1.0, 2.0], [0.0, 4.0]);
/// let (rate, momentum) = (0.5, 0.25);
/// map::update([&mut weights, &mut velocity], &[2.0, -2.0], #[inline(always)] move |[weight, velocity], gradient| {
///     *velocity = momentum * *velocity + gradient;
///     *weight -= rate * *velocity;
/// });
/// assert_eq!((weights, velocity), ([0.0, 2.5], [2.0, -1.0]));
/// ```
#[track_caller]
pub fn update<const N: usize>(state: [&mut [Real]; N], gradient: &[Real], f: impl Fn([&mut Real; N], Real) + Body) {
    each(
        state,
        [gradient],
        #[inline(always)]
        move |_, state, [gradient]| f(state, gradient),
    );
}
