use super::*;
use crate::testing::{assert_close, assert_same_for_any_threads, numbers};
use proptest::prelude::*;

/// Each row in f64, from the definition.
fn reference(x: &[Real], classes: usize) -> (Vec<Real>, Vec<Real>) {
    let (mut softmax, mut logsumexp) = (Vec::new(), Vec::new());
    for row in x.chunks(classes) {
        let sum: f64 = row.iter().map(|&x| f64::from(x).exp()).sum();
        softmax.extend(row.iter().map(|&x| (f64::from(x).exp() / sum) as Real));
        logsumexp.push(sum.ln() as Real);
    }
    (softmax, logsumexp)
}

fn check(rows: usize, classes: usize) {
    let x: Vec<Real> = numbers(rows * classes, 1).iter().map(|x| x * 5.0).collect();
    let dy = numbers(rows * classes, 2);
    let labels: Vec<u32> =
        (0..rows).map(|row| if row % 5 == 4 { IGNORED } else { (row * 7 % classes) as u32 }).collect();
    let (p, lse) = reference(&x, classes);
    let mut out = vec![0.0; x.len()];
    let mut row_out = vec![0.0; rows];
    let by_element =
        |f: &dyn Fn(usize, usize) -> Real| -> Vec<Real> { (0..x.len()).map(|at| f(at / classes, at)).collect() };
    let row_sum =
        |row: usize, f: &dyn Fn(usize) -> f64| (row * classes..(row + 1) * classes).map(f).sum::<f64>() as Real;

    softmax(&x, classes, &mut out);
    assert_close(&out, &p, 1e-6);
    softmax_backward(&p, &dy, classes, &mut out);
    let mean = |row| row_sum(row, &|at| f64::from(p[at]) * f64::from(dy[at]));
    assert_close(&out, &by_element(&|row, at| p[at] * (dy[at] - mean(row))), 1e-6);

    logsumexp(&x, classes, &mut row_out);
    assert_close(&row_out, &lse, 1e-6);
    logsumexp_backward(&x, &lse, &dy[..rows], classes, &mut out);
    assert_close(&out, &by_element(&|row, at| p[at] * dy[row]), 1e-6);

    log_softmax(&x, classes, &mut out);
    let log_p = by_element(&|row, at| x[at] - lse[row]);
    assert_close(&out, &log_p, 1e-6);
    log_softmax_backward(&log_p, &dy, classes, &mut out);
    let sum = |row| row_sum(row, &|at| f64::from(dy[at]));
    assert_close(&out, &by_element(&|row, at| dy[at] - p[at] * sum(row)), 3e-6);

    cross_entropy(&x, &labels, classes, &mut row_out, &mut out);
    let label = |row: usize| (labels[row] != IGNORED).then_some(labels[row] as usize);
    let losses: Vec<Real> =
        (0..rows).map(|row| label(row).map_or(0.0, |label| lse[row] - x[row * classes + label])).collect();
    assert_close(&row_out, &losses, 2e-6);
    assert_close(&out, &p, 1e-6);
    for scale in [&dy[..rows], &[0.25]] {
        cross_entropy_backward(&p, &labels, classes, scale, &mut out);
        let expected = by_element(&|row, at| {
            let scale = if scale.len() == 1 { scale[0] } else { scale[row] };
            label(row).map_or(0.0, |label| (p[at] - Real::from(u8::from(at % classes == label))) * scale)
        });
        assert_close(&out, &expected, 1e-6);
    }
}

proptest! {
    #[test]
    fn rows_meet_the_definition(rows in 1_usize..9, classes in 1_usize..70) {
        check(rows, classes);
    }
}

#[test]
fn many_rows_meet_the_definition() {
    check(3000, 10);
    check(37, 1000);
}

#[test]
fn large_logits_do_not_overflow_and_broken_ones_show() {
    let mut out = [0.0; 3];
    softmax(&[1e30, -1e30, 0.0], 3, &mut out);
    assert_eq!(out, [1.0, 0.0, 0.0]);
    log_softmax(&[-1e4, 0.0, -2e4], 3, &mut out);
    assert_eq!(out, [-1e4, 0.0, -2e4]);
    softmax(&[Real::NEG_INFINITY, 0.0, Real::NEG_INFINITY], 3, &mut out);
    assert_eq!(out, [0.0, 1.0, 0.0]);
    softmax(&[0.0, Real::NAN, 1.0], 3, &mut out);
    assert!(out.iter().all(|x| x.is_nan()));
}

#[test]
fn threads_do_not_change_bits() {
    let x = numbers(70_000, 3);
    assert_same_for_any_threads(|| {
        let mut out = vec![0.0; x.len()];
        softmax(&x, 10, &mut out);
        out
    });
}

#[test]
#[should_panic(expected = "cross_entropy: label 3 in row 1, but there are 3 classes")]
fn a_label_beyond_the_classes_is_refused() {
    cross_entropy(&[0.0; 6], &[2, 3], 3, &mut [0.0; 2], &mut [0.0; 6]);
}
