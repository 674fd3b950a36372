//! Derivatives of a network's loss in all its parameters, seen as one vector.

use gradus_kernels::Real;

use super::function::rows;
use crate::nn::{Entry, Path, Visit};
use crate::{Tensor, grad};

/// The trainable parameters of a network as one vector, in the order of the walk: each row-major, one after the other.
///
/// It is taken from the network as it stands; after [`write`](Self::write), or a step of an optimizer, take it anew.
///
/// ```
/// use gradus_core::derivative::ParameterVector;
/// use gradus_core::nn::{Context, Linear, Module};
/// use gradus_core::{Rng, Tensor};
/// let network = Linear::new(2, 1).init(&mut Rng::new(1));
/// let vector = ParameterVector::of(&network);
/// let loss = network.forward(&Tensor::from([[1.0, 3.0]]), &mut Context::eval()).square().sum();
/// assert_eq!(vector.hessian(&loss), [2.0, 6.0, 2.0, 6.0, 18.0, 6.0, 2.0, 6.0, 2.0]); // 2 (x, 1)(x, 1)'
/// ```
pub struct ParameterVector {
    parts: Vec<Tensor>,
}

impl ParameterVector {
    /// Those of a network.
    pub fn of(network: &dyn Visit) -> Self {
        let mut parts = Vec::new();
        network.visit(Path::root(), &mut |_, entry| match entry {
            Entry::Parameter(parameter) if parameter.is_trainable() => parts.push((**parameter).clone()),
            Entry::Parameter(_) | Entry::Statistic(_) => {}
        });
        ParameterVector { parts }
    }

    /// How many numbers there are.
    pub fn len(&self) -> usize {
        self.parts.iter().map(Tensor::len).sum()
    }

    /// Whether nothing is trainable.
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// The values.
    pub fn values(&self) -> Vec<Real> {
        self.parts.iter().flat_map(|part| part.as_slice()).copied().collect()
    }

    /// Writes values into a network of the same parameters.
    ///
    /// # Panics
    /// When the network does not have as many trainable numbers.
    #[track_caller]
    pub fn write(network: &mut dyn Visit, values: &[Real]) {
        let mut rest = values;
        let mut wanted = 0;
        network.visit_mut(Path::root(), &mut |_, parameter| {
            if parameter.is_trainable() {
                wanted += parameter.len();
                if let Some((first, others)) = rest.split_at_checked(parameter.len()) {
                    parameter.values_mut().copy_from_slice(first);
                    rest = others;
                }
            }
        });
        let given = values.len();
        assert!(wanted == given, "ParameterVector::write: {given} values for {wanted} trainable numbers");
    }

    /// The gradient of `loss`, one number computed from this network. The graph is consumed.
    ///
    /// # Panics
    /// When `loss` is not one number.
    #[track_caller]
    pub fn gradient(&self, loss: &Tensor) -> Vec<Real> {
        flat(&grad(loss, &self.references(), false))
    }

    /// The Hessian of `loss`, `[len, len]` row by row: as many sweeps as there are parameters, so for thousands at most.
    ///
    /// # Panics
    /// When `loss` is not one number.
    #[track_caller]
    pub fn hessian(&self, loss: &Tensor) -> Vec<Real> {
        let slopes = grad(loss, &self.references(), true);
        let rows = slopes.iter().map(|slope| rows(slope, &self.references()));
        rows.flat_map(|rows| rows.to_vec()).collect()
    }

    /// The Hessian of `loss` times a vector, at the cost of two or three gradients.
    ///
    /// # Panics
    /// When `loss` is not one number, or the vector is not as long as this.
    #[track_caller]
    pub fn hessian_vector(&self, loss: &Tensor, vector: &[Real]) -> Vec<Real> {
        let (given, wanted) = (vector.len(), self.len());
        assert!(given == wanted, "hessian_vector: {given} values for {wanted} trainable numbers");
        let slopes = grad(loss, &self.references(), true);
        let mut rest = vector;
        let mut product = Tensor::scalar(0.0);
        for slope in &slopes {
            let (first, others) = rest.split_at(slope.len());
            product = product.add(&slope.mul(&Tensor::new(first, slope.shape())).sum());
            rest = others;
        }
        flat(&grad(&product, &self.references(), false))
    }

    /// The Jacobian of all numbers of `outputs`, `[outputs, len]` row by row.
    pub fn jacobian(&self, outputs: &Tensor) -> Vec<Real> {
        rows(outputs, &self.references()).to_vec()
    }

    fn references(&self) -> Vec<&Tensor> {
        self.parts.iter().collect()
    }
}

fn flat(parts: &[Tensor]) -> Vec<Real> {
    parts.iter().flat_map(|part| part.as_slice()).copied().collect()
}
