//! Patches of few channels, read in place a kernel row at a time: the pixels that a row of taps falls on are neighbours in memory,
//! so they are one run, as if they were the channels of one wide pixel.
//!
//! ```text
//!   3 channels, 3x3 taps, stride 2         a row of x, zeros at both ends
//!                                          0 0 0 r g b r g b r g b r g b ..
//!   place 0 reads a run of 9 numbers       └───────────────┘
//!   place 1, the next, 6 numbers on                    └───────────────┘
//! ```
//! Runs must not cross a picture's sides, so pictures with padding are copied once with the zeros around them; with so few channels
//! that is little beside what comes out. Long runs are bound by arithmetic, short ones by the table of places and by what goes out: two
//! Zen 3 cores with AVX2 and a peak of 200 GFLOP/s reach 107 with 3 channels of 224x224 by 7x7 taps with stride 2 to 64 channels, 120 by
//! 11x11 with stride 4, 43 by 3x3 with stride 2 to 32, 18 with 1 channel of 28x28 by 3x3 to 32. Gathered, these were 37, 49, 24 and 15.

use super::patches::Patches;
use super::pixels::PixelRows;
use crate::scratch::{Slot, with_slot};
use crate::threads::parallel_chunks;

/// The largest copy with zeros around it, in numbers.
const MOST: usize = 1 << 23;

/// Whether the patches can be read so.
pub(super) fn applies(patches: &Patches<'_>) -> bool {
    patches.rows_are_runs() && patches.kernel[1] > 1 && padded_len(patches) <= MOST
}

/// Height and width of what all windows see together.
fn reach(patches: &Patches<'_>) -> [usize; 2] {
    [0, 1].map(|axis| {
        (patches.places[axis] - 1) * patches.stride[axis] + (patches.kernel[axis] - 1) * patches.dilation[axis] + 1
    })
}

fn padded_len(patches: &Patches<'_>) -> usize {
    patches.batch * reach(patches).iter().product::<usize>() * patches.pixel
}

/// Calls `f` with the patches as rows of runs.
pub(super) fn with_rows<R>(patches: &Patches<'_>, f: impl FnOnce(&PixelRows<'_>) -> R) -> R {
    let size = reach(patches);
    // The kernel's rows, each one wide pixel; what follows a window begins `pixel` numbers on, within it.
    let wide = Patches {
        channels: [0, patches.kernel[1] * patches.pixel],
        kernel: [patches.kernel[0], 1],
        before: [0, 0],
        ..*patches
    };
    let inside = patches.before == [0, 0] && size[0] <= patches.size[0] && size[1] <= patches.size[1];
    if inside {
        // No tap falls beside the pictures, so nobody reads the zeros.
        return f(&PixelRows { patches: wide, zeros: patches.data });
    }
    with_slot(Slot::Zeros, padded_len(patches), |padded| {
        let line = size[1] * patches.pixel;
        parallel_chunks(padded, line, &|index, line| {
            patches.padded_row(index / size[0], index % size[0], line);
        });
        f(&PixelRows { patches: Patches { data: padded, size, ..wide }, zeros: padded })
    })
}
