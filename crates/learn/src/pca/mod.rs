//! Principal component analysis: the directions along which data varies most (Pearson, 1901; Hotelling, 1933).
//!
//! With the mean m and the covariance C = sum over rows of (x - m)(x - m)' / (n - 1), component k is the unit eigenvector of C
//! with the k-th largest eigenvalue, which is the variance along it. The first k components make the smallest mean squared
//! error that a linear map to k numbers and back can make.
//!
//! ```
//! use gradus_learn::{Cloud, pca::{Keep, Pca, PcaOptions}};
//! let points = Cloud::new(vec![0.0, 0.1, 1.0, 1.9, 2.0, 4.1, 3.0, 5.9], 2)?;
//! let pca = Pca::fit(&points, &PcaOptions { keep: Keep::Share(0.95), ..PcaOptions::default() })?;
//! assert_eq!(pca.count(), 1); // the points lie along a line
//! # Ok::<(), gradus_core::Error>(())
//! ```

mod choose;
mod file;
mod randomized;
mod solve;
mod transform;

use std::collections::BTreeMap;

use gradus_core::{Error, Real};

use crate::Cloud;
pub use choose::{Keep, elbow};
pub use solve::Solver;

/// How a PCA is made.
#[derive(Clone, Debug)]
pub struct PcaOptions {
    /// Which components are kept.
    pub keep: Keep,
    /// Whether each column is divided by its standard deviation first, so that its unit does not matter.
    pub standardize: bool,
    /// Whether transformed data has variance 1 along each component.
    pub whiten: bool,
    /// By which way.
    pub solver: Solver,
    /// The seed of the randomized way.
    pub seed: u64,
}

impl Default for PcaOptions {
    fn default() -> Self {
        PcaOptions { keep: Keep::All, standardize: false, whiten: false, solver: Solver::Auto, seed: 1 }
    }
}

/// The principal components of data.
#[derive(Clone, Debug, PartialEq)]
pub struct Pca {
    /// The mean of each column.
    pub mean: Vec<Real>,
    /// What each column is divided by, where columns are standardized. 1 for a constant column.
    pub scale: Option<Vec<Real>>,
    /// The components as rows, `[count, columns]`, largest variance first. Of each, the entry of largest magnitude is positive.
    pub components: Vec<Real>,
    /// The variance along each component, with divisor n - 1.
    pub variance: Vec<Real>,
    /// The sum of the variances of all components, kept or not.
    pub total_variance: f64,
    /// Whether transformed data has variance 1 along each component.
    pub whiten: bool,
    /// How many rows it was fitted on.
    pub samples: usize,
    /// What else is to be saved along with it, by name.
    pub notes: BTreeMap<String, String>,
}

impl Pca {
    /// Finds the components of points. Those whose variance is rounding are left out, so there are at most as many as the rank
    /// of the data, min(rows - 1, columns).
    ///
    /// # Errors
    /// When there are fewer than two rows, nothing varies, or more components are asked for than there are.
    pub fn fit(points: &Cloud, options: &PcaOptions) -> Result<Self, Error> {
        if points.rows() < 2 {
            return Err(Error::Data("one row has no variance; PCA needs at least two".into()));
        }
        options.keep.check(points)?;
        let mean = points.mean();
        let variance = points.variance(&mean);
        if variance.iter().all(|variance| *variance == 0.0) {
            return Err(Error::Data("every column is constant: there is no variance to explain".into()));
        }
        let scale = options.standardize.then(|| {
            let deviation = variance.iter().map(|variance| variance.sqrt());
            deviation.map(|deviation| if deviation > 0.0 { deviation } else { 1.0 }).collect::<Vec<f64>>()
        });
        let total = match &scale {
            Some(_) => variance.iter().filter(|variance| **variance > 0.0).count() as f64,
            None => variance.iter().sum(),
        };
        let samples = points.rows();
        let total_variance = total * samples as f64 / (samples - 1) as f64;
        let centred = solve::Centred { points, mean: &mean, variance: &variance, scale: scale.as_deref() };
        let found = solve::solve(&centred, options)?;
        let divisor = (samples - 1) as f64;
        let variances: Vec<f64> = found.values.iter().map(|value| value / divisor).collect();
        if let Some(variance) = variances.iter().find(|variance| !(**variance as Real).is_finite()) {
            let problem = format!(
                "the variance along a component is {variance:e}: values are too large; standardize or scale them"
            );
            return Err(Error::Data(problem));
        }
        let count = options.keep.count(&variances, total_variance)?;
        let real = |values: &[f64]| values.iter().map(|x| *x as Real).collect::<Vec<Real>>();
        Ok(Pca {
            mean: real(&mean),
            scale: scale.as_deref().map(real),
            components: real(&found.vectors[..count * points.columns()]),
            variance: real(&variances[..count]),
            total_variance,
            whiten: options.whiten,
            samples,
            notes: BTreeMap::new(),
        })
    }

    /// The same with fewer components.
    ///
    /// # Errors
    /// When more are asked for than there are.
    pub fn cut(mut self, keep: Keep) -> Result<Self, Error> {
        let variances: Vec<f64> = self.variance.iter().map(|variance| *variance as f64).collect();
        let count = keep.count(&variances, self.total_variance)?;
        self.components.truncate(count * self.columns());
        self.variance.truncate(count);
        Ok(self)
    }

    /// How many components are kept.
    pub fn count(&self) -> usize {
        self.variance.len()
    }

    /// How many columns the data has.
    pub fn columns(&self) -> usize {
        self.mean.len()
    }

    /// One component.
    pub fn component(&self, index: usize) -> &[Real] {
        &self.components[index * self.columns()..(index + 1) * self.columns()]
    }

    /// The share of the whole variance that each component explains.
    pub fn variance_ratio(&self) -> Vec<f64> {
        self.variance.iter().map(|variance| *variance as f64 / self.total_variance).collect()
    }

    /// The share that the first 1, 2, .. components explain together.
    pub fn cumulative_ratio(&self) -> Vec<f64> {
        let mut sum = 0.0;
        self.variance_ratio()
            .into_iter()
            .map(|ratio| {
                sum += ratio;
                sum
            })
            .collect()
    }
}
