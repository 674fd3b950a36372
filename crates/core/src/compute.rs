//! What numerical code beside the layers builds on: threads, loops compiled for the processor at hand, products of slices.
//!
//! Work is cut by its shape and partial sums are added in a fixed order, so that results are the same bits for any number of
//! threads.

pub use gradus_kernels::gemm::{Epilogue, Matrix, PackedRight, gemm, gemm_packed};
pub use gradus_kernels::isa::vectorize;
pub use gradus_kernels::threads::{parallel, parallel_chunks, set_threads, threads};
