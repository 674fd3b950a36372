//! How many components are enough.

use gradus_core::Error;

use crate::Cloud;

/// Which components are kept.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Keep {
    /// All that there are.
    All,
    /// So many.
    Count(usize),
    /// As many as explain this share of the variance, above 0 and at most 1.
    Share(f64),
}

impl Keep {
    pub(super) fn check(self, points: &Cloud) -> Result<(), Error> {
        let most = points.columns().min(points.rows() - 1);
        match self {
            Keep::Count(0) => Err(Error::setting("keep", "0 components are none; keep at least 1")),
            Keep::Count(count) if count > most => Err(Error::setting(
                "keep",
                format!(
                    "{count} components are more than {} rows of {} columns have: at most {most}",
                    points.rows(),
                    points.columns()
                ),
            )),
            Keep::Share(share) if !(share > 0.0 && share <= 1.0) => Err(Error::setting(
                "keep",
                format!("{share} is no share of the variance; give one above 0 and at most 1, or a whole number"),
            )),
            _ => Ok(()),
        }
    }

    /// How many of these variances are kept.
    pub(super) fn count(self, variances: &[f64], total: f64) -> Result<usize, Error> {
        match self {
            Keep::All => Ok(variances.len()),
            Keep::Count(0) => Err(Error::setting("keep", "0 components are none; keep at least 1")),
            Keep::Count(count) if count > variances.len() => Err(Error::setting(
                "keep",
                format!(
                    "{count} components are more than the data's rank, {}: some columns depend on others",
                    variances.len()
                ),
            )),
            Keep::Count(count) => Ok(count),
            Keep::Share(share) => {
                let mut sum = 0.0;
                let enough = variances.iter().position(|variance| {
                    sum += variance;
                    // Rounding must not ask for a component more when all is to be kept.
                    sum >= share * total * (1.0 - 1e-12)
                });
                Ok(enough.map_or(variances.len(), |last| last + 1))
            }
        }
    }
}

/// The elbow of falling values: how many come before the curve flattens. It is the point furthest below the straight line
/// from the first value to the last, both axes scaled to 0..1 (Satopaa, Albrecht, Irwin, Raghavan: Finding a "kneedle" in a
/// haystack, 2011). None for fewer than three values, or where no point is below the line.
pub fn elbow(values: &[f64]) -> Option<usize> {
    let (first, last) = (*values.first()?, *values.last()?);
    if values.len() < 3 || first <= last {
        return None;
    }
    let below = |place: usize| {
        let along = place as f64 / (values.len() - 1) as f64;
        (1.0 - along) - (values[place] - last) / (first - last)
    };
    let place = (1..values.len() - 1).max_by(|a, b| below(*a).total_cmp(&below(*b)).then(b.cmp(a)))?;
    (below(place) > 1e-9).then_some(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_elbow_is_where_the_curve_flattens() {
        assert_eq!(elbow(&[10.0, 8.0, 6.0, 1.0, 0.9, 0.8, 0.7]), Some(3));
        assert_eq!(elbow(&[3.0, 2.0, 1.0]), None);
        assert_eq!(elbow(&[1.0, 1.0, 1.0]), None);
        assert_eq!(elbow(&[]), None);
    }

    #[test]
    fn a_share_keeps_just_enough() {
        assert_eq!(Keep::Share(0.8).count(&[5.0, 3.0, 2.0], 10.0).unwrap(), 2);
        assert_eq!(Keep::Share(0.81).count(&[5.0, 3.0, 2.0], 10.0).unwrap(), 3);
        assert_eq!(Keep::Share(1.0).count(&[0.1, 0.1, 0.1], 0.1 + 0.1 + 0.1).unwrap(), 3);
    }
}
