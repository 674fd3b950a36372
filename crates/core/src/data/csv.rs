//! Tables as numbers, from CSV or (see `arff.rs`) ARFF: a header or none, number and category columns, one column as the target.
//!
//! What is not told is inferred: the delimiter, whether the first line is a header, and each column's type
//! (see [`Schema`]). Categories become one number each, 1 where the row has it (one-hot).

use super::array::TargetMeaning;
use super::csv_schema::{ColumnType, Schema};
use super::raw_table::{Declared, RawTable, Row};
use super::{InMemory, Origin, Samples, SkipReport, StoredTargets};
use crate::error::{Error, Flaw, Place};
use gradus_kernels::Real;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// One-hot categories can turn a small file into more numbers than there is memory; numbers as such cannot, each has a byte.
const MOST_NUMBERS: usize = 1 << 28;

/// How a table is to be read. What is left at its default is found out.
#[derive(Clone, Debug, Default)]
pub struct TableOptions {
    /// Whether the first line holds the columns' names.
    pub header: Option<bool>,
    /// What parts the fields: comma, semicolon, tab, bar or space.
    pub delimiter: Option<u8>,
    /// The target column's name or its number from 1; the one that the file itself names, or the last, where it is not told.
    pub target: Option<String>,
    /// Whether the target is a class or a quantity.
    pub target_meaning: Option<TargetMeaning>,
    /// Columns that are left out, by name or number.
    pub ignore: Vec<String>,
    /// The type of columns whose look deceives, by name or number.
    pub types: BTreeMap<String, ColumnType>,
    /// The columns of the training table: the table is then read in its terms, so that the same text gives the same number.
    pub schema: Option<Schema>,
    /// Leave out the lines that cannot be used, and list them.
    pub skip_bad: bool,
}

/// A table in numbers.
#[derive(Clone, Debug)]
pub struct Table {
    /// What the columns are; give it to [`TableOptions::schema`] to read another table alike.
    pub schema: Schema,
    /// The features of all rows, `[rows, schema.feature_count()]`.
    pub features: Vec<Real>,
    /// The target column.
    pub targets: StoredTargets,
    /// The line of each row.
    pub lines: Vec<u64>,
    /// The lines that were left out.
    pub skipped: SkipReport,
}

/// Reads a CSV or ARFF file as a dataset.
pub fn read(path: &Path, options: &TableOptions) -> Result<(InMemory, Schema, SkipReport), Error> {
    let bytes = fs::read(path).map_err(Error::io(path, "read"))?;
    let table = parse(&bytes, options).map_err(|flaw| flaw.in_file(path))?;
    let name = path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned());
    let origin = Origin::File { name, noun: "line", numbers: table.lines };
    let shape = vec![table.schema.feature_count()];
    let (set, _) = InMemory::new(Samples::Reals(table.features), shape, table.targets, origin, false)?;
    Ok((set, table.schema, table.skipped))
}

/// Parses the bytes of a CSV or ARFF file.
pub fn parse(bytes: &[u8], options: &TableOptions) -> Result<Table, Flaw> {
    let mut skipped = SkipReport::default();
    let raw = RawTable::of(bytes, options, &mut skipped)?;
    let schema = match &options.schema {
        Some(schema) => schema.clone(),
        None => raw.schema(options)?,
    };
    let numbers = raw.len().saturating_mul(schema.feature_count());
    if numbers > bytes.len().max(MOST_NUMBERS) {
        let (rows, features) = (raw.len(), schema.feature_count());
        let problem =
            format!("{rows} lines would become {features} numbers each; ignore the columns with most categories");
        return Err(Flaw::new(problem));
    }
    encode(&schema, &schema.places(&raw.names, raw.named)?, &raw.rows, options.skip_bad, skipped)
}

/// The header of a CSV file and its rows, of whatever length.
pub(super) fn rows(bytes: &[u8], options: &TableOptions, skipped: &mut SkipReport) -> Result<RawTable, Flaw> {
    let delimiter = options.delimiter.unwrap_or_else(|| find_delimiter(bytes));
    let mut rows = lines(bytes, delimiter, options.skip_bad, skipped)?;
    let Some(first) = rows.first() else {
        return Err(Flaw::new("there is no line that can be read"));
    };
    let width = first.fields.len();
    let told = options.schema.is_some() || options.header.is_some();
    if !told && rows.len() == 1 && first.fields.iter().all(|field| field.trim().parse::<f64>().is_err()) {
        return Err(Flaw::at(Place::Line(first.line), "it looks like a header, and no line of data follows"));
    }
    let named = match (&options.schema, options.header) {
        (_, Some(told)) => told,
        (Some(schema), None) => schema.is_header(&first.fields),
        (None, None) => looks_like_header(&rows),
    };
    let names = if named {
        let fields = rows.remove(0).fields;
        fields.iter().zip(1..).map(|(name, number)| column_name(name.trim(), number)).collect()
    } else {
        (1..=width).map(|number| column_name("", number)).collect()
    };
    Ok(RawTable { names, declared: vec![Declared::Nothing; width], output: None, unused: Vec::new(), named, rows })
}

