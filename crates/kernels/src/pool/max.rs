//! Max pooling.
//!
//! 2x2, stride 2, 64 pictures of 28x28x32, one thread: 0.19 ms with AVX-512 and 0.28 with AVX2, places included, where a
//! copy of the same bytes from the shared cache takes 0.08. 3x3, stride 2, 55x55x128, two threads with AVX2: 58 µs, with places 123.

use super::{NOWHERE, PoolShape, Sizes, Taps, check};
use crate::Real;
use crate::disjoint::Disjoint;
use crate::isa::vectorize;
use crate::threads::parallel;

/// The taps of a window that are compared at a time: all of 2x2.
const FEW: usize = 4;
/// Where no places are kept, which fill registers: all of 3x3.
const MANY: usize = 9;

/// `out = max over the window of x`, or of max(x, 0) with `relu`; padding counts as -inf. A NaN wins over every number.
#[track_caller]
pub fn max(shape: &PoolShape, relu: bool, x: &[Real], out: &mut [Real]) {
    let sizes = check("max pool", shape, x.len(), out.len());
    forward(shape, sizes, relu, x, out, None);
}

/// The same, and where the maximum was: `y * in_width + x` for each output, the first among equals; [`NOWHERE`] where `relu` cut
/// it off.
#[track_caller]
pub fn max_with_places(shape: &PoolShape, relu: bool, x: &[Real], out: &mut [Real], places: &mut [u32]) {
    let sizes = check("max pool", shape, x.len(), out.len());
    assert_eq!(places.len(), out.len(), "max pool: the places' length is not the output's");
    forward(shape, sizes, relu, x, out, Some(places));
}

fn forward(shape: &PoolShape, sizes: Sizes, relu: bool, x: &[Real], out: &mut [Real], places: Option<&mut [u32]>) {
    let rows = out.len() / sizes.row.max(1);
    let out_height = sizes.out / sizes.row.max(1);
    let out = Disjoint::new(out);
    let places = places.map(Disjoint::new);
    let task = sizes.rows_in_task();
    let window = shape.rows.most().saturating_mul(shape.columns.most());
    parallel(rows.div_ceil(task), &|index| {
        for row in index * task..rows.min((index + 1) * task) {
            let picture = &x[row / out_height * sizes.picture..][..sizes.picture];
            // SAFETY: each row is handled once, and rows do not overlap.
            let out = unsafe { out.part(row * sizes.row, sizes.row) };
            // SAFETY: as above.
            let places = places.as_ref().map(|places| unsafe { places.part(row * sizes.row, sizes.row) });
            let output = row % out_height;
            match places {
                Some(places) => vectorize(
                    #[inline(always)]
                    move || {
                        with_places(shape, picture, output, out, places);
                        if relu {
                            cut_places(out, places);
                        }
                    },
                ),
                None => vectorize(
                    #[inline(always)]
                    move || {
                        if window > FEW && window <= MANY {
                            values::<MANY>(shape, picture, output, out);
                        } else {
                            values::<FEW>(shape, picture, output, out);
                        }
                        if relu {
                            for y in out.iter_mut() {
                                *y = if *y <= 0.0 { 0.0 } else { *y };
                            }
                        }
                    },
                ),
            }
        }
    });
}

/// A row of outputs with their places.
#[inline(always)]
fn with_places(shape: &PoolShape, picture: &[Real], output: usize, out: &mut [Real], places: &mut [u32]) {
    shape.pixels(
        output,
        out.len(),
        #[inline(always)]
        |rows, columns, start| {
            let (out, places) = (&mut out[start..][..shape.channels], &mut places[start..][..shape.channels]);
            let mut first = true;
            groups(
                shape,
                rows,
                columns,
                #[inline(always)]
                |taps| {
                    if first {
                        compare::<true>(picture, taps, out, places);
                    } else {
                        compare::<false>(picture, taps, out, places);
                    }
                    first = false;
                },
            );
        },
    );
}

