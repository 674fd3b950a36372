//! The convergence theorem (Novikoff: On convergence proofs on perceptrons, 1962, in the form of Haykin).
//!
//! For a w_o with y w_o'x > 0 for every point, let alpha = min y w_o'x and beta = max ||x||^2, both over points extended by
//! x_0 = 1. From w(0) = 0 with eta = 1, Rosenblatt's rule makes at most n_max = beta ||w_o||^2 / alpha^2 corrections: each one
//! brings w_o'w up by at least alpha, and ||w||^2 up by at most beta.

use super::rosenblatt::response;
use crate::points::Points;

/// The bound and what it is made of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bound {
    /// min y w_o'x.
    pub alpha: f64,
    /// max ||x||^2.
    pub beta: f64,
    /// ||w_o||^2.
    pub square: f64,
}

impl Bound {
    /// n_max = beta ||w_o||^2 / alpha^2.
    pub fn mistakes(&self) -> f64 {
        self.beta * self.square / (self.alpha * self.alpha)
    }
}

/// The bound that a solution w_o (w_0, the bias, first) gives; none where it answers a point wrongly.
pub fn mistake_bound(points: &Points, signs: &[f64], solution: &[f64]) -> Option<Bound> {
    let alpha = points.rows().zip(signs).map(|(x, y)| y * response(solution, x)).fold(f64::INFINITY, f64::min);
    let square = |values: &[f64]| values.iter().map(|value| value * value).sum::<f64>();
    let beta = points.rows().map(|x| 1.0 + square(x)).fold(0.0, f64::max);
    (alpha > 0.0).then_some(Bound { alpha, beta, square: square(solution) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::perceptron::{Order, PerceptronOptions, train};
    use gradus_core::Rng;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 1000, ..ProptestConfig::default() })]
        #[test]
        fn no_separable_set_costs_more_mistakes_than_the_bound(
            seed in any::<u64>(), dimension in 1usize..6, count in 2usize..40, random in any::<bool>(), gap in 0.02..0.5f64,
        ) {
            let rng = &mut Rng::new(seed);
            let truth: Vec<f64> = (0..=dimension).map(|_| f64::from(rng.normal())).collect();
            let (mut values, mut labels) = (Vec::new(), Vec::new());
            while labels.len() < count {
                let x: Vec<f64> = (0..dimension).map(|_| f64::from(rng.normal())).collect();
                let v = response(&truth, &x);
                // The first two are of different classes; a set of one class is another matter.
                let wanted = labels.len() > 1 || (v > 0.0) == (labels.len() == 1);
                if v.abs() > gap && wanted {
                    values.extend(x);
                    labels.push(u32::from(v > 0.0));
                }
                // A plane that leaves all points on one side would never fill the set.
                prop_assume!(rng.position() < 200_000);
            }
            let points = Points::new(values, dimension, labels, vec!["0".into(), "1".into()]).unwrap();
            let signs = points.two_classes().unwrap();
            let order = if random { Order::Random } else { Order::Cyclic };
            let options = PerceptronOptions { order, most_epochs: usize::MAX, seed, ..Default::default() };
            let found = train(&points, &signs, &options).unwrap();
            prop_assert!(found.converged && found.wrong == 0);
            for solution in [&truth, &found.weights] {
                let bound = mistake_bound(&points, &signs, solution).unwrap();
                prop_assert!(found.mistakes as f64 <= bound.mistakes() * (1.0 + 1e-9), "{} {:?}", found.mistakes, bound);
            }
        }
    }

    #[test]
    fn who_answers_wrongly_gives_no_bound() {
        let points = Points::new(vec![1.0, -1.0], 1, vec![1, 0], vec!["0".into(), "1".into()]).unwrap();
        let signs = points.two_classes().unwrap();
        assert!(mistake_bound(&points, &signs, &[0.0, -1.0]).is_none());
        let bound = mistake_bound(&points, &signs, &[0.0, 2.0]).unwrap();
        assert_eq!((bound.alpha, bound.beta, bound.square, bound.mistakes()), (2.0, 2.0, 4.0, 2.0));
    }
}
