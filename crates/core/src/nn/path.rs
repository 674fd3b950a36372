//! The path of a parameter in its network: `features.0.weight`.

use std::fmt;

/// A path, built while walking and written out only when asked for: walking allocates nothing.
#[derive(Clone, Copy, Default)]
pub struct Path<'a> {
    parent: Option<&'a Path<'a>>,
    step: Step<'a>,
}

#[derive(Clone, Copy, Default)]
enum Step<'a> {
    #[default]
    Root,
    Name(&'a str),
    Place(usize),
}

impl<'a> Path<'a> {
    /// The network itself.
    pub fn root() -> Self {
        Self::default()
    }

    /// The path of a field of what this path names.
    #[must_use]
    pub fn child(&'a self, name: &'a str) -> Path<'a> {
        Path { parent: Some(self), step: Step::Name(name) }
    }

    /// The path of a numbered part of what this path names.
    #[must_use]
    pub fn place(&'a self, place: usize) -> Path<'a> {
        Path { parent: Some(self), step: Step::Place(place) }
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent.filter(|parent| !matches!(parent.step, Step::Root)) {
            write!(f, "{parent}.")?;
        }
        match self.step {
            Step::Root => Ok(()),
            Step::Name(name) => f.write_str(name),
            Step::Place(place) => write!(f, "{place}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Path;

    #[test]
    fn steps_are_joined_by_dots() {
        let root = Path::root();
        let features = root.child("features");
        let first = features.place(0);
        assert_eq!(first.child("weight").to_string(), "features.0.weight");
    }
}
