use super::*;
use crate::testing::{assert_close, assert_same_for_any_threads, numbers};
use proptest::prelude::*;

#[test]
fn sums_meet_f64() {
    for length in [0, 1, 63, 64, 65, 1000, BLOCK + 1, PARALLEL - 1, PARALLEL + 777, 3_000_001] {
        let (x, y) = (numbers(length, 1), numbers(length, 2));
        let wide = |f: &dyn Fn(usize) -> f64| (0..length).map(f).sum::<f64>() as Real;
        // The sum of numbers of both signs is small beside its terms: allow for those.
        let tolerance = 1e-6 * (length.max(1) as f64).sqrt();
        assert_close(&[sum(&x)], &[wide(&|i| f64::from(x[i]))], tolerance);
        assert_close(&[dot(&x, &y)], &[wide(&|i| f64::from(x[i]) * f64::from(y[i]))], tolerance);
        assert_close(&[sum_squares(&x)], &[wide(&|i| f64::from(x[i]).powi(2))], 1e-6);
    }
}

#[test]
fn a_long_sum_of_equal_terms_does_not_stall() {
    // One after the other in f32, the sum would stay at 2^24 * 0.1.
    let x = vec![0.1; 20_000_000];
    assert_close(&[sum(&x)], &[2_000_000.0], 1e-6);
    let mut columns = [0.0; 2];
    sum_axis(&x, [1, 10_000_000, 2], &mut columns);
    assert_close(&columns, &[1_000_000.0; 2], 1e-6);
}

/// The reductions along an axis, element by element.
fn check_axis(dims: [usize; 3]) {
    let [outer, axis, inner] = dims;
    let mut x = numbers(outer * axis * inner, 7);
    if x.len() > 3 {
        x[3] = x[0]; // a tie
    }
    let count = outer * inner;
    let column = |at: usize| (0..axis).map(move |a| (at / inner * axis + a) * inner + at % inner);
    let reference = |f: &dyn Fn(usize) -> Real| (0..count).map(f).collect::<Vec<Real>>();
    let mut out = vec![0.5; count];
    sum_axis(&x, dims, &mut out);
    let sums = reference(&|at| column(at).map(|i| f64::from(x[i])).sum::<f64>() as Real);
    assert_close(&out, &sums, 1e-6 * (axis as f64).sqrt());
    sum_axis_by(
        [&x, &x],
        dims,
        &mut out,
        #[inline(always)]
        |[a, b]| a * b,
    );
    let squares = reference(&|at| column(at).map(|i| f64::from(x[i] * x[i])).sum::<f64>() as Real);
    assert_close(&out, &squares, 1e-6);
    if axis == 0 {
        return;
    }
    mean_axis(&x, dims, &mut out);
    assert_close(&out, &sums.iter().map(|s| s / axis as Real).collect::<Vec<_>>(), 1e-6);
    max_axis(&x, dims, &mut out);
    assert_eq!(out, reference(&|at| column(at).map(|i| x[i]).fold(Real::NEG_INFINITY, Real::max)));
    let mut places = vec![9; count];
    argmax_axis(&x, dims, &mut places);
    for at in 0..count {
        assert_eq!(column(at).position(|i| x[i] == out[at]), Some(places[at] as usize));
    }
    min_axis(&x, dims, &mut out);
    assert_eq!(out, reference(&|at| column(at).map(|i| x[i]).fold(Real::INFINITY, Real::min)));
    argmin_axis(&x, dims, &mut places);
    for at in 0..count {
        assert_eq!(column(at).position(|i| x[i] == out[at]), Some(places[at] as usize));
    }
}

proptest! {
    #[test]
    fn an_axis_meets_the_definition(outer in 1_usize..5, axis in 0_usize..150, inner in 1_usize..20) {
        check_axis([outer, axis, inner]);
    }
}

#[test]
fn an_axis_of_any_form_meets_the_definition() {
    for dims in
        [[1, 5000, 33], [300, 7, 129], [5, 70, 300], [1000, 100, 1], [3, 20_000, 1], [2, 30_000, 3], [1, 3, 40_000]]
    {
        check_axis(dims);
    }
}

#[test]
fn extremes_of_a_whole_slice() {
    for length in [1, 63, 64, 1000, PARALLEL + 5] {
        let x = numbers(length, 3);
        assert_eq!(max(&x), x.iter().copied().fold(Real::NEG_INFINITY, Real::max));
        assert_eq!(min(&x), x.iter().copied().fold(Real::INFINITY, Real::min));
    }
    assert_eq!((max(&[]), min(&[])), (Real::NEG_INFINITY, Real::INFINITY));
}

#[test]
fn a_nan_is_not_hidden() {
    for place in [0, 5, 70, 99] {
        let mut x = numbers(100, 1);
        x[place] = Real::NAN;
        assert!(max(&x).is_nan() && min(&x).is_nan());
        let mut first = [0];
        argmax_axis(&x, [1, 100, 1], &mut first);
        assert_eq!(first[0] as usize, place);
        let mut columns = [0; 2];
        argmax_axis(&x, [1, 50, 2], &mut columns);
        assert_eq!(columns[place % 2] as usize, place / 2);
    }
}

#[test]
fn threads_do_not_change_bits() {
    let x = numbers(600_000, 5);
    assert_same_for_any_threads(|| {
        let mut out = vec![sum(&x), sum_squares(&x), max(&x)];
        for dims in [[1, 20_000, 30], [20_000, 30, 1], [600, 100, 10], [4, 1500, 100]] {
            let start = out.len();
            out.resize(start + dims[0] * dims[2], 0.0);
            sum_axis(&x, dims, &mut out[start..]);
        }
        out
    });
}

#[test]
#[should_panic(expected = "does not fit")]
fn a_wrong_shape_is_refused() {
    sum_axis(&[0.0; 5], [1, 2, 3], &mut [0.0; 3]);
}
