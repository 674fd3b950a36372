//! A U-Net (Ronneberger, Fischer and Brox, 2015) as it is trained today: 3x3 convolutions that keep the size, without bias, each
//! with batch norm and ReLU.
//!
//! ```text
//! 3 x 128² - 32 32 ------------------------------------ 64 | 32 32 - 2 x 128²
//!              64 64 (64²) ----------------- 128 | 64 64
//!                128 128 (32²) ------- 256 | 128 128
//!                  256 256 (16²) - 512 | 256 256
//!                          512 512 (8²)
//! ```
//! Down by 2x2 max pooling, up by 2x2 transposed convolutions with stride 2 and without bias that halve the channels; a 1x1
//! convolution gives the logits of two classes for each pixel. 7.76 million parameters.

use crate::fill;
use crate::small::training;
use bench_common::{Work, labels};
use gradus::nn::BatchNorm;
use gradus::prelude::*;

const SIDE: usize = 128;
const BATCH: usize = 4;
const CLASSES: usize = 2;

struct Double {
    conv1: Conv2d,
    bn1: BatchNorm,
    conv2: Conv2d,
    bn2: BatchNorm,
}

module!(
    Double { conv1, bn1, conv2, bn2 } | net,
    x,
    cx | {
        let x = net.bn1.forward(&net.conv1.forward(x, cx), cx);
        net.bn2.forward(&net.conv2.forward(&x, cx), cx)
    }
);

fn double(inputs: usize, outputs: usize) -> Double {
    let conv = |inputs| Conv2d::new(inputs, outputs, 3).same().no_bias().init(&mut Rng::new(1));
    let bn = || BatchNorm::new(outputs).relu();
    Double { conv1: conv(inputs), bn1: bn(), conv2: conv(outputs), bn2: bn() }
}

struct UNet {
    down0: Double,
    down1: Double,
    down2: Double,
    down3: Double,
    bottom: Double,
    up3: Conv2d,
    up2: Conv2d,
    up1: Conv2d,
    up0: Conv2d,
    join3: Double,
    join2: Double,
    join1: Double,
    join0: Double,
    head: Conv2d,
}

module!(
    UNet { down0, down1, down2, down3, bottom, up3, up2, up1, up0, join3, join2, join1, join0, head } | net,
    x,
    cx | {
        let mut x = x.clone();
        let mut kept = Vec::new();
        for down in [&net.down0, &net.down1, &net.down2, &net.down3] {
            let whole = down.forward(&x, cx);
            x = whole.max_pool2d(2);
            kept.push(whole);
        }
        x = net.bottom.forward(&x, cx);
        for (up, join) in
            [(&net.up3, &net.join3), (&net.up2, &net.join2), (&net.up1, &net.join1), (&net.up0, &net.join0)]
        {
            let across = kept.pop().expect("as many down as up");
            x = join.forward(&Tensor::concat(&[&across, &doubled(&up.forward(&x, cx))], 3), cx);
        }
        let logits = net.head.forward(&x, cx);
        let pixels = logits.len() / CLASSES;
        logits.reshape([pixels, CLASSES])
    }
);

/// [b, h, w, 4 c] to [b, 2 h, 2 w, c]: what makes a 1x1 convolution to four times the channels a transposed 2x2 one.
fn doubled(x: &Tensor) -> Tensor {
    let &[b, h, w, c] = &x.shape()[..] else { unreachable!("a picture") };
    let x = x.reshape([b, h, w, 2, 2, c / 4]).permute(&[0, 1, 3, 2, 4, 5]); // [b, h, 2, w, 2, c / 4]
    x.reshape([b, 2 * h, 2 * w, c / 4])
}

pub fn make() -> Work {
    let up = |outputs: usize| Conv2d::new(2 * outputs, 4 * outputs, 1).no_bias().init(&mut Rng::new(1));
    let mut net = UNet {
        down0: double(3, 32),
        down1: double(32, 64),
        down2: double(64, 128),
        down3: double(128, 256),
        bottom: double(256, 512),
        up3: up(256),
        up2: up(128),
        up1: up(64),
        up0: up(32),
        join3: double(512, 256),
        join2: double(256, 128),
        join1: double(128, 64),
        join0: double(64, 32),
        head: Conv2d::new(32, CLASSES, 1).init(&mut Rng::new(1)),
    };
    fill::fill(&mut net);
    let pixels = BATCH * SIDE * SIDE;
    let labels = Indices::new(labels(pixels, CLASSES as u32), [pixels]);
    training(net, Sgd::new(1e-3).momentum(0.9), 1, fill::pictures(BATCH, SIDE), labels)
}
