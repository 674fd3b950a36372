//! Exact nearest neighbours, by products of matrices.

use gradus_core::compute::{Epilogue, Matrix, PackedRight, gemm_packed, parallel_chunks, vectorize};
use gradus_core::{Error, Real};

use super::select::Smallest;
use crate::Cloud;

/// The nearest points of each query, nearest first; of equally near ones that with the smaller number comes first.
#[derive(Clone, Debug, PartialEq)]
pub struct Neighbors {
    /// How many each query has.
    pub count: usize,
    /// The numbers of the points, `[queries, count]`.
    pub indices: Vec<u32>,
    /// Euclidean distances, `[queries, count]`.
    pub distances: Vec<Real>,
}

impl Neighbors {
    /// The neighbours of one query and how far they are.
    pub fn of(&self, query: usize) -> (&[u32], &[Real]) {
        let range = query * self.count..(query + 1) * self.count;
        (&self.indices[range.clone()], &self.distances[range])
    }
}

/// Queries that are one task, and points whose distances to them are computed at once.
const QUERIES: usize = 192;
const POINTS: usize = 1024;

/// The `count` nearest of `points` to each query.
///
/// |q - p|^2 / 2 = |q|^2 / 2 + (|p|^2 / 2 - q'p): the products of all pairs are one product of matrices, and the term of q does
/// not change the order. As the difference of large numbers loses digits, some more candidates are kept than are asked for and
/// their distances computed anew, as sums of squared differences in f64. Time is in queries x points x columns.
///
/// # Errors
/// When there are not so many points, or the columns differ.
pub fn nearest(points: &Cloud, queries: &Cloud, count: usize) -> Result<Neighbors, Error> {
    check(count, points.rows(), "")?;
    if points.columns() != queries.columns() {
        return Err(Error::Data(format!(
            "the queries have {} columns, the points {}",
            queries.columns(),
            points.columns()
        )));
    }
    Ok(search(points, queries, count, false))
}

/// The `count` nearest other points of each point.
///
/// # Errors
/// When there are not so many other points.
pub fn nearest_of_all(points: &Cloud, count: usize) -> Result<Neighbors, Error> {
    check(count, points.rows() - 1, "other ")?;
    Ok(search(points, points, count, true))
}

fn check(count: usize, most: usize, other: &str) -> Result<(), Error> {
    let problem = match count {
        0 => "0 neighbours are none; ask for at least 1".into(),
        _ if count > most => format!("{count} neighbours are more than the {most} {other}points there are"),
        _ => return Ok(()),
    };
    Err(Error::setting("neighbours", problem))
}

fn search(points: &Cloud, queries: &Cloud, count: usize, same: bool) -> Neighbors {
    let columns = points.columns();
    let available = points.rows() - usize::from(same);
    // Centred, so that as little as may be is lost in the difference.
    let mean = points.mean();
    let centred = |values: &[Real]| -> Vec<Real> {
        values
            .chunks_exact(columns)
            .flat_map(|row| row.iter().zip(&mean).map(|(x, m)| (*x as f64 - m) as Real))
            .collect()
    };
    let targets = centred(points.values());
    let blocks: Vec<(PackedRight, Vec<Real>)> = targets
        .chunks(POINTS * columns)
        .map(|block| {
            let rows = block.len() / columns;
            let packed = PackedRight::new(Matrix { data: block, rows: columns, columns: rows, transposed: true });
            let halves = block.chunks_exact(columns).map(|row| (squares(row) / 2.0) as Real).collect();
            (packed, halves)
        })
        .collect();
    drop(targets);
    let candidates = (count + 4 + count / 8).min(available);
    let mut found = vec![(0u32, 0.0 as Real); queries.rows() * count];
    parallel_chunks(&mut found, QUERIES * count, &|task, found| {
        let first = task * QUERIES;
        let rows = found.len() / count;
        let mut negated = centred(&queries.values()[first * columns..(first + rows) * columns]);
        for x in &mut negated {
            *x = -*x;
        }
        let mut smallest: Vec<Smallest> = (0..rows).map(|_| Smallest::new(candidates)).collect();
        let mut scores = vec![0.0; rows * POINTS];
        for (block, (packed, halves)) in blocks.iter().enumerate() {
            let width = halves.len();
            let scores = &mut scores[..rows * width];
            let left = Matrix { data: &negated, rows, columns, transposed: false };
            gemm_packed(left, packed, scores, Epilogue { bias: Some(halves), ..Epilogue::default() });
            let (scores, smallest) = (&*scores, &mut smallest);
            vectorize(
                #[inline(always)]
                move || {
                    for (row, (scores, smallest)) in scores.chunks_exact(width).zip(smallest).enumerate() {
                        smallest.offer(scores, (block * POINTS) as u32, same.then_some((first + row) as u32));
                    }
                },
            );
        }
        for (row, (smallest, found)) in smallest.into_iter().zip(found.chunks_exact_mut(count)).enumerate() {
            let query = queries.row(first + row);
            let numbers = smallest.finish().into_iter();
            let mut exact: Vec<(f64, u32)> =
                numbers.map(|number| (distance_squared(query, points.row(number as usize)), number)).collect();
            exact.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            found.iter_mut().zip(exact).for_each(|(found, (square, number))| *found = (number, square.sqrt() as Real));
        }
    });
    let (indices, distances) = found.into_iter().unzip();
    Neighbors { count, indices, distances }
}

