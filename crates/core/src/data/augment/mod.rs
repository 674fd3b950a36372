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
//! | [`Crop`], [`RandomResizedCrop`] | one file each |

mod affine;
mod config;
mod crop;
mod draw;
mod flip;
mod pipeline;
mod random_resized_crop;
mod rotate;
mod scale;
mod scene;
mod shear;
mod translate;
mod warp;

pub use config::AugmentConfig;
pub use crop::Crop;
pub use flip::Flip;
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
