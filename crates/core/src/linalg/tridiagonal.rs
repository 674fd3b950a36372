//! A symmetric matrix made tridiagonal by reflections (Householder, 1958).

use gradus_kernels::isa::vectorize;
use gradus_kernels::threads::parallel_chunks;

use super::orthonormal::dot_here;

/// T = Q'AQ, tridiagonal, and the reflections that Q is made of.
pub(super) struct Reduced {
    /// T's diagonal.
    pub diagonal: Vec<f64>,
    /// From place 1 on, what stands left of the diagonal.
    pub beside: Vec<f64>,
    /// I - u u', each u with its length.
    reflectors: Vec<Vec<f64>>,
}

/// Reduces the symmetric `[n, n]` matrix of which the lower triangle is given.
pub(super) fn reduce(matrix: &[f64], n: usize) -> Reduced {
    let mut a = matrix.to_vec();
    let (mut diagonal, mut beside) = (vec![0.0; n], vec![0.0; n]);
    let mut reflectors = Vec::new();
    for i in (1..n).rev() {
        let scale = a[i * n..i * n + i].iter().fold(0.0f64, |most, x| most.max(x.abs()));
        if i == 1 || scale == 0.0 {
            beside[i] = a[i * n + i - 1];
            continue;
        }
        // The reflection I - u u' turns row i, left of the diagonal, into (0, ..., 0, +-norm).
        let mut u: Vec<f64> = a[i * n..i * n + i].iter().map(|x| x / scale).collect();
        let norm = u.iter().map(|x| x * x).sum::<f64>().sqrt();
        let pivot = u[i - 1];
        let signed = if pivot > 0.0 { -norm } else { norm };
        beside[i] = scale * signed;
        u[i - 1] = pivot - signed;
        let length = (norm * norm - signed * pivot).sqrt(); // |u| / sqrt 2
        for x in &mut u {
            *x /= length;
        }
        reflect(&mut a, &u, n);
        reflectors.push(u);
    }
    for i in 0..n {
        diagonal[i] = a[i * n + i];
    }
    Reduced { diagonal, beside, reflectors }
}

/// A <- A - u q' - q u' with p = A u, q = p - (u'p / 2) u, in the lower triangle.
fn reflect(a: &mut [f64], u: &[f64], n: usize) {
    vectorize(
        #[inline(always)]
        move || {
            let size = u.len();
            let mut p = vec![0.0; size];
            for row in 0..size {
                let (entries, end) = a[row * n..=row * n + row].split_at(row);
                p[row] += end[0] * u[row] + dot_here(entries, &u[..row]);
                p[..row].iter_mut().zip(entries).for_each(|(p, x)| *p += x * u[row]);
            }
            let half = dot_here(u, &p) / 2.0;
            p.iter_mut().zip(u).for_each(|(q, x)| *q -= half * x);
            for row in 0..size {
                let (left, right) = (u[row], p[row]);
                let entries = a[row * n..=row * n + row].iter_mut();
                entries.zip(&p).zip(u).for_each(|((entry, q), u)| *entry -= left * q + right * u);
            }
        },
    );
}

impl Reduced {
    /// Turns eigenvectors of T, the rows of `[count, n]`, into those of A.
    pub fn carry_back(&self, vectors: &mut [f64], n: usize) {
        /// Rows that see a reflector while it is in the cache.
        const ROWS: usize = 16;
        parallel_chunks(vectors, ROWS * n, &|_, rows| {
            vectorize(
                #[inline(always)]
                move || {
                    for u in self.reflectors.iter().rev() {
                        for row in rows.chunks_exact_mut(n) {
                            let row = &mut row[..u.len()];
                            let along = dot_here(row, u);
                            row.iter_mut().zip(u).for_each(|(x, y)| *x -= along * y);
                        }
                    }
                },
            );
        });
    }
}
