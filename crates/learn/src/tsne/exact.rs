//! The forces of all pairs, one by one.

use gradus_core::Real;
use gradus_core::compute::{parallel, vectorize};
use std::sync::Mutex;

use super::Place;

/// Points whose forces are one task.
const ROWS: usize = 64;
/// Partners whose terms are summed in vectors before the sum goes on in f64.
const GROUP: usize = 512;
const LANES: usize = 8;

pub(super) fn forces(places: &[Place], forces: &mut [Place]) -> f64 {
    let [x, y] = [0, 1].map(|axis| places.iter().map(|place| place[axis]).collect::<Vec<Real>>());
    let rows: Vec<Mutex<(&mut [Place], f64)>> = forces.chunks_mut(ROWS).map(|rows| Mutex::new((rows, 0.0))).collect();
    parallel(rows.len(), &|task| {
        let mut rows = rows[task].lock().expect("each task has rows of its own");
        let (forces, z) = &mut *rows;
        for (row, force) in forces.iter_mut().enumerate() {
            let (sums, own) = ([&x, &y], task * ROWS + row);
            let found = vectorize(
                #[inline(always)]
                move || of_one(sums[0], sums[1], own),
            );
            *force = [found[0] as Real, found[1] as Real];
            *z += found[2] - 1.0; // without itself
        }
    });
    rows.into_iter().map(|rows| rows.into_inner().expect("no task panics").1).sum()
}

/// The force's two parts and the sum of 1 / (1 + d^2), the point itself counted in.
#[inline(always)]
fn of_one(x: &[Real], y: &[Real], own: usize) -> [f64; 3] {
    let (a, b) = (x[own], y[own]);
    let mut total = [0.0f64; 3];
    for (x, y) in x.chunks(GROUP).zip(y.chunks(GROUP)) {
        let mut sums = [[0.0 as Real; LANES]; 3];
        let (x, x_rest) = x.as_chunks::<LANES>();
        let (y, y_rest) = y.as_chunks::<LANES>();
        for (x, y) in x.iter().zip(y) {
            for k in 0..LANES {
                let (dx, dy) = (a - x[k], b - y[k]);
                let q = 1.0 / (1.0 + dx * dx + dy * dy);
                sums[0][k] += q * q * dx;
                sums[1][k] += q * q * dy;
                sums[2][k] += q;
            }
        }
        for (x, y) in x_rest.iter().zip(y_rest) {
            let (dx, dy) = (a - x, b - y);
            let q = 1.0 / (1.0 + dx * dx + dy * dy);
            sums[0][0] += q * q * dx;
            sums[1][0] += q * q * dy;
            sums[2][0] += q;
        }
        for (total, sums) in total.iter_mut().zip(&sums) {
            *total += sums.iter().map(|sum| *sum as f64).sum::<f64>();
        }
    }
    total
}
