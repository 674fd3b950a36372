use super::*;
use crate::testing::{assert_same_for_any_threads, numbers};
use proptest::prelude::*;

/// Lengths around the vector widths, the chunk and the threshold.
const LENGTHS: [usize; 10] = [0, 1, 7, 16, 33, 1000, CHUNK, PARALLEL - 1, PARALLEL, PARALLEL + CHUNK + 5];

#[test]
fn every_form_computes_each_element() {
    for length in LENGTHS {
        let (a, b, c) = (numbers(length, 1), numbers(length, 2), numbers(length, 3));
        let reference = |f: &dyn Fn(usize) -> Real| (0..length).map(f).collect::<Vec<Real>>();
        let mut out = vec![0.0; length];

        map(
            &a,
            &mut out,
            #[inline(always)]
            |x| x * x - 1.0,
        );
        assert_eq!(out, reference(&|i| a[i] * a[i] - 1.0));
        zip(
            &a,
            &b,
            &mut out,
            #[inline(always)]
            |x, y| x - y,
        );
        assert_eq!(out, reference(&|i| a[i] - b[i]));
        zip3(
            &a,
            &b,
            &c,
            &mut out,
            #[inline(always)]
            |x, y, z| x * y + z,
        );
        assert_eq!(out, reference(&|i| a[i] * b[i] + c[i]));

        out.copy_from_slice(&a);
        map_in_place(
            &mut out,
            #[inline(always)]
            |x| -x,
        );
        assert_eq!(out, reference(&|i| -a[i]));
        zip_in_place(
            &mut out,
            &b,
            #[inline(always)]
            |x, y| x + y,
        );
        assert_eq!(out, reference(&|i| -a[i] + b[i]));
        zip3_in_place(
            &mut out,
            &b,
            &c,
            #[inline(always)]
            |x, y, z| x - y * z,
        );
        assert_eq!(out, reference(&|i| (-a[i] + b[i]) - b[i] * c[i]));
    }
}

#[test]
fn each_tells_the_place() {
    let mut out = vec![0.0; PARALLEL + 3];
    each(
        [&mut out],
        [],
        #[inline(always)]
        |place, [x], []| *x = place as Real,
    );
    assert!(out.iter().enumerate().all(|(place, &x)| x == place as Real));
}

#[test]
fn an_update_changes_every_slice() {
    let (mut p, mut m, mut v) = (numbers(77, 1), numbers(77, 2), numbers(77, 3));
    let before = (p.clone(), m.clone(), v.clone());
    let g = numbers(77, 4);
    update(
        [&mut p, &mut m, &mut v],
        &g,
        #[inline(always)]
        |[p, m, v], g| {
            *m = 0.5 * *m + g;
            *v = 0.25 * *v + g * g;
            *p -= *m * *v;
        },
    );
    for i in 0..77 {
        assert_eq!(m[i], 0.5 * before.1[i] + g[i]);
        assert_eq!(v[i], 0.25 * before.2[i] + g[i] * g[i]);
        assert_eq!(p[i], before.0[i] - m[i] * v[i]);
    }
}

#[test]
fn threads_do_not_change_bits() {
    let x = numbers(PARALLEL * 2 + 11, 5);
    assert_same_for_any_threads(|| {
        let mut out = vec![0.0; x.len()];
        map(
            &x,
            &mut out,
            #[inline(always)]
            |x| crate::math::tanh(3.0 * x),
        );
        out
    });
}

#[test]
#[should_panic(expected = "the slices differ in length: [3] written, [4] read")]
fn different_lengths_are_refused() {
    map(&[0.0; 4], &mut [0.0; 3], |x| x);
}

#[test]
#[should_panic(expected = "the strides reach beyond an operand")]
fn broadcasting_beyond_an_operand_is_refused() {
    broadcast(&[0.0; 5], &[3, 1], &[0.0; 3], &[0, 1], &mut [0.0; 6], &[2, 3], |a, b| a + b);
}

/// The contiguous strides of an operand that repeats along the axes in `repeated`.
fn strides(dims: &[usize], repeated: u8) -> (Vec<usize>, usize) {
    let mut strides = vec![0; dims.len()];
    let mut length = 1;
    for axis in (0..dims.len()).rev() {
        if repeated >> axis & 1 == 0 {
            strides[axis] = length;
            length *= dims[axis];
        }
    }
    (strides, length)
}

fn check_broadcast(dims: &[usize], repeated: [u8; 2]) {
    let (a_strides, a_length) = strides(dims, repeated[0]);
    let (b_strides, b_length) = strides(dims, repeated[1]);
    let (a, b) = (numbers(a_length, 1), numbers(b_length, 2));
    let mut out = vec![0.0; dims.iter().product()];
    broadcast(
        &a,
        &a_strides,
        &b,
        &b_strides,
        &mut out,
        dims,
        #[inline(always)]
        |a, b| a - 2.0 * b,
    );
    for (flat, &value) in out.iter().enumerate() {
        let (mut rest, mut a_at, mut b_at) = (flat, 0, 0);
        for axis in (0..dims.len()).rev() {
            a_at += rest % dims[axis] * a_strides[axis];
            b_at += rest % dims[axis] * b_strides[axis];
            rest /= dims[axis];
        }
        assert_eq!(value, a[a_at] - 2.0 * b[b_at], "at {flat} of {dims:?}, repeated {repeated:?}");
    }
}

proptest! {
    #[test]
    fn broadcasting_meets_the_definition(
        dims in prop::collection::vec(1_usize..6, 0..6), a in any::<u8>(), b in any::<u8>()
    ) {
        check_broadcast(&dims, [a, b]);
    }
}

#[test]
fn broadcasting_in_chunks_meets_the_definition() {
    check_broadcast(&[PARALLEL + 5], [0, 1]); // with a number
    check_broadcast(&[129, 300], [0, 1]); // with a row
    check_broadcast(&[300, 129], [2, 0]); // a column with a matrix
    check_broadcast(&[33, 11, 7, 17], [0b0101, 0b1010]);
}
