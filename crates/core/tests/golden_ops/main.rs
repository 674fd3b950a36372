//! Every op, every option, against PyTorch in f64 (golden/ops.py): the output, the gradients of all inputs, and the second
//! derivative where the op has one. A case is one line here and one line of the same name there.

mod algebra;
mod choice;
mod convolution;
mod layer;
mod loss;
mod loss_options;
mod normalization;
mod pointwise;
mod pooling;
mod reference;
mod structure;
