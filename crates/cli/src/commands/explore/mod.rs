//! `gradus explore`: subjects of the course, each shown by numbers and drawings that it computes on the spot.

mod decomposed_kernels;

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use gradus::{Error, did_you_mean};

use crate::failure::Failure;

/// The options of `explore`.
#[derive(Args)]
pub struct ExploreArgs {
    /// The subject; without one, the subjects are listed.
    pub subject: Option<String>,
    /// The folder that drawings go to.
    #[arg(long, value_name = "FOLDER", default_value = "explore")]
    pub to: PathBuf,
    /// The seed of all that is random.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
}

/// What can be explored. A new subject is one file and one line in [`SUBJECTS`].
struct Subject {
    name: &'static str,
    chapter: &'static str,
    summary: &'static str,
    run: fn(&ExploreArgs) -> Result<(), Failure>,
}

/// By chapter.
const SUBJECTS: [Subject; 1] = [Subject {
    name: "decomposed-kernels",
    chapter: "Convolution",
    summary: "the same convolution for fewer multiplications: kernels in a row, low rank, 5x5 as two 3x3",
    run: decomposed_kernels::run,
}];

/// Runs a subject, or lists them.
pub fn run(args: &ExploreArgs) -> Result<(), Failure> {
    let Some(name) = &args.subject else { return list() };
    let found = SUBJECTS.iter().find(|subject| subject.name == name);
    let subject = found.ok_or_else(|| {
        let near = did_you_mean(name, SUBJECTS.iter().map(|subject| subject.name));
        Error::setting("explore", format!("there is no subject {name}{near}; `gradus explore` lists them"))
    })?;
    (subject.run)(args)
}

fn list() -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    let mut chapter = "";
    for subject in &SUBJECTS {
        if subject.chapter != chapter {
            chapter = subject.chapter;
            writeln!(out, "{chapter}")?;
        }
        writeln!(out, "  {:<20} {}", subject.name, subject.summary)?;
    }
    writeln!(out, "\nsee one:  gradus explore {}", SUBJECTS[0].name)?;
    Ok(())
}
