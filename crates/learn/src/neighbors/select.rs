//! The k smallest of many scores, met in one pass.

use gradus_core::Real;

/// Keeps the smallest scores that it is offered, with the numbers that they belong to; of equal scores those with the smaller
/// number.
pub(super) struct Smallest {
    found: Vec<(Real, u32)>,
    count: usize,
    /// No score from here on can be among the smallest.
    bound: Real,
}

/// Scores that are looked at together.
const GROUP: usize = 16;

impl Smallest {
    pub fn new(count: usize) -> Self {
        Smallest { found: Vec::with_capacity(3 * count + GROUP), count, bound: Real::INFINITY }
    }

    /// Offers the scores of the numbers `first`, `first + 1`, .. but not that of `except`.
    #[inline(always)]
    pub fn offer(&mut self, scores: &[Real], first: u32, except: Option<u32>) {
        let (groups, rest) = scores.as_chunks::<GROUP>();
        for (group, scores) in groups.iter().enumerate() {
            let mut any = false;
            for score in scores {
                any |= *score < self.bound;
            }
            if any {
                self.take(scores, first + (group * GROUP) as u32, except);
            }
        }
        self.take(rest, first + (scores.len() - rest.len()) as u32, except);
    }

    fn take(&mut self, scores: &[Real], first: u32, except: Option<u32>) {
        for (number, score) in (first..).zip(scores) {
            if *score < self.bound && Some(number) != except {
                self.found.push((*score, number));
            }
        }
        if self.found.len() >= 3 * self.count {
            self.cut();
        }
    }

    fn cut(&mut self) {
        if self.found.len() > self.count {
            self.found.select_nth_unstable_by(self.count - 1, |a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            self.found.truncate(self.count);
            // Numbers only rise, so that a later equal score would lose.
            self.bound = self.found[self.count - 1].0;
        }
    }

    /// The numbers that were kept, in no order.
    pub fn finish(mut self) -> Vec<u32> {
        self.cut();
        self.found.into_iter().map(|(_, number)| number).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_are_kept_and_of_equals_the_first() {
        let mut rng = gradus_core::Rng::new(3);
        let scores: Vec<Real> = (0..1003).map(|_| rng.below(100) as Real).collect();
        let mut smallest = Smallest::new(7);
        for (part, scores) in scores.chunks(250).enumerate() {
            smallest.offer(scores, part as u32 * 250, Some(40));
        }
        let mut found = smallest.finish();
        found.sort_unstable();
        let mut order: Vec<u32> = (0..1003).filter(|number| *number != 40).collect();
        order.sort_by(|a, b| scores[*a as usize].total_cmp(&scores[*b as usize]).then(a.cmp(b)));
        let mut expected = order[..7].to_vec();
        expected.sort_unstable();
        assert_eq!(found, expected);
    }
}
