//! What the columns of a table are: inferred from the training table, saved, and used for every table read after it.

use super::StoredTargets;
use super::array::TargetMeaning;
use super::csv::TableOptions;
use super::raw_table::{Declared, RawTable, Row};
use crate::error::{Flaw, Place};
use crate::suggest::did_you_mean;
use gradus_kernels::Real;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What stands for "not known" in public tables.
const MISSING: [&str; 5] = ["", "?", "NA", "N/A", "null"];
/// A number column of at most so many different whole numbers is taken for classes when it is the target.
const MOST_NUMBERED_CLASSES: usize = 20;
/// A text column with more different texts than this, and more than half as many as rows, is a name and no category.
const MOST_FREE_TEXTS: usize = 256;

/// The categories that an error names where none is near.
const SHOWN: usize = 8;

/// The type of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ColumnType {
    /// Numbers.
    Number,
    /// Texts that stand for categories.
    Category,
}

/// One column of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// The header's name, or `column N`.
    pub name: String,
    /// What it is for.
    pub role: Role,
    /// Its categories in order; none for numbers.
    pub categories: Option<Vec<String>>,
}

/// What a column is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// The network sees it.
    Feature,
    /// The network should answer it.
    Target,
    /// It is left out.
    Ignored,
}

/// The columns of a table. It is saved with a model, so that other tables are read in the same terms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schema {
    /// The columns in the training table's order.
    pub columns: Vec<Column>,
}

impl Schema {
    /// Finds out what the columns are. A column is numeric when more than half of its known fields are numbers, so that a
    /// stray text in it is an error with a place and not a category; what the file declares stands. The target is a
    /// class where it is text, or whole numbers from 0 on with at most 20 different ones and twice as many rows.
    pub(super) fn infer(raw: &RawTable, options: &TableOptions) -> Result<Self, Flaw> {
        let (names, rows) = (&raw.names, &raw.rows);
        let mut seen = BTreeSet::new();
        if let Some(name) = names.iter().find(|name| !seen.insert(*name)) {
            return Err(Flaw::new(format!("two columns are named {name}; rename one")));
        }
        let target = match options.target.as_ref().or(raw.output.as_ref()) {
            Some(name) => find(names, name)?,
            None => names.len() - 1,
        };
        let mut ignored: BTreeSet<usize> =
            options.ignore.iter().map(|name| find(names, name)).collect::<Result<_, _>>()?;
        let unused: BTreeSet<&String> = raw.unused.iter().collect();
        ignored.extend((0..names.len()).filter(|place| *place != target && unused.contains(&names[*place])));
        let mut types = vec![None; names.len()];
        for (name, &told) in &options.types {
            types[find(names, name)?] = Some(told);
        }
        if ignored.contains(&target) {
            return Err(Flaw::new(format!("column {} is the target and cannot be ignored", names[target])));
        }
        if ignored.len() + 1 == names.len() {
            return Err(Flaw::new(format!(
                "besides the target column {} there is no column to learn from",
                names[target]
            )));
        }
        let columns = names.iter().enumerate().map(|(place, name)| {
            let role = match place {
                _ if ignored.contains(&place) => Role::Ignored,
                _ if place == target => Role::Target,
                _ => Role::Feature,
            };
            let fields: Vec<&str> =
                rows.iter().map(|row| row.fields[place].trim()).filter(|field| !is_missing(field)).collect();
            let numbers = fields.iter().filter(|field| field.parse::<f64>().is_ok()).count();
            let looks = match &raw.declared[place] {
                Declared::Nothing if 2 * numbers > fields.len() => ColumnType::Number,
                Declared::Number => ColumnType::Number,
                Declared::Nothing | Declared::Category(_) => ColumnType::Category,
            };
            let categories = match (role, types[place].unwrap_or(looks)) {
                (Role::Ignored, _) | (Role::Feature, ColumnType::Number) => None,
                (Role::Target, ColumnType::Number) => numbered_classes(&fields, options.target_meaning, name)?,
                (Role::Target, ColumnType::Category) if options.target_meaning == Some(TargetMeaning::Values) => None,
                (_, ColumnType::Category) => match &raw.declared[place] {
                    Declared::Category(texts) => Some(texts.clone()),
                    Declared::Nothing | Declared::Number => Some(categories(&fields, name)?),
                },
            };
            Ok(Column { name: name.clone(), role, categories })
        });
        Ok(Schema { columns: columns.collect::<Result<_, Flaw>>()? })
    }

