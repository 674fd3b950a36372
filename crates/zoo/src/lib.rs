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
mod registry;

pub use registry::{Built, Entry, Interface, Options, build, entries, entry};
