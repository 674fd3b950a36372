//! Samples drawn with replacement (Efron: Bootstrap methods, 1979), for bagging (Breiman: Bagging predictors, 1996).

use gradus_core::{Error, Rng};

/// As many places as there are samples, drawn with replacement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bag {
    /// The places drawn, some twice and more, in order.
    pub drawn: Vec<usize>,
    /// Those that were not: about 1/e, 37 in a hundred. They are new to what is fitted to the bag.
    pub left_out: Vec<usize>,
}

impl Bag {
    /// A bag of places out of `count`.
    ///
    /// Errors: no places, a place that is not below `count`.
    pub fn of(mut drawn: Vec<usize>, count: usize) -> Result<Self, Error> {
        if drawn.is_empty() {
            return Err(Error::Data("a bag is empty; draw at least one sample".into()));
        }
        if let Some(place) = drawn.iter().find(|place| **place >= count) {
            return Err(Error::Data(format!("a bag names sample {place} of {count}; draw from these samples")));
        }
        drawn.sort_unstable();
        let mut seen = vec![false; count];
        for place in &drawn {
            seen[*place] = true;
        }
        let left_out = (0..count).filter(|place| !seen[*place]).collect();
        Ok(Bag { drawn, left_out })
    }
}

/// `bags` bags of `count` places each.
///
/// Errors: no samples, no bags.
pub fn bootstrap(count: usize, bags: usize, seed: u64) -> Result<Vec<Bag>, Error> {
    if count == 0 || bags == 0 {
        return Err(Error::setting("bags", format!("are {bags} of {count} samples; give at least one of each")));
    }
    let rng = Rng::new(seed);
    let bag = |number: usize| {
        let mut rng = rng.fork(number as u64);
        Bag::of((0..count).map(|_| rng.below(count)).collect(), count)
    };
    (0..bags).map(bag).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn about_one_in_e_is_left_out() {
        let bags = bootstrap(1000, 50, 3).unwrap();
        let left_out: usize = bags.iter().map(|bag| bag.left_out.len()).sum();
        let share = left_out as f64 / 50_000.0;
        assert!((share - (-1.0f64).exp()).abs() < 0.01, "{share}");
        assert!(bags.iter().all(|bag| bag.drawn.len() == 1000) && bags[0] != bags[1]);
        assert_eq!(bags, bootstrap(1000, 50, 3).unwrap());
        assert!(bootstrap(0, 3, 1).unwrap_err().to_string().starts_with("bags: are 3 of 0 samples"));
        assert!(Bag::of(vec![4], 4).unwrap_err().to_string().starts_with("a bag names sample 4 of 4"));
    }
}
