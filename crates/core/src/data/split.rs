//! Cutting a set into parts: training and held-out, stratified by class where asked for, and k folds.

use super::{Dataset, Target, TargetKind};
use crate::error::Error;
use crate::random::Rng;
use gradus_kernels::Real;
use std::sync::Arc;

/// Some samples of another set, in their own order.
pub struct Subset {
    dataset: Arc<dyn Dataset>,
    indices: Vec<usize>,
}

impl Subset {
    /// The samples at these places; a place may come more than once (a bootstrap set).
    pub fn new(dataset: Arc<dyn Dataset>, indices: Vec<usize>) -> Result<Self, Error> {
        let length = dataset.len();
        match indices.iter().find(|&&index| index >= length) {
            Some(index) => Err(Error::Data(format!("a subset asks for sample {index} of a set of {length}"))),
            None => Ok(Subset { dataset, indices }),
        }
    }

    /// The places in the whole set.
    pub fn indices(&self) -> &[usize] {
        &self.indices
    }
}

impl Dataset for Subset {
    fn len(&self) -> usize {
        self.indices.len()
    }

    fn sample_shape(&self) -> &[usize] {
        self.dataset.sample_shape()
    }

    fn read(&self, index: usize, out: &mut [Real]) -> Result<Target, Error> {
        self.dataset.read(self.indices[index], out)
    }

    fn target_kind(&self) -> &TargetKind {
        self.dataset.target_kind()
    }

    fn describe(&self, index: usize) -> String {
        self.dataset.describe(self.indices[index])
    }

    fn target(&self, index: usize) -> Result<Target, Error> {
        self.dataset.target(self.indices[index])
    }

    fn in_memory(&self) -> bool {
        self.dataset.in_memory()
    }
}

/// Deals the places `0..length` out to parts of the given fractions, each part in rising order.
///
/// With `labels`, each class is dealt out in these fractions (stratified): each part has, of each class and in all, its
/// share to within one sample. The same seed gives the same parts.
///
/// Errors: fractions that are not above 0 or do not add up to 1; a part that would be empty.
pub fn split(length: usize, labels: Option<&[u32]>, fractions: &[f64], seed: u64) -> Result<Vec<Vec<usize>>, Error> {
    let sum: f64 = fractions.iter().sum();
    if fractions.iter().any(|&fraction| fraction.is_nan() || fraction <= 0.0) || (sum - 1.0).abs() > 1e-9 {
        return Err(Error::setting("split", format!("the fractions {fractions:?} must be above 0 and add up to 1")));
    }
    let ends: Vec<f64> = fractions
        .iter()
        .scan(0.0, |end, fraction| {
            *end += fraction;
            Some(*end)
        })
        .collect();
    let mut parts = vec![Vec::new(); fractions.len()];
    let mut dealt = 0;
    for mut group in groups(length, labels)? {
        Rng::new(seed).fork(dealt as u64).shuffle(&mut group);
        let mut start = 0;
        for (part, end) in parts.iter_mut().zip(&ends) {
            // The boundaries are those of all samples dealt out so far, so that rounding does not add up over the classes.
            let before = (end * dealt as f64).round() as usize;
            let after = (end * (dealt + group.len()) as f64).round() as usize;
            let end = (after - before).max(start).min(group.len());
            part.extend_from_slice(&group[start..end]);
            start = end;
        }
        parts[fractions.len() - 1].extend_from_slice(&group[start..]);
        dealt += group.len();
    }
    if let Some(part) = parts.iter().position(Vec::is_empty) {
        let problem = format!(
            "of {length} samples, a share of {} leaves a part empty; give more samples or a larger share",
            fractions[part]
        );
        return Err(Error::setting("split", problem));
    }
    for part in &mut parts {
        part.sort_unstable();
    }
    Ok(parts)
}

/// A fold of cross-validation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fold {
    /// What to train on.
    pub train: Vec<usize>,
    /// What is held out in this fold, and in no other.
    pub held_out: Vec<usize>,
}

/// Cuts the places `0..length` into `count` folds; stratified with `labels`.
pub fn k_fold(length: usize, labels: Option<&[u32]>, count: usize, seed: u64) -> Result<Vec<Fold>, Error> {
    if count < 2 {
        return Err(Error::setting("folds", format!("there must be at least 2 folds, not {count}")));
    }
    let parts = split(length, labels, &vec![1.0 / count as f64; count], seed)?;
    let fold = |held_out: &Vec<usize>| {
        let mut is_held_out = vec![false; length];
        for &index in held_out {
            is_held_out[index] = true;
        }
        Fold { train: (0..length).filter(|&index| !is_held_out[index]).collect(), held_out: held_out.clone() }
    };
    Ok(parts.iter().map(fold).collect())
}

