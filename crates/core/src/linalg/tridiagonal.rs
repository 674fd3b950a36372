//! A symmetric matrix made tridiagonal by reflections (Householder, 1958).
//!
//! One pass over the matrix a step (`gradus_kernels::double::two_sided`): some n^3 2/3 fused multiply-adds, bound by the third cache or memory.

use gradus_kernels::double::two_sided::{Pending, update_and_multiply};

use super::orthonormal::dot;
use super::reflectors::Reflectors;

/// T = Q'AQ, tridiagonal, and the reflections that Q is made of.
pub(super) struct Reduced {
    /// T's diagonal.
    pub diagonal: Vec<f64>,
    /// From place 1 on, what stands left of the diagonal.
    pub beside: Vec<f64>,
    /// Q.
    pub reflectors: Reflectors,
}

/// Reduces the symmetric `[n, n]` matrix of which the lower triangle is given.
pub(super) fn reduce(matrix: &[f64], n: usize) -> Reduced {
    let mut a = matrix.to_vec();
    let (mut diagonal, mut beside) = (vec![0.0; n], vec![0.0; n]);
    let mut reflectors = Reflectors::default();
    // The update that is pending: none at first.
    let (mut v, mut q) = (vec![0.0; n], vec![0.0; n]);
    let (mut p, mut scratch) = (vec![0.0; n], Vec::new());
    for i in (0..n).rev() {
        // Row i is brought up to date alone; the rest follows with the product that its reflection needs.
        let (v_here, q_here) = (v[i], q[i]);
        let row = &mut a[i * n..=i * n + i];
        row.iter_mut().zip(&q).zip(&v).for_each(|((x, q), v)| *x -= v_here * q + q_here * v);
        diagonal[i] = row[i];
        if i < 2 {
            if i == 1 {
                beside[1] = row[0];
            }
            continue;
        }
        let (next, left) = reflection(&row[..i]);
        beside[i] = left;
        update_and_multiply(&mut a, n, Pending { v: &v[..i], q: &q[..i] }, &next, &mut p[..i], &mut scratch);
        let half = dot(&next, &p[..i]) / 2.0;
        q.iter_mut().zip(&p).zip(&next).for_each(|((q, p), x)| *q = p - half * x);
        v[..i].copy_from_slice(&next);
        reflectors.push(next);
    }
    Reduced { diagonal, beside, reflectors }
}

/// The v of the reflection I - v v', |v|^2 = 2, that turns a row into (0, ..., 0, x), and x. For a row of zeros no reflection: v = 0.
fn reflection(row: &[f64]) -> (Vec<f64>, f64) {
    let scale = row.iter().fold(0.0f64, |most, x| most.max(x.abs()));
    if scale == 0.0 {
        return (vec![0.0; row.len()], 0.0);
    }
    let mut v: Vec<f64> = row.iter().map(|x| x / scale).collect();
    let norm = dot(&v, &v).sqrt();
    let last = v.len() - 1;
    let pivot = v[last];
    let signed = if pivot > 0.0 { -norm } else { norm };
    v[last] = pivot - signed;
    let length = (norm * norm - signed * pivot).sqrt(); // |v| / sqrt 2
    for x in &mut v {
        *x /= length;
    }
    (v, scale * signed)
}
