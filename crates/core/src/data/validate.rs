//! Whether something can be learned from a set at all.

use super::{Dataset, TargetKind, labels};
use crate::error::Error;

/// Says why nothing can be learned from a set: it is empty, all its samples are of one class, its only target never
/// changes, or it has no targets. `name` is what the user calls the set.
pub fn validate(dataset: &dyn Dataset, name: &str) -> Result<(), Error> {
    let refuse = |problem: String| Err(Error::Data(format!("{name}: {problem}")));
    if dataset.is_empty() {
        return refuse("there is no sample in it; check the path, and how many were left out".into());
    }
    match dataset.target_kind() {
        TargetKind::None => refuse("it has no targets to learn; put the labels beside the samples".into()),
        TargetKind::Classes(names) => {
            let labels = labels(dataset)?;
            match labels.iter().find(|&&label| label != labels[0]) {
                Some(_) => Ok(()),
                None => refuse(format!(
                    "all its {} samples are of one class, {}; a classifier needs at least two",
                    labels.len(),
                    names[labels[0] as usize]
                )),
            }
        }
        TargetKind::Values(names) => {
            let first = dataset.target(0)?;
            for index in 1..dataset.len() {
                if dataset.target(index)? != first {
                    return Ok(());
                }
            }
            refuse(format!(
                "its target {} is the same for all its samples; there is nothing to learn",
                names.join(", ")
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{InMemory, Origin, Samples, StoredTargets};
    use gradus_kernels::Real;

    fn problem(count: usize, targets: StoredTargets) -> String {
        let samples = Samples::Bytes(vec![0; count]);
        let (set, _) = InMemory::new(samples, vec![1], targets, Origin::file("a", "row"), false).unwrap();
        validate(&set, "cats").map_or_else(|error| error.to_string(), |()| String::new())
    }

    fn classes(labels: &[u32]) -> StoredTargets {
        StoredTargets::Classes { labels: labels.to_vec(), names: vec!["cat".into(), "dog".into()] }
    }

    fn values(values: &[Real]) -> StoredTargets {
        StoredTargets::Values { values: values.to_vec(), names: vec!["price".into()] }
    }

    #[test]
    fn what_cannot_be_learned_is_said() {
        assert_eq!(problem(2, classes(&[0, 1])), "");
        assert_eq!(problem(2, values(&[1.0, 2.0])), "");
        assert!(problem(0, classes(&[])).starts_with("cats: there is no sample in it"));
        assert!(problem(2, classes(&[1, 1])).starts_with("cats: all its 2 samples are of one class, dog"));
        assert!(problem(2, values(&[3.0, 3.0])).contains("price is the same"));
        assert!(problem(2, StoredTargets::None).contains("no targets"));
    }
}
