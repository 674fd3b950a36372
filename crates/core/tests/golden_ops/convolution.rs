//! Convolutions of pictures, sequences and volumes.

use gradus_core::{Conv1dOptions, Conv3dOptions, ConvOptions, Padding, Tensor};

use crate::reference::Family;

const PLAIN: ConvOptions = ConvOptions { stride: [1; 2], padding: Padding::NONE, dilation: [1; 2], groups: 1 };

fn padded(size: usize) -> Padding {
    Padding::from(size)
}

#[test]
fn convolution_agrees_with_pytorch() {
    let mut f = Family::read("convolution");
    f.case("conv2d no bias", |x| x[0].conv2d(&x[1], None, PLAIN));
    let mut conv2d = |name: &str, options: ConvOptions| {
        f.case(&format!("conv2d{name}"), |x: &[Tensor]| x[0].conv2d(&x[1], Some(&x[2]), options));
    };
    conv2d("", PLAIN);
    conv2d(" 1x1", PLAIN);
    conv2d(" 1x1 stride", ConvOptions { stride: [2; 2], ..PLAIN });
    conv2d(" tall", ConvOptions { padding: Padding::from([2, 0]), ..PLAIN });
    conv2d(" stride", ConvOptions { stride: [2; 2], ..PLAIN });
    conv2d(" strides", ConvOptions { stride: [2, 1], ..PLAIN });
    conv2d(" stride beyond kernel", ConvOptions { stride: [3; 2], ..PLAIN });
    conv2d(" padding", ConvOptions { padding: padded(1), ..PLAIN });
    conv2d(" paddings", ConvOptions { padding: Padding::from([2, 1]), ..PLAIN });
    conv2d(" asymmetric", ConvOptions { padding: Padding::Explicit([[0, 2], [1, 0]]), ..PLAIN });
    conv2d(" same even", ConvOptions { padding: Padding::Same, ..PLAIN });
    conv2d(" same stride", ConvOptions { padding: Padding::Same, stride: [2; 2], ..PLAIN });
    conv2d(" dilation", ConvOptions { padding: padded(2), dilation: [2; 2], ..PLAIN });
    conv2d(" dilations", ConvOptions { dilation: [1, 3], stride: [1, 2], ..PLAIN });
    conv2d(" groups", ConvOptions { groups: 3, padding: padded(1), ..PLAIN });
    conv2d(" groups stride", ConvOptions { groups: 2, stride: [2; 2], ..PLAIN });
    conv2d(" depthwise", ConvOptions { groups: 19, padding: padded(1), ..PLAIN });
    conv2d(" depthwise stride", ConvOptions { groups: 17, padding: padded(2), stride: [2; 2], ..PLAIN });
    conv2d(" depthwise dilation", ConvOptions { groups: 5, padding: padded(2), dilation: [2; 2], ..PLAIN });
    conv2d(" depthwise multiplier", ConvOptions { groups: 5, padding: padded(1), ..PLAIN });
    conv2d(" whole", PLAIN);
    let mut conv1d = |name: &str, options: Conv1dOptions| {
        f.case(&format!("conv1d{name}"), |x: &[Tensor]| x[0].conv1d(&x[1], Some(&x[2]), options));
    };
    let plain = Conv1dOptions::default();
    conv1d("", plain);
    conv1d(" stride", Conv1dOptions { stride: 3, ..plain });
    conv1d(" padding", Conv1dOptions { padding: 2.into(), ..plain });
    conv1d(" asymmetric", Conv1dOptions { padding: Padding::Explicit([[2, 0]]), ..plain });
    conv1d(" same", Conv1dOptions { padding: Padding::Same, ..plain });
    conv1d(" dilation", Conv1dOptions { dilation: 3, ..plain });
    conv1d(" groups", Conv1dOptions { groups: 2, ..plain });
    conv1d(" depthwise", Conv1dOptions { groups: 5, padding: 1.into(), ..plain });
    let mut conv3d = |name: &str, options: Conv3dOptions| {
        f.case(&format!("conv3d{name}"), |x: &[Tensor]| x[0].conv3d(&x[1], Some(&x[2]), options));
    };
    let plain = Conv3dOptions::default();
    conv3d("", plain);
    conv3d(" sides", Conv3dOptions { padding: Padding::from([1, 0, 2]), ..plain });
    conv3d(" stride", Conv3dOptions { stride: [2; 3], padding: 1.into(), ..plain });
    conv3d(" strides", Conv3dOptions { stride: [1, 3, 2], ..plain });
    conv3d(" asymmetric", Conv3dOptions { padding: Padding::Explicit([[2, 0], [0, 1], [1, 0]]), ..plain });
    conv3d(" same even", Conv3dOptions { padding: Padding::Same, ..plain });
    conv3d(" dilation", Conv3dOptions { dilation: [2, 1, 2], padding: 1.into(), ..plain });
    conv3d(" groups", Conv3dOptions { groups: 3, padding: 1.into(), ..plain });
    conv3d(" depthwise", Conv3dOptions { groups: 5, stride: [2, 1, 1], padding: 1.into(), ..plain });
    f.case("conv3d no bias", |x| x[0].conv3d(&x[1], None, plain));
    f.finish();
}