    /// How many numbers a row's features become.
    pub fn feature_count(&self) -> usize {
        let features = self.columns.iter().filter(|column| column.role == Role::Feature);
        features.map(|column| column.categories.as_ref().map_or(1, Vec::len)).sum()
    }

    /// The name of each number that a row's features become: `age`, `job=clerk`.
    pub fn feature_names(&self) -> Vec<String> {
        let features = self.columns.iter().filter(|column| column.role == Role::Feature);
        features
            .flat_map(|column| match &column.categories {
                None => vec![column.name.clone()],
                Some(categories) => categories.iter().map(|text| format!("{}={text}", column.name)).collect(),
            })
            .collect()
    }

    /// Whether a first line holds this table's names.
    pub(super) fn is_header(&self, fields: &::csv::StringRecord) -> bool {
        let names: BTreeSet<&str> = self.columns.iter().map(|column| column.name.as_str()).collect();
        fields.iter().any(|field| names.contains(field.trim()))
    }

    /// Where each column stands in a file with these names. A file without the target column can be predicted on; any other
    /// missing column is a flaw.
    pub(super) fn places(&self, names: &[String], by_name: bool) -> Result<Vec<Option<usize>>, Flaw> {
        if !by_name {
            let target_last = self.columns.last().is_some_and(|column| column.role == Role::Target);
            let without_target = target_last && names.len() + 1 == self.columns.len();
            if names.len() != self.columns.len() && !without_target {
                let problem = format!("it has {} columns, the model learned from {}", names.len(), self.columns.len());
                return Err(Flaw::new(problem));
            }
            return Ok((0..self.columns.len()).map(|place| (place < names.len()).then_some(place)).collect());
        }
        let mut by_name = BTreeMap::new();
        for (place, name) in names.iter().enumerate() {
            by_name.entry(name).or_insert(place);
        }
        let place = |column: &Column| match (by_name.get(&column.name).copied(), column.role) {
            (None, Role::Feature) => {
                let near = did_you_mean(&column.name, names.iter().map(String::as_str));
                Err(Flaw::new(format!("there is no column {}, which the model needs{near}", column.name)))
            }
            (place, _) => Ok(place),
        };
        self.columns.iter().map(place).collect()
    }

    /// Adds a row's features to `features` and gives its target's class or value; none where the file has no target.
    pub(super) fn encode(
        &self,
        row: &Row,
        places: &[Option<usize>],
        features: &mut Vec<Real>,
    ) -> Result<Option<f64>, Flaw> {
        let mut target = None;
        for (column, place) in self.columns.iter().zip(places) {
            let (Some(place), Role::Feature | Role::Target) = (*place, column.role) else { continue };
            let flaw = |problem| Flaw::at(Place::Cell { line: row.line, column: column.name.clone() }, problem);
            let missing = || {
                "the field is missing; fill it in, or leave such lines out (--skip-bad, where a command takes it)"
                    .to_owned()
            };
            let number = column.cell(row, place)?.ok_or_else(missing).map_err(flaw)?;
            match (&column.categories, column.role) {
                (_, Role::Target) => target = Some(number),
                (Some(texts), _) => {
                    features.extend((0..texts.len()).map(|text| Real::from(u8::from(text as f64 == number))));
                }
                (None, _) => features.push(number as Real),
            }
        }
        Ok(target)
    }

    /// The targets that [`encode`](Self::encode) gave, as a dataset stores them.
    pub(super) fn stored_targets(&self, numbers: Vec<f64>) -> StoredTargets {
        let Some(column) =
            self.columns.iter().find(|column| column.role == Role::Target).filter(|_| !numbers.is_empty())
        else {
            return StoredTargets::None;
        };
        if let Some(names) = &column.categories {
            let labels = numbers.into_iter().map(|number| number as u32).collect();
            return StoredTargets::Classes { labels, names: names.clone() };
        }
        let values = numbers.into_iter().map(|number| number as Real).collect();
        StoredTargets::Values { values, names: vec![column.name.clone()] }
    }
}

impl Column {
    /// Whether a model needs it or answers it.
    pub(super) fn is_used(&self) -> bool {
        self.role != Role::Ignored
    }

