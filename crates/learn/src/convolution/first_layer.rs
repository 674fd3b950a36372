//! What the first layer of a network learns: its kernels as grids.

use std::collections::BTreeMap;
use std::sync::Arc;

use gradus_core::data::{Dataset, Loader};
use gradus_core::nn::{Context, Conv2d, Linear, Module};
use gradus_core::optim::schedule::Cosine;
use gradus_core::optim::{AdamW, Optimizer};
use gradus_core::{Error, Rng, Tensor, module};

use super::grid::Grid;

/// How the network is trained whose first layer is looked at.
#[derive(Clone, Copy, Debug)]
pub struct FirstLayerOptions {
    /// The side of the kernels, in pixels.
    pub side: usize,
    /// How many kernels.
    pub maps: usize,
    /// Passes over the pictures.
    pub epochs: u64,
    /// The seed of all that is random.
    pub seed: u64,
}

/// A convolution of large kernels, one of small ones, and a dense layer.
struct Network {
    first: Conv2d,
    second: Conv2d,
    head: Linear,
}

module!(
    Network { first, second, head } | net,
    x,
    cx | {
        let x = net.first.forward(x, cx).relu().max_pool2d(2);
        let x = net.second.forward(&x, cx).relu().max_pool2d(2);
        net.head.forward(&x.flatten(1), cx)
    }
);

/// Kernels before and after training.
#[derive(Clone, Debug)]
pub struct FirstLayer {
    /// As they were drawn.
    pub drawn: Vec<Grid>,
    /// As they were learnt.
    pub learnt: Vec<Grid>,
}

impl FirstLayer {
    /// Trains a small network on pictures with classes; `told` hears of each epoch's mean loss. Kernels of several channels are
    /// added up over the channels: what they answer to grey pictures.
    ///
    /// Errors: data without classes or whose samples are no pictures, and what reading gives.
    pub fn train(
        data: Arc<dyn Dataset>,
        options: FirstLayerOptions,
        mut told: impl FnMut(u64, f64),
    ) -> Result<Self, Error> {
        let classes = data.target_kind().class_names().len();
        let (&[height, width, channels], true) = (data.sample_shape(), classes > 0) else {
            return Err(Error::Data("first layers are learnt from pictures with classes; give such data".into()));
        };
        let FirstLayerOptions { side, maps, epochs, seed } = options;
        let rng = &mut Rng::new(seed);
        let mut network = Network {
            first: Conv2d::new(channels, maps, side).same().init(rng),
            second: Conv2d::new(maps, 2 * maps, 3).same().init(rng),
            head: Linear::new(height / 4 * (width / 4) * 2 * maps, classes).init(rng),
        };
        let drawn = grids(&network.first);
        let loader = Loader::new(data, 64).shuffle(true).seed(seed);
        let schedule = Cosine { first: 2e-3, last: 0.0, steps: epochs * loader.batches() as u64 };
        // Decay takes away what the pictures never ask for, which is the noise that the weights began with.
        let (mut optimizer, mut step, cx) = (AdamW::new(2e-3).weight_decay(0.5), 0, &mut Context::train(seed));
        for epoch in 0..epochs {
            let (mut sum, mut batches) = (0.0, 0.0);
            for batch in loader.epoch(epoch) {
                let batch = batch?;
                let labels = batch.labels().ok_or_else(|| Error::Data("the data has no classes to learn".into()))?;
                let loss = network.forward(&batch.inputs, cx).cross_entropy(labels);
                optimizer.follow(&schedule, step);
                optimizer.step(&mut network, &loss.backward());
                (sum, batches, step) = (sum + f64::from(loss.item()), batches + 1.0, step + 1);
            }
            told(epoch, sum / batches);
        }
        Ok(FirstLayer { drawn, learnt: grids(&network.first) })
    }
}

/// Of `[out, height, width, in]`.
fn grids(layer: &Conv2d) -> Vec<Grid> {
    let &[_, rows, columns, channels] = &layer.weight.shape()[..] else { unreachable!("kernels have four axes") };
    let kernels = layer.weight.as_slice().chunks_exact(rows * columns * channels);
    let grey = |pixel: &[gradus_core::Real]| pixel.iter().map(|value| f64::from(*value)).sum();
    kernels.map(|kernel| grid(&kernel.chunks_exact(channels).map(grey).collect::<Vec<f64>>(), rows, columns)).collect()
}

fn grid(values: &[f64], rows: usize, columns: usize) -> Grid {
    Grid::build(rows, columns, |row, column| values[row * columns + column])
}

/// The kernels of the first convolution among the tensors of a file, `[out, in, height, width]` each: the one of the fewest
/// input channels, and of the largest kernel among those. Added up over the channels.
///
/// Errors: no tensor that a picture of one to four channels could go through with kernels of 3x3 or more.
pub fn first_kernels(tensors: &BTreeMap<String, Tensor>) -> Result<(String, Vec<Grid>), Error> {
    let shaped = tensors.iter().filter_map(|(name, tensor)| match tensor.shape()[..] {
        [_, inputs @ 1..=4, rows, columns] if rows.min(columns) >= 3 => Some((name, tensor, [inputs, rows, columns])),
        _ => None,
    });
    // Layers that convolve each channel alone have one input channel as well, but small kernels and no picture before them.
    let first =
        shaped.max_by_key(|(name, _, [inputs, rows, columns])| (*inputs > 1, rows * columns, std::cmp::Reverse(*name)));
    let Some((name, tensor, [inputs, rows, columns])) = first else {
        return Err(Error::Data(
            "no tensor of these is [kernels, 1 to 4 channels, height, width] with 3x3 pixels or more; give the weights of a network that convolves pictures".into(),
        ));
    };
    let pixels = rows * columns;
    let kernels = tensor.as_slice().chunks_exact(inputs * pixels).map(|kernel| {
        let value = |pixel| (0..inputs).map(|channel| f64::from(kernel[channel * pixels + pixel])).sum();
        grid(&(0..pixels).map(value).collect::<Vec<f64>>(), rows, columns)
    });
    Ok((name.clone(), kernels.collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_convolution_of_a_file_is_found() {
        let stem = Tensor::new(
            (0..2 * 3 * 9).map(|place| place as f32 as gradus_core::Real).collect::<Vec<_>>(),
            [2, 3, 3, 3],
        );
        let each = Tensor::ones([8, 1, 5, 5]);
        let tensors = BTreeMap::from([("features.0.weight".to_owned(), stem), ("a.depthwise".to_owned(), each)]);
        let (name, kernels) = first_kernels(&tensors).unwrap();
        assert_eq!((name.as_str(), kernels.len()), ("features.0.weight", 2));
        assert_eq!(kernels[0].at(0, 0), 0.0 + 9.0 + 18.0);
        assert_eq!(kernels[1].at(2, 2), (27 + 8) as f64 + (36 + 8) as f64 + (45 + 8) as f64);
        assert!(first_kernels(&BTreeMap::new()).unwrap_err().to_string().contains("convolves pictures"));
    }
}
