//! How a number spreads over repeats.

/// Mean, median, and the band between the 10 % and the 90 % quantiles.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Band {
    /// The mean.
    pub mean: f64,
    /// The middle.
    pub median: f64,
    /// A tenth of the values are below.
    pub low: f64,
    /// A tenth of the values are above.
    pub high: f64,
}

impl Band {
    /// Of values; quantiles lie in proportion between the two nearest in order, as NumPy's do.
    ///
    /// # Panics
    /// When there are no values.
    pub fn of(values: &[f64]) -> Self {
        assert!(!values.is_empty(), "a band needs at least one value");
        let mut order = values.to_vec();
        order.sort_unstable_by(f64::total_cmp);
        let quantile = |share: f64| {
            let place = share * (order.len() - 1) as f64;
            let (first, rest) = (place as usize, place.fract());
            let next = order[(first + 1).min(order.len() - 1)];
            if rest == 0.0 { order[first] } else { order[first] + rest * (next - order[first]) }
        };
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        Band { mean, median: quantile(0.5), low: quantile(0.1), high: quantile(0.9) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_lie_between_the_nearest_values() {
        let band = Band::of(&[4.0, 1.0, 2.0, 3.0]);
        assert_eq!((band.mean, band.median), (2.5, 2.5));
        assert!((band.low - 1.3).abs() < 1e-12 && (band.high - 3.7).abs() < 1e-12);
        assert_eq!(Band::of(&[7.0]), Band { mean: 7.0, median: 7.0, low: 7.0, high: 7.0 });
    }
}
