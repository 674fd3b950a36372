//! Random numbers that can be saved, resumed and split.
//!
//! The generator is counter-based: the n-th number of a stream is a pure function of the stream's key and n. A stream is
//! therefore two integers, can be continued from any place, and gives the same numbers on any number of threads.
//!
//! The function is SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).

use gradus_kernels::Real;
use serde::{Deserialize, Serialize};

const GOLDEN_GAMMA: u64 = 0x9E37_79B9_7F4A_7C15;

/// A stream of random numbers.
///
/// ```
/// use gradus_core::Rng;
/// let mut rng = Rng::new(7);
/// let first = rng.uniform();
/// assert!((0.0..1.0).contains(&first));
/// assert_eq!(Rng::new(7).uniform(), first);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rng {
    key: u64,
    counter: u64,
}

impl Rng {
    /// The stream of a seed.
    pub fn new(seed: u64) -> Self {
        Rng { key: mix(seed ^ 0x6772_6164_7573_2121), counter: 0 }
    }

    /// Another stream, a pure function of this one's key and `label`: it does not move this stream.
    #[must_use]
    pub fn fork(&self, label: u64) -> Self {
        Rng { key: mix(self.key ^ mix(label.wrapping_add(GOLDEN_GAMMA))), counter: 0 }
    }

    /// The next 64 random bits.
    pub fn next_u64(&mut self) -> u64 {
        self.counter = self.counter.wrapping_add(1);
        mix(self.key.wrapping_add(self.counter.wrapping_mul(GOLDEN_GAMMA)))
    }

    /// A number from [0, 1), uniform over the multiples of 2^-24 so that f32 and f64 builds draw the same.
    pub fn uniform(&mut self) -> Real {
        (self.next_u64() >> 40) as Real * (1.0 / 16_777_216.0)
    }

    /// A number from [low, high).
    pub fn uniform_in(&mut self, low: Real, high: Real) -> Real {
        low + (high - low) * self.uniform()
    }

    /// A number from the normal distribution with mean 0 and standard deviation 1 (Box and Muller, 1958).
    pub fn normal(&mut self) -> Real {
        let radius = 1.0 - (self.next_u64() >> 11) as f64 * (1.0 / 9_007_199_254_740_992.0); // (0, 1]: its logarithm exists
        let angle = (self.next_u64() >> 11) as f64 * (1.0 / 9_007_199_254_740_992.0);
        ((-2.0 * radius.ln()).sqrt() * (std::f64::consts::TAU * angle).cos()) as Real
    }

    /// A whole number from 0 to `bound - 1` without bias (Lemire, 2019). `bound` must not be 0.
    pub fn below(&mut self, bound: usize) -> usize {
        assert!(bound > 0, "Rng::below: the bound is 0, there is no number below it");
        let bound = bound as u64;
        let threshold = bound.wrapping_neg() % bound;
        loop {
            let product = u128::from(self.next_u64()) * u128::from(bound);
            if product as u64 >= threshold {
                return (product >> 64) as usize;
            }
        }
    }

    /// Puts the items into a random order (Fisher and Yates).
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }

    /// Where the stream stands: how many 64-bit numbers it has given.
    pub fn position(&self) -> u64 {
        self.counter
    }

    /// The key and counter of the next `count` numbers, which the caller draws by place with [`Block::uniform_at`]; the stream moves past them.
    pub fn reserve(&mut self, count: usize) -> Block {
        let block = Block { key: self.key, start: self.counter };
        self.counter = self.counter.wrapping_add(count as u64);
        block
    }
}

/// A block of numbers reserved from a stream, addressed by place, so that threads can draw from it in any order.
#[derive(Clone, Copy, Debug)]
pub struct Block {
    key: u64,
    start: u64,
}

impl Block {
    /// The uniform number in [0, 1) at a place of the block.
    #[inline(always)]
    pub fn uniform_at(&self, place: usize) -> Real {
        let counter = self.start.wrapping_add(place as u64).wrapping_add(1);
        (mix(self.key.wrapping_add(counter.wrapping_mul(GOLDEN_GAMMA))) >> 40) as Real * (1.0 / 16_777_216.0)
    }
}

#[inline(always)]
fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stream_is_splitmix64() {
        // Vigna's reference implementation, state 1234567, first three outputs.
        let mut rng = Rng { key: 1_234_567, counter: 0 };
        assert_eq!(rng.next_u64(), 6_457_827_717_110_365_317);
        assert_eq!(rng.next_u64(), 3_203_168_211_198_807_973);
        assert_eq!(rng.next_u64(), 9_817_491_932_198_370_423);
    }

    #[test]
    fn moments_are_those_of_the_distributions() {
        let mut rng = Rng::new(1);
        let count = 200_000;
        let (mut sum, mut squares) = (0.0, 0.0);
        for _ in 0..count {
            let x = rng.normal() as f64;
            sum += x;
            squares += x * x;
        }
        assert!((sum / count as f64).abs() < 0.01);
        assert!((squares / count as f64 - 1.0).abs() < 0.02);
        let mean = (0..count).map(|_| rng.uniform() as f64).sum::<f64>() / count as f64;
        assert!((mean - 0.5).abs() < 0.005);
    }

    #[test]
    fn a_saved_stream_goes_on_where_it_stood() {
        let mut rng = Rng::new(3);
        rng.normal();
        let saved = serde_json::to_string(&rng).unwrap();
        let expected = [rng.next_u64(), rng.next_u64()];
        let mut resumed: Rng = serde_json::from_str(&saved).unwrap();
        assert_eq!([resumed.next_u64(), resumed.next_u64()], expected);
    }

    #[test]
    fn a_reserved_block_gives_the_streams_own_numbers() {
        let mut rng = Rng::new(5);
        let mut twin = rng.clone();
        let block = rng.reserve(4);
        for place in 0..4 {
            assert_eq!(block.uniform_at(place), twin.uniform());
        }
        assert_eq!(rng, twin);
    }

    #[test]
    fn below_stays_below_and_reaches_all() {
        let mut rng = Rng::new(2);
        let mut seen = [false; 7];
        for _ in 0..200 {
            seen[rng.below(7)] = true;
        }
        assert_eq!(seen, [true; 7]);
    }

    #[test]
    fn shuffle_keeps_every_item() {
        let mut items: Vec<usize> = (0..100).collect();
        Rng::new(9).shuffle(&mut items);
        assert_ne!(items, (0..100).collect::<Vec<_>>());
        items.sort_unstable();
        assert_eq!(items, (0..100).collect::<Vec<_>>());
    }
}
