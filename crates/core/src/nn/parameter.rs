//! What a network learns, and what it keeps count of.

use std::ops::Deref;
use std::sync::{Mutex, PoisonError};

use gradus_kernels::Real;

use crate::{Shape, Tensor};

/// How a parameter's axes lie in published files, which follow PyTorch, against how they lie here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// The same in both.
    Plain,
    /// Here `[out, spatial.., in / groups]`, there `[out, in / groups, spatial..]`.
    Kernel,
    /// Here `[out, height * width * channels]`, there `[out, channels * height * width]`: a dense layer behind the flattened
    /// maps, whose `[height, width, channels]` these are.
    Flattened([usize; 3]),
}

impl Layout {
    /// A tensor of ours with its axes as published files have them.
    pub fn published(self, tensor: &Tensor) -> Tensor {
        let tensor = tensor.detached();
        match self {
            Layout::Plain => tensor,
            Layout::Kernel => {
                let last = tensor.rank() - 1;
                let order: Vec<usize> = [0, last].into_iter().chain(1..last).collect();
                tensor.permute(&order)
            }
            Layout::Flattened([height, width, channels]) => {
                let shape = tensor.shape();
                tensor.reshape([shape[0], height, width, channels]).permute(&[0, 3, 1, 2]).reshape(shape)
            }
        }
    }

    /// The shape that a tensor of ours has in published files.
    pub(super) fn published_shape(self, shape: Shape) -> Shape {
        match self {
            Layout::Plain | Layout::Flattened(_) => shape,
            Layout::Kernel => shape.removed(shape.rank() - 1).inserted(1, shape.last()),
        }
    }

    /// A tensor of a published file with its axes as they lie here.
    pub fn ours(self, tensor: &Tensor) -> Tensor {
        match self {
            Layout::Plain => tensor.clone(),
            Layout::Kernel => {
                let order: Vec<usize> = [0].into_iter().chain(2..tensor.rank()).chain([1]).collect();
                tensor.permute(&order)
            }
            Layout::Flattened([height, width, channels]) => {
                let shape = tensor.shape();
                tensor.reshape([shape[0], channels, height, width]).permute(&[0, 2, 3, 1]).reshape(shape)
            }
        }
    }
}

/// A tensor that training changes. It derefs to its [`Tensor`], so ops take it as one.
#[derive(Clone, Debug)]
pub struct Parameter {
    value: Tensor,
    layout: Layout,
    rate: f64,
}

impl Parameter {
    /// A parameter that starts from `value`.
    pub fn new(value: &Tensor) -> Self {
        Self::laid(value, Layout::Plain)
    }

    /// A convolution's kernel, which starts from `value`.
    pub fn kernel(value: &Tensor) -> Self {
        Self::laid(value, Layout::Kernel)
    }

    /// A dense layer's weight `[out, height * width * channels]` behind flattened maps `[height, width, channels]`.
    pub fn flattened(value: &Tensor, maps: [usize; 3]) -> Self {
        Self::laid(value, Layout::Flattened(maps))
    }

    fn laid(value: &Tensor, layout: Layout) -> Self {
        Parameter { value: value.requires_grad(), layout, rate: 1.0 }
    }

    /// Its learning rate as a share of the network's; 1 if not set.
    pub fn rate(&self) -> f64 {
        self.rate
    }

    /// Sets its learning rate as a share of the network's: the early layers of a trained network are to change less than the
    /// late ones when it learns something new (Howard and Ruder, 2018).
    ///
    /// # Panics
    /// When it is negative or not finite.
    #[track_caller]
    pub fn set_rate(&mut self, share: f64) {
        assert!(share >= 0.0 && share.is_finite(), "a rate is a share of at least 0; got {share}");
        self.rate = share;
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