/// The places of each class, or all places as one group.
fn groups(length: usize, labels: Option<&[u32]>) -> Result<Vec<Vec<usize>>, Error> {
    let Some(labels) = labels else { return Ok(vec![(0..length).collect()]) };
    if labels.len() != length {
        return Err(Error::Data(format!("there are {length} samples to split but {} labels", labels.len())));
    }
    let classes = labels.iter().max().map_or(0, |&most| most as usize + 1);
    let mut groups = vec![Vec::new(); classes];
    for (index, &label) in labels.iter().enumerate() {
        groups[label as usize].push(index);
    }
    Ok(groups)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{InMemory, Origin, Samples, StoredTargets};
    use proptest::prelude::*;

    #[test]
    fn a_subset_reads_its_own_places() {
        let targets = StoredTargets::Values { values: vec![0.0, 1.0, 2.0], names: vec!["y".into()] };
        let samples = Samples::Reals(vec![5.0, 6.0, 7.0]);
        let (set, _) = InMemory::new(samples, vec![1], targets, Origin::file("a", "row"), false).unwrap();
        let set: Arc<dyn Dataset> = Arc::new(set);
        let subset = Subset::new(set.clone(), vec![2, 0, 2]).unwrap();
        let mut out = [0.0];
        subset.read(0, &mut out).unwrap();
        assert_eq!((subset.len(), out, subset.describe(1)), (3, [7.0], "a, row 0".into()));
        assert!(Subset::new(set, vec![3]).is_err());
    }

    #[test]
    fn the_seed_decides_the_parts() {
        let of = |seed| split(100, None, &[0.8, 0.2], seed).unwrap();
        assert_eq!(of(1), of(1));
        assert_ne!(of(1), of(2));
        assert_eq!(of(1).iter().map(Vec::len).collect::<Vec<_>>(), [80, 20]);
    }

    #[test]
    fn fractions_and_folds_that_make_no_sense_are_refused() {
        let problem = |fractions: &[f64]| split(10, None, fractions, 0).unwrap_err().to_string();
        assert!(problem(&[0.5, 0.6]).contains("add up to 1"));
        assert!(problem(&[1.5, -0.5]).contains("above 0"));
        assert!(problem(&[f64::NAN, 0.5]).contains("above 0"));
        assert!(problem(&[0.99, 0.01]).contains("leaves a part empty"));
        assert!(split(0, None, &[1.0], 0).is_err());
        assert!(k_fold(10, None, 1, 0).is_err());
        assert!(k_fold(3, None, 4, 0).is_err());
    }

    proptest! {
        #[test]
        fn every_sample_falls_in_one_part_and_each_class_in_its_share(
            labels in proptest::collection::vec(0u32..4, 60..200),
            first in 0.1f64..0.8,
            seed in any::<u64>(),
        ) {
            let fractions = [first, (1.0 - first) / 2.0, (1.0 - first) / 2.0];
            let parts = split(labels.len(), Some(&labels), &fractions, seed).unwrap();
            let mut all: Vec<usize> = parts.concat();
            all.sort_unstable();
            prop_assert_eq!(all, (0..labels.len()).collect::<Vec<_>>());
            for (part, fraction) in parts.iter().zip(fractions) {
                prop_assert!((part.len() as f64 - fraction * labels.len() as f64).abs() <= 1.0);
                for class in 0..4 {
                    let share = part.iter().filter(|&&index| labels[index] == class).count() as f64;
                    let whole = labels.iter().filter(|&&label| label == class).count() as f64;
                    prop_assert!((share - fraction * whole).abs() <= 2.0, "{share} of {whole} for {fraction}");
                }
            }
        }

        #[test]
        fn each_sample_is_held_out_once(length in 10usize..80, count in 2usize..10, seed in any::<u64>()) {
            let folds = k_fold(length, None, count, seed).unwrap();
            let mut held_out: Vec<usize> = folds.iter().flat_map(|fold| fold.held_out.clone()).collect();
            held_out.sort_unstable();
            prop_assert_eq!(held_out, (0..length).collect::<Vec<_>>());
            for fold in &folds {
                prop_assert_eq!(fold.train.len() + fold.held_out.len(), length);
                prop_assert!(fold.held_out.iter().all(|index| !fold.train.contains(index)));
                prop_assert!(fold.held_out.len().abs_diff(length / count) <= 1);
            }
        }
    }
}
