//! The micro-kernel: a tile of sums in registers, over a block of k. Bound by arithmetic.
//!
//! ```text
//!            b: NV vectors of one k
//!           ┌───────┬───────┐
//!   a[0]  → │ sum   │ sum   │     for each k: load NV vectors of b, and for each of the MR rows
//!   a[1]  → │ sum   │ sum   │     broadcast a number of a and add its products: MR * NV fused
//!    ...    │       │       │     multiply-adds for MR + NV loads.
//!   a[MR-1] │ sum   │ sum   │
//!           └───────┴───────┘
//! ```
//! AVX-512: 14 x 2 vectors of 16, 28 of 32 registers. AVX2: 6 x 2 vectors of 8, 12 of 16. Portable: 4 x 1 arrays of 8.
//!
//! The rows of a are packed (a stored as its transpose), or read behind MR pointers wherever they lie: the rows of a matrix,
//! or the pixels that a kernel's taps fall on, with new pointers for each tap.

use crate::isa::{Isa, clamp, isa, prefetch};
use pulp::{MemMask, Simd};

/// What a tile is computed from and where it goes.
#[derive(Clone, Copy)]
pub(crate) struct Tile {
    pub depth: usize,
    pub a: LeftPanel,
    pub b: *const f32,
    /// From one k to the next in b.
    pub b_step: usize,
    /// Where a packing kernel leaves b, `[k][width]`.
    pub packed: *mut f32,
    pub c: *mut f32,
    pub stride: usize,
    /// The rows and columns that are stored.
    pub rows: usize,
    pub columns: usize,
    pub accumulate: bool,
    /// One number for each column, or null.
    pub bias: *const f32,
    /// Laid out as c, or null.
    pub residual: *const f32,
    /// The least and the greatest that is stored.
    pub bounds: [f32; 2],
}

/// The rows of a tile's left factor.
#[derive(Clone, Copy)]
pub(crate) union LeftPanel {
    /// Packed as `[k][height]`.
    pub columns: Columns,
    /// Wherever they lie.
    pub places: Places,
}

/// Rows that are neighbours for each k. The k lie in runs.
#[derive(Clone, Copy)]
pub(crate) struct Columns {
    pub start: *const f32,
    /// From one k to the next.
    pub step: usize,
    /// The k of a run, and from the begin of a run to that of the next.
    pub run: usize,
    pub jump: usize,
}

impl Columns {
    /// All k in one run.
    pub fn even(start: *const f32, step: usize) -> Self {
        Columns { start, step, run: usize::MAX, jump: 0 }
    }
}

/// Rows that lie in runs: the numbers of a run are neighbours, the runs lie anywhere. A matrix has one run a row, a patch one
/// for each tap of the kernel.
#[derive(Clone, Copy)]
pub(crate) struct Places {
    /// Where the runs begin: `[run][height]`, from the first run that is used on.
    pub table: *const *const f32,
    /// The length of a run, and how much of the first one is left out.
    pub run: usize,
    pub offset: usize,
}

/// A micro-kernel for panels of one height and width.
///
/// # Safety
/// `a` must hold rows of the kernel's height over `depth`, by columns or as places, as the kernel was chosen; `b` `depth`
/// times `width` numbers, `b_step` apart; `packed` must have room for them if the kernel packs;
/// `c` `rows` rows of `columns` numbers, `stride` apart, which nobody else touches; `bias`, unless null, `columns` numbers; `residual`, unless null, what c has;
/// `rows` and `columns` at most the panel's; and the processor must have the kernel's instructions.
pub(crate) type Kernel = unsafe fn(&Tile);

/// The widths of right panels on an instruction set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sizes {
    /// The columns of a whole panel.
    pub width: usize,
    /// The columns of a narrow one, for a remainder.
    pub narrow: usize,
}

pub(crate) fn sizes() -> Sizes {
    match isa() {
        Isa::Avx512 => Sizes { width: 32, narrow: 16 },
        Isa::Avx2 => Sizes { width: 16, narrow: 8 },
        Isa::Portable => Sizes { width: 8, narrow: 8 },
    }
}

/// The height of the highest panels.
pub(crate) fn highest(form: Form) -> usize {
    heights(form).iter().copied().fold(1, usize::max)
}

/// How a kernel reads its factors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// A packed by columns.
    Columns,
    /// A at its places.
    Places,
    /// A at its places; b, read in place, is left packed behind.
    Packing,
}

/// The smallest panel height with a kernel that holds `rows` rows.
pub(crate) fn height_for(rows: usize, form: Form) -> usize {
    let fits = |height: &usize| *height >= rows;
    heights(form).iter().copied().find(fits).expect("panels are no higher than the highest kernel")
}

/// The heights of panels that have a kernel.
pub(crate) fn heights(form: Form) -> &'static [usize] {
    match isa() {
        Isa::Avx512 if form == Form::Columns => &[1, 2, 4, 6, 8, 10, 12, 14],
        // One general register for each row's place: there are not more.
        Isa::Avx512 => &[1, 2, 4, 6, 8, 10, 12],
        Isa::Avx2 => &[1, 2, 3, 4, 5, 6],
        Isa::Portable => &[1, 2, 3, 4],
    }
}

