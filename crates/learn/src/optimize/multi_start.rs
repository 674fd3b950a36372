//! Many local searches for a global minimum: random starts, L-BFGS from each.

use gradus_core::{Error, Rng};

use super::lbfgs::lbfgs;
use super::objective::{Objective, dot, norm};
use super::run::{Ended, Stop};

/// A minimum that searches ended in.
#[derive(Clone, Debug, PartialEq)]
pub struct LocalMinimum {
    /// Where.
    pub point: Vec<f64>,
    /// The value there.
    pub value: f64,
    /// The starts from which it was reached, in their order.
    pub starts: Vec<Vec<f64>>,
}

/// Minima that lie nearer than this share of the box are one.
const SAME: f64 = 1e-4;

/// How far from where a search ended it is seen whether the slope rises, as shares of the box.
const AROUND: [f64; 3] = [1e-4, 1e-3, 1e-2];

/// Whether a search ended at a minimum. A slope that runs out into a plain has a gradient near zero, too, but leads down on and on,
/// or nowhere at all.
fn is_minimum(objective: &dyn Objective, point: &[f64], size: f64) -> bool {
    let gradient = objective.slope(point).1;
    // Far out on a plain its square is 0 while it is not.
    let largest = gradient.iter().fold(0.0f64, |most, g| most.max(g.abs()));
    let rises = |direction: &[f64]| {
        AROUND.iter().any(|far| {
            let there: Vec<f64> = point.iter().zip(direction).map(|(x, d)| x + far * size * d).collect();
            dot(&objective.slope(&there).1, direction) > 0.0
        })
    };
    if largest > 0.0 {
        let scaled: Vec<f64> = gradient.iter().map(|g| g / largest).collect();
        let length = norm(&scaled);
        return rises(&scaled.iter().map(|g| -g / length).collect::<Vec<_>>());
    }
    (0..point.len()).any(|axis| rises(&(0..point.len()).map(|of| f64::from(u8::from(of == axis))).collect::<Vec<_>>()))
}

/// The minima reached from `starts` random points of a box, lowest first. Searches that leave all bounds, or end where the function
/// runs out into a plain, are left out.
///
/// Errors: no starts, an empty box, one of another dimension.
pub fn multi_start(
    objective: &dyn Objective,
    region: &[(f64, f64)],
    starts: usize,
    seed: u64,
) -> Result<Vec<LocalMinimum>, Error> {
    if starts == 0 {
        return Err(Error::setting("starts", "is 0; at least one search is needed"));
    }
    if let Some((low, high)) = region.iter().find(|(low, high)| low.is_nan() || high.is_nan() || low >= high) {
        return Err(Error::setting("box", format!("{low} to {high} is empty; give the lower end first")));
    }
    let mut rng = Rng::new(seed);
    let size = region.iter().map(|(low, high)| high - low).fold(0.0, f64::max);
    let mut found: Vec<LocalMinimum> = Vec::new();
    for _ in 0..starts {
        let start: Vec<f64> = region.iter().map(|(low, high)| low + (high - low) * f64::from(rng.uniform())).collect();
        let run = lbfgs(objective, &start, Stop { most_steps: 500, gradient: 1e-8 })?;
        if run.ended == Ended::Diverged || run.gradient > 1e-3 || !is_minimum(objective, run.last(), size) {
            continue;
        }
        let near = |other: &&mut LocalMinimum| {
            let apart: Vec<f64> = other.point.iter().zip(run.last()).map(|(a, b)| a - b).collect();
            norm(&apart) < SAME * size
        };
        match found.iter_mut().find(near) {
            Some(known) => known.starts.push(start),
            None => found.push(LocalMinimum { point: run.last().to_vec(), value: run.value(), starts: vec![start] }),
        }
    }
    found.sort_by(|a, b| a.value.total_cmp(&b.value));
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expression::Expression;
    use crate::optimize::named;

    #[test]
    fn himmelblaus_four_minima_are_found() {
        let (f, known) = named("himmelblau").unwrap();
        let found = multi_start(&f, &[(-5.0, 5.0), (-5.0, 5.0)], 60, 1).unwrap();
        assert_eq!(found.len(), 4, "{found:?}");
        assert_eq!(found.iter().map(|minimum| minimum.starts.len()).sum::<usize>(), 60);
        for minimum in known.unwrap().minima {
            let near = |other: &LocalMinimum| other.point.iter().zip(minimum).all(|(a, b)| (a - b).abs() < 1e-5);
            assert!(found.iter().any(near) && found.iter().all(|minimum| minimum.value < 1e-12));
        }
    }

    #[test]
    fn a_plain_is_no_minimum() {
        let dip = Expression::parse("-exp(-x^2 - y^2)", None).unwrap();
        let found = multi_start(&dip, &[(-50.0, 50.0), (-8.0, 8.0)], 200, 1).unwrap();
        assert!(found.len() == 1 && norm(&found[0].point) < 1e-6, "{found:?}");
        let hill = Expression::parse("exp(-x^2 - y^2)", None).unwrap();
        assert_eq!(multi_start(&hill, &[(-5.0, 5.0), (-5.0, 5.0)], 100, 1).unwrap(), []);
        let valley = Expression::parse("(x - y)^2", None).unwrap();
        assert!(!multi_start(&valley, &[(-5.0, 5.0), (-5.0, 5.0)], 20, 1).unwrap().is_empty());
        let flat_ground = Expression::parse("x^4 + y^4", None).unwrap();
        let found = multi_start(&flat_ground, &[(-5.0, 5.0), (-5.0, 5.0)], 20, 1).unwrap();
        assert_eq!(found.iter().map(|minimum| minimum.starts.len()).sum::<usize>(), 20);
    }

    #[test]
    fn rastrigins_lowest_dent_is_found_by_many_and_missed_by_one() {
        let (f, _) = named("rastrigin").unwrap();
        let region = [(-5.12, 5.12), (-5.12, 5.12)];
        let many = multi_start(&f, &region, 1000, 3).unwrap();
        assert!(many[0].value.abs() < 1e-10 && many[0].point.iter().all(|x| x.abs() < 1e-6), "{:?}", many[0]);
        assert!(many.len() > 50);
        let alone = (0..20).filter(|seed| multi_start(&f, &region, 1, *seed).unwrap()[0].value > 0.5).count();
        assert!(alone >= 15, "one search in {alone} of 20 missed it");
        assert!(multi_start(&f, &[(1.0, -1.0), (0.0, 1.0)], 1, 1).unwrap_err().to_string().contains("is empty"));
    }
}
