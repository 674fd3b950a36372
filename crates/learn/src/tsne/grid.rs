//! The forces of all pairs by interpolation (Linderman, Rachh, Hoskins, Steinerberger, Kluger: Fast interpolation-based t-SNE for
//! improved visualization of single-cell RNA-seq data, 2019).
//!
//! Nodes cover the plane, four to a unit of length where the paper has three, and closer for small layouts. Each point spreads its
//! charge 1 to the six by six nodes about it by quintic interpolation: the force of a near pair is then right to a hundredth of the
//! largest (parabolas, and cubics at a third, err by a tenth). On the nodes the forces are a convolution of the charges with
//! K(y) = y / (1 + |y|^2)^2, done by Fourier transform; each point reads its force from its nodes. Two things differ from the
//! paper. There a point belongs to a box of three nodes, and errors grow
//! towards the box's edges; here the nodes are always those about the point, at no more transforms. And the paper convolves charges 1, y and
//! |y|^2 with even kernels and takes differences of the results; this uses the odd kernel of the force itself: one real transform
//! forward and one complex one back do, and no digits are lost in differences. By Parseval's theorem, Z needs no transform back at
//! all: Z + n = sum over frequencies of |Q|^2 K, with the transforms of the charges and of 1 / (1 + |y|^2).

use std::sync::Mutex;

use gradus_core::Real;
use gradus_core::compute::parallel_chunks;
use rustfft::num_complex::Complex64;

use super::Place;
use super::spectrum::Spectrum;
use crate::convolution::fast_length;

/// Nodes about a point along each axis.
const NODES: usize = 6;
/// Nodes along each axis at least, and the widest that they may lie apart.
const FEWEST: usize = 150;
const WIDEST: f64 = 1.0 / 4.0;
/// Columns of the spectrum that are one task.
const COLUMNS: usize = 8;
/// Rows of the grid, and points, that are one task.
const ROWS: usize = 4;
const POINTS: usize = 512;

const ZERO: Complex64 = Complex64 { re: 0.0, im: 0.0 };

/// The grid with its memory.
#[derive(Default)]
pub(super) struct Grid {
    spectrum: Option<Spectrum>,
    charges: Vec<f64>,
    rows: Vec<Complex64>,
    columns: Vec<Complex64>,
    field: Vec<Complex64>,
}

/// The first of the nodes about a coordinate along one axis, and the weights of all.
type Weights = (usize, [f64; NODES]);

impl Grid {
    pub fn forces(&mut self, places: &[Place], forces: &mut [Place]) -> f64 {
        let [low, high] = places.iter().fold([[Real::INFINITY; 2], [Real::NEG_INFINITY; 2]], |[low, high], place| {
            [[0, 1].map(|axis| low[axis].min(place[axis])), [0, 1].map(|axis| high[axis].max(place[axis]))]
        });
        let extent = f64::from((high[0] - low[0]).max(high[1] - low[1]));
        self.choose(extent);
        let spectrum = self.spectrum.as_ref().expect("it was just chosen");
        let size = spectrum.size;
        let side = size / 2; // nodes along each axis
        let spacing = spectrum.spacing;
        let weights = |place: &Place| [0, 1].map(|axis| weights(f64::from(place[axis] - low[axis]) / spacing, side));

        self.charges.clear();
        self.charges.resize(side * side, 0.0);
        for place in places {
            let [(x, across), (y, up)] = weights(place);
            for (row, up) in up.iter().enumerate() {
                let charges = &mut self.charges[(y + row) * side + x..][..NODES];
                charges.iter_mut().zip(&across).for_each(|(charge, across)| *charge += up * across);
            }
        }
        let z = self.convolve();
        let field = &self.field;
        parallel_chunks(forces, POINTS, &|task, forces| {
            for (place, force) in places[task * POINTS..].iter().zip(forces) {
                let [(x, across), (y, up)] = weights(place);
                let mut sum = ZERO;
                for (row, up) in up.iter().enumerate() {
                    let field = &field[(y + row) * side + x..][..NODES];
                    field.iter().zip(&across).for_each(|(value, across)| sum += value * (up * across));
                }
                *force = [sum.re as Real, sum.im as Real];
            }
        });
        z - places.len() as f64
    }

    /// Chooses nodes that cover the extent; the spectrum is kept while it fits.
    fn choose(&mut self, extent: f64) {
        let fits = |spectrum: &Spectrum| {
            let nodes = spectrum.size / 2 - NODES;
            let covered = nodes as f64 * spectrum.spacing;
            extent <= covered && covered <= extent * if nodes < FEWEST { 4.0 } else { 1.5 }
        };
        if self.spectrum.as_ref().is_some_and(fits) {
            return;
        }
        // A little room, so that it fits for some iterations.
        let roomy = (1.6 * extent).max(1e-9);
        let (side, spacing) = if roomy <= (FEWEST - NODES - 1) as f64 * WIDEST {
            (FEWEST, roomy / (FEWEST - NODES - 1) as f64)
        } else {
            (fast_length(FEWEST.max((1.08 * extent / WIDEST).ceil() as usize + NODES + 1)), WIDEST)
        };
        self.spectrum = Some(Spectrum::new(2 * side, spacing));
    }

