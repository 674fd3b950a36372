//! A function of tensors as a layer.

use super::{Context, Entry, Module, Parameter, Path, Visit};
use crate::Tensor;

/// A function without parameters as a layer, to stand in a [`Sequential`](super::Sequential).
#[derive(Clone, Copy, Debug)]
pub struct Function<F>(F);

impl<F: Fn(&Tensor) -> Tensor + Send + Sync> Function<F> {
    /// The layer of a function.
    pub fn new(function: F) -> Self {
        Function(function)
    }
}

impl<F> Visit for Function<F> {
    fn visit(&self, _: Path<'_>, _: &mut dyn FnMut(Path<'_>, Entry<'_>)) {}

    fn visit_mut(&mut self, _: Path<'_>, _: &mut dyn FnMut(Path<'_>, &mut Parameter)) {}
}

impl<F: Fn(&Tensor) -> Tensor + Send + Sync> Module for Function<F> {
    fn forward(&self, x: &Tensor, _: &mut Context) -> Tensor {
        (self.0)(x)
    }
}
