//! The threshold neuron (McCulloch and Pitts: A logical calculus of the ideas immanent in nervous activity, 1943).

/// What a neuron answers to its weighted sum v.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    /// 1 from v = 0 on, else 0.
    Step,
    /// +1 from v = 0 on, else -1.
    Sign,
}

/// y = phi(sum over i of w_i x_i + b). A positive weight excites, a negative one inhibits.
///
/// The bias is a weight like the others, w_0 = b, of an input x_0 that is always 1: see [`augmented`](Self::augmented).
///
/// ```
/// use gradus_learn::neuron::{Neuron, Output};
/// let and = Neuron::new([1.0, 1.0], -2.0, Output::Step);
/// assert_eq!((and.answer(&[1.0, 1.0]), and.answer(&[1.0, 0.0])), (1.0, 0.0));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Neuron {
    weights: Vec<f64>,
    bias: f64,
    output: Output,
}

impl Neuron {
    /// A neuron of these weights.
    pub fn new(weights: impl Into<Vec<f64>>, bias: f64, output: Output) -> Self {
        Neuron { weights: weights.into(), bias, output }
    }

    /// The neuron of the weights w_0 (the bias), w_1, ..
    ///
    /// # Panics
    /// When there is no weight at all.
    #[track_caller]
    pub fn from_augmented(weights: &[f64], output: Output) -> Self {
        let (bias, weights) = weights.split_first().expect("Neuron::from_augmented: at least w_0 is given");
        Neuron::new(weights, *bias, output)
    }

    /// The weights w_0 (the bias), w_1, ..
    pub fn augmented(&self) -> Vec<f64> {
        std::iter::once(self.bias).chain(self.weights.iter().copied()).collect()
    }

    /// The weights without the bias.
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// The bias.
    pub fn bias(&self) -> f64 {
        self.bias
    }

    /// v = sum over i of w_i x_i + b.
    ///
    /// # Panics
    /// When there are not as many inputs as weights.
    #[track_caller]
    pub fn sum(&self, inputs: &[f64]) -> f64 {
        let (given, wanted) = (inputs.len(), self.weights.len());
        assert!(given == wanted, "neuron: {given} inputs were given, it has {wanted} weights");
        self.weights.iter().zip(inputs).map(|(weight, input)| weight * input).sum::<f64>() + self.bias
    }

    /// phi(v).
    ///
    /// # Panics
    /// As [`sum`](Self::sum).
    #[track_caller]
    pub fn answer(&self, inputs: &[f64]) -> f64 {
        let fires = self.sum(inputs) >= 0.0;
        match self.output {
            Output::Step => f64::from(u8::from(fires)),
            Output::Sign => f64::from(u8::from(fires)) * 2.0 - 1.0,
        }
    }

    /// The same decisions with input `index` turned round, x replaced by 1 - x: what excited now inhibits.
    #[must_use]
    pub fn inverted(&self, index: usize) -> Self {
        let mut turned = self.clone();
        turned.bias += turned.weights[index];
        turned.weights[index] = -turned.weights[index];
        turned
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bias_is_a_weight_of_an_input_that_is_one() {
        let neuron = Neuron::new([0.5, -2.0], 0.25, Output::Sign);
        assert_eq!(neuron.augmented(), [0.25, 0.5, -2.0]);
        assert_eq!(Neuron::from_augmented(&neuron.augmented(), Output::Sign), neuron);
        assert_eq!((neuron.answer(&[0.0, 0.0]), neuron.answer(&[0.0, 1.0])), (1.0, -1.0));
        let with_one: f64 = neuron.augmented().iter().zip([1.0, 3.0, 2.0]).map(|(w, x)| w * x).sum();
        assert_eq!(neuron.sum(&[3.0, 2.0]), with_one);
    }

    #[test]
    fn an_inverted_input_inhibits() {
        let and = Neuron::new([1.0, 1.0], -2.0, Output::Step);
        let and_not = and.inverted(1);
        for (a, b) in [(0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0)] {
            assert_eq!(and_not.answer(&[a, b]), and.answer(&[a, 1.0 - b]));
        }
        assert_eq!(and_not.weights(), [1.0, -1.0]);
    }

    #[test]
    #[should_panic(expected = "neuron: 1 inputs were given, it has 2 weights")]
    fn a_wrong_number_of_inputs_is_named() {
        Neuron::new([1.0, 1.0], 0.0, Output::Step).answer(&[1.0]);
    }
}
