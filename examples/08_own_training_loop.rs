//! A training loop of one's own: nothing in the engine asks for the one that is there.

use gradus::data::{OpenOptions, open};
use gradus::optim::{clip, schedule::OneCycle};
use gradus::prelude::*;
use gradus::zoo;

fn main() -> Result<(), Error> {
    let data = open("fashion", &OpenOptions::default())?;
    let train = Loader::new(data.train, 64).shuffle(true).seed(1);
    let held_out = Loader::new(data.test.expect("the slice has a test part"), 256);

    let interface = zoo::Interface { input: vec![28, 28, 1], outputs: 10 };
    let mut net = zoo::build("mlp", &zoo::Options::new(), &interface, &mut Rng::new(1))?.network;
    let mut optimizer = Adam::new(1e-3);
    let epochs = 3;
    let schedule = OneCycle::new(2e-3, epochs * train.batches() as u64);

    let cx = &mut Context::train(1);
    let mut step = 0;
    for epoch in 0..epochs {
        let mut sum = 0.0;
        for batch in train.epoch(epoch) {
            let batch = batch?;
            let labels = batch.labels().expect("clothes have classes");
            let loss = net.forward(&batch.inputs, cx).cross_entropy(labels);
            sum += loss.item();
            let mut gradients = loss.backward();
            clip::by_norm(&mut gradients, 5.0);
            optimizer.follow(&schedule, step);
            optimizer.step(&mut *net, &gradients);
            step += 1;
        }
        let found = evaluate(&*net, &Classify::new(10), &held_out, |_, _| {})?;
        println!(
            "epoch {}: loss {:.4}, held out {:.2} %",
            epoch + 1,
            sum / train.batches() as Real,
            100.0 * found.score
        );
    }
    Ok(())
}
