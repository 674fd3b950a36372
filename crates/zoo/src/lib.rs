//! Networks by name: one paper, one file, one line in the registry.
//!
//! ```
//! use gradus_zoo::{Interface, build};
//! use gradus_core::{Rng, nn};
//! let interface = Interface { input: vec![28, 28, 1], outputs: 10 };
//! let built = build("lenet", &Default::default(), &interface, &mut Rng::new(1))?;
//! assert_eq!(nn::parameter_count(&*built.network), 61_706);
//! # Ok::<(), gradus_core::Error>(())
//! ```

pub mod classify;
mod family;
pub mod imagenet;
mod registry;

pub use family::{Architecture, Block, Costs, Family, Interface, Member, Weights};
/// A network's own options by name, as a config file's section has them.
pub type Options = toml::Table;

pub use registry::{Built, build, families, family_of, member, members};
