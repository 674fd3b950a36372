//! A 5x5 layer as two of 3x3, which see as far (Simonyan and Zisserman, 2015; Szegedy et al., 2016): 18 in place of 25
//! multiplications where all have as many channels.
//!
//! Not every 5x5 layer is a product of two such layers, so this one is a start: the first 3x3 passes the picture on, the
//! second is the inner 3x3 of the kernel. [`imitate`](super::imitate()) trains it from there to give what the layer gives.

use gradus_core::init::Initializer;
use gradus_core::nn::{Activation, Conv2d, Parameter};
use gradus_core::{ConvOptions, Error, Padding, Real, Rng, Tensor, module};

use super::refuse;

/// The share of the usual first weights that breaks the symmetry of the start.
const NOISE: Real = 0.1;

/// Two 3x3 layers, with or without a function between.
#[derive(Clone, Debug)]
pub struct Stacked {
    /// `[c, 3, 3, in]`.
    pub first: Conv2d,
    /// What stands between; ReLU also lets pass what it was given where that is not negative.
    pub between: Activation,
    /// `[out, 3, 3, c]`, with the stride and the bias of the layer.
    pub second: Conv2d,
}

module!(
    Stacked { first, second } | net,
    x,
    cx | {
        let x = net.between.apply(&net.first.forward(x, cx)); // [b, h, w, c]
        net.second.forward(&x, cx)
    }
);

impl Stacked {
    /// The start from a 5x5 layer, with `channels` between.
    ///
    /// Errors: another kernel, groups, dilation, or a padding other than none, 2, or same.
    pub fn of(layer: &Conv2d, channels: usize, between: Activation, rng: &mut Rng) -> Result<Self, Error> {
        let [outputs, 5, 5, inputs] = *layer.weight.shape() else {
            return Err(refuse(layer, "is not of 5x5; two of 3x3 see no less and no more than 5x5"));
        };
        let ConvOptions { stride, padding, dilation, groups } = layer.options;
        if groups != 1 || dilation != [1; 2] || channels == 0 {
            return Err(refuse(layer, "needs one group, no dilation, and at least one channel between"));
        }
        let padding = match padding {
            Padding::Same => Padding::Same,
            Padding::Explicit(sides) if sides == [[0; 2]; 2] => Padding::NONE,
            Padding::Explicit(sides) if sides == [[2; 2]; 2] => Padding::from(1),
            Padding::Explicit(_) => return Err(refuse(layer, "needs no padding, a padding of 2, or same")),
        };
        let mut pass = Initializer::FanIn.draw([channels, 3, 3, inputs], rng).scale(NOISE);
        for channel in 0..channels.min(inputs) {
            pass.as_mut_slice()[(channel * 9 + 4) * inputs + channel] += 1.0;
        }
        // [out, 3, 3, c]: what the layer has in the middle, for those channels that are passed on.
        let inner = layer.weight.detached().narrow(1, 1, 3).narrow(2, 1, 3);
        let known = channels.min(inputs);
        let inner = inner.narrow(3, 0, known).pad_axis(3, [0, channels - known], 0.0);
        let noise = Initializer::FanIn.draw([outputs, 3, 3, channels], rng).scale(NOISE);
        Ok(Stacked {
            first: Conv2d {
                weight: Parameter::kernel(&pass),
                bias: Some(Parameter::new(&Tensor::zeros([channels]))),
                options: ConvOptions { padding, ..ConvOptions::default() },
            },
            between,
            second: Conv2d {
                weight: Parameter::kernel(&inner.add(&noise)),
                bias: layer.bias.as_ref().map(|bias| Parameter::new(bias)),
                options: ConvOptions { stride, padding, ..ConvOptions::default() },
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gradus_core::nn::{Context, Module};

    #[test]
    fn sizes_are_those_of_the_layer() {
        let rng = &mut Rng::new(1);
        let x = Tensor::randn([2, 12, 13, 3], rng);
        for config in [Conv2d::new(3, 4, 5), Conv2d::new(3, 4, 5).padding(2).stride(2), Conv2d::new(3, 4, 5).same()] {
            let layer = config.init(rng);
            for channels in [2, 3, 7] {
                let stacked = Stacked::of(&layer, channels, Activation::Relu, rng).unwrap();
                let cx = &mut Context::eval();
                assert_eq!(stacked.forward(&x, cx).shape(), layer.forward(&x, cx).shape(), "{config:?}");
            }
        }
    }

    #[test]
    fn it_starts_near_a_layer_that_is_zero_outside_its_middle() {
        let rng = &mut Rng::new(2);
        let mut layer = Conv2d::new(2, 3, 5).same().init(rng);
        let inner = layer.weight.narrow(1, 1, 3).narrow(2, 1, 3).pad(&[[0; 2], [1; 2], [1; 2], [0; 2]], 0.0);
        layer.weight = Parameter::kernel(&inner);
        let x = Tensor::rand([1, 9, 9, 2], rng);
        let stacked = Stacked::of(&layer, 2, Activation::Identity, rng).unwrap();
        let cx = &mut Context::eval();
        let error = super::super::output_error(&stacked.forward(&x, cx), &layer.forward(&x, cx));
        assert!(error > 1e-4 && error < 0.5, "{error}");
    }

    #[test]
    fn another_layer_is_refused() {
        let rng = &mut Rng::new(1);
        let refused =
            |layer: Conv2d, rng: &mut Rng| Stacked::of(&layer, 2, Activation::Relu, rng).unwrap_err().to_string();
        assert!(refused(Conv2d::new(2, 2, 3).init(rng), rng).contains("is not of 5x5"));
        assert!(refused(Conv2d::new(2, 2, 5).padding(1).init(rng), rng).contains("padding"));
        assert!(refused(Conv2d::new(2, 2, 5).dilation(2).init(rng), rng).contains("dilation"));
    }
}
