//! The state of a network: every parameter and statistic by its path.

use super::{Entry, Path, Visit};
use crate::Tensor;

/// Every parameter and statistic by path, in the axes' order of published files, so that they are stored as others expect.
pub fn state(network: &dyn Visit) -> Vec<(String, Tensor)> {
    let mut state = Vec::new();
    network.visit(Path::root(), &mut |path, entry| {
        state.push((
            path.to_string(),
            match entry {
                Entry::Parameter(parameter) => parameter.layout().published(parameter),
                Entry::Statistic(statistic) => statistic.get(),
            },
        ));
    });
    state
}

/// The number of elements of all parameters.
pub fn parameter_count(network: &dyn Visit) -> usize {
    let mut count = 0;
    network.visit(Path::root(), &mut |_, entry| {
        if let Entry::Parameter(parameter) = entry {
            count += parameter.len();
        }
    });
    count
}

/// Gives each parameter its path, which from then on stands in errors, printed graphs and dry runs.
pub fn name_parameters(network: &dyn Visit) {
    network.visit(Path::root(), &mut |path, entry| {
        if let Entry::Parameter(parameter) = entry {
            parameter.set_label(&path.to_string());
        }
    });
}
