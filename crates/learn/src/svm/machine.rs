//! A support vector machine for two classes (Cortes and Vapnik: Support-vector networks, 1995).
//!
//! minimize 1/2 ||w||^2 + C sum of max(0, 1 - y_i f(x_i)), f(x) = w'phi(x) + b. With C large and classes that can be
//! separated, it is the classifier of maximum margin, 1 / ||w|| on both sides.

use gradus_core::Error;
use serde::{Deserialize, Serialize};

use super::kernel::{Kernel, Prepared};
use super::rows::Rows;
use super::smo;

/// How a machine is trained.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SvmOptions {
    /// The kernel.
    pub kernel: Kernel,
    /// C, the price of a point inside the margin.
    pub bound: f64,
    /// How far the optimality conditions may be violated at the end.
    pub tolerance: f64,
    /// Bytes for rows of the kernel matrix.
    pub memory: usize,
    /// Steps after which training gives up.
    pub most_steps: usize,
    /// Learn probabilities as well, by five folds.
    pub probability: bool,
    /// The seed of the folds.
    pub seed: u64,
}

impl Default for SvmOptions {
    fn default() -> Self {
        SvmOptions {
            kernel: Kernel::Linear,
            bound: 1.0,
            tolerance: 1e-3,
            memory: 400 << 20,
            most_steps: 10_000_000,
            probability: false,
            seed: 1,
        }
    }
}

impl SvmOptions {
    /// Errors: a setting that cannot be used.
    pub fn check(&self) -> Result<(), Error> {
        self.kernel.check()?;
        for (name, value) in [("C", self.bound), ("tolerance", self.tolerance)] {
            if !(value > 0.0 && value.is_finite()) {
                return Err(Error::setting(name, format!("is {value}; it is positive")));
            }
        }
        Ok(())
    }
}

/// A trained machine: f(x) = sum over support vectors of coefficient K(vector, x) + bias.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Machine {
    kernel: Kernel,
    dimension: usize,
    /// Support vectors, one after the other.
    vectors: Vec<f64>,
    /// y_i a_i of each.
    coefficients: Vec<f64>,
    bias: f64,
    /// The places of the support vectors among the training points.
    support: Vec<usize>,
    /// Pairs that training changed.
    steps: usize,
}

/// Points whose decisions are computed at once.
const CHUNK: usize = 256;

impl Machine {
    /// Trains on rows of `dimension` numbers and signs +1 and -1.
    ///
    /// Errors: one sign alone, points that are all the same, numbers that are not finite, settings that cannot be used, steps used up.
    pub fn train(values: &[f64], dimension: usize, signs: &[f64], options: &SvmOptions) -> Result<Self, Error> {
        options.check()?;
        assert_eq!(values.len(), signs.len() * dimension, "svm: one sign for each point");
        if let Some(value) = values.iter().find(|value| !value.is_finite()) {
            return Err(Error::Data(format!("{value} among the points is not finite; leave its point out")));
        }
        if [1.0, -1.0].iter().any(|side| !signs.contains(side)) {
            return Err(Error::Data("all points are of one class; give points of two".into()));
        }
        if values.chunks_exact(dimension).all(|point| *point == values[..dimension]) {
            let count = signs.len();
            let problem = format!("all {count} points are the same in every column; nothing tells their classes apart");
            return Err(Error::Data(problem));
        }
        let prepared = Prepared::new(options.kernel, values, dimension);
        let diagonal = prepared.diagonal();
        let largest = values.iter().fold(0.0_f64, |most, value| most.max(value.abs()));
        let square = (largest * largest * dimension as f64) as f32;
        if !square.is_finite() || diagonal.iter().any(|own| !own.is_finite()) {
            let problem = "the numbers are too large for the kernel: a point's product with itself is not finite; scale the columns, \
                           or lower gamma or the degree";
            return Err(Error::Data(problem.into()));
        }
        let mut rows = Rows::new(&prepared, options.memory);
        let found = smo::solve(&mut rows, &diagonal, signs, options.bound, options.tolerance, options.most_steps);
        if !found.converged {
            return Err(Error::Data(format!(
                "the machine is not trained after {} steps; scale the columns alike, or lower C",
                found.steps
            )));
        }
        let support: Vec<usize> = (0..signs.len()).filter(|place| found.shares[*place] > 0.0).collect();
        let vectors = support.iter().flat_map(|place| &values[place * dimension..(place + 1) * dimension]).copied();
        let coefficients = support.iter().map(|place| signs[*place] * found.shares[*place]).collect();
        let (vectors, bias, steps) = (vectors.collect(), -found.rho, found.steps);
        Ok(Machine { kernel: options.kernel, dimension, vectors, coefficients, bias, support, steps })
    }

    /// The places of the support vectors among the training points, in rising order.
    pub fn support(&self) -> &[usize] {
        &self.support
    }

