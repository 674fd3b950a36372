//! Clusters about means (Lloyd, 1957; MacQueen, 1967).

use gradus_core::compute::{Epilogue, Matrix, PackedRight, gemm_packed, parallel_chunks};
use gradus_core::{Error, Real, Rng};

use super::nearest::distance_squared;
use crate::Cloud;

/// How clusters are looked for.
#[derive(Clone, Debug)]
pub struct KMeansOptions {
    /// How many clusters.
    pub clusters: usize,
    /// Where the centres begin.
    pub start: Start,
    /// How often the whole is done from other beginnings; the best is kept.
    pub restarts: usize,
    /// Rounds at most.
    pub most_rounds: usize,
    /// The sum of squares that the centres move, relative to the mean variance of the columns, at which it ends.
    pub tolerance: f64,
    /// The seed of the beginnings.
    pub seed: u64,
}

/// Where the centres begin.
#[derive(Clone, Debug)]
pub enum Start {
    /// k-means++ (Arthur, Vassilvitskii, 2007): each next centre is a point drawn with a chance in proportion to its squared
    /// distance from the centres so far; of 2 + ln k draws the one that lowers the sum most.
    Spread,
    /// At these points, `[clusters, columns]`.
    At(Cloud),
}

impl Default for KMeansOptions {
    fn default() -> Self {
        KMeansOptions { clusters: 8, start: Start::Spread, restarts: 1, most_rounds: 300, tolerance: 1e-4, seed: 1 }
    }
}

/// Clusters of points.
#[derive(Clone, Debug)]
pub struct KMeans {
    /// The mean of each cluster, `[clusters, columns]`.
    pub centres: Cloud,
    /// The cluster of each point that it was fitted on.
    pub labels: Vec<u32>,
    /// The sum of squared distances of the points from their centres: what is made small.
    pub inertia: f64,
    /// Rounds done.
    pub rounds: usize,
}

impl KMeans {
    /// Alternates two steps that both lower the sum of squared distances: each point goes to its nearest centre, each centre to
    /// the mean of its points. A cluster that has lost all points takes the point furthest from its own centre.
    ///
    /// # Errors
    /// When there are fewer points than clusters, or the given centres do not fit.
    pub fn fit(points: &Cloud, options: &KMeansOptions) -> Result<Self, Error> {
        let clusters = options.clusters;
        if clusters == 0 || clusters > points.rows() {
            let problem =
                format!("{clusters} clusters of {} points; give 1 to as many as there are points", points.rows());
            return Err(Error::setting("clusters", problem));
        }
        if let Start::At(centres) = &options.start
            && (centres.rows(), centres.columns()) != (clusters, points.columns())
        {
            return Err(Error::Data(format!(
                "{} centres of {} columns are given for {clusters} clusters of points of {} columns",
                centres.rows(),
                centres.columns(),
                points.columns()
            )));
        }
        let variance = points.variance(&points.mean());
        let tolerance = options.tolerance * variance.iter().sum::<f64>() / variance.len() as f64;
        let mut rng = Rng::new(options.seed);
        let mut best: Option<KMeans> = None;
        for _ in 0..options.restarts.max(1) {
            let centres = match &options.start {
                Start::At(centres) => centres.clone(),
                Start::Spread => spread(points, clusters, &mut rng)?,
            };
            let found = lloyd(points, centres, options.most_rounds.max(1), tolerance)?;
            if best.as_ref().is_none_or(|best| found.inertia < best.inertia) {
                best = Some(found);
            }
        }
        Ok(best.expect("at least one round of beginnings is done"))
    }

    /// The nearest centre of each point.
    ///
    /// # Errors
    /// When the points have other columns.
    pub fn predict(&self, points: &Cloud) -> Result<Vec<u32>, Error> {
        if points.columns() != self.centres.columns() {
            let (found, expected) = (points.columns(), self.centres.columns());
            return Err(Error::Data(format!("the data has {found} columns, the clusters {expected}")));
        }
        Ok(assign(points, &self.centres).into_iter().map(|(label, _)| label).collect())
    }
}

fn lloyd(points: &Cloud, mut centres: Cloud, most: usize, tolerance: f64) -> Result<KMeans, Error> {
    let mut before: Vec<u32> = Vec::new();
    let mut rounds = 0;
    loop {
        let near = assign(points, &centres);
        let labels: Vec<u32> = near.iter().map(|(label, _)| *label).collect();
        if labels == before || rounds == most {
            let inertia = near.iter().map(|(_, square)| square).sum();
            return Ok(KMeans { centres, labels, inertia, rounds });
        }
        rounds += 1;
        let moved = means(points, &near, &centres)?;
        let squares = moved.values().iter().zip(centres.values());
        let shift: f64 = squares.map(|(a, b)| (*a as f64 - *b as f64).powi(2)).sum();
        centres = moved;
        before = labels;
        if shift <= tolerance {
            let near = assign(points, &centres);
            let labels = near.iter().map(|(label, _)| *label).collect();
            let inertia = near.iter().map(|(_, square)| square).sum();
            return Ok(KMeans { centres, labels, inertia, rounds });
        }
    }
}

