//! A dataset that fits in memory, which every reader gives where it can.

use super::{Dataset, SkipReport, Target, TargetKind};
use crate::error::Error;
use gradus_kernels::Real;
use smallvec::SmallVec;

/// Samples and targets in memory: pixels as the bytes they came as, all else as [`Real`].
#[derive(Clone, Debug)]
pub struct InMemory {
    samples: Samples,
    sample_shape: Vec<usize>,
    labels: Vec<u32>,
    values: Vec<Real>,
    kind: TargetKind,
    origin: Origin,
    count: usize,
}

/// The numbers of all samples, one sample after the other.
#[derive(Clone, Debug, PartialEq)]
pub enum Samples {
    /// Pixels, read as 0..1.
    Bytes(Vec<u8>),
    /// Numbers, read as they are.
    Reals(Vec<Real>),
}

/// The targets of all samples.
#[derive(Clone, Debug, PartialEq)]
pub enum StoredTargets {
    /// A class each.
    Classes {
        /// The class of each sample.
        labels: Vec<u32>,
        /// The name of each class.
        names: Vec<String>,
    },
    /// One or more quantities each.
    Values {
        /// The quantities, `[samples, names]`.
        values: Vec<Real>,
        /// The name of each quantity.
        names: Vec<String>,
    },
    /// None.
    None,
}

/// Where samples came from, for messages.
#[derive(Clone, Debug)]
pub enum Origin {
    /// The samples of one file, numbered.
    File {
        /// The file's name.
        name: String,
        /// What a sample is called: "picture", "line", "row".
        noun: &'static str,
        /// The number of each sample; counted from 0 where empty.
        numbers: Vec<u64>,
    },
    /// A name for each sample.
    Named(Vec<String>),
}

impl Origin {
    /// Samples of one file, counted from 0.
    pub fn file(name: impl Into<String>, noun: &'static str) -> Self {
        Origin::File { name: name.into(), noun, numbers: Vec::new() }
    }

    fn describe(&self, index: usize) -> String {
        match self {
            Origin::File { name, noun, numbers } => {
                format!("{name}, {noun} {}", numbers.get(index).copied().unwrap_or(index as u64))
            }
            Origin::Named(names) => names[index].clone(),
        }
    }

    fn file_name(&self) -> &str {
        match self {
            Origin::File { name, .. } => name,
            Origin::Named(_) => "the set",
        }
    }
}

impl InMemory {
    /// A dataset of samples of one shape and their targets. The counts must agree and labels must have names; with
    /// `skip_bad`, samples and targets that are not finite are left out and listed, without it they are an error.
    pub fn new(
        samples: Samples,
        sample_shape: Vec<usize>,
        targets: StoredTargets,
        origin: Origin,
        skip_bad: bool,
    ) -> Result<(Self, SkipReport), Error> {
        let numbers = match &samples {
            Samples::Bytes(bytes) => bytes.len(),
            Samples::Reals(reals) => reals.len(),
        };
        let (labels, values, kind) = match targets {
            StoredTargets::Classes { labels, names } => (labels, Vec::new(), TargetKind::Classes(names)),
            StoredTargets::Values { values, names } => (Vec::new(), values, TargetKind::Values(names)),
            StoredTargets::None => (Vec::new(), Vec::new(), TargetKind::None),
        };
        let sample_len = sample_shape.iter().try_fold(1usize, |product, &size| product.checked_mul(size)).unwrap_or(0);
        if sample_len == 0 || !numbers.is_multiple_of(sample_len) {
            let file = origin.file_name();
            return Err(Error::Data(format!(
                "{file}: {numbers} numbers do not make samples of shape {sample_shape:?}"
            )));
        }
        let count = numbers / sample_len;
        let mut set = InMemory { samples, sample_shape, labels, values, kind, origin, count };
        set.check_targets()?;
        let report = set.check_finite(skip_bad)?;
        Ok((set, report))
    }

    fn check_targets(&self) -> Result<(), Error> {
        let targets = match &self.kind {
            TargetKind::Classes(_) => self.labels.len(),
            TargetKind::Values(names) if names.is_empty() => 0,
            TargetKind::Values(names) => self.values.len() / names.len(),
            TargetKind::None => self.count,
        };
        if targets != self.count {
            let file = self.origin.file_name();
            return Err(Error::Data(format!("{file}: there are {} samples but {targets} targets", self.count)));
        }
        let classes = self.kind.class_names().len();
        match self.labels.iter().position(|&label| label as usize >= classes) {
            Some(index) if matches!(self.kind, TargetKind::Classes(_)) => Err(Error::Data(format!(
                "{}: its class is {}, there are {classes} classes",
                self.describe(index),
                self.labels[index]
            ))),
            _ => Ok(()),
        }
    }

    fn check_finite(&mut self, skip_bad: bool) -> Result<SkipReport, Error> {
        let mut report = SkipReport::default();
        let mut good = Vec::new();
        for index in 0..self.count {
            let bad = match &self.samples {
                Samples::Bytes(_) => None,
                Samples::Reals(reals) => self.row(reals, index).iter().find(|x| !x.is_finite()),
            };
            let bad = bad.or_else(|| self.target_values(index).iter().find(|x| !x.is_finite()));
            match bad {
                None => good.push(index),
                Some(number) => {
                    let text = format!("{}: it holds {number}, which is not a finite number", self.describe(index));
                    if !skip_bad {
                        return Err(Error::Data(format!("{text}; mend it, or leave such samples out with --skip-bad")));
                    }
                    report.add(text);
                }
            }
        }
        if good.len() < self.count {
            self.keep(&good);
        }
        Ok(report)
    }

