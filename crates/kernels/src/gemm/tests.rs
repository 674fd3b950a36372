use super::*;
use crate::testing::{numbers, with_threads};
use proptest::prelude::*;

const ACTIVATIONS: [Activation; 7] = [
    Activation::Identity,
    Activation::Relu,
    Activation::Relu6,
    Activation::HardSigmoid,
    Activation::HardSwish,
    Activation::Sigmoid,
    Activation::Silu,
];

fn compare([m, k, n]: [usize; 3], [ta, tb]: [bool; 2], accumulate: bool, bias: bool, activation: Activation) {
    compare_with([m, k, n], [ta, tb], accumulate, bias, activation, false);
}

fn compare_with(
    [m, k, n]: [usize; 3],
    [ta, tb]: [bool; 2],
    accumulate: bool,
    bias: bool,
    activation: Activation,
    residual: bool,
) {
    let (a, b, start, bias_values) = (numbers(m * k, 1), numbers(k * n, 2), numbers(m * n, 3), numbers(n, 4));
    let added = numbers(m * n, 5);
    let a = Matrix { data: &a, rows: m, columns: k, transposed: ta };
    let b = Matrix { data: &b, rows: k, columns: n, transposed: tb };
    let epilogue =
        Epilogue { bias: bias.then_some(&bias_values[..]), residual: residual.then_some(&added[..]), activation };
    let mut expected = start.clone();
    reference::gemm(a, b, &mut expected, accumulate, epilogue);
    let [c, two] = [1, 2].map(|threads| {
        let mut c = start.clone();
        with_threads(threads, || gemm(a, b, &mut c, accumulate, epilogue));
        c
    });
    assert_eq!(c, two, "one and two threads give the same bits");
    close(&c, &expected, [m, k, n]);
    if !accumulate {
        let packed = PackedRight::new(b);
        let [c, two] = [1, 2].map(|threads| {
            let mut c = vec![Real::NAN; m * n];
            with_threads(threads, || gemm_packed(a, &packed, &mut c, epilogue));
            c
        });
        assert_eq!(c, two, "one and two threads give the same bits");
        close(&c, &expected, [m, k, n]);
    }
}

#[track_caller]
fn close(found: &[Real], expected: &[Real], [m, k, n]: [usize; 3]) {
    for (place, (found, expected)) in found.iter().zip(expected).enumerate() {
        let allowed = 1e-6 * (k as Real).sqrt() * 8.0;
        assert!((found - expected).abs() <= allowed, "{m}x{k}x{n} at {place}: {found} against {expected}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn agrees_with_the_definition(
        m in 0_usize..70, k in 0_usize..90, n in 0_usize..80,
        ta: bool, tb: bool, accumulate: bool, bias: bool, residual: bool, activation in 0..7,
    ) {
        compare_with([m, k, n], [ta, tb], accumulate, bias, ACTIVATIONS[activation as usize], residual);
    }
}

#[test]
fn blocks_of_every_kind_agree_with_the_definition() {
    compare([257, 300, 130], [false, true], false, true, Activation::Relu); // several blocks of rows, columns and k
    compare([14, 5000, 33], [true, false], false, true, Activation::Identity); // k summed in parts
    compare([9, 4100, 32], [true, false], true, false, Activation::Relu);
    compare([1, 700, 500], [false, true], false, true, Activation::Relu); // one row
    compare([2, 300, 900], [false, false], true, false, Activation::Identity);
    compare([600, 64, 10], [false, true], false, true, Activation::Identity);
}

#[test]
fn few_rows_agree_with_the_definition() {
    for rows in 1..=9 {
        compare([rows, 700, 131], [false, true], false, true, Activation::Relu); // weights as a dense layer has them
        compare([rows, 37, 130], [false, true], true, false, Activation::Identity); // less than a task's columns at the end, odd k
        compare([rows, 300, 67], [false, false], false, true, Activation::Identity);
        compare([rows, 300, 67], [true, true], false, true, Activation::Identity);
    }
}

#[test]
fn activations_are_as_they_are_defined() {
    let x: [Real; 6] = [-4.0, -1.5, 0.0, 1.5, 7.0, Real::NAN];
    for activation in ACTIVATIONS {
        let mut y = x;
        activation.apply(&mut y);
        for (x, y) in x.into_iter().zip(y) {
            let expected = match activation {
                _ if x.is_nan() => x,
                Activation::Identity => x,
                Activation::Relu => x.max(0.0),
                Activation::Relu6 => x.clamp(0.0, 6.0),
                Activation::HardSigmoid => (x + 3.0).clamp(0.0, 6.0) / 6.0,
                Activation::HardSwish => x * (x + 3.0).clamp(0.0, 6.0) / 6.0,
                Activation::Sigmoid => 1.0 / (1.0 + (-x).exp()),
                Activation::Silu => x / (1.0 + (-x).exp()),
            };
            crate::testing::assert_close(&[y], &[expected], 1e-6);
        }
    }
}

#[test]
fn a_batch_is_its_products_one_by_one() {
    // Few and many, small and large; either factor one for all; transposed or not.
    for (batch, m, k, n) in [(1, 3, 5, 4), (3, 4, 5, 2), (40, 16, 33, 24), (9, 70, 50, 60)] {
        for options in 0..16 {
            let [one_a, one_b, ta, tb] = std::array::from_fn(|bit| options >> bit & 1 == 1);
            let copies = |one: bool| if one { 1 } else { batch };
            let (a, b) = (numbers(copies(one_a) * m * k, 1), numbers(copies(one_b) * k * n, 2));
            let left = Matrix { data: &a, rows: m, columns: k, transposed: ta };
            let right = Matrix { data: &b, rows: k, columns: n, transposed: tb };
            let [c, two] = [1, 2].map(|threads| {
                let mut c = vec![Real::NAN; batch * m * n];
                with_threads(threads, || gemm_batched(batch, left, right, &mut c));
                c
            });
            assert_eq!(c, two, "one and two threads give the same bits");
            for (index, c) in c.chunks(m * n).enumerate() {
                let mut expected = vec![0.0; m * n];
                let left = Matrix { data: &a[if one_a { 0 } else { index * m * k }..][..m * k], ..left };
                let right = Matrix { data: &b[if one_b { 0 } else { index * k * n }..][..k * n], ..right };
                reference::gemm(left, right, &mut expected, false, Epilogue::default());
                crate::testing::assert_close(c, &expected, 1e-5);
            }
        }
    }
}

#[test]
fn nan_passes_the_relu() {
    let (a, b) = ([Real::NAN], [1.0; 64]);
    let mut c = [0.0; 64];
    let left = Matrix { data: &a, rows: 1, columns: 1, transposed: false };
    gemm(
        left,
        Matrix { data: &b, rows: 1, columns: 64, transposed: false },
        &mut c,
        false,
        Epilogue { activation: Activation::Relu6, ..Epilogue::default() },
    );
    assert!(c.iter().all(|x| x.is_nan()));
}
