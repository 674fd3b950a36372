//! From files to batches: readers, splits, input normalization and the loader.
//!
//! [`open`] looks at a path and chooses the reader; each reader is one file here and gives a [`Dataset`]. [`split`],
//! [`k_fold`] and [`Subset`] cut it, [`Normalizer`] is fitted on the training part, [`Loader`] makes batches, whose
//! pictures [`augment`] varies.
//!
//! | what | file |
//! |---|---|
//! | IDX, plain or gzipped (MNIST and its kin) | `idx.rs` |
//! | CSV tables | `csv.rs` |
//! | ARFF tables (Weka), and KEEL's `.dat` | `arff.rs` |
//! | tables as texts, fields that are missing among them | `raw_table.rs` |
//! | folders of pictures, one folder a class | `folder.rs`, `picture.rs` |
//! | NumPy `.npy` and `.npz` | `npy.rs` |
//! | a slice of Fashion-MNIST inside the program (feature `fashion`) | `fashion.rs` |

mod arff;
mod array;
pub mod augment;
mod batch;
pub mod csv;
mod csv_schema;
mod epoch;
#[cfg(feature = "fashion")]
pub mod fashion;
pub mod folder;
pub mod idx;
mod loader;
mod memory;
mod normalize;
mod normalize_fit;
pub mod npy;
mod npy_header;
mod open;
mod open_arrays;
mod pairs;
pub mod picture;
mod preprocess;
mod raw_table;
mod resample;
mod resized;
mod skip;
mod split;
mod stream;
mod validate;
mod workers;

pub use array::{Array, Elements, TargetMeaning};
pub use batch::{Batch, Targets};
pub use csv_schema::{Column, ColumnType, Role, Schema};
pub use epoch::Epoch;
pub use loader::Loader;
pub use memory::{InMemory, Origin, Samples, StoredTargets};
pub use normalize::{Method, Normalizer, Per};
pub use open::{OpenOptions, Splits, open};
pub use preprocess::{Interpolation, Preprocess};
pub use raw_table::{Cells, Declared, RawTable};
pub use skip::SkipReport;
pub use split::{Fold, Subset, k_fold, split};
pub use validate::validate;

use crate::error::Error;
use gradus_kernels::Real;
use smallvec::SmallVec;

/// A place where samples come from: an index gives a sample. All samples of one set have one shape.
pub trait Dataset: Send + Sync {
    /// How many samples there are.
    fn len(&self) -> usize;

    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The shape of one sample: `[height, width, channels]` of a picture, `[features]` of a table's row.
    fn sample_shape(&self) -> &[usize];

    /// Fills `out`, which holds one sample, and gives the sample's target. Pictures are scaled to 0..1.
    fn read(&self, index: usize, out: &mut [Real]) -> Result<Target, Error>;

    /// What the targets are.
    fn target_kind(&self) -> &TargetKind;

    /// Where a sample came from, for messages: `train.gz, picture 17`, `cats/a.png`.
    fn describe(&self, index: usize) -> String;

    /// The target alone. The default reads the whole sample; a set that knows its targets answers at once.
    fn target(&self, index: usize) -> Result<Target, Error> {
        self.read(index, &mut vec![0.0; self.sample_len()])
    }

    /// Whether a sample is at hand in memory, so that reading it is a copy.
    fn in_memory(&self) -> bool {
        false
    }

    /// How many numbers one sample has.
    fn sample_len(&self) -> usize {
        self.sample_shape().iter().product()
    }
}

/// What a sample's network should answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Target {
    /// The number of a class.
    Class(u32),
    /// Numbers to approximate.
    Values(SmallVec<[Real; 4]>),
    /// Nothing: the set has samples only.
    None,
}

/// What the targets of a set are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TargetKind {
    /// One of these classes, by name.
    Classes(Vec<String>),
    /// These quantities, by name.
    Values(Vec<String>),
    /// There are no targets.
    None,
}

impl TargetKind {
    /// The classes' names; none where the targets are not classes.
    pub fn class_names(&self) -> &[String] {
        match self {
            TargetKind::Classes(names) => names,
            TargetKind::Values(_) | TargetKind::None => &[],
        }
    }
}

/// The class of every sample; an error where the targets are not classes.
pub fn labels(dataset: &dyn Dataset) -> Result<Vec<u32>, Error> {
    (0..dataset.len())
        .map(|index| match dataset.target(index)? {
            Target::Class(label) => Ok(label),
            Target::Values(_) | Target::None => {
                Err(Error::Data(format!("{}: its target is not a class", dataset.describe(index))))
            }
        })
        .collect()
}
