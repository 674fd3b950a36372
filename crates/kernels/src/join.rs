//! Rows of several inputs joined into one: one behind the other, or element by element by turns.
//!
//! ```text
//!   concat       a0 a1 a2 | b0 b1 b2            interleave    a0 b0 a1 b1 a2 b2     what ShuffleNet makes of its branches
//!                                                             (Zhang et al., 2018): the channels of both, mixed
//! ```
//! Bound by memory.

use crate::Real;
use crate::isa::vectorize;
use crate::map::CHUNK;
use crate::threads::parallel_chunks;

/// Each row of the output is the rows of all inputs, one behind the other: `parts` are inputs and the lengths of their rows.
///
/// # Panics
/// When the inputs have not equally many rows, or not as many numbers together as the output.
pub fn concat(parts: &[(&[Real], usize)], out: &mut [Real]) {
    each_rows(parts, out, &|first, row, out| {
        let mut start = 0;
        for (x, run) in parts {
            let x = x[first * run..].chunks_exact((*run).max(1));
            for (out, x) in out.chunks_exact_mut(row).zip(x) {
                out[start..start + run].copy_from_slice(x);
            }
            start += run;
        }
    });
}

/// Each row of the output takes from the rows of all inputs by turns; `parts` as for [`concat()`], with rows of equal length.
///
/// # Panics
/// When the inputs are not of equal sizes, or have not as many numbers together as the output.
pub fn interleave(parts: &[(&[Real], usize)], out: &mut [Real]) {
    assert!(parts.windows(2).all(|pair| pair[0].1 == pair[1].1), "interleave: rows of different lengths");
    each_rows(parts, out, &|first, _, out| {
        vectorize(
            #[inline(always)]
            || {
                let start = first * parts[0].1;
                if let [(a, _), (b, _)] = parts {
                    for ([even, odd], (a, b)) in
                        out.as_chunks_mut().0.iter_mut().zip(a[start..].iter().zip(&b[start..]))
                    {
                        (*even, *odd) = (*a, *b);
                    }
                } else {
                    for (turn, (x, _)) in parts.iter().enumerate() {
                        let places = out[turn..].iter_mut().step_by(parts.len());
                        places.zip(&x[start..]).for_each(|(out, x)| *out = *x);
                    }
                }
            },
        );
    });
}

/// Calls `task` with the number of the first of some rows, their length, and the rows of the output.
fn each_rows(parts: &[(&[Real], usize)], out: &mut [Real], task: &(dyn Fn(usize, usize, &mut [Real]) + Sync)) {
    let row: usize = parts.iter().map(|(_, run)| run).sum();
    let rows = out.len() / row.max(1);
    let fits = parts.iter().all(|(x, run)| x.len() == rows * run) && rows * row == out.len();
    assert!(fits, "join: {} inputs with rows of {row} numbers together, {} numbers out", parts.len(), out.len());
    if row > 0 {
        let together = CHUNK.div_ceil(row);
        parallel_chunks(out, together * row, &|index, out| task(index * together, row, out));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{numbers, with_threads};

    #[test]
    fn rows_are_joined_as_defined() {
        for (rows, runs) in
            [(1, vec![3]), (7, vec![5, 1, 0, 4]), (3000, vec![9, 9]), (40, vec![6, 6, 6]), (0, vec![2, 2])]
        {
            let inputs: Vec<Vec<Real>> =
                runs.iter().enumerate().map(|(seed, run)| numbers(rows * run, seed as u64 + 1)).collect();
            let parts: Vec<(&[Real], usize)> = inputs.iter().map(Vec::as_slice).zip(runs.iter().copied()).collect();
            let row: usize = runs.iter().sum();
            for threads in [1, 2] {
                let mut out = vec![Real::NAN; rows * row];
                with_threads(threads, || concat(&parts, &mut out));
                let expected: Vec<Real> = (0..rows)
                    .flat_map(|index| parts.iter().flat_map(move |(x, run)| x[index * run..(index + 1) * run].iter()))
                    .copied()
                    .collect();
                assert_eq!(out, expected, "concat of {runs:?}");
                if runs.iter().any(|run| *run != runs[0]) {
                    continue;
                }
                with_threads(threads, || interleave(&parts, &mut out));
                let expected: Vec<Real> =
                    (0..rows * runs[0]).flat_map(|place| parts.iter().map(move |(x, _)| x[place])).collect();
                assert_eq!(out, expected, "interleave of {runs:?}");
            }
        }
    }
}
