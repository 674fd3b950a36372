//! A partition as a network of step neurons.

use std::collections::BTreeMap;
use std::path::Path as FilePath;

use gradus_core::io::read_weights;
use gradus_core::nn::{Context, Linear, Module};
use gradus_core::train::{load_weights, save_weights};
use gradus_core::{Error, Real, Rng, Tensor, module};

use super::partition::Partition;
use crate::expression::Expression;

/// Inputs `[batch, variables]`, a layer of step neurons for the cuts, one for the boxes, and a weighted sum `[batch, 1]`.
pub struct StepNetwork {
    /// A neuron for each cut: 1 where x_axis >= cut.
    cuts: Linear,
    /// A neuron for each box: 1 inside.
    cells: Linear,
    /// The values of the boxes.
    values: Linear,
}

module!(
    StepNetwork { cuts, cells, values } | net,
    x,
    cx | {
        let side = net.cuts.forward(x, cx).step(); // [batch, cuts]
        let inside = net.cells.forward(&side, cx).step(); // [batch, cells]
        net.values.forward(&inside, cx)
    }
);

impl StepNetwork {
    /// A network whose L2 error over the domain is at most `error`.
    ///
    /// ```
    /// use gradus_learn::{blum_li::StepNetwork, expression::Expression};
    /// let f = Expression::parse("sin(3*x)", None).unwrap();
    /// let (network, partition) = StepNetwork::approximate(&f, &[(0.0, 2.0)], 0.05).unwrap();
    /// assert!(partition.measured(&f) <= 0.05);
    /// assert!(network.neurons() < 150);
    /// ```
    ///
    /// Errors: as [`Partition::adaptive`].
    pub fn approximate(function: &Expression, region: &[(f64, f64)], error: f64) -> Result<(Self, Partition), Error> {
        let partition = Partition::adaptive(function, region, error)?;
        Ok((Self::of(&partition), partition))
    }

    /// The network of a partition.
    ///
    /// The neuron of a box sums +1 for each lower side that the point is above and -1 for each upper side that it is above too,
    /// and fires when that reaches the number of lower sides. Sides on the rim of the domain need no neuron: outside, the
    /// network goes on with what it has at the rim.
    pub fn of(partition: &Partition) -> Self {
        let axes = partition.region.len();
        let inner = |axis: usize, at: f64| at > partition.region[axis].0 && at < partition.region[axis].1;
        let sides = partition.cells.iter().flat_map(|cell| {
            cell.region.iter().enumerate().flat_map(|(axis, (low, high))| [(axis, *low), (axis, *high)])
        });
        let mut cuts: Vec<(usize, f64)> = sides.filter(|(axis, at)| inner(*axis, *at)).collect();
        cuts.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
        cuts.dedup();
        let place = |axis: usize, at: f64| {
            cuts.binary_search_by(|cut| cut.0.cmp(&axis).then(cut.1.total_cmp(&at))).expect("every side is a cut")
        };
        let mut network = Self::blank(axes, cuts.len(), partition.cells.len());
        for (row, (axis, at)) in cuts.iter().enumerate() {
            network.cuts.weight.values_mut()[row * axes + axis] = 1.0;
            bias(&mut network.cuts)[row] = -at as Real;
        }
        for (row, cell) in partition.cells.iter().enumerate() {
            let mut lower = 0;
            for (axis, (low, high)) in cell.region.iter().enumerate() {
                for (at, weight) in [(*low, 1.0), (*high, -1.0)].into_iter().filter(|(at, _)| inner(axis, *at)) {
                    network.cells.weight.values_mut()[row * cuts.len() + place(axis, at)] = weight;
                    lower += usize::from(weight > 0.0);
                }
            }
            bias(&mut network.cells)[row] = 0.5 - lower as Real;
            network.values.weight.values_mut()[row] = cell.value as Real;
        }
        network
    }

    fn blank(axes: usize, cuts: usize, cells: usize) -> Self {
        let layer = |inputs, outputs| {
            let mut layer = Linear::new(inputs, outputs).init(&mut Rng::new(1));
            layer.weight.values_mut().fill(0.0);
            bias(&mut layer).fill(0.0);
            layer
        };
        StepNetwork { cuts: layer(axes, cuts), cells: layer(cuts, cells), values: layer(cells, 1) }
    }

    /// Step neurons in both layers.
    pub fn neurons(&self) -> usize {
        self.cuts.weight.shape()[0] + self.cells.weight.shape()[0]
    }

