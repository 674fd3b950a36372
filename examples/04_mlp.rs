//! A multilayer perceptron tells two spirals apart, which no single neuron can.

use gradus::prelude::*;

struct Mlp {
    first: Linear,
    second: Linear,
    head: Linear,
}

module!(
    Mlp { first, second, head } | net,
    x,
    cx | {
        let x = net.first.forward(x, cx).tanh(); // [b, 32]
        let x = net.second.forward(&x, cx).tanh(); // [b, 32]
        net.head.forward(&x, cx) // [b, 2]
    }
);

/// Points on two spirals, one and a half turns each, and which of the two each is on.
fn spirals(count: usize, rng: &mut Rng) -> (Tensor, Indices) {
    let mut points = Vec::new();
    let labels: Vec<u32> = (0..count).map(|place| (place % 2) as u32).collect();
    for label in &labels {
        let along = rng.uniform().sqrt();
        let angle = 9.4 * along + std::f64::consts::PI as Real * *label as Real;
        points.extend([along * angle.cos() + 0.02 * rng.normal(), along * angle.sin() + 0.02 * rng.normal()]);
    }
    (Tensor::new(points, [count, 2]), Indices::from(&labels[..]))
}

fn main() {
    let mut rng = Rng::new(1);
    let (points, labels) = spirals(400, &mut rng);
    let mut net = Mlp {
        first: Linear::new(2, 32).init(&mut rng),
        second: Linear::new(32, 32).init(&mut rng),
        head: Linear::new(32, 2).init(&mut rng),
    };
    let mut optimizer = Adam::new(0.01);
    let cx = &mut Context::train(1);
    for step in 0..=1000 {
        let logits = net.forward(&points, cx);
        let loss = logits.cross_entropy(&labels);
        if step % 200 == 0 {
            let rows = logits.as_slice().chunks_exact(2);
            let right =
                rows.zip(labels.as_slice()).filter(|(row, label)| u32::from(row[1] > row[0]) == **label).count();
            println!("step {step:>4}: loss {:.4}, {right} of 400 right", loss.item());
        }
        let gradients = loss.backward();
        optimizer.step(&mut net, &gradients);
    }
}