/// For each point its nearest centre, of equally near ones the first, and the squared distance from it.
fn assign(points: &Cloud, centres: &Cloud) -> Vec<(u32, f64)> {
    const ROWS: usize = 256;
    let (columns, count) = (points.columns(), centres.rows());
    let packed = PackedRight::new(Matrix { data: centres.values(), rows: columns, columns: count, transposed: true });
    let halves: Vec<Real> = centres
        .values()
        .chunks_exact(columns)
        .map(|row| (row.iter().map(|x| (*x as f64).powi(2)).sum::<f64>() / 2.0) as Real)
        .collect();
    let mut near = vec![(0u32, 0.0); points.rows()];
    parallel_chunks(&mut near, ROWS, &|task, near| {
        let data = &points.values()[task * ROWS * columns..][..near.len() * columns];
        let mut products = vec![0.0; near.len() * count];
        let left = Matrix { data, rows: near.len(), columns, transposed: false };
        gemm_packed(left, &packed, &mut products, Epilogue::default());
        for (row, (near, products)) in near.iter_mut().zip(products.chunks_exact(count)).enumerate() {
            // |x - c|^2 / 2 is |x|^2 / 2 + |c|^2 / 2 - x'c.
            let mut best = (0, Real::INFINITY);
            for (centre, (product, half)) in products.iter().zip(&halves).enumerate() {
                if half - product < best.1 {
                    best = (centre, half - product);
                }
            }
            *near = (best.0 as u32, distance_squared(points.row(task * ROWS + row), centres.row(best.0)));
        }
    });
    near
}

/// The means of the clusters.
fn means(points: &Cloud, near: &[(u32, f64)], centres: &Cloud) -> Result<Cloud, Error> {
    let (columns, count) = (points.columns(), centres.rows());
    let mut labels: Vec<u32> = near.iter().map(|(label, _)| *label).collect();
    let mut sizes = vec![0usize; count];
    for label in &labels {
        sizes[*label as usize] += 1;
    }
    let mut far: Vec<usize> = Vec::new();
    for empty in 0..count {
        if sizes[empty] > 0 {
            continue;
        }
        if far.is_empty() {
            far = (0..near.len()).collect();
            far.sort_by(|a, b| near[*a].1.total_cmp(&near[*b].1).then(b.cmp(a)));
        }
        while let Some(point) = far.pop() {
            let from = labels[point] as usize;
            if sizes[from] > 1 {
                sizes[from] -= 1;
                labels[point] = empty as u32;
                sizes[empty] = 1;
                break;
            }
        }
    }
    let mut sums = vec![0.0f64; count * columns];
    for (row, label) in points.values().chunks_exact(columns).zip(&labels) {
        let sum = &mut sums[*label as usize * columns..][..columns];
        sum.iter_mut().zip(row).for_each(|(sum, x)| *sum += *x as f64);
    }
    let mean = |(place, sum): (usize, f64)| (sum / sizes[place / columns].max(1) as f64) as Real;
    Cloud::new(sums.into_iter().enumerate().map(mean).collect(), columns)
}

fn spread(points: &Cloud, clusters: usize, rng: &mut Rng) -> Result<Cloud, Error> {
    let draws = 2 + (clusters as f64).ln() as usize;
    let first = rng.below(points.rows());
    let mut centres = points.row(first).to_vec();
    let mut near = vec![f64::INFINITY; points.rows()];
    closer(points, first, &mut near);
    for _ in 1..clusters {
        let total: f64 = near.iter().sum();
        let mut best: Option<(f64, usize, Vec<f64>)> = None;
        for _ in 0..draws {
            let mut left = f64::from(rng.uniform()) * total;
            let drawn = near.iter().position(|square| {
                left -= square;
                left < 0.0
            });
            let drawn = drawn.unwrap_or_else(|| rng.below(points.rows()));
            let mut after = near.clone();
            closer(points, drawn, &mut after);
            let sum: f64 = after.iter().sum();
            if best.as_ref().is_none_or(|best| sum < best.0) {
                best = Some((sum, drawn, after));
            }
        }
        let (_, drawn, after) = best.expect("at least two points are drawn");
        centres.extend_from_slice(points.row(drawn));
        near = after;
    }
    Cloud::new(centres, points.columns())
}

/// Lowers each squared distance to that from the point where it is nearer.
fn closer(points: &Cloud, to: usize, near: &mut [f64]) {
    const ROWS: usize = 512;
    let centre = points.row(to);
    parallel_chunks(near, ROWS, &|task, near| {
        for (row, near) in near.iter_mut().enumerate() {
            *near = near.min(distance_squared(points.row(task * ROWS + row), centre));
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn three_heaps() -> Cloud {
        let mut rng = Rng::new(9);
        let at = |row: usize| [(0.0, 0.0), (10.0, 0.0), (0.0, 10.0)][row % 3];
        let values = (0..300).flat_map(|row| [at(row).0 + rng.normal(), at(row).1 + rng.normal()]).collect();
        Cloud::new(values, 2).unwrap()
    }

    #[test]
    fn heaps_are_found() {
        let points = three_heaps();
        let found = KMeans::fit(&points, &KMeansOptions { clusters: 3, ..KMeansOptions::default() }).unwrap();
        for row in 3..300 {
            assert_eq!(found.labels[row], found.labels[row % 3]);
        }
        assert_eq!(found.predict(&points).unwrap(), found.labels);
    }

    #[test]
    fn an_empty_cluster_takes_a_far_point() {
        let points = Cloud::new(vec![0.0, 1.0, 2.0, 50.0], 1).unwrap();
        let start = Start::At(Cloud::new(vec![1.0, 1000.0], 1).unwrap());
        let found = KMeans::fit(&points, &KMeansOptions { clusters: 2, start, ..KMeansOptions::default() }).unwrap();
        assert_eq!(found.labels, [0, 0, 0, 1]);
        assert_eq!(found.inertia, 2.0);
    }

    #[test]
    fn too_many_clusters_are_refused() {
        let problem = KMeans::fit(&three_heaps(), &KMeansOptions { clusters: 301, ..KMeansOptions::default() });
        let problem = problem.unwrap_err().to_string();
        assert_eq!(problem, "clusters: 301 clusters of 300 points; give 1 to as many as there are points");
    }
}
