//! `gradus models`: the networks by name.

use std::io::Write;

use crate::failure::Failure;

/// Prints each network with what it is and where it was published.
pub fn run() -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    for entry in gradus::zoo::entries() {
        writeln!(out, "{:<8} {}\n{:<8} {}", entry.name, entry.summary, "", entry.paper)?;
    }
    writeln!(out, "\ntrain one:    gradus train --model {}", gradus::zoo::entries()[0].name)?;
    writeln!(out, "see inside:   gradus inspect {}", gradus::zoo::entries()[0].name)?;
    Ok(())
}
