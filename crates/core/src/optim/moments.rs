//! What optimizers remember of each parameter, and the walk over a network that all of them share.

use std::collections::BTreeMap;

use gradus_kernels::Real;
use smallvec::SmallVec;

use crate::graph::Gradients;
use crate::graph::profile::{self, Direction};
use crate::nn::{Parameter, Path, Visit};
use crate::{Error, Tensor, did_you_mean};

/// The moments of every parameter, in the order of a walk over the network.
#[derive(Clone, Debug, Default)]
pub(super) struct Moments {
    slots: Vec<Slot>,
}

/// The moments of one parameter. A parameter that is frozen keeps its place, empty until its first step.
#[derive(Clone, Debug, Default)]
pub(super) struct Slot {
    steps: u64,
    share: f64,
    tensors: SmallVec<[Tensor; 3]>,
}

impl Slot {
    /// How many steps this parameter has made, the present one included.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// The rate of this parameter, where the network's is `rate`.
    pub fn rate(&self, rate: f64) -> f64 {
        self.share * rate
    }

    /// The first `N` moments, for an update in place.
    pub fn values<const N: usize>(&mut self) -> [&mut [Real]; N] {
        let mut tensors = self.tensors.iter_mut();
        std::array::from_fn(|_| tensors.next().expect("as many moments as the optimizer named").as_mut_slice())
    }
}

/// An `f32` counts to 2^24 without a gap; two of them count the steps.
const STEP_BASE: u64 = 1 << 24;
const STEP: &str = "step";

impl Moments {
    /// Calls `update` with the values, the gradient and the moments of every trainable parameter. The moments are named by
    /// `kinds` and start from zero.
    #[track_caller]
    pub fn step(
        &mut self,
        kinds: &[&str],
        network: &mut dyn Visit,
        gradients: &Gradients,
        mut update: impl FnMut(&mut [Real], &[Real], &mut Slot),
    ) {
        let mut place = 0;
        let mut visit = |path: Path<'_>, parameter: &mut Parameter| {
            if place == self.slots.len() {
                self.slots.push(Slot::default());
            }
            let slot = &mut self.slots[place];
            place += 1;
            if !parameter.is_trainable() {
                return;
            }
            let Some(gradient) = gradients.get(parameter) else {
                panic!(
                    "optimizer: {path} {} is trainable but has no gradient: the loss does not depend on it; \
                     use it in the forward pass, or freeze it",
                    parameter.shape()
                );
            };
            if slot.steps == 0 {
                slot.tensors = kinds.iter().map(|_| Tensor::zeros(parameter.shape())).collect();
            }
            for (kind, tensor) in kinds.iter().zip(&slot.tensors) {
                assert!(
                    tensor.shape() == parameter.shape(),
                    "optimizer: {kind} of {path} has shape {}, the parameter {}; the state was kept for another network",
                    tensor.shape(),
                    parameter.shape()
                );
            }
            slot.steps += 1;
            slot.share = parameter.rate();
            update(parameter.values_mut(), gradient.as_slice(), slot);
        };
        let begun = profile::begin();
        network.visit_mut(Path::root(), &mut visit);
        profile::book(begun, "optimizer", Direction::Update);
    }

    /// Every moment and step count by name and place.
    pub fn state(&self, kinds: &[&str]) -> Vec<(String, Tensor)> {
        let mut state = Vec::new();
        for (place, slot) in self.slots.iter().enumerate().filter(|(_, slot)| slot.steps > 0) {
            let count = [(slot.steps / STEP_BASE) as Real, (slot.steps % STEP_BASE) as Real];
            state.push((format!("{STEP}.{place}"), Tensor::from(count)));
            for (kind, tensor) in kinds.iter().zip(&slot.tensors) {
                state.push((format!("{kind}.{place}"), tensor.clone()));
            }
        }
        state
    }

    /// The moments from what [`Moments::state`] gave.
    pub fn from_state(kinds: &[&str], state: &BTreeMap<String, Tensor>) -> Result<Self, Error> {
        let mut slots: Vec<Slot> = Vec::new();
        let mut used = 0;
        for (name, count) in state {
            let Some(place) = name.strip_prefix(STEP).and_then(|rest| rest.strip_prefix('.')) else { continue };
            let &[high, low] = count.as_slice() else {
                return Err(problem(&format!("{name} has shape {}, expected [2]", count.shape())));
            };
            let digit = |count: Real| count.fract() == 0.0 && (0.0..STEP_BASE as Real).contains(&count);
            if !digit(high) || !digit(low) {
                return Err(problem(&format!("{name} is {high}, {low}, which is no count of steps")));
            }
            // A place beyond the number of tensors is damage, and must not become an allocation.
            let Some(place) = place.parse().ok().filter(|place: &usize| *place < 1 << 20) else {
                return Err(problem(&format!("{name} does not end in a parameter's place")));
            };
            let tensors = kinds.iter().map(|kind| {
                let name = format!("{kind}.{place}");
                state.get(&name).cloned().ok_or_else(|| problem(&format!("{name} is missing")))
            });
            let slot = Slot {
                steps: high as u64 * STEP_BASE + low as u64,
                share: 1.0,
                tensors: tensors.collect::<Result<_, _>>()?,
            };
            used += 1 + kinds.len();
            slots.resize_with(slots.len().max(place + 1), Slot::default);
            slots[place] = slot;
        }
        if used == state.len() {
            return Ok(Moments { slots });
        }
        let known = |name: &str| {
            let kind = name.rsplit_once('.').map_or(name, |(kind, _)| kind);
            kind == STEP || kinds.contains(&kind)
        };
        Err(match state.keys().find(|name| !known(name)) {
            Some(name) => {
                let kind = name.rsplit_once('.').map_or(name.as_str(), |(kind, _)| kind);
                problem(&format!("{name} is not kept by it{}", did_you_mean(kind, kinds.iter().copied())))
            }
            None => problem("a moment has no step count"),
        })
    }
}

fn problem(what: &str) -> Error {
    Error::Data(format!(
        "the optimizer's state does not fit: {what}; resume with the optimizer and the options that saved it"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_that_no_run_reaches_is_refused() {
        let read = |count: [Real; 2]| {
            let state = BTreeMap::from([(format!("{STEP}.0"), Tensor::from(count))]);
            Moments::from_state(&[], &state).map(|moments| moments.slots[0].steps).map_err(|error| error.to_string())
        };
        assert_eq!(read([1.0, 2.0]), Ok(STEP_BASE + 2));
        for count in [[Real::MAX, 0.0], [0.0, STEP_BASE as Real], [-1.0, 0.0], [0.5, 0.0], [0.0, Real::NAN]] {
            assert!(read(count).unwrap_err().contains("no count of steps"), "{count:?}");
        }
    }
}
