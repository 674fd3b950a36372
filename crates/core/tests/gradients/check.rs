//! The check itself.

use gradus_core::{Real, Rng, Tensor, grad};

const DOUBLE: bool = size_of::<Real>() == 8;
const STEP: Real = if DOUBLE { 1e-5 } else { 1e-2 };
const TOLERANCE: Real = if DOUBLE { 1e-6 } else { 3e-2 };

/// Differences of `f` along each element of each input against `slopes`, relative to the largest slope.
fn compare(what: &str, inputs: &[Tensor], slopes: &[Tensor], f: &dyn Fn(&[Tensor]) -> Real) {
    let largest = slopes.iter().flat_map(|slope| slope.to_vec()).fold(1.0, |most: Real, slope| most.max(slope.abs()));
    for (which, slope) in slopes.iter().enumerate() {
        for place in 0..inputs[which].len() {
            let at = |offset: Real| {
                let mut moved = inputs.to_vec();
                moved[which].as_mut_slice()[place] += offset;
                f(&moved)
            };
            let difference = (at(STEP) - at(-STEP)) / (2.0 * STEP);
            let error = (difference - slope.as_slice()[place]).abs() / largest;
            assert!(
                error < TOLERANCE,
                "{what}, input {which}, element {place}: gradient {}, difference {difference}",
                slope.as_slice()[place]
            );
        }
    }
}

/// Holds the gradients of `f` against central differences of its output under random weights, and the gradients of those
/// gradients against central differences of them; and the gradients of a pass that is not recorded against one that is.
pub fn check(what: &str, inputs: &[Tensor], f: impl Fn(&[Tensor]) -> Tensor) {
    let weighted = |y: &Tensor, seed| y.mul(&Tensor::randn(y.shape(), &mut Rng::new(seed))).sum();
    let gradients = |inputs: &[Tensor], recorded| {
        let inputs: Vec<Tensor> = inputs.iter().map(Tensor::requires_grad).collect();
        let places: Vec<&Tensor> = inputs.iter().collect();
        let slopes = grad(&weighted(&f(&inputs), 1), &places, recorded);
        (inputs, slopes)
    };
    let (leaves, slopes) = gradients(inputs, true);
    let (_, fused) = gradients(inputs, false);
    for (slope, fused) in slopes.iter().zip(&fused) {
        for (a, b) in slope.as_slice().iter().zip(fused.as_slice()) {
            let close = (a - b).abs() <= (if DOUBLE { 1e-10 } else { 1e-3 }) * (1.0 + a.abs());
            assert!(close, "{what}: recorded {a}, fused {b}");
        }
    }
    compare(what, inputs, &slopes, &|inputs| weighted(&f(inputs), 1).item());

    let along = |slopes: &[Tensor]| {
        let sums = slopes.iter().enumerate().map(|(place, slope)| weighted(slope, 2 + place as u64));
        sums.reduce(|a, b| a.add(&b)).expect("there is an input")
    };
    let places: Vec<&Tensor> = leaves.iter().collect();
    let second = grad(&along(&slopes), &places, true);
    compare(&format!("{what}, second"), inputs, &second, &|inputs| along(&gradients(inputs, false).1).item());
}

/// Normal numbers.
pub fn normal<const RANK: usize>(shape: [usize; RANK], seed: u64) -> Tensor {
    Tensor::randn(shape, &mut Rng::new(seed))
}

/// Numbers no two of which are near each other, in random order: a small step changes no maximum.
pub fn distinct<const RANK: usize>(shape: [usize; RANK]) -> Tensor {
    let mut values: Vec<Real> = (0..shape.iter().product()).map(|place: usize| place as Real * 0.1).collect();
    Rng::new(5).shuffle(&mut values);
    Tensor::new(values, shape)
}
