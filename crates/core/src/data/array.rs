//! An array as a file stores it, before it becomes samples or targets.

use super::{Samples, StoredTargets};
use crate::error::Flaw;
use gradus_kernels::Real;

/// More classes than this in an array of whole numbers are taken for quantities.
const MOST_CLASSES: f64 = 65_536.0;

/// An array as a file stores it: a shape and elements in row-major order.
#[derive(Clone, Debug, PartialEq)]
pub struct Array {
    /// The size of each dimension.
    pub shape: Vec<usize>,
    /// The elements in row-major order.
    pub elements: Elements,
}

/// The elements of an [`Array`].
#[derive(Clone, Debug, PartialEq)]
pub enum Elements {
    /// Unsigned bytes: pixels, or labels.
    Bytes(Vec<u8>),
    /// Whole numbers of any wider or signed type.
    Integers(Vec<i64>),
    /// Numbers with a fraction; 64-bit ones are rounded to [`Real`].
    Reals(Vec<Real>),
}

/// What the numbers of a target array or column mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TargetMeaning {
    /// Numbers of classes.
    Classes,
    /// Quantities to approximate.
    Values,
}

impl Array {
    /// The samples of an array whose first dimension counts them, with the shape of one. Bytes are pixels and will be read
    /// as 0..1; `[n, h, w]` becomes pictures of one channel.
    pub fn into_samples(self) -> Result<(Samples, Vec<usize>), Flaw> {
        let shape = match self.shape[..] {
            [_, features] => vec![features],
            [_, height, width] => vec![height, width, 1],
            [_, height, width, channels] => vec![height, width, channels],
            _ => {
                return Err(Flaw::new(format!(
                    "an array of shape {:?} is no set of samples; expected [samples, features], \
                     [samples, height, width] or [samples, height, width, channels]",
                    self.shape
                )));
            }
        };
        let samples = match self.elements {
            Elements::Bytes(bytes) => Samples::Bytes(bytes),
            Elements::Integers(integers) => Samples::Reals(integers.into_iter().map(|x| x as Real).collect()),
            Elements::Reals(reals) => Samples::Reals(reals),
        };
        Ok((samples, shape))
    }

    /// The targets of an array `[n]` or `[n, values]`. Where `meaning` is not told, a vector of whole numbers from 0 on is
    /// taken for classes, all else for quantities. Class names are the numbers unless `names` has them.
    pub fn into_targets(self, meaning: Option<TargetMeaning>, names: Option<&[String]>) -> Result<StoredTargets, Flaw> {
        let width = match self.shape[..] {
            [_] => 1,
            // Without samples the file's size says nothing about a width, which could be any number.
            [samples, width] if samples > 0 && width > 0 => width,
            _ => {
                return Err(Flaw::new(format!(
                    "an array of shape {:?} is no set of targets; expected [samples] or [samples, values]",
                    self.shape
                )));
            }
        };
        let (numbers, whole): (Vec<f64>, bool) = match self.elements {
            Elements::Bytes(bytes) => (bytes.into_iter().map(f64::from).collect(), true),
            Elements::Integers(integers) => (integers.into_iter().map(|x| x as f64).collect(), true),
            Elements::Reals(reals) => (reals.into_iter().map(f64::from).collect(), false),
        };
        let looks_like_classes = whole && width == 1 && numbers.iter().all(|x| (0.0..MOST_CLASSES).contains(x));
        match meaning {
            Some(TargetMeaning::Classes) => classes(&numbers, width, names),
            None if looks_like_classes => classes(&numbers, width, names),
            Some(TargetMeaning::Values) | None => {
                let names = match names {
                    Some(names) if names.len() == width => names.to_vec(),
                    _ if width == 1 => vec!["target".to_owned()],
                    _ => (0..width).map(|column| format!("target {column}")).collect(),
                };
                Ok(StoredTargets::Values { values: numbers.into_iter().map(|x| x as Real).collect(), names })
            }
        }
    }
}

