//! Shapley values (Shapley, 1953; of a model's inputs: Strumbelj and Kononenko, 2014; Lundberg and Lee, 2017).
//!
//! Let v(S) be the mean score when the inputs S are those of the row and the others those of background rows, one after the other.
//! The value of an input is the mean, over all orders in which inputs can join S, of what v gains when it joins. The values add up to
//! the row's score less the mean score of the background. All columns of one input join together.
//!
//! Of a linear score w'x + b the value of an input is the sum over its columns of w (x - mean of the background), in any order.
//! Of others it is sampled: in each round every background row meets one random order and its reverse, which gains from errors that
//! cancel (antithetic permutations; Mitchell, Cooper, Frank, Holmes, 2022). The standard error is that of the rounds' mean.

use std::ops::Range;

use gradus_core::{Error, Rng};

use crate::samples::Predictor;

/// What each input adds to the score.
#[derive(Clone, Debug, PartialEq)]
pub struct Attribution {
    /// The mean score of the background.
    pub base: f64,
    /// The score of the row: `base` and all values.
    pub score: f64,
    /// The value of each input.
    pub values: Vec<f64>,
    /// Its standard error; zeros where values are exact.
    pub errors: Vec<f64>,
}

/// The exact values of w'x + b; `groups` are the columns of each input.
///
/// # Panics
/// Where the background is empty or rows are of another length.
pub fn linear_shapley(
    weights: &[f64],
    offset: f64,
    row: &[f64],
    background: &[f64],
    groups: &[Range<usize>],
) -> Attribution {
    assert!(row.len() == weights.len() && !background.is_empty(), "shapley: rows and weights of one length");
    let mut mean = vec![0.0; row.len()];
    let rows = background.len() / row.len();
    for other in background.chunks_exact(row.len()) {
        mean.iter_mut().zip(other).for_each(|(mean, x)| *mean += x / rows as f64);
    }
    let score = |x: &[f64]| offset + weights.iter().zip(x).map(|(w, x)| w * x).sum::<f64>();
    let value = |group: &Range<usize>| group.clone().map(|k| weights[k] * (row[k] - mean[k])).sum();
    Attribution {
        base: score(&mean),
        score: score(row),
        values: groups.iter().map(value).collect(),
        errors: vec![0.0; groups.len()],
    }
}

/// Values of any score, one number a row, by so many rounds over the background.
///
/// Errors: fewer than two rounds, which have no standard error; an empty background.
pub fn sampled_shapley(
    score: &dyn Predictor,
    row: &[f64],
    background: &[f64],
    groups: &[Range<usize>],
    rounds: usize,
    seed: u64,
) -> Result<Attribution, Error> {
    let others = background.len() / row.len();
    if rounds < 2 || others == 0 {
        let problem = format!("are {rounds} over {others} background rows; give at least 2 rounds over at least 1 row");
        return Err(Error::setting("rounds", problem));
    }
    let own = score.predict(row)[0];
    let bases = score.predict(background);
    let inputs = groups.len();
    let mut by_round = vec![0.0; rounds * inputs];
    for (round, sums) in by_round.chunks_exact_mut(inputs.max(1)).enumerate() {
        let rng = Rng::new(seed).fork(round as u64);
        let (mut orders, mut walks) = (Vec::with_capacity(2 * others), Vec::new());
        for (place, other) in background.chunks_exact(row.len()).enumerate() {
            let mut order: Vec<usize> = (0..inputs).collect();
            rng.fork(place as u64).shuffle(&mut order);
            let reverse = order.iter().rev().copied().collect();
            for order in [order, reverse] {
                let mut here = other.to_vec();
                // The last step gives the row itself.
                for input in &order[..inputs - 1] {
                    here[groups[*input].clone()].copy_from_slice(&row[groups[*input].clone()]);
                    walks.extend_from_slice(&here);
                }
                orders.push(order);
            }
        }
        let scores = if walks.is_empty() { Vec::new() } else { score.predict(&walks) };
        for (walk, order) in orders.iter().enumerate() {
            let mut before = bases[walk / 2];
            for (step, input) in order.iter().enumerate() {
                let after = if step + 1 < inputs { scores[walk * (inputs - 1) + step] } else { own };
                sums[*input] += (after - before) / (2 * others) as f64;
                before = after;
            }
        }
    }
    let of = |input: usize| by_round.iter().skip(input).step_by(inputs);
    let values: Vec<f64> = (0..inputs).map(|input| of(input).sum::<f64>() / rounds as f64).collect();
    let error = |input: usize| {
        let squares: f64 = of(input).map(|value| (value - values[input]).powi(2)).sum();
        (squares / ((rounds - 1) * rounds) as f64).sqrt()
    };
    let errors = (0..inputs).map(error).collect();
    Ok(Attribution { base: bases.iter().sum::<f64>() / others as f64, score: own, values, errors })
}

