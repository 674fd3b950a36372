//! One command, one file.

mod augmented;
mod blocks;
pub mod compare;
pub mod convert;
pub mod credit;
pub mod data;
pub mod eval;
pub mod explore;
pub mod finetune;
pub mod inspect;
mod json_file;
pub mod models;
mod pages;
pub mod pca;
mod plan;
mod points;
pub mod predict;
mod progress;
mod report;
mod settings;
pub mod svm;
pub mod train;
pub mod trials;
pub mod tsne;
