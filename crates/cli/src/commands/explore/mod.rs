//! `gradus explore`: subjects of the course, each shown by numbers and drawings that it computes on the spot.
//!
//! A new subject is one file (or folder) here with a struct that implements [`Subject`], its `mod` line, and one line in
//! [`SUBJECTS`].

mod blum_li;
mod capacity;
mod convolution;
mod credit;
mod curse_of_dimensionality;
mod decomposed_kernels;
mod delta_rule;
mod empirical_error;
mod ensembles;
mod filters;
mod first_layer;
mod known;
mod line_search;
mod loss_surface;
mod multi_start;
mod optimizers;
mod perceptron;
mod plane_function;
mod points;
mod second_order;
mod separability;
mod stationary_points;
mod subject;
mod svm;
mod threshold_gates;

use std::io::Write;

use clap::{ArgMatches, Args, Command, FromArgMatches};
use gradus::{Error, did_you_mean};

use crate::failure::Failure;
use subject::{Chapter, Desk, Entry, Subject};

/// What can be explored.
const SUBJECTS: &[Entry] = &[
    Entry::of::<threshold_gates::ThresholdGates>(),
    Entry::of::<separability::Separability>(),
    Entry::of::<perceptron::Perceptron>(),
    Entry::of::<delta_rule::DeltaRule>(),
    Entry::of::<svm::Svm>(),
    Entry::of::<blum_li::BlumLi>(),
    Entry::of::<optimizers::Optimizers>(),
    Entry::of::<line_search::LineSearch>(),
    Entry::of::<stationary_points::StationaryPoints>(),
    Entry::of::<multi_start::MultiStart>(),
    Entry::of::<second_order::SecondOrder>(),
    Entry::of::<loss_surface::LossSurface>(),
    Entry::of::<capacity::Capacity>(),
    Entry::of::<empirical_error::EmpiricalError>(),
    Entry::of::<ensembles::Ensembles>(),
    Entry::of::<convolution::Convolution>(),
    Entry::of::<filters::Filters>(),
    Entry::of::<first_layer::FirstLayerSubject>(),
    Entry::of::<decomposed_kernels::DecomposedKernels>(),
    Entry::of::<curse_of_dimensionality::CurseOfDimensionality>(),
    Entry::of::<credit::Credit>(),
];

/// What was typed after `explore`: a subject and its options, or nothing.
pub struct ExploreArgs {
    typed: Option<(String, ArgMatches)>,
}

impl Args for ExploreArgs {
    fn augment_args(command: Command) -> Command {
        command
            .allow_external_subcommands(true)
            .subcommands(SUBJECTS.iter().map(Entry::command))
            .disable_help_subcommand(true)
            .subcommand_value_name("SUBJECT")
            .subcommand_help_heading("Subjects")
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for ExploreArgs {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        Ok(ExploreArgs { typed: matches.subcommand().map(|(name, rest)| (name.to_owned(), rest.clone())) })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// Runs a subject, or lists them.
pub fn run(args: &ExploreArgs) -> Result<(), Failure> {
    let Some((name, matches)) = &args.typed else { return list() };
    let found = SUBJECTS.iter().find(|subject| subject.name == name);
    let subject = found.ok_or_else(|| {
        let near = did_you_mean(name, SUBJECTS.iter().map(|subject| subject.name));
        Error::setting("explore", format!("there is no subject {name}{near}; `gradus explore` lists them"))
    })?;
    subject.run(matches)
}

fn list() -> Result<(), Failure> {
    let mut out = crate::output::output();
    let width = SUBJECTS.iter().map(|subject| subject.name.len()).max().unwrap_or(0);
    for chapter in Chapter::ALL {
        let mut subjects = SUBJECTS.iter().filter(|subject| subject.chapter == chapter).peekable();
        if subjects.peek().is_some() {
            writeln!(out, "{}", chapter.heading())?;
        }
        for subject in subjects {
            writeln!(out, "  {:<width$}  {}", subject.name, subject.summary)?;
        }
    }
    writeln!(out, "\nsee one:      gradus explore {}", SUBJECTS[0].name)?;
    writeln!(out, "its options:  gradus explore {} --help", SUBJECTS[0].name)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_subject_stands_once_in_a_chapter_and_its_options_are_sound() {
        for (place, subject) in SUBJECTS.iter().enumerate() {
            assert!(SUBJECTS[..place].iter().all(|other| other.name != subject.name), "{} twice", subject.name);
            assert!(Chapter::ALL.contains(&subject.chapter), "{} is not listed", subject.name);
            subject.command().debug_assert();
        }
    }
}