fn column_name(name: &str, number: usize) -> String {
    if name.is_empty() { format!("column {number}") } else { name.to_owned() }
}

/// Turns the rows into numbers. `places` tells each schema column's place in the file.
fn encode(
    schema: &Schema,
    places: &[Option<usize>],
    rows: &[Row],
    skip_bad: bool,
    mut skipped: SkipReport,
) -> Result<Table, Flaw> {
    let mut features = Vec::with_capacity(rows.len() * schema.feature_count());
    let (mut targets, mut lines) = (Vec::new(), Vec::new());
    for row in rows {
        let start = features.len();
        match schema.encode(row, places, &mut features) {
            Ok(target) => {
                targets.extend(target);
                lines.push(row.line);
            }
            Err(flaw) if skip_bad => {
                features.truncate(start);
                skipped.add(flaw.alone());
            }
            Err(flaw) => return Err(flaw),
        }
    }
    let targets = schema.stored_targets(targets);
    Ok(Table { schema: schema.clone(), features, targets, lines, skipped })
}

fn reader(bytes: &[u8], delimiter: u8) -> ::csv::Reader<&[u8]> {
    ::csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(bytes)
}

/// All lines that are UTF-8; a line that is not is a flaw, or is left out.
fn lines(bytes: &[u8], delimiter: u8, skip_bad: bool, skipped: &mut SkipReport) -> Result<Vec<Row>, Flaw> {
    let (mut rows, mut last) = (Vec::new(), 0);
    for record in reader(bytes, delimiter).into_byte_records() {
        // Reading a slice cannot fail, and rows of any length are accepted here.
        let record = record.map_err(|error| Flaw::new(error.to_string()))?;
        let line = record.position().map_or(0, ::csv::Position::line);
        last = record.position().map_or(0, |position| position.byte() as usize);
        match ::csv::StringRecord::from_byte_record(record) {
            Ok(fields) => rows.push(Row { line, fields }),
            Err(_) if skip_bad => skipped.add(format_args!("line {line}: it is not UTF-8 text")),
            Err(_) => {
                return Err(Flaw::at(Place::Line(line), "it is not UTF-8 text; save the table as UTF-8"));
            }
        }
    }
    // A quote that is never closed makes one field of all that follows it, a delimiter at the end included.
    let end = &bytes[last.min(bytes.len())..];
    let fields = |bytes: &[u8]| -> usize {
        reader(bytes, delimiter).into_byte_records().filter_map(Result::ok).map(|record| record.len()).sum()
    };
    if end.contains(&b'"') && fields(end) == fields(&[end, &[delimiter]].concat()) {
        let line = rows.last().map_or(1, |row| row.line);
        return Err(Flaw::at(Place::Line(line), "a quote is opened and not closed before the file ends; close it"));
    }
    Ok(rows)
}

/// The delimiter that the first line has most of, outside quotes.
fn find_delimiter(bytes: &[u8]) -> u8 {
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0), (b'|', 0)];
    let mut quoted = false;
    for &byte in bytes.iter().take_while(|&&byte| byte != b'\n') {
        quoted ^= byte == b'"';
        if let Some((_, count)) = counts.iter_mut().find(|(delimiter, _)| *delimiter == byte && !quoted) {
            *count += 1;
        }
    }
    // On a tie the first one stands, so that a single column is read with commas.
    counts.iter().rev().max_by_key(|(_, count)| *count).map_or(b',', |&(delimiter, _)| delimiter)
}

