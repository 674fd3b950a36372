//! Each sample as one row.

use crate::module;

/// `[b, ..]` becomes `[b, all the rest]`, as a dense layer after pictures needs it.
#[derive(Clone, Copy, Debug)]
pub struct Flatten;

module!(Flatten {} | _layer, x, _cx | x.flatten(1));