fn squares(row: &[Real]) -> f64 {
    row.iter().map(|x| (*x as f64).powi(2)).sum()
}

/// |a - b|^2, summed in f64.
pub(crate) fn distance_squared(a: &[Real], b: &[Real]) -> f64 {
    vectorize(
        #[inline(always)]
        move || {
            let mut sums = [0.0f64; 8];
            let (a, a_rest) = a.as_chunks::<8>();
            let (b, b_rest) = b.as_chunks::<8>();
            for (a, b) in a.iter().zip(b) {
                for k in 0..8 {
                    let difference = a[k] as f64 - b[k] as f64;
                    sums[k] += difference * difference;
                }
            }
            let rest = a_rest.iter().zip(b_rest).map(|(a, b)| (*a as f64 - *b as f64).powi(2));
            sums.iter().sum::<f64>() + rest.sum::<f64>()
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use gradus_core::Rng;

    fn cloud(rows: usize, columns: usize, seed: u64) -> Cloud {
        let mut rng = Rng::new(seed);
        Cloud::new((0..rows * columns).map(|_| 100.0 + rng.normal()).collect(), columns).unwrap()
    }

    #[test]
    fn neighbours_are_those_of_a_plain_search() {
        for (rows, queries, columns, count) in [(1, 1, 1, 1), (50, 7, 3, 50), (1100, 200, 5, 3), (2100, 193, 17, 10)] {
            let (points, queries) = (cloud(rows, columns, 1), cloud(queries, columns, 2));
            let found = nearest(&points, &queries, count).unwrap();
            for query in 0..queries.rows() {
                let mut plain: Vec<(f64, u32)> =
                    (0..rows).map(|row| (distance_squared(queries.row(query), points.row(row)), row as u32)).collect();
                plain.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
                let (indices, distances) = found.of(query);
                for (place, (square, number)) in plain[..count].iter().enumerate() {
                    assert_eq!((indices[place], distances[place]), (*number, square.sqrt() as Real));
                }
            }
        }
    }

    #[test]
    fn a_point_is_not_its_own_neighbour_but_its_twin_is() {
        let points = Cloud::new(vec![1.0, 1.0, 4.0], 1).unwrap();
        let found = nearest_of_all(&points, 2).unwrap();
        assert_eq!(found.indices, [1, 2, 0, 2, 0, 1]);
        assert_eq!(found.distances, [0.0, 3.0, 0.0, 3.0, 3.0, 3.0]);
    }

    #[test]
    fn what_cannot_be_found_is_said() {
        let points = cloud(3, 2, 1);
        let problem = |count| nearest_of_all(&points, count).unwrap_err().to_string();
        assert_eq!(problem(3), "neighbours: 3 neighbours are more than the 2 other points there are");
        assert_eq!(problem(0), "neighbours: 0 neighbours are none; ask for at least 1");
        let other = nearest(&points, &cloud(3, 5, 1), 1).unwrap_err().to_string();
        assert_eq!(other, "the queries have 5 columns, the points 2");
    }
}