/// The kernel for panels of a height from [`heights`] and a width from [`sizes`].
pub(crate) fn kernel(height: usize, width: usize, form: Form) -> Kernel {
    macro_rules! choose {
        ($function:ident, $narrow:literal, $($height:literal)*) => {
            match (height, width == $narrow, form) {
                $(
                    ($height, true, Form::Columns) => $function::<$height, 1, true, false>,
                    ($height, true, Form::Places) => $function::<$height, 1, false, false>,
                    ($height, true, Form::Packing) => $function::<$height, 1, false, true>,
                    ($height, false, Form::Columns) => $function::<$height, 2, true, false>,
                    ($height, false, Form::Places) => $function::<$height, 2, false, false>,
                    ($height, false, Form::Packing) => $function::<$height, 2, false, true>,
                )*
                _ => unreachable!("no kernel for panels of height {height}"),
            }
        };
    }
    match isa() {
        #[cfg(target_arch = "x86_64")]
        Isa::Avx512 => choose!(avx512, 16, 1 2 4 6 8 10 12 14),
        #[cfg(target_arch = "x86_64")]
        Isa::Avx2 => choose!(avx2, 8, 1 2 3 4 5 6),
        _ => choose!(portable, 8, 1 2 3 4),
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512cd,avx512bw,avx512dq,avx512vl,avx2,fma,bmi1,bmi2,lzcnt,f16c")]
unsafe fn avx512<const MR: usize, const NV: usize, const BY_COLUMNS: bool, const PACK: bool>(tile: &Tile) {
    // SAFETY: the caller has made sure of the instructions and of the tile's memory.
    unsafe { run::<pulp::x86::V4, MR, NV, BY_COLUMNS, PACK, true>(pulp::x86::V4::new_unchecked(), tile) }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma,bmi1,bmi2,lzcnt,f16c")]
unsafe fn avx2<const MR: usize, const NV: usize, const BY_COLUMNS: bool, const PACK: bool>(tile: &Tile) {
    // SAFETY: the caller has made sure of the instructions and of the tile's memory.
    unsafe { run::<pulp::x86::V3, MR, NV, BY_COLUMNS, PACK, true>(pulp::x86::V3::new_unchecked(), tile) }
}

unsafe fn portable<const MR: usize, const NV: usize, const BY_COLUMNS: bool, const PACK: bool>(tile: &Tile) {
    // SAFETY: the caller has made sure of the tile's memory.
    unsafe { run::<pulp::Scalar256b, MR, NV, BY_COLUMNS, PACK, false>(pulp::Scalar256b, tile) }
}

/// How far ahead b is fetched into the cache where its lines are not neighbours.
const AHEAD: usize = 24;

#[inline(always)]
unsafe fn run<
    S: Simd,
    const MR: usize,
    const NV: usize,
    const BY_COLUMNS: bool,
    const PACK: bool,
    const FUSED: bool,
>(
    simd: S,
    tile: &Tile,
) {
    let lanes = S::F32_LANES;
    let b_step = tile.b_step;
    let mut sums = [[simd.splat_f32s(0.0); NV]; MR];
    let (mut b, mut packed) = (tile.b, tile.packed);
    for row in 0..MR {
        prefetch(tile.c.wrapping_add(row * tile.stride));
        prefetch(tile.c.wrapping_add(row * tile.stride + tile.columns - 1));
    }
    // One k: the number of a row is at `place(row)`.
    macro_rules! step {
        ($row:ident => $place:expr) => {
            let mut right = [simd.splat_f32s(0.0); NV];
            for v in 0..NV {
                // SAFETY: the panel of b has NV whole vectors for each k, and so has the memory it is packed to.
                unsafe {
                    right[v] = b.add(v * lanes).cast::<S::f32s>().read_unaligned();
                    if PACK {
                        packed.add(v * lanes).cast::<S::f32s>().write_unaligned(right[v]);
                    }
                }
            }
            for $row in 0..MR {
                // SAFETY: the panel of a has a number for each row and k, at these places.
                let left = simd.splat_f32s(unsafe { *$place });
                for v in 0..NV {
                    sums[$row][v] = if FUSED {
                        simd.mul_add_e_f32s(left, right[v], sums[$row][v])
                    } else {
                        simd.add_f32s(sums[$row][v], simd.mul_f32s(left, right[v]))
                    };
                }
            }
            if PACK {
                prefetch(b.wrapping_add(AHEAD * b_step));
                packed = packed.wrapping_add(NV * lanes);
            }
            b = b.wrapping_add(b_step);
        };
    }
    if BY_COLUMNS {
        // SAFETY: the kernel was chosen for a panel of this form.
        let Columns { start: mut line, step, run, jump } = unsafe { tile.a.columns };
        let mut depth = tile.depth;
        while depth > 0 {
            let (length, mut place) = (depth.min(run), line);
            for _ in 0..length {
                step!(row => place.add(row));
                place = place.wrapping_add(step);
            }
            (line, depth) = (line.wrapping_add(jump), depth - length);
        }
    } else {
        // SAFETY: as above.
        let Places { mut table, run, mut offset } = unsafe { tile.a.places };
        let mut depth = tile.depth;
        while depth > 0 {
            let length = depth.min(run - offset);
            let mut rows = [std::ptr::null::<f32>(); MR];
            for row in 0..MR {
                // SAFETY: the table has a place for each row and run that `depth` reaches, and a run has `run` numbers.
                rows[row] = unsafe { (*table.add(row)).add(offset) };
            }
            for k in 0..length {
                step!(row => rows[row].add(k));
            }
            (table, offset, depth) = (table.wrapping_add(MR), 0, depth - length);
        }
    }
    // The sums must stay in registers through the loops above, so each row below is named by a constant: indexed by a
    // variable, they would live in memory, and every step of the loop would store all of them.
    let mut finish = Finish::<S, NV>::new(simd, tile);
    macro_rules! finish_rows {
        ($plain:literal: $($row:literal)*) => {$(
            if $row < MR && $row < tile.rows {
                // SAFETY: the row is one of the tile's, and `finish` was made for its columns.
                unsafe { finish.row::<$plain>(sums[$row % MR]) };
            }
        )*};
    }
    if tile.columns == NV * lanes && !tile.accumulate && tile.residual.is_null() {
        finish_rows!(true: 0 1 2 3 4 5 6 7 8 9 10 11 12 13);
    } else {
        finish_rows!(false: 0 1 2 3 4 5 6 7 8 9 10 11 12 13);
    }
}

/// What happens to the sums of a tile, row by row, after its last step.
struct Finish<S: Simd, const NV: usize> {
    simd: S,
    /// The row that is next.
    place: *mut f32,
    residual: *const f32,
    stride: usize,
    accumulate: bool,
    bias: [S::f32s; NV],
    bounds: [S::f32s; 2],
    /// The columns that exist, where some do not.
    masks: Option<[MemMask<S::m32s>; NV]>,
}

impl<S: Simd, const NV: usize> Finish<S, NV> {
    #[inline(always)]
    fn new(simd: S, tile: &Tile) -> Self {
        let lanes = S::F32_LANES;
        let mask = |v: usize| simd.mask_between_m32s(0, tile.columns.saturating_sub(v * lanes).min(lanes) as u32);
        let mut bias = [simd.splat_f32s(0.0); NV];
        if !tile.bias.is_null() {
            for v in 0..NV {
                let place = tile.bias.wrapping_add(v * lanes);
                // SAFETY: the bias has as many numbers as the tile has columns, which are those that the mask lets through.
                bias[v] = unsafe {
                    if tile.columns == NV * lanes {
                        place.cast::<S::f32s>().read_unaligned()
                    } else {
                        simd.mask_load_ptr_f32s(mask(v), place)
                    }
                };
            }
        }
        Finish {
            simd,
            place: tile.c,
            residual: tile.residual,
            stride: tile.stride,
            accumulate: tile.accumulate,
            bias,
            bounds: tile.bounds.map(|bound| simd.splat_f32s(bound)),
            masks: (tile.columns < NV * lanes).then(|| std::array::from_fn(mask)),
        }
    }

    /// Stores one row and goes to the next; `PLAIN` where all columns exist and nothing but the bias is added.
    ///
    /// # Safety
    /// The row must be the tile's.
    #[inline(always)]
    unsafe fn row<const PLAIN: bool>(&mut self, sums: [S::f32s; NV]) {
        let simd = self.simd;
        for v in 0..NV {
            let place = self.place.wrapping_add(v * S::F32_LANES);
            let mut sum = simd.add_f32s(sums[v], self.bias[v]);
            // SAFETY: the tile has these columns, or the mask leaves out those that it has not.
            unsafe {
                if !PLAIN && self.accumulate {
                    sum = simd.add_f32s(sum, self.load(v, place));
                }
                if !PLAIN && !self.residual.is_null() {
                    sum = simd.add_f32s(sum, self.load(v, self.residual.wrapping_add(v * S::F32_LANES)));
                }
                let sum = clamp(simd, sum, self.bounds);
                match self.masks {
                    Some(masks) if !PLAIN => simd.mask_store_ptr_f32s(masks[v], place, sum),
                    _ => place.cast::<S::f32s>().write_unaligned(sum),
                }
            }
        }
        self.place = self.place.wrapping_add(self.stride);
        if !PLAIN && !self.residual.is_null() {
            self.residual = self.residual.wrapping_add(self.stride);
        }
    }

    /// Vector `v` of a row at `place`.
    ///
    /// # Safety
    /// The columns that the tile has must be there.
    #[inline(always)]
    unsafe fn load(&self, v: usize, place: *const f32) -> S::f32s {
        // SAFETY: the caller answers for the columns, and the mask leaves out what is beyond.
        unsafe {
            match self.masks {
                Some(masks) => self.simd.mask_load_ptr_f32s(masks[v], place),
                None => place.cast::<S::f32s>().read_unaligned(),
            }
        }
    }
}
