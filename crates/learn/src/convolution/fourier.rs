//! By Fourier's transform: F(a * b) = F(a) F(b), element by element, once both are filled up with zeros to the length of the full
//! result, so that nothing wraps round. O(m log m) for m = n + k - 1 in place of n k.
//!
//! Two real sequences take one transform: a + i b has the transform A + i B, whose square has 2 i A B beside A^2 - B^2, so the
//! convolution is half the imaginary part of what comes back.

use gradus_core::Error;
use rustfft::FftPlanner;
use rustfft::num_complex::Complex64;

use super::extent::Extent;
use super::grid::{self, Grid, convolve_grids};
use super::sequence::{check, convolve};

/// A way to compute a convolution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// By its definition.
    Definition,
    /// By Fourier's transform.
    Fourier,
}

impl Method {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Method::Definition => "definition",
            Method::Fourier => "fourier",
        }
    }
}

/// A convolution, and how it was computed.
#[derive(Clone, Debug, PartialEq)]
pub struct Transformed<T> {
    /// The result.
    pub value: T,
    /// The method that was expected to be the faster.
    pub method: Method,
}

/// What a step of a transform costs, in multiplications of the definition: measured, `gradus explore convolution` shows it.
const STEP: f64 = 4.0;
/// What a transform costs before its first step, likewise.
const START: f64 = 1500.0;

/// The faster method for `first` numbers with `second`, by the count of their operations.
pub fn choose(first: usize, second: usize) -> Method {
    let length = fast_length(first + second - 1) as f64;
    let transforms = 2.0 * length * length.log2() * STEP + START;
    if (first as f64) * (second as f64) > transforms { Method::Fourier } else { Method::Definition }
}

/// [`convolve`] by Fourier's transform. Rounding differs: errors are of some 1e-16 of the largest numbers.
///
/// ```
/// use gradus_learn::convolution::{Extent, convolve_by_fourier};
/// let product = convolve_by_fourier(&[1.0, 2.0], &[3.0, 4.0], Extent::Full)?;
/// assert!(product.iter().zip([3.0, 10.0, 8.0]).all(|(found, exact)| (found - exact).abs() < 1e-12));
/// # Ok::<(), gradus_core::Error>(())
/// ```
///
/// Errors: as [`convolve`].
pub fn convolve_by_fourier(a: &[f64], b: &[f64], extent: Extent) -> Result<Vec<f64>, Error> {
    check("the first sequence", a)?;
    check("the second sequence", b)?;
    let length = fast_length(a.len() + b.len() - 1);
    // Of like size, or the rounding of the larger drowns the smaller in the shared transform.
    let [size_a, size_b] = [largest(a), largest(b)];
    let value = |x: &[f64], place: usize, size: f64| x.get(place).map_or(0.0, |value| value / size);
    let mut both: Vec<Complex64> =
        (0..length).map(|place| Complex64::new(value(a, place, size_a), value(b, place, size_b))).collect();
    let mut planner = FftPlanner::new();
    planner.plan_fft_forward(length).process(&mut both);
    for x in &mut both {
        *x *= *x;
    }
    planner.plan_fft_inverse(length).process(&mut both);
    let scale = 0.5 * size_a * size_b / length as f64;
    Ok(both[extent.kept(a.len(), b.len())].iter().map(|x| x.im * scale).collect())
}

/// [`convolve_grids`] by Fourier's transform along rows and columns.
///
/// Errors: as [`convolve_grids`].
pub fn convolve_grids_by_fourier(a: &Grid, b: &Grid, extent: Extent) -> Result<Grid, Error> {
    let [rows, columns] = grid::kept(a, b, extent)?;
    let height = fast_length(a.rows() + b.rows() - 1);
    let width = fast_length(a.columns() + b.columns() - 1);
    let [size_a, size_b] = [largest(a.values()), largest(b.values())];
    let value = |x: &Grid, row: usize, column: usize, size: f64| {
        if row < x.rows() && column < x.columns() { x.at(row, column) / size } else { 0.0 }
    };
    let mut both: Vec<Complex64> = (0..height * width)
        .map(|place| (place / width, place % width))
        .map(|(row, column)| Complex64::new(value(a, row, column, size_a), value(b, row, column, size_b)))
        .collect();
    let mut planner = FftPlanner::new();
    let mut turned = vec![Complex64::default(); height * width];
    planner.plan_fft_forward(width).process(&mut both);
    turn(&both, width, &mut turned);
    planner.plan_fft_forward(height).process(&mut turned);
    for x in &mut turned {
        *x *= *x;
    }
    planner.plan_fft_inverse(height).process(&mut turned);
    turn(&turned, height, &mut both);
    planner.plan_fft_inverse(width).process(&mut both);
    let scale = 0.5 * size_a * size_b / (height * width) as f64;
    Ok(Grid::build(rows.len(), columns.len(), |row, column| {
        both[(rows.start + row) * width + columns.start + column].im * scale
    }))
}

