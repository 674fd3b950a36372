//! Training and validation error over settings of capacity (or of the number of samples), and what they say.

use gradus_core::Error;

use super::band::Band;

/// The errors of one fit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Errors {
    /// On what it was fitted to.
    pub train: f64,
    /// On what it has not seen.
    pub validation: f64,
}

/// What the errors of a setting say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Both errors are higher than those of the best setting: the model cannot express enough.
    Underfit,
    /// The validation error is within a tenth of the best.
    Good,
    /// The validation error is higher than the best though the training error is not: the model learns its samples' noise.
    Overfit,
}

impl Verdict {
    /// In one word.
    pub fn in_words(self) -> &'static str {
        match self {
            Verdict::Underfit => "underfits",
            Verdict::Good => "good",
            Verdict::Overfit => "overfits",
        }
    }
}

/// A setting and its errors over the rounds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SweepPoint {
    /// The setting: a degree, how many units, how many samples.
    pub setting: usize,
    /// On what was fitted to.
    pub train: Band,
    /// On what was not seen.
    pub validation: Band,
    /// What that says. Medians are compared, which single wild fits do not move.
    pub verdict: Verdict,
}

/// Errors over settings.
#[derive(Clone, Debug, PartialEq)]
pub struct Sweep {
    /// In the order of the settings.
    pub points: Vec<SweepPoint>,
}

/// A validation error that falls, rises to a peak and falls again.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SecondDescent {
    /// The place of the best point before the peak.
    pub first: usize,
    /// The place of the peak.
    pub peak: usize,
    /// The place of the best point after it.
    pub second: usize,
}

/// Validation errors below this much above the best are as good.
const AS_GOOD: f64 = 1.1;
/// A peak is so many times the errors on both sides.
const PEAK: f64 = 2.0;

/// Fits `rounds` times for each setting: `one` is given the setting and the round, and fits and judges. A round stands for other
/// samples, another start, or a fold; the same round should be given the same to all settings.
///
/// Errors: no settings, no rounds, and what `one` gives.
pub fn sweep(
    settings: &[usize],
    rounds: usize,
    mut one: impl FnMut(usize, usize) -> Result<Errors, Error>,
) -> Result<Sweep, Error> {
    if settings.is_empty() || rounds == 0 {
        let problem = format!("has {} settings and {rounds} rounds; give at least one of each", settings.len());
        return Err(Error::setting("sweep", problem));
    }
    let mut points = Vec::with_capacity(settings.len());
    for &setting in settings {
        let errors = (0..rounds).map(|round| one(setting, round)).collect::<Result<Vec<_>, _>>()?;
        let band = |of: fn(&Errors) -> f64| Band::of(&errors.iter().map(of).collect::<Vec<_>>());
        let (train, validation) = (band(|errors| errors.train), band(|errors| errors.validation));
        points.push(SweepPoint { setting, train, validation, verdict: Verdict::Good });
    }
    let mut found = Sweep { points };
    let best = *found.best();
    for point in &mut found.points {
        point.verdict = if point.validation.median <= AS_GOOD * best.validation.median {
            Verdict::Good
        } else if point.train.median > best.train.median {
            Verdict::Underfit
        } else {
            Verdict::Overfit
        };
    }
    Ok(found)
}

impl Sweep {
    /// The point of the lowest validation error, by its median; the first of equals.
    pub fn best(&self) -> &SweepPoint {
        let order = |a: &&SweepPoint, b: &&SweepPoint| a.validation.median.total_cmp(&b.validation.median);
        self.points.iter().min_by(order).expect("a sweep has points")
    }

    /// Whether the validation error falls to half and less after a peak at least twice as high as what came before.
    pub fn second_descent(&self) -> Option<SecondDescent> {
        let value = |place: usize| self.points[place].validation.median;
        let least = |mut range: std::ops::Range<usize>| {
            let first = range.next()?;
            Some(range.fold(first, |best, place| if value(place) < value(best) { place } else { best }))
        };
        let split = |peak: usize| {
            let (first, second) = (least(0..peak)?, least(peak + 1..self.points.len())?);
            let stands_out = value(peak) >= PEAK * value(first) && value(peak) >= PEAK * value(second);
            stands_out.then_some(SecondDescent { first, peak, second })
        };
        let peaks = (0..self.points.len()).filter_map(split);
        peaks.max_by(|a, b| value(a.peak).total_cmp(&value(b.peak)))
    }
}