    /// Its field of a row as a number: itself, or the place of its category. None where the field is missing.
    pub(super) fn cell(&self, row: &Row, place: usize) -> Result<Option<f64>, Flaw> {
        let field = row.fields[place].trim();
        // What is a category by declaration is none that is missing.
        if is_missing(field) && !self.categories.as_ref().is_some_and(|texts| texts.iter().any(|text| text == field)) {
            return Ok(None);
        }
        let flaw = |problem| Flaw::at(Place::Cell { line: row.line, column: self.name.clone() }, problem);
        self.number(field).map(Some).map_err(flaw)
    }

    fn number(&self, field: &str) -> Result<f64, String> {
        if let Some(categories) = &self.categories {
            let same = |text: &String| text == field || as_number(field).is_some_and(|x| text.parse() == Ok(x));
            // Categories that were inferred are sorted; those of a saved schema need not be.
            let sorted = categories.binary_search_by(|text| text.as_str().cmp(field)).ok();
            let place = sorted.or_else(|| categories.iter().position(same));
            return place.map(|place| place as f64).ok_or_else(|| {
                let near = did_you_mean(field, categories.iter().map(String::as_str));
                let shown: Vec<&str> = categories.iter().take(SHOWN).map(String::as_str).collect();
                let more = if categories.len() > SHOWN { ", .." } else { "" };
                let near = if near.is_empty() { format!(": {}{more}", shown.join(", ")) } else { near };
                format!("{field:?} is none of the {} known categories{near}", categories.len())
            });
        }
        match field.parse::<f64>() {
            Ok(number) if (number as Real).is_finite() => Ok(number),
            Ok(_) => Err(format!("{field} is not a finite number")),
            Err(_) => Err(format!("{field:?} is not a number")),
        }
    }
}

fn is_missing(field: &str) -> bool {
    MISSING.contains(&field)
}

fn as_number(field: &str) -> Option<f64> {
    field.parse().ok()
}

/// A column's place by its name, or by its number from 1.
pub(super) fn find(names: &[String], wanted: &str) -> Result<usize, Flaw> {
    let by_number = || wanted.parse::<usize>().ok().filter(|number| (1..=names.len()).contains(number)).map(|n| n - 1);
    names.iter().position(|name| name == wanted).or_else(by_number).ok_or_else(|| {
        let near = did_you_mean(wanted, names.iter().map(String::as_str));
        Flaw::new(format!("there is no column {wanted} among {}{near}", names.join(", ")))
    })
}

fn categories(fields: &[&str], name: &str) -> Result<Vec<String>, Flaw> {
    let texts: BTreeSet<&str> = fields.iter().copied().collect();
    if texts.len() > MOST_FREE_TEXTS && 2 * texts.len() > fields.len() {
        let counts = format!("{} different texts in {} lines", texts.len(), fields.len());
        return Err(Flaw::new(format!("column {name} has {counts}, too many for categories; ignore it")));
    }
    Ok(texts.into_iter().map(str::to_owned).collect())
}

/// The classes of a target column of numbers, where they are classes.
fn numbered_classes(fields: &[&str], meaning: Option<TargetMeaning>, name: &str) -> Result<Option<Vec<String>>, Flaw> {
    if meaning == Some(TargetMeaning::Values) {
        return Ok(None);
    }
    let mut numbers: Vec<f64> = fields.iter().filter_map(|field| as_number(field)).filter(|x| x.is_finite()).collect();
    let rows = numbers.len();
    numbers.sort_by(f64::total_cmp);
    numbers.dedup();
    let whole = numbers.iter().all(|x| x.fract() == 0.0 && *x >= 0.0);
    let few = numbers.len() <= MOST_NUMBERED_CLASSES && 2 * numbers.len() <= rows;
    if meaning == Some(TargetMeaning::Classes) && 2 * numbers.len() > rows && numbers.len() > MOST_NUMBERED_CLASSES {
        let counts = format!("{} different numbers in {rows} lines", numbers.len());
        return Err(Flaw::new(format!("the target column {name} has {counts}, too many for classes")));
    }
    let classes = meaning == Some(TargetMeaning::Classes) || (whole && few);
    Ok(classes.then(|| numbers.iter().map(ToString::to_string).collect()))
}