/// The full convolution of two sequences by whichever method is expected to be faster.
impl Transformed<Vec<f64>> {
    /// Chooses, and computes.
    ///
    /// Errors: as [`convolve`].
    pub fn of(a: &[f64], b: &[f64], extent: Extent) -> Result<Self, Error> {
        let method = choose(a.len(), b.len());
        let value = match method {
            Method::Definition => convolve(a, b, extent)?,
            Method::Fourier => convolve_by_fourier(a, b, extent)?,
        };
        Ok(Transformed { value, method })
    }
}

impl Transformed<Grid> {
    /// Chooses, and computes.
    ///
    /// Errors: as [`convolve_grids`].
    pub fn of_grids(a: &Grid, b: &Grid, extent: Extent) -> Result<Self, Error> {
        let method = choose(a.values().len(), b.values().len());
        let value = match method {
            Method::Definition => convolve_grids(a, b, extent)?,
            Method::Fourier => convolve_grids_by_fourier(a, b, extent)?,
        };
        Ok(Transformed { value, method })
    }
}

/// The least length from `least` on whose only prime factors are 2, 3 and 5: transforms of such lengths are fast.
pub(crate) fn fast_length(least: usize) -> usize {
    let smooth = |mut length: usize| {
        for prime in [2, 3, 5] {
            while length.is_multiple_of(prime) {
                length /= prime;
            }
        }
        length == 1
    };
    (least.max(1)..=least.max(1).next_power_of_two()).find(|length| smooth(*length)).expect("a power of two is one")
}

/// The largest absolute value; 1 where all are 0.
fn largest(values: &[f64]) -> f64 {
    let most = values.iter().fold(0.0_f64, |most, value| most.max(value.abs()));
    if most > 0.0 { most } else { 1.0 }
}

/// Rows of `width` as columns.
fn turn(from: &[Complex64], width: usize, to: &mut [Complex64]) {
    let height = from.len() / width;
    for (row, line) in from.chunks_exact(width).enumerate() {
        for (column, value) in line.iter().enumerate() {
            to[column * height + row] = *value;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gradus_core::Rng;

    fn random(count: usize, rng: &mut Rng) -> Vec<f64> {
        (0..count).map(|_| f64::from(rng.normal())).collect()
    }

    fn apart(a: &[f64], b: &[f64]) -> f64 {
        assert_eq!(a.len(), b.len());
        a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
    }

    #[test]
    fn both_ways_agree_for_every_length_and_extent() {
        let rng = &mut Rng::new(1);
        for (n, k) in [(1, 1), (2, 7), (13, 13), (100, 3), (257, 64)] {
            let (a, b) = (random(n, rng), random(k, rng));
            for extent in Extent::ALL {
                let exact = convolve(&a, &b, extent).unwrap();
                assert!(apart(&exact, &convolve_by_fourier(&a, &b, extent).unwrap()) < 1e-12, "{n}, {k}, {extent}");
            }
        }
    }

    #[test]
    fn both_ways_agree_on_grids() {
        let rng = &mut Rng::new(2);
        let a = Grid::new(random(17 * 23, rng), 17, 23).unwrap();
        let b = Grid::new(random(5 * 4, rng), 5, 4).unwrap();
        for extent in Extent::ALL {
            let exact = convolve_grids(&a, &b, extent).unwrap();
            let found = convolve_grids_by_fourier(&a, &b, extent).unwrap();
            assert_eq!((exact.rows(), exact.columns()), (found.rows(), found.columns()));
            assert!(apart(exact.values(), found.values()) < 1e-12, "{extent}");
        }
    }

    #[test]
    fn a_small_factor_beside_a_large_one_keeps_its_digits() {
        let found = convolve_by_fourier(&[1e12, 2e12], &[3e-9, 4e-9], Extent::Full).unwrap();
        for (found, exact) in found.iter().zip([3e3, 1e4, 8e3]) {
            assert!((found - exact).abs() < 1e-12 * 1e4, "{found}");
        }
    }

    #[test]
    fn few_numbers_go_by_the_definition_and_many_by_fourier() {
        assert_eq!(choose(1000, 3), Method::Definition);
        assert_eq!(choose(5000, 5000), Method::Fourier);
        assert_eq!(fast_length(7), 8);
        assert_eq!(fast_length(1021), 1024);
        assert_eq!(fast_length(91), 96);
    }
}
