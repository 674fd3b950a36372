//! An expression as operations of the graph: for many points at once, and as part of a network.

use gradus_core::{Real, Tensor};

use super::arithmetic::{Arithmetic, Function};

/// Whole powers up to this are products, which are right for negative bases too.
const PRODUCTS: f64 = 16.0;

impl Arithmetic for Tensor {
    fn constant(value: f64) -> Self {
        Tensor::scalar(value as Real)
    }

    fn plus(&self, other: &Self) -> Self {
        self.add(other)
    }

    fn times(&self, other: &Self) -> Self {
        self.mul(other)
    }

    fn call(&self, function: Function) -> Self {
        match function {
            Function::Sin => self.sin(),
            Function::Cos => self.cos(),
            Function::Tan => self.sin().div(&self.cos()),
            Function::Exp => self.exp(),
            Function::Ln => self.ln(),
            Function::Sqrt => self.sqrt(),
            Function::Abs => self.abs(),
            Function::Tanh => self.tanh(),
            Function::Sigmoid => self.sigmoid(),
            Function::Power(0.0) => Tensor::ones(self.shape()),
            Function::Power(n) if n.fract() == 0.0 && n.abs() <= PRODUCTS => {
                let whole = (1..n.abs() as usize).fold(self.clone(), |product, _| product.mul(self));
                if n < 0.0 { whole.recip() } else { whole }
            }
            Function::Power(n) => self.powf(n as Real),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Expression;
    use gradus_core::{Real, Tensor, derivative};

    #[test]
    fn the_graph_gives_the_same_derivatives() {
        for text in ["(1-x)^2 + 100*(y-x^2)^2", "sin(x*y)/(2+cos(x)) - x^-3", "exp(-x^2)*tanh(y) + sqrt(x)*ln(y)^2"] {
            let f = Expression::parse(text, Some(2)).unwrap();
            let point = [0.7, 1.3];
            let graph = |x: &Tensor| f.evaluate(&[x.narrow(0, 0, 1), x.narrow(0, 1, 1)]).sum();
            let x = Tensor::new(point.map(|x| x as Real), [2]);
            let exact = f.derivatives(&point);
            let near = |ours: &[Real], exact: &[f64]| {
                ours.iter().zip(exact).all(|(a, b)| (*a as f64 - b).abs() < 1e-4 * b.abs().max(1.0))
            };
            assert!(near(derivative::gradient(graph, &x).as_slice(), &exact.gradient), "{text}");
            assert!(near(derivative::hessian(graph, &x).as_slice(), &exact.hessian), "{text}");
        }
    }
}