    /// Keeps the samples at these places only.
    fn keep(&mut self, places: &[usize]) {
        let sample_len = self.sample_len();
        match &mut self.samples {
            Samples::Bytes(bytes) => *bytes = gather(bytes, sample_len, places),
            Samples::Reals(reals) => *reals = gather(reals, sample_len, places),
        }
        match &self.kind {
            TargetKind::Classes(_) => self.labels = gather(&self.labels, 1, places),
            TargetKind::Values(names) => self.values = gather(&self.values, names.len(), places),
            TargetKind::None => {}
        }
        match &mut self.origin {
            Origin::File { numbers, .. } if numbers.is_empty() => *numbers = places.iter().map(|&x| x as u64).collect(),
            Origin::File { numbers, .. } => *numbers = gather(numbers, 1, places),
            Origin::Named(names) => *names = places.iter().map(|&place| names[place].clone()).collect(),
        }
        self.count = places.len();
    }

    fn row<'a>(&self, reals: &'a [Real], index: usize) -> &'a [Real] {
        let length = self.sample_len();
        &reals[index * length..(index + 1) * length]
    }

    fn target_values(&self, index: usize) -> &[Real] {
        match &self.kind {
            TargetKind::Values(names) => &self.values[index * names.len()..(index + 1) * names.len()],
            TargetKind::Classes(_) | TargetKind::None => &[],
        }
    }
}

fn gather<T: Copy>(items: &[T], width: usize, places: &[usize]) -> Vec<T> {
    places.iter().flat_map(|&place| &items[place * width..(place + 1) * width]).copied().collect()
}

impl Dataset for InMemory {
    fn len(&self) -> usize {
        self.count
    }

    fn sample_shape(&self) -> &[usize] {
        &self.sample_shape
    }

    fn read(&self, index: usize, out: &mut [Real]) -> Result<Target, Error> {
        match &self.samples {
            Samples::Bytes(bytes) => {
                let length = out.len();
                for (number, &byte) in out.iter_mut().zip(&bytes[index * length..(index + 1) * length]) {
                    *number = Real::from(byte) / 255.0;
                }
            }
            Samples::Reals(reals) => out.copy_from_slice(self.row(reals, index)),
        }
        self.target(index)
    }

    fn target_kind(&self) -> &TargetKind {
        &self.kind
    }

    fn describe(&self, index: usize) -> String {
        self.origin.describe(index)
    }

    fn target(&self, index: usize) -> Result<Target, Error> {
        Ok(match self.kind {
            TargetKind::Classes(_) => Target::Class(self.labels[index]),
            TargetKind::Values(_) => Target::Values(SmallVec::from_slice(self.target_values(index))),
            TargetKind::None => Target::None,
        })
    }

    fn in_memory(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn classes(labels: &[u32]) -> StoredTargets {
        StoredTargets::Classes { labels: labels.to_vec(), names: vec!["no".into(), "yes".into()] }
    }

    #[test]
    fn bytes_are_read_as_zero_to_one() {
        let samples = Samples::Bytes(vec![0, 51, 102, 255]);
        let origin = Origin::file("train.gz", "picture");
        let (set, report) = InMemory::new(samples, vec![1, 2, 1], classes(&[1, 0]), origin, false).unwrap();
        let mut out = [0.0; 2];
        assert_eq!(set.read(1, &mut out).unwrap(), Target::Class(0));
        assert_eq!(out, [0.4, 1.0]);
        assert_eq!(set.describe(1), "train.gz, picture 1");
        assert!(report.is_empty());
    }

    #[test]
    fn what_is_not_finite_is_refused_or_left_out() {
        let new = |skip_bad| {
            let samples = Samples::Reals(vec![1.0, Real::NAN, 3.0, 4.0]);
            let targets =
                StoredTargets::Values { values: vec![1.0, 2.0, Real::INFINITY, 4.0], names: vec!["y".into()] };
            InMemory::new(samples, vec![1], targets, Origin::file("a.npy", "row"), skip_bad)
        };
        assert!(new(false).unwrap_err().to_string().starts_with("a.npy, row 1: it holds NaN"));
        let (set, report) = new(true).unwrap();
        assert_eq!((set.len(), report.len()), (2, 2));
        assert_eq!(set.describe(1), "a.npy, row 3");
        let mut out = [0.0];
        assert_eq!(set.read(1, &mut out).unwrap(), Target::Values(SmallVec::from_slice(&[4.0])));
        assert_eq!(out, [4.0]);
    }

    #[test]
    fn counts_and_labels_must_agree() {
        let new = |bytes: usize, labels: &[u32]| {
            InMemory::new(Samples::Bytes(vec![0; bytes]), vec![2], classes(labels), Origin::file("a", "row"), false)
                .map(|_| ())
                .map_err(|error| error.to_string())
        };
        assert_eq!(new(4, &[0, 1]), Ok(()));
        assert_eq!(new(4, &[0]), Err("a: there are 2 samples but 1 targets".into()));
        assert_eq!(new(4, &[0, 2]), Err("a, row 1: its class is 2, there are 2 classes".into()));
        assert!(new(5, &[0, 1]).unwrap_err().contains("5 numbers do not make samples of shape [2]"));
    }
}