/// A first line is a header when it holds no number, and either a number stands below one of its fields or none of its
/// fields comes again below.
fn looks_like_header(rows: &[Row]) -> bool {
    let is_number = |field: &str| field.trim().parse::<f64>().is_ok();
    let first = &rows[0].fields;
    if first.iter().any(is_number) || first.iter().all(|field| field.trim().is_empty()) {
        return false;
    }
    let below = |column: usize| rows[1..].iter().filter_map(move |row| row.fields.get(column));
    let number_below = (0..first.len()).any(|column| below(column).next().is_some_and(is_number));
    number_below
        || (rows.len() > 1 && (0..first.len()).all(|column| below(column).all(|field| field != &first[column])))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const CREDIT: &str = "age,job,paid\n30,clerk,yes\n41,\"cook, head\",no\n25,clerk,yes\n";

    fn flaw(text: &str, options: &TableOptions) -> String {
        parse(text.as_bytes(), options).unwrap_err().to_string().trim_start_matches([',', ':', ' ']).to_owned()
    }

    #[test]
    fn a_table_is_read_in_time_and_memory_that_its_size_bounds() {
        // Each column compared with each other would take minutes.
        let wide: Vec<String> = (0..200_000).map(|column| format!("c{column}")).collect();
        let text = format!("{}\n{}\n", wide.join(","), vec!["1"; wide.len()].join(","));
        assert_eq!(parse(text.as_bytes(), &TableOptions::default()).unwrap().schema.feature_count(), wide.len() - 1);
        // Half as many categories as lines: 800 million numbers from a third of a megabyte.
        let rows: Vec<String> = (0..40_000).map(|row| format!("name{},{}", row / 2, row % 2)).collect();
        let text = format!("name,answer\n{}\n", rows.join("\n"));
        let said = flaw(&text, &TableOptions::default());
        assert!(said.starts_with("40000 lines would become 20000 numbers each"), "{said}");
    }

    #[test]
    fn a_quote_that_is_not_closed_is_told_from_others() {
        let told = |end: &str| parse(format!("a,b,c\n1,2,3\n1,2,3\n4,5,{end}").as_bytes(), &TableOptions::default());
        for open in ["\"6", "\"6\n", "\"6,7\n8,9\n", "\"6\"\"\n7"] {
            assert!(told(open).unwrap_err().to_string().contains("a quote is opened"), "{open:?}");
        }
        for closed in ["\"6\"", "\"6\"\n", "6", "\"6\"\n\"7\",8,"] {
            let said = told(closed).map_or_else(|flaw| flaw.to_string(), |_| String::new());
            assert!(!said.contains("quote"), "{closed:?}: {said}");
        }
    }

    #[test]
    fn types_header_and_target_are_found_out() {
        let table = parse(CREDIT.as_bytes(), &TableOptions::default()).unwrap();
        assert_eq!(table.schema.feature_names(), ["age", "job=clerk", "job=cook, head"]);
        assert_eq!(table.features, [30.0, 1.0, 0.0, 41.0, 0.0, 1.0, 25.0, 1.0, 0.0]);
        let names = vec!["no".to_owned(), "yes".to_owned()];
        assert_eq!(table.targets, StoredTargets::Classes { labels: vec![1, 0, 1], names });
        assert_eq!(table.lines, [2, 3, 4]);
    }

    #[test]
    fn a_table_without_header_and_with_semicolons_is_read() {
        let table = parse(b"\xef\xbb\xbf1.5;0.1\r\n2.5;0.2\r\n", &TableOptions::default()).unwrap();
        assert_eq!(table.features, [1.5, 2.5]);
        assert_eq!(table.schema.columns[1].name, "column 2");
        assert_eq!(table.targets, StoredTargets::Values { values: vec![0.1, 0.2], names: vec!["column 2".into()] });
        let texts = parse(b"colour,fruit\nred,apple\ngreen,apple\n", &TableOptions::default()).unwrap();
        assert_eq!(texts.lines, [2, 3]);
    }

    #[test]
    fn whole_numbers_of_few_kinds_are_classes_unless_told() {
        let text = "x,y\n1,10\n2,2\n3,10\n4,2\n";
        let of = |meaning| {
            let options = TableOptions { target_meaning: meaning, ..Default::default() };
            parse(text.as_bytes(), &options).unwrap().targets
        };
        let names = vec!["2".to_owned(), "10".to_owned()];
        assert_eq!(of(None), StoredTargets::Classes { labels: vec![1, 0, 1, 0], names });
        assert!(matches!(of(Some(TargetMeaning::Values)), StoredTargets::Values { .. }));
    }

    #[test]
    fn told_target_types_and_ignored_columns_are_followed() {
        let options = TableOptions {
            target: Some("age".into()),
            ignore: vec!["3".into()],
            types: [("age".to_owned(), ColumnType::Number)].into(),
            ..Default::default()
        };
        let table = parse(CREDIT.as_bytes(), &options).unwrap();
        assert_eq!(table.schema.feature_names(), ["job=clerk", "job=cook, head"]);
        assert_eq!(table.targets, StoredTargets::Values { values: vec![30.0, 41.0, 25.0], names: vec!["age".into()] });
        let typo = TableOptions { target: Some("payd".into()), ..Default::default() };
        assert_eq!(flaw(CREDIT, &typo), "there is no column payd among age, job, paid; did you mean paid?");
    }

    #[test]
    fn a_bad_field_is_named_by_line_and_column() {
        let told = TableOptions::default();
        let text = |field: &str| format!("age,paid\n30,yes\n{field},no\n25,yes\n");
        assert_eq!(flaw(&text("old"), &told), "line 3, column age: \"old\" is not a number");
        assert_eq!(flaw(&text("NaN"), &told), "line 3, column age: NaN is not a finite number");
        assert_eq!(flaw(&text("1e400"), &told), "line 3, column age: 1e400 is not a finite number");
        assert!(flaw(&text(""), &told).starts_with("line 3, column age: the field is missing"));
        assert_eq!(flaw(&text("1,2"), &told), "line 3: it has 3 fields, the first line has 2");
        assert_eq!(flaw("a,a,b\n1,2,3\n", &told), "two columns are named a; rename one");
        assert_eq!(
            flaw("a,b\n", &TableOptions { header: Some(true), ..told.clone() }),
            "there is no line of data in it"
        );
        assert_eq!(flaw("", &told), "there is no line that can be read");
        assert!(parse(b"a,b\n1,\xff\n", &told).unwrap_err().to_string().contains("line 2: it is not UTF-8"));
    }

    #[test]
    fn bad_lines_are_left_out_and_listed() {
        let text = b"age,paid\n30,yes\nold,no\n1,2,3\n\xff,no\n25,no\n";
        let table = parse(text, &TableOptions { skip_bad: true, ..Default::default() }).unwrap();
        assert_eq!((table.features, table.lines), (vec![30.0, 25.0], vec![2, 6]));
        let mut lines: Vec<&str> = table.skipped.entries().iter().map(|entry| &entry[..6]).collect();
        lines.sort_unstable();
        assert_eq!(lines, ["line 3", "line 4", "line 5"]);
    }

    #[test]
    fn another_table_is_read_in_the_first_ones_terms() {
        let schema = parse(CREDIT.as_bytes(), &TableOptions::default()).unwrap().schema;
        let saved: Schema = serde_json::from_str(&serde_json::to_string(&schema).unwrap()).unwrap();
        let options = TableOptions { schema: Some(saved), ..Default::default() };
        // Other order, an unknown column more, no target.
        let table = parse(b"id,job,age\n7,clerk,50\n", &options).unwrap();
        assert_eq!((table.features, table.targets), (vec![50.0, 1.0, 0.0], StoredTargets::None));
        assert_eq!(parse(b"50,clerk,no\n", &options).unwrap().features, [50.0, 1.0, 0.0]);
        let unknown = flaw("age,job\n50,clark\n", &options);
        assert_eq!(unknown, "line 2, column job: \"clark\" is none of the 2 known categories; did you mean clerk?");
        assert!(flaw("age,jop\n50,clerk\n", &options).ends_with("did you mean jop?"));
    }

    proptest! {
        #[test]
        fn any_bytes_give_a_table_or_a_flaw(bytes in proptest::collection::vec(any::<u8>(), 0..200), text in "[a1.,;\"\n ?-]{0,80}") {
            for skip_bad in [false, true] {
                let options = TableOptions { skip_bad, ..Default::default() };
                let _ = parse(&bytes, &options);
                let _ = parse(text.as_bytes(), &options);
            }
        }

        #[test]
        fn what_is_written_is_read(eighths in proptest::collection::vec(-1_000_000i32..1_000_000, 2..40)) {
            let numbers: Vec<Real> = eighths.into_iter().map(|x| x as Real / 8.0).collect();
            let lines: Vec<String> = numbers.iter().map(|x| format!("{x},1.5")).collect();
            let text = lines.join("\n");
            let table = parse(text.as_bytes(), &TableOptions::default()).unwrap();
            prop_assert_eq!(table.features, numbers);
        }
    }
}
