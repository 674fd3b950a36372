//! Two tridiagonal matrices that were solved apart, joined.

use gradus_kernels::double::{Left, Panels, Part, Sign, multiply_add};
use gradus_kernels::threads::parallel_chunks;

use super::ql::Spectrum;
use super::secular::{Root, root};

/// Rows that one task finds.
const ROWS: usize = 16;

/// Which half of the coordinates an eigenvector of the parts moves.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Half {
    Left,
    Both,
    Right,
}

/// The eigenvalues of the joined matrix, and what its eigenvectors are made of.
///
/// T = diag(T1, T2) + rho (e, s e')(e, s e')' with e the last coordinate of the one part and e' the first of the other, so in the basis of the
/// parts' eigenvectors it is a diagonal matrix D and one of rank one, rho z z'. Where an entry of z is nothing, or two of D are equal but for
/// rounding, an eigenvector of the parts (turned with its neighbour) is one of T: deflation. The others belong to the roots of the secular
/// equation (Cuppen: A divide and conquer method for the symmetric tridiagonal eigenproblem, 1981), and are orthogonal if computed from the
/// z for which the computed roots are exact, by Loewner's formula (Gu, Eisenstat: A stable and efficient algorithm for the rank-one
/// modification of the symmetric eigenproblem, 1994).
pub(super) struct Merge {
    /// First the roots, then those of deflation.
    pub values: Vec<f64>,
    /// Coordinates of the left part.
    split: usize,
    /// The parts' eigenvectors as rows, turned by deflation.
    basis: Vec<f64>,
    /// Rows of the basis that the roots' eigenvectors are made of, those of the left half first; and the place of each pole there.
    kept: Vec<usize>,
    places: Vec<usize>,
    /// How many of these rows move the left half only, and how many the left half at all.
    left_only: usize,
    left: usize,
    /// Rows of the basis that are eigenvectors.
    deflated: Vec<usize>,
    /// Pole less root, `[root][pole]`.
    differences: Vec<f64>,
    /// The z that makes the roots exact.
    z: Vec<f64>,
}

impl Merge {
    /// Joins two parts between which `beside` stood. It has been taken away from the diagonal on either side, without its sign. The
    /// numbers should not be much larger than 1.
    pub fn new(left: &Spectrum, right: &Spectrum, beside: f64) -> Self {
        let (m1, m2) = (left.values.len(), right.values.len());
        let m = m1 + m2;
        let mut basis = vec![0.0; m * m];
        for (row, vector) in left.vectors.chunks_exact(m1).enumerate() {
            basis[row * m..][..m1].copy_from_slice(vector);
        }
        for (row, vector) in right.vectors.chunks_exact(m2).enumerate() {
            basis[(m1 + row) * m + m1..][..m2].copy_from_slice(vector);
        }
        let mut d: Vec<f64> = left.values.iter().chain(&right.values).copied().collect();
        // z has the length 1: its two halves are coordinates of orthonormal vectors, each 1 together.
        let half = std::f64::consts::FRAC_1_SQRT_2;
        let ends = left.vectors.iter().skip(m1 - 1).step_by(m1).map(|x| x * half);
        let starts = right.vectors.iter().step_by(m2).map(|x| x * half.copysign(beside));
        let mut z: Vec<f64> = ends.chain(starts).collect();
        let rho = 2.0 * beside.abs();

        let mut halves: Vec<Half> = (0..m).map(|row| if row < m1 { Half::Left } else { Half::Right }).collect();
        let (poles, deflated) = deflate(&mut d, &mut z, rho, &mut basis, &mut halves);
        let mut kept = poles.clone();
        kept.sort_by_key(|row| halves[*row]);
        let mut place_of = vec![0; m];
        kept.iter().enumerate().for_each(|(place, row)| place_of[*row] = place);
        let places = poles.iter().map(|row| place_of[*row]).collect();
        let count = |last| kept.iter().filter(|row| halves[**row] <= last).count();
        let (left_only, left) = (count(Half::Left), count(Half::Both));

        let ascending: Vec<f64> = poles.iter().map(|row| d[*row]).collect();
        let signs: Vec<f64> = poles.iter().map(|row| z[*row]).collect();
        let weights: Vec<f64> = signs.iter().map(|z| rho * z * z).collect();
        let k = poles.len();
        let mut roots = vec![Root::default(); k];
        parallel_chunks(&mut roots, ROWS, &|task, roots| {
            for (place, found) in roots.iter_mut().enumerate() {
                *found = root(task * ROWS + place, &ascending, &weights);
            }
        });
        let mut differences = vec![0.0; k * k];
        for (line, root) in differences.chunks_exact_mut(k.max(1)).zip(&roots) {
            let origin = ascending[root.pole];
            line.iter_mut().zip(&ascending).for_each(|(out, pole)| *out = (pole - origin) - root.offset);
        }
        let z = exact_for(&differences, &ascending, &signs);
        let values =
            roots.iter().map(|root| ascending[root.pole] + root.offset).chain(deflated.iter().map(|row| d[*row]));
        let values = values.collect();
        Merge { values, split: m1, basis, kept, places, left_only, left, deflated, differences, z }
    }

