//! AlexNet as it won (Krizhevsky, Sutskever and Hinton, ImageNet classification with deep convolutional neural networks,
//! 2012): two columns of half the width, made for two processors, which see each other's maps before the third convolution
//! and before each dense layer only; local response normalization; overlapping pooling.

use std::thread;

use gradus_core::init::Initializer;
use gradus_core::nn::{Context, Conv2d, Dropout, Linear, Module};
use gradus_core::{Error, LocalResponse, Pool2d, Real, Rng, Tensor, parameters};
use serde::{Deserialize, Serialize};

use super::layers::{check_probability, check_width, scaled};
use crate::family::{Config, Family, Interface, Member};

/// The registry's entry.
pub const FAMILY: Family = Family {
    name: "alexnet-2012",
    paper: "Krizhevsky, Sutskever and Hinton, ImageNet classification with deep convolutional neural networks",
    year: 2012,
    brought: "depth, ReLU, dropout and much data on two processors: the error of ImageNet's contest fell from 26 to 15 per cent",
    block: None,
    members: &[Member {
        input: [227, 227, 3],
        ..Member::imagenet("alexnet-2012", || Box::new(AlexNet2012Config::default()))
    }
    .top1(59.3)],
};

/// The normalization of the paper, n = 5, alpha = 1e-4, k = 2; here alpha multiplies a mean, there a sum of five.
const RESPONSE: LocalResponse = LocalResponse { size: 5, alpha: 5e-4, beta: 0.75, k: 2.0 };

/// Where the columns see each other: before each of these parts but the first.
const PARTS: usize = 4;

/// The options of an [`AlexNet2012`].
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AlexNet2012Config {
    /// The factor of all widths.
    pub width: f64,
    /// The share of units dropped in training behind each of the first two dense layers.
    pub dropout: f64,
    /// Whether each column runs on a thread of its own. The answers are the same.
    pub two_workers: bool,
}

impl Default for AlexNet2012Config {
    fn default() -> Self {
        AlexNet2012Config { width: 1.0, dropout: 0.5, two_workers: false }
    }
}

/// Half of the network.
struct Column {
    conv1: Conv2d,
    conv2: Conv2d,
    conv3: Conv2d,
    conv4: Conv2d,
    conv5: Conv2d,
    fc6: Linear,
    fc7: Linear,
    dropout: Dropout,
}

parameters!(Column { conv1, conv2, conv3, conv4, conv5, fc6, fc7 });

impl Column {
    /// One part of the column, from what both columns gave in the part before.
    fn part(&self, part: usize, x: &Tensor, cx: &mut Context) -> Tensor {
        let overlapping = Pool2d::new(3).stride(2);
        match part {
            0 => {
                let x = self.conv1.forward(x, cx).relu(); // [b, 55, 55, 48]
                let x = x.local_response_norm(RESPONSE).max_pool2d(overlapping); // [b, 27, 27, 48]
                let x = self.conv2.forward(&x, cx).relu();
                x.local_response_norm(RESPONSE).max_pool2d(overlapping) // [b, 13, 13, 128]
            }
            1 => {
                let x = self.conv3.forward(x, cx).relu(); // [b, 13, 13, 192]
                let x = self.conv4.forward(&x, cx).relu();
                self.conv5.forward(&x, cx).relu().max_pool2d(overlapping) // [b, 6, 6, 128]
            }
            2 => self.dropout.forward(&self.fc6.forward(&x.flatten(1), cx).relu(), cx), // [b, 2048]
            _ => self.dropout.forward(&self.fc7.forward(x, cx).relu(), cx),
        }
    }
}

/// AlexNet in two columns.
pub struct AlexNet2012 {
    columns: Vec<Column>,
    fc8: Linear,
    two_workers: bool,
}

parameters!(AlexNet2012 { columns, fc8 });

