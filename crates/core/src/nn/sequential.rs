//! Layers one after another.

use std::borrow::Cow;

use super::{Context, Entry, Module, Parameter, Path, Visit};
use crate::Tensor;

/// A network whose layers run one after another.
///
/// Layers go by their number, as in PyTorch, or by a name of their own.
///
/// ```
/// use gradus_core::{nn::{Activation, Context, Conv2d, Flatten, Linear, MaxPool2d, Module, Sequential}, Rng, Tensor};
/// let mut rng = Rng::new(1);
/// let net = Sequential::new()
///     .named("conv1", Conv2d::new(1, 8, 3).same().init(&mut rng))
///     .add(Activation::Relu)
///     .add(MaxPool2d::new(2))
///     .add(Flatten)
///     .named("head", Linear::new(8 * 14 * 14, 10).init(&mut rng));
/// let y = net.forward(&Tensor::ones([2, 28, 28, 1]), &mut Context::eval());
/// assert_eq!(&*y.shape(), [2, 10]);
/// ```
#[derive(Default)]
pub struct Sequential {
    layers: Vec<Layer>,
}

struct Layer {
    name: Option<Cow<'static, str>>,
    module: Box<dyn Module>,
}

impl Sequential {
    /// No layers yet: gives back its input.
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts a layer at the end; its path is its number.
    #[allow(clippy::should_implement_trait)]
    #[must_use]
    pub fn add(mut self, layer: impl Module + 'static) -> Self {
        self.layers.push(Layer { name: None, module: Box::new(layer) });
        self
    }

    /// Puts a layer with a name at the end.
    ///
    /// # Panics
    /// When the name is taken, empty, a number, or has a dot: paths could then not be told apart.
    #[track_caller]
    #[must_use]
    pub fn named(mut self, name: impl Into<Cow<'static, str>>, layer: impl Module + 'static) -> Self {
        let name = name.into();
        assert!(
            !name.is_empty() && !name.contains('.') && name.parse::<usize>().is_err(),
            "Sequential: {name:?} cannot be a layer's name; use letters, without dots"
        );
        assert!(
            self.layers.iter().all(|layer| layer.name.as_ref() != Some(&name)),
            "Sequential: two layers are named {name:?}; each needs its own name"
        );
        self.layers.push(Layer { name: Some(name), module: Box::new(layer) });
        self
    }

    /// How many layers there are.
    pub fn len(&self) -> usize {
        self.layers.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.layers.is_empty()
    }
}

impl Visit for Sequential {
    fn visit(&self, path: Path<'_>, visitor: &mut dyn FnMut(Path<'_>, Entry<'_>)) {
        for (place, layer) in self.layers.iter().enumerate() {
            match &layer.name {
                Some(name) => layer.module.visit(path.child(name), visitor),
                None => layer.module.visit(path.place(place), visitor),
            }
        }
    }

    fn visit_mut(&mut self, path: Path<'_>, visitor: &mut dyn FnMut(Path<'_>, &mut Parameter)) {
        for (place, layer) in self.layers.iter_mut().enumerate() {
            match &layer.name {
                Some(name) => layer.module.visit_mut(path.child(name), visitor),
                None => layer.module.visit_mut(path.place(place), visitor),
            }
        }
    }
}

impl Module for Sequential {
    fn forward(&self, x: &Tensor, cx: &mut Context) -> Tensor {
        let mut layers = self.layers.iter();
        let Some(first) = layers.next() else { return x.clone() };
        layers.fold(first.module.forward(x, cx), |x, layer| layer.module.forward(&x, cx))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::{Dropout, Function, Linear, state};
    use crate::{Rng, dry_run};

    fn net() -> Sequential {
        let mut rng = Rng::new(1);
        Sequential::new()
            .add(Linear::new(4, 3).init(&mut rng))
            .add(Function::new(Tensor::relu))
            .add(Sequential::new().add(Dropout::new(0.5)).named("out", Linear::new(3, 2).no_bias().init(&mut rng)))
    }

    #[test]
    fn paths_are_numbers_and_names() {
        let names: Vec<String> = state(&net()).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["0.weight", "0.bias", "2.out.weight"]);
    }

    #[test]
    fn layers_run_in_order_and_none_gives_the_input_back() {
        let x = Tensor::ones([1, 4]);
        let ops = dry_run([1, 4], |x| net().forward(x, &mut Context::train(1))).unwrap();
        let names: Vec<&str> = ops.iter().map(|op| op.name).collect();
        assert_eq!(names, ["linear", "relu", "dropout", "linear"]);
        assert_eq!(Sequential::new().forward(&x, &mut Context::eval()).to_vec(), x.to_vec());
    }

    #[test]
    #[should_panic(expected = "Sequential: two layers are named \"a\"")]
    fn names_are_told_apart() {
        let _ = Sequential::new().named("a", Dropout::new(0.1)).named("a", Dropout::new(0.1));
    }
}