    /// The eigenvectors that belong to some of the values, whose places rise, as rows.
    pub fn vectors(&self, wanted: &[usize]) -> Vec<f64> {
        let (m, k) = (self.values.len(), self.kept.len());
        let count = wanted.iter().take_while(|value| **value < k).count();
        let mut vectors = vec![0.0; wanted.len() * m];
        // In the basis of the parts: z / (pole - root), with length 1.
        let mut inside = vec![0.0; count * k];
        parallel_chunks(&mut inside, ROWS * k.max(1), &|task, rows| {
            let mut row = vec![0.0; k];
            for (out, root) in rows.chunks_exact_mut(k).zip(&wanted[task * ROWS..]) {
                let differences = &self.differences[root * k..][..k];
                row.iter_mut().zip(&self.z).zip(differences).for_each(|((x, z), difference)| *x = z / difference);
                let length = row.iter().map(|x| x * x).sum::<f64>().sqrt();
                row.iter().zip(&self.places).for_each(|(x, place)| out[*place] = x / length);
            }
        });
        // The halves are made of the rows that move them.
        for (rows, columns) in [(0..self.left, 0..self.split), (self.left_only..k, self.split..m)] {
            let depth = rows.len();
            if depth == 0 || count == 0 {
                continue;
            }
            let right = Panels::pack(columns.len(), depth, &|part, items, out| {
                for (row, out) in self.kept[rows.clone()][part].iter().zip(out.chunks_exact_mut(items.len())) {
                    out.copy_from_slice(&self.basis[row * m + columns.start..][items.clone()]);
                }
            });
            let left = Left::Rows { data: &inside[rows.start..], items: count, stride: k, depth };
            multiply_add(left, &right, &mut vectors[columns.start..count * m], m, Part::Whole, Sign::Plus);
        }
        for (vector, value) in vectors.chunks_exact_mut(m).zip(wanted).skip(count) {
            vector.copy_from_slice(&self.basis[self.deflated[value - k] * m..][..m]);
        }
        vectors
    }
}

/// Turns rows of the basis so that as many entries of z as can be are 0 but for rounding. Gives the rows that are left, by rising entries of
/// d, and those whose entry of z is 0 (LAPACK's dlaed2 goes the same way).
fn deflate(d: &mut [f64], z: &mut [f64], rho: f64, basis: &mut [f64], halves: &mut [Half]) -> (Vec<usize>, Vec<usize>) {
    let m = d.len();
    let largest = d.iter().chain(z.iter()).fold(0.0f64, |most, x| most.max(x.abs()));
    let nothing = 4.0 * f64::EPSILON * largest;
    let mut order: Vec<usize> = (0..m).collect();
    order.sort_by(|a, b| d[*a].total_cmp(&d[*b]));
    let (mut kept, mut deflated): (Vec<usize>, Vec<usize>) = (Vec::with_capacity(m), Vec::new());
    for row in order {
        if rho * z[row].abs() <= nothing {
            deflated.push(row);
            continue;
        }
        if let Some(&before) = kept.last() {
            let length = z[before].hypot(z[row]);
            let (cosine, sine) = (z[row] / length, -z[before] / length);
            // What the turn leaves beside the diagonal.
            if ((d[row] - d[before]) * cosine * sine).abs() <= nothing {
                (z[before], z[row]) = (0.0, length);
                turn(basis, m, before, row, cosine, sine);
                if halves[before] != halves[row] {
                    (halves[before], halves[row]) = (Half::Both, Half::Both);
                }
                let (low, high) = (d[before], d[row]);
                d[before] = low * cosine * cosine + high * sine * sine;
                d[row] = low * sine * sine + high * cosine * cosine;
                kept.pop();
                deflated.push(before);
            }
        }
        kept.push(row);
    }
    (kept, deflated)
}

/// x <- c x + s y, y <- c y - s x.
fn turn(basis: &mut [f64], m: usize, x: usize, y: usize, cosine: f64, sine: f64) {
    let (first, second) = (x.min(y), x.max(y));
    let (upper, lower) = basis.split_at_mut(second * m);
    let (a, b) = (&mut upper[first * m..][..m], &mut lower[..m]);
    let (a, b) = if x < y { (a, b) } else { (b, a) };
    for (x, y) in a.iter_mut().zip(b) {
        (*x, *y) = (cosine * *x + sine * *y, cosine * *y - sine * *x);
    }
}

/// The z, with the given signs, for which the roots are exact but for a factor that all share:
/// z_j^2 = product over i of (root_i - pole_j), over product over i other than j of (pole_i - pole_j).
fn exact_for(differences: &[f64], poles: &[f64], signs: &[f64]) -> Vec<f64> {
    const COLUMNS: usize = 64;
    let k = poles.len();
    let mut z = vec![1.0; k];
    parallel_chunks(&mut z, COLUMNS, &|task, z| {
        let first = task * COLUMNS;
        for i in 0..k {
            let line = &differences[i * k + first..][..z.len()];
            for (j, (z, difference)) in z.iter_mut().zip(line).enumerate() {
                let j = first + j;
                *z *= if i == j { -difference } else { difference / (poles[j] - poles[i]) };
            }
        }
        for (z, sign) in z.iter_mut().zip(&signs[first..]) {
            *z = z.abs().sqrt().copysign(*sign);
        }
    });
    z
}
