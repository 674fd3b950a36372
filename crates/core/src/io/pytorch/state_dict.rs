//! Which tensors and words of a file are taken: the state dict, wherever it stands.

use std::collections::{BTreeMap, HashSet};

use super::value::{Heap, Value};

/// The names under which training scripts keep the weights among other things.
const USUAL: [&str; 4] = ["state_dict", "model_state_dict", "model", "net"];

/// What is taken from a file.
#[derive(Debug, Default)]
pub(super) struct StateDict {
    /// Places of tensors in the heap, by name.
    pub tensors: BTreeMap<String, usize>,
    /// Numbers and texts beside them.
    pub words: BTreeMap<String, String>,
}

/// Finds the dictionary that holds the weights, in the file's value or one level below, and what stands beside it.
///
/// `most_letters` bounds the words: a text that is repeated takes no place in the file.
pub(super) fn find(heap: &Heap, root: Value, most_letters: usize) -> Result<StateDict, String> {
    let Value::Dict(outer) = root else {
        return Err(format!(
            "it holds {}, not a dictionary of tensors by name; in Python, save torch.save(network.state_dict(), FILE)",
            root.kind()
        ));
    };
    let weights = weights(heap, outer)?;
    let mut found = StateDict::default();
    let mut letters = 0;
    for dict in if weights == outer { vec![outer] } else { vec![outer, weights] } {
        for (name, value) in entries(heap, dict) {
            let word = match value {
                Value::Tensor(tensor) if dict == weights => {
                    found.tensors.insert(name.to_owned(), tensor);
                    continue;
                }
                Value::Text(text) => text.to_owned(),
                Value::Integer(number) => number.to_string(),
                Value::Float(number) => number.to_string(),
                Value::Bool(truth) => truth.to_string(),
                _ => continue,
            };
            letters += word.len();
            if letters > most_letters {
                return Err("its texts are longer than the file; it is refused".into());
            }
            found.words.insert(name.to_owned(), word);
        }
    }
    // DataParallel puts this before each name.
    if found.tensors.keys().all(|name| name.starts_with("module.")) {
        found.tensors =
            found.tensors.into_iter().map(|(name, tensor)| (name["module.".len()..].into(), tensor)).collect();
    }
    Ok(found)
}

/// The place of the dictionary with the weights: one below under a usual name, else the file's own, else the only one below.
fn weights(heap: &Heap, outer: usize) -> Result<usize, String> {
    let mut seen = HashSet::new();
    let mut below = BTreeMap::new();
    for (name, value) in entries(heap, outer) {
        if let Value::Dict(dict) = value
            && seen.insert(dict)
            && has_tensors(heap, dict)
        {
            below.insert(name, dict);
        }
    }
    let usual: Vec<usize> = USUAL.iter().filter_map(|name| below.get(name).copied()).collect();
    match (&usual[..], below.len()) {
        (&[only], _) => Ok(only),
        ([], _) if has_tensors(heap, outer) => Ok(outer),
        ([], 1) => Ok(below.into_values().next().unwrap_or(outer)),
        (_, 0) => Err("no tensors by name are in it; in Python, save torch.save(network.state_dict(), FILE)".into()),
        _ => {
            let names: Vec<&str> = below.into_keys().take(8).collect();
            Err(format!(
                "more than one dictionary in it holds tensors ({}); save the one that is meant",
                names.join(", ")
            ))
        }
    }
}

/// The entries of a dictionary whose keys are texts.
fn entries<'a>(heap: &Heap<'a>, dict: usize) -> impl Iterator<Item = (&'a str, Value<'a>)> {
    heap.dicts[dict].iter().filter_map(|(key, value)| match key {
        Value::Text(name) => Some((*name, *value)),
        _ => None,
    })
}

fn has_tensors(heap: &Heap, dict: usize) -> bool {
    entries(heap, dict).any(|(_, value)| matches!(value, Value::Tensor(_)))
}
