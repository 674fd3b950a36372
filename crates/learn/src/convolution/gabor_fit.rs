//! The Gabor kernel that is nearest to a given one, and how near it is.

use gradus_core::Error;

use super::grid::Grid;

/// A kernel taken for a Gabor kernel (see [`gabor`](super::gabor())) somewhere on its pixels.
#[derive(Clone, Debug, PartialEq)]
pub struct GaborFit {
    /// The nearest Gabor kernel, of the same size, scaled to fit.
    pub kernel: Grid,
    /// Which way the wave runs, from 0 to pi: 0 to the right, upright stripes.
    pub angle: f64,
    /// Pixels from one crest to the next.
    pub wavelength: f64,
    /// Deviation of the bell across the stripes, in pixels.
    pub deviation: f64,
    /// The deviation across the stripes over that along them.
    pub aspect: f64,
    /// Share of the kernel's variance over its pixels that the fit explains, 0 to 1.
    pub explained: f64,
}

/// Wave and bell, but for the height and the phase, which follow from them: where the middle is (row, column), the angle, and the
/// logarithms of wavelength, deviation and aspect.
type Place = [f64; 6];

/// Halvings of the step when the best place of the search is refined.
const REFINEMENTS: usize = 8;
/// Wavelengths and deviations that are searched, and stay the limits of what is fitted: shorter waves than two pixels cannot be told
/// from longer ones.
const WAVELENGTHS: [f64; 5] = [2.5, 3.5, 5.0, 8.0, 14.0];
const DEVIATIONS: [f64; 3] = [1.0, 1.8, 3.2];

impl GaborFit {
    /// Fits by least squares: over a lattice of places, angles, wavelengths and bells, the height and the phase from the
    /// normal equations of a cosine and a sine wave; the best one refined along each parameter with steps that are halved.
    ///
    /// So many parameters come near to noise as well: hold what is explained of a learnt kernel against what is explained of kernels drawn
    /// at random.
    ///
    /// Errors: a kernel of fewer than 3x3 pixels, or one whose pixels are all equal.
    pub fn of(kernel: &Grid) -> Result<Self, Error> {
        let (rows, columns) = (kernel.rows(), kernel.columns());
        if rows < 3 || columns < 3 {
            return Err(Error::Data(format!("a kernel of {rows}x{columns} pixels has no waves; give 3x3 or more")));
        }
        let target = centered(kernel.values().to_vec());
        let total: f64 = target.iter().map(|value| value * value).sum();
        if total <= f64::MIN_POSITIVE {
            return Err(Error::Data("the kernel's pixels are all equal; there is no wave in it".into()));
        }
        let score = |place: &Place| fit([rows, columns], &target, place).1 / total;
        let mut best: (Place, f64) = ([0.0; 6], f64::NEG_INFINITY);
        let thirds = |length: usize| [0.25, 0.5, 0.75].map(|share| share * (length - 1) as f64);
        for row in thirds(rows) {
            for column in thirds(columns) {
                for turn in 0..8 {
                    for wavelength in WAVELENGTHS {
                        for deviation in DEVIATIONS {
                            let angle = f64::from(turn) * std::f64::consts::PI / 8.0;
                            let place = [row, column, angle, wavelength.ln(), deviation.ln(), (0.7_f64).ln()];
                            let explained = score(&place);
                            if explained > best.1 {
                                best = (place, explained);
                            }
                        }
                    }
                }
            }
        }
        refine(&mut best, [rows, columns], &score);
        let ([_, _, angle, wavelength, deviation, aspect], explained) = best;
        let (values, _) = fit([rows, columns], &target, &best.0);
        Ok(GaborFit {
            kernel: Grid::new(values, rows, columns)?,
            angle: angle.rem_euclid(std::f64::consts::PI),
            wavelength: wavelength.exp(),
            deviation: deviation.exp(),
            aspect: aspect.exp(),
            explained,
        })
    }
}

