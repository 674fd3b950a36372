//! A state into a network: all of it or nothing, and what does not fit is told name by name.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use super::{Entry, Path, Visit};
use crate::{Error, Shape, Tensor, did_you_mean, suggest};

/// Names of each kind that an error lists before it counts the rest.
const MOST_LISTED: usize = 8;

/// PyTorch wrote no such count before 0.4.1; without one a network keeps its own.
const OPTIONAL: &str = "num_batches_tracked";

/// What of a state is loaded.
#[derive(Clone, Debug, Default)]
pub struct LoadOptions {
    /// Paths of parts that keep what they have, whatever the state holds for them: `classifier` leaves out all of
    /// `classifier.weight` and `classifier.1.bias`. With it a network gets a new head for other classes.
    pub skip: Vec<String>,
}

impl LoadOptions {
    fn skips(&self, path: &str) -> bool {
        self.skip
            .iter()
            .any(|part| path.strip_prefix(part.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('.')))
    }
}

/// Puts a state (as [`state`](super::state) gives it) into a network, all of it or nothing.
///
/// # Errors
/// When a tensor is missing, is not in the network or has another shape; each such is named, up to eight of a kind, with the
/// nearest name on the other side. A missing `num_batches_tracked`, which old files of PyTorch do not have, is none.
pub fn load_state(network: &mut dyn Visit, tensors: &BTreeMap<String, Tensor>) -> Result<(), Error> {
    load_state_with(network, tensors, &LoadOptions::default())
}

/// [`load_state`], but for the parts that the options leave out.
///
/// # Errors
/// As for [`load_state`]; and when nothing in the network is under a path that is to be left out.
pub fn load_state_with(
    network: &mut dyn Visit,
    tensors: &BTreeMap<String, Tensor>,
    options: &LoadOptions,
) -> Result<(), Error> {
    check(network, tensors, options)?;
    let given = |path: Path| {
        let path = path.to_string();
        tensors.get(&path).filter(|_| !options.skips(&path))
    };
    network.visit(Path::root(), &mut |path, entry| {
        if let (Entry::Statistic(statistic), Some(tensor)) = (entry, given(path)) {
            statistic.update(|values| values.copy_from_slice(tensor.as_slice()));
        }
    });
    network.visit_mut(Path::root(), &mut |path, parameter| {
        if let Some(tensor) = given(path) {
            let tensor = parameter.layout().ours(tensor);
            parameter.values_mut().copy_from_slice(tensor.as_slice());
        }
    });
    Ok(())
}

fn check(network: &dyn Visit, tensors: &BTreeMap<String, Tensor>, options: &LoadOptions) -> Result<(), Error> {
    let mut expected: BTreeMap<String, Shape> = BTreeMap::new();
    network.visit(Path::root(), &mut |path, entry| {
        let shape = match entry {
            Entry::Parameter(parameter) => parameter.layout().published_shape(parameter.shape()),
            Entry::Statistic(statistic) => statistic.get().shape(),
        };
        expected.insert(path.to_string(), shape);
    });
    for part in &options.skip {
        let alone = LoadOptions { skip: vec![part.clone()] };
        if !expected.keys().any(|path| alone.skips(path)) {
            let parts: BTreeSet<&str> = expected.keys().filter_map(|path| path.split('.').next()).collect();
            let hint = did_you_mean(part, parts);
            return Err(Error::Data(format!("no part of the network is {part}, which is to be left out{hint}")));
        }
    }
    expected.retain(|path, _| !options.skips(path));
    let found = tensors.iter().filter(|(name, _)| !options.skips(name));
    let misfit = Misfit::between(&expected, &found.map(|(name, tensor)| (name.as_str(), tensor.shape())).collect());
    misfit.map_or(Ok(()), |misfit| Err(Error::Data(misfit)))
}

/// What does not fit: the names of each kind, in order.
struct Misfit<'a> {
    missing: Vec<&'a str>,
    unexpected: Vec<&'a str>,
    misshapen: Vec<&'a str>,
}

impl<'a> Misfit<'a> {
    /// The text of an error, or `None` when all fits.
    fn between(expected: &'a BTreeMap<String, Shape>, found: &BTreeMap<&'a str, Shape>) -> Option<String> {
        let mut misfit = Misfit { missing: vec![], unexpected: vec![], misshapen: vec![] };
        for (path, shape) in expected {
            match found.get(path.as_str()) {
                None if path.rsplit('.').next() != Some(OPTIONAL) => misfit.missing.push(path),
                Some(other) if other != shape => misfit.misshapen.push(path),
                _ => {}
            }
        }
        misfit.unexpected = found.keys().copied().filter(|name| !expected.contains_key(*name)).collect();
        let Misfit { missing, unexpected, misshapen } = misfit;
        if missing.is_empty() && unexpected.is_empty() && misshapen.is_empty() {
            return None;
        }
        let mut text = "the weights do not fit the network".to_owned();
        if unexpected.len() == found.len() && !found.is_empty() {
            text += ", not one name is the same: they may be another network's";
        }
        group(&mut text, "missing", &missing, |path| {
            format!("{path} {}{}", expected[path], nearest(path, &unexpected))
        });
        group(&mut text, "unexpected", &unexpected, |name| {
            format!("{name} {}{}", found[name], nearest(name, &missing))
        });
        group(&mut text, "of another shape", &misshapen, |path| {
            format!("{path} has {}, the network expects {}", found[path], expected[path])
        });
        Some(text)
    }
}

