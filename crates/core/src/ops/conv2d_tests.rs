use super::*;
use crate::{Rng, dry_run, grad};

fn refused(x: [usize; 4], weight: [usize; 4], options: ConvOptions) -> String {
    let weight = Tensor::zeros(weight);
    dry_run(x, |x| x.conv2d(&weight, None, options)).unwrap_err().to_string()
}

#[test]
fn an_identity_kernel_copies_and_an_edge_is_zero() {
    let x = Tensor::arange(9).reshape([1, 3, 3, 1]);
    let mut weight = Tensor::zeros([1, 3, 3, 1]);
    weight.as_mut_slice()[0] = 1.0; // the tap above and to the left
    let y = x.conv2d(&weight, Some(&Tensor::from([0.5])), ConvOptions { padding: 1.into(), ..ConvOptions::default() });
    assert_eq!(y.to_vec(), [0.5, 0.5, 0.5, 0.5, 0.5, 1.5, 0.5, 3.5, 4.5]);
}

#[test]
fn same_padding_gives_the_size_over_the_stride_rounded_up() {
    for kernel in 1..6 {
        for stride in 1..4 {
            let options = ConvOptions { stride: [stride; 2], padding: Padding::Same, ..ConvOptions::default() };
            let y = Tensor::ones([1, 7, 10, 1]).conv2d(&Tensor::ones([1, kernel, kernel, 1]), None, options);
            assert_eq!(&*y.shape(), [1, 7usize.div_ceil(stride), 10usize.div_ceil(stride), 1]);
        }
    }
}

/// The three ops are adjoint in each operand: <conv(x, w), g> = <x, input(g, w)> = <w, weight(x, g)>.
#[test]
fn the_gradients_are_the_adjoints_for_every_option() {
    let mut rng = Rng::new(1);
    for stride in [[1, 1], [2, 3]] {
        for padding in [Padding::NONE, Padding::Explicit([[1, 2], [0, 3]]), Padding::Same] {
            for dilation in [[1, 1], [2, 1]] {
                for groups in [1, 2, 4] {
                    let options = ConvOptions { stride, padding, dilation, groups };
                    let x = Tensor::randn([2, 7, 9, 4], &mut rng).requires_grad();
                    let weight = Tensor::randn([8, 3, 2, 4 / groups], &mut rng).requires_grad();
                    let y = x.conv2d(&weight, None, options);
                    let g = Tensor::randn(y.shape(), &mut rng).requires_grad();
                    let product = y.mul(&g).sum();
                    let expected = product.item();
                    let grads = grad(&product, &[&x, &weight], true);
                    for (grad, operand) in grads.iter().zip([&x, &weight]) {
                        let sum = grad.mul(operand).sum();
                        assert!((sum.item() - expected).abs() < 1e-3, "{options:?}: {} against {expected}", sum.item());
                    }
                    // Each of the gradients, differentiated with respect to g, gives back the convolution.
                    for (first, operand) in grads.iter().zip([&x, &weight]) {
                        let second = grad(&first.mul(operand).sum(), &[&g], true).remove(0);
                        for (a, b) in second.as_slice().iter().zip(y.as_slice()) {
                            assert!((a - b).abs() < 1e-3, "{options:?}: {a} against {b}");
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn an_empty_batch_passes() {
    let y = Tensor::zeros([0, 5, 5, 2]).conv2d(&Tensor::ones([3, 3, 3, 2]), None, ConvOptions::default());
    assert_eq!(&*y.shape(), [0, 3, 3, 3]);
}

#[test]
fn work_and_reach_are_told() {
    let weight = Tensor::ones([16, 3, 3, 4]);
    let options = ConvOptions { stride: [2, 1], dilation: [1, 2], padding: 2.into(), groups: 2 };
    let ops = dry_run([1, 8, 8, 8], |x| x.conv2d(&weight, None, options)).unwrap();
    assert_eq!(&*ops[0].output, [1, 5, 8, 16]);
    assert_eq!(ops[0].multiplies, 5 * 8 * 16 * 9 * 4);
    let window = ops[0].window.unwrap();
    assert_eq!(window, Window { kernel: [3, 3], dilation: [1, 2], stride: [2, 1] });
    assert_eq!(window.reach(), [3, 5]);
}

#[test]
#[should_panic(expected = "conv2d: input has 3 channels, weight expects 1; input [8, 28, 28, 3], weight [16, 3, 3, 1]")]
fn wrong_channels_are_named() {
    let _ = Tensor::ones([8, 28, 28, 3]).conv2d(&Tensor::ones([16, 3, 3, 1]), None, ConvOptions::default());
}

#[test]
fn what_does_not_fit_is_said() {
    let plain = ConvOptions::default();
    assert_eq!(
        refused([1, 4, 4, 2], [3, 3, 3, 2], ConvOptions { dilation: [1, 2], ..plain }),
        "conv2d: a kernel that spans 3x5 is larger than the padded picture of 4x4; input [1, 4, 4, 2], \
         weight [3, 3, 3, 2]; add padding, or give larger pictures"
    );
    assert_eq!(
        refused([1, 4, 4, 6], [4, 3, 3, 2], ConvOptions { groups: 3, ..plain }),
        "conv2d: 6 input and 4 output channels do not divide into 3 groups; input [1, 4, 4, 6], weight [4, 3, 3, 2]; \
         groups must divide both"
    );
    assert!(refused([1, 4, 4, 6], [4, 3, 3, 6], ConvOptions { groups: 2, ..plain }).contains("in each of 2 groups"));
    assert!(refused([1, 4, 4, 6], [4, 3, 3, 6], ConvOptions { stride: [0, 1], ..plain }).contains("at least 1"));
    let error = dry_run([28, 28, 1], |x| x.conv2d(&Tensor::ones([4, 3, 3, 1]), None, plain)).unwrap_err();
    assert!(error.to_string().contains("one picture is a batch of 1"));
}

#[test]
#[should_panic(expected = "conv2d: bias [3] does not fit weight [4, 3, 3, 1]; it must be [4]")]
fn a_wrong_bias_is_named() {
    let (x, weight) = (Tensor::ones([1, 5, 5, 1]), Tensor::ones([4, 3, 3, 1]));
    let _ = x.conv2d(&weight, Some(&Tensor::ones([3])), ConvOptions::default());
}