    /// From charges to the field; gives Z + n.
    fn convolve(&mut self) -> f64 {
        let spectrum = self.spectrum.as_ref().expect("a spectrum is chosen first");
        let size = spectrum.size;
        let (side, half) = (size / 2, size / 2 + 1);
        self.transform_rows();

        // Columns there and back; a column of the other half of the spectrum is a mirror of one of this half.
        let blocks = half.div_ceil(COLUMNS);
        let block = side * 2 * COLUMNS;
        let spectrum = self.spectrum.as_ref().expect("a spectrum is chosen first");
        self.columns.resize(blocks * block, ZERO);
        let sums = Mutex::new(vec![0.0; blocks]);
        let rows = &self.rows;
        parallel_chunks(&mut self.columns, block, &|task, out| {
            let mut values = vec![ZERO; size];
            let mut mirror = vec![ZERO; size];
            let mut scratch = vec![ZERO; scratch(spectrum)];
            let mut total = 0.0;
            for (place, column) in (task * COLUMNS..half.min((task + 1) * COLUMNS)).enumerate() {
                values[..side].iter_mut().zip(rows[column..].iter().step_by(half)).for_each(|(to, from)| *to = *from);
                values[side..].fill(ZERO);
                spectrum.forward.process_with_scratch(&mut values, &mut scratch);
                let of_column = column * size..(column + 1) * size;
                let twice = if column == 0 || 2 * column == size { 1.0 } else { 2.0 };
                let energy = values.iter().zip(&spectrum.potential[of_column.clone()]);
                total += twice * energy.map(|(q, kernel)| q.norm_sqr() * kernel).sum::<f64>();
                // With imaginary kernels ia and ib: (ia + i ib) Q, and for the mirror with -ia, -ib and Q's conjugate.
                let kernels = spectrum.across[of_column.clone()].iter().zip(&spectrum.up[of_column]);
                for (row, (q, (a, b))) in values.iter_mut().zip(kernels).enumerate() {
                    let Complex64 { re, im } = *q;
                    *q = Complex64::new(-b * re - a * im, a * re - b * im);
                    mirror[(size - row) % size] = Complex64::new(b * re - a * im, -b * im - a * re);
                }
                for (values, shift) in [(&mut values, 0), (&mut mirror, COLUMNS)] {
                    spectrum.inverse.process_with_scratch(values, &mut scratch);
                    let to = out[place + shift..].iter_mut().step_by(2 * COLUMNS);
                    to.zip(&values[..side]).for_each(|(to, value)| *to = *value);
                }
            }
            sums.lock().expect("no task panics")[task] = total;
        });

        // Rows back.
        self.field.resize(side * side, ZERO);
        let columns = &self.columns;
        let scale = 1.0 / (size * size) as f64;
        parallel_chunks(&mut self.field, ROWS * side, &|task, out| {
            let mut values = vec![ZERO; size];
            let mut scratch = vec![ZERO; scratch(spectrum)];
            for (row, out) in (task * ROWS..).zip(out.chunks_exact_mut(side)) {
                for (block, columns) in columns.chunks_exact(block).enumerate() {
                    let (own, mirrored) = columns[row * 2 * COLUMNS..][..2 * COLUMNS].split_at(COLUMNS);
                    for (place, (own, mirrored)) in own.iter().zip(mirrored).enumerate() {
                        let column = block * COLUMNS + place;
                        if column > 0 && 2 * column < size {
                            values[size - column] = *mirrored;
                        }
                        if column < half {
                            values[column] = *own;
                        }
                    }
                }
                spectrum.inverse.process_with_scratch(&mut values, &mut scratch);
                out.iter_mut().zip(&values).for_each(|(out, value)| *out = value * scale);
            }
        });
        sums.into_inner().expect("no task panics").iter().sum::<f64>() / (size * size) as f64
    }

    /// The charges' rows, two real ones as one complex one, into the first half of their spectra.
    fn transform_rows(&mut self) {
        let spectrum = self.spectrum.as_ref().expect("a spectrum is chosen first");
        let size = spectrum.size;
        let (side, half) = (size / 2, size / 2 + 1);
        self.rows.resize(side * half, ZERO);
        let charges = &self.charges;
        parallel_chunks(&mut self.rows, 2 * half, &|task, out| {
            let mut values = vec![ZERO; size];
            let first = &charges[2 * task * side..][..side];
            let second = charges.get((2 * task + 1) * side..(2 * task + 2) * side);
            values.iter_mut().zip(first).for_each(|(value, charge)| value.re = *charge);
            if let Some(second) = second {
                values.iter_mut().zip(second).for_each(|(value, charge)| value.im = *charge);
            }
            spectrum.forward.process_with_scratch(&mut values, &mut vec![ZERO; scratch(spectrum)]);
            let (first, second) = out.split_at_mut(half);
            for (place, out) in first.iter_mut().enumerate() {
                let (a, b) = (values[place], values[(size - place) % size].conj());
                *out = (a + b) * 0.5;
                if let Some(out) = second.get_mut(place) {
                    let difference = (a - b) * 0.5; // i times the second
                    *out = Complex64::new(difference.im, -difference.re);
                }
            }
        });
    }
}

fn scratch(spectrum: &Spectrum) -> usize {
    spectrum.forward.get_inplace_scratch_len().max(spectrum.inverse.get_inplace_scratch_len())
}

/// The first of the six nodes about `place`, in nodes from the third one, and the values there of the quintics that are 1 at one
/// of the six and 0 at the others (Lagrange).
#[inline(always)]
fn weights(place: f64, side: usize) -> Weights {
    let first = (place as usize).min(side - NODES);
    let u = place - first as f64; // 0 to 1, between the third and the fourth
    let (a, b, c, d, e) = (u + 2.0, u + 1.0, u - 1.0, u - 2.0, u - 3.0);
    let (ab, uc, de) = (a * b, u * c, d * e);
    let quintics = [
        -b * uc * de / 120.0,
        a * uc * de / 24.0,
        -ab * c * de / 12.0,
        ab * u * de / 12.0,
        -ab * uc * e / 24.0,
        ab * uc * d / 120.0,
    ];
    (first, quintics)
}