/// The name on the other side that may be meant, in brackets.
fn nearest(name: &str, others: &[&str]) -> String {
    suggest(name, others.iter().copied()).map_or_else(String::new, |other| format!(" (did you mean {other}?)"))
}

/// One kind of misfits: `2 missing: a [3], b [4]`.
fn group(text: &mut String, kind: &str, names: &[&str], describe: impl Fn(&str) -> String) {
    if names.is_empty() {
        return;
    }
    let listed: Vec<String> = names.iter().take(MOST_LISTED).map(|name| describe(name)).collect();
    let _ = write!(text, "\n  {} {kind}: {}", names.len(), listed.join(", "));
    if names.len() > MOST_LISTED {
        let _ = write!(text, ", and {} more", names.len() - MOST_LISTED);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::{BatchNorm, Conv2d, Linear, Sequential, state};
    use crate::{Rng, module};

    struct Net {
        features: Sequential,
        head: Linear,
    }
    module!(Net { features, head } | net, x, cx | net.head.forward(&net.features.forward(x, cx), cx));

    fn net(classes: usize, seed: u64) -> Net {
        let rng = &mut Rng::new(seed);
        let features = Sequential::new().add(Conv2d::new(2, 3, 3).init(rng)).add(BatchNorm::new(3));
        Net { features, head: Linear::new(3, classes).init(rng) }
    }

    fn tensors(net: &Net) -> BTreeMap<String, Tensor> {
        state(net).into_iter().collect()
    }

    fn refused(tensors: &BTreeMap<String, Tensor>) -> String {
        load_state(&mut net(4, 1), tensors).unwrap_err().to_string()
    }

    #[test]
    fn a_misfit_changes_nothing_and_is_told_name_by_name() {
        let mut wrong = tensors(&net(5, 2));
        let weight = wrong.remove("features.0.weight").unwrap();
        wrong.insert("features.0.wieght".into(), weight);
        let mut target = net(4, 1);
        let said = load_state(&mut target, &wrong).unwrap_err().to_string();
        assert_eq!(
            said,
            "the weights do not fit the network\
             \n  1 missing: features.0.weight [3, 2, 3, 3] (did you mean features.0.wieght?)\
             \n  1 unexpected: features.0.wieght [3, 2, 3, 3] (did you mean features.0.weight?)\
             \n  2 of another shape: head.bias has [5], the network expects [4], \
             head.weight has [5, 3], the network expects [4, 3]"
        );
        for (name, tensor) in tensors(&net(4, 1)) {
            assert_eq!(tensors(&target)[&name].to_vec(), tensor.to_vec(), "{name}");
        }
    }

    #[test]
    fn long_lists_are_counted() {
        let names = |prefix: &str, count: usize| -> BTreeMap<String, Tensor> {
            (0..count).map(|place| (format!("{prefix}{place}"), Tensor::scalar(0.0))).collect()
        };
        let said = refused(&names("backbone.stage", 30));
        assert!(said.contains("not one name is the same"), "{said}");
        assert!(said.contains("30 unexpected: ") && said.contains(", and 22 more"), "{said}");
        assert!(said.contains("8 missing: ") && !said.contains("num_batches"), "{said}");
        assert!(said.len() < 1500, "{said}");
    }

    #[test]
    fn a_missing_count_of_batches_is_allowed() {
        let mut old = tensors(&net(4, 2));
        old.remove("features.1.num_batches_tracked").unwrap();
        let mut target = net(4, 1);
        load_state(&mut target, &old).unwrap();
        assert_eq!(tensors(&target)["features.0.weight"].to_vec(), old["features.0.weight"].to_vec());
    }

    #[test]
    fn a_head_that_is_left_out_stays_as_it_is() {
        let (source, mut target) = (tensors(&net(7, 2)), net(4, 1));
        let before = tensors(&target);
        let skip = |part: &str| LoadOptions { skip: vec![part.to_owned()] };
        load_state_with(&mut target, &source, &skip("head")).unwrap();
        let after = tensors(&target);
        for (name, tensor) in &after {
            let expected = if name.starts_with("head") { &before[name] } else { &source[name] };
            assert_eq!(tensor.to_vec(), expected.to_vec(), "{name}");
        }
        // Also when the state has none; but only whole names are parts.
        let headless = source.into_iter().filter(|(name, _)| !name.starts_with("head")).collect();
        load_state_with(&mut target, &headless, &skip("head")).unwrap();
        let said = load_state_with(&mut target, &headless, &skip("hea")).unwrap_err().to_string();
        assert!(said.contains("no part of the network is hea") && said.contains("did you mean head?"), "{said}");
    }
}
