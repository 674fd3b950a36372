//! The loss of a network on a batch as a function of its parameters, for methods of second order.

use std::cell::RefCell;

use gradus_core::derivative::ParameterVector;
use gradus_core::nn::{Context, Module};
use gradus_core::{Real, Tensor, no_grad};

use super::levenberg_marquardt::LeastSquares;
use super::objective::Objective;

/// A network, a batch, and what the loss is. All derivatives are exact, through the network's own graph, in the precision of
/// its tensors (f32): gradients below about 1e-6 of the largest term are rounding.
pub struct NetworkLoss<'a> {
    network: RefCell<&'a mut dyn Module>,
    inputs: &'a Tensor,
    targets: &'a Tensor,
    kind: Kind<'a>,
    dimension: usize,
}

enum Kind<'a> {
    /// Mean of squares: (1 / 2n) sum of (y - t)^2.
    Squares,
    Loss(&'a dyn Fn(&Tensor, &Tensor) -> Tensor),
}

impl<'a> NetworkLoss<'a> {
    /// The loss `loss(outputs, targets)`, one number.
    pub fn new(
        network: &'a mut dyn Module,
        inputs: &'a Tensor,
        targets: &'a Tensor,
        loss: &'a dyn Fn(&Tensor, &Tensor) -> Tensor,
    ) -> Self {
        Self::of(network, inputs, targets, Kind::Loss(loss))
    }

    /// (1 / 2n) sum of (y - t)^2 over the n numbers of the targets: a sum of squares, for [`LeastSquares`].
    pub fn squares(network: &'a mut dyn Module, inputs: &'a Tensor, targets: &'a Tensor) -> Self {
        Self::of(network, inputs, targets, Kind::Squares)
    }

    fn of(network: &'a mut dyn Module, inputs: &'a Tensor, targets: &'a Tensor, kind: Kind<'a>) -> Self {
        let dimension = ParameterVector::of(network).len();
        NetworkLoss { network: RefCell::new(network), inputs, targets, kind, dimension }
    }

    /// The parameters now: the last point that was asked for.
    pub fn parameters(&self) -> Vec<f64> {
        ParameterVector::of(&**self.network.borrow()).values().iter().map(|value| f64::from(*value)).collect()
    }

    /// Puts a point's numbers into the network.
    pub fn set(&self, x: &[f64]) {
        let values: Vec<Real> = x.iter().map(|value| *value as Real).collect();
        ParameterVector::write(&mut **self.network.borrow_mut(), &values);
    }

    fn outputs(&self) -> Tensor {
        self.network.borrow().forward(self.inputs, &mut Context::eval())
    }

    fn loss(&self) -> Tensor {
        let outputs = self.outputs();
        match &self.kind {
            Kind::Squares => outputs.sub(self.targets).square().mean().scale(0.5),
            Kind::Loss(loss) => loss(&outputs, self.targets),
        }
    }

    fn vector(&self) -> ParameterVector {
        ParameterVector::of(&**self.network.borrow())
    }

    /// 1 / sqrt(n): then 1/2 sum of r^2 is the loss.
    fn scale(&self) -> f64 {
        1.0 / (self.targets.len() as f64).sqrt()
    }
}

fn wide(values: &[Real]) -> Vec<f64> {
    values.iter().map(|value| f64::from(*value)).collect()
}

impl Objective for NetworkLoss<'_> {
    fn dimension(&self) -> usize {
        self.dimension
    }

    fn value(&self, x: &[f64]) -> f64 {
        self.set(x);
        f64::from(no_grad(|| self.loss()).item())
    }

    fn slope(&self, x: &[f64]) -> (f64, Vec<f64>) {
        self.set(x);
        let (vector, loss) = (self.vector(), self.loss());
        (f64::from(loss.item()), wide(&vector.gradient(&loss)))
    }

    fn hessian(&self, x: &[f64]) -> Vec<f64> {
        self.set(x);
        wide(&self.vector().hessian(&self.loss()))
    }

    fn hessian_vector(&self, x: &[f64], vector: &[f64]) -> Vec<f64> {
        self.set(x);
        let narrow: Vec<Real> = vector.iter().map(|value| *value as Real).collect();
        wide(&self.vector().hessian_vector(&self.loss(), &narrow))
    }
}

/// Of a network made by [`NetworkLoss::squares`].
impl LeastSquares for NetworkLoss<'_> {
    fn residuals(&self, x: &[f64]) -> Vec<f64> {
        assert!(matches!(self.kind, Kind::Squares), "least squares need NetworkLoss::squares");
        self.set(x);
        let outputs = no_grad(|| self.outputs());
        let pairs = outputs.as_slice().iter().zip(self.targets.as_slice());
        pairs.map(|(y, t)| f64::from(y - t) * self.scale()).collect()
    }

    fn jacobian(&self, x: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let residuals = self.residuals(x);
        let slopes = self.vector().jacobian(&self.outputs());
        (residuals, slopes.iter().map(|slope| f64::from(*slope) * self.scale()).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::optimize::{NewtonOptions, Stop, lbfgs, levenberg_marquardt, newton, newton_cg};
    use gradus_core::Rng;
    use gradus_core::nn::{Activation, Linear, Sequential};

    fn sine() -> (Tensor, Tensor) {
        let x = Tensor::linspace(-3.0, 3.0, 40).reshape([40, 1]);
        (x.clone(), x.sin())
    }

    fn network() -> Sequential {
        let rng = &mut Rng::new(1);
        Sequential::new().add(Linear::new(1, 8).init(rng)).add(Activation::Tanh).add(Linear::new(8, 1).init(rng))
    }

    #[test]
    fn one_newton_step_fits_a_linear_layer() {
        let mut layer = Linear::new(3, 1).init(&mut Rng::new(2));
        let inputs = Tensor::randn([30, 3], &mut Rng::new(3));
        let targets = inputs.matmul(&Tensor::from([[1.0], [-2.0], [0.5]]));
        let loss = NetworkLoss::squares(&mut layer, &inputs, &targets);
        let stop = Stop { most_steps: 1, gradient: 0.0 };
        let run = newton(&loss, &loss.parameters(), NewtonOptions::pure(), stop).unwrap();
        let wanted = [1.0, -2.0, 0.5, 0.0];
        assert!(run.last().iter().zip(wanted).all(|(a, b)| (a - b).abs() < 1e-5), "{:?}", run.last());
    }

    #[test]
    fn every_second_order_method_trains_a_small_network() {
        let (x, y) = sine();
        let stop = Stop { most_steps: 60, gradient: 1e-5 };
        for name in ["Newton", "Newton-CG", "L-BFGS", "Levenberg-Marquardt"] {
            let mut net = network();
            let loss = NetworkLoss::squares(&mut net, &x, &y);
            let start = loss.parameters();
            let run = match name {
                "Newton" => newton(&loss, &start, NewtonOptions::default(), stop),
                "Newton-CG" => newton_cg(&loss, &start, stop),
                "L-BFGS" => lbfgs(&loss, &start, stop),
                _ => levenberg_marquardt(&loss, &start, stop),
            };
            let run = run.unwrap();
            assert!(run.value() < 0.02 * run.values[0], "{name}: {} from {}", run.value(), run.values[0]);
        }
    }
}
