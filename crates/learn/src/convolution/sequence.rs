//! Sequences: (a * b)\[i] = sum over j of a\[j] b\[i - j], of length n + k - 1; n k multiplications.

use gradus_core::Error;

use super::extent::Extent;

/// The convolution of two sequences, by its definition.
///
/// ```
/// use gradus_learn::convolution::{Extent, convolve};
/// // Polynomials multiply so: (1 + 2 x) (3 + 4 x) = 3 + 10 x + 8 x^2.
/// assert_eq!(convolve(&[1.0, 2.0], &[3.0, 4.0], Extent::Full)?, [3.0, 10.0, 8.0]);
/// # Ok::<(), gradus_core::Error>(())
/// ```
///
/// Errors: an empty sequence; numbers that are not finite.
pub fn convolve(a: &[f64], b: &[f64], extent: Extent) -> Result<Vec<f64>, Error> {
    check("the first sequence", a)?;
    check("the second sequence", b)?;
    let kept = extent.kept(a.len(), b.len());
    let sum = |place: usize| {
        // b is read backwards: that is the flip.
        let first = (place + 1).saturating_sub(b.len());
        let last = place.min(a.len() - 1);
        (first..=last).map(|j| a[j] * b[place - j]).sum()
    };
    Ok(kept.map(sum).collect())
}

/// The cross-correlation of two sequences, what layers of networks compute: \[i] = sum over j of a\[i + j] b\[j], without the flip;
/// the convolution of a with b reversed. The first place of the full one is i = -(k - 1).
///
/// ```
/// use gradus_learn::convolution::{Extent, correlate};
/// assert_eq!(correlate(&[1.0, 2.0, 3.0], &[0.0, 1.0], Extent::Valid)?, [2.0, 3.0]);
/// # Ok::<(), gradus_core::Error>(())
/// ```
///
/// Errors: as [`convolve`].
pub fn correlate(a: &[f64], b: &[f64], extent: Extent) -> Result<Vec<f64>, Error> {
    let reversed: Vec<f64> = b.iter().rev().copied().collect();
    convolve(a, &reversed, extent)
}

/// An error for what has no convolution.
pub(super) fn check(name: &str, values: &[f64]) -> Result<(), Error> {
    if values.is_empty() {
        return Err(Error::Data(format!("{name} is empty; a convolution needs at least one number of each")));
    }
    match values.iter().position(|value| !value.is_finite()) {
        Some(place) => Err(Error::Data(format!("{name} has {} at place {place}; all must be finite", values[place]))),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extents_are_scipys() {
        // scipy.signal.convolve([1, 2, 3, 4], [1, 0, -1, 2, 5], mode)
        let (a, b) = ([1.0, 2.0, 3.0, 4.0], [1.0, 0.0, -1.0, 2.0, 5.0]);
        let full = [1.0, 2.0, 2.0, 4.0, 6.0, 12.0, 23.0, 20.0];
        assert_eq!(convolve(&a, &b, Extent::Full).unwrap(), full);
        assert_eq!(convolve(&a, &b, Extent::Same).unwrap(), full[2..6]);
        assert_eq!(convolve(&a, &b, Extent::Valid).unwrap(), full[3..5]);
        assert_eq!(convolve(&b, &a, Extent::Valid).unwrap(), full[3..5]);
        assert_eq!(convolve(&b, &a, Extent::Same).unwrap(), full[1..6]);
    }

    #[test]
    fn correlation_does_not_flip() {
        // numpy.correlate([1, 2, 3], [0, 1, 0.5], 'full')
        let found = correlate(&[1.0, 2.0, 3.0], &[0.0, 1.0, 0.5], Extent::Full).unwrap();
        assert_eq!(found, [0.5, 2.0, 3.5, 3.0, 0.0]);
    }

    #[test]
    fn what_has_no_convolution_is_said() {
        let text = |a: &[f64], b: &[f64]| convolve(a, b, Extent::Full).unwrap_err().to_string();
        assert!(text(&[], &[1.0]).contains("the first sequence is empty"));
        assert!(text(&[1.0], &[2.0, f64::NAN]).contains("the second sequence has NaN at place 1"));
    }
}
