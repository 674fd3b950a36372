//! Tensors, gradients, layers, losses, optimizers, data and training.