fn classes(numbers: &[f64], width: usize, names: Option<&[String]>) -> Result<StoredTargets, Flaw> {
    if width != 1 {
        return Err(Flaw::new(format!("classes need one number a sample, this array has {width}")));
    }
    let count = names.map_or(MOST_CLASSES as usize, <[String]>::len);
    if count == 0 {
        return Err(Flaw::new("there are labels, but no class has a name; name the classes, one a line"));
    }
    let mut labels = Vec::with_capacity(numbers.len());
    for (index, &number) in numbers.iter().enumerate() {
        if number.fract() != 0.0 || !(0.0..count as f64).contains(&number) {
            return Err(Flaw::new(format!(
                "label {index} is {number}; classes are whole numbers from 0 to {}",
                count - 1
            )));
        }
        labels.push(number as u32);
    }
    let found = labels.iter().max().map_or(0, |&most| most as usize + 1);
    let names = names.map_or_else(|| (0..found).map(|class| class.to_string()).collect(), <[String]>::to_vec);
    Ok(StoredTargets::Classes { labels, names })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn array(shape: &[usize], elements: Elements) -> Array {
        Array { shape: shape.to_vec(), elements }
    }

    #[test]
    fn shapes_of_samples_follow_the_array() {
        let of = |shape: &[usize]| {
            let bytes = vec![0; shape.iter().product()];
            array(shape, Elements::Bytes(bytes)).into_samples().map(|(_, shape)| shape)
        };
        assert_eq!(of(&[2, 5]).unwrap(), [5]);
        assert_eq!(of(&[2, 5, 4]).unwrap(), [5, 4, 1]);
        assert_eq!(of(&[2, 5, 4, 3]).unwrap(), [5, 4, 3]);
        assert!(of(&[2]).unwrap_err().problem.contains("[2]"));
    }

    #[test]
    fn whole_numbers_are_classes_and_the_rest_quantities_unless_told() {
        let whole = || array(&[3], Elements::Integers(vec![2, 0, 1]));
        let names = vec!["0".to_owned(), "1".into(), "2".into()];
        assert_eq!(whole().into_targets(None, None).unwrap(), StoredTargets::Classes { labels: vec![2, 0, 1], names });
        let values = StoredTargets::Values { values: vec![2.0, 0.0, 1.0], names: vec!["target".into()] };
        assert_eq!(whole().into_targets(Some(TargetMeaning::Values), None).unwrap(), values);
        let reals = array(&[3], Elements::Reals(vec![2.0, 0.0, 1.0]));
        assert_eq!(reals.into_targets(None, None).unwrap(), values);
        let negative = array(&[2], Elements::Integers(vec![-1, 1]));
        assert!(matches!(negative.clone().into_targets(None, None), Ok(StoredTargets::Values { .. })));
        let refused = negative.into_targets(Some(TargetMeaning::Classes), None).unwrap_err();
        assert!(refused.problem.contains("label 0 is -1"), "{refused}");
    }

    #[test]
    fn no_targets_and_no_class_names_are_refused_and_ask_for_no_memory() {
        let empty = array(&[0, 1 << 40], Elements::Reals(Vec::new()));
        assert!(empty.into_targets(None, None).unwrap_err().problem.contains("no set of targets"));
        let labels = array(&[1], Elements::Bytes(vec![0]));
        assert!(labels.into_targets(None, Some(&[])).unwrap_err().problem.contains("no class has a name"));
    }

    #[test]
    fn a_label_without_a_name_is_named() {
        let names = ["cat".to_owned(), "dog".to_owned()];
        let labels = array(&[3], Elements::Bytes(vec![0, 1, 2]));
        let refused = labels.into_targets(None, Some(&names)).unwrap_err();
        assert_eq!(refused.problem, "label 2 is 2; classes are whole numbers from 0 to 1");
    }
}
