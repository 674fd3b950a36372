//! The optimizers that train networks, let loose on a function of the plane: the same code, one parameter.

use gradus_core::nn::Parameter;
use gradus_core::optim::{AdaGrad, Adam, Optimizer, RmsProp, Sgd};
use gradus_core::{Real, Tensor};

use crate::expression::Expression;

/// The rules by name, with a learning rate for each as a share of `rate`: those that scale steps by the gradient's size take
/// steps of about their rate, whatever the slope.
pub fn first_order_rules(rate: f64, stride: f64) -> Vec<(&'static str, Box<dyn Optimizer>)> {
    let momentum = 0.9;
    vec![
        ("SGD", Box::new(Sgd::new(rate))),
        ("momentum", Box::new(Sgd::new(rate).momentum(momentum))),
        ("Nesterov", Box::new(Sgd::new(rate).momentum(momentum).nesterov())),
        ("AdaGrad", Box::new(AdaGrad::new(10.0 * stride))),
        ("RMSProp", Box::new(RmsProp::new(stride))),
        ("Adam", Box::new(Adam::new(2.0 * stride))),
    ]
}

/// The points that an optimizer comes through in so many steps, the start first. The gradient comes from the graph. It ends
/// early where a number is no longer finite.
///
/// # Panics
/// When the start does not have as many numbers as the function takes.
#[track_caller]
pub fn first_order_path(
    function: &Expression,
    optimizer: &mut dyn Optimizer,
    start: &[f64],
    steps: usize,
) -> Vec<Vec<f64>> {
    assert_eq!(start.len(), function.dimension(), "first_order_path: the start's numbers");
    let first: Vec<Real> = start.iter().map(|x| *x as Real).collect();
    let mut point = Parameter::new(&Tensor::new(first, [start.len()]));
    let mut path = vec![start.to_vec()];
    for _ in 0..steps {
        let variables: Vec<Tensor> = (0..start.len()).map(|place| point.narrow(0, place, 1)).collect();
        let value = function.evaluate(&variables).sum();
        let gradients = value.backward();
        // Who has no gradient does not depend on the point: it stays.
        if gradients.get(&point).is_none() || !value.is_finite() {
            break;
        }
        optimizer.step(&mut point, &gradients);
        if !point.is_finite() {
            break;
        }
        path.push(point.as_slice().iter().map(|x| f64::from(*x)).collect());
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_comes_down_the_valley() {
        let valley = Expression::parse("0.5*(x^2 + 20*y^2)", None).unwrap();
        for (name, mut rule) in first_order_rules(0.02, 0.02) {
            let path = first_order_path(&valley, &mut *rule, &[-3.0, 1.0], 400);
            let last = valley.value(path.last().unwrap());
            assert!(path.len() == 401 && last < 0.05, "{name}: {last}");
        }
        let mut sgd = Sgd::new(0.5);
        let path = first_order_path(&valley, &mut sgd, &[-3.0, 1.0], 5);
        assert!((path[1][0] + 1.5).abs() < 1e-6 && (path[1][1] + 9.0).abs() < 1e-5, "the written rule: {path:?}");
    }
}
