//! Whether probabilities mean what they say.
//!
//! Reliability: rows in bins of equal width by their probability; in each, the mean probability against the share of the class
//! (Murphy and Winkler, 1977). Brier's score: the mean of (p - y)^2 (Brier, 1950). The expected calibration error: the mean over the
//! rows of |mean probability - share| of their bin (Naeini, Cooper, Hauskrecht, 2015).

/// Rows whose probabilities are near each other.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bin {
    /// How many rows.
    pub count: usize,
    /// Their mean probability.
    pub probability: f64,
    /// The share of them that is of the class.
    pub share: f64,
}

/// The bins that have rows, of `bins` of equal width; a probability on an edge belongs to the lower one.
///
/// # Panics
/// Where there are no bins, or other numbers of probabilities and answers.
pub fn reliability(probabilities: &[f64], positive: &[bool], bins: usize) -> Vec<Bin> {
    assert!(bins > 0, "reliability: there are no bins");
    assert_eq!(probabilities.len(), positive.len(), "reliability: one answer for each probability");
    let edges: Vec<f64> = (1..bins).map(|place| place as f64 / bins as f64).collect();
    let mut sums = vec![(0usize, 0.0, 0usize); bins];
    for (p, own) in probabilities.iter().zip(positive) {
        let sum = &mut sums[edges.partition_point(|edge| edge < p)];
        *sum = (sum.0 + 1, sum.1 + p, sum.2 + usize::from(*own));
    }
    let held = sums.into_iter().filter(|(count, ..)| *count > 0);
    held.map(|(count, sum, own)| Bin { count, probability: sum / count as f64, share: own as f64 / count as f64 })
        .collect()
}

/// The mean of (p - y)^2, from 0, the best, to 1.
pub fn brier(probabilities: &[f64], positive: &[bool]) -> f64 {
    let square = |(p, own): (&f64, &bool)| (p - f64::from(u8::from(*own))).powi(2);
    probabilities.iter().zip(positive).map(square).sum::<f64>() / positive.len() as f64
}

/// The expected calibration error over bins.
pub fn calibration_error(bins: &[Bin]) -> f64 {
    let rows: usize = bins.iter().map(|bin| bin.count).sum();
    bins.iter().map(|bin| bin.count as f64 * (bin.probability - bin.share).abs()).sum::<f64>() / rows as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_hold_what_lies_in_them() {
        let (p, own) = ([0.1, 0.2, 0.25, 0.9, 1.0, 0.0], [false, true, true, true, true, false]);
        let bins = reliability(&p, &own, 5);
        assert_eq!(bins.iter().map(|bin| bin.count).collect::<Vec<_>>(), [3, 1, 2]);
        assert!((bins[0].probability - 0.1).abs() < 1e-15 && (bins[0].share - 1.0 / 3.0).abs() < 1e-15);
        let expected = (3.0 * (1.0 / 3.0 - 0.1) + 0.75 + 2.0 * 0.05) / 6.0;
        assert!((calibration_error(&bins) - expected).abs() < 1e-12);
        assert!((brier(&p, &own) - (0.01 + 0.64 + 0.5625 + 0.01) / 6.0).abs() < 1e-12);
    }
}
