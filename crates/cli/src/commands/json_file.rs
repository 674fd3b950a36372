//! What a command learned, as a file of JSON.

use std::path::Path;

use gradus::{Error, Flaw};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Writes it, whole or not at all.
pub fn save(model: &impl Serialize, path: &Path) -> Result<(), Error> {
    let text = serde_json::to_string(model).map_err(|error| Error::Data(error.to_string()))?;
    gradus::io::write_atomic(path, text.as_bytes())
}

/// Reads what was saved; `what` completes "it is no ..".
pub fn open<T: DeserializeOwned>(path: &Path, what: &str) -> Result<T, Error> {
    let text = std::fs::read_to_string(path).map_err(Error::io(path, "read"))?;
    serde_json::from_str(&text).map_err(|error| wrong(path, what, &error.to_string()))
}

/// The error of a file that holds something else, or not all of it.
pub fn wrong(path: &Path, what: &str, why: &str) -> Error {
    Flaw::new(format!("it is no {what} ({why}); take another copy or train anew")).in_file(path)
}
