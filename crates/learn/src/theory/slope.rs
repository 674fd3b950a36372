//! The slope of a law of powers.

use gradus_core::Error;

use crate::least_squares::least_squares;

/// a of y = c x^a, by least squares on the logarithms.
///
/// Errors: fewer than two points, numbers that are not positive, all x alike.
pub fn log_slope(points: impl IntoIterator<Item = (f64, f64)>) -> Result<f64, Error> {
    let points: Vec<(f64, f64)> = points.into_iter().collect();
    if let Some((x, y)) = points.iter().find(|(x, y)| !(*x > 0.0 && *y > 0.0)) {
        return Err(Error::Data(format!("({x}, {y}) has no logarithm; a law of powers is of positive numbers")));
    }
    let (x, y): (Vec<f64>, Vec<f64>) = points.iter().map(|(x, y)| (x.ln(), y.ln())).unzip();
    if x.iter().all(|value| *value == x[0]) {
        let count = points.len();
        return Err(Error::Data(format!("{count} points at one place have no slope; give points at two or more")));
    }
    Ok(least_squares(&x, 1, &y)?[1])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_power_is_found() {
        let points = [1.0f64, 2.0, 5.0, 30.0].map(|x| (x, 7.0 * x.powf(-0.5)));
        assert!((log_slope(points).unwrap() + 0.5).abs() < 1e-12);
        assert!(log_slope([(1.0, 0.0), (2.0, 1.0)]).unwrap_err().to_string().starts_with("(1, 0) has no logarithm"));
        assert!(log_slope([(1.0, 3.0)]).unwrap_err().to_string().starts_with("1 points at one place"));
        assert!(log_slope([]).is_err());
    }
}
