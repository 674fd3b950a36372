//! t-SNE: points laid out in the plane so that near ones stay near (van der Maaten, Hinton: Visualizing data using t-SNE, 2008).
//!
//! Each pair of points has an affinity p_ij, from a Gaussian about each point that is as wide as the wanted perplexity asks for
//! (`affinities.rs`); each pair of places y in the plane has q_ij = (1 + |y_i - y_j|^2)^-1 / Z. Gradient descent lowers
//! KL(P || Q) = sum p_ij ln(p_ij / q_ij); its gradient is
//!
//! ```text
//! dKL / dy_i = 4 sum_j (p_ij - q_ij) (y_i - y_j) / (1 + |y_i - y_j|^2)
//! ```
//!
//! The part with p runs over neighbours only. The part with q runs over all pairs: exactly (`exact.rs`), by a tree
//! (`barnes_hut.rs`), or by interpolation on a grid (`grid.rs`).

mod affinities;
mod barnes_hut;
mod descent;
mod exact;
mod grid;
mod options;
mod repulsion;
mod spectrum;

use gradus_core::{Error, Real};

use crate::Cloud;
use crate::neighbors::nearest_of_all;
use crate::pca::{Keep, Pca, PcaOptions};
use affinities::Affinities;
use descent::Descent;
pub use options::{Method, Start, TsneOptions};

/// A place in the plane.
pub type Place = [Real; 2];

/// How far the descent is, for whoever watches.
#[derive(Clone, Copy, Debug)]
pub struct Moment<'a> {
    /// Iterations done.
    pub iteration: usize,
    /// Iterations in all.
    pub iterations: usize,
    /// The divergence when it was last computed: each 50 iterations.
    pub divergence: Option<f64>,
    /// Where the points are.
    pub places: &'a [Place],
}

/// Whether to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// Go on.
    Continue,
    /// Stop here; what there is so far is the result.
    Stop,
}

/// A layout in the plane.
#[derive(Clone, Debug)]
pub struct Layout {
    /// The place of each point.
    pub places: Vec<Place>,
    /// KL(P || Q), in nats, with Q as the method computes it.
    pub divergence: f64,
    /// Iterations done.
    pub iterations: usize,
    /// The way in which forces were computed.
    pub method: Method,
}

/// Lays points out. `watch` is called after each iteration. The same options give the same bits for any number of threads.
///
/// # Errors
/// When a setting cannot be used; above all, when the perplexity is too large for so few points.
pub fn tsne(points: &Cloud, options: &TsneOptions, watch: &mut dyn FnMut(Moment<'_>) -> Flow) -> Result<Layout, Error> {
    let rows = points.rows();
    options.check(rows)?;
    let method = options.method.chosen(rows);
    let neighbours = match method {
        Method::Exact => rows - 1,
        _ => ((3.0 * options.perplexity) as usize + 1).min(rows - 1),
    };
    let affinities = Affinities::new(&nearest_of_all(points, neighbours)?, options.perplexity);
    let places = start(points, options)?;
    Descent::new(affinities, places, method, options).run(watch)
}

fn start(points: &Cloud, options: &TsneOptions) -> Result<Vec<Place>, Error> {
    /// The standard deviation of the first coordinate in the beginning.
    const SPREAD: f64 = 1e-4;
    let rows = points.rows();
    match &options.start {
        Start::Random => {
            let mut rng = gradus_core::Rng::new(options.seed);
            Ok((0..rows).map(|_| [0, 1].map(|_| rng.normal() * SPREAD as Real)).collect())
        }
        Start::Pca => {
            let all = Pca::fit(points, &PcaOptions::default())?;
            let keep = Keep::Count(all.count().min(2));
            let pca = all.cut(keep)?;
            let found = pca.transform(points)?;
            // The variance has divisor n - 1, the spread n.
            let deviation = (pca.variance[0] as f64 * (rows - 1) as f64 / rows as f64).sqrt();
            let scale = SPREAD / deviation;
            let coordinate = |row: &[Real], axis: usize| row.get(axis).map_or(0.0, |x| (*x as f64 * scale) as Real);
            Ok((0..rows).map(|row| [0, 1].map(|axis| coordinate(found.row(row), axis))).collect())
        }
        Start::At(places) if places.len() == rows => Ok(places.clone()),
        Start::At(places) => {
            Err(Error::setting("start", format!("{} places are given for {rows} points", places.len())))
        }
    }
}
