//! Reading and writing by index: embeddings, and one element a row.
//!
//! Rows are copied whole, at the speed of memory; the gradient adds them in the order of the indices, whatever the number
//! of threads, since these share the columns.

use crate::Real;
use crate::disjoint::Disjoint;
use crate::isa::vectorize;
use crate::map::{CHUNK, PARALLEL};
use crate::threads::{parallel, parallel_chunks};

/// The columns that one task of a scatter handles.
const COLUMNS: usize = 64;

#[track_caller]
fn check(name: &str, indices: &[u32], count: usize) {
    if let Some(at) = indices.iter().position(|&index| index as usize >= count) {
        panic!("{name}: index {} at {at}, but there are {count}", indices[at]);
    }
}

/// `out[i] = table[indices[i]]`, rows of `width`.
///
/// ```
/// use gradus_kernels::gather::gather_rows;
/// let mut out = [0.0; 4];
/// gather_rows(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], 2, &[2, 0], &mut out);
/// assert_eq!(out, [5.0, 6.0, 1.0, 2.0]);
/// ```
#[track_caller]
pub fn gather_rows(table: &[Real], width: usize, indices: &[u32], out: &mut [Real]) {
    assert!(
        width > 0 && out.len() == indices.len() * width,
        "gather: {} rows of {width} in {}",
        indices.len(),
        out.len()
    );
    check("gather", indices, table.len() / width);
    let copy = |from: usize, out: &mut [Real]| {
        for (out, &index) in out.chunks_exact_mut(width).zip(&indices[from..]) {
            out.copy_from_slice(&table[index as usize * width..][..width]);
        }
    };
    let rows = CHUNK.div_ceil(width);
    if out.len() < PARALLEL {
        copy(0, out);
    } else {
        parallel_chunks(out, rows * width, &|index, out| copy(index * rows, out));
    }
}

/// `table[indices[i]] += x[i]`, rows of `width`, in the order of the indices: the gradient of [`gather_rows`].
#[track_caller]
pub fn scatter_add_rows(x: &[Real], width: usize, indices: &[u32], table: &mut [Real]) {
    assert!(width > 0 && x.len() == indices.len() * width, "scatter: {} rows of {width} in {}", indices.len(), x.len());
    check("scatter", indices, table.len() / width);
    let table = Disjoint::new(table);
    let add = |column: usize, count: usize| {
        vectorize(
            #[inline(always)]
            || {
                for (x, &index) in x.chunks_exact(width).zip(indices) {
                    // SAFETY: tasks that run at the same time have different columns.
                    let sum = unsafe { table.part(index as usize * width + column, count) };
                    for (sum, x) in sum.iter_mut().zip(&x[column..column + count]) {
                        *sum += x;
                    }
                }
            },
        );
    };
    if x.len() < PARALLEL {
        add(0, width);
    } else {
        parallel(width.div_ceil(COLUMNS), &|task| add(task * COLUMNS, COLUMNS.min(width - task * COLUMNS)));
    }
}

/// `out[r, k] = x[r, indices[r, k]]`, for rows of `width` and as many indices a row as there are.
#[track_caller]
pub fn pick(x: &[Real], width: usize, indices: &[u32], out: &mut [Real]) {
    let picks = picks("pick", x.len(), width, indices, out.len());
    for ((x, indices), out) in x.chunks(width).zip(indices.chunks(picks)).zip(out.chunks_mut(picks)) {
        for (out, &index) in out.iter_mut().zip(indices) {
            *out = x[index as usize];
        }
    }
}

/// `out[r, indices[r, k]] += x[r, k]`, for rows of `width`: the gradient of [`pick`], into an `out` that is zero before.
#[track_caller]
pub fn unpick(x: &[Real], width: usize, indices: &[u32], out: &mut [Real]) {
    let picks = picks("unpick", out.len(), width, indices, x.len());
    for ((out, indices), x) in out.chunks_mut(width).zip(indices.chunks(picks)).zip(x.chunks(picks)) {
        for (&x, &index) in x.iter().zip(indices) {
            out[index as usize] += x;
        }
    }
}

/// How many indices a row has.
#[track_caller]
fn picks(name: &str, length: usize, width: usize, indices: &[u32], picked: usize) -> usize {
    let rows = length.checked_div(width).unwrap_or(0);
    assert!(
        rows * width == length && picked == indices.len() && indices.len().is_multiple_of(rows.max(1)),
        "{name}: {length} elements in rows of {width}, {} indices, {picked} picked",
        indices.len()
    );
    check(name, indices, width);
    (indices.len() / rows.max(1)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{assert_same_for_any_threads, numbers};
    use proptest::prelude::*;

    fn indices(count: usize, below: usize) -> Vec<u32> {
        numbers(count, 9).iter().map(|x| ((x + 1.0) / 2.0 * below as Real * 0.999) as u32).collect()
    }

    fn check_rows(rows: usize, width: usize, count: usize) {
        let table = numbers(rows * width, 1);
        let indices = indices(count, rows);
        let mut out = vec![0.0; count * width];
        gather_rows(&table, width, &indices, &mut out);
        let mut sums = table.clone();
        let mut expected = table.clone();
        for (i, &index) in indices.iter().enumerate() {
            for c in 0..width {
                assert_eq!(out[i * width + c], table[index as usize * width + c]);
                expected[index as usize * width + c] += out[i * width + c];
            }
        }
        scatter_add_rows(&out, width, &indices, &mut sums);
        assert_eq!(sums, expected);
    }

    proptest! {
        #[test]
        fn rows_meet_the_definition(rows in 1_usize..9, width in 1_usize..80, count in 0_usize..20) {
            check_rows(rows, width, count);
        }

        #[test]
        fn picking_meets_the_definition(rows in 1_usize..9, width in 1_usize..20, picks in 1_usize..4) {
            let x = numbers(rows * width, 1);
            let indices = indices(rows * picks, width);
            let mut out = vec![0.0; rows * picks];
            pick(&x, width, &indices, &mut out);
            let mut back = vec![0.0; x.len()];
            let mut expected = back.clone();
            for (at, &index) in indices.iter().enumerate() {
                let place = at / picks * width + index as usize;
                assert_eq!(out[at], x[place]);
                expected[place] += out[at];
            }
            unpick(&out, width, &indices, &mut back);
            assert_eq!(back, expected);
        }
    }

    #[test]
    fn many_rows_meet_the_definition_with_any_threads() {
        check_rows(50, 130, 700);
        let (x, indices) = (numbers(700 * 130, 2), indices(700, 50));
        assert_same_for_any_threads(|| {
            let mut table = vec![0.0; 50 * 130];
            scatter_add_rows(&x, 130, &indices, &mut table);
            table
        });
    }

    #[test]
    #[should_panic(expected = "gather: index 3 at 1, but there are 3")]
    fn an_index_beyond_the_table_is_refused() {
        gather_rows(&[0.0; 6], 2, &[0, 3], &mut [0.0; 4]);
    }
}
