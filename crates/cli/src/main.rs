//! The program `gradus`: trains, evaluates, predicts with, and looks inside networks.

mod args;
mod commands;
mod datasets;
mod download;
mod draw;
mod failure;
mod interrupt;
mod output;

use std::process::ExitCode;

use clap::Parser;

use args::{Arguments, Command};
use failure::Failure;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if let Some(threads) = arguments.threads {
        gradus::set_threads(threads);
    }
    let outcome = match arguments.command {
        Command::Train(options) => commands::train::run(&options),
        Command::Finetune(options) => commands::finetune::run(&options),
        Command::Compare(options) => commands::compare::run(&options),
        Command::Eval(options) => commands::eval::run(&options),
        Command::Predict(options) => commands::predict::run(&options),
        Command::Inspect(options) => commands::inspect::run(&options),
        Command::Convert(options) => commands::convert::run(&options),
        Command::Models(options) => commands::models::run(&options),
        Command::Explore(options) => commands::explore::run(&options),
        Command::Svm { command } => commands::svm::run(&command),
        Command::Credit { command } => commands::credit::run(&command),
        Command::Pca(options) => commands::pca::run(&options),
        Command::Tsne(options) => commands::tsne::run(&options),
        Command::Data { command } => commands::data::run(&command),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever reads our output has heard enough: `gradus models | head -1`.
        Err(Failure::Output(problem)) if problem.kind() == std::io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(Failure::Interrupted) => ExitCode::from(130),
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::FAILURE
        }
    }
}
