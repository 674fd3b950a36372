//! The delta rule (Widrow and Hoff: Adaptive switching circuits, 1960): dw = -eta dR/dw for a linear neuron.
//!
//! Instance-wise, R is half the squared error of one point, dw = -eta (w'x - d) x, and each point corrects at once. In batch, R
//! is the mean over all points, and all correct together. The mean's second derivative is the matrix H = 1/n sum of x x'; batch
//! steps converge for eta < 2 / (largest eigenvalue of H), instance-wise ones rattle around the minimum at a distance that
//! shrinks with eta.

use gradus_core::linalg::symmetric_eigen;
use gradus_core::{Error, Rng};

use super::closed_form::{check, error_of, extended, risk};

/// When weights change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Update {
    /// After each point, points in a new random order each epoch.
    Instance,
    /// Once an epoch, by the mean over all points.
    Batch,
}

/// How a linear neuron is trained.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DeltaOptions {
    /// When weights change.
    pub update: Update,
    /// eta of the first epoch.
    pub rate: f64,
    /// eta is divided by 1 + `decay` times the epochs gone: with a decay, instance-wise training comes to rest.
    pub decay: f64,
    /// Passes over the points.
    pub epochs: usize,
    /// The seed of the orders.
    pub seed: u64,
}

impl Default for DeltaOptions {
    fn default() -> Self {
        DeltaOptions { update: Update::Batch, rate: 0.1, decay: 0.0, epochs: 100, seed: 1 }
    }
}

/// A training: the weights and the risk from before the first epoch to after the last.
#[derive(Clone, Debug, PartialEq)]
pub struct DeltaRun {
    /// w_0 (the bias), w_1, .. after each update, the first being zeros.
    pub path: Vec<Vec<f64>>,
    /// R of all points before the first and after each epoch.
    pub risks: Vec<f64>,
}

impl DeltaRun {
    /// The last weights.
    pub fn weights(&self) -> &[f64] {
        self.path.last().expect("a run has its first weights")
    }
}

/// Trains from zeros. `inputs` are rows of `dimension` numbers, `wanted` one number each.
///
/// Errors: what cannot be fitted, a rate that is not positive, and a rate so large that the weights left all bounds.
pub fn delta_rule(inputs: &[f64], dimension: usize, wanted: &[f64], options: &DeltaOptions) -> Result<DeltaRun, Error> {
    check(inputs, dimension, wanted)?;
    if !(options.rate > 0.0 && options.rate.is_finite() && options.decay >= 0.0) {
        let problem =
            format!("is {} with decay {}; a rate is positive, a decay not negative", options.rate, options.decay);
        return Err(Error::setting("rate", problem));
    }
    let count = wanted.len();
    let mut weights = vec![0.0; dimension + 1];
    let mut run = DeltaRun { path: vec![weights.clone()], risks: vec![risk(inputs, dimension, wanted, &weights)] };
    let mut order: Vec<usize> = (0..count).collect();
    let mut rng = Rng::new(options.seed);
    for epoch in 0..options.epochs {
        let rate = options.rate / (1.0 + options.decay * epoch as f64);
        if options.update == Update::Instance {
            rng.shuffle(&mut order);
        }
        let mut slope = vec![0.0; dimension + 1];
        for &row in &order {
            let error = error_of(inputs, dimension, wanted, &weights, row);
            slope.iter_mut().zip(extended(inputs, dimension, row)).for_each(|(slope, x)| *slope += error * x);
            if options.update == Update::Instance {
                step(&mut weights, &mut slope, rate);
                run.path.push(weights.clone());
            }
        }
        if options.update == Update::Batch {
            step(&mut weights, &mut slope, rate / count as f64);
            run.path.push(weights.clone());
        }
        run.risks.push(risk(inputs, dimension, wanted, &weights));
        if weights.iter().any(|w| !w.is_finite() || w.abs() > 1e100) {
            let most = largest_rate(inputs, dimension, wanted.len());
            let problem = format!(
                "{} drives the weights apart in epoch {}; batch steps converge below {most:.3}",
                options.rate,
                epoch + 1
            );
            return Err(Error::setting("rate", problem));
        }
    }
    Ok(run)
}

fn step(weights: &mut [f64], slope: &mut [f64], rate: f64) {
    weights.iter_mut().zip(slope).for_each(|(w, slope)| *w -= rate * std::mem::take(slope));
}

/// 2 / (largest eigenvalue of 1/n sum of x x'): batch steps converge below this rate, and no further.
pub fn largest_rate(inputs: &[f64], dimension: usize, count: usize) -> f64 {
    let width = dimension + 1;
    let mut moments = vec![0.0; width * width];
    for row in 0..count {
        let x: Vec<f64> = extended(inputs, dimension, row).collect();
        for (place, moment) in moments.iter_mut().enumerate() {
            *moment += x[place / width] * x[place % width] / count as f64;
        }
    }
    symmetric_eigen(&moments, width).map_or(f64::NAN, |found| 2.0 / found.values[0])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::least_squares::least_squares;

    fn noisy_plane(count: usize) -> (Vec<f64>, Vec<f64>) {
        let mut rng = Rng::new(4);
        let inputs: Vec<f64> = (0..2 * count).map(|_| f64::from(rng.normal())).collect();
        let plane = |x: &[f64]| 0.5 + 2.0 * x[0] - 1.0 * x[1];
        let wanted = inputs.chunks(2).map(|x| plane(x) + 0.1 * f64::from(rng.normal())).collect();
        (inputs, wanted)
    }

    fn apart(a: &[f64], b: &[f64]) -> f64 {
        a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
    }

    #[test]
    fn both_forms_reach_the_closed_form() {
        let (inputs, wanted) = noisy_plane(100);
        let closed = least_squares(&inputs, 2, &wanted).unwrap();
        let batch = delta_rule(&inputs, 2, &wanted, &DeltaOptions { rate: 0.5, ..Default::default() }).unwrap();
        assert!(apart(batch.weights(), &closed) < 1e-9, "{:?} {closed:?}", batch.weights());
        let options = DeltaOptions { update: Update::Instance, rate: 0.1, decay: 1.0, epochs: 3000, seed: 1 };
        let instance = delta_rule(&inputs, 2, &wanted, &options).unwrap();
        assert!(apart(instance.weights(), &closed) < 1e-3, "{:?} {closed:?}", instance.weights());
        // At a fixed rate it stays away from the minimum by more.
        let fixed = DeltaOptions { decay: 0.0, epochs: 100, ..options };
        assert!(apart(delta_rule(&inputs, 2, &wanted, &fixed).unwrap().weights(), &closed) > 3e-3);
    }

    #[test]
    fn the_largest_rate_is_the_border() {
        let (inputs, wanted) = noisy_plane(50);
        let most = largest_rate(&inputs, 2, 50);
        let run = |rate, epochs| delta_rule(&inputs, 2, &wanted, &DeltaOptions { rate, epochs, ..Default::default() });
        let below = run(0.98 * most, 2000).unwrap();
        assert!(below.risks[2000] < below.risks[0]);
        let above = run(1.02 * most, 200).unwrap();
        assert!(above.risks[200] > above.risks[100]);
        assert!(run(1.5 * most, 10_000).unwrap_err().to_string().contains("drives the weights apart"));
    }
}
