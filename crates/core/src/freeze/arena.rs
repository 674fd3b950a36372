//! Where results lie: one stretch of memory for all, in which places are used again as soon as nobody reads what was there.
//!
//! ```text
//!   place ^   ┌──────────┐┌───────────────┐
//!         │   │ conv 1   ││ conv 4        │      a result lives from the step that writes it to the last that reads it;
//!         │   └──────────┘└───────────────┘      the largest are placed first, each at the lowest place where nothing lies
//!         │  ┌──────┐┌────────┐┌──────┐          that lives at the same time
//!         │  │ in   ││ conv 2 ││ ..   │
//!         └──┴──────┴┴────────┴┴──────┴──> steps
//! ```

/// A result: its length, the step that writes it first, and the last that reads it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Life {
    pub length: usize,
    pub first: usize,
    pub last: usize,
}

/// Results begin at multiples of so many numbers: a cache line.
const LINE: usize = 16;

/// The place of each result, and the length of all memory.
pub(super) fn place(lives: &[Life]) -> (Vec<usize>, usize) {
    let mut order: Vec<usize> = (0..lives.len()).collect();
    order.sort_by_key(|index| (std::cmp::Reverse(lives[*index].length), *index));
    let mut places = vec![0; lives.len()];
    let mut placed: Vec<usize> = Vec::new();
    let mut total = 0;
    for index in order {
        let life = lives[index];
        let mut taken: Vec<(usize, usize)> = placed
            .iter()
            .filter(|other| lives[**other].first <= life.last && life.first <= lives[**other].last)
            .map(|other| (places[*other], places[*other] + lives[*other].length.next_multiple_of(LINE)))
            .collect();
        taken.sort_unstable();
        let mut place = 0;
        for (begin, end) in taken {
            if place + life.length <= begin {
                break;
            }
            place = place.max(end);
        }
        places[index] = place;
        placed.push(index);
        total = total.max(place + life.length.next_multiple_of(LINE));
    }
    (places, total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lives_at_the_same_time_lies_apart_and_places_are_used_again() {
        // A chain needs the two largest neighbours only.
        let chain: Vec<Life> = [32, 64, 48, 160, 16]
            .into_iter()
            .enumerate()
            .map(|(step, length)| Life { length, first: step, last: step + 1 })
            .collect();
        assert_eq!(place(&chain).1, 208);
        let mut state = 1_u64;
        let mut number = |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 33) % below
        };
        for _ in 0..50 {
            let lives: Vec<Life> = (0..20)
                .map(|_| {
                    let first = number(30) as usize;
                    Life { length: number(100) as usize, first, last: first + number(6) as usize }
                })
                .collect();
            let (places, total) = place(&lives);
            for (a, first) in lives.iter().enumerate() {
                assert!(places[a] + first.length <= total);
                for (b, second) in lives.iter().enumerate().skip(a + 1) {
                    let together = first.first <= second.last && second.first <= first.last;
                    let apart = places[a] + first.length <= places[b] || places[b] + second.length <= places[a];
                    assert!(!together || apart, "{first:?} at {} and {second:?} at {}", places[a], places[b]);
                }
            }
        }
    }
}