/// Moves the best place along each parameter as long as that helps, by ever smaller steps.
fn refine(best: &mut (Place, f64), [rows, columns]: [usize; 2], score: &dyn Fn(&Place) -> f64) {
    let inside = |place: &Place| {
        let on_pixels = |at: f64, length: usize| (0.0..=(length - 1) as f64).contains(&at);
        on_pixels(place[0], rows)
            && on_pixels(place[1], columns)
            && (WAVELENGTHS[0].min(2.0).ln()..=WAVELENGTHS[4].ln()).contains(&place[3])
            && (0.6_f64.ln()..=5.0_f64.ln()).contains(&place[4])
            && (0.3_f64.ln()..=1.5_f64.ln()).contains(&place[5])
    };
    let mut steps: Place = [0.5, 0.5, 0.2, 0.2, 0.25, 0.25];
    for _ in 0..REFINEMENTS {
        let mut moved = true;
        while moved {
            moved = false;
            for parameter in 0..steps.len() {
                for sign in [1.0, -1.0] {
                    let mut place = best.0;
                    place[parameter] += sign * steps[parameter];
                    if inside(&place) && score(&place) > best.1 + 1e-9 {
                        *best = (place, score(&place));
                        moved = true;
                    }
                }
            }
        }
        steps = steps.map(|step| 0.5 * step);
    }
}

/// The Gabor kernel at this place that is nearest to the target, and the sum of squares that it explains.
fn fit([rows, columns]: [usize; 2], target: &[f64], place: &Place) -> (Vec<f64>, f64) {
    let [row, column, angle, wavelength, deviation, aspect] = *place;
    let (sin, cos) = angle.sin_cos();
    let (wavelength, deviation, aspect) = (wavelength.exp(), deviation.exp(), aspect.exp());
    let wave = |shift: f64| {
        let at = |pixel: usize| {
            let (y, x) = ((pixel / columns) as f64 - row, (pixel % columns) as f64 - column);
            let (across, along) = (x * cos + y * sin, -x * sin + y * cos);
            let bell = (-(across * across + (aspect * along).powi(2)) / (2.0 * deviation * deviation)).exp();
            bell * (std::f64::consts::TAU * across / wavelength - shift).cos()
        };
        centered((0..rows * columns).map(at).collect())
    };
    let (even, odd) = (wave(0.0), wave(std::f64::consts::FRAC_PI_2));
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let (ee, eo, oo) = (dot(&even, &even), dot(&even, &odd), dot(&odd, &odd));
    let (et, ot) = (dot(&even, target), dot(&odd, target));
    let determinant = ee * oo - eo * eo;
    if determinant <= 1e-9 * ee * oo {
        return (vec![0.0; target.len()], 0.0);
    }
    let (a, b) = ((oo * et - eo * ot) / determinant, (ee * ot - eo * et) / determinant);
    (even.iter().zip(&odd).map(|(even, odd)| a * even + b * odd).collect(), a * et + b * ot)
}

/// The mean taken off.
fn centered(mut values: Vec<f64>) -> Vec<f64> {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    for value in &mut values {
        *value -= mean;
    }
    values
}

#[cfg(test)]
mod tests {
    use super::super::gabor;
    use super::*;
    use gradus_core::Rng;

    #[test]
    fn a_gabor_kernel_is_found_again() {
        for (angle, wavelength, phase) in [(0.3, 5.0, 0.4), (1.2, 4.0, 2.0), (2.5, 7.0, 5.0)] {
            let fit = GaborFit::of(&gabor(5, wavelength, angle, 2.0, 0.8, phase).unwrap()).unwrap();
            assert!(fit.explained > 0.995, "{fit:?}");
            assert!((fit.angle - angle).abs() < 0.05 && (fit.wavelength / wavelength - 1.0).abs() < 0.1, "{fit:?}");
        }
    }

    #[test]
    fn noise_is_explained_less() {
        let rng = &mut Rng::new(1);
        let shares: Vec<f64> = (0..8)
            .map(|_| {
                let noise: Vec<f64> = (0..81).map(|_| f64::from(rng.normal())).collect();
                GaborFit::of(&Grid::new(noise, 9, 9).unwrap()).unwrap().explained
            })
            .collect();
        assert!(shares.iter().all(|share| (0.02..0.6).contains(share)), "{shares:?}");
    }

    #[test]
    fn what_has_no_wave_is_said() {
        let flat = Grid::new([1.0; 25], 5, 5).unwrap();
        assert!(GaborFit::of(&flat).unwrap_err().to_string().contains("all equal"));
        let small = Grid::new([1.0, 2.0, 3.0, 4.0], 2, 2).unwrap();
        assert!(GaborFit::of(&small).unwrap_err().to_string().contains("2x2"));
    }
}
