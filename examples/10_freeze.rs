//! Inference by a plan: the same network, traced once, its ops joined and its memory placed, beside itself as it trains.
//!
//! cargo run --release -p gradus --example 10_freeze [NETWORK]

use std::time::Instant;

use gradus::prelude::*;
use gradus::{memory_use, reset_peak, zoo};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let interface = zoo::Interface { input: vec![224, 224, 3], outputs: 1000 };
    let name = std::env::args().nth(1).unwrap_or_else(|| "mobilenet-v2".to_owned());
    let network = zoo::build(&name, &zoo::Options::new(), &interface, &mut Rng::new(1))?.network;
    let picture = Tensor::rand([1, 224, 224, 3], &mut Rng::new(2));

    let mut plan = freeze(&*network, picture.shape())?;
    for step in plan.steps().iter().take(4) {
        println!("{:<28} {:<10} {}", step.ops.join("+"), step.algorithm, step.output);
    }
    println!("... {} steps in all, {:?}", plan.steps().len(), plan.memory());

    let eager = || no_grad(|| network.forward(&picture, &mut Context::eval()));
    let difference = plan.run(&picture).sub(&eager()).square().sum().item().sqrt();
    println!("the answers differ by {difference:.1e}, their norm is {:.2}", eager().square().sum().item().sqrt());

    reset_peak();
    let before = memory_use().live;
    println!("eager  {:6.2} ms", milliseconds(|| drop(eager())));
    println!("       {:6.1} MiB of results at most", (memory_use().peak - before) as f64 / 1_048_576.0);
    println!("frozen {:6.2} ms", milliseconds(|| drop(plan.run(&picture))));
    println!("       {:6.1} MiB of results", plan.memory().arena as f64 / 1_048_576.0);
    Ok(())
}

/// The median of some runs.
fn milliseconds(mut run: impl FnMut()) -> f64 {
    run();
    let mut times: Vec<f64> = (0..21)
        .map(|_| {
            let begin = Instant::now();
            run();
            begin.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
