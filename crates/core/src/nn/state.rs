//! The state of a network: every parameter and statistic by its path.

use std::collections::BTreeMap;

use super::{Entry, Path, Visit};
use crate::did_you_mean;
use crate::{Error, Tensor};

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

/// Puts a state (as [`state`] gives it) into a network, all of it or nothing.
pub fn load_state(network: &mut dyn Visit, tensors: &BTreeMap<String, Tensor>) -> Result<(), Error> {
    check(network, tensors)?;
    network.visit(Path::root(), &mut |path, entry| {
        if let Entry::Statistic(statistic) = entry {
            statistic.update(|values| values.copy_from_slice(tensors[&path.to_string()].as_slice()));
        }
    });
    network.visit_mut(Path::root(), &mut |path, parameter| {
        let tensor = parameter.layout().ours(&tensors[&path.to_string()]);
        parameter.values_mut().copy_from_slice(tensor.as_slice());
    });
    Ok(())
}

/// The missing, the unexpected and the misshapen, all in one message.
fn check(network: &dyn Visit, tensors: &BTreeMap<String, Tensor>) -> Result<(), Error> {
    let mut problems = Vec::new();
    let mut expected = Vec::new();
    network.visit(Path::root(), &mut |path, entry| {
        let path = path.to_string();
        let shape = match entry {
            Entry::Parameter(parameter) => parameter.layout().published(parameter).shape(),
            Entry::Statistic(statistic) => statistic.get().shape(),
        };
        match tensors.get(&path) {
            Some(tensor) if tensor.shape() != shape => {
                problems.push(format!("{path} has shape {}, the network expects {shape}", tensor.shape()));
            }
            Some(_) => {}
            None => problems
                .push(format!("{path} {shape} is missing{}", did_you_mean(&path, tensors.keys().map(String::as_str)))),
        }
        expected.push(path);
    });
    for name in tensors.keys().filter(|name| !expected.contains(name)) {
        problems.push(format!("{name} is not in the network"));
    }
    if problems.is_empty() {
        return Ok(());
    }
    let more = problems.len().saturating_sub(8);
    problems.truncate(8);
    let more = if more > 0 { format!("; and {more} more") } else { String::new() };
    Err(Error::Data(format!("the weights do not fit the network: {}{more}", problems.join("; "))))
}
