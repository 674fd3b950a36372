//! Where a training run broke.

use crate::Tensor;
use crate::graph::Gradients;
use crate::nn::{Entry, Path, Visit};

/// The path of the first parameter, in the order of a walk, whose values or gradient are not all finite.
///
/// When a loss is not finite, this names the layer to look at.
pub fn first_non_finite(network: &dyn Visit, gradients: &Gradients) -> Option<String> {
    let mut found = None;
    network.visit(Path::root(), &mut |path, entry| {
        if let Entry::Parameter(parameter) = entry
            && found.is_none()
            && !(parameter.is_finite() && gradients.get(parameter).is_none_or(Tensor::is_finite))
        {
            found = Some(path.to_string());
        }
    });
    found
}
