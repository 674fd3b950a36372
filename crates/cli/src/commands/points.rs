//! Data of the user's as points in space, and points as files.

use std::fmt::Write as _;
use std::path::Path;

use gradus::Error;
use gradus::data::csv::TableOptions;
use gradus::data::picture::PictureOptions;
use gradus::data::{OpenOptions, Role, Schema, open};
use gradus::learn::Cloud;

use super::report;
use super::settings::sides;
use crate::args::PointsArgs;
use crate::failure::Failure;

/// The points, and their classes where the data has classes.
pub struct Loaded {
    pub points: Cloud,
    /// The class of each point and the names of the classes.
    pub classes: Option<(Vec<u32>, Vec<String>)>,
    /// The columns, where it is a table.
    pub schema: Option<Schema>,
}

impl Loaded {
    /// How many samples and columns, what is `more` to say of them, and which column is left out:
    /// `90 samples of 3 columns; column d is the target and no coordinate`.
    pub fn in_words(&self, more: &str) -> String {
        in_words(&self.points, more, self.schema.as_ref())
    }
}

/// See [`Loaded::in_words`].
pub fn in_words(points: &Cloud, more: &str, schema: Option<&Schema>) -> String {
    let target = schema.and_then(|schema| schema.columns.iter().find(|column| column.role == Role::Target));
    let target =
        target.map_or_else(String::new, |column| format!("; column {} is the target and no coordinate", column.name));
    format!("{} samples of {} columns{more}{target}", points.rows(), points.columns())
}

/// The columns of a table in the terms of another's: the features as they are there, and the table's own target, if it has the column.
fn in_terms_of(other: &Schema, args: &PointsArgs) -> Result<Option<Schema>, Error> {
    let own = |target: Option<String>| -> Result<Option<Schema>, Error> {
        let table = TableOptions { target, skip_bad: args.skip_bad, ..TableOptions::default() };
        Ok(open(&args.data, &OpenOptions { skip_bad: args.skip_bad, table, ..OpenOptions::default() })?.schema)
    };
    let known = other.columns.iter().find(|column| column.role == Role::Target).map(|column| column.name.clone());
    let Some(mut table) = own(args.target.clone())? else { return Ok(None) };
    let target = args.target.clone().or(known).filter(|name| table.columns.iter().any(|column| column.name == *name));
    if target.is_some() && args.target.is_none() {
        table = own(target.clone())?.unwrap_or(table);
    }
    let features = other.columns.iter().filter(|column| column.role == Role::Feature);
    let target = table.columns.iter().filter(|column| Some(&column.name) == target.as_ref());
    Ok(Some(Schema { columns: features.chain(target).cloned().collect() }))
}

/// Reads all samples, the training part first, then the test part; a table in the terms of another, where these are given.
pub fn load(args: &PointsArgs, other: Option<&Schema>) -> Result<Loaded, Failure> {
    if let Some(path) = &args.to {
        ending(path)?;
        report::check_folder("--to", path)?;
    }
    if args.most == Some(0) {
        return Err(Error::setting("--most", "0 samples are none; give at least 1").into());
    }
    let schema = other.map_or(Ok(None), |other| in_terms_of(other, args))?;
    let table =
        TableOptions { target: args.target.clone(), skip_bad: args.skip_bad, schema, ..TableOptions::default() };
    let mut options = OpenOptions { skip_bad: args.skip_bad, table, ..OpenOptions::default() };
    if let Some(size) = &args.size {
        let [height, width] = sides(size)?[..] else {
            return Err(Error::setting("--size", format!("{size} is not HEIGHTxWIDTH")).into());
        };
        options.picture = PictureOptions { size: Some([height, width]), ..PictureOptions::default() };
    }
    let splits = open(&args.data, &options)?;
    if args.size.is_some() && splits.schema.is_some() {
        return Err(Error::setting("--size", format!("is for pictures; {} is a table", args.data)).into());
    }
    super::data::print_skipped(&splits.skipped);
    let (mut points, mut classes) = Cloud::of(&*splits.train, args.most)?;
    let left = args.most.map(|most| most - points.rows());
    if let Some(test) = &splits.test
        && left != Some(0)
    {
        let (more, more_classes) = Cloud::of(&**test, left)?;
        let values = [points.values(), more.values()].concat();
        points = Cloud::new(values, points.columns())?;
        classes = classes.zip(more_classes).map(|(first, second)| [first, second].concat());
    }
    let names = splits.train.target_kind().class_names();
    Ok(Loaded { points, classes: classes.map(|classes| (classes, names.to_vec())), schema: splits.schema })
}

/// Writes points as CSV, with the class in the last column where there are classes, or as an array of NumPy.
pub fn write(path: &Path, loaded: &Loaded, points: &Cloud, prefix: &str) -> Result<(), Error> {
    let bytes = match ending(path)? {
        Ending::Csv => csv(loaded, points, prefix).into_bytes(),
        Ending::Npy => npy(points),
    };
    gradus::io::write_atomic(path, &bytes)
}

enum Ending {
    Csv,
    Npy,
}

fn ending(path: &Path) -> Result<Ending, Error> {
    match path.extension().map(|ending| ending.to_string_lossy().to_lowercase()).as_deref() {
        Some("csv") => Ok(Ending::Csv),
        Some("npy") => Ok(Ending::Npy),
        _ => Err(Error::setting("--to", format!("{} ends neither in .csv nor in .npy", path.display()))),
    }
}

fn csv(loaded: &Loaded, points: &Cloud, prefix: &str) -> String {
    let mut text = (1..=points.columns()).map(|column| format!("{prefix}{column}")).collect::<Vec<_>>().join(",");
    text.push_str(if loaded.classes.is_some() { ",class\n" } else { "\n" });
    for row in 0..points.rows() {
        for (column, value) in points.row(row).iter().enumerate() {
            let comma = if column > 0 { "," } else { "" };
            let _ = write!(text, "{comma}{value}");
        }
        if let Some((classes, names)) = &loaded.classes {
            let name = &names[classes[row] as usize];
            let quoted = name.contains([',', '"', '\n']);
            let _ = if quoted { write!(text, ",\"{}\"", name.replace('"', "\"\"")) } else { write!(text, ",{name}") };
        }
        text.push('\n');
    }
    text
}

/// NumPy's format, version 1.0: its header ends at a multiple of 64 bytes.
fn npy(points: &Cloud) -> Vec<u8> {
    let shape = format!("({}, {})", points.rows(), points.columns());
    let mut header = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}");
    while !(10 + header.len() + 1).is_multiple_of(64) {
        header.push(' ');
    }
    header.push('\n');
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.into_bytes());
    bytes.extend(points.values().iter().flat_map(|value| value.to_le_bytes()));
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_hold_what_is_read_back() {
        let points = Cloud::new(vec![1.5, -2.0, 0.25, 1e-8], 2).unwrap();
        let names = vec!["cat".to_owned(), "a, \"b\"".to_owned()];
        let loaded = Loaded { points: points.clone(), classes: Some((vec![0, 1], names)), schema: None };
        assert_eq!(csv(&loaded, &points, "t"), "t1,t2,class\n1.5,-2,cat\n0.25,0.00000001,\"a, \"\"b\"\"\"\n");
        let array = gradus::data::npy::parse(&npy(&points)).unwrap();
        assert_eq!(array.shape, [2, 2]);
        assert_eq!(array.elements, gradus::data::Elements::Reals(vec![1.5, -2.0, 0.25, 1e-8]));
    }
}
