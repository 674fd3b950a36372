//! Affinities of points: how likely each is to be picked as another's neighbour.

use gradus_core::Real;
use gradus_core::compute::parallel_chunks;

use crate::neighbors::Neighbors;

/// Symmetric affinities of pairs that sum up to 1, row by row, the diagonal left out.
pub(super) struct Affinities {
    /// Where each row begins in `others` and `values`, and where the last one ends.
    offsets: Vec<usize>,
    others: Vec<u32>,
    values: Vec<Real>,
    /// The sum of p ln p.
    pub negative_entropy: f64,
}

/// Points that are one task.
const ROWS: usize = 64;

impl Affinities {
    /// p_j|i = exp(-b_i d_ij^2) / sum over the neighbours of i, with b_i such that the entropy is ln(perplexity);
    /// p_ij = (p_j|i + p_i|j) / 2n.
    pub fn new(neighbors: &Neighbors, perplexity: f64) -> Self {
        let count = neighbors.count;
        let mut directed: Vec<Real> = neighbors.distances.clone();
        parallel_chunks(&mut directed, ROWS * count, &|_, rows| {
            let mut squares = vec![0.0; count];
            for row in rows.chunks_exact_mut(count) {
                squares.iter_mut().zip(&*row).for_each(|(square, distance)| *square = (*distance as f64).powi(2));
                conditional(&squares, perplexity, row);
            }
        });
        Self::symmetric(neighbors, &directed)
    }

    fn symmetric(neighbors: &Neighbors, directed: &[Real]) -> Self {
        let count = neighbors.count;
        let rows = directed.len() / count;
        // The pairs seen from the other side, in the order of the rows that they come from.
        let mut starts = vec![0usize; rows + 1];
        neighbors.indices.iter().for_each(|other| starts[*other as usize + 1] += 1);
        for row in 0..rows {
            starts[row + 1] += starts[row];
        }
        let mut next = starts.clone();
        let mut incoming = vec![(0u32, 0.0 as Real); directed.len()];
        for (pair, (other, value)) in neighbors.indices.iter().zip(directed).enumerate() {
            let place = &mut next[*other as usize];
            incoming[*place] = ((pair / count) as u32, *value);
            *place += 1;
        }
        let mut offsets = vec![0];
        let (mut others, mut values) = (Vec::with_capacity(2 * directed.len()), Vec::with_capacity(2 * directed.len()));
        let mut row_pairs: Vec<(u32, Real)> = Vec::new();
        let scale = 1.0 / (2.0 * rows as f64);
        let mut negative_entropy = 0.0;
        for row in 0..rows {
            row_pairs.clear();
            let own = neighbors.of(row).0.iter().zip(&directed[row * count..]);
            row_pairs.extend(own.map(|(other, value)| (*other, *value)));
            row_pairs.extend_from_slice(&incoming[starts[row]..starts[row + 1]]);
            row_pairs.sort_unstable_by_key(|(other, _)| *other);
            for pair in row_pairs.chunk_by(|a, b| a.0 == b.0) {
                let sum: f64 = pair.iter().map(|(_, value)| *value as f64).sum();
                let value = sum * scale;
                if value > 0.0 {
                    negative_entropy += value * value.ln();
                }
                others.push(pair[0].0);
                values.push(value as Real);
            }
            offsets.push(others.len());
        }
        Affinities { offsets, others, values, negative_entropy }
    }

    /// How many points there are.
    pub fn rows(&self) -> usize {
        self.offsets.len() - 1
    }

    /// The partners of a point and their affinities.
    #[inline(always)]
    pub fn row(&self, row: usize) -> (&[u32], &[Real]) {
        let range = self.offsets[row]..self.offsets[row + 1];
        (&self.others[range.clone()], &self.values[range])
    }
}

/// The probabilities of one point, by halving intervals of b until the entropy is within 1e-5 of what is wanted.
fn conditional(squares: &[f64], perplexity: f64, out: &mut [Real]) {
    let wanted = perplexity.ln();
    let nearest = squares.iter().copied().fold(f64::INFINITY, f64::min);
    let mean = squares.iter().sum::<f64>() / squares.len() as f64 - nearest;
    let (mut low, mut high) = (0.0, f64::INFINITY);
    let mut b = if mean > 0.0 { 1.0 / mean } else { 1.0 };
    let mut values = vec![0.0; squares.len()];
    let mut sum = 0.0;
    for _ in 0..100 {
        sum = 0.0;
        let mut weighted = 0.0;
        for (value, square) in values.iter_mut().zip(squares) {
            let excess = square - nearest;
            *value = (-b * excess).exp();
            sum += *value;
            weighted += *value * excess;
        }
        // H = ln(sum) + b E[d^2 - nearest].
        let entropy = f64::ln(sum) + b * weighted / sum;
        if (entropy - wanted).abs() < 1e-5 {
            break;
        }
        if entropy > wanted {
            low = b;
            b = if high.is_finite() { f64::midpoint(low, high) } else { 2.0 * b };
        } else {
            high = b;
            b = f64::midpoint(low, high);
        }
        if !b.is_finite() || b > 1e300 {
            break; // So many neighbours are equally near that the entropy cannot be lower.
        }
    }
    out.iter_mut().zip(&values).for_each(|(out, value)| *out = (value / sum) as Real);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Cloud;
    use crate::neighbors::nearest_of_all;

    #[test]
    fn each_row_has_the_perplexity_asked_for() {
        let squares: Vec<f64> = (0..60).map(|k| 4.0 + f64::from(k * k) * 1e-3).collect();
        for perplexity in [2.0, 10.0, 30.0] {
            let mut out = vec![0.0; 60];
            conditional(&squares, perplexity, &mut out);
            let entropy: f64 = out.iter().filter(|p| **p > 0.0).map(|p| -(*p as f64) * (*p as f64).ln()).sum();
            assert!((entropy.exp() / perplexity - 1.0).abs() < 1e-4, "{} for {perplexity}", entropy.exp());
        }
    }

    #[test]
    fn equal_distances_give_equal_shares() {
        let mut out = vec![0.0; 10];
        conditional(&[0.0; 10], 3.0, &mut out);
        assert!(out.iter().all(|p| (*p - 0.1).abs() < 1e-6));
    }

    #[test]
    fn affinities_are_symmetric_and_sum_to_one() {
        let mut rng = gradus_core::Rng::new(2);
        let points = Cloud::new((0..80).map(|_| rng.normal()).collect(), 2).unwrap();
        let found = Affinities::new(&nearest_of_all(&points, 9).unwrap(), 3.0);
        let mut sum = 0.0;
        for row in 0..40 {
            let (others, values) = found.row(row);
            for (other, value) in others.iter().zip(values) {
                let (back, their) = found.row(*other as usize);
                let place = back.binary_search(&(row as u32)).unwrap();
                assert_eq!(their[place], *value);
                sum += *value as f64;
            }
        }
        assert!((sum - 1.0).abs() < 1e-5);
    }
}
