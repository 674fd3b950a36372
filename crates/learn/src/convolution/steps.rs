//! A convolution step by step: the second sequence, flipped, moves along the first; at each place the numbers that lie over each
//! other are multiplied and added up.

use gradus_core::Error;

use super::sequence::check;

/// One place of a convolution.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// The place in the result.
    pub place: usize,
    /// Where the flipped second sequence begins, counted on the first one; negative before it.
    pub offset: isize,
    /// What lies over each other: the place in the first sequence, the place in the second, and the product.
    pub products: Vec<(usize, usize, f64)>,
    /// Their sum.
    pub sum: f64,
}

/// All steps of the full convolution of two sequences.
///
/// ```
/// use gradus_learn::convolution::steps;
/// let steps = steps(&[1.0, 2.0, 3.0], &[10.0, 1.0])?;
/// assert_eq!(steps.len(), 4); // 3 + 2 - 1
/// assert_eq!(steps[1].products, [(0, 1, 1.0), (1, 0, 20.0)]);
/// assert_eq!(steps[1].sum, 21.0);
/// # Ok::<(), gradus_core::Error>(())
/// ```
///
/// Errors: as [`convolve`](super::convolve).
pub fn steps(a: &[f64], b: &[f64]) -> Result<Vec<Step>, Error> {
    check("the first sequence", a)?;
    check("the second sequence", b)?;
    let step = |place: usize| {
        let over = (place + 1).saturating_sub(b.len())..=place.min(a.len() - 1);
        let products: Vec<_> = over.map(|j| (j, place - j, a[j] * b[place - j])).collect();
        let sum = products.iter().map(|(.., product)| product).sum();
        Step { place, offset: place as isize - (b.len() as isize - 1), products, sum }
    };
    Ok((0..a.len() + b.len() - 1).map(step).collect())
}

#[cfg(test)]
mod tests {
    use super::super::{Extent, convolve};
    use super::*;

    #[test]
    fn the_sums_are_the_convolution() {
        let (a, b) = ([1.0, -2.0, 3.5, 0.0, 2.0], [0.5, 1.0, -1.0]);
        let steps = steps(&a, &b).unwrap();
        let sums: Vec<f64> = steps.iter().map(|step| step.sum).collect();
        assert_eq!(sums, convolve(&a, &b, Extent::Full).unwrap());
        assert_eq!((steps[0].offset, steps[2].offset, steps[6].offset), (-2, 0, 4));
        assert_eq!(steps.iter().map(|step| step.products.len()).sum::<usize>(), a.len() * b.len());
    }
}
