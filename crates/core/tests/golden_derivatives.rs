//! Gradients, Hessians, Hessian-vector products and Jacobians against torch.autograd.functional.

use std::collections::BTreeMap;

use gradus_core::derivative::{self, ParameterVector};
use gradus_core::nn::{Activation, AvgPool2d, Context, Conv2d, Flatten, LayerNorm, Linear, Module, Sequential};
use gradus_core::{Indices, Real, Rng, Tensor};
use safetensors::{Dtype, SafeTensors};

/// What a number may be off by, relative to the root mean square of its tensor or itself.
const TOLERANCE: f64 = if size_of::<Real>() == 4 { 1e-3 } else { 1e-6 };

struct Golden(BTreeMap<String, Vec<f64>>, BTreeMap<String, Vec<usize>>);

impl Golden {
    fn read() -> Self {
        let bytes = include_bytes!("../../../golden/data/derivatives.safetensors");
        let (mut values, mut shapes) = (BTreeMap::new(), BTreeMap::new());
        for (name, view) in SafeTensors::deserialize(bytes).unwrap().tensors() {
            let words = view.data().chunks_exact(4).map(|word| <[u8; 4]>::try_from(word).unwrap());
            let numbers = match view.dtype() {
                Dtype::F32 => words.map(|word| f64::from(f32::from_le_bytes(word))).collect(),
                _ => words.map(|word| f64::from(u32::from_le_bytes(word))).collect(),
            };
            shapes.insert(name.clone(), view.shape().to_vec());
            values.insert(name, numbers);
        }
        Golden(values, shapes)
    }

    fn tensor(&self, name: &str) -> Tensor {
        let values: Vec<Real> = self.0[name].iter().map(|value| *value as Real).collect();
        Tensor::new(values, self.1[name].as_slice())
    }

    #[track_caller]
    fn compare(&self, name: &str, ours: &[Real]) {
        let theirs = &self.0[name];
        assert_eq!(ours.len(), theirs.len(), "{name}");
        let size = (theirs.iter().map(|value| value * value).sum::<f64>() / theirs.len() as f64).sqrt();
        for (place, (ours, theirs)) in ours.iter().zip(theirs).enumerate() {
            let (ours, most) = (*ours as f64, TOLERANCE * size.max(theirs.abs()));
            assert!((ours - theirs).abs() <= most, "{name}, place {place}: {ours} against {theirs}");
        }
    }
}

#[test]
fn a_function_has_the_derivatives_of_pytorch() {
    let golden = Golden::read();
    let mixing = golden.tensor("function/mixing"); // [5, 4]
    let vector = |x: &Tensor| {
        let mixed = mixing.matmul(&x.reshape([4, 1])).reshape([5]).sin();
        mixed.mul(&x.square().sum().neg().exp())
    };
    let loss = |x: &Tensor| vector(x).square().sum();
    let (point, direction) = (golden.tensor("function/point"), golden.tensor("function/direction"));
    golden.compare("function/gradient", derivative::gradient(loss, &point).as_slice());
    golden.compare("function/hessian", derivative::hessian(loss, &point).as_slice());
    golden.compare("function/hessian_vector", derivative::hessian_vector(loss, &point, &direction).as_slice());
    golden.compare("function/directional", &[derivative::directional_derivative(loss, &point, &direction)]);
    golden.compare("function/jacobian", derivative::jacobian(vector, &point).as_slice());
}

fn network_agrees(golden: &Golden, case: &str, mut network: Sequential, loss: impl Fn(&Tensor) -> Tensor) {
    ParameterVector::write(&mut network, golden.tensor(&format!("{case}/point")).as_slice());
    let vector = ParameterVector::of(&network);
    let inputs = golden.tensor(&format!("{case}/inputs"));
    let outputs = || network.forward(&inputs, &mut Context::eval());
    let direction = golden.tensor(&format!("{case}/direction"));
    golden.compare(&format!("{case}/point"), &vector.values());
    golden.compare(&format!("{case}/gradient"), &vector.gradient(&loss(&outputs())));
    golden.compare(&format!("{case}/hessian"), &vector.hessian(&loss(&outputs())));
    let product = vector.hessian_vector(&loss(&outputs()), direction.as_slice());
    golden.compare(&format!("{case}/hessian_vector"), &product);
    golden.compare(&format!("{case}/jacobian"), &vector.jacobian(&outputs()));
}

#[test]
fn a_convolutional_network_has_the_derivatives_of_pytorch() {
    let (golden, rng) = (Golden::read(), &mut Rng::new(1));
    let network = Sequential::new()
        .add(Conv2d::new(2, 2, 3).init(rng))
        .add(Activation::Tanh)
        .add(AvgPool2d::new(2))
        .add(Flatten)
        .add(Linear::new(8, 3).init(rng));
    let labels: Vec<u32> = golden.0["cnn/labels"].iter().map(|label| *label as u32).collect();
    let labels = Indices::new(labels, [4]);
    network_agrees(&golden, "cnn", network, |outputs| outputs.cross_entropy(&labels));
}

#[test]
fn a_perceptron_of_smooth_layers_has_the_derivatives_of_pytorch() {
    let (golden, rng) = (Golden::read(), &mut Rng::new(1));
    let network = Sequential::new()
        .add(Linear::new(3, 5).init(rng))
        .add(Activation::Softplus)
        .add(LayerNorm::new([5]))
        .add(Activation::Sigmoid)
        .add(Linear::new(5, 2).init(rng));
    let wanted = golden.tensor("mlp/wanted");
    network_agrees(&golden, "mlp", network, |outputs| outputs.sub(&wanted).square().mean());
}