#[cfg(test)]
mod tests {
    use super::Verdict::{Good, Overfit, Underfit};
    use super::*;
    use crate::capacity::{Polynomial, RandomFeatures};
    use crate::expression::Expression;
    use crate::samples::{Predictor, Samples};
    use crate::theory::Known;
    use gradus_core::Rng;

    fn of(pairs: &[(f64, f64)]) -> Sweep {
        let settings: Vec<usize> = (0..pairs.len()).collect();
        sweep(&settings, 1, |place, _| Ok(Errors { train: pairs[place].0, validation: pairs[place].1 })).unwrap()
    }

    #[test]
    fn under_and_over_fitting_are_told_apart() {
        let found = of(&[(1.0, 1.1), (0.2, 0.3), (0.18, 0.31), (0.05, 0.6), (0.0, 2.0)]);
        let verdicts: Vec<Verdict> = found.points.iter().map(|point| point.verdict).collect();
        assert_eq!(verdicts, [Underfit, Good, Good, Overfit, Overfit]);
        assert_eq!((found.best().setting, found.second_descent()), (1, None));
    }

    #[test]
    fn a_second_descent_is_seen_only_where_a_peak_stands_between() {
        let found = of(&[(1.0, 1.0), (0.3, 0.4), (0.0, 5.0), (0.0, 0.6), (0.0, 0.3)]);
        assert_eq!(found.second_descent(), Some(SecondDescent { first: 1, peak: 2, second: 4 }));
        assert_eq!(of(&[(1.0, 1.0), (0.5, 0.6), (0.2, 0.4)]).second_descent(), None);
        assert_eq!(of(&[(1.0, 1.0), (0.5, 0.5), (0.2, 0.7), (0.1, 0.45)]).second_descent(), None);
        assert_eq!(
            sweep(&[], 1, |_, _| unreachable!()).unwrap_err().to_string().split(';').next(),
            Some("sweep: has 0 settings and 1 rounds")
        );
    }

    fn noisy(count: usize, seed: u64) -> Samples {
        let mut rng = Rng::new(seed);
        let x: Vec<f64> = (0..count).map(|_| f64::from(rng.uniform_in(-1.0, 1.0))).collect();
        let y = x.iter().map(|x| (3.0 * x).sin() + 0.3 * f64::from(rng.normal())).collect();
        Samples::of_numbers(x, 1, y).unwrap()
    }

    #[test]
    fn polynomials_underfit_then_overfit() {
        let fresh = noisy(500, 1000);
        let found = sweep(&[0, 1, 3, 5, 15], 9, |degree, round| {
            let samples = noisy(20, round as u64);
            let fit = Polynomial::fit(&samples, degree, (-1.0, 1.0))?;
            let error = |samples: &Samples| samples.squared_error(&fit.predict(samples.inputs()));
            Ok(Errors { train: error(&samples), validation: error(&fresh) })
        })
        .unwrap();
        let verdicts: Vec<Verdict> = found.points.iter().map(|point| point.verdict).collect();
        assert_eq!((verdicts[0], verdicts[4]), (Verdict::Underfit, Verdict::Overfit), "{found:?}");
        assert!([3, 5].contains(&found.best().setting));
    }

    #[test]
    fn random_features_descend_twice() {
        let known = Known::new(Expression::parse("sin(3*x)", None).unwrap(), (-1.0, 1.0), 0.3).unwrap();
        let draw = |count: usize, seed: u64| known.draw_among(count, 2, &mut Rng::new(seed)).unwrap();
        let fresh = draw(300, 1000);
        let found = sweep(&[1, 3, 6, 12, 18, 20, 22, 30, 60, 200], 15, |units, round| {
            let samples = draw(20, round as u64);
            let fit = RandomFeatures::fit(&samples, units, 1.0, 100 + round as u64)?;
            let error = |samples: &Samples| samples.squared_error(&fit.predict(samples.inputs()));
            Ok(Errors { train: error(&samples), validation: error(&fresh) })
        })
        .unwrap();
        let descent = found.second_descent().expect("a second descent");
        assert!((18..=22).contains(&found.points[descent.peak].setting), "{found:?}");
        assert!(found.points[descent.second].setting >= 60 && found.points[descent.first].setting <= 12);
        assert!(found.points[descent.peak].validation.median > 5.0 * found.points[descent.second].validation.median);
    }
}
