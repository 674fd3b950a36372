//! What a network learns, and what it keeps count of.

use std::ops::Deref;
use std::sync::{Mutex, PoisonError};

use gradus_kernels::Real;

use crate::Tensor;

/// How a parameter's axes lie in published files, which follow PyTorch, against how they lie here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// The same in both.
    Plain,
    /// Here `[out, spatial.., in / groups]`, there `[out, in / groups, spatial..]`.
    Kernel,
}

/// A tensor that training changes. It derefs to its [`Tensor`], so ops take it as one.
#[derive(Clone, Debug)]
pub struct Parameter {
    value: Tensor,
    layout: Layout,
}

impl Parameter {
    /// A parameter that starts from `value`.
    pub fn new(value: &Tensor) -> Self {
        Parameter { value: value.requires_grad(), layout: Layout::Plain }
    }

    /// A convolution's kernel, which starts from `value`.
    pub fn kernel(value: &Tensor) -> Self {
        Parameter { value: value.requires_grad(), layout: Layout::Kernel }
    }

    /// How its axes lie in published files.
    pub fn layout(&self) -> Layout {
        self.layout
    }

    /// Whether training changes it.
    pub fn is_trainable(&self) -> bool {
        !self.value.is_constant()
    }

    /// Exempts it from training: no gradient is computed for it, no optimizer asks for one.
    pub fn freeze(&mut self) {
        self.value = self.value.detached();
    }

    /// Gives it back to training.
    pub fn unfreeze(&mut self) {
        if !self.is_trainable() {
            self.value = self.value.requires_grad();
        }
    }

    /// The values for an update in place.
    pub fn values_mut(&mut self) -> &mut [Real] {
        self.value.as_mut_slice()
    }
}

impl Deref for Parameter {
    type Target = Tensor;
    fn deref(&self) -> &Tensor {
        &self.value
    }
}

/// Numbers that a network keeps besides its parameters, such as running means: saved with it, but not learned by gradient.
#[derive(Debug)]
pub struct Statistic(Mutex<Tensor>);

impl Statistic {
    /// A statistic that starts from `value`.
    pub fn new(value: Tensor) -> Self {
        Statistic(Mutex::new(value))
    }

    /// The value now.
    pub fn get(&self) -> Tensor {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Changes the values in place.
    pub fn update(&self, change: impl FnOnce(&mut [Real])) {
        change(self.0.lock().unwrap_or_else(PoisonError::into_inner).as_mut_slice());
    }
}

impl Clone for Statistic {
    fn clone(&self) -> Self {
        Statistic::new(self.get())
    }
}
