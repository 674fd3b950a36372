//! Credit approval on the German credit data: four models side by side.

use clap::Args;
use gradus::data::csv::TableOptions;
use gradus::learn::credit::{Applicants, ComparisonOptions, german};

use super::{Chapter, Desk, Subject};
use crate::commands::credit::{comparison, print, side_by_side};
use crate::failure::Failure;

/// How often it is done.
#[derive(Args)]
pub struct Credit {
    /// Folds, each with its share of both outcomes.
    #[arg(long, value_name = "N", default_value_t = 10)]
    folds: usize,
}

impl Subject for Credit {
    const NAME: &'static str = "credit";
    const CHAPTER: Chapter = Chapter::Data;
    const SUMMARY: &'static str = "credit approval: logistic regression, MLP, SVM, bagged MLPs; ROC, calibration, cost (own data: `gradus credit`)";

    fn run(&self, desk: &Desk) -> Result<(), Failure> {
        let applicants = Applicants::of(&german(), &TableOptions::default(), None)?;
        let options = ComparisonOptions { folds: self.folds, seed: desk.seed, ..ComparisonOptions::default() };
        let found = side_by_side(&applicants, &options)?;
        let name = "the German credit data";
        print(name, &applicants, &found, &options)?;
        desk.draw(Self::NAME, &comparison(name, &applicants, &found, &options))
    }
}
