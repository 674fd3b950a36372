//! What a subject of `gradus explore` is, and what all of them have.

use std::io::Write;
use std::path::PathBuf;

use clap::{ArgMatches, Args, Command, FromArgMatches};
use gradus::Error;

use crate::commands::report;
use crate::draw::{Drawing, animation};
use crate::failure::Failure;

/// The part of the course that a subject belongs to; they are listed in this order.
#[allow(dead_code)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chapter {
    /// Neurons and linear machines.
    Neurons,
    /// How minima are found.
    Optimization,
    /// Losses, capacity, ensembles.
    Learning,
    /// Convolution, as mathematics and in layers.
    Convolution,
    /// Data seen as points in space.
    Data,
}

impl Chapter {
    /// All, in order.
    pub const ALL: [Chapter; 5] =
        [Chapter::Neurons, Chapter::Optimization, Chapter::Learning, Chapter::Convolution, Chapter::Data];

    /// The heading in the list.
    pub fn heading(self) -> &'static str {
        match self {
            Chapter::Neurons => "Neurons and linear machines",
            Chapter::Optimization => "Optimization",
            Chapter::Learning => "Learning",
            Chapter::Convolution => "Convolution",
            Chapter::Data => "Data",
        }
    }
}

/// A subject: its fields are its own options on the command line, a doc comment on each is its help.
pub trait Subject: Args {
    /// As it is typed.
    const NAME: &'static str;
    /// Where it is listed.
    const CHAPTER: Chapter;
    /// What it shows, in one line.
    const SUMMARY: &'static str;

    /// Prints the numbers and draws.
    fn run(&self, desk: &Desk) -> Result<(), Failure>;
}

/// What every subject has.
#[derive(Args)]
pub struct Desk {
    /// The folder that drawings go to.
    #[arg(long, value_name = "FOLDER", default_value = "explore")]
    pub to: PathBuf,
    /// The seed of all that is random.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
}

impl Desk {
    /// Writes `name.png` and `name.svg` into the folder and says so.
    pub fn draw(&self, name: &str, drawing: &Drawing) -> Result<(), Failure> {
        std::fs::create_dir_all(&self.to).map_err(Error::io(&self.to, "create"))?;
        report::leave(drawing, &self.to.join(name))
    }

    /// Writes `name.gif`, which shows the drawings one after the other, and says so. They must be of one size.
    pub fn animate(&self, name: &str, frames: &[Drawing]) -> Result<(), Failure> {
        std::fs::create_dir_all(&self.to).map_err(Error::io(&self.to, "create"))?;
        let path = self.to.join(format!("{name}.gif"));
        gradus::io::write_atomic(&path, &animation(frames))?;
        writeln!(crate::output::output(), "{}", path.display())?;
        Ok(())
    }
}

/// A subject in the list, its type forgotten.
pub struct Entry {
    pub name: &'static str,
    pub chapter: Chapter,
    pub summary: &'static str,
    options: fn(Command) -> Command,
    run: fn(&ArgMatches) -> Result<(), Failure>,
}

impl Entry {
    /// The entry of a subject.
    pub const fn of<S: Subject>() -> Self {
        Entry {
            name: S::NAME,
            chapter: S::CHAPTER,
            summary: S::SUMMARY,
            options: |command| Desk::augment_args(S::augment_args(command)),
            run: |matches| {
                let read =
                    S::from_arg_matches(matches).and_then(|subject| Ok((subject, Desk::from_arg_matches(matches)?)));
                let (subject, desk) = read.unwrap_or_else(|error| error.exit());
                subject.run(&desk)
            },
        }
    }

    /// What is typed for it.
    pub fn command(&self) -> Command {
        (self.options)(Command::new(self.name)).about(self.summary)
    }

    /// Runs it with the options that were typed.
    pub fn run(&self, matches: &ArgMatches) -> Result<(), Failure> {
        (self.run)(matches)
    }
}
