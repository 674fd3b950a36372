//! What can go wrong with files, data and settings.
//!
//! A wrong shape in an operation is a programming error and panics; all that comes from outside the program is an [`Error`].

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// What can go wrong with files, data and settings. Its text names the place, what is wrong there and the remedy.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file was read, and its content is not what it should be.
    #[error("{}{flaw}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Where in the file, and what is wrong there.
        flaw: Flaw,
    },
    /// The system refused to open, read or write a file.
    #[error("{}: cannot {action}: {source}{}", path.display(), remedy(source))]
    Io {
        /// The file.
        path: PathBuf,
        /// What was tried: "read", "write".
        action: &'static str,
        /// The system's answer.
        source: io::Error,
    },
    /// The data is readable, but nothing can be learned from it.
    #[error("{0}")]
    Data(String),
    /// Training left the finite numbers.
    #[error(
        "training diverged: the loss became {loss} in epoch {epoch} at step {step}, first in {culprit}; \
         the last saved state is untouched: lower the learning rate or clip the gradients"
    )]
    Diverged {
        /// The loss that was not finite.
        loss: f64,
        /// The epoch, counted from 1.
        epoch: u64,
        /// The update it would have been, counted from 1.
        step: u64,
        /// The op, with its layer, that gave the first such number.
        culprit: String,
    },
    /// A setting has a value that cannot be used.
    #[error("{name}: {problem}")]
    Setting {
        /// The setting's name as the user writes it.
        name: String,
        /// What is wrong with the value, and what would be right.
        problem: String,
    },
}

impl Error {
    /// For `map_err`: the system refused an action on a path.
    pub fn io(path: &Path, action: &'static str) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Error::Io { path, action, source }
    }

    /// A setting with a value that cannot be used.
    pub fn setting(name: impl Into<String>, problem: impl Into<String>) -> Self {
        Error::Setting { name: name.into(), problem: problem.into() }
    }
}

/// A place in a file and what is wrong there. Parsers of bytes give this; whoever knows the path adds it with [`Flaw::in_file`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// Where in the file.
    pub place: Place,
    /// What is wrong, and the remedy.
    pub problem: String,
}

/// A place in a file. Lines and columns count from 1, bytes from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// The file as a whole.
    Whole,
    /// A byte's offset.
    Byte(u64),
    /// A line of text.
    Line(u64),
    /// A field of a table.
    Cell {
        /// The line.
        line: u64,
        /// The column's name, or its number where it has no name.
        column: String,
    },
    /// A named part: an array of an archive, a tensor of a checkpoint.
    Entry(String),
}

impl Flaw {
    /// A flaw of the file as a whole.
    pub fn new(problem: impl Into<String>) -> Self {
        Flaw { place: Place::Whole, problem: problem.into() }
    }

    /// A flaw at a place.
    pub fn at(place: Place, problem: impl Into<String>) -> Self {
        Flaw { place, problem: problem.into() }
    }

    /// The same flaw inside a named part of the file; a place inside the part goes into the text.
    pub fn in_entry(self, name: &str) -> Self {
        Flaw { place: Place::Entry(name.to_owned()), problem: self.alone() }
    }

    /// Place and problem where no file is named before them.
    pub fn alone(&self) -> String {
        match &self.place {
            Place::Whole => self.problem.clone(),
            place => format!("{}: {}", place.to_string().trim_start_matches(", "), self.problem),
        }
    }

    /// The error of a file that has this flaw.
    pub fn in_file(self, path: &Path) -> Error {
        Error::File { path: path.to_path_buf(), flaw: self }
    }
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.problem)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Whole => Ok(()),
            Place::Byte(offset) => write!(f, ", byte {offset}"),
            Place::Line(line) => write!(f, ", line {line}"),
            Place::Cell { line, column } => write!(f, ", line {line}, column {column}"),
            Place::Entry(name) => write!(f, ", entry {name}"),
        }
    }
}

fn remedy(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::NotFound => "; check the path",
        io::ErrorKind::PermissionDenied => "; check who owns it and its permissions",
        io::ErrorKind::FileTooLarge => "; raise the limit on the size of files (ulimit -f), nothing was overwritten",
        io::ErrorKind::StorageFull => "; free some space on the disk, nothing was overwritten",
        io::ErrorKind::ReadOnlyFilesystem => "; choose a folder that can be written to",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_names_path_place_problem_and_remedy() {
        let path = Path::new("credit.csv");
        let cell = Place::Cell { line: 3, column: "age".into() };
        assert_eq!(
            Flaw::at(cell, "\"old\" is not a number").in_file(path).to_string(),
            "credit.csv, line 3, column age: \"old\" is not a number"
        );
        assert_eq!(Flaw::new("it is empty").in_file(path).to_string(), "credit.csv: it is empty");
        let nested = Flaw::at(Place::Byte(6), "the version is 9").in_entry("x.npy").in_file(Path::new("a.npz"));
        assert_eq!(nested.to_string(), "a.npz, entry x.npy: byte 6: the version is 9");
        let missing = Error::io(path, "read")(io::Error::from(io::ErrorKind::NotFound));
        assert_eq!(missing.to_string(), "credit.csv: cannot read: entity not found; check the path");
    }
}
