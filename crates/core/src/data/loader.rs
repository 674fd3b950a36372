//! From a dataset to batches: in a fresh random order each epoch, the next batches prepared while this one trains.

use super::augment::Pipeline;
use super::batch::BatchMaker;
use super::{Dataset, Epoch, Normalizer};
use crate::random::Rng;
use std::sync::Arc;

/// Handing a batch over from another thread costs the trainer about 9 microseconds; copying this many numbers from
/// memory costs about as much.
const COPIED_AT_ONCE: usize = 1 << 16;

/// Makes the batches of an epoch.
///
/// The order is a pure function of the seed and the epoch's number, so that training that was stopped goes on at any batch
/// as if it had not been.
///
/// ```
/// use gradus_core::data::{InMemory, Loader, Origin, Samples, StoredTargets};
/// use std::sync::Arc;
///
/// let targets = StoredTargets::Classes { labels: vec![0, 1, 0], names: vec!["no".into(), "yes".into()] };
/// let samples = Samples::Reals(vec![0.5, 1.5, 2.5]);
/// let (set, _) = InMemory::new(samples, vec![1], targets, Origin::file("example", "row"), false)?;
/// let loader = Loader::new(Arc::new(set), 2).shuffle(true).seed(7);
/// for batch in loader.epoch(0) {
///     let batch = batch?;
///     assert_eq!(batch.inputs.shape()[1..], [1]); // [batch, features]
///     assert_eq!(batch.labels().unwrap().shape()[0], batch.len());
/// }
/// # Ok::<(), gradus_core::Error>(())
/// ```
#[derive(Clone)]
pub struct Loader {
    dataset: Arc<dyn Dataset>,
    batch_size: usize,
    shuffle: bool,
    drop_last: bool,
    seed: u64,
    ahead: Option<usize>,
    threads: Option<usize>,
    normalizer: Option<Arc<Normalizer>>,
    augment: Option<Arc<Pipeline>>,
}

impl Loader {
    /// Batches of `batch_size` samples in the dataset's order; the last one may be smaller.
    ///
    /// # Panics
    /// When the batch size is 0.
    #[track_caller]
    pub fn new(dataset: Arc<dyn Dataset>, batch_size: usize) -> Self {
        assert!(batch_size > 0, "loader: the batch size is 0, a batch has at least one sample");
        Loader {
            dataset,
            batch_size,
            shuffle: false,
            drop_last: false,
            seed: 0,
            ahead: None,
            threads: None,
            normalizer: None,
            augment: None,
        }
    }

    /// Whether each epoch has its own random order.
    pub fn shuffle(mut self, shuffle: bool) -> Self {
        self.shuffle = shuffle;
        self
    }

    /// Whether a last batch that is not full is left out.
    pub fn drop_last(mut self, drop_last: bool) -> Self {
        self.drop_last = drop_last;
        self
    }

    /// The seed of the order and of what the augmentation draws.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// How many batches other threads prepare ahead; 0 prepares each when it is asked for, on the caller's thread. Not told, it
    /// is one more than threads are at work, or 0 for small batches of a set in memory whose samples are not changed: copying
    /// them is less work than handing them over.
    pub fn ahead(mut self, batches: usize) -> Self {
        self.ahead = Some(batches);
        self
    }

    /// How many threads prepare batches at most; not told, as many as there are processors. One works where the samples are in
    /// memory, all where they are read from files; one more joins when training waits for a batch, one rests when training
    /// finds all that may be ready. The batches are the same bits for any number.
    ///
    /// # Panics
    /// When there are to be none; `ahead(0)` prepares batches on the caller's thread.
    #[track_caller]
    pub fn threads(mut self, threads: usize) -> Self {
        assert!(threads > 0, "loader: it has no threads, at least one prepares batches; ahead(0) goes without");
        self.threads = Some(threads);
        self
    }

    /// Normalizes each sample, after the augmentation.
    pub fn normalize(mut self, normalizer: Normalizer) -> Self {
        self.normalizer = Some(Arc::new(normalizer));
        self
    }

