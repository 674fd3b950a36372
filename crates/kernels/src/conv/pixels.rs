//! The patches that a window sees as rows of a left factor, read in place: an indirect product.
//!
//! ```text
//!                 tap 0      tap 1      ..   tap 8
//!   place 0    [ channels ][ channels ] .. [ channels ]     a table says where the pixel begins that each tap of each place
//!   place 1    [ channels ][ channels ] .. [ channels ]     falls on; a kernel walks its rows' channels, then takes the
//!    ..            |                                        next row of the table. A tap beside the picture points to
//!              x [row, column, ..]  or  zeros               zeros. No number is copied.
//! ```
//! Bound by arithmetic; the table costs some percent with few output channels.

use super::patches::Patches;
use crate::Real;
use crate::gemm::Left;

/// Patches as rows, read in place.
pub(super) struct PixelRows<'a> {
    pub patches: Patches<'a>,
    /// As many as a pixel has channels.
    pub zeros: &'a [Real],
}

impl Left for PixelRows<'_> {
    const BY_COLUMNS: bool = false;

    fn size(&self) -> [usize; 2] {
        [self.patches.count(), self.patches.len()]
    }

    fn run(&self) -> Option<usize> {
        Some(self.patches.channels[1])
    }

    fn places(&self, row: usize, rows: usize, height: usize, table: &mut [*const Real]) {
        self.patches.pixels(row, rows, height, self.zeros, table);
    }

    fn pack(&self, _: usize, _: usize, _: usize, _: usize, _: usize, _: &mut [Real]) {
        unreachable!("read in place");
    }
}
