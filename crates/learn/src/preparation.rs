//! A table made ready for a model: missing fields filled, categories spread over columns, numbers standardized.
//!
//! All that is learned here is learned from the training rows alone and kept, so that rows held out, and rows of later tables, are
//! treated by numbers that they had no part in.
//!
//! | input | prepared columns |
//! |---|---|
//! | number x | (x - mean) / standard deviation (divided by n), a missing x being the median of the known ones |
//! | category | one for each: 1 for its own, 0 for the others, a missing one being the most frequent |
//! | either, where a training row lacks it | one more: 1 where the field is missing, else 0 |

use std::ops::Range;

use gradus_core::Error;
use gradus_core::data::{Cells, Role, Schema};
use serde::{Deserialize, Serialize};

use crate::capacity::Band;

/// How the columns of a table become the numbers that a model takes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Preparation {
    inputs: Vec<Input>,
    width: usize,
}

/// One column of the table as a model sees it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Input {
    /// The column's name.
    pub name: String,
    /// Its place among the columns of the schema.
    pub column: usize,
    /// What it holds.
    pub kind: Kind,
    /// Whether a prepared column tells that the field is missing.
    pub indicator: bool,
    /// The first of its prepared columns.
    first: usize,
}

/// What an input holds, and what training rows taught of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Numbers.
    Number {
        /// Stands for a missing one.
        median: f64,
        /// After missing ones are filled.
        mean: f64,
        /// After missing ones are filled; 1 where the numbers never change.
        deviation: f64,
    },
    /// One of these texts.
    Category {
        /// The categories.
        names: Vec<String>,
        /// The place of the one that stands for a missing one; the first of those that are equally frequent.
        most_frequent: usize,
    },
}

impl Input {
    /// Its prepared columns.
    pub fn columns(&self) -> Range<usize> {
        let own = match &self.kind {
            Kind::Number { .. } => 1,
            Kind::Category { names, .. } => names.len(),
        };
        self.first..self.first + own + usize::from(self.indicator)
    }

    /// What stands for a missing field.
    pub fn fill(&self) -> f64 {
        match &self.kind {
            Kind::Number { median, .. } => *median,
            Kind::Category { most_frequent, .. } => *most_frequent as f64,
        }
    }

    /// A field in words.
    pub fn in_words(&self, field: Option<f64>) -> String {
        match (&self.kind, field) {
            (_, None) => "missing".into(),
            (Kind::Number { .. }, Some(number)) => number.to_string(),
            (Kind::Category { names, .. }, Some(place)) => names[place as usize].clone(),
        }
    }

    /// How far one field is from another: numbers in standard deviations, categories 1 where they differ.
    pub fn distance(&self, from: Option<f64>, to: Option<f64>) -> f64 {
        let (a, b) = (from.unwrap_or(self.fill()), to.unwrap_or(self.fill()));
        match self.kind {
            Kind::Number { deviation, .. } => (a - b).abs() / deviation,
            Kind::Category { .. } => f64::from(u8::from(a != b)),
        }
    }

    /// Writes the prepared columns of a field.
    pub fn write(&self, field: Option<f64>, out: &mut [f64]) {
        let value = field.unwrap_or(self.fill());
        match &self.kind {
            Kind::Number { mean, deviation, .. } => out[0] = (value - mean) / deviation,
            Kind::Category { names, .. } => {
                out[..names.len()].fill(0.0);
                out[value as usize] = 1.0;
            }
        }
        if self.indicator {
            out[out.len() - 1] = f64::from(u8::from(field.is_none()));
        }
    }
}

impl Preparation {
    /// Learns from the rows of these places.
    ///
    /// Errors: no rows, a column of which none of the rows has a field, a schema without inputs.
    pub fn fit(schema: &Schema, cells: &Cells, rows: &[usize]) -> Result<Self, Error> {
        if rows.is_empty() {
            return Err(Error::Data("there are no rows to learn from; give at least one".into()));
        }
        let (mut inputs, mut width) = (Vec::new(), 0);
        for (column, told) in schema.columns.iter().enumerate().filter(|(_, told)| told.role == Role::Feature) {
            let fields = || rows.iter().map(|row| cells.row(*row)[column]);
            let known: Vec<f64> = fields().flatten().collect();
            if known.is_empty() {
                let (name, count) = (&told.name, rows.len());
                return Err(Error::Data(format!(
                    "column {name} has no known field in {count} training rows; leave the column out"
                )));
            }
            let kind = match &told.categories {
                None => number(&known, fields()),
                Some(names) => category(names, &known),
            };
            let indicator = fields().any(|field| field.is_none());
            let input = Input { name: told.name.clone(), column, kind, indicator, first: width };
            width = input.columns().end;
            inputs.push(input);
        }
        if inputs.is_empty() {
            return Err(Error::Data("there is no column to learn from; leave fewer out".into()));
        }
        Ok(Preparation { inputs, width })
    }

