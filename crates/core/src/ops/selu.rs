//! Scaled exponential linear unit: y = scale elu(x, alpha) with the two constants that keep mean 0 and variance 1 from layer
//! to layer (Klambauer et al., 2017).

use gradus_kernels::Real;

use crate::tensor::Tensor;

const ALPHA: Real = 1.673_263_242_354_377_2;
const SCALE: Real = 1.050_700_987_355_480_5;

impl Tensor {
    /// The self-normalizing exponential linear unit of each element.
    #[must_use]
    pub fn selu(&self) -> Tensor {
        self.elu(ALPHA).scale(SCALE)
    }
}
