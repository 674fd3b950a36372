//! How many dimensions the surface has that data lies on.

use gradus_core::Error;

use crate::Cloud;
use crate::neighbors::nearest_of_all;

/// The dimension by the two nearest neighbours: where points are spread about evenly on a surface of d dimensions, the ratio
/// m = r_2 / r_1 of the distances to a point's second and first neighbour has the density d m^(-d-1), so that
/// d = n / sum ln m is most likely (Facco, d'Errico, Rodriguez, Laio: Estimating the intrinsic dimension of datasets by a minimal
/// neighborhood information, 2017). Points with a twin in the same place say nothing and are left out.
///
/// # Errors
/// When there are fewer than three points, or none without a twin.
pub fn two_nearest_dimension(points: &Cloud) -> Result<f64, Error> {
    let found = nearest_of_all(points, 2)?;
    let ratios = found.distances.chunks_exact(2).filter(|pair| pair[0] > 0.0);
    let logarithms: Vec<f64> = ratios.map(|pair| (pair[1] as f64 / pair[0] as f64).ln()).collect();
    let sum: f64 = logarithms.iter().sum();
    if sum <= 0.0 {
        return Err(Error::Data("all distances between neighbours are alike: the points tell no dimension".into()));
    }
    Ok(logarithms.len() as f64 / sum)
}

#[cfg(test)]
mod tests {
    use super::*;
    use gradus_core::Rng;

    #[test]
    fn a_bent_surface_in_space_has_two_dimensions() {
        let mut rng = Rng::new(3);
        let mut values = Vec::new();
        for _ in 0..2000 {
            let (a, b) = (rng.uniform() * 3.0, rng.uniform());
            values.extend([a.cos(), a.sin(), b, 2.0 * b * b, a * b]);
        }
        let found = two_nearest_dimension(&Cloud::new(values, 5).unwrap()).unwrap();
        assert!((found - 2.0).abs() < 0.15, "{found}");
        // Twins alone say nothing.
        assert!(two_nearest_dimension(&Cloud::new(vec![1.0; 12], 2).unwrap()).is_err());
    }
}
