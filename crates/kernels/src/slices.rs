//! Arrays of slices, taken apart.
//!
//! Loops over several slices are generic in their body. A closure in `array::map` there is one more function for each body, and brings
//! a dozen of the standard library's with it, a sixth of what the core library once was before it was optimized; these are generic in the
//! number of slices alone.

use crate::Real;
use crate::disjoint::Disjoint;

/// The `length` elements from `start` on of each.
#[inline(always)]
pub(crate) fn cut<const N: usize>(slices: [&[Real]; N], start: usize, length: usize) -> [&[Real]; N] {
    slices.map(
        #[inline(always)]
        |x| &x[start..][..length],
    )
}

/// The same of slices that are written.
#[inline(always)]
pub(crate) fn cut_mut<'a, const N: usize>(
    slices: &'a mut [&mut [Real]; N],
    start: usize,
    length: usize,
) -> [&'a mut [Real]; N] {
    slices.each_mut().map(
        #[inline(always)]
        |x| &mut x[start..][..length],
    )
}

/// The elements at `place`.
#[inline(always)]
pub(crate) fn at<const N: usize>(slices: [&[Real]; N], place: usize) -> [Real; N] {
    slices.map(
        #[inline(always)]
        |x| x[place],
    )
}

/// The elements at `place`, to be written.
#[inline(always)]
pub(crate) fn at_mut<'a, const N: usize>(slices: &'a mut [&mut [Real]; N], place: usize) -> [&'a mut Real; N] {
    slices.each_mut().map(
        #[inline(always)]
        |x| &mut x[place],
    )
}

/// How long each is.
pub(crate) fn lengths<const N: usize>(slices: &[&[Real]; N]) -> [usize; N] {
    slices.map(<[Real]>::len)
}

/// The same for slices that are written.
pub(crate) fn lengths_mut<const N: usize>(slices: &[&mut [Real]; N]) -> [usize; N] {
    slices.each_ref().map(|x| x.len())
}

/// Slices that threads write each their own parts of.
pub(crate) fn disjoint<const N: usize>(slices: [&mut [Real]; N]) -> [Disjoint<'_, Real>; N] {
    slices.map(Disjoint::new)
}

/// The `length` elements from `start` on of each.
///
/// # Safety
/// As of [`Disjoint::part`].
#[allow(clippy::mut_from_ref)]
#[inline(always)]
pub(crate) unsafe fn parts<'a, const N: usize>(
    slices: &'a [Disjoint<'_, Real>; N],
    start: usize,
    length: usize,
) -> [&'a mut [Real]; N] {
    slices.each_ref().map(
        #[inline(always)]
        // SAFETY: the caller keeps parts disjoint.
        |x| unsafe { x.part(start, length) },
    )
}
