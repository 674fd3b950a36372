//! Kernels for pictures by name, to lie over a picture as they are written (see [`filter`](super::filter())).

use gradus_core::{Error, did_you_mean};

use super::grid::Grid;

/// The names that [`named`] knows, and what each kernel answers to.
pub const NAMES: [(&str, &str); 12] = [
    ("identity", "the picture as it is"),
    ("box-blur", "the mean of 3x3 pixels"),
    ("gaussian-blur", "the mean of 5x5 pixels, the near ones weighing more"),
    ("sharpen", "the picture, and once more what it differs from its neighbours by"),
    ("edge", "what a pixel differs from its eight neighbours by"),
    ("laplacian", "what a pixel differs from its four neighbours by: the second differences"),
    ("log", "blobs and edges, smoothed: the Laplacian of a Gaussian, 9x9"),
    ("sobel-x", "the slope to the right"),
    ("sobel-y", "the slope downwards"),
    ("prewitt-x", "the slope to the right, rows weighing alike"),
    ("emboss", "light from the upper left"),
    ("gabor", "upright stripes of a wavelength of 6 pixels, 13x13"),
];

/// A kernel by its name.
///
/// Errors: an unknown name, with the nearest one.
pub fn named(name: &str) -> Result<Grid, Error> {
    match name {
        "identity" => Grid::new([1.0], 1, 1),
        "box-blur" => Grid::new([1.0 / 9.0; 9], 3, 3),
        "gaussian-blur" => {
            let row = [1.0, 4.0, 6.0, 4.0, 1.0].map(|binomial| binomial / 16.0);
            Grid::new(row.iter().flat_map(|a| row.map(|b| a * b)).collect::<Vec<_>>(), 5, 5)
        }
        "sharpen" => Grid::new([0.0, -1.0, 0.0, -1.0, 5.0, -1.0, 0.0, -1.0, 0.0], 3, 3),
        "edge" => Grid::new([-1.0, -1.0, -1.0, -1.0, 8.0, -1.0, -1.0, -1.0, -1.0], 3, 3),
        "laplacian" => Grid::new([0.0, 1.0, 0.0, 1.0, -4.0, 1.0, 0.0, 1.0, 0.0], 3, 3),
        "log" => laplacian_of_gaussian(1.0),
        "sobel-x" => Grid::new([-1.0, 0.0, 1.0, -2.0, 0.0, 2.0, -1.0, 0.0, 1.0], 3, 3),
        "sobel-y" => Grid::new([-1.0, -2.0, -1.0, 0.0, 0.0, 0.0, 1.0, 2.0, 1.0], 3, 3),
        "prewitt-x" => Grid::new([-1.0, 0.0, 1.0, -1.0, 0.0, 1.0, -1.0, 0.0, 1.0], 3, 3),
        "emboss" => Grid::new([-2.0, -1.0, 0.0, -1.0, 1.0, 1.0, 0.0, 1.0, 2.0], 3, 3),
        "gabor" => gabor(6, 6.0, 0.0, 2.5, 0.6, 0.0),
        _ => {
            let near = did_you_mean(name, NAMES.map(|(name, _)| name));
            let all = NAMES.map(|(name, _)| name).join(", ");
            Err(Error::setting("kernel", format!("there is none named {name}{near}; there are {all}")))
        }
    }
}

/// The Laplacian of a Gaussian of deviation s: ((x^2 + y^2) / s^4 - 2 / s^2) g(x) g(y), where the taps of g add up to 1 (Marr and
/// Hildreth, 1980); to four deviations on each side, as SciPy's `gaussian_laplace`.
///
/// Errors: a deviation that is not above 0.
pub fn laplacian_of_gaussian(deviation: f64) -> Result<Grid, Error> {
    positive("deviation", deviation)?;
    let radius = (4.0 * deviation + 0.5) as usize;
    let axis = |place: usize| place as f64 - radius as f64;
    let variance = deviation * deviation;
    let bell = |x: f64| (-0.5 * x * x / variance).exp();
    let size = 2 * radius + 1;
    let total: f64 = (0..size).map(|place| bell(axis(place))).sum();
    Ok(Grid::build(size, size, |row, column| {
        let (y, x) = (axis(row), axis(column));
        ((x * x + y * y) / (variance * variance) - 2.0 / variance) * bell(x) * bell(y) / (total * total)
    }))
}

