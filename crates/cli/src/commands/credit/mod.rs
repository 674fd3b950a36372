//! `gradus credit`: credit approval, from a raw table to a decision with reasons.

mod compare;
mod drawings;
mod explain;
mod predict;
mod saved;
mod train;

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use gradus::data::RawTable;
use gradus::data::csv::TableOptions;
use gradus::learn::credit::{Applicants, ScorerKind, german};
use gradus::learn::judge::Costs;
use gradus::{Error, Flaw};

use crate::failure::Failure;
pub use compare::{print, side_by_side};
pub use drawings::comparison;

/// What to do.
#[derive(Subcommand)]
pub enum CreditCommand {
    /// Compare logistic regression, a network, a support vector machine and bagged networks by cross-validation.
    Compare(CompareArgs),
    /// Train one of them on the whole table and save it.
    Train(TrainArgs),
    /// Decide on each row of a table.
    Predict(PredictArgs),
    /// Show what moved the decision on one row, and the smallest change that would turn it.
    Explain(ExplainArgs),
}

/// Which table, and what its outcomes mean.
#[derive(Args)]
pub struct TableArgs {
    /// A table with outcomes: CSV, ARFF or KEEL's .dat [default: the German credit data inside the program].
    #[arg(long, value_name = "FILE")]
    data: Option<PathBuf>,
    /// The column of outcomes [default: the one that the file names, or the last].
    #[arg(long, value_name = "COLUMN")]
    target: Option<String>,
    /// The outcome whose probability is sought [default: one named bad, default, denied, no or -, else the rarer].
    #[arg(long, value_name = "OUTCOME", allow_hyphen_values = true)]
    bad: Option<String>,
    /// Columns that no model sees: sex,foreign_worker
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    ignore: Vec<String>,
    /// What it costs to accept a bad risk against refusing a good one.
    #[arg(long, value_name = "BAD:GOOD", default_value = "5:1")]
    costs: String,
    /// Of folds, first weights and bags.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// The options of `credit compare`.
#[derive(Args)]
pub struct CompareArgs {
    #[command(flatten)]
    table: TableArgs,
    /// Folds, each with its share of both outcomes.
    #[arg(long, value_name = "N", default_value_t = 10)]
    folds: usize,
    /// How often all is done, each time with other folds.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1000))]
    repeats: u32,
    /// The folder that the drawing goes to.
    #[arg(long, value_name = "FOLDER", default_value = "credit")]
    folder: PathBuf,
}

/// The options of `credit train`.
#[derive(Args)]
pub struct TrainArgs {
    #[command(flatten)]
    table: TableArgs,
    /// Which model.
    #[arg(long, value_enum, default_value_t = ModelName::Logistic)]
    model: ModelName,
    /// Refuse from this probability on [default: what the costs tell, 1/6 for 5:1].
    #[arg(long, value_name = "SHARE")]
    threshold: Option<f64>,
    /// Where the model is saved.
    #[arg(long, value_name = "FILE", default_value = "credit.json")]
    to: PathBuf,
}

/// The options of `credit predict`.
#[derive(Args)]
pub struct PredictArgs {
    /// A model that `credit train` saved.
    model: PathBuf,
    /// A table of the same columns; the outcome may be missing [default: the German credit data inside the program].
    #[arg(long, value_name = "FILE")]
    data: Option<PathBuf>,
    /// Print JSON, one line for each row.
    #[arg(long)]
    json: bool,
}

/// The options of `credit explain`.
#[derive(Args)]
pub struct ExplainArgs {
    /// A model that `credit train` saved.
    model: PathBuf,
    /// A table of the same columns; the outcome may be missing [default: the German credit data inside the program].
    #[arg(long, value_name = "FILE")]
    data: Option<PathBuf>,
    /// Which row, from 1.
    #[arg(long, value_name = "N", default_value_t = 1)]
    row: usize,
    /// Inputs that cannot change: age,sex
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    keep: Vec<String>,
    /// So many inputs change at most.
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..=4))]
    most_changes: u8,
    /// Rounds of sampling over a hundred training rows, for models that are not linear.
    #[arg(long, value_name = "N", default_value_t = 10)]
    rounds: usize,
    /// Of the sampling.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The folder that the drawing goes to.
    #[arg(long, value_name = "FOLDER", default_value = "credit")]
    folder: PathBuf,
}

/// The models by name.
#[derive(Clone, Copy, ValueEnum)]
enum ModelName {
    Logistic,
    Mlp,
    Svm,
    Bagged,
}

impl ModelName {
    fn kind(self) -> ScorerKind {
        match self {
            ModelName::Logistic => ScorerKind::Logistic,
            ModelName::Mlp => ScorerKind::Mlp,
            ModelName::Svm => ScorerKind::Svm,
            ModelName::Bagged => ScorerKind::Bagged,
        }
    }
}

/// Does it.
pub fn run(command: &CreditCommand) -> Result<(), Failure> {
    match command {
        CreditCommand::Compare(args) => compare::run(args),
        CreditCommand::Train(args) => train::run(args),
        CreditCommand::Predict(args) => predict::run(args),
        CreditCommand::Explain(args) => explain::run(args),
    }
}

impl TableArgs {
    /// What the data is called.
    fn name(&self) -> String {
        self.data.as_ref().map_or_else(|| "the German credit data".into(), |path| path.display().to_string())
    }

    fn applicants(&self) -> Result<Applicants, Error> {
        let options =
            TableOptions { target: self.target.clone(), ignore: self.ignore.clone(), ..TableOptions::default() };
        let raw = table(self.data.as_ref(), &options)?;
        Applicants::of(&raw, &options, self.bad.as_deref()).map_err(|error| match (&self.data, error) {
            (Some(path), Error::Data(problem)) => Flaw::new(problem).in_file(path),
            (_, error) => error,
        })
    }

    fn costs(&self) -> Result<Costs, Error> {
        let wrong = || Error::setting("--costs", format!("{} is not two numbers above 0, as in 5:1", self.costs));
        let (missed, false_alarm) = self.costs.split_once(':').ok_or_else(wrong)?;
        let number = |text: &str| text.trim().parse::<f64>().map_err(|_| wrong());
        let costs = Costs { missed: number(missed)?, false_alarm: number(false_alarm)? };
        costs.check().map_err(|_| wrong())?;
        Ok(costs)
    }
}

/// The table of a file, or the one inside the program.
fn table(path: Option<&PathBuf>, options: &TableOptions) -> Result<RawTable, Error> {
    path.map_or_else(|| Ok(german()), |path| RawTable::read(path, options))
}
