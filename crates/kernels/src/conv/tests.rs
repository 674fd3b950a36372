use super::*;
use crate::gemm::Activation;
use crate::testing::{numbers, with_threads};
use proptest::prelude::*;

fn close(found: &[Real], expected: &[Real], what: &str, shape: &ConvShape) {
    let scale = expected.iter().fold(1.0, |most: Real, x| most.max(x.abs()));
    for (place, (found, expected)) in found.iter().zip(expected).enumerate() {
        assert!((found - expected).abs() <= 2e-5 * scale, "{what} of {shape:?} at {place}: {found} against {expected}");
    }
}

fn twice(run: impl Fn(&mut [Real]), length: usize) -> Vec<Real> {
    let [one, two] = [1, 2].map(|threads| {
        let mut out = vec![Real::NAN; length];
        with_threads(threads, || run(&mut out));
        out
    });
    assert_eq!(one, two, "one and two threads give the same bits");
    one
}

fn compare(shape: &ConvShape) {
    let (x, w) = (numbers(shape.in_len(), 1), numbers(shape.weight_len(), 2));
    let (dy, bias) = (numbers(shape.out_len(), 3), numbers(shape.out_channels, 4));
    let residual = numbers(shape.out_len(), 5);
    let activation =
        [Activation::Silu, Activation::Relu, Activation::Relu6, Activation::HardSwish][shape.stride[0] % 4];
    let residual = (shape.stride[1] == 1).then_some(&residual[..]);
    let epilogue = Epilogue { bias: Some(&bias), residual, activation };
    let mut expected = vec![0.0; shape.out_len()];
    reference::forward(shape, &x, &w, epilogue, &mut expected);
    close(&twice(|y| forward(shape, &x, &w, epilogue, y), shape.out_len()), &expected, "output", shape);
    #[cfg(not(real64))]
    if !shape.is_depthwise() {
        let packed = products::PackedWeights::new(shape, &w);
        let found = twice(|y| packed.forward(shape, &x, epilogue, shape.out_channels, y), shape.out_len());
        close(&found, &expected, "output by packed weights", shape);
    }
    let mut expected = vec![0.0; shape.in_len()];
    reference::backward_data(shape, &dy, &w, &mut expected);
    close(&twice(|dx| backward_data(shape, &dy, &w, dx), shape.in_len()), &expected, "input's gradient", shape);
    let mut expected = vec![0.0; shape.weight_len()];
    reference::backward_weights(shape, &x, &dy, &mut expected);
    close(&twice(|dw| backward_weights(shape, &x, &dy, dw), shape.weight_len()), &expected, "weights' gradient", shape);
}

fn shapes() -> impl Strategy<Value = ConvShape> {
    let sides = (1_usize..3, 1_usize..12, 1_usize..12);
    let channels = (1_usize..4, 1_usize..6, 1_usize..8, any::<bool>());
    let window = (1_usize..5, 1_usize..5, 1_usize..4, 1_usize..4, 1_usize..3, 1_usize..3);
    let padding = (0_usize..3, 0_usize..3, 0_usize..3, 0_usize..3);
    (sides, channels, window, padding)
        .prop_map(|((batch, height, width), (groups, group_in, group_out, depthwise), window, padding)| {
            let (kernel_height, kernel_width, down, right, dilation_down, dilation_right) = window;
            let (groups, group_in, group_out) =
                if depthwise { (groups * 5, 1, 1) } else { (groups, group_in, group_out) };
            ConvShape {
                batch,
                in_height: height,
                in_width: width,
                in_channels: groups * group_in,
                out_channels: groups * group_out,
                kernel: [kernel_height, kernel_width],
                stride: [down, right],
                padding: [[padding.0, padding.1], [padding.2, padding.3]],
                dilation: [dilation_down, dilation_right],
                groups,
            }
        })
        .prop_filter("the window fits", |shape| {
            let fits = |axis: usize, side: usize| {
                (shape.kernel[axis] - 1) * shape.dilation[axis] < side + shape.padding[axis][0] + shape.padding[axis][1]
            };
            fits(0, shape.in_height) && fits(1, shape.in_width)
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn all_passes_agree_with_the_definition(shape in shapes()) {
        compare(&shape);
    }
}

#[test]
fn layers_of_real_size_agree_with_the_definition() {
    let same = |batch, side, in_channels, out_channels| ConvShape {
        batch,
        in_height: side,
        in_width: side,
        in_channels,
        out_channels,
        kernel: [3, 3],
        stride: [1, 1],
        padding: [[1, 1], [1, 1]],
        dilation: [1, 1],
        groups: 1,
    };
    compare(&same(8, 28, 1, 32));
    compare(&same(4, 14, 32, 64));
    compare(&ConvShape { stride: [2, 2], groups: 2, ..same(2, 15, 34, 38) });
    compare(&ConvShape { groups: 96, ..same(2, 9, 96, 96) });
    // Groups of 4, 6 and 16 channels: joined by four, by two, not joined.
    compare(&ConvShape { groups: 8, ..same(2, 9, 32, 32) });
    compare(&ConvShape { groups: 6, stride: [2, 2], ..same(1, 11, 36, 24) });
    compare(&ConvShape { groups: 4, ..same(1, 9, 64, 64) });
    // Pictures of which two are laid out together for the weights' gradient, and the third by itself.
    let uneven = ConvShape { in_width: 37, kernel: [5, 3], stride: [1, 2], dilation: [2, 1], ..same(3, 41, 26, 42) };
    compare(&ConvShape { padding: [[3, 4], [2, 0]], groups: 2, ..uneven });
    // First layers, with and without zeros around the pictures.
    let first = ConvShape { kernel: [7, 7], stride: [2, 2], padding: [[3, 3], [3, 2]], ..same(2, 31, 3, 17) };
    compare(&first);
    compare(&ConvShape { padding: [[0; 2]; 2], ..first });
}

#[test]
fn depthwise_kernels_of_all_sizes_agree_with_the_definition() {
    // 58 channels fill no whole number of vectors.
    for (kernel, stride, channels) in
        [(2, 1, 40), (3, 1, 58), (3, 2, 58), (5, 1, 24), (5, 2, 40), (7, 1, 16), (4, 3, 16)]
    {
        let padding = [[kernel / 2; 2]; 2];
        compare(&ConvShape {
            batch: 2,
            in_height: 11,
            in_width: 19,
            in_channels: channels,
            out_channels: channels,
            kernel: [kernel; 2],
            stride: [stride; 2],
            padding,
            dilation: [1; 2],
            groups: channels,
        });
    }
}
