//! The dense layer's map: y = x W' + b. dx = g W, dW = g' x, db = sum of g over the batch.

use gradus_kernels::gemm::{self, Epilogue, Matrix};
use smallvec::smallvec;

use crate::freeze::Part;
use crate::graph::{InputGradients, Op, Pull, apply};
use crate::tensor::{Shape, Tensor};

struct Linear;

impl Op for Linear {
    const NAME: &'static str = "linear";
    type Saved = [Tensor; 2];

    fn infer(&self, inputs: &[Shape]) -> Result<Shape, String> {
        let [x, weight] = [inputs[0], inputs[1]];
        if weight.rank() != 2 || x.rank() == 0 {
            return Err(format!("needs input [.., in] and weight [out, in]; input {x}, weight {weight}"));
        }
        if x.last() != weight[1] {
            return Err(format!(
                "input has {} features, weight expects {}; input {x}, weight {weight}; flatten pictures to one row each, \
                 or give the layer {} inputs",
                x.last(),
                weight[1],
                x.last()
            ));
        }
        match inputs.get(2) {
            Some(bias) if **bias != [weight[0]] => {
                Err(format!("bias {bias} does not fit weight {weight}; it must be [{}]", weight[0]))
            }
            _ => Ok(x.with(x.rank() - 1, weight[0])),
        }
    }

    fn forward(&self, inputs: &[&Tensor], shape: Shape) -> (Tensor, Self::Saved) {
        let (x, weight) = (inputs[0], inputs[1]);
        let (columns, features) = (weight.shape()[0], weight.shape()[1]);
        let rows = shape[..shape.rank() - 1].iter().product();
        let output = Tensor::build(shape, |out| {
            let left = Matrix { data: x.as_slice(), rows, columns: features, transposed: false };
            let right = Matrix { data: weight.as_slice(), rows: features, columns, transposed: true };
            let bias = inputs.get(2).map(|bias| bias.as_slice());
            gemm::gemm(left, right, out, false, Epilogue { bias, ..Epilogue::default() });
        });
        (output, [x.clone(), weight.clone()])
    }

    fn part(&self, _: &[Shape]) -> Part {
        Part::Linear
    }

    fn backward(&self, [x, weight]: &Self::Saved, pull: &Pull<'_>, grad: &Tensor) -> InputGradients {
        let flat = grad.as_rows(); // [b, out]
        let mut gradients: InputGradients = smallvec![
            pull.needs(0).then(|| flat.matmul(weight).reshape(x.shape())),
            pull.needs(1).then(|| flat.matmul_with(true, &x.as_rows(), false)),
        ];
        if pull.inputs() == 3 {
            gradients.push(pull.needs(2).then(|| flat.sum_axes(&[0])));
        }
        gradients
    }

    fn multiplies(&self, inputs: &[Shape], output: Shape) -> u64 {
        output.elements() as u64 * inputs[1][1] as u64
    }
}

impl Tensor {
    /// x W' + b: `[.., in]` with weight `[out, in]` and bias `[out]` gives `[.., out]`.
    #[track_caller]
    #[must_use]
    pub fn linear(&self, weight: &Tensor, bias: Option<&Tensor>) -> Tensor {
        match bias {
            Some(bias) => apply(Linear, &[self, weight, bias]),
            None => apply(Linear, &[self, weight]),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::Tensor;

    #[test]
    fn it_is_a_product_and_a_sum() {
        let x = Tensor::from([[1.0, 2.0]]);
        let weight = Tensor::from([[3.0, 4.0], [5.0, 6.0], [7.0, 8.0]]);
        let y = x.linear(&weight, Some(&Tensor::from([0.5, 0.0, -1.0])));
        assert_eq!(y.to_vec(), [11.5, 17.0, 22.0]);
    }

    #[test]
    #[should_panic(expected = "linear: input has 3 features, weight expects 2; input [4, 3], weight [5, 2]")]
    fn a_wrong_width_names_both_shapes() {
        let _ = Tensor::ones([4, 3]).linear(&Tensor::ones([5, 2]), None);
    }
}
