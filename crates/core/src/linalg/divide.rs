//! Eigenvalues and eigenvectors of a tridiagonal matrix by dividing it and joining what was found (Cuppen, 1981).

use gradus_kernels::threads::parallel_chunks;

use super::merge::Merge;
use super::ql::{Spectrum, by_rotations};

/// Parts of at most this size are solved by rotations.
const LEAF: usize = 32;
/// From so many pairs on, the threads share the pairs of a level, and below, each pair's work.
const PAIRS: usize = 4;

/// Every eigenvalue in falling order, and the eigenvectors of the first so many of them, which `count` chooses when it sees the values.
/// `beside[i]` stands left of `diagonal[i]`, from 1 on. The vectors are rows.
pub(super) fn solve(diagonal: &[f64], beside: &[f64], count: &mut dyn FnMut(&[f64]) -> usize) -> Option<Spectrum> {
    let n = diagonal.len();
    // Scaled to numbers of at most 1, so that no square overflows or vanishes.
    let scale = diagonal.iter().chain(&beside[1..]).fold(0.0f64, |most, x| most.max(x.abs()));
    let scale = if scale == 0.0 { 1.0 } else { scale };
    let scaled = |values: &[f64]| values.iter().map(|x| x / scale).collect::<Vec<f64>>();
    let (mut diagonal, beside) = (scaled(diagonal), scaled(beside));
    let leaves = n.div_ceil(LEAF).next_power_of_two();
    let cuts: Vec<usize> = (0..=leaves).map(|leaf| n * leaf / leaves).collect();
    for &cut in &cuts[1..leaves] {
        diagonal[cut - 1] -= beside[cut].abs();
        diagonal[cut] -= beside[cut].abs();
    }
    let mut found: Vec<Option<Spectrum>> = (0..leaves).map(|_| None).collect();
    parallel_chunks(&mut found, 1, &|leaf, found| {
        let range = cuts[leaf]..cuts[leaf + 1];
        found[0] = by_rotations(&diagonal[range.clone()], &beside[range]);
    });
    let mut parts: Vec<Spectrum> = found.into_iter().collect::<Option<_>>()?;
    let mut joints: Vec<f64> = cuts[1..leaves].iter().map(|cut| beside[*cut]).collect();
    while parts.len() > 2 {
        let mut joined: Vec<Option<Spectrum>> = (0..parts.len() / 2).map(|_| None).collect();
        let join = |pair: usize| {
            let merge = Merge::new(&parts[2 * pair], &parts[2 * pair + 1], joints[2 * pair]);
            let all: Vec<usize> = (0..merge.values.len()).collect();
            Some(Spectrum { vectors: merge.vectors(&all), values: merge.values })
        };
        if joined.len() >= PAIRS {
            parallel_chunks(&mut joined, 1, &|pair, joined| joined[0] = join(pair));
        } else {
            joined.iter_mut().enumerate().for_each(|(pair, joined)| *joined = join(pair));
        }
        parts = joined.into_iter().collect::<Option<_>>()?;
        joints = joints.into_iter().skip(1).step_by(2).collect();
    }
    let merge = if parts.len() == 2 { Some(Merge::new(&parts[0], &parts[1], joints[0])) } else { None };
    let values = merge.as_ref().map_or(&parts[0].values, |merge| &merge.values);
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&a, &b| values[b].total_cmp(&values[a]));
    let falling: Vec<f64> = order.iter().map(|place| values[*place] * scale).collect();
    order.truncate(count(&falling).min(n));
    let mut rising = order.clone();
    rising.sort_unstable();
    let mut row_of: Vec<usize> = (0..n).collect();
    let rows = match merge {
        Some(merge) => {
            rising.iter().enumerate().for_each(|(row, place)| row_of[*place] = row);
            merge.vectors(&rising)
        }
        None => std::mem::take(&mut parts[0].vectors),
    };
    let mut vectors = Vec::with_capacity(order.len() * n);
    for place in order {
        vectors.extend_from_slice(&rows[row_of[place] * n..][..n]);
    }
    Some(Spectrum { values: falling, vectors })
}
