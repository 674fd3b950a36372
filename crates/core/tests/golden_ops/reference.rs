//! Reads a file of cases and compares.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use gradus_core::nn::{self, Context, Entry, Module, Path};
use gradus_core::{Indices, Real, Tensor, grad};
use safetensors::{Dtype, SafeTensors};

/// What an output and what a gradient may be off by, relative to the larger of the number itself and the root mean square of
/// its tensor. The files hold f32, so that in f64 nothing better can be asked than its rounding.
pub const OUTPUT: f64 = if size_of::<Real>() == 4 { 1e-4 } else { 1e-6 };
const GRADIENT: f64 = if size_of::<Real>() == 4 { 1e-3 } else { 1e-6 };

/// The cases of one file.
pub struct Family {
    tensors: BTreeMap<String, Tensor>,
    indices: BTreeMap<String, Indices>,
    left: BTreeSet<String>,
    problems: Vec<String>,
}

impl Family {
    /// Reads `golden/data/ops_NAME.safetensors`.
    pub fn read(name: &str) -> Self {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("../../golden/data/ops_{name}.safetensors"));
        let bytes = std::fs::read(path).unwrap();
        let mut family =
            Family { tensors: BTreeMap::new(), indices: BTreeMap::new(), left: BTreeSet::new(), problems: Vec::new() };
        for (name, view) in SafeTensors::deserialize(&bytes).unwrap().tensors() {
            family.left.insert(name.split('/').next().unwrap().to_owned());
            let words = view.data().chunks_exact(4).map(|bytes| <[u8; 4]>::try_from(bytes).unwrap());
            if view.dtype() == Dtype::F32 {
                let values: Vec<Real> = words.map(|word| Real::from(f32::from_le_bytes(word))).collect();
                family.tensors.insert(name, Tensor::new(values, view.shape()));
            } else {
                let values: Vec<u32> = words.map(u32::from_le_bytes).collect();
                family.indices.insert(name, Indices::new(values, view.shape()));
            }
        }
        family
    }

    /// Compares an op of real inputs.
    pub fn case(&mut self, name: &str, op: impl Fn(&[Tensor]) -> Tensor) {
        assert!(self.left.remove(name), "{name} is not in the file, or is compared twice");
        let inputs: Vec<Tensor> = (0..)
            .map_while(|place| self.tensors.get(&format!("{name}/input.{place}")))
            .map(Tensor::requires_grad)
            .collect();
        let places: Vec<&Tensor> = inputs.iter().collect();
        let seed = self.tensors[&format!("{name}/seed")].clone();
        let output = op(&inputs);
        self.compare(&format!("{name}/output"), &output, OUTPUT);
        if output.shape() != seed.shape() {
            return;
        }
        for (place, gradient) in grad(&output.mul(&seed).sum(), &places, false).iter().enumerate() {
            self.compare(&format!("{name}/gradient.{place}"), gradient, GRADIENT);
        }
        if !self.tensors.contains_key(&format!("{name}/second.0")) {
            return;
        }
        // The recorded sweep takes its own way through backward: its first derivative is compared too.
        let gradients = grad(&op(&inputs).mul(&seed).sum(), &places, true);
        let mut total = Tensor::scalar(0.0);
        for (place, gradient) in gradients.iter().enumerate() {
            self.compare(&format!("{name}/gradient.{place}"), gradient, GRADIENT);
            total = total.add(&gradient.mul(&self.tensors[&format!("{name}/direction.{place}")]).sum());
        }
        for (place, second) in grad(&total, &places, false).iter().enumerate() {
            self.compare(&format!("{name}/second.{place}"), second, GRADIENT);
        }
    }

    /// Compares an op that also takes indices: labels, tokens.
    pub fn case_with(&mut self, name: &str, op: impl Fn(&[Tensor], &Indices) -> Tensor) {
        let indices = self.indices[&format!("{name}/indices")].clone();
        self.case(name, |inputs| op(inputs, &indices));
    }

    /// Compares a layer that starts from PyTorch's state: a step of training, the state that it leaves, and use.
    pub fn layer(&mut self, name: &str, mut layer: impl Module) {
        assert!(self.left.remove(name), "{name} is not in the file, or is compared twice");
        let state = format!("{name}/state.");
        let published = self
            .tensors
            .iter()
            .filter_map(|(key, value)| key.strip_prefix(&state).map(|path| (path.to_owned(), value.clone())));
        nn::load_state(&mut layer, &published.collect()).unwrap();
        let x = self.tensors[&format!("{name}/input.0")].requires_grad();
        let output = layer.forward(&x, &mut Context::train(1));
        self.compare(&format!("{name}/output"), &output, OUTPUT);
        let gradients = output.backward_from(&self.tensors[&format!("{name}/seed")]);
        self.compare(&format!("{name}/gradient.0"), gradients.get(&x).unwrap(), GRADIENT);
        layer.visit(Path::root(), &mut |path, entry| {
            if let Entry::Parameter(parameter) = entry {
                self.compare(&format!("{name}/slope.{path}"), gradients.get(parameter).unwrap(), GRADIENT);
            }
        });
        for (path, value) in nn::state(&layer) {
            self.compare(&format!("{name}/after.{path}"), &value, OUTPUT);
        }
        self.compare(&format!("{name}/eval"), &layer.forward(&x, &mut Context::eval()), OUTPUT);
    }

    /// A further tensor of a case.
    pub fn tensor(&self, name: &str) -> &Tensor {
        &self.tensors[name]
    }

    /// Notes what differs; [`Family::finish`] reports it all at once.
    pub fn compare(&mut self, name: &str, found: &Tensor, tolerance: f64) {
        let expected = &self.tensors[name];
        if found.shape() != expected.shape() {
            self.problems.push(format!("{name}: shape {}, expected {}", found.shape(), expected.shape()));
            return;
        }
        let count = expected.len().max(1) as f64;
        let typical = (expected.as_slice().iter().map(|&x| f64::from(x) * f64::from(x)).sum::<f64>() / count).sqrt();
        // Beside gradients of size 1, one that PyTorch finds to be zero is a sum of roundings.
        let floor = typical.max(1e-2);
        let off = |(&found, &expected): (&Real, &Real)| {
            (f64::from(found) - f64::from(expected)).abs() / f64::from(expected).abs().max(floor)
        };
        let worst = found
            .as_slice()
            .iter()
            .zip(expected.as_slice())
            .map(off)
            .fold(0.0, |worst: f64, off| if off.is_nan() { f64::INFINITY } else { worst.max(off) });
        if worst > tolerance {
            self.problems.push(format!("{name}: off by {worst:.1e}"));
        }
    }

    /// Fails if anything differed or was left out.
    pub fn finish(self) {
        let left = self.left.iter().map(|name| format!("{name}: not compared"));
        let problems: Vec<String> = self.problems.iter().cloned().chain(left).collect();
        assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
    }
}
