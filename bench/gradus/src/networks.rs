//! Published networks from the registry: `resnet18`, a picture through it; `resnet18-train`, a training step.

use crate::small::training;
use crate::{cost, fill};
use bench_common::{Work, element, labels};
use gradus::init;
use gradus::prelude::*;
use gradus::zoo::{Interface, build, member};

/// The side of the pictures, how many, and the number of classes.
fn shape(row: &str) -> [usize; 3] {
    match row {
        "resnet18-32-train" => [32, 32, 10],
        _ if row.ends_with("-train") => [224, 8, 1000],
        _ => [224, 1, 1000],
    }
}

/// The network of a row, without what is drawn at random.
fn network(row: &str) -> Box<dyn Module> {
    let name = row.strip_suffix("-train").unwrap_or(row);
    let name = name.strip_suffix("-32").unwrap_or(name);
    let [side, _, outputs] = shape(row);
    let known = (member(name).expect("a network of the registry").config)().options();
    let drawn = ["dropout", "auxiliary_dropout", "stochastic_depth"].into_iter().filter(|key| known.contains_key(*key));
    let options: String = drawn.map(|key| format!("{key} = 0.0\n")).collect();
    let options = options.parse().expect("options are a table");
    let interface = Interface { input: vec![side, side, 3], outputs };
    let built = init::blank(|| build(name, &options, &interface, &mut Rng::new(1)));
    let mut network = built.unwrap_or_else(|problem| panic!("{name}: {problem}")).network;
    fill::fill(&mut *network);
    network
}

pub fn make(row: &str) -> Work {
    let [side, batch, outputs] = shape(row);
    let (net, x) = (network(row), fill::pictures(batch, side));
    if row.ends_with("-train") {
        let labels = Indices::new(labels(batch, outputs as u32), [batch]);
        return training(net, Sgd::new(1e-3).momentum(0.9), 1, x, labels);
    }
    let cost = cost::inference(&*net, &x.shape());
    // As a program that only predicts runs it; the network itself, its weights a second time, is gone by then.
    let mut plan = freeze(&*net, x.shape()).expect("the network takes these pictures");
    drop(net);
    let mut call = 0;
    let step = move |_| {
        let logits = plan.run(&x);
        call += 1;
        logits.as_slice()[element(call, logits.len())]
    };
    Work { step: Box::new(step), cost: Some(cost) }
}