#[cfg(test)]
mod tests {
    use super::*;

    const GROUPS: [Range<usize>; 4] = [0..1, 1..3, 3..4, 4..5];

    fn rows(count: usize, seed: u64) -> Vec<f64> {
        let mut rng = Rng::new(seed);
        (0..count * 5).map(|_| f64::from(rng.normal())).collect()
    }

    #[test]
    fn linear_values_are_exact_by_both_ways() {
        let (weights, background) = ([0.5, -1.0, 2.0, 0.0, 3.0], rows(20, 1));
        let row = [1.0, 2.0, -1.0, 0.5, 0.25];
        let exact = linear_shapley(&weights, 0.7, &row, &background, &GROUPS);
        let mean = |k: usize| background.iter().skip(k).step_by(5).sum::<f64>() / 20.0;
        assert!((exact.values[0] - 0.5 * (1.0 - mean(0))).abs() < 1e-12);
        assert!((exact.values[1] - (-(2.0 - mean(1)) + 2.0 * (-1.0 - mean(2)))).abs() < 1e-12);
        assert_eq!(exact.values[2], 0.0);
        assert!((exact.base + exact.values.iter().sum::<f64>() - exact.score).abs() < 1e-12);
        let score = |x: &[f64]| -> Vec<f64> {
            x.chunks_exact(5).map(|x| 0.7 + x.iter().zip(&weights).map(|(x, w)| x * w).sum::<f64>()).collect()
        };
        let sampled = sampled_shapley(&score, &row, &background, &GROUPS, 2, 3).unwrap();
        for k in 0..4 {
            assert!((sampled.values[k] - exact.values[k]).abs() < 1e-12 && sampled.errors[k] < 1e-12, "{sampled:?}");
        }
    }

    /// By the definition: over all orders of the four inputs.
    fn by_definition(score: impl Fn(&[f64]) -> f64, row: &[f64], background: &[f64]) -> Vec<f64> {
        let v = |set: usize| {
            let with = |other: &[f64]| {
                let mut x = other.to_vec();
                (0..4)
                    .filter(|k| set >> k & 1 == 1)
                    .for_each(|k| x[GROUPS[k].clone()].copy_from_slice(&row[GROUPS[k].clone()]));
                score(&x)
            };
            background.chunks_exact(5).map(with).sum::<f64>() / (background.len() / 5) as f64
        };
        let factorial = |n: u32| f64::from((1..=n).product::<u32>());
        let weight = |set: usize| factorial(set.count_ones()) * factorial(3 - set.count_ones()) / factorial(4);
        let gain = |k: usize| move |set: &usize| set >> k & 1 == 0;
        (0..4).map(|k| (0..16).filter(gain(k)).map(|set| weight(set) * (v(set | 1 << k) - v(set))).sum()).collect()
    }

    #[test]
    fn sampled_values_are_the_definition_within_their_error_and_add_up() {
        let one = |x: &[f64]| x[0] * x[3] + (x[1] - x[2]).tanh() * x[4] + 0.3 * x[0] * x[0];
        let many = |x: &[f64]| -> Vec<f64> { x.chunks_exact(5).map(one).collect() };
        let (background, row) = (rows(12, 5), [1.5, -0.5, 1.0, 2.0, -1.0]);
        let exact = by_definition(one, &row, &background);
        let found = sampled_shapley(&many, &row, &background, &GROUPS, 60, 7).unwrap();
        let mean = many(&background).iter().sum::<f64>() / 12.0;
        assert!((found.values.iter().sum::<f64>() - (one(&row) - mean)).abs() < 1e-9);
        assert!((found.base - mean).abs() < 1e-12 && found.score == one(&row));
        for k in 0..4 {
            let off = (found.values[k] - exact[k]).abs();
            assert!(off < 4.0 * found.errors[k] + 1e-12 && found.errors[k] < 0.1, "{k}: {off} {found:?} {exact:?}");
        }
        let few = sampled_shapley(&many, &row, &background, &GROUPS, 1, 7).unwrap_err().to_string();
        assert!(few.starts_with("rounds: are 1 over 12 background rows"), "{few}");
    }
}
