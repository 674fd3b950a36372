//! What drives places apart.

use super::barnes_hut::BarnesHut;
use super::exact;
use super::grid::Grid;
use super::{Method, Place};

/// The forces of one method, with the memory that it reuses.
pub(super) enum Repulsion {
    Exact,
    BarnesHut(BarnesHut),
    Grid(Box<Grid>),
}

impl Repulsion {
    pub fn new(method: Method) -> Self {
        match method {
            Method::Auto | Method::Exact => Repulsion::Exact,
            Method::BarnesHut { theta } => Repulsion::BarnesHut(BarnesHut::new(theta)),
            Method::Interpolation => Repulsion::Grid(Box::default()),
        }
    }

    /// Sets each force to F_i = sum_j (y_i - y_j) / (1 + |y_i - y_j|^2)^2 and gives Z = sum over pairs of
    /// 1 / (1 + |y_i - y_j|^2).
    pub fn forces(&mut self, places: &[Place], forces: &mut [Place]) -> f64 {
        match self {
            Repulsion::Exact => exact::forces(places, forces),
            Repulsion::BarnesHut(tree) => tree.forces(places, forces),
            Repulsion::Grid(grid) => grid.forces(places, forces),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gradus_core::Rng;

    fn cloud(count: usize, spread: f64) -> Vec<Place> {
        let mut rng = Rng::new(4);
        (0..count).map(|_| [0, 1].map(|_| rng.normal() * spread as gradus_core::Real)).collect()
    }

    /// The largest difference from the definition, relative to the largest force, and that of Z.
    fn errors(method: Method, places: &[Place]) -> (f64, f64) {
        let mut found = vec![[0.0; 2]; places.len()];
        let z = Repulsion::new(method).forces(places, &mut found);
        let (mut expected_z, mut largest, mut error) = (0.0, 0.0f64, 0.0f64);
        for (i, a) in places.iter().enumerate() {
            let mut force = [0.0f64; 2];
            for (j, b) in places.iter().enumerate() {
                let [x, y] = [0, 1].map(|axis| a[axis] as f64 - b[axis] as f64);
                let q = 1.0 / (1.0 + x * x + y * y);
                expected_z += if i == j { 0.0 } else { q };
                force[0] += q * q * x;
                force[1] += q * q * y;
            }
            for axis in 0..2 {
                largest = largest.max(force[axis].abs());
                error = error.max((found[i][axis] as f64 - force[axis]).abs());
            }
        }
        (error / largest, (z / expected_z - 1.0).abs())
    }

    #[test]
    fn all_methods_are_the_definition() {
        for spread in [1e-4, 1.0, 20.0] {
            let places = cloud(701, spread);
            let (force, z) = errors(Method::Exact, &places);
            assert!(force < 1e-4 && z < 1e-6, "exact at {spread}: {force} {z}");
            let (force, z) = errors(Method::BarnesHut { theta: 0.0 }, &places);
            assert!(force < 1e-4 && z < 1e-6, "tree at {spread}: {force} {z}");
            let (force, z) = errors(Method::BarnesHut { theta: 0.5 }, &places);
            assert!(force < 0.05 && z < 0.01, "tree of 0.5 at {spread}: {force} {z}");
            let (force, z) = errors(Method::Interpolation, &places);
            assert!(force < 0.02 && z < 0.01, "grid at {spread}: {force} {z}");
        }
    }

    #[test]
    fn points_in_one_place_are_no_trouble() {
        let places = vec![[0.5, -0.25]; 50];
        for method in [Method::Exact, Method::BarnesHut { theta: 0.5 }, Method::Interpolation] {
            let mut found = vec![[1.0; 2]; 50];
            let z = Repulsion::new(method).forces(&places, &mut found);
            assert!((z / 2450.0 - 1.0).abs() < 1e-3, "{z}");
            assert!(found.iter().flatten().all(|force| force.abs() < 1e-3));
        }
    }
}
