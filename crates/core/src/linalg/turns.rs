//! Plane rotations of neighbouring rows, carried out many at a time.

use gradus_kernels::isa::vectorize;
use gradus_kernels::threads::parallel;
use std::sync::Mutex;

/// A rotation of the rows `row` and `row + 1`: x <- c x - s y, y <- s x + c y.
#[derive(Clone, Copy, Debug)]
pub(super) struct Turn {
    pub row: usize,
    pub cosine: f64,
    pub sine: f64,
}

/// Columns that one task turns: a strip of all rows stays in the cache near the processor.
const STRIP: usize = 16;

/// The `[n, n]` identity after the rotations, one after the other.
pub(super) fn follow(turns: &[Turn], n: usize) -> Vec<f64> {
    let rows = Mutex::new(vec![0.0; n * n]);
    parallel(n.div_ceil(STRIP), &|task| {
        let columns = task * STRIP..((task + 1) * STRIP).min(n);
        let mut strip = vec![[0.0; STRIP]; n];
        for column in columns.clone() {
            strip[column][column - columns.start] = 1.0;
        }
        let turned = &mut strip;
        vectorize(
            #[inline(always)]
            move || {
                for Turn { row, cosine, sine } in turns {
                    let [x, y] =
                        turned.get_disjoint_mut([*row, *row + 1]).expect("a rotation turns rows that there are");
                    for k in 0..STRIP {
                        (x[k], y[k]) = (cosine * x[k] - sine * y[k], sine * x[k] + cosine * y[k]);
                    }
                }
            },
        );
        let mut rows = rows.lock().expect("no task panics while it holds the rows");
        for (row, strip) in rows.chunks_exact_mut(n).zip(&strip) {
            row[columns.clone()].copy_from_slice(&strip[..columns.len()]);
        }
    });
    rows.into_inner().expect("no task panics while it holds the rows")
}
