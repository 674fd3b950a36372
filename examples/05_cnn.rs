//! A convolutional network learns to recognise clothes, with the fit loop: `--features fashion` puts the pictures in.

use gradus::data::{OpenOptions, open};
use gradus::prelude::*;

struct Cnn {
    conv1: Conv2d,
    conv2: Conv2d,
    head: Linear,
}

module!(
    Cnn { conv1, conv2, head } | net,
    x,
    cx | {
        let x = net.conv1.forward(x, cx).relu().max_pool2d(2); // [b, 14, 14, 16]
        let x = net.conv2.forward(&x, cx).relu().max_pool2d(2); // [b, 7, 7, 32]
        net.head.forward(&x.flatten(1), cx) // [b, 10]
    }
);

fn main() -> Result<(), Error> {
    let data = open("fashion", &OpenOptions::default())?;
    let train = Loader::new(data.train, 64).shuffle(true).seed(1);
    let held_out = Loader::new(data.test.expect("the slice has a test part"), 256);

    let mut rng = Rng::new(1);
    let mut net = Cnn {
        conv1: Conv2d::new(1, 16, 3).same().init(&mut rng),
        conv2: Conv2d::new(16, 32, 3).same().init(&mut rng),
        head: Linear::new(7 * 7 * 32, 10).init(&mut rng),
    };
    let mut optimizer = Adam::new(2e-3);
    let mut progress = Progress::new(1);
    let options = FitOptions { epochs: 2, ..FitOptions::default() };
    Fit {
        network: &mut net,
        task: &Classify::new(10),
        train: &train,
        validation: Some(&held_out),
        optimizer: &mut optimizer,
        schedule: None,
        options,
    }
    .run(&mut progress, &mut Quiet)?;
    print!("{}", progress.csv("accuracy"));
    Ok(())
}
