//! Which part of a convolution is kept.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use gradus_core::{Error, did_you_mean};

/// Which places of a convolution of n numbers with k numbers are kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Extent {
    /// All n + k - 1 at which the two overlap.
    #[default]
    Full,
    /// n of them, as many as the first factor has, from the middle.
    Same,
    /// The n - k + 1 at which the shorter lies wholly inside the longer.
    Valid,
}

impl Extent {
    /// All, in the order of their lengths.
    pub const ALL: [Extent; 3] = [Extent::Full, Extent::Same, Extent::Valid];

    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Extent::Full => "full",
            Extent::Same => "same",
            Extent::Valid => "valid",
        }
    }

    /// The places of the full convolution of `first` and `second` numbers that are kept.
    ///
    /// As SciPy's `convolve`: `same` is centred, and begins (second - 1) / 2 places in; `valid` is symmetric in the two.
    pub fn kept(self, first: usize, second: usize) -> Range<usize> {
        match self {
            Extent::Full => 0..first + second - 1,
            Extent::Same => (second - 1) / 2..(second - 1) / 2 + first,
            Extent::Valid => first.min(second) - 1..first.max(second),
        }
    }
}

impl fmt::Display for Extent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Extent {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        let names = Self::ALL.map(Extent::name);
        Self::ALL.into_iter().find(|extent| extent.name() == name).ok_or_else(|| {
            let near = did_you_mean(name, names);
            Error::setting("extent", format!("there is none named {name}{near}; there are full, same and valid"))
        })
    }
}
