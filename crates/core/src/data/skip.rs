//! What was left out of a set because it could not be used.

use std::fmt;

/// How many samples the text lists before it only counts.
const LISTED: usize = 20;

/// The samples that were left out, each with its place and what is wrong with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SkipReport {
    entries: Vec<String>,
}

impl SkipReport {
    /// Adds a sample: its place and what is wrong.
    pub fn add(&mut self, entry: impl fmt::Display) {
        self.entries.push(entry.to_string());
    }

    /// Adds all of another report.
    pub fn extend(&mut self, other: SkipReport) {
        self.entries.extend(other.entries);
    }

    /// How many samples were left out.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether none was.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Each sample's place and what is wrong with it.
    pub fn entries(&self) -> &[String] {
        &self.entries
    }
}

impl fmt::Display for SkipReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bad samples were left out", self.len())?;
        for entry in self.entries.iter().take(LISTED) {
            write!(f, "\n  {entry}")?;
        }
        match self.len().checked_sub(LISTED) {
            Some(more) if more > 0 => write!(f, "\n  and {more} more"),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_cut_and_the_count_is_whole() {
        let mut report = SkipReport::default();
        for line in 0..22 {
            report.add(format_args!("line {line}"));
        }
        let text = report.to_string();
        assert!(text.starts_with("22 bad samples were left out\n  line 0\n"));
        assert!(text.ends_with("  line 19\n  and 2 more"));
    }
}
