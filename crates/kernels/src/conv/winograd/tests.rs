use super::*;
use crate::gemm::Activation;
use crate::testing::{among, assert_same_for_any_threads, numbers};

/// The three passes by their definition, in f64.
struct Reference {
    output: Vec<f64>,
    grad_input: Vec<f64>,
    grad_weight: Vec<f64>,
}

fn reference(shape: &ConvShape, x: &[f32], w: &[f32], dy: &[f32]) -> Reference {
    let mut found = Reference {
        output: vec![0.0; shape.out_len()],
        grad_input: vec![0.0; shape.in_len()],
        grad_weight: vec![0.0; shape.weight_len()],
    };
    super::super::reference::products(shape, |input, weight, output| {
        let [x, w, dy] = [x[input], w[weight], dy[output]].map(f64::from);
        found.output[output] += x * w;
        found.grad_input[input] += dy * w;
        found.grad_weight[weight] += x * dy;
    });
    found
}

/// The largest error, relative to the largest number.
fn error(found: &[f32], expected: &[f64]) -> f64 {
    assert_eq!(found.len(), expected.len());
    found.iter().zip(expected).fold(0.0, |worst: f64, (found, expected)| {
        let error = (f64::from(*found) - expected).abs();
        assert!(!error.is_nan(), "a result is not a number");
        worst.max(error)
    }) / largest(expected)
}

fn largest(numbers: &[f64]) -> f64 {
    numbers.iter().fold(f64::MIN_POSITIVE, |most, x| most.max(x.abs()))
}

type Pass<'a> = (&'a str, usize, &'a [f64], Box<dyn Fn(Side, &mut [f32]) + 'a>);

/// Computes all passes with tiles of both sides, and holds their errors below `bounds`.
fn compare(shape: &ConvShape, bounds: [f64; 2]) {
    let (x, w, dy) = (numbers(shape.in_len(), 1), numbers(shape.weight_len(), 2), numbers(shape.out_len(), 3));
    let expected = reference(shape, &x, &w, &dy);
    let passes: [Pass; 3] = [
        (
            "output",
            shape.out_len(),
            &expected.output,
            Box::new(|side, y| forward(side, shape, &x, &w, Epilogue::default(), y)),
        ),
        (
            "input's gradient",
            shape.in_len(),
            &expected.grad_input,
            Box::new(|side, dx| backward_data(side, shape, &dy, &w, dx)),
        ),
        (
            "weights' gradient",
            shape.weight_len(),
            &expected.grad_weight,
            Box::new(|side, dw| backward_weights(side, shape, &x, &dy, dw)),
        ),
    ];
    for (name, length, expected, run) in &passes {
        for (side, bound) in [Side::Two, Side::Four].into_iter().zip(bounds) {
            let mut found = vec![f32::NAN; *length];
            run(side, &mut found);
            let error = error(&found, expected);
            assert!(error <= bound, "{name} of {shape:?} with tiles of {side:?}: error {error:e}");
            assert_same_for_any_threads(|| {
                let mut found = vec![f32::NAN; *length];
                run(side, &mut found);
                found
            });
        }
    }
}

fn same(batch: usize, [height, width]: [usize; 2], in_channels: usize, out_channels: usize) -> ConvShape {
    ConvShape {
        batch,
        in_height: height,
        in_width: width,
        in_channels,
        out_channels,
        kernel: [3, 3],
        stride: [1, 1],
        padding: [[1, 1], [1, 1]],
        dilation: [1, 1],
        groups: 1,
    }
}

/// Bounds on the error of small sums, where the largest output is no larger than others.
const SMALL: [f64; 2] = [2e-6, 6e-6];

#[test]
fn all_sizes_and_paddings_agree_with_the_definition() {
    for (size, padding) in [
        ([1, 1], [[1, 1], [1, 1]]),
        ([3, 3], [[0, 0], [0, 0]]),
        ([4, 9], [[1, 1], [1, 1]]),
        ([7, 7], [[2, 2], [2, 2]]),
        ([5, 11], [[0, 2], [2, 1]]),
        ([13, 6], [[3, 0], [1, 4]]),
    ] {
        for (inputs, outputs) in [(1, 1), (3, 5), (8, 16), (19, 37)] {
            compare(&ConvShape { padding, ..same(2, size, inputs, outputs) }, SMALL);
        }
    }
}

#[test]
fn groups_agree_with_the_definition() {
    compare(&ConvShape { groups: 3, ..same(2, [9, 10], 21, 15) }, SMALL);
    compare(&ConvShape { groups: 2, ..same(1, [6, 6], 32, 64) }, SMALL);
}

#[test]
fn channels_of_several_blocks_and_many_tiles_agree_with_the_definition() {
    compare(&same(1, [6, 6], 530, 9), SMALL);
    compare(&same(1, [5, 9], 20, 530), SMALL);
    compare(&same(3, [41, 43], 16, 24), SMALL);
}

#[test]
fn errors_of_real_layers_are_what_the_documentation_states() {
    for (batch, side, channels) in [(1, 28, 64), (2, 14, 128), (1, 7, 512)] {
        compare(&same(batch, [side, side], channels, channels), [1.5e-6, 5e-6]);
    }
}

#[test]
fn the_epilogue_and_weights_transformed_before() {
    let [whole, wide] = [same(2, [9, 7], 20, 22), same(3, [30, 33], 24, 18)];
    for shape in [ConvShape { groups: 2, ..whole }, whole, wide] {
        let channels = shape.out_channels;
        let (x, w, bias) = (numbers(shape.in_len(), 1), numbers(shape.weight_len(), 2), numbers(channels, 3));
        let residual = numbers(shape.out_len(), 4);
        let sums = reference(&shape, &x, &w, &vec![0.0; shape.out_len()]).output;
        for activation in [Activation::Identity, Activation::Relu6, Activation::Silu] {
            let epilogue = Epilogue { bias: Some(&bias), residual: Some(&residual), activation };
            let mut expected: Vec<f32> = sums.iter().map(|x| *x as f32).collect();
            for (pixel, line) in expected.chunks_mut(channels).enumerate() {
                epilogue.finish(0, pixel * channels, line);
            }
            let expected: Vec<f64> = expected.into_iter().map(f64::from).collect();
            for side in [Side::Two, Side::Four] {
                let mut found = vec![f32::NAN; shape.out_len()];
                forward(side, &shape, &x, &w, epilogue, &mut found);
                // Relative to the largest sum: a ReLU6 cuts off what the error is a part of.
                let error = error(&found, &expected) * largest(&expected) / largest(&sums);
                assert!(error < 6e-6, "{shape:?} {activation:?} {side:?}: {error:e}");
                // Into pixels that hold other columns, too.
                let wide = |rows: &[f32]| among(rows, channels, [0, channels + 5], 1.0);
                let (mut again, residual) = (wide(&vec![f32::NAN; shape.out_len()]), wide(&residual));
                let epilogue = Epilogue { residual: Some(&residual), ..epilogue };
                Weights::new(side, &shape, &w).forward(&shape, &x, epilogue, channels + 5, &mut again);
                let again: Vec<f64> = again.into_iter().map(f64::from).collect();
                assert!(self::error(&wide(&found), &again) < 2e-6, "transformed before: {shape:?} {side:?}");
                assert!(again.iter().skip(channels).step_by(channels + 5).all(|x| *x == 1.0));
            }
        }
    }
}
