//! Weights by hand for every Boolean function of two and three inputs that one neuron computes.
//!
//! Up to the order of the inputs and inputs turned round (`x` replaced by `1 - x`, see [`Neuron::inverted`]) there are few;
//! their weights are whole numbers that one can check in the head: a sum of ones against a threshold. How many there are in
//! all, 14 of 16 and 104 of 256, is in Muroga, Threshold Logic and its Applications, 1971.

use std::collections::BTreeMap;

use super::{Boolean, Neuron, Output};

/// A function that one neuron computes, with its weights.
#[derive(Clone, Debug, PartialEq)]
pub struct Gate {
    /// What it is called.
    pub name: &'static str,
    /// The neuron.
    pub neuron: Neuron,
}

impl Gate {
    /// Fires when the weighted sum of the inputs reaches `threshold`: b = -threshold.
    fn new(name: &'static str, weights: &[f64], threshold: f64) -> Self {
        Gate { name, neuron: Neuron::new(weights, -threshold, Output::Step) }
    }

    /// What it computes.
    pub fn function(&self) -> Boolean {
        Boolean::of(self.neuron.weights().len(), |inputs| self.neuron.answer(inputs) == 1.0)
    }
}

/// The named gates of one, two and three inputs.
pub fn gates() -> Vec<Gate> {
    vec![
        Gate::new("NOT", &[-1.0], 0.0),
        Gate::new("AND", &[1.0, 1.0], 2.0),
        Gate::new("OR", &[1.0, 1.0], 1.0),
        Gate::new("NAND", &[-1.0, -1.0], -1.0),
        Gate::new("NOR", &[-1.0, -1.0], 0.0),
        Gate::new("a AND NOT b", &[1.0, -1.0], 1.0),
        Gate::new("a implies b", &[-1.0, 1.0], 0.0),
        Gate::new("AND of 3", &[1.0, 1.0, 1.0], 3.0),
        Gate::new("OR of 3", &[1.0, 1.0, 1.0], 1.0),
        Gate::new("majority of 3", &[1.0, 1.0, 1.0], 2.0),
        Gate::new("a AND (b OR c)", &[2.0, 1.0, 1.0], 3.0),
        Gate::new("a OR (b AND c)", &[2.0, 1.0, 1.0], 2.0),
        Gate::new("a OR b, unless c", &[1.0, 1.0, -2.0], 1.0),
    ]
}

/// Neurons for all functions of two or three inputs that one neuron computes, by function.
///
/// # Panics
/// When `inputs` is not 2 or 3.
#[track_caller]
pub fn threshold_gates(inputs: usize) -> BTreeMap<Boolean, Neuron> {
    // Weights of inputs that all excite, and the threshold.
    let kinds: &[(&[f64], f64)] = match inputs {
        2 => &[(&[0.0, 0.0], 1.0), (&[0.0, 0.0], 0.0), (&[1.0, 0.0], 1.0), (&[1.0, 1.0], 2.0), (&[1.0, 1.0], 1.0)],
        3 => &[
            (&[0.0, 0.0, 0.0], 1.0), // never
            (&[0.0, 0.0, 0.0], 0.0), // always
            (&[1.0, 0.0, 0.0], 1.0), // a
            (&[1.0, 1.0, 0.0], 2.0), // a and b
            (&[1.0, 1.0, 0.0], 1.0), // a or b
            (&[1.0, 1.0, 1.0], 3.0), // all
            (&[1.0, 1.0, 1.0], 2.0), // most
            (&[1.0, 1.0, 1.0], 1.0), // any
            (&[2.0, 1.0, 1.0], 3.0), // a and (b or c)
            (&[2.0, 1.0, 1.0], 2.0), // a or (b and c)
        ],
        _ => panic!("threshold_gates: weights are set by hand for 2 and 3 inputs, not for {inputs}"),
    };
    let mut found = BTreeMap::new();
    for (weights, threshold) in kinds {
        for order in orders(inputs) {
            let weights: Vec<f64> = order.iter().map(|place| weights[*place]).collect();
            for turned in 0..1u32 << inputs {
                let mut neuron = Neuron::new(weights.clone(), -threshold, Output::Step);
                for input in (0..inputs).filter(|input| turned >> input & 1 == 1) {
                    neuron = neuron.inverted(input);
                }
                let function = Gate { name: "", neuron: neuron.clone() }.function();
                found.entry(function).or_insert(neuron);
            }
        }
    }
    found
}

/// All orders of two or three things.
fn orders(count: usize) -> Vec<Vec<usize>> {
    if count == 0 {
        return vec![Vec::new()];
    }
    let put_in =
        |order: Vec<usize>| (0..count).map(move |place| [&order[..place], &[count - 1], &order[place..]].concat());
    orders(count - 1).into_iter().flat_map(put_in).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn named_gates_compute_what_their_names_say() {
        let is = |x: f64| x == 1.0;
        let wanted: [fn(&[f64]) -> bool; 13] = [
            |x| x[0] == 0.0,
            |x| x[0] + x[1] == 2.0,
            |x| x[0] + x[1] > 0.0,
            |x| x[0] + x[1] < 2.0,
            |x| x[0] + x[1] == 0.0,
            |x| x[0] > x[1],
            |x| x[0] <= x[1],
            |x| x.iter().sum::<f64>() == 3.0,
            |x| x.iter().sum::<f64>() > 0.0,
            |x| x.iter().sum::<f64>() > 1.0,
            |x| x[0] == 1.0 && x[1] + x[2] > 0.0,
            |x| x[0] == 1.0 || x[1] + x[2] == 2.0,
            |x| x[0] + x[1] > 0.0 && x[2] == 0.0,
        ];
        for (gate, wanted) in gates().iter().zip(wanted) {
            assert_eq!(gate.function(), Boolean::of(gate.neuron.weights().len(), wanted), "{}", gate.name);
        }
        assert!(is(gates()[1].neuron.answer(&[1.0, 1.0])));
    }

    #[test]
    fn hand_set_weights_reach_all_14_and_all_104() {
        for (inputs, count) in [(2, 14), (3, 104)] {
            let found = threshold_gates(inputs);
            assert_eq!(found.len(), count);
            for (function, neuron) in found {
                assert!(function.rows().all(|(x, answer)| neuron.answer(&x) == f64::from(u8::from(answer))));
            }
        }
    }
}
