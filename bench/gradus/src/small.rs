//! Small networks, written out: two MLPs and a CNN for 28x28.

use crate::cost;
use bench_common::{Work, labels, numbers, weights};
use gradus::prelude::*;

struct Dense {
    first: Linear,
    second: Linear,
    head: Linear,
    activation: Activation,
}

module!(
    Dense { first, second, head } | net,
    x,
    cx | {
        let x = net.activation.apply(&net.first.forward(x, cx));
        let x = net.activation.apply(&net.second.forward(&x, cx));
        net.head.forward(&x, cx)
    }
);

struct Cnn {
    conv1: Conv2d,
    conv2: Conv2d,
    hidden: Linear,
    head: Linear,
}

module!(
    Cnn { conv1, conv2, hidden, head } | net,
    x,
    cx | {
        let x = net.conv1.forward(x, cx).relu_max_pool2d(2);
        let x = net.conv2.forward(&x, cx).relu_max_pool2d(2);
        let x = net.hidden.forward(&x.flatten(1), cx).relu();
        net.head.forward(&x, cx)
    }
);

fn linear(inputs: usize, outputs: usize, stream: u32) -> Linear {
    let mut layer = Linear::new(inputs, outputs).init(&mut Rng::new(1));
    layer.weight.values_mut().copy_from_slice(&weights(inputs * outputs, stream, inputs));
    layer.bias.as_mut().expect("a bias").values_mut().fill(0.0);
    layer
}

/// Published order is [out, in, height, width]; ours has the channels last.
fn conv(inputs: usize, outputs: usize, stream: u32) -> Conv2d {
    let mut layer = Conv2d::new(inputs, outputs, 3).same().init(&mut Rng::new(1));
    let published = Tensor::new(weights(inputs * outputs * 9, stream, inputs * 9), [outputs, inputs, 3, 3]);
    layer.weight.values_mut().copy_from_slice(published.permute(&[0, 2, 3, 1]).as_slice());
    layer.bias.as_mut().expect("a bias").values_mut().fill(0.0);
    layer
}

/// Steps of training on one batch; `states` are the numbers that the optimizer keeps for each weight.
pub fn training(
    mut net: impl Module + 'static,
    mut optimizer: impl Optimizer + 'static,
    states: usize,
    x: Tensor,
    labels: Indices,
) -> Work {
    let cost = cost::training(&net, &x.shape(), states);
    let mut cx = Context::train(1);
    let step = move |_| {
        let loss = net.forward(&x, &mut cx).cross_entropy(&labels);
        let gradients = loss.backward();
        optimizer.step(&mut net, &gradients);
        loss.item()
    };
    Work { step: Box::new(step), cost: Some(cost) }
}

fn dense(sizes: [usize; 4], batch: usize, momentum: f64, activation: Activation) -> Work {
    let [first, second, head] = std::array::from_fn(|place| linear(sizes[place], sizes[place + 1], place as u32 + 1));
    let net = Dense { first, second, head, activation };
    let x = Tensor::new(numbers(batch * sizes[0], 9, 1.0), [batch, sizes[0]]);
    let optimizer = Sgd::new(0.01).momentum(momentum);
    let states = usize::from(momentum > 0.0);
    training(net, optimizer, states, x, Indices::new(labels(batch, sizes[3] as u32), [batch]))
}

pub fn make(row: &str) -> Work {
    match row {
        "mlp" => dense([784, 512, 512, 10], 128, 0.9, Activation::Relu),
        "mlp-32" => dense([784, 512, 512, 10], 32, 0.9, Activation::Relu),
        "tiny" => dense([2, 16, 16, 2], 32, 0.0, Activation::Tanh),
        _ => {
            let mut hidden = linear(64 * 49, 128, 3);
            let published = Tensor::new(weights(128 * 64 * 49, 3, 64 * 49), [128, 64, 7, 7]);
            hidden.weight.values_mut().copy_from_slice(published.permute(&[0, 2, 3, 1]).as_slice());
            let net = Cnn { conv1: conv(1, 32, 1), conv2: conv(32, 64, 2), hidden, head: linear(128, 10, 4) };
            let x = Tensor::new(numbers(64 * 784, 9, 1.0), [64, 28, 28, 1]);
            training(net, Adam::new(1e-3), 2, x, Indices::new(labels(64, 10), [64]))
        }
    }
}