    /// y_i a_i of each support vector.
    pub fn coefficients(&self) -> &[f64] {
        &self.coefficients
    }

    /// b.
    pub fn bias(&self) -> f64 {
        self.bias
    }

    /// Pairs that training changed.
    pub fn steps(&self) -> usize {
        self.steps
    }

    /// ||w||^2 = a'Qa.
    pub fn square(&self) -> f64 {
        let prepared = Prepared::new(self.kernel, &self.vectors, self.dimension);
        let mut sum = 0.0;
        for (row, own) in self.coefficients.iter().enumerate() {
            let line = prepared.row(row);
            sum += own * line.as_slice().iter().zip(&self.coefficients).map(|(k, c)| f64::from(*k) * c).sum::<f64>();
        }
        sum
    }

    /// 1 / ||w||: how far f = 1 and f = -1 are from f = 0 in the kernel's space; of a linear machine, in the data's own.
    pub fn margin(&self) -> f64 {
        1.0 / self.square().sqrt()
    }

    /// w of a linear machine; none of others, whose w has no coordinates here.
    pub fn weights(&self) -> Option<Vec<f64>> {
        if self.kernel != Kernel::Linear {
            return None;
        }
        let mut weights = vec![0.0; self.dimension];
        for (vector, c) in self.vectors.chunks_exact(self.dimension).zip(&self.coefficients) {
            weights.iter_mut().zip(vector).for_each(|(w, x)| *w += c * x);
        }
        Some(weights)
    }

    /// f of each of rows of numbers.
    pub fn decide(&self, values: &[f64]) -> Vec<f64> {
        let prepared = Prepared::new(self.kernel, &self.vectors, self.dimension);
        let mut decisions = Vec::with_capacity(values.len() / self.dimension);
        for chunk in values.chunks(CHUNK * self.dimension) {
            let kernel = prepared.against(chunk);
            let rows = kernel.as_slice().chunks_exact(self.coefficients.len());
            decisions.extend(rows.map(|row| {
                row.iter().zip(&self.coefficients).map(|(k, c)| f64::from(*k) * c).sum::<f64>() + self.bias
            }));
        }
        decisions
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[test]
    fn two_points_have_the_middle_between_them() {
        let options = SvmOptions { bound: 100.0, ..Default::default() };
        let machine = Machine::train(&[0.0, 0.0, 2.0, 2.0], 2, &[-1.0, 1.0], &options).unwrap();
        assert_eq!(machine.support(), [0, 1]);
        assert!((machine.margin() - 2f64.sqrt()).abs() < 1e-3, "{}", machine.margin());
        assert!(machine.decide(&[1.0, 1.0])[0].abs() < 1e-3);
        let said = |values: &[f64], signs: &[f64]| Machine::train(values, 1, signs, &options).unwrap_err().to_string();
        assert_eq!(said(&[1.0, 2.0], &[1.0, 1.0]), "all points are of one class; give points of two");
        assert!(said(&[1.0, f64::NAN], &[1.0, -1.0]).starts_with("NaN among the points"));
        assert!(said(&[2.0, 2.0], &[1.0, -1.0]).starts_with("all 2 points are the same in every column"));
        assert!(said(&[1e20, -1e30], &[1.0, -1.0]).starts_with("the numbers are too large for the kernel"));
    }

    #[derive(Deserialize)]
    struct Golden {
        name: String,
        points: Vec<f64>,
        dimension: usize,
        signs: Vec<f64>,
        kernel: Kernel,
        bound: f64,
        support: Vec<usize>,
        bias: f64,
        square: f64,
        decisions: Vec<f64>,
    }

    #[test]
    fn support_vectors_and_margins_are_those_of_scikit_learn() {
        let cases: Vec<Golden> = serde_json::from_str(include_str!("../../../../golden/data/svm.json")).unwrap();
        assert!(cases.len() >= 6);
        for case in cases {
            let options = SvmOptions { kernel: case.kernel, bound: case.bound, tolerance: 1e-5, ..Default::default() };
            let machine = Machine::train(&case.points, case.dimension, &case.signs, &options).unwrap();
            assert_eq!(machine.support(), case.support, "{}", case.name);
            let margin = 1.0 / case.square.sqrt();
            assert!((machine.margin() - margin).abs() < 1e-3 * margin, "{}: {} {margin}", case.name, machine.margin());
            assert!((machine.bias() - case.bias).abs() < 1e-3 * case.bias.abs().max(1.0), "{}", case.name);
            for (ours, theirs) in machine.decide(&case.points).iter().zip(&case.decisions) {
                assert!((ours - theirs).abs() < 2e-3 * theirs.abs().max(1.0), "{}: {ours} {theirs}", case.name);
            }
        }
    }
}
