//! What the members of an ensemble differ in.

use gradus_core::nn::Activation;
use gradus_core::optim::OptimizerConfig;

use super::recipe::{MemberLoss, Recipe};

/// What the members of an ensemble differ in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variety {
    /// The samples: each has a bag of its own, and its own first weights.
    Bagging,
    /// The loss alone.
    Losses,
    /// The optimizer alone.
    Optimizers,
    /// Layers, units and activations.
    Architectures,
}

impl Variety {
    /// All.
    pub const ALL: [Variety; 4] = [Variety::Bagging, Variety::Losses, Variety::Optimizers, Variety::Architectures];

    /// In one word.
    pub fn in_words(self) -> &'static str {
        match self {
            Variety::Bagging => "bagging",
            Variety::Losses => "losses",
            Variety::Optimizers => "optimizers",
            Variety::Architectures => "architectures",
        }
    }

    /// The members. `bags` is how many equal ones are bagged; the others are as many as there are kinds.
    pub fn recipes(self, classes: bool, bags: usize) -> Vec<Recipe> {
        let base = || Recipe::new(&[16, 16], classes);
        match self {
            Variety::Bagging => (1..=bags).map(|bag| Recipe { name: format!("bag {bag}"), ..base() }).collect(),
            Variety::Losses => {
                let of = |loss: &MemberLoss| Recipe { name: loss.in_words().to_owned(), loss: *loss, ..base() };
                MemberLoss::all(classes).iter().map(of).collect()
            }
            Variety::Optimizers => {
                // Rates at which each comes down within the steps on inputs of about unit spread.
                let rates = [
                    ("sgd", 0.3),
                    ("momentum", 0.05),
                    ("nesterov", 0.05),
                    ("adagrad", 0.1),
                    ("rmsprop", 0.01),
                    ("adam", 0.02),
                ];
                let of = |(name, rate): (&str, f64)| {
                    let mut optimizer = OptimizerConfig::named(name).expect("its name is in the list of names");
                    optimizer.set_learning_rate(rate);
                    Recipe { name: name.to_owned(), optimizer, ..base() }
                };
                rates.map(of).to_vec()
            }
            Variety::Architectures => {
                let kinds: [(&[usize], Activation, &str); 6] = [
                    (&[8], Activation::Tanh, "tanh"),
                    (&[32], Activation::Relu, "ReLU"),
                    (&[16, 16], Activation::Tanh, "tanh"),
                    (&[16, 16], Activation::Relu, "ReLU"),
                    (&[8, 8, 8], Activation::Tanh, "tanh"),
                    (&[32, 32], Activation::Silu, "SiLU"),
                ];
                let of = |(hidden, activation, word): (&[usize], Activation, &str)| {
                    let recipe = Recipe::new(hidden, classes);
                    Recipe { name: format!("{} {word}", recipe.name), activation, ..recipe }
                };
                kinds.map(of).to_vec()
            }
        }
    }
}
