//! Optimizers and schedules, step by step, against PyTorch (golden/optimizers.py) and, where the textbook's algorithm is
//! another, against that algorithm written out in f64.

use std::path::PathBuf;

use gradus_core::nn::Parameter;
use gradus_core::optim::schedule::{
    Anneal, Constant, Cosine, Exponential, LinearDecay, OneCycle, Polynomial, Stairs, WarmUp,
};
use gradus_core::optim::{Optimizer, OptimizerConfig, RmsProp, Schedule, Sgd};
use gradus_core::{Real, Tensor};
use serde::Deserialize;

/// In f32 a step rounds to 6e-8 of the weight; in f64 nothing may differ but the order of operations.
const TOLERANCE: f64 = if size_of::<Real>() == 4 { 1e-6 } else { 1e-13 };

#[derive(Deserialize)]
struct Golden {
    start: Vec<f64>,
    gradients: Vec<Vec<f64>>,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    config: OptimizerConfig,
    rates: Option<Vec<f64>>,
    weights: Vec<Vec<f64>>,
}

fn golden<T: for<'de> Deserialize<'de>>(name: &str) -> T {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../golden/data").join(name);
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn tensor(values: &[f64]) -> Tensor {
    Tensor::new(values.iter().map(|&value| value as Real).collect::<Vec<_>>(), [values.len()])
}

/// One step along a given gradient: that of the sum of w x gradient.
fn step(optimizer: &mut dyn Optimizer, weights: &mut Parameter, gradient: &[f64]) {
    let gradients = weights.mul(&tensor(gradient)).sum().backward();
    optimizer.step(weights, &gradients);
}

fn assert_near(what: &str, step: usize, found: &[Real], expected: &[f64]) {
    for (&found, &expected) in found.iter().zip(expected) {
        let off = (f64::from(found) - expected).abs() / expected.abs().max(1.0);
        assert!(off <= TOLERANCE, "{what}, step {step}: {found}, expected {expected}, off by {off:e}");
    }
}

#[test]
fn optimizers_walk_as_pytorchs_do() {
    let Golden { start, gradients, cases } = golden("optimizers.json");
    assert_eq!(cases.len(), 22);
    for case in cases {
        let mut optimizer = case.config.build().unwrap();
        let mut weights = Parameter::new(&tensor(&start));
        for (count, (gradient, expected)) in gradients.iter().zip(&case.weights).enumerate() {
            if let Some(rates) = &case.rates {
                optimizer.set_learning_rate(rates[count] as Real);
            }
            step(&mut *optimizer, &mut weights, gradient);
            assert_near(&case.name, count, weights.as_slice(), expected);
        }
    }
}

/// Runs an optimizer and an algorithm for one weight side by side along the golden gradients, the rate falling midway.
fn against<S: Clone + Default>(
    what: &str,
    mut optimizer: impl Optimizer,
    mut algorithm: impl FnMut(&mut S, &mut f64, f64, f64),
) {
    let Golden { start, gradients, .. } = golden("optimizers.json");
    let (mut expected, mut states) = (start.clone(), vec![S::default(); start.len()]);
    let mut weights = Parameter::new(&tensor(&start));
    for (count, gradient) in gradients.iter().enumerate() {
        let rate = if count < 10 { 0.0625 } else { 0.0078125 };
        optimizer.set_learning_rate(rate as Real);
        step(&mut optimizer, &mut weights, gradient);
        for ((w, state), &g) in expected.iter_mut().zip(&mut states).zip(gradient) {
            algorithm(state, w, rate, g);
        }
        assert_near(what, count, weights.as_slice(), &expected);
    }
}

/// Goodfellow et al., 2016, algorithm 8.2.
#[test]
fn momentum_is_the_written_algorithm() {
    against("momentum", Sgd::new(0.1).momentum(0.9), |v: &mut f64, w, rate, g| {
        *v = 0.9 * *v - rate * g;
        *w += *v;
    });
}

/// Algorithm 8.3 takes the gradient at w + a v; here the weights held are that point itself. On a function whose gradient
/// depends on where it is taken, the two must walk the same way.
#[test]
fn nesterov_takes_the_gradient_at_the_look_ahead_point() {
    let slope = |w: f64| 3.0 * w + (2.0 * w).cos();
    let mut optimizer = Sgd::new(0.1).momentum(0.9).nesterov();
    let mut held = Parameter::new(&tensor(&[2.0]));
    let (mut w, mut v) = (2.0, 0.0);
    for count in 0..20 {
        let gradient = slope(f64::from(held.item()));
        step(&mut optimizer, &mut held, &[gradient]);
        v = 0.9 * v - 0.1 * slope(w + 0.9 * v);
        w += v;
        let look_ahead = w + 0.9 * v;
        let off = (f64::from(held.item()) - look_ahead).abs();
        assert!(off <= 5.0 * TOLERANCE, "step {count}: {}, expected {look_ahead}", held.item());
    }
}

/// Goodfellow et al., 2016, algorithms 8.5 and 8.6 (without look-ahead): delta inside the root, the rate inside the velocity.
#[test]
fn rmsprop_is_the_written_algorithm() {
    let rmsprop = || RmsProp::new(0.1).decay(0.75);
    against("rmsprop", rmsprop(), |r: &mut f64, w, rate, g| {
        *r = 0.75 * *r + 0.25 * g * g;
        *w -= rate * g / (1e-6 + *r).sqrt();
    });
    against("rmsprop, momentum", rmsprop().momentum(0.5).delta(0.01), |(r, v): &mut (f64, f64), w, rate, g| {
        *r = 0.75 * *r + 0.25 * g * g;
        *v = 0.5 * *v - rate * g / (0.01 + *r).sqrt();
        *w += *v;
    });
    against("rmsprop, centered", rmsprop().centered(), |(r, m): &mut (f64, f64), w, rate, g| {
        *r = 0.75 * *r + 0.25 * g * g;
        *m = 0.75 * *m + 0.25 * g;
        *w -= rate * g / (1e-6 + *r - *m * *m).sqrt();
    });
}

#[derive(Deserialize)]
struct Rates {
    rates: Vec<f64>,
    momenta: Vec<f64>,
}

#[test]
fn schedules_run_as_pytorchs_do() {
    let ours: [(&str, Box<dyn Schedule>); 10] = [
        ("constant", Box::new(Constant(0.5))),
        ("linear", Box::new(LinearDecay { first: 0.5, last: 0.05, steps: 20 })),
        ("stairs", Box::new(Stairs { first: 0.5, factor: 0.3, every: 7 })),
        ("exponential", Box::new(Exponential { first: 0.5, factor: 0.9 })),
        ("cosine", Box::new(Cosine { first: 0.5, last: 0.01, steps: 25 })),
        ("polynomial", Box::new(Polynomial { first: 0.5, last: 0.0, power: 2.0, steps: 20 })),
        (
            "warm-up cosine",
            Box::new(WarmUp { steps: 5, from: 0.01, then: Cosine { first: 0.5, last: 0.0, steps: 20 } }),
        ),
        ("one-cycle", Box::new(OneCycle::new(0.5, 30))),
        ("one-cycle Adam", Box::new(OneCycle::new(0.5, 17))),
        (
            "one-cycle linear",
            Box::new(OneCycle {
                warm_up: 0.2,
                anneal: Anneal::Linear,
                rise: 10.0,
                fall: 100.0,
                momentum: Some([0.8, 0.9]),
                ..OneCycle::new(0.5, 40)
            }),
        ),
    ];
    let mut golden: std::collections::BTreeMap<String, Rates> = golden("schedules.json");
    for (name, schedule) in ours {
        let Rates { rates, momenta } = golden.remove(name).expect(name);
        for (step, (rate, momentum)) in rates.into_iter().zip(momenta).enumerate() {
            let found = f64::from(schedule.rate(step as u64));
            assert!((found - rate).abs() <= 1e-6 * rate + 1e-12, "{name}, step {step}: {found}, expected {rate}");
            if let Some(found) = schedule.momentum(step as u64) {
                assert!(
                    (f64::from(found) - momentum).abs() < 1e-6,
                    "{name}, step {step}: {found}, expected {momentum}"
                );
            }
        }
    }
    assert!(golden.is_empty(), "not compared: {:?}", golden.keys());
}
