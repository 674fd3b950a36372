//! A model as a file.

use std::path::{Path, PathBuf};

use gradus::Error;
use gradus::data::csv::TableOptions;
use gradus::data::{Cells, RawTable};
use gradus::learn::credit::CreditModel;

use crate::commands::{json_file, report};

/// Refuses a path before anything is trained that could not be saved there.
pub fn check(path: &Path) -> Result<(), Error> {
    report::check_folder("--to", path)?;
    if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json")) {
        return Ok(());
    }
    Err(Error::setting("--to", format!("{} does not end in .json, which a model is saved as", path.display())))
}

/// Reads one.
pub fn open(path: &Path) -> Result<CreditModel, Error> {
    let what = "model that `gradus credit train` saved";
    let model: CreditModel = json_file::open(path, what)?;
    if model.is_sound() { Ok(model) } else { Err(json_file::wrong(path, what, "its parts do not fit each other")) }
}

/// The fields of a table in the model's terms.
pub fn read(model: &CreditModel, data: Option<&PathBuf>) -> Result<Cells, Error> {
    let options = TableOptions { schema: Some(model.schema.clone()), ..TableOptions::default() };
    let raw: RawTable = super::table(data, &options)?;
    let place = PathBuf::from("the German credit data");
    model.read(&raw).map_err(|flaw| flaw.in_file(data.unwrap_or(&place)))
}
