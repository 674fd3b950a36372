//! Writing a drawing to disk.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::drawing::Drawing;

impl Drawing {
    /// Writes `stem.png` and `stem.svg`, each whole or not at all, and returns their paths.
    ///
    /// # Errors
    /// If a file cannot be written; the message has its path.
    pub fn save(&self, stem: &Path) -> io::Result<[PathBuf; 2]> {
        let paths = ["png", "svg"].map(|extension| with_suffix(stem, &format!(".{extension}")));
        write(&paths[0], &self.png())?;
        write(&paths[1], self.svg().as_bytes())?;
        Ok(paths)
    }
}

/// Writes to a temporary file in the same folder and renames it, so that a reader never sees half a file.
fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let temporary = with_suffix(path, &format!(".{}.tmp", std::process::id()));
    let written = File::create(&temporary)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&temporary, path));
    written.map_err(|error| {
        // What failed is told; that a leftover could not be removed either would only hide it.
        let _ = fs::remove_file(&temporary);
        io::Error::new(error.kind(), format!("cannot write {}: {error}", path.display()))
    })
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut whole = OsString::from(path);
    whole.push(suffix);
    whole.into()
}
