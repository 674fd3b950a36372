//! Integrals over a box by Gauss and Legendre's rule, along each axis.

/// Nodes and weights of the rule of n points on -1..1, exact for polynomials of degree 2n - 1: the zeros of Legendre's
/// polynomial by Newton's method (Golub and Welsch, 1969, for what they are).
fn rule(n: usize) -> Vec<(f64, f64)> {
    let node = |k: usize| {
        let mut x = (std::f64::consts::PI * (k as f64 + 0.75) / (n as f64 + 0.5)).cos();
        let mut slope = 1.0;
        for _ in 0..100 {
            let (mut before, mut here) = (1.0, x);
            for degree in 2..=n {
                let d = degree as f64;
                (before, here) = (here, ((2.0 * d - 1.0) * x * here - (d - 1.0) * before) / d);
            }
            slope = n as f64 * (x * here - before) / (x * x - 1.0);
            let step = here / slope;
            x -= step;
            if step.abs() < 1e-15 {
                break;
            }
        }
        (x, 2.0 / ((1.0 - x * x) * slope * slope))
    };
    (0..n).map(node).collect()
}

/// The integral of `f` over a box of one to three axes, with n points along each (n at least 2).
pub fn integrate(f: &mut dyn FnMut(&[f64]) -> f64, region: &[(f64, f64)], n: usize) -> f64 {
    let rule = rule(n);
    let axes = region.len();
    let mut point = vec![0.0; axes];
    let mut sum = 0.0;
    for place in 0..n.pow(axes as u32) {
        let (mut rest, mut weight) = (place, 1.0);
        for (x, (low, high)) in point.iter_mut().zip(region) {
            let (node, share) = rule[rest % n];
            *x = f64::midpoint(*low, *high) + 0.5 * (high - low) * node;
            weight *= 0.5 * (high - low) * share;
            rest /= n;
        }
        sum += weight * f(&point);
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn polynomials_are_integrated_exactly() {
        for n in [2, 5, 8, 16] {
            let power = 2 * n as i32 - 1;
            let found = integrate(&mut |x| x[0].powi(power) + x[0].powi(power - 1), &[(0.0, 1.0)], n);
            assert!((found - 1.0 / f64::from(power + 1) - 1.0 / f64::from(power)).abs() < 1e-13);
        }
        let found = integrate(&mut |x| x[0] * x[1].powi(2) * x[2].powi(3), &[(0.0, 2.0), (1.0, 2.0), (0.0, 1.0)], 3);
        assert!((found - 2.0 * 7.0 / 3.0 / 4.0).abs() < 1e-13);
    }
}
