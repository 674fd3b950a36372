//! The two kernels of t-SNE's repulsion on a grid, as Fourier transforms.

use std::sync::Arc;

use gradus_core::compute::parallel_chunks;
use rustfft::num_complex::Complex64;
use rustfft::{Fft, FftPlanner};

/// Transforms of 1 / (1 + d^2), which is real, and of x / (1 + d^2)^2 and y / (1 + d^2)^2, which are imaginary, on a grid that is
/// twice as wide as the charges', so that nothing comes round from the other side.
pub(super) struct Spectrum {
    /// Points of the grid along each axis.
    pub size: usize,
    /// The distance of two neighbouring ones.
    pub spacing: f64,
    pub forward: Arc<dyn Fft<f64>>,
    pub inverse: Arc<dyn Fft<f64>>,
    /// `[frequency across, up to size / 2][frequency up]`.
    pub potential: Vec<f64>,
    /// The imaginary part, of the kernel across, laid out likewise.
    pub across: Vec<f64>,
    /// The imaginary part, of the kernel up, laid out likewise.
    pub up: Vec<f64>,
}

impl Spectrum {
    pub fn new(size: usize, spacing: f64) -> Self {
        let mut planner = FftPlanner::new();
        let (forward, inverse) = (planner.plan_fft_forward(size), planner.plan_fft_inverse(size));
        // Both in one: an even kernel gives the real part, an odd one the imaginary part.
        let mut grid = vec![Complex64::new(0.0, 0.0); size * size];
        parallel_chunks(&mut grid, size, &|row, values| {
            let y = offset(row, size) * spacing;
            for (column, value) in values.iter_mut().enumerate() {
                let x = offset(column, size) * spacing;
                let q = 1.0 / (1.0 + x * x + y * y);
                let odd = if 2 * column == size { 0.0 } else { q * q * x };
                *value = Complex64::new(q + odd, 0.0);
            }
            forward.process(values);
        });
        let mut turned = vec![Complex64::new(0.0, 0.0); size * size];
        parallel_chunks(&mut turned, size, &|column, values| {
            for (row, value) in values.iter_mut().enumerate() {
                *value = grid[row * size + column];
            }
            forward.process(values);
        });
        let half = size / 2 + 1;
        let potential = turned[..half * size].iter().map(|value| value.re).collect();
        let across = turned[..half * size].iter().map(|value| value.im).collect();
        let up = (0..half * size).map(|place| turned[place % size * size + place / size].im).collect();
        Spectrum { size, spacing, forward, inverse, potential, across, up }
    }
}

/// How far a place of a ring of `size` is from place 0, in either direction.
fn offset(place: usize, size: usize) -> f64 {
    if place <= size / 2 { place as f64 } else { place as f64 - size as f64 }
}
