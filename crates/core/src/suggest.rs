//! "Did you mean ...?" for a mistyped name.

/// The candidate nearest to a name, if one is near enough to be what was meant: at most one edit for every three letters.
///
/// ```
/// assert_eq!(gradus_core::suggest("momentun", ["momentum", "model"]), Some("momentum"));
/// assert_eq!(gradus_core::suggest("banana", ["momentum", "model"]), None);
/// ```
pub fn suggest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let name: Vec<char> = name.to_lowercase().chars().collect();
    candidates
        .into_iter()
        .map(|candidate| (edits(&name, &candidate.to_lowercase().chars().collect::<Vec<_>>()), candidate))
        .filter(|&(count, candidate)| count <= (candidate.chars().count().max(name.len()) / 3).max(1))
        .min_by_key(|&(count, _)| count)
        .map(|(_, candidate)| candidate)
}

/// The text `; did you mean X?`, or nothing where no candidate is near.
pub fn did_you_mean<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    suggest(name, candidates).map_or_else(String::new, |candidate| format!("; did you mean {candidate}?"))
}

/// How many letters must be put in, left out, changed or swapped with their neighbour to turn one word into the other
/// (optimal string alignment; Damerau, 1964).
fn edits(a: &[char], b: &[char]) -> usize {
    let width = b.len() + 1;
    let mut distance = vec![0; (a.len() + 1) * width]; // [a + 1, b + 1]
    for column in 0..width {
        distance[column] = column;
    }
    for row in 1..=a.len() {
        distance[row * width] = row;
        for column in 1..width {
            let here = row * width + column;
            let changed = usize::from(a[row - 1] != b[column - 1]);
            let mut best =
                (distance[here - width] + 1).min(distance[here - 1] + 1).min(distance[here - width - 1] + changed);
            if row > 1 && column > 1 && a[row - 1] == b[column - 2] && a[row - 2] == b[column - 1] {
                best = best.min(distance[here - 2 * width - 2] + 1);
            }
            distance[here] = best;
        }
    }
    distance[a.len() * width + b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(a: &str, b: &str) -> usize {
        edits(&a.chars().collect::<Vec<_>>(), &b.chars().collect::<Vec<_>>())
    }

    #[test]
    fn edits_are_counted_as_published() {
        assert_eq!(count("kitten", "sitting"), 3);
        assert_eq!(count("", "abc"), 3);
        assert_eq!(count("abc", ""), 3);
        assert_eq!(count("ca", "ac"), 1); // a swap is one edit
        assert_eq!(count("flaw", "flaw"), 0);
    }

    #[test]
    fn the_nearest_name_is_suggested_and_a_far_one_is_not() {
        let names = ["learning_rate", "batch_size", "epochs"];
        assert_eq!(suggest("leraning_rate", names), Some("learning_rate"));
        assert_eq!(suggest("Epoch", names), Some("epochs"));
        assert_eq!(suggest("x", names), None);
        assert_eq!(did_you_mean("batchsize", names), "; did you mean batch_size?");
        assert_eq!(did_you_mean("zzzzzz", names), "");
    }
}
