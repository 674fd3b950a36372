//! The report of dead units: rectified units that give zero whatever they are shown, and so get no gradient any more.

use std::fmt;

use crate::Tensor;
use crate::graph::outputs_of;

/// Counts the units of each ReLU that were zero for everything shown.
///
/// A unit is a feature of `[b, features]`, or a channel of `[b, h, w, c]`, whose places all share one kernel: it is dead when
/// it was zero for every sample at every place. Counted are the ops `relu` and batch normalization with a fused ReLU. Layers
/// go by the path of the parameters before the ReLU; [`name_parameters`](super::name_parameters) gives those.
///
/// ```
/// use gradus_core::{nn::DeadUnits, Tensor};
/// let mut dead = DeadUnits::new();
/// for batch in [[[-1.0, 2.0]], [[-3.0, -4.0]]] {
///     let _ = dead.observe(|| Tensor::from(batch).relu());
/// }
/// assert_eq!((dead.layers()[0].units(), dead.layers()[0].dead()), (2, vec![0]));
/// ```
#[derive(Clone, Debug, Default)]
pub struct DeadUnits {
    layers: Vec<LayerUnits>,
}

/// The units of one ReLU.
#[derive(Clone, Debug)]
pub struct LayerUnits {
    /// The path of the layer before it, where its parameters have been named.
    pub layer: Option<String>,
    alive: Vec<bool>,
}

impl LayerUnits {
    /// How many units there are.
    pub fn units(&self) -> usize {
        self.alive.len()
    }

    /// The numbers of the dead ones.
    pub fn dead(&self) -> Vec<usize> {
        (0..self.alive.len()).filter(|unit| !self.alive[*unit]).collect()
    }
}

/// The ops whose output a ReLU has cut off at 0.
const RELUS: &[&str] = &["relu", "batch_norm_relu", "batch_norm_add_relu", "relu_max_pool2d"];

impl DeadUnits {
    /// A report of nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Runs a forward pass and counts its units in. Every pass must go through the same ReLUs in the same order.
    ///
    /// # Panics
    /// When a pass goes through other ReLUs than the first one.
    #[track_caller]
    pub fn observe<R>(&mut self, forward: impl FnOnce() -> R) -> R {
        let (result, seen) = outputs_of(RELUS, forward);
        if self.layers.is_empty() {
            let fresh = |output: &Tensor| vec![false; output.shape().last()];
            self.layers = seen.iter().map(|x| LayerUnits { layer: x.layer.clone(), alive: fresh(&x.output) }).collect();
        }
        let same = seen.len() == self.layers.len()
            && seen.iter().zip(&self.layers).all(|(x, layer)| x.output.shape().last() == layer.alive.len());
        assert!(
            same,
            "DeadUnits: this pass went through {} ReLUs, the first through {}, or their widths differ; \
             use a report of its own for each network",
            seen.len(),
            self.layers.len()
        );
        for (watched, layer) in seen.iter().zip(&mut self.layers) {
            for row in watched.output.as_slice().chunks(layer.alive.len().max(1)) {
                for (alive, value) in layer.alive.iter_mut().zip(row) {
                    *alive |= *value != 0.0;
                }
            }
        }
        result
    }

    /// The ReLUs in the order in which they ran.
    pub fn layers(&self) -> &[LayerUnits] {
        &self.layers
    }
}

impl fmt::Display for DeadUnits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, layer) in self.layers.iter().enumerate() {
            let after = layer.layer.as_ref().map(|path| format!(" after {path}")).unwrap_or_default();
            writeln!(f, "relu {place}{after}: {} of {} units dead", layer.dead().len(), layer.units())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::{BatchNorm, Context, Linear, Module, name_parameters};
    use crate::{Real, Rng, module};

    struct Net {
        hidden: Linear,
        head: Linear,
    }

    module!(
        Net { hidden, head } | net,
        x,
        cx | {
            let x = net.hidden.forward(x, cx).relu();
            net.head.forward(&x, cx)
        }
    );

    /// Units whose weighted sum is positive for no sample, by the definition.
    fn silent(layer: &Linear, x: &Tensor) -> Vec<usize> {
        let (weight, bias) = (layer.weight.as_slice(), layer.bias.as_ref().unwrap().as_slice());
        let inputs = x.shape().last();
        let response = |unit: usize, x: &[Real]| -> f64 {
            let weight = &weight[unit * inputs..][..inputs];
            x.iter().zip(weight).map(|(x, w)| f64::from(*x) * f64::from(*w)).sum::<f64>() + f64::from(bias[unit])
        };
        let all_silent = |unit: &usize| x.as_slice().chunks(inputs).all(|x| response(*unit, x) <= 0.0);
        (0..bias.len()).filter(all_silent).collect()
    }

    #[test]
    fn a_large_step_kills_units_and_each_is_counted() {
        let mut rng = Rng::new(1);
        let x = Tensor::rand([64, 4], &mut rng);
        let mut net = Net { hidden: Linear::new(4, 32).init(&mut rng), head: Linear::new(32, 1).init(&mut rng) };
        name_parameters(&net);
        let cx = &mut Context::eval();
        let report = |net: &Net, cx: &mut Context| {
            let mut report = DeadUnits::new();
            for half in 0..2 {
                let part = Tensor::new(&x.as_slice()[half * 128..][..128], [32, 4]);
                let _ = report.observe(|| net.forward(&part, cx));
            }
            report
        };
        let before = report(&net, cx);
        assert_eq!(before.layers()[0].dead(), silent(&net.hidden, &x));

        let y = net.forward(&x, cx);
        let grads = y.mul(&y).mean().backward();
        for parameter in [&mut net.hidden.weight, net.hidden.bias.as_mut().unwrap()] {
            let grad = grads.get(parameter).unwrap().to_vec();
            parameter.values_mut().iter_mut().zip(grad).for_each(|(w, g)| *w -= 1000.0 * g);
        }
        let after = report(&net, cx);
        let expected = silent(&net.hidden, &x);
        assert_eq!(after.layers()[0].dead(), expected);
        assert!(expected.len() > before.layers()[0].dead().len() + 5, "the step killed too few to tell: {expected:?}");
        assert_eq!(after.to_string(), format!("relu 0 after hidden: {} of 32 units dead\n", expected.len()));
    }

    #[test]
    fn a_fused_relu_counts_too() {
        let mut norm = BatchNorm::new(3).relu();
        norm.bias.values_mut().copy_from_slice(&[0.0, -100.0, 0.0]);
        let x = Tensor::randn([4, 5, 5, 3], &mut Rng::new(1));
        let mut report = DeadUnits::new();
        let _ = report.observe(|| norm.forward(&x, &mut Context::train(1)));
        assert_eq!(report.layers()[0].dead(), [1]);
    }

    #[test]
    #[should_panic(expected = "DeadUnits: this pass went through 0 ReLUs, the first through 1")]
    fn another_network_needs_another_report() {
        let mut report = DeadUnits::new();
        let _ = report.observe(|| Tensor::from([1.0]).relu());
        report.observe(|| ());
    }
}
