//! Input normalization: fitted on the training data only, saved with the model, applied to every sample.

use super::Dataset;
use super::normalize_fit as fit;
use crate::error::Error;
use gradus_kernels::Real;
use serde::{Deserialize, Serialize};

/// What is brought to a common measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Method {
    /// (x - mean) / standard deviation.
    Standard,
    /// (x - least) / (greatest - least): the training data fills 0..1.
    MinMax,
    /// (x - median) / (third quartile - first quartile): outliers hardly move it.
    Robust,
    /// The principal components, each divided by its standard deviation: uncorrelated, of variance 1.
    Pca,
    /// The same turned back to the axes of the input, so that a picture stays a picture.
    Zca,
}

/// What shares one center and scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Per {
    /// Every feature, every pixel, has its own.
    Feature,
    /// All pixels of a channel share one.
    Channel,
}

/// A fitted normalization.
///
/// x becomes (x - center) / scale, or W (x - center) for whitening; a feature that never changes becomes 0. Agrees with
/// scikit-learn's `StandardScaler`, `MinMaxScaler`, `RobustScaler` and `PCA(whiten=True)`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Normalizer {
    method: Method,
    per: Per,
    sample_len: usize,
    center: Vec<f64>,
    scale: Vec<f64>,
    whitening: Option<Whitening>,
}

/// The matrix W of a whitening and its (pseudo-)inverse, `[features, features]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Whitening {
    pub matrix: Vec<f64>,
    pub inverse: Vec<f64>,
}

impl Normalizer {
    /// Fits on a dataset, which must be the training part alone. The statistics are sums in f64; `Robust` holds the values
    /// of some features at a time. Whitening looks at each feature by itself, whatever `per` says.
    ///
    /// Errors: an empty set, a sample that cannot be read, whitening of more than 4096 features.
    pub fn fit(dataset: &dyn Dataset, method: Method, per: Per) -> Result<Self, Error> {
        let sample_len = dataset.sample_len();
        let groups = match (method, per) {
            (Method::Pca | Method::Zca, _) | (_, Per::Feature) => sample_len,
            (_, Per::Channel) => dataset.sample_shape().last().copied().unwrap_or(1),
        };
        if dataset.is_empty() {
            return Err(Error::Data("the normalization cannot be fitted: there is no training sample".into()));
        }
        let mut whitening = None;
        let (center, scale) = match method {
            Method::Standard => fit::mean_and_deviation(dataset, groups)?,
            Method::MinMax => fit::least_and_range(dataset, groups)?,
            Method::Robust => fit::median_and_quartiles(dataset, groups)?,
            Method::Pca | Method::Zca => {
                let mean = fit::mean(dataset, groups)?;
                whitening = Some(fit::whitening(dataset, &mean, method == Method::Zca)?);
                (mean, vec![1.0; groups])
            }
        };
        Ok(Normalizer { method, per, sample_len, center, scale, whitening })
    }

    /// Constants for each channel that were found elsewhere, such as those of published weights: (x - mean) / deviation.
    pub fn fixed(mean: &[f64], deviation: &[f64], sample_len: usize) -> Result<Self, Error> {
        let channels = mean.len();
        if channels == 0 || channels != deviation.len() || !sample_len.is_multiple_of(channels) {
            let problem = format!(
                "{channels} means and {} deviations do not fit samples of {sample_len} numbers; give one of each for each channel",
                deviation.len()
            );
            return Err(Error::setting("normalize", problem));
        }
        if deviation.iter().chain(mean).any(|x| !x.is_finite()) || deviation.iter().any(|x| *x <= 0.0) {
            return Err(Error::setting("normalize", "means are finite numbers, deviations greater than 0"));
        }
        Ok(Normalizer {
            method: Method::Standard,
            per: Per::Channel,
            sample_len,
            center: mean.to_vec(),
            scale: deviation.to_vec(),
            whitening: None,
        })
    }

    /// How it was fitted.
    pub fn method(&self) -> Method {
        self.method
    }

    /// What shares one center and scale.
    pub fn per(&self) -> Per {
        self.per
    }

    /// How many numbers a sample must have.
    pub fn sample_len(&self) -> usize {
        self.sample_len
    }

    /// Normalizes one sample in place.
    pub fn apply(&self, sample: &mut [Real]) {
        self.check(sample);
        if let Some(whitening) = &self.whitening {
            let centered: Vec<f64> = sample.iter().zip(&self.center).map(|(&x, center)| x as f64 - center).collect();
            return multiply(&whitening.matrix, &centered, sample);
        }
        let groups = self.center.len();
        for pixel in sample.chunks_exact_mut(groups) {
            for ((x, center), scale) in pixel.iter_mut().zip(&self.center).zip(&self.scale) {
                *x = ((*x as f64 - center) / scale) as Real;
            }
        }
    }

    /// Turns a normalized sample back. What whitening dropped, directions in which the training data does not vary, stays
    /// at its mean.
    pub fn invert(&self, sample: &mut [Real]) {
        self.check(sample);
        if let Some(whitening) = &self.whitening {
            let whitened: Vec<f64> = sample.iter().map(|&x| x as f64).collect();
            multiply(&whitening.inverse, &whitened, sample);
        }
        let groups = self.center.len();
        for pixel in sample.chunks_exact_mut(groups) {
            for ((x, center), scale) in pixel.iter_mut().zip(&self.center).zip(&self.scale) {
                *x = (*x as f64 * scale + center) as Real;
            }
        }
    }

    #[track_caller]
    fn check(&self, sample: &[Real]) {
        let (found, fitted) = (sample.len(), self.sample_len);
        assert_eq!(found, fitted, "normalize: the sample has {found} numbers, it was fitted on samples of {fitted}");
    }
}

