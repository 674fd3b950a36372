//! Burn with its backend Flex.

use bench_common::{Step, Work, element, labels, numbers, serve, start_rayon, weights};
use burn::backend::{Autodiff, Flex};
use burn::module::{AutodiffModule, Module, Param};
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::loss::CrossEntropyLossConfig;
use burn::nn::pool::{MaxPool2d, MaxPool2dConfig};
use burn::nn::{Linear, LinearConfig, PaddingConfig2d};
use burn::optim::momentum::MomentumConfig;
use burn::optim::{AdamConfig, GradientsParams, Optimizer, SgdConfig};
use burn::tensor::backend::Backend;
use burn::tensor::{Int, Tensor, TensorData, activation};

type B = Autodiff<Flex>;

fn tensor<const D: usize>(values: Vec<f32>, shape: [usize; D]) -> Tensor<B, D> {
    Tensor::from_data(TensorData::new(values, shape), &Default::default())
}

/// Burn's weight is [in, out].
fn linear(inputs: usize, outputs: usize, stream: u32) -> Linear<B> {
    let mut layer = LinearConfig::new(inputs, outputs).init::<B>(&Default::default());
    let published = tensor(weights(inputs * outputs, stream, inputs), [outputs, inputs]);
    layer.weight = Param::from_data(published.transpose().into_data(), &Default::default());
    layer.bias = Some(Param::from_data(TensorData::new(vec![0.0_f32; outputs], [outputs]), &Default::default()));
    layer
}

fn conv(inputs: usize, outputs: usize, stream: u32) -> Conv2d<B> {
    let config = Conv2dConfig::new([inputs, outputs], [3, 3]).with_padding(PaddingConfig2d::Same);
    let mut layer = config.init::<B>(&Default::default());
    let published = TensorData::new(weights(inputs * outputs * 9, stream, inputs * 9), [outputs, inputs, 3, 3]);
    layer.weight = Param::from_data(published, &Default::default());
    layer.bias = Some(Param::from_data(TensorData::new(vec![0.0_f32; outputs], [outputs]), &Default::default()));
    layer
}

#[derive(Module, Debug)]
struct Dense<B: Backend> {
    first: Linear<B>,
    second: Linear<B>,
    head: Linear<B>,
}

#[derive(Module, Debug)]
struct Cnn<B: Backend> {
    conv1: Conv2d<B>,
    conv2: Conv2d<B>,
    pool: MaxPool2d,
    hidden: Linear<B>,
    head: Linear<B>,
}

fn training<M, const D: usize>(
    net: M,
    mut optimizer: impl Optimizer<M, B> + 'static,
    rate: f64,
    x: Tensor<B, D>,
    labels: Vec<u32>,
    forward: impl Fn(&M, Tensor<B, D>) -> Tensor<B, 2> + 'static,
) -> Step
where
    M: AutodiffModule<B> + 'static,
{
    let count = labels.len();
    let labels: Vec<i64> = labels.into_iter().map(i64::from).collect();
    let labels: Tensor<B, 1, Int> = Tensor::from_data(TensorData::new(labels, [count]), &Default::default());
    let loss_of = CrossEntropyLossConfig::new().init::<B>(&Default::default());
    let mut net = Some(net);
    Box::new(move |_| {
        let before = net.take().expect("put back below");
        let loss = loss_of.forward(forward(&before, x.clone()), labels.clone());
        let gradients = GradientsParams::from_grads(loss.backward(), &before);
        net = Some(optimizer.step(rate, before, gradients));
        loss.into_scalar()
    })
}

fn dense(sizes: [usize; 4], batch: usize, momentum: bool, activation: fn(Tensor<B, 2>) -> Tensor<B, 2>) -> Step {
    let net = Dense {
        first: linear(sizes[0], sizes[1], 1),
        second: linear(sizes[1], sizes[2], 2),
        head: linear(sizes[2], sizes[3], 3),
    };
    let mut config = SgdConfig::new();
    if momentum {
        config = config.with_momentum(Some(MomentumConfig::new().with_momentum(0.9).with_dampening(0.0)));
    }
    let x = tensor(numbers(batch * sizes[0], 9, 1.0), [batch, sizes[0]]);
    training(net, config.init(), 0.01, x, labels(batch, sizes[3] as u32), move |net, x| {
        let x = activation(net.first.forward(x));
        let x = activation(net.second.forward(x));
        net.head.forward(x)
    })
}

fn cnn() -> Step {
    let net = Cnn {
        conv1: conv(1, 32, 1),
        conv2: conv(32, 64, 2),
        pool: MaxPool2dConfig::new([2, 2]).with_strides([2, 2]).init(),
        hidden: linear(64 * 49, 128, 3),
        head: linear(128, 10, 4),
    };
    let x = tensor(numbers(64 * 784, 9, 1.0), [64, 1, 28, 28]);
    let adam = AdamConfig::new().with_epsilon(1e-8).init();
    training(net, adam, 1e-3, x, labels(64, 10), |net: &Cnn<B>, x| {
        let x = net.pool.forward(activation::relu(net.conv1.forward(x)));
        let x = net.pool.forward(activation::relu(net.conv2.forward(x)));
        let x = activation::relu(net.hidden.forward(x.flatten(1, 3)));
        net.head.forward(x)
    })
}

fn make(row: &str) -> Work {
    let step: Step = match row {
        "mlp" => dense([784, 512, 512, 10], 128, true, activation::relu),
        "mlp-32" => dense([784, 512, 512, 10], 32, true, activation::relu),
        "tiny" => dense([2, 16, 16, 2], 32, false, activation::tanh),
        "cnn" => cnn(),
        size => {
            let size: usize = size.parse().expect("a row's name or a size");
            let [a, b] = [1, 2].map(|stream| {
                let values = TensorData::new(numbers(size * size, stream, 1.0), [size, size]);
                Tensor::<Flex, 2>::from_data(values, &Default::default())
            });
            let mut call = 0;
            Box::new(move |answers| {
                let c = std::hint::black_box(a.clone().matmul(b.clone()));
                call += 1;
                if answers { c.into_data().to_vec::<f32>().unwrap()[element(call, size * size)] } else { 0.0 }
            })
        }
    };
    step.into()
}

fn main() {
    start_rayon();
    serve(make);
}
