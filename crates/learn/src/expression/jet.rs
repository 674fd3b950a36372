//! Value, gradient and Hessian carried through a computation (forward-mode differentiation of second order; Rall: Automatic
//! Differentiation, 1981). For f(u): gradient f' u_i, Hessian f'' u_i u_j + f' u_ij.

use super::arithmetic::{Arithmetic, Function};

/// A number with its derivatives in all variables. Without any it is a constant.
#[derive(Clone, Debug, PartialEq)]
pub struct Jet {
    /// The value.
    pub value: f64,
    /// The first derivatives.
    pub gradient: Vec<f64>,
    /// The second derivatives, row by row.
    pub hessian: Vec<f64>,
}

impl Jet {
    /// Variable number `place` of a point.
    pub fn variable(point: &[f64], place: usize) -> Self {
        let n = point.len();
        let mut gradient = vec![0.0; n];
        gradient[place] = 1.0;
        Jet { value: point[place], gradient, hessian: vec![0.0; n * n] }
    }

    /// The same with zeros for the derivatives of a constant.
    pub(super) fn of_dimension(mut self, n: usize) -> Self {
        self.gradient.resize(n, 0.0);
        self.hessian.resize(n * n, 0.0);
        self
    }
}

impl Arithmetic for Jet {
    fn constant(value: f64) -> Self {
        Jet { value, gradient: Vec::new(), hessian: Vec::new() }
    }

    fn plus(&self, other: &Self) -> Self {
        let sum = |a: &[f64], b: &[f64]| match (a, b) {
            ([], rest) | (rest, []) => rest.to_vec(),
            (a, b) => a.iter().zip(b).map(|(a, b)| a + b).collect(),
        };
        Jet {
            value: self.value + other.value,
            gradient: sum(&self.gradient, &other.gradient),
            hessian: sum(&self.hessian, &other.hessian),
        }
    }

    fn times(&self, other: &Self) -> Self {
        let n = self.gradient.len().max(other.gradient.len());
        let (a, b) = (self.clone().of_dimension(n), other.clone().of_dimension(n));
        let gradient = (0..n).map(|i| a.gradient[i] * b.value + a.value * b.gradient[i]).collect();
        let second = |at: usize| {
            let (i, j) = (at / n, at % n);
            a.hessian[at] * b.value
                + a.value * b.hessian[at]
                + a.gradient[i] * b.gradient[j]
                + a.gradient[j] * b.gradient[i]
        };
        Jet { value: a.value * b.value, gradient, hessian: (0..n * n).map(second).collect() }
    }

    fn call(&self, function: Function) -> Self {
        let [value, first, second] = function.derivatives(self.value);
        let n = self.gradient.len();
        let gradient = self.gradient.iter().map(|u| first * u).collect();
        let curvature = |at: usize| second * self.gradient[at / n] * self.gradient[at % n] + first * self.hessian[at];
        Jet { value, gradient, hessian: (0..n * n).map(curvature).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Expression;

    /// Central differences of the gradient, and of the value.
    #[test]
    fn derivatives_agree_with_differences() {
        let texts = [
            "(1-x)^2 + 100*(y-x^2)^2",
            "sin(x*y) / (2 + cos(x))",
            "exp(-x^2) * tanh(y) + sigmoid(x - y)",
            "sqrt(x^2 + y^2 + 1) + ln(3 + x)",
            "abs(x) * tan(y/3) + x^y + 2^x",
            "x^2.5 * y^-2",
        ];
        for text in texts {
            let f = Expression::parse(text, Some(2)).unwrap();
            let point = [0.7, 1.3];
            let found = f.derivatives(&point);
            assert!((found.value - f.value(&point)).abs() < 1e-12);
            for i in 0..2 {
                let moved = |by: f64| {
                    let mut moved = point;
                    moved[i] += by;
                    f.derivatives(&moved)
                };
                let (ahead, behind, step) = (moved(1e-5), moved(-1e-5), 2e-5);
                assert!((found.gradient[i] - (ahead.value - behind.value) / step).abs() < 1e-6, "{text}");
                for j in 0..2 {
                    let slope = (ahead.gradient[j] - behind.gradient[j]) / step;
                    assert!((found.hessian[i * 2 + j] - slope).abs() < 1e-4 * slope.abs().max(1.0), "{text}");
                }
            }
        }
    }

    #[test]
    fn powers_are_smooth_at_zero() {
        let at = Expression::parse("x^2 + x + 3", None).unwrap().derivatives(&[0.0]);
        assert_eq!((at.value, at.gradient, at.hessian), (3.0, vec![1.0], vec![2.0]));
    }
}
