use super::*;
use crate::testing::numbers;
use crate::threads::set_threads;
use proptest::prelude::*;

fn compare([m, k, n]: [usize; 3], [ta, tb]: [bool; 2], accumulate: bool, bias: bool, relu: bool) {
    let (a, b, start, bias_values) = (numbers(m * k, 1), numbers(k * n, 2), numbers(m * n, 3), numbers(n, 4));
    let a = Matrix { data: &a, rows: m, columns: k, transposed: ta };
    let b = Matrix { data: &b, rows: k, columns: n, transposed: tb };
    let epilogue = Epilogue { bias: bias.then_some(&bias_values[..]), relu };
    let mut expected = start.clone();
    reference::gemm(a, b, &mut expected, accumulate, epilogue);
    let mut results = [1, 2].map(|threads| {
        set_threads(threads);
        let mut c = start.clone();
        gemm(a, b, &mut c, accumulate, epilogue);
        c
    });
    assert_eq!(results[0], results[1], "one and two threads give the same bits");
    let [c, _] = &mut results;
    for (place, (found, expected)) in c.iter().zip(&expected).enumerate() {
        let allowed = 1e-6 * (k as Real).sqrt() * 8.0;
        assert!((found - expected).abs() <= allowed, "{m}x{k}x{n} at {place}: {found} against {expected}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn agrees_with_the_definition(
        m in 0_usize..70, k in 0_usize..90, n in 0_usize..80,
        ta: bool, tb: bool, accumulate: bool, bias: bool, relu: bool,
    ) {
        compare([m, k, n], [ta, tb], accumulate, bias, relu);
    }
}

#[test]
fn blocks_of_every_kind_agree_with_the_definition() {
    compare([257, 300, 130], [false, true], false, true, true); // several blocks of rows, columns and k
    compare([14, 5000, 33], [true, false], false, true, false); // k summed in parts
    compare([9, 4100, 32], [true, false], true, false, true);
    compare([1, 700, 500], [false, true], false, true, true); // one row
    compare([2, 300, 900], [false, false], true, false, false);
    compare([600, 64, 10], [false, true], false, true, false);
}

#[test]
fn a_batch_is_its_products_one_by_one() {
    let (a, b) = (numbers(3 * 4 * 5, 1), numbers(5 * 2, 2));
    let mut c = vec![0.0; 3 * 4 * 2];
    let left = Matrix { data: &a, rows: 4, columns: 5, transposed: false };
    let right = Matrix { data: &b, rows: 5, columns: 2, transposed: false };
    gemm_batched(3, left, right, &mut c);
    for batch in 0..3 {
        let mut one = vec![0.0; 8];
        gemm(Matrix { data: &a[batch * 20..][..20], ..left }, right, &mut one, false, Epilogue::default());
        assert_eq!(&c[batch * 8..][..8], &one[..]);
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
        Epilogue { bias: None, relu: true },
    );
    assert!(c.iter().all(|x| x.is_nan()));
}