/// max(y, 0) of a row of outputs, the maximum over the windows of max(x, 0) as well. NaN stays NaN.
#[inline(always)]
fn cut_places(out: &mut [Real], places: &mut [u32]) {
    for (y, place) in out.iter_mut().zip(places) {
        let is_cut = *y <= 0.0;
        *y = if is_cut { 0.0 } else { *y };
        *place = if is_cut { NOWHERE } else { *place };
    }
}

/// A row of outputs.
#[inline(always)]
fn values<const TAPS: usize>(shape: &PoolShape, picture: &[Real], output: usize, out: &mut [Real]) {
    shape.pixels(
        output,
        out.len(),
        #[inline(always)]
        |rows, columns, start| {
            let out = &mut out[start..][..shape.channels];
            let mut first = true;
            groups(
                shape,
                rows,
                columns,
                #[inline(always)]
                |taps: [usize; TAPS]| {
                    if first {
                        take::<TAPS, true>(picture, taps, out);
                    } else {
                        take::<TAPS, false>(picture, taps, out);
                    }
                    first = false;
                },
            );
        },
    );
}

/// Takes a group of inputs into the maximum; FIRST when there is none yet.
#[inline(always)]
fn take<const TAPS: usize, const FIRST: bool>(picture: &[Real], taps: [usize; TAPS], out: &mut [Real]) {
    let inputs = inputs(picture, taps, out.len());
    for channel in 0..out.len() {
        let mut best = if FIRST { inputs[0][channel] } else { out[channel] };
        for tap in usize::from(FIRST)..TAPS {
            best = larger(best, inputs[tap][channel]);
        }
        out[channel] = best;
    }
}

/// Calls `group` with the places of a window's inputs, TAPS at a time; the last place is repeated to fill the last group.
#[inline(always)]
fn groups<const TAPS: usize>(shape: &PoolShape, rows: Taps, columns: Taps, mut group: impl FnMut([usize; TAPS])) {
    let mut taps = [0; TAPS];
    let mut count = 0;
    shape.each_tap(
        rows,
        columns,
        #[inline(always)]
        |place| {
            taps[count] = place;
            count += 1;
            if count == TAPS {
                group(taps);
                count = 0;
            }
        },
    );
    if count > 0 {
        let last = taps[count - 1];
        taps[count..].fill(last);
        group(taps);
    }
}

/// The channels of each place.
#[inline(always)]
fn inputs<const TAPS: usize>(picture: &[Real], taps: [usize; TAPS], channels: usize) -> [&[Real]; TAPS] {
    taps.map(
        #[inline(always)]
        |place| &picture[place * channels..][..channels],
    )
}

#[inline(always)]
fn wins(new: Real, old: Real) -> bool {
    (new > old) | (new.is_nan() & !old.is_nan())
}

/// The larger, and NaN where one is.
#[inline(always)]
fn larger(old: Real, new: Real) -> Real {
    // One instruction, which gives `old` where one is NaN.
    let larger = if new > old { new } else { old };
    if new.is_nan() { new } else { larger }
}

/// Takes a group of inputs into the maximum; FIRST when there is none yet.
#[inline(always)]
fn compare<const FIRST: bool>(picture: &[Real], taps: [usize; FEW], out: &mut [Real], places: &mut [u32]) {
    let inputs = inputs(picture, taps, out.len());
    let places = &mut places[..out.len()];
    for channel in 0..out.len() {
        let mut best = if FIRST { inputs[0][channel] } else { out[channel] };
        let mut best_place = if FIRST { taps[0] as u32 } else { places[channel] };
        for tap in usize::from(FIRST)..FEW {
            let new = inputs[tap][channel];
            let wins = wins(new, best);
            best = if wins { new } else { best };
            best_place = if wins { taps[tap] as u32 } else { best_place };
        }
        out[channel] = best;
        places[channel] = best_place;
    }
}