    /// The inputs, in the table's order.
    pub fn inputs(&self) -> &[Input] {
        &self.inputs
    }

    /// Numbers of a prepared row.
    pub fn width(&self) -> usize {
        self.width
    }

    /// The name of each prepared column: `age`, `job=clerk`, `age is missing`.
    pub fn names(&self) -> Vec<String> {
        let of = |input: &Input| {
            let mut names = match &input.kind {
                Kind::Number { .. } => vec![input.name.clone()],
                Kind::Category { names, .. } => names.iter().map(|text| format!("{}={text}", input.name)).collect(),
            };
            names.extend(input.indicator.then(|| format!("{} is missing", input.name)));
            names
        };
        self.inputs.iter().flat_map(of).collect()
    }

    /// The prepared columns of each input.
    pub fn groups(&self) -> Vec<Range<usize>> {
        self.inputs.iter().map(Input::columns).collect()
    }

    /// A row's fields, one for each column of the schema, as a model takes them.
    pub fn row(&self, fields: &[Option<f64>]) -> Vec<f64> {
        let mut out = vec![0.0; self.width];
        self.inputs.iter().for_each(|input| input.write(fields[input.column], &mut out[input.columns()]));
        out
    }

    /// The rows of these places, one after the other.
    pub fn rows(&self, cells: &Cells, rows: &[usize]) -> Vec<f64> {
        rows.iter().flat_map(|row| self.row(cells.row(*row))).collect()
    }

    /// Whether it is whole and fits rows of so many columns; files that were changed by hand need not be.
    pub fn is_sound(&self, columns: usize) -> bool {
        let mut width = 0;
        let sound = self.inputs.iter().all(|input| {
            let fits = input.first == width && input.column < columns;
            width = input.columns().end;
            fits && match &input.kind {
                Kind::Number { deviation, .. } => *deviation > 0.0,
                Kind::Category { names, most_frequent } => most_frequent < &names.len(),
            }
        });
        sound && width == self.width && width > 0
    }
}

fn number(known: &[f64], fields: impl Iterator<Item = Option<f64>>) -> Kind {
    let median = Band::of(known).median;
    let filled: Vec<f64> = fields.map(|field| field.unwrap_or(median)).collect();
    let count = filled.len() as f64;
    let mean = filled.iter().sum::<f64>() / count;
    let deviation = (filled.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / count).sqrt();
    // Rounding of the mean leaves a deviation of its own where nothing changes.
    let deviation = if deviation > 1e-12 * mean.abs() && deviation > 0.0 { deviation } else { 1.0 };
    Kind::Number { median, mean, deviation }
}

fn category(names: &[String], known: &[f64]) -> Kind {
    let mut counts = vec![0usize; names.len()];
    for place in known {
        counts[*place as usize] += 1;
    }
    let most = counts.iter().max().copied().unwrap_or(0);
    let most_frequent = counts.iter().position(|count| *count == most).unwrap_or(0);
    Kind::Category { names: names.to_vec(), most_frequent }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gradus_core::data::RawTable;
    use gradus_core::data::csv::TableOptions;

    const TABLE: &str = "age,job,same,paid\n30,clerk,5,yes\n?,cook,5,no\n50,,5,yes\n40,cook,5,no\n1000,smith,5,no\n";

    #[test]
    fn training_rows_alone_are_learned_from() {
        let raw = RawTable::parse(TABLE.as_bytes(), &TableOptions::default()).unwrap();
        let schema = raw.schema(&TableOptions::default()).unwrap();
        let cells = raw.cells(&schema).unwrap();
        let found = Preparation::fit(&schema, &cells, &[0, 1, 2, 3]).unwrap();
        let names = ["age", "age is missing", "job=clerk", "job=cook", "job=smith", "job is missing", "same"];
        assert_eq!(found.names(), names);
        // Of 30, 50, 40 the median is 40; with it filled in, the mean is 40 and the variance 50.
        let s = 50f64.sqrt();
        assert_eq!(found.row(cells.row(0)), [-10.0 / s, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0]);
        assert_eq!(found.row(cells.row(1)), [0.0, 1.0, 0.0, 1.0, 0.0, 0.0, 0.0]);
        assert_eq!(found.row(cells.row(2)), [10.0 / s, 0.0, 0.0, 1.0, 0.0, 1.0, 0.0]);
        // The row held out, with the category that training rows lack, moves nothing.
        assert_eq!(found.row(cells.row(4)), [960.0 / s, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0]);
        assert!(found.is_sound(4) && !found.is_sound(2));
        let job = &found.inputs()[1];
        assert_eq!(
            (job.in_words(Some(2.0)), job.in_words(None), job.distance(None, Some(0.0))),
            ("smith".into(), "missing".into(), 1.0)
        );
        let said = Preparation::fit(&schema, &cells, &[1]).unwrap_err().to_string();
        assert_eq!(said, "column age has no known field in 1 training rows; leave the column out");
    }
}
