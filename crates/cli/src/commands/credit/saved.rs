//! A model as a file.

use std::path::{Path, PathBuf};

use gradus::data::csv::TableOptions;
use gradus::data::{Cells, RawTable};
use gradus::learn::credit::CreditModel;
use gradus::{Error, Flaw};

/// Writes it as JSON, whole or not at all.
pub fn save(model: &CreditModel, path: &Path) -> Result<(), Error> {
    let text = serde_json::to_string(model).map_err(|error| Error::Data(error.to_string()))?;
    gradus::io::write_atomic(path, text.as_bytes())
}

/// Refuses a path before anything is trained that could not be saved there.
pub fn check(path: &Path) -> Result<(), Error> {
    if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json")) {
        return Ok(());
    }
    Err(Error::setting("--to", format!("{} does not end in .json, which a model is saved as", path.display())))
}

/// Reads one.
pub fn open(path: &Path) -> Result<CreditModel, Error> {
    let text = std::fs::read_to_string(path).map_err(Error::io(path, "read"))?;
    let problem =
        |why: String| Flaw::new(format!("it is no model that `gradus credit train` saved ({why})")).in_file(path);
    let model: CreditModel = serde_json::from_str(&text).map_err(|error| problem(error.to_string()))?;
    if model.is_sound() { Ok(model) } else { Err(problem("its parts do not fit each other".into())) }
}

/// The fields of a table in the model's terms.
pub fn read(model: &CreditModel, data: Option<&PathBuf>) -> Result<Cells, Error> {
    let options = TableOptions { schema: Some(model.schema.clone()), ..TableOptions::default() };
    let raw: RawTable = super::table(data, &options)?;
    let place = PathBuf::from("the German credit data");
    model.read(&raw).map_err(|flaw| flaw.in_file(data.unwrap_or(&place)))
}
