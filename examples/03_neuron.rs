//! One neuron: a weighted sum and a sigmoid learn the logical AND.

use gradus::prelude::*;

fn main() {
    let inputs = Tensor::from([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]);
    let answers = Tensor::from([[0.0], [0.0], [0.0], [1.0]]);

    let mut neuron = Linear::new(2, 1).init(&mut Rng::new(1));
    let mut optimizer = Sgd::new(1.0);
    let cx = &mut Context::train(1);
    for step in 0..=500 {
        let logits = neuron.forward(&inputs, cx);
        let loss = logits.binary_cross_entropy_with_logits(&answers);
        if step % 100 == 0 {
            println!("step {step:>3}: loss {:.4}", loss.item());
        }
        let gradients = loss.backward();
        optimizer.step(&mut neuron, &gradients);
    }
    println!("\nweights {}, bias {}", *neuron.weight, **neuron.bias.as_ref().expect("a neuron has a bias"));
    println!("answers to the four inputs\n{:.3}", neuron.forward(&inputs, cx).sigmoid());
}
