//! Writing a drawing to disk.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use gradus::Error;
use gradus::io::write_atomic;

use super::drawing::Drawing;

impl Drawing {
    /// Writes `stem.png` and `stem.svg`, each whole or not at all, and returns their paths.
    ///
    /// # Errors
    /// If a file cannot be written; the message has its path.
    pub fn save(&self, stem: &Path) -> Result<[PathBuf; 2], Error> {
        let paths = ["png", "svg"].map(|extension| with_suffix(stem, &format!(".{extension}")));
        write_atomic(&paths[0], &self.png())?;
        write_atomic(&paths[1], self.svg().as_bytes())?;
        Ok(paths)
    }
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut whole = OsString::from(path);
    whole.push(suffix);
    whole.into()
}