    /// The value at each of rows of variables.
    pub fn predict(&self, points: &[f64]) -> Vec<f64> {
        let axes = self.cuts.weight.shape()[1];
        let values: Vec<Real> = points.iter().map(|x| *x as Real).collect();
        let inputs = Tensor::new(values, [points.len() / axes, axes]);
        let outputs = gradus_core::no_grad(|| self.forward(&inputs, &mut Context::eval()));
        outputs.as_slice().iter().map(|y| f64::from(*y)).collect()
    }

    /// Writes the weights.
    ///
    /// Errors: what writing gives.
    pub fn save(&self, path: &FilePath) -> Result<(), Error> {
        save_weights(path, self, &BTreeMap::new())
    }

    /// Reads a network that [`save`](Self::save) wrote: how many neurons there are is in the file.
    ///
    /// Errors: what reading gives, and a file of something else.
    pub fn load(path: &FilePath) -> Result<Self, Error> {
        let tensors = read_weights(path)?.tensors;
        let shape = |name: &str| {
            let found = tensors.iter().find(|(known, _)| known.as_str() == name).map(|(_, tensor)| tensor.shape());
            found.filter(|shape| shape.rank() == 2).ok_or_else(|| {
                Error::Data(format!("{}: it has no weight {name}; it is no network of steps", path.display()))
            })
        };
        let (cuts, cells) = (shape("cuts.weight")?, shape("cells.weight")?);
        let mut network = Self::blank(cuts[1], cuts[0], cells[0]);
        load_weights(path, &mut network)?;
        Ok(network)
    }
}

fn bias(layer: &mut Linear) -> &mut [Real] {
    layer.bias.as_mut().expect("a layer with a bias").values_mut()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The L2 error of the network itself, by midpoints of a fine even grid: another quadrature than the construction's.
    fn measured(network: &StepNetwork, f: &Expression, region: &[(f64, f64)], count: usize) -> f64 {
        let axes = region.len();
        let cells = count.pow(axes as u32);
        let coordinate = |place: usize, axis: usize| {
            let (low, high) = region[axis];
            // Shifted off the middle, so that no point lies on a cut at a binary fraction.
            low + (high - low) * ((place / count.pow(axis as u32) % count) as f64 + 0.4831) / count as f64
        };
        let points: Vec<f64> = (0..cells * axes).map(|at| coordinate(at / axes, at % axes)).collect();
        let volume: f64 = region.iter().map(|(low, high)| high - low).product();
        let errors = points.chunks(axes).zip(network.predict(&points)).map(|(x, y)| (f.value(x) - y).powi(2));
        (errors.sum::<f64>() * volume / cells as f64).sqrt()
    }

    /// The function, its domain, the error, and points of the grid along each axis.
    type Case = (&'static str, &'static [(f64, f64)], f64, usize);

    #[test]
    fn the_error_asked_for_is_met_for_one_two_and_three_inputs() {
        let cases: [Case; 4] = [
            ("sin(3*x) + x^2", &[(-1.0, 2.0)], 0.02, 20_000),
            ("tanh(30*(x - 0.3))", &[(-1.0, 1.0)], 0.01, 20_000),
            ("sin(2*x)*y + exp(-4*(x^2 + y^2))", &[(-1.0, 1.0), (-1.5, 1.0)], 0.1, 150),
            ("x*y*z + sin(x + 2*z)", &[(-1.0, 1.0), (-1.0, 1.0), (0.0, 1.0)], 0.2, 30),
        ];
        for (text, region, error, count) in cases {
            let f = Expression::parse(text, None).unwrap();
            let (network, partition) = StepNetwork::approximate(&f, region, error).unwrap();
            let found = measured(&network, &f, region, count);
            // The grid's own error is some thousandths.
            assert!(found <= 1.01 * error, "{text}: {found} for {error}");
            assert!(found > 0.5 * error, "{text}: far more boxes than were asked for: {found}");
            assert!(network.neurons() > partition.cells.len());
        }
    }

    #[test]
    fn a_network_is_saved_and_loaded() {
        let f = Expression::parse("x*y", None).unwrap();
        let (network, _) = StepNetwork::approximate(&f, &[(0.0, 1.0), (0.0, 1.0)], 0.05).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("steps.safetensors");
        network.save(&path).unwrap();
        let loaded = StepNetwork::load(&path).unwrap();
        let points = [0.1, 0.2, 0.7, 0.9, 2.0, -1.0];
        assert_eq!(loaded.predict(&points), network.predict(&points));
        assert_eq!(loaded.neurons(), network.neurons());
    }
}
