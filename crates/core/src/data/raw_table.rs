//! A table as texts, whatever file it came from: what its columns are named and declared to be, and its rows.
//!
//! [`csv::parse`](super::csv::parse) makes numbers of it and wants every field to be there; who can deal with missing fields asks
//! for [`RawTable::cells`].

use super::csv::{self, TableOptions};
use super::csv_schema::{Schema, find};
use super::{SkipReport, arff};
use crate::error::{Error, Flaw, Place};
use std::fs;
use std::path::Path;

/// One line of the file and its fields.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub line: u64,
    pub fields: ::csv::StringRecord,
}

/// What a file says of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Declared {
    /// Nothing: its fields tell.
    Nothing,
    /// It holds numbers.
    Number,
    /// It holds one of these texts.
    Category(Vec<String>),
}

/// A table before its fields become numbers.
#[derive(Clone, Debug)]
pub struct RawTable {
    /// The columns' names; `column N` where the file has none.
    pub names: Vec<String>,
    /// What the file says of each column.
    pub declared: Vec<Declared>,
    /// The column that the file itself says is the target.
    pub output: Option<String>,
    /// Columns that the file itself leaves out.
    pub unused: Vec<String>,
    /// Whether the names are the file's own.
    pub(super) named: bool,
    pub(super) rows: Vec<Row>,
}

/// The fields of a table in a schema's terms: numbers, places of categories, or nothing where a field is missing.
#[derive(Clone, Debug, PartialEq)]
pub struct Cells {
    /// Columns of the schema, those of no use among them, whose fields are none.
    pub columns: usize,
    /// Row after row.
    pub values: Vec<Option<f64>>,
    /// The line of each row.
    pub lines: Vec<u64>,
}

impl Cells {
    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// The fields of a row.
    pub fn row(&self, row: usize) -> &[Option<f64>] {
        &self.values[row * self.columns..(row + 1) * self.columns]
    }
}

impl RawTable {
    /// Reads a file: CSV, or ARFF and KEEL's dialect of it, which their first word tells.
    pub fn read(path: &Path, options: &TableOptions) -> Result<Self, Error> {
        let bytes = fs::read(path).map_err(Error::io(path, "read"))?;
        Self::parse(&bytes, options).map_err(|flaw| flaw.in_file(path))
    }

    /// [`RawTable::read`] from bytes. Lines that cannot be used are a flaw, whatever the options say.
    pub fn parse(bytes: &[u8], options: &TableOptions) -> Result<Self, Flaw> {
        Self::of(bytes, &TableOptions { skip_bad: false, ..options.clone() }, &mut SkipReport::default())
    }

    pub(super) fn of(bytes: &[u8], options: &TableOptions, skipped: &mut SkipReport) -> Result<Self, Flaw> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let mut table = if arff::is_arff(bytes) {
            arff::rows(bytes, options.skip_bad, skipped)?
        } else {
            csv::rows(bytes, options, skipped)?
        };
        let (width, wanted) = (table.names.len(), if table.declared_any() { "header" } else { "first line" });
        let mut bad = None;
        table.rows.retain(|row| {
            let fits = row.fields.len() == width;
            if !fits {
                let problem = format!("it has {} fields, the {wanted} has {width}", row.fields.len());
                let flaw = Flaw::at(Place::Line(row.line), problem);
                if options.skip_bad {
                    skipped.add(flaw.alone());
                } else {
                    bad.get_or_insert(flaw);
                }
            }
            fits
        });
        match bad {
            Some(flaw) => Err(flaw),
            None if table.rows.is_empty() => Err(Flaw::new("there is no line of data in it")),
            None => Ok(table),
        }
    }

    fn declared_any(&self) -> bool {
        self.declared.iter().any(|declared| *declared != Declared::Nothing)
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none, which is refused.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// What the columns are, found out or as the options tell.
    pub fn schema(&self, options: &TableOptions) -> Result<Schema, Flaw> {
        Schema::infer(self, options)
    }

    /// A column's place by its name, or by its number from 1.
    pub fn column(&self, wanted: &str) -> Result<usize, Flaw> {
        find(&self.names, wanted)
    }

    /// The fields in a schema's terms. A column may be missing only where the schema calls it a target or does not use it.
    ///
    /// Errors: a missing column, an unknown category, a text in a column of numbers, each with line, column and the nearest name.
    pub fn cells(&self, schema: &Schema) -> Result<Cells, Flaw> {
        let places = schema.places(&self.names, self.named)?;
        let columns = schema.columns.len();
        let mut values = Vec::with_capacity(self.rows.len() * columns);
        for row in &self.rows {
            for (column, place) in schema.columns.iter().zip(&places) {
                values.push(match place {
                    Some(place) if column.is_used() => column.cell(row, *place)?,
                    _ => None,
                });
            }
        }
        Ok(Cells { columns, values, lines: self.rows.iter().map(|row| row.line).collect() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_fields_stay_missing_and_bad_ones_are_named() {
        let text = "age,job,paid\n30,clerk,yes\n?,cook,no\n25,,yes\n";
        let table = RawTable::parse(text.as_bytes(), &TableOptions::default()).unwrap();
        let schema = table.schema(&TableOptions::default()).unwrap();
        let cells = table.cells(&schema).unwrap();
        assert_eq!((cells.len(), cells.row(0)), (3, &[Some(30.0), Some(0.0), Some(1.0)][..]));
        assert_eq!(
            (cells.row(1), cells.row(2)),
            (&[None, Some(1.0), Some(0.0)][..], &[Some(25.0), None, Some(1.0)][..])
        );
        let said = |text: &str| {
            let other = RawTable::parse(text.as_bytes(), &TableOptions::default()).unwrap();
            other.cells(&schema).unwrap_err().to_string()
        };
        assert_eq!(
            said("age,job\n3,clark\n"),
            ", line 2, column job: \"clark\" is none of the 2 known categories; did you mean clerk?"
        );
        assert_eq!(said("job,age\ncook,old\n"), ", line 2, column age: \"old\" is not a number");
        assert!(
            said("age,jobb\n3,cook\n").ends_with("there is no column job, which the model needs; did you mean jobb?")
        );
        let other = RawTable::parse(b"job,age\ncook,3\n", &TableOptions::default()).unwrap();
        assert_eq!(other.cells(&schema).unwrap().values, [Some(3.0), Some(1.0), None]);
    }
}