/// A Gabor kernel on (2 radius + 1)^2 pixels (Gabor, 1946; Daugman, 1985), what simple cells of the visual cortex, and the first layers of
/// trained networks, answer to: a wave under a bell,
///
/// exp(-(x'^2 + (aspect y')^2) / (2 s^2)) cos(2 pi x' / wavelength + phase),
///
/// where x' = x cos t + y sin t runs across the stripes, y' = -x sin t + y cos t along them. Angles in radians, the rest in pixels. The mean
/// is taken off, so that it answers nothing to an even surface.
///
/// Errors: a wavelength, deviation or aspect that is not above 0.
pub fn gabor(
    radius: usize,
    wavelength: f64,
    angle: f64,
    deviation: f64,
    aspect: f64,
    phase: f64,
) -> Result<Grid, Error> {
    positive("wavelength", wavelength)?;
    positive("deviation", deviation)?;
    positive("aspect", aspect)?;
    let axis = |place: usize| place as f64 - radius as f64;
    let size = 2 * radius + 1;
    let (sin, cos) = angle.sin_cos();
    let wave = Grid::build(size, size, |row, column| {
        let (y, x) = (axis(row), axis(column));
        let (across, along) = (x * cos + y * sin, -x * sin + y * cos);
        let bell = (-(across * across + (aspect * along).powi(2)) / (2.0 * deviation * deviation)).exp();
        bell * (std::f64::consts::TAU * across / wavelength + phase).cos()
    });
    let mean = wave.values().iter().sum::<f64>() / wave.values().len() as f64;
    Ok(Grid::build(size, size, |row, column| wave.at(row, column) - mean))
}

fn positive(name: &str, value: f64) -> Result<(), Error> {
    if value > 0.0 && value.is_finite() {
        return Ok(());
    }
    Err(Error::setting(name, format!("{value} pixels; it must be above 0")))
}

#[cfg(test)]
mod tests {
    use super::super::{Border, filter};
    use super::*;

    #[test]
    fn every_name_has_a_kernel() {
        for (name, _) in NAMES {
            let kernel = named(name).unwrap();
            let sum: f64 = kernel.values().iter().sum();
            let expected = match name {
                "identity" | "box-blur" | "gaussian-blur" | "sharpen" | "emboss" => 1.0,
                "log" => sum, // the sampled one does not add up to 0 exactly
                _ => 0.0,
            };
            assert!((sum - expected).abs() < 1e-12, "{name}: {sum}");
        }
        assert!(named("log").unwrap().values().iter().sum::<f64>().abs() < 0.01);
    }

    #[test]
    fn gabor_answers_to_its_own_stripes_most() {
        let kernel = named("gabor").unwrap();
        let answer = |wavelength: f64, upright: bool| {
            let picture = Grid::build(40, 40, |row, column| {
                let place = if upright { column } else { row } as f64;
                (std::f64::consts::TAU * place / wavelength).cos()
            });
            filter(&picture, &kernel, Border::Wrap).values().iter().fold(0.0_f64, |most, value| most.max(value.abs()))
        };
        let own = answer(6.0, true);
        assert!(own > 2.0 * answer(12.0, true) && own > 2.0 * answer(3.0, true) && own > 10.0 * answer(6.0, false));
    }

    #[test]
    fn wrong_names_and_sizes_are_said() {
        assert!(named("sobelx").unwrap_err().to_string().contains("sobel-x"));
        assert!(gabor(3, 0.0, 0.0, 1.0, 1.0, 0.0).unwrap_err().to_string().contains("wavelength"));
    }
}