fn multiply(matrix: &[f64], vector: &[f64], out: &mut [Real]) {
    for (out, row) in out.iter_mut().zip(matrix.chunks_exact(vector.len())) {
        *out = row.iter().zip(vector).map(|(w, x)| w * x).sum::<f64>() as Real;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{InMemory, Origin, Samples, StoredTargets};

    fn set(shape: &[usize], values: &[f64]) -> InMemory {
        let samples = Samples::Reals(values.iter().map(|&x| x as Real).collect());
        InMemory::new(samples, shape.to_vec(), StoredTargets::None, Origin::file("a", "row"), false).unwrap().0
    }

    const TABLE: [f64; 24] = [
        1.0, -2.0, 0.5, 7.0, 3.0, 0.0, 0.25, 7.0, 2.0, 5.0, -1.0, 7.0, 8.0, 1.0, 4.0, 7.0, -4.0, 2.5, 2.0, 7.0, 0.5,
        -1.0, 3.0, 7.0,
    ];

    /// Normalizes rows 0 and 4 of the table and compares; then turns them back.
    fn check(columns: usize, method: Method, row0: &[f64], row4: &[f64]) {
        let table: Vec<f64> = TABLE.chunks(4).flat_map(|row| row[..columns].to_vec()).collect();
        let set = set(&[columns], &table);
        let fitted = Normalizer::fit(&set, method, Per::Feature).unwrap();
        let saved: Normalizer = serde_json::from_str(&serde_json::to_string(&fitted).unwrap()).unwrap();
        for (row, expected) in [(0, row0), (4, row4)] {
            let mut sample = vec![0.0; columns];
            set.read(row, &mut sample).unwrap();
            let original = sample.clone();
            saved.apply(&mut sample);
            assert!(sample.iter().zip(expected).all(|(&a, b)| (a as f64 - b).abs() < 2e-6), "{method:?}: {sample:?}");
            saved.invert(&mut sample);
            assert!(sample.iter().zip(&original).all(|(a, b)| (a - b).abs() < 1e-5), "{method:?}: {sample:?}");
        }
    }

    // The expected numbers are those of scikit-learn 1.x in f64 (whitening by ZCA: numpy), the fourth column never changes.
    #[test]
    fn scalers_agree_with_scikit_learn() {
        check(
            4,
            Method::Standard,
            &[-0.210905320857, -1.258862502215, -0.560309367704, 0.0],
            &[-1.616940793236, 0.683382501202, 0.316696599137, 0.0],
        );
        check(4, Method::MinMax, &[0.416666666667, 0.0, 0.3, 0.0], &[0.0, 0.642857142857, 0.6, 0.0]);
        check(
            4,
            Method::Robust,
            &[-0.235294117647, -0.869565217391, -0.307692307692, 0.0],
            &[-2.588235294118, 0.695652173913, 0.307692307692, 0.0],
        );
    }

    #[test]
    fn whitening_agrees_with_scikit_learn_and_numpy() {
        check(
            3,
            Method::Pca,
            &[-0.139810633521, -0.949594137381, -1.146661914812],
            &[-1.448874070549, 0.113379400781, 1.070717467327],
        );
        check(
            3,
            Method::Zca,
            &[-0.166451840439, -1.279069123415, -0.756561661872],
            &[-1.521912266687, 0.666016923135, 0.706209151934],
        );
    }

    #[test]
    fn whitened_data_has_the_unit_covariance_and_drops_what_never_changes() {
        for method in [Method::Pca, Method::Zca] {
            let set = set(&[4], &TABLE);
            let fitted = Normalizer::fit(&set, method, Per::Feature).unwrap();
            let mut rows = vec![vec![0.0; 4]; 6];
            for (index, row) in rows.iter_mut().enumerate() {
                set.read(index, row).unwrap();
                fitted.apply(row);
            }
            for a in 0..4 {
                for b in 0..4 {
                    let covariance = rows.iter().map(|row| row[a] * row[b]).sum::<Real>() / 5.0;
                    let expected = if a == b && a < 3 { 1.0 } else { 0.0 };
                    assert!((covariance - expected).abs() < 1e-5, "{method:?} {a} {b}: {covariance}");
                }
            }
        }
    }

    #[test]
    fn channels_share_one_center_and_scale() {
        // Two pictures of 1 x 2 pixels and 2 channels: channel 0 is 1 2 3 4, channel 1 is 10 10 20 20.
        let set = set(&[1, 2, 2], &[1.0, 10.0, 2.0, 10.0, 3.0, 20.0, 4.0, 20.0]);
        let of = |method| {
            let fitted = Normalizer::fit(&set, method, Per::Channel).unwrap();
            let mut sample = [1.0, 10.0, 2.0, 20.0];
            fitted.apply(&mut sample);
            sample.map(|x: Real| (x * 1e4).round() / 1e4)
        };
        assert_eq!(of(Method::Standard), [-1.3416, -1.0, -0.4472, 1.0]);
        assert_eq!(of(Method::MinMax), [0.0, 0.0, 0.3333, 1.0]);
        assert_eq!(of(Method::Robust), [-1.0, -0.5, -0.3333, 0.5]);
    }

    #[test]
    #[should_panic(expected = "normalize: the sample has 3 numbers, it was fitted on samples of 4")]
    fn a_sample_of_another_length_is_a_programming_error() {
        Normalizer::fit(&set(&[4], &TABLE), Method::Standard, Per::Feature).unwrap().apply(&mut [0.0; 3]);
    }

    #[test]
    fn an_empty_set_is_refused() {
        let problem = Normalizer::fit(&set(&[4], &[]), Method::Standard, Per::Feature).unwrap_err();
        assert!(problem.to_string().contains("no training sample"));
    }
}
