//! What the targets share.

use gradus::data::{Array, InMemory, Origin, StoredTargets};

/// Takes an array to where training would take it: as samples, and as targets of each meaning.
pub fn use_array(array: &Array) {
    for meaning in [None, Some(gradus::data::TargetMeaning::Classes), Some(gradus::data::TargetMeaning::Values)] {
        let _ = array.clone().into_targets(meaning, None);
    }
    if let Ok((samples, shape)) = array.clone().into_samples() {
        let _ = InMemory::new(samples, shape, StoredTargets::None, Origin::file("fuzz", "row"), true);
    }
}
