//! A k x k layer as k x 1, then 1 x k (Jaderberg, Vedaldi and Zisserman, Speeding up convolutional neural networks with low
//! rank expansions, 2014, scheme 2; its best rank r in closed form: Tai et al., 2016).
//!
//! The weight \[out, kh, kw, in] is a matrix M \[(in, kh), (out, kw)]. Of its decomposition M = sum over i of s_i u_i v_i', the
//! vertical kernel i is sqrt(s_i) u_i over (in, kh), and it goes into output o by sqrt(s_i) v_i over kw: k r (in + out)
//! multiplications a pixel in place of k^2 in out.

use gradus_core::linalg::svd;
use gradus_core::nn::{Conv2d, Parameter};
use gradus_core::{ConvOptions, Error, Padding, Real, Tensor, module};

use super::refuse;

/// A column of kernels, then a row of kernels, with nothing between.
#[derive(Clone, Debug)]
pub struct TwoPass {
    /// `[r, kh, 1, in]`, without a bias.
    pub vertical: Conv2d,
    /// `[out, 1, kw, r]`, with the layer's bias.
    pub horizontal: Conv2d,
}

module!(
    TwoPass { vertical, horizontal } | net,
    x,
    cx | {
        let x = net.vertical.forward(x, cx); // [b, h', w, r]
        net.horizontal.forward(&x, cx)
    }
);

impl TwoPass {
    /// The best two passes with `rank` channels between; with as many as the weight's rank can be where `rank` is larger.
    ///
    /// Errors: rank 0, a layer of several groups, or a weight that is not finite.
    pub fn of(layer: &Conv2d, rank: usize) -> Result<Self, Error> {
        let [outputs, height, width, inputs] = *layer.weight.shape() else {
            return Err(refuse(layer, "has no kernel of two axes"));
        };
        if layer.options.groups != 1 {
            return Err(refuse(layer, "has groups; only a layer that sees all channels is taken apart"));
        }
        if rank == 0 {
            return Err(refuse(layer, "cannot be left with rank 0; give at least 1"));
        }
        let matrix = layer.weight.permute(&[3, 1, 0, 2]); // [in, kh, out, kw]
        let matrix: Vec<f64> = matrix.as_slice().iter().map(|value| f64::from(*value)).collect();
        let (rows, columns) = (inputs * height, outputs * width);
        let parts = svd(&matrix, rows, columns).ok_or_else(|| refuse(layer, "has weights that are not finite"))?;
        let rank = rank.min(parts.values.len());
        let side = |vectors: &[f64], length: usize| -> Vec<Real> {
            let scaled = vectors.chunks(length).zip(&parts.values).take(rank);
            scaled.flat_map(|(row, value)| row.iter().map(move |entry| (entry * value.sqrt()) as Real)).collect()
        };
        let down = Tensor::new(side(&parts.left, rows), [rank, inputs, height, 1]).permute(&[0, 2, 3, 1]);
        let across = Tensor::new(side(&parts.right, columns), [rank, outputs, width, 1]).permute(&[1, 3, 2, 0]);
        let (vertical, horizontal) = passes(layer.options);
        Ok(TwoPass {
            vertical: Conv2d { weight: Parameter::kernel(&down), bias: None, options: vertical },
            horizontal: Conv2d {
                weight: Parameter::kernel(&across),
                bias: layer.bias.as_ref().map(|bias| Parameter::new(bias)),
                options: horizontal,
            },
        })
    }

    /// The weight of the one layer that these two are.
    pub fn weight(&self) -> Tensor {
        let [rank, height, _, inputs] = *self.vertical.weight.shape() else { unreachable!("made with four axes") };
        let [outputs, _, width, _] = *self.horizontal.weight.shape() else { unreachable!("made with four axes") };
        let down = self.vertical.weight.detached().reshape([rank, height * inputs]);
        let across = self.horizontal.weight.detached().reshape([outputs * width, rank]);
        across.matmul(&down).reshape([outputs, width, height, inputs]).permute(&[0, 2, 1, 3])
    }
}

/// What belongs to the height goes into the first pass, what belongs to the width into the second.
fn passes(options: ConvOptions) -> (ConvOptions, ConvOptions) {
    let ConvOptions { stride: [down, across], padding, dilation: [rows, columns], groups } = options;
    let (above, beside) = match padding {
        Padding::Explicit([rows, columns]) => (Padding::Explicit([rows, [0; 2]]), Padding::Explicit([[0; 2], columns])),
        Padding::Same => (Padding::Same, Padding::Same),
    };
    (
        ConvOptions { stride: [down, 1], padding: above, dilation: [rows, 1], groups },
        ConvOptions { stride: [1, across], padding: beside, dilation: [1, columns], groups },
    )
}

#[cfg(test)]
mod tests {
    use super::super::kernel::relative_distance;
    use super::*;
    use gradus_core::Rng;
    use gradus_core::nn::{Context, Module};

    #[test]
    fn full_rank_is_the_layer_for_every_option() {
        let rng = &mut Rng::new(1);
        let configs = [
            Conv2d::new(4, 6, 5).same(),
            Conv2d::new(4, 6, [3, 5]).stride([2, 1]).padding([[1, 0], [2, 1]]),
            Conv2d::new(4, 6, 3).stride(2).same().dilation([1, 2]).no_bias(),
        ];
        for config in configs {
            let layer = config.init(rng);
            let x = Tensor::randn([2, 11, 12, 4], rng);
            let split = TwoPass::of(&layer, 99).unwrap();
            let cx = &mut Context::eval();
            let (found, expected) = (split.forward(&x, cx), layer.forward(&x, cx));
            assert_eq!(found.shape(), expected.shape(), "{config:?}");
            assert!(relative_distance(found.as_slice(), expected.as_slice()) < 1e-5, "{config:?}");
        }
    }

    #[test]
    fn a_lower_rank_is_off_by_what_it_leaves_out() {
        let layer = Conv2d::new(3, 4, 3).init(&mut Rng::new(2));
        let mut last = 1.0;
        for rank in 1..=9 {
            let off =
                relative_distance(TwoPass::of(&layer, rank).unwrap().weight().as_slice(), layer.weight.as_slice());
            assert!(off < last, "rank {rank}: {off} after {last}");
            last = off;
        }
        assert!(last < 1e-5);
    }

    #[test]
    fn what_cannot_be_taken_apart_is_said() {
        let layer = Conv2d::new(4, 4, 3).groups(2).init(&mut Rng::new(1));
        assert!(TwoPass::of(&layer, 1).unwrap_err().to_string().contains("has groups"));
        let layer = Conv2d::new(4, 4, 3).init(&mut Rng::new(1));
        assert!(TwoPass::of(&layer, 0).unwrap_err().to_string().contains("give at least 1"));
    }
}
