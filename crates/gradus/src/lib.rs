//! Neural networks on the CPU.
