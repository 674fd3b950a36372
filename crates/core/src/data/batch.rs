//! One batch, and how it is made of samples.

use super::augment::{Pipeline, Scene};
use super::{Dataset, Normalizer, Target, TargetKind};
use crate::error::Error;
use crate::random::Rng;
use crate::tensor::{Buffer, Indices, Tensor};
use std::ops::Range;
use std::sync::Arc;

/// Some samples and their targets.
#[derive(Clone, Debug)]
pub struct Batch {
    /// The samples, `[batch, sample shape]`.
    pub inputs: Tensor,
    /// What the network should answer.
    pub targets: Targets,
    order: Arc<[usize]>,
    range: Range<usize>,
}

/// The targets of a batch.
#[derive(Clone, Debug)]
pub enum Targets {
    /// Classes, `[batch]`.
    Labels(Indices),
    /// The share of each class, `[batch, classes]`: samples were mixed.
    Soft(Tensor),
    /// Quantities, `[batch, values]`.
    Values(Tensor),
    /// The set has none.
    None,
}

impl Batch {
    /// How many samples there are.
    pub fn len(&self) -> usize {
        self.range.len()
    }

    /// Whether there are none, which no loader gives.
    pub fn is_empty(&self) -> bool {
        self.range.is_empty()
    }

    /// The place of each sample in the dataset.
    pub fn indices(&self) -> &[usize] {
        &self.order[self.range.clone()]
    }

    /// The classes, where the targets are classes.
    pub fn labels(&self) -> Option<&Indices> {
        match &self.targets {
            Targets::Labels(labels) => Some(labels),
            Targets::Soft(_) | Targets::Values(_) | Targets::None => None,
        }
    }

    /// The quantities, where the targets are quantities.
    pub fn values(&self) -> Option<&Tensor> {
        match &self.targets {
            Targets::Values(values) => Some(values),
            Targets::Labels(_) | Targets::Soft(_) | Targets::None => None,
        }
    }
}

/// All that decides an epoch's batches.
#[derive(Clone)]
pub(super) struct BatchMaker {
    pub dataset: Arc<dyn Dataset>,
    pub order: Arc<[usize]>,
    pub batch_size: usize,
    pub normalizer: Option<Arc<Normalizer>>,
    pub augment: Option<Arc<Pipeline>>,
    /// The epoch's random numbers; each sample has its own fork of it.
    pub stream: Rng,
}

impl BatchMaker {
    /// Makes the batch of a number. Its memory comes from the tensors' pool.
    pub(super) fn make(&self, batch: usize) -> Result<Batch, Error> {
        let start = batch * self.batch_size;
        let range = start..start.saturating_add(self.batch_size).min(self.order.len());
        let (count, sample_len) = (range.len(), self.dataset.sample_len());
        let mut inputs = Buffer::unspecified(count * sample_len);
        let (classes, width) = match self.dataset.target_kind() {
            TargetKind::Classes(_) => (count, 0),
            TargetKind::Values(names) => (0, names.len()),
            TargetKind::None => (0, 0),
        };
        let mut labels = Buffer::unspecified(classes);
        let mut values = Buffer::unspecified(count * width);

        for (place, &index) in self.order[range.clone()].iter().enumerate() {
            let sample = &mut inputs.make_mut()[place * sample_len..(place + 1) * sample_len];
            let target = self.dataset.read(index, sample)?;
            if let (Some(augment), &[height, width, channels]) = (&self.augment, self.dataset.sample_shape()) {
                let mut scene = Scene::new([height, width, channels], sample.to_vec());
                augment.apply(&mut scene, &mut self.stream.fork(index as u64));
                sample.copy_from_slice(&scene.picture);
            }
            if let Some(normalizer) = &self.normalizer {
                normalizer.apply(sample);
            }
            match target {
                Target::Class(class) if classes > 0 => labels.make_mut()[place] = class,
                Target::Values(found) if found.len() == width => {
                    values.make_mut()[place * width..(place + 1) * width].copy_from_slice(&found);
                }
                Target::None if classes + width == 0 => {}
                other => {
                    let kind = self.dataset.target_kind();
                    let sample = self.dataset.describe(index);
                    return Err(Error::Data(format!(
                        "{sample}: its target {other:?} is not of the set's kind, {kind:?}"
                    )));
                }
            }
        }
        let targets = match self.dataset.target_kind() {
            TargetKind::Classes(_) => Targets::Labels(Indices::from_buffer(labels, [count])),
            TargetKind::Values(_) => Targets::Values(Tensor::from_buffer(values, [count, width])),
            TargetKind::None => Targets::None,
        };
        let mut shape = smallvec::SmallVec::<[usize; 8]>::from_slice(&[count]);
        shape.extend_from_slice(self.dataset.sample_shape());
        let inputs = Tensor::from_buffer(inputs, &shape[..]);
        let mut made = Batch { inputs, targets, order: self.order.clone(), range };
        if let Some(mixup) = self.augment.as_ref().and_then(|augment| augment.mixing()) {
            let classes = self.dataset.target_kind().class_names().len();
            // No sample has the last number of all: the batches' streams are not the samples'.
            mixup.apply(&mut made, classes, &mut self.stream.fork(u64::MAX).fork(batch as u64));
        }
        Ok(made)
    }
}
