//! What holds for every optimizer alike.

use std::collections::BTreeMap;

use super::{Adam, Optimizer, OptimizerConfig, Sgd, clip, first_non_finite};
use crate::graph::Gradients;
use crate::nn::Parameter;
use crate::{Tensor, parameters};

fn square(x: &Tensor) -> Tensor {
    x.mul(x).sum()
}

struct Pair {
    first: Parameter,
    second: Parameter,
}
parameters!(Pair { first, second });

impl Pair {
    fn new() -> Self {
        let parameter = |values: [crate::Real; 3]| Parameter::new(&Tensor::from(values));
        Pair { first: parameter([1.0, -2.0, 0.5]), second: parameter([0.25, 3.0, -1.0]) }
    }

    /// Gradients that change from step to step: 2 w + first x second.
    fn gradients(&self) -> Gradients {
        let squares = square(&self.first).add(&square(&self.second));
        squares.add(&self.first.mul(&self.second).sum()).backward()
    }

    fn values(&self) -> Vec<crate::Real> {
        [self.first.as_slice(), self.second.as_slice()].concat()
    }
}

fn every_optimizer() -> Vec<(&'static str, Box<dyn Optimizer>)> {
    OptimizerConfig::NAMES.map(|name| (name, OptimizerConfig::named(name).unwrap().build().unwrap())).into()
}

/// A parameter with half the rate moves as it would in a network with half the rate.
#[test]
fn a_share_of_the_rate_is_a_rate() {
    for ((name, mut halved), (_, mut whole)) in every_optimizer().into_iter().zip(every_optimizer()) {
        let (mut shared, mut network) = (Pair::new(), Pair::new());
        shared.first.set_rate(0.5);
        shared.second.set_rate(0.5);
        halved.set_learning_rate(0.25);
        whole.set_learning_rate(0.125);
        for _ in 0..3 {
            let gradients = shared.gradients();
            halved.step(&mut shared, &gradients);
            let gradients = network.gradients();
            whole.step(&mut network, &gradients);
        }
        assert_eq!(shared.values(), network.values(), "{name}");
    }
}

#[test]
fn a_run_resumes_bit_for_bit() {
    for ((name, mut whole), (_, mut resumed)) in every_optimizer().into_iter().zip(every_optimizer()) {
        let mut network = Pair::new();
        for _ in 0..5 {
            let gradients = network.gradients();
            whole.step(&mut network, &gradients);
        }
        let state: BTreeMap<String, Tensor> = whole.state().into_iter().collect();
        let mut copy = Pair { first: Parameter::new(&network.first), second: Parameter::new(&network.second) };
        resumed.load_state(&state).unwrap();
        for _ in 0..5 {
            let gradients = network.gradients();
            whole.step(&mut network, &gradients);
            let gradients = copy.gradients();
            resumed.step(&mut copy, &gradients);
        }
        assert_eq!(network.values(), copy.values(), "{name}");
    }
}

#[test]
fn a_frozen_parameter_stays_and_keeps_its_place() {
    for (name, mut optimizer) in every_optimizer() {
        let mut network = Pair::new();
        network.first.freeze();
        let before = network.values();
        let gradients = square(&network.second).backward();
        optimizer.step(&mut network, &gradients);
        assert_eq!(network.values()[..3], before[..3], "{name}");
        assert_ne!(network.values()[3..], before[3..], "{name}");
        assert!(optimizer.state().iter().all(|(name, _)| name.ends_with(".1")));
        // Given back to training it starts from its own first step.
        network.first.unfreeze();
        let gradients = network.gradients();
        optimizer.step(&mut network, &gradients);
        let steps: Vec<_> = optimizer.state().into_iter().filter(|(name, _)| name.starts_with("step")).collect();
        assert_eq!(steps[0].1.to_vec(), [0.0, 1.0]);
        assert_eq!(steps[1].1.to_vec(), [0.0, 2.0]);
    }
}

#[test]
#[should_panic(expected = "optimizer: second [3] is trainable but has no gradient: the loss does not depend on it; \
                           use it in the forward pass, or freeze it")]
fn a_missing_gradient_names_the_parameter() {
    let mut network = Pair::new();
    let gradients = square(&network.first).backward();
    Sgd::new(0.1).step(&mut network, &gradients);
}

#[test]
#[should_panic(expected = "momentum: is 1.5, but must be 0, or a number between 0 and 1")]
fn a_wrong_number_is_refused_where_it_is_given() {
    let _ = Sgd::new(0.1).momentum(1.5);
}

#[test]
fn a_state_that_does_not_fit_is_refused() {
    let mut network = Pair::new();
    let gradients = network.gradients();
    let mut saved = Adam::new(0.1);
    saved.step(&mut network, &gradients);
    let mut state: BTreeMap<String, Tensor> = saved.state().into_iter().collect();
    let refused = |optimizer: &mut dyn Optimizer, state: &BTreeMap<String, Tensor>| {
        let error = optimizer.load_state(state).unwrap_err().to_string();
        assert!(error.starts_with("the optimizer's state does not fit: "), "{error}");
        error
    };
    assert!(refused(&mut Sgd::new(0.1), &state).contains("mean.0 is not kept by it"));
    assert!(refused(&mut Adam::new(0.1).amsgrad(), &state).contains("greatest_square.0 is missing"));
    state.remove("step.1");
    assert!(refused(&mut Adam::new(0.1), &state).contains("a moment has no step count"));
    state.insert("step.99999999999".to_owned(), Tensor::from([0.0, 1.0]));
    assert!(refused(&mut Adam::new(0.1), &state).contains("does not end in a parameter's place"));
}

#[test]
fn the_velocity_of_a_constant_gradient_ends_at_its_terminal_length() {
    let mut network = Pair::new();
    let mut optimizer = Sgd::new(0.5).momentum(0.75);
    for _ in 0..100 {
        let gradients = network.first.sum().add(&network.second.sum()).backward(); // all ones
        optimizer.step(&mut network, &gradients);
    }
    let velocity = &optimizer.state()[1].1;
    assert!(velocity.as_slice().iter().all(|v| (v + 0.5 / (1.0 - 0.75)).abs() < 1e-5), "{velocity:?}");
}

#[test]
fn the_norm_is_taken_over_all_gradients() {
    let network = Pair::new();
    let mut gradients = network.first.sum().add(&network.second.sum().scale(2.0)).backward();
    assert!((clip::by_norm(&mut gradients, 100.0) - crate::Real::sqrt(15.0)).abs() < 1e-6);
    assert_eq!(gradients.get(&network.second).unwrap().to_vec(), [2.0; 3]);
    let _ = clip::by_norm(&mut gradients, 1.0);
    assert!((clip::norm(&gradients) - 1.0).abs() < 1e-6);
    let half = gradients.get(&network.second).unwrap().at(&[0]) / 2.0;
    assert!((gradients.get(&network.first).unwrap().at(&[0]) - half).abs() < 1e-7, "one factor for all");
}

#[test]
fn the_first_that_is_not_finite_is_named() {
    let mut network = Pair::new();
    let gradients = network.gradients();
    assert_eq!(first_non_finite(&network, &gradients), None);
    network.second.values_mut()[1] = crate::Real::NAN;
    assert_eq!(first_non_finite(&network, &gradients).as_deref(), Some("second"));
    let mut gradients = network.gradients();
    assert_eq!(first_non_finite(&network, &gradients).as_deref(), Some("first"), "by its gradient, x second");
    assert!(clip::by_norm(&mut gradients, 1.0).is_nan());
}