    /// Augments each picture after it was read. Its random numbers are those of the seed, the epoch and the sample, whatever
    /// batch or thread it comes in; those of a mixture are those of the seed, the epoch and the batch.
    ///
    /// # Panics
    /// When the samples are not pictures, `[height, width, channels]`, and the pipeline does more than mix them.
    #[track_caller]
    pub fn augment(mut self, pipeline: Pipeline) -> Self {
        let shape = self.dataset.sample_shape();
        let fits = shape.len() == 3 || !pipeline.needs_pictures();
        assert!(fits, "loader: only pictures [height, width, channels] are augmented; samples {shape:?}");
        self.augment = (!pipeline.is_empty()).then(|| Arc::new(pipeline));
        self
    }

    /// The dataset.
    pub fn dataset(&self) -> &Arc<dyn Dataset> {
        &self.dataset
    }

    /// How many samples a full batch has.
    pub fn batch_size(&self) -> usize {
        self.batch_size
    }

    /// How many batches an epoch has.
    pub fn batches(&self) -> usize {
        if self.drop_last { self.dataset.len() / self.batch_size } else { self.dataset.len().div_ceil(self.batch_size) }
    }

    /// The order of the samples in an epoch.
    pub fn order(&self, epoch: u64) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.dataset.len()).collect();
        if self.shuffle {
            self.stream(epoch).shuffle(&mut order);
        }
        order
    }

    /// The batches of an epoch.
    pub fn epoch(&self, epoch: u64) -> Epoch {
        self.epoch_from(epoch, 0)
    }

    /// The batches of an epoch from the given one on, the same as if those before it had been taken.
    pub fn epoch_from(&self, epoch: u64, first_batch: usize) -> Epoch {
        let maker = BatchMaker {
            dataset: self.dataset.clone(),
            order: self.order(epoch).into(),
            batch_size: self.batch_size,
            normalizer: self.normalizer.clone(),
            augment: self.augment.clone(),
            stream: self.stream(epoch),
        };
        let batches = first_batch.min(self.batches())..self.batches();
        let here = batches.is_empty() || self.ahead.map_or(self.is_a_copy(), |ahead| ahead == 0);
        if here {
            return Epoch::here(maker, batches);
        }
        let processors = || std::thread::available_parallelism().map_or(1, usize::from);
        Epoch::elsewhere(maker, batches, self.ahead, self.threads.unwrap_or_else(processors))
    }

    /// Whether making a batch is no more than copying a few numbers.
    fn is_a_copy(&self) -> bool {
        let unchanged = self.augment.is_none() && self.normalizer.is_none();
        let copied = self.batch_size.saturating_mul(self.dataset.sample_len());
        unchanged && self.dataset.in_memory() && copied <= COPIED_AT_ONCE
    }

    fn stream(&self, epoch: u64) -> Rng {
        Rng::new(self.seed).fork(epoch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::augment::{Augment, Mixup, Scene};
    use crate::data::{InMemory, Method, Origin, Per, Samples, StoredTargets, Target, TargetKind, Targets};
    use crate::{Error, Real};

    /// Sample i is (i, -i), its class i % 3.
    fn set(count: usize) -> Arc<dyn Dataset> {
        let samples = Samples::Reals((0..count).flat_map(|x| [x as Real, -(x as Real)]).collect());
        let labels = (0..count as u32).map(|x| x % 3).collect();
        let names = ["a", "b", "c"].map(str::to_owned).to_vec();
        let targets = StoredTargets::Classes { labels, names };
        Arc::new(InMemory::new(samples, vec![2], targets, Origin::file("set", "row"), false).unwrap().0)
    }

    fn contents(epoch: Epoch) -> Vec<(Vec<Real>, Vec<u32>, Vec<usize>)> {
        epoch
            .map(|batch| {
                let batch = batch.unwrap();
                let labels = batch.labels().unwrap().as_slice().to_vec();
                (batch.inputs.as_slice().to_vec(), labels, batch.indices().to_vec())
            })
            .collect()
    }

    #[test]
    fn every_sample_comes_once_an_epoch_with_its_own_target() {
        let loader = Loader::new(set(10), 4).shuffle(true).seed(3);
        let batches = contents(loader.epoch(0));
        assert_eq!(batches.iter().map(|(_, labels, _)| labels.len()).collect::<Vec<_>>(), [4, 4, 2]);
        let mut seen = Vec::new();
        for (inputs, labels, indices) in batches {
            for ((sample, label), index) in inputs.chunks(2).zip(labels).zip(indices) {
                assert_eq!((sample, label), (&[index as Real, -(index as Real)][..], index as u32 % 3));
                seen.push(index);
            }
        }
        assert_ne!(seen, (0..10).collect::<Vec<_>>());
        seen.sort_unstable();
        assert_eq!(seen, (0..10).collect::<Vec<_>>());
    }

    #[test]
    fn the_order_is_that_of_seed_and_epoch_and_can_be_entered_anywhere() {
        let loader = Loader::new(set(50), 7).shuffle(true).seed(1);
        let whole = contents(loader.epoch(4));
        assert_ne!(loader.order(4), loader.order(5));
        assert_ne!(loader.order(4), loader.clone().seed(2).order(4));
        assert_eq!(Loader::new(set(3), 1).order(9), [0, 1, 2]);
        for (ahead, threads) in [(0, 1), (1, 1), (2, 1), (5, 3), (2, 4), (1, 2), (100, 2), (100, 9)] {
            for first in [0, 3, 7, 8] {
                let epoch = loader.clone().ahead(ahead).threads(threads).epoch_from(4, first);
                assert_eq!(epoch.position(), first);
                let rest = contents(epoch);
                assert_eq!(rest, whole[first..], "{ahead} ahead by {threads} threads from batch {first}");
            }
        }
    }

    #[test]
    fn a_last_small_batch_is_dropped_where_told() {
        let loader = Loader::new(set(10), 4).drop_last(true);
        assert_eq!((loader.batches(), contents(loader.epoch(0)).len()), (2, 2));
        assert_eq!(Loader::new(set(3), 4).drop_last(true).epoch(0).count(), 0);
        assert_eq!(Loader::new(set(3), 4).batches(), 1);
    }

    /// Replaces the first number of a picture.
    struct Noise;

    impl Augment for Noise {
        fn check(&self) -> Result<(), Error> {
            Ok(())
        }
        fn apply(&self, scene: &mut Scene, rng: &mut Rng) {
            scene.picture[0] = rng.uniform();
        }
    }

    #[test]
    fn a_sample_is_augmented_alike_in_any_batch_and_thread_and_anew_in_each_epoch() {
        let samples = Samples::Reals(vec![0.0; 48]);
        let (set, _) =
            InMemory::new(samples, vec![2, 2, 1], StoredTargets::None, Origin::file("set", "row"), false).unwrap();
        let set: Arc<dyn Dataset> = Arc::new(set);
        let of = |batch_size, ahead, epoch| {
            let loader = Loader::new(set.clone(), batch_size).ahead(ahead).augment(Pipeline::new().then(Noise));
            let batches = loader.epoch(epoch).map(|batch| batch.unwrap().inputs.to_vec());
            batches.flatten().step_by(4).collect::<Vec<_>>()
        };
        let drawn = of(4, 0, 2);
        assert_eq!(drawn.len(), 12);
        assert_eq!(drawn, of(5, 2, 2));
        assert_ne!(drawn, of(4, 0, 3));
        assert!(drawn.iter().enumerate().all(|(place, number)| !drawn[..place].contains(number)));
    }

    #[test]
    fn mixed_batches_have_mixed_targets_and_can_be_entered_anywhere() {
        let loader = Loader::new(set(9), 4).shuffle(true).augment(Pipeline::new().mixup(Mixup { alpha: 1.0 }));
        let batches = |first| loader.epoch_from(3, first).map(Result::unwrap).collect::<Vec<_>>();
        let whole = batches(0);
        assert_eq!(whole.len(), 3);
        for batch in &whole {
            let Targets::Soft(shares) = &batch.targets else { panic!("{:?}", batch.targets) };
            assert_eq!(&*shares.shape(), [batch.len(), 3]);
            // Sample i is (i, -i) and of class i % 3: what was mixed, and how, can be read from each row.
            for (place, (row, shares)) in batch.inputs.as_slice().chunks(2).zip(shares.as_slice().chunks(3)).enumerate()
            {
                assert_eq!(row[0], -row[1]);
                assert!((shares.iter().sum::<Real>() - 1.0).abs() < 1e-6);
                let own = batch.indices()[place];
                let partner = batch.indices().iter().find(|&&other| {
                    let share = shares[own % 3];
                    let value = share * own as Real + (1.0 - share) * other as Real;
                    if other % 3 == own % 3 { share > 0.999 } else { (value - row[0]).abs() < 1e-4 }
                });
                assert!(partner.is_some(), "sample {own} became {row:?}, {shares:?}");
            }
        }
        let later = batches(2).remove(0);
        assert_eq!(later.inputs.as_slice(), whole[2].inputs.as_slice());
        let first = |epoch| loader.epoch(epoch).next().unwrap().unwrap().inputs.to_vec();
        assert_ne!(first(3), first(4));
    }

    #[test]
    #[should_panic(expected = "loader: only pictures [height, width, channels] are augmented; samples [2]")]
    fn a_table_is_not_augmented() {
        drop(Loader::new(set(3), 1).augment(Pipeline::new().then(Noise)));
    }

    #[test]
    fn samples_are_normalized() {
        let fitted = Normalizer::fit(&*set(11), Method::MinMax, Per::Feature).unwrap();
        let loader = Loader::new(set(11), 11).normalize(fitted);
        let (inputs, ..) = contents(loader.epoch(0)).remove(0);
        assert_eq!(inputs[..4], [0.0, 1.0, 0.1, 0.9]);
    }

    /// Reads two samples, then does what it is told.
    struct Faulty(fn() -> Error, TargetKind);

    impl Dataset for Faulty {
        fn len(&self) -> usize {
            9
        }
        fn sample_shape(&self) -> &[usize] {
            &[1]
        }
        fn read(&self, index: usize, _: &mut [Real]) -> Result<Target, Error> {
            if index < 2 { Ok(Target::None) } else { Err((self.0)()) }
        }
        fn target_kind(&self) -> &TargetKind {
            &self.1
        }
        fn describe(&self, index: usize) -> String {
            format!("sample {index}")
        }
    }

    #[test]
    fn an_error_comes_after_the_good_batches_and_ends_the_epoch() {
        for (ahead, threads) in [(0, 1), (2, 1), (3, 3)] {
            let faulty = Arc::new(Faulty(|| Error::Data("torn".into()), TargetKind::None));
            let mut epoch = Loader::new(faulty, 1).ahead(ahead).threads(threads).epoch(0);
            assert!(epoch.next().unwrap().is_ok() && epoch.next().unwrap().is_ok());
            assert_eq!(epoch.next().unwrap().unwrap_err().to_string(), "torn");
            assert!(epoch.next().is_none());
        }
    }

    #[test]
    fn a_target_of_another_kind_is_named() {
        let faulty = Arc::new(Faulty(|| Error::Data(String::new()), TargetKind::Classes(vec!["a".into()])));
        let problem = Loader::new(faulty, 1).epoch(0).next().unwrap().unwrap_err().to_string();
        assert!(problem.starts_with("sample 0: its target None is not of the set's kind"), "{problem}");
    }

    #[test]
    #[should_panic(expected = "a bug in a dataset")]
    fn a_panic_of_the_worker_reaches_the_caller() {
        let faulty = Arc::new(Faulty(|| panic!("a bug in a dataset"), TargetKind::None));
        Loader::new(faulty, 3).ahead(2).epoch(0).for_each(drop);
    }

    #[test]
    fn an_epoch_that_is_left_early_ends_its_worker() {
        let set = set(1000);
        let mut epoch = Loader::new(set.clone(), 1).ahead(2).epoch(0);
        epoch.next().unwrap().unwrap();
        drop(epoch);
        let start = std::time::Instant::now();
        while Arc::strong_count(&set) > 1 {
            assert!(start.elapsed().as_secs() < 10, "the worker still holds the set");
            std::thread::yield_now();
        }
    }

    #[test]
    #[should_panic(expected = "loader: the batch size is 0")]
    fn a_batch_of_no_samples_is_a_programming_error() {
        Loader::new(set(1), 0);
    }
}
