//! Augmentation: every time a sample is seen, it is seen a little differently.
//!
//! An [`Augment`] changes a [`Scene`], a picture with the mask and the boxes that belong to it; a [`Pipeline`] is several in
//! a row, built in code or from [`AugmentConfig`]s, and given to [`Loader::augment`](super::Loader::augment). All keep a
//! picture's size, and draw their random numbers from a stream that belongs to seed, epoch and sample alone.
//!
//! | what | file |
//! |---|---|
//! | one inverse map for picture, mask and boxes | `warp.rs`, `affine.rs` |
//! | [`Translate`], [`Rotate`], [`Scale`], [`Shear`], [`Flip`] | one file each |
//! | [`Crop`], [`RandomResizedCrop`], [`ElasticDeformation`] | one file each |
//! | [`GaussianNoise`], [`GaussianBlur`], [`ColorJitter`], [`CutOut`]: the picture alone | one file each |
//! | [`Mixup`], which works on finished batches | `mixup.rs` |

mod affine;
mod color;
mod color_jitter;
mod config;
mod crop;
mod cut_out;
mod draw;
mod elastic_deformation;
mod flip;
#[cfg(test)]
mod follow;
mod gaussian;
mod gaussian_blur;
mod gaussian_noise;
#[cfg(test)]
mod golden;
mod mixup;
mod pipeline;
mod random_resized_crop;
mod rotate;
mod scale;
mod scene;
mod shear;
mod translate;
mod warp;

pub use color_jitter::ColorJitter;
pub use config::{AugmentConfig, Step};
pub use crop::Crop;
pub use cut_out::CutOut;
pub use elastic_deformation::ElasticDeformation;
pub use flip::Flip;
pub use gaussian_blur::GaussianBlur;
pub use gaussian_noise::GaussianNoise;
pub use mixup::Mixup;
pub use pipeline::Pipeline;
pub use random_resized_crop::RandomResizedCrop;
pub use rotate::Rotate;
pub use scale::Scale;
pub use scene::{BoundingBox, Scene};
pub use shear::Shear;
pub use translate::Translate;
pub use warp::Border;

use crate::{Error, Rng};

/// A random change of a picture, and of what is known of its points.
pub trait Augment: Send + Sync {
    /// Which parameter cannot be used, and what could. A [`Pipeline`] takes only what passes.
    fn check(&self) -> Result<(), Error>;

    /// Changes a scene, whose size stays. All random numbers come from `rng`.
    fn apply(&self, scene: &mut Scene, rng: &mut Rng);
}
