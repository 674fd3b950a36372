//! Training a part of a network to give what another gives: the squared error of its outputs, on the inputs that come there.

use gradus_core::data::Loader;
use gradus_core::nn::{Context, Module};
use gradus_core::optim::schedule::Cosine;
use gradus_core::optim::{Adam, Optimizer};
use gradus_core::{Error, Tensor, no_grad};

/// How long and how fast.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ImitateOptions {
    /// How often all the data is gone through.
    pub epochs: u64,
    /// Adam's learning rate at the start; it falls to zero along a cosine.
    pub learning_rate: f64,
}

impl Default for ImitateOptions {
    fn default() -> Self {
        ImitateOptions { epochs: 1, learning_rate: 0.003 }
    }
}

/// Trains `student` by Adam to give what `teacher` gives for what `before` makes of the loader's samples; labels are not used.
/// Gives the relative error of the outputs over the last tenth of all batches, each before its update (see [`output_error`]).
///
/// Errors: what the data gives.
///
/// # Panics
/// When there are 0 epochs.
#[track_caller]
pub fn imitate(
    student: &mut dyn Module,
    teacher: &dyn Module,
    before: &dyn Fn(&Tensor) -> Tensor,
    loader: &Loader,
    options: ImitateOptions,
) -> Result<f64, Error> {
    assert!(options.epochs > 0, "imitate: 0 epochs teach nothing; give at least 1");
    let steps = options.epochs * loader.batches() as u64;
    let schedule = Cosine { first: options.learning_rate, last: 0.0, steps };
    let mut optimizer = Adam::new(options.learning_rate);
    let mut errors = Vec::new();
    for epoch in 0..options.epochs {
        for batch in loader.epoch(epoch) {
            let batch = batch?;
            let (inputs, wanted) = no_grad(|| {
                let inputs = before(&batch.inputs);
                let wanted = teacher.forward(&inputs, &mut Context::eval());
                (inputs, wanted)
            });
            let given = student.forward(&inputs, &mut Context::train(0));
            errors.push(output_error(&given, &wanted));
            optimizer.follow(&schedule, errors.len() as u64 - 1);
            optimizer.step(student, &given.mse(&wanted).backward());
        }
    }
    let last = &errors[errors.len() - errors.len().div_ceil(10)..];
    Ok(last.iter().sum::<f64>() / last.len() as f64)
}

/// How far outputs are from those wanted, over how far these are from their mean channel by channel: 0 where they are equal, 1
/// where a constant would do as well.
///
/// # Panics
/// When the shapes differ.
#[track_caller]
pub fn output_error(given: &Tensor, wanted: &Tensor) -> f64 {
    assert!(
        given.shape() == wanted.shape(),
        "output_error: outputs {} cannot be compared with {}; the shapes must be equal",
        given.shape(),
        wanted.shape()
    );
    let channels = wanted.shape().last();
    let (given, wanted) = (given.as_slice(), wanted.as_slice());
    let mut means = vec![0.0; channels];
    for (place, value) in wanted.iter().enumerate() {
        means[place % channels] += f64::from(*value) * channels as f64 / wanted.len() as f64;
    }
    let (mut apart, mut spread) = (0.0, 0.0);
    for (place, (given, wanted)) in given.iter().zip(wanted).enumerate() {
        apart += (f64::from(*given) - f64::from(*wanted)).powi(2);
        spread += (f64::from(*wanted) - means[place % channels]).powi(2);
    }
    (apart / spread).sqrt()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use gradus_core::data::{InMemory, Origin, Samples, StoredTargets};
    use gradus_core::nn::{Activation, Conv2d, Parameter};
    use gradus_core::{ConvOptions, Rng};

    use super::super::Stacked;
    use super::*;

    fn pictures(count: usize) -> Loader {
        let mut rng = Rng::new(3);
        let pixels = (0..count * 100).map(|_| rng.uniform()).collect();
        let origin = Origin::file("noise", "picture");
        let set = InMemory::new(Samples::Reals(pixels), vec![10, 10, 1], StoredTargets::None, origin, false);
        Loader::new(Arc::new(set.unwrap().0), 16).shuffle(true)
    }

    /// A 5x5 layer that is two 3x3 layers is found again, far better than where the start was.
    #[test]
    fn a_layer_that_can_be_imitated_is() {
        let rng = &mut Rng::new(1);
        let pair = Stacked {
            first: Conv2d::new(1, 2, 3).no_bias().init(rng),
            between: Activation::Identity,
            second: Conv2d::new(2, 2, 3).no_bias().init(rng),
        };
        // The answers in the middle to points, one at each tap, are the taps.
        let points = Tensor::build([25, 9, 9, 1], |pixels| {
            pixels.fill(0.0);
            (0..25).for_each(|tap| pixels[tap * 81 + (tap / 5 + 2) * 9 + tap % 5 + 2] = 1.0);
        });
        let answers = pair.forward(&points, &mut Context::eval()); // [25, 5, 5, 2]
        let kernels = answers.narrow(1, 2, 1).narrow(2, 2, 1).reshape([5, 5, 2]).permute(&[2, 0, 1]);
        let weight = Parameter::kernel(&kernels.detached().reshape([2, 5, 5, 1]));
        let layer = Conv2d { weight, bias: None, options: ConvOptions::default() };

        let loader = pictures(160);
        let mut student = Stacked::of(&layer, 2, Activation::Identity, rng).unwrap();
        let options = ImitateOptions { epochs: 150, learning_rate: 0.01 };
        let batch = loader.epoch(0).next().unwrap().unwrap();
        let error = |student: &Stacked| {
            let cx = &mut Context::eval();
            output_error(&student.forward(&batch.inputs, cx), &layer.forward(&batch.inputs, cx))
        };
        let cx = &mut Context::eval();
        assert!(output_error(&pair.forward(&batch.inputs, cx), &layer.forward(&batch.inputs, cx)) < 1e-5);
        let start = error(&student);
        let told = imitate(&mut student, &layer, &Tensor::clone, &loader, options).unwrap();
        let end = error(&student);
        assert!(end < 0.05 * start && (told - end).abs() < 0.02, "{start} to {end}, told {told}");
    }

    #[test]
    fn the_error_of_a_constant_is_one() {
        let wanted = Tensor::from([[1.0, 10.0], [3.0, 30.0]]);
        assert_eq!(output_error(&wanted, &wanted), 0.0);
        assert!((output_error(&Tensor::from([[2.0, 20.0], [2.0, 20.0]]), &wanted) - 1.0).abs() < 1e-12);
    }
}
