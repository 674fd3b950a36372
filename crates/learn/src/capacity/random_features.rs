//! Networks whose hidden layer is drawn and stays, fitted by least squares in their output layer (Rahimi and Recht: Random
//! features for large-scale kernel machines, 2007). With as many units as points they just go through all points, and badly;
//! with many more the solution of shortest weights is smooth again (Belkin et al.: Reconciling modern machine-learning
//! practice and the classical bias-variance trade-off, 2019).

use gradus_core::{Error, Rng};

use crate::least_squares::least_squares;
use crate::samples::{Predictor, Samples};

/// y = w_0 + sum of w_j ReLU(a_j'x + b_j) / sqrt(units), a_j on the unit sphere and b_j in -reach..reach at random.
#[derive(Clone, Debug, PartialEq)]
pub struct RandomFeatures {
    directions: Vec<f64>,
    biases: Vec<f64>,
    weights: Vec<f64>,
    dimension: usize,
}

impl RandomFeatures {
    /// Draws `units` hidden units and fits the output layer, the shortest weights of least squared error. `reach` is how far
    /// from 0 the inputs go: corners lie there.
    ///
    /// Errors: classes for numbers, no units.
    pub fn fit(samples: &Samples, units: usize, reach: f64, seed: u64) -> Result<Self, Error> {
        if samples.outputs() != 1 {
            return Err(Error::Data("random features are fitted to numbers; the samples have classes".into()));
        }
        if units == 0 {
            return Err(Error::setting("units", "is 0; give at least one"));
        }
        let (mut rng, dimension) = (Rng::new(seed), samples.dimension());
        let (mut directions, mut biases) = (Vec::with_capacity(units * dimension), Vec::with_capacity(units));
        for _ in 0..units {
            let drawn: Vec<f64> = (0..dimension).map(|_| f64::from(rng.normal())).collect();
            let length = drawn.iter().map(|a| a * a).sum::<f64>().sqrt().max(f64::MIN_POSITIVE);
            directions.extend(drawn.iter().map(|a| a / length));
            biases.push(reach * (2.0 * f64::from(rng.uniform()) - 1.0));
        }
        let mut found = RandomFeatures { directions, biases, weights: Vec::new(), dimension };
        let features: Vec<f64> = samples.inputs().chunks_exact(dimension).flat_map(|x| found.features(x)).collect();
        found.weights = least_squares(&features, units, samples.targets())?;
        Ok(found)
    }

    fn features(&self, x: &[f64]) -> Vec<f64> {
        let scale = 1.0 / (self.biases.len() as f64).sqrt();
        let units = self.directions.chunks_exact(self.dimension).zip(&self.biases);
        units.map(|(a, b)| scale * (a.iter().zip(x).map(|(a, x)| a * x).sum::<f64>() + b).max(0.0)).collect()
    }
}

impl Predictor for RandomFeatures {
    fn predict(&self, inputs: &[f64]) -> Vec<f64> {
        let value = |x: &[f64]| {
            let features = self.features(x);
            self.weights[0] + features.iter().zip(&self.weights[1..]).map(|(f, w)| f * w).sum::<f64>()
        };
        inputs.chunks_exact(self.dimension).map(value).collect()
    }
}