impl Module for AlexNet2012 {
    fn forward(&self, x: &Tensor, cx: &mut Context) -> Tensor {
        let mut x = x.clone();
        for part in 0..PARTS {
            // Each column draws from a stream of its own, whoever comes first.
            let contexts = [0, 1].map(|column| Context::new(cx.mode, cx.rng.fork(column)));
            cx.rng.next_u64();
            let [first, second] = self.halves(part, &x, contexts);
            x = Tensor::concat(&[&first, &second], x.rank().min(first.rank()) - 1);
        }
        self.fc8.forward(&x, cx)
    }
}

impl AlexNet2012 {
    /// What the two columns give, one after the other or side by side.
    fn halves(&self, part: usize, x: &Tensor, [mut own, mut other]: [Context; 2]) -> [Tensor; 2] {
        let [first, second] = [&self.columns[0], &self.columns[1]];
        if !self.two_workers {
            return [first.part(part, x, &mut own), second.part(part, x, &mut other)];
        }
        thread::scope(|scope| {
            let worker = scope.spawn(|| second.part(part, x, &mut other));
            let half = first.part(part, x, &mut own);
            [half, worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))]
        })
    }
}

impl Config for AlexNet2012Config {
    fn build(&self, interface: &Interface, rng: &mut Rng) -> Result<Box<dyn Module>, Error> {
        check_width(self.width)?;
        check_probability("dropout", self.dropout)?;
        let [height, width, channels] = interface.picture(67)?;
        let [c1, c2, c3, c5, dense] = [48, 128, 192, 128, 2048].map(|channels| scaled(channels, self.width));
        // 227 pixels: 55 behind the first convolution, 27, 13 and 6 behind the poolings.
        let after = |side: usize| ((((side - 11) / 4 + 1 - 3) / 2 + 1 - 3) / 2 + 1 - 3) / 2 + 1;
        let maps = [after(height), after(width), 2 * c5];
        let conv = |inputs, outputs, kernel| {
            Conv2d::new(inputs, outputs, kernel).padding(kernel / 2).weights(Initializer::HeNormal)
        };
        let columns = (0..2).map(|_| Column {
            conv1: conv(channels, c1, 11).padding(0).stride(4).init(rng),
            conv2: conv(c1, c2, 5).init(rng),
            conv3: conv(2 * c2, c3, 3).init(rng),
            conv4: conv(c3, c3, 3).init(rng),
            conv5: conv(c3, c5, 3).init(rng),
            fc6: Linear::new(maps.iter().product(), dense).behind_maps(maps).init(rng),
            fc7: Linear::new(2 * dense, dense).init(rng),
            dropout: Dropout::new(self.dropout as Real),
        });
        let columns = columns.collect();
        let fc8 = Linear::new(2 * dense, interface.outputs).init(rng);
        Ok(Box::new(AlexNet2012 { columns, fc8, two_workers: self.two_workers }))
    }
}

#[cfg(test)]
mod tests {
    use gradus_core::nn;

    use super::*;

    #[test]
    fn two_workers_give_what_one_gives() {
        let interface = Interface { input: vec![99, 99, 3], outputs: 10 };
        let of = |two_workers| {
            let config = AlexNet2012Config { width: 0.25, two_workers, ..AlexNet2012Config::default() };
            Config::build(&config, &interface, &mut Rng::new(3)).unwrap()
        };
        let x = Tensor::randn([2, 99, 99, 3], &mut Rng::new(4));
        let run = |net: &dyn Module| {
            let y = net.forward(&x, &mut Context::train(5));
            let grads = y.mul(&y).sum().backward();
            let mut numbers = vec![y.to_vec()];
            net.visit(nn::Path::root(), &mut |_, entry| {
                if let nn::Entry::Parameter(parameter) = entry {
                    numbers.push(grads.get(parameter).unwrap().to_vec());
                }
            });
            numbers
        };
        assert_eq!(run(&*of(false)), run(&*of(true)), "answers and gradients, dropout included, bit for bit");
    }
}
