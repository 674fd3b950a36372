//! One command, one file.

pub mod compare;
pub mod convert;
pub mod data;
pub mod eval;
pub mod explore;
pub mod finetune;
pub mod inspect;
pub mod models;
pub mod predict;
mod progress;
mod report;
mod settings;
pub mod train;
pub mod trials;
