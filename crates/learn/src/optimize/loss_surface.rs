//! The loss of a trained network along two random directions (Li et al.: Visualizing the loss landscape of neural nets, 2018).
//!
//! Weights may be scaled without changing what a network computes, so a direction is first scaled filter by filter to the
//! length of the filter that it changes: distances then mean the same in every layer. Biases and other vectors stay.

use gradus_core::derivative::ParameterVector;
use gradus_core::nn::{Entry, Module, Path};
use gradus_core::{Error, Real, Rng};

/// The losses on a grid around a network, `side` by `side`.
#[derive(Clone, Debug)]
pub struct LossSurface {
    /// How far the grid reaches in both directions, in lengths of the filters.
    pub reach: f64,
    /// Points along each axis; the network itself is in the middle.
    pub side: usize,
    /// The losses, row by row, from -reach to reach along both axes.
    pub losses: Vec<f64>,
}

impl LossSurface {
    /// The loss of the network itself.
    pub fn middle(&self) -> f64 {
        self.losses[self.losses.len() / 2]
    }
}

/// Walks over the grid; `loss` tells the loss of the network as it is put. Its parameters are as before at the end.
///
/// Errors: a side that is not odd or below 3, a reach that is not positive, no trainable parameters.
pub fn loss_surface(
    network: &mut dyn Module,
    mut loss: impl FnMut(&dyn Module) -> Result<f64, Error>,
    side: usize,
    reach: f64,
    seed: u64,
) -> Result<LossSurface, Error> {
    if side < 3 || side.is_multiple_of(2) {
        return Err(Error::setting(
            "side",
            format!("is {side}; give an odd number from 3 on, so that there is a middle"),
        ));
    }
    if !(reach > 0.0 && reach.is_finite()) {
        return Err(Error::setting("reach", format!("is {reach}; a distance is positive")));
    }
    let mut rng = Rng::new(seed);
    let before = ParameterVector::of(network).values();
    if before.is_empty() {
        return Err(Error::Data("the network has no trainable parameters; there is no surface around it".into()));
    }
    let filters = filters(network);
    let [first, second] = [0, 1].map(|_| direction(&before, &filters, &mut rng));
    let at = |place: usize| reach * (2.0 * place as f64 / (side - 1) as f64 - 1.0);
    let mut losses = Vec::with_capacity(side * side);
    for place in 0..side * side {
        let (a, b) = (at(place % side) as Real, at(place / side) as Real);
        let moved: Vec<Real> = (0..before.len()).map(|i| before[i] + a * first[i] + b * second[i]).collect();
        ParameterVector::write(network, &moved);
        match loss(network) {
            Ok(value) => losses.push(value),
            Err(error) => {
                ParameterVector::write(network, &before);
                return Err(error);
            }
        }
    }
    ParameterVector::write(network, &before);
    Ok(LossSurface { reach, side, losses })
}

/// How many numbers each filter has, in the order of the parameter vector: a row of a weight or a kernel of an output
/// channel. Of vectors (biases, scales) 0 stands for each number: they stay.
fn filters(network: &dyn Module) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    network.visit(Path::root(), &mut |_, entry| {
        if let Entry::Parameter(parameter) = entry
            && parameter.is_trainable()
        {
            match parameter.rank() {
                0 | 1 => found.push((parameter.len(), 0)),
                _ => found.extend((0..parameter.shape()[0]).map(|_| {
                    let size = parameter.len() / parameter.shape()[0];
                    (size, size)
                })),
            }
        }
    });
    found
}

/// Normal random numbers, filter by filter as long as the filter; zeros where nothing is to move.
fn direction(values: &[Real], filters: &[(usize, usize)], rng: &mut Rng) -> Vec<Real> {
    let length = |part: &[Real]| part.iter().map(|x| x * x).sum::<Real>().sqrt();
    let mut found = Vec::with_capacity(values.len());
    for &(size, moves) in filters {
        let filter = &values[found.len()..found.len() + size];
        let drawn: Vec<Real> = (0..size).map(|_| if moves > 0 { rng.normal() } else { 0.0 }).collect();
        let scale = if moves > 0 { length(filter) / length(&drawn).max(Real::MIN_POSITIVE) } else { 0.0 };
        found.extend(drawn.iter().map(|x| x * scale));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use gradus_core::Tensor;
    use gradus_core::nn::{Context, Linear};

    #[test]
    fn directions_are_as_long_as_the_filters_and_the_network_comes_back() {
        let mut layer = Linear::new(4, 3).init(&mut Rng::new(1));
        let before = ParameterVector::of(&layer).values();
        let along = direction(&before, &filters(&layer), &mut Rng::new(2));
        let length = |part: &[Real]| part.iter().map(|x| x * x).sum::<Real>().sqrt();
        for row in 0..3 {
            let (filter, drawn) = (&before[4 * row..4 * row + 4], &along[4 * row..4 * row + 4]);
            assert!((length(filter) - length(drawn)).abs() < 1e-5);
        }
        assert_eq!(along[12..], [0.0; 3], "biases stay");
        let x = Tensor::randn([5, 4], &mut Rng::new(3));
        let wanted = layer.forward(&x, &mut Context::eval()).detached();
        let loss =
            |net: &dyn Module| Ok(f64::from(net.forward(&x, &mut Context::eval()).sub(&wanted).square().mean().item()));
        let surface = loss_surface(&mut layer, loss, 5, 1.0, 2).unwrap();
        assert_eq!(surface.losses.len(), 25);
        assert!(surface.middle() == 0.0 && surface.losses.iter().filter(|loss| **loss > 0.0).count() == 24);
        assert_eq!(ParameterVector::of(&layer).values(), before);
        let said = loss_surface(&mut layer, |_| Ok(0.0), 4, 1.0, 1).unwrap_err().to_string();
        assert!(said.starts_with("side: is 4; give an odd number"));
    }
}
