//! Which file or archive entry holds training or test samples, or their targets: its name tells.
//!
//! `train-images-idx3-ubyte.gz` and `train-labels-idx1-ubyte.gz`, `x_train.npy` and `y_train.npy`, the entries `x` and `y`.

use crate::error::Flaw;

const SAMPLE_WORDS: [&str; 9] = ["x", "images", "image", "imgs", "data", "samples", "features", "inputs", "pictures"];
const TARGET_WORDS: [&str; 6] = ["y", "labels", "label", "targets", "target", "classes"];
/// Words of a name that say how it is stored.
const FORMAT_WORDS: [&str; 7] = ["idx1", "idx2", "idx3", "idx4", "ubyte", "gz", "npy"];

/// Which part of a set an array belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Train,
    Validation,
    Test,
}

/// What an array holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Samples,
    Targets,
}

/// What a name says about an array.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NameRole {
    pub part: Part,
    pub side: Side,
    /// The words that say neither: they are the same for samples and their targets.
    pub rest: String,
}

impl NameRole {
    /// What a file or entry of this name holds; none where the name does not tell.
    pub(super) fn of(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        let (mut part, mut side, mut rest) = (Part::Train, None, Vec::new());
        for word in name.split(['-', '_', '.', ' ', '/']) {
            match word {
                "train" | "training" => part = Part::Train,
                "test" | "t10k" => part = Part::Test,
                "val" | "valid" | "validation" => part = Part::Validation,
                _ if SAMPLE_WORDS.contains(&word) && side.is_none() => side = Some(Side::Samples),
                _ if TARGET_WORDS.contains(&word) && side.is_none() => side = Some(Side::Targets),
                _ if FORMAT_WORDS.contains(&word) => {}
                _ => rest.push(word),
            }
        }
        side.map(|side| NameRole { part, side, rest: rest.join("-") })
    }
}

/// Named things of which some hold samples and some targets; `T` is what is read to get the array.
pub(super) struct Pairs<T> {
    items: Vec<(String, NameRole, T)>,
}

impl<T> Pairs<T> {
    /// Takes what has a name that tells. Of the same thing stored twice (plain and packed) the first is taken.
    pub(super) fn new(items: impl IntoIterator<Item = (String, T)>) -> Self {
        let mut kept: Vec<(String, NameRole, T)> = Vec::new();
        for (name, item) in items {
            if let Some(role) = NameRole::of(&name)
                && kept.iter().all(|(_, known, _)| *known != role)
            {
                kept.push((name, role, item));
            }
        }
        Pairs { items: kept }
    }

    /// The samples of a part with their targets; none where there are none, a flaw where there are several.
    pub(super) fn find(&self, part: Part) -> Result<Option<Pair<'_, T>>, Flaw> {
        let mut samples = self.items.iter().filter(|(_, role, _)| role.part == part && role.side == Side::Samples);
        let Some(first) = samples.next() else { return Ok(None) };
        match samples.next() {
            Some(second) => {
                let names = format!("{} and {}", first.0, second.0);
                Err(Flaw::new(format!("both {names} could be meant; give the one that is, by its whole path")))
            }
            None => Ok(Some(self.with_targets(first))),
        }
    }

    /// The samples of this name with their targets.
    pub(super) fn named(&self, name: &str) -> Option<Pair<'_, T>> {
        let samples = self.items.iter().find(|(known, role, _)| known == name && role.side == Side::Samples)?;
        Some(self.with_targets(samples))
    }

    fn with_targets<'a>(&'a self, (name, role, samples): &'a (String, NameRole, T)) -> Pair<'a, T> {
        let wanted = NameRole { side: Side::Targets, ..role.clone() };
        let targets = self.items.iter().find(|(_, role, _)| *role == wanted);
        Pair { name, samples, targets: targets.map(|(name, _, item)| (name.as_str(), item)) }
    }
}

/// Samples and their targets.
pub(super) struct Pair<'a, T> {
    pub name: &'a str,
    pub samples: &'a T,
    pub targets: Option<(&'a str, &'a T)>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_part_and_side() {
        let of = |name| NameRole::of(name).map(|role| (role.part, role.side, role.rest));
        assert_eq!(of("train-images-idx3-ubyte.gz"), Some((Part::Train, Side::Samples, String::new())));
        assert_eq!(of("t10k-labels.idx1-ubyte"), Some((Part::Test, Side::Targets, String::new())));
        assert_eq!(of("x_test"), Some((Part::Test, Side::Samples, String::new())));
        assert_eq!(of("val_labels"), Some((Part::Validation, Side::Targets, String::new())));
        assert_eq!(of("emnist-letters-train-images-idx3-ubyte").unwrap().2, "emnist-letters");
        assert_eq!(of("readme.txt"), None);
    }

    #[test]
    fn targets_belong_to_the_samples_of_the_same_name() {
        let names = ["a-train-images", "a-train-images.gz", "a-train-labels", "b-test-images", "b-train-labels"];
        let pairs = Pairs::new(names.map(|name| (name.to_owned(), ())));
        let train = pairs.find(Part::Train).unwrap().unwrap();
        assert_eq!((train.name, train.targets.unwrap().0), ("a-train-images", "a-train-labels"));
        assert!(pairs.find(Part::Test).unwrap().unwrap().targets.is_none());
        assert!(pairs.find(Part::Validation).unwrap().is_none());
        assert_eq!(pairs.named("b-test-images").unwrap().name, "b-test-images");
    }

    #[test]
    fn two_sets_in_one_folder_are_not_guessed_between() {
        let pairs = Pairs::new(["letters-train-images", "digits-train-images"].map(|name| (name.to_owned(), ())));
        let flaw = pairs.find(Part::Train).map(|_| ()).unwrap_err();
        assert!(flaw.problem.starts_with("both letters-train-images and digits-train-images"));
    }
}
