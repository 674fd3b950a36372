//! Rows whose outcome is known.

use gradus_core::data::csv::TableOptions;
use gradus_core::data::{Cells, RawTable, Role, Schema, TargetMeaning};
use gradus_core::{Error, Flaw, did_you_mean};

/// Names of the outcome that a lender fears, where the user names none.
const BAD: [&str; 8] = ["bad", "default", "denied", "refused", "rejected", "no", "-", "negative"];

/// Rows with an outcome of two.
#[derive(Clone, Debug, PartialEq)]
pub struct Applicants {
    /// What the columns are.
    pub schema: Schema,
    /// The fields.
    pub cells: Cells,
    /// Whether the outcome is the bad one.
    pub bad: Vec<bool>,
    /// The names of the outcomes: the good one, the bad one.
    pub outcomes: [String; 2],
}

impl Applicants {
    /// Of a table; `bad` names the outcome whose probability is sought [default: see [`bad_class`]].
    ///
    /// Errors: an outcome that is not one of two classes, rows without an outcome, all of one outcome, and what reading gives.
    pub fn of(raw: &RawTable, options: &TableOptions, bad: Option<&str>) -> Result<Self, Error> {
        let read = |flaw: Flaw| Error::Data(flaw.alone());
        let options = TableOptions { target_meaning: Some(TargetMeaning::Classes), ..options.clone() };
        let schema = raw.schema(&options).map_err(read)?;
        let cells = raw.cells(&schema).map_err(read)?;
        let target = schema.columns.iter().position(|column| column.role == Role::Target);
        let target = target.ok_or_else(|| Error::Data("the table has no column of outcomes".into()))?;
        let name = &schema.columns[target].name;
        let classes = schema.columns[target].categories.clone().unwrap_or_default();
        let outcome = |row: usize| {
            let line = cells.lines[row];
            let missing =
                || Error::Data(format!("line {line}, column {name}: the outcome is missing; leave the row out"));
            Ok(cells.row(row)[target].ok_or_else(missing)? as usize)
        };
        let outcomes: Vec<usize> = (0..cells.len()).map(outcome).collect::<Result<_, Error>>()?;
        let mut counts = vec![0usize; classes.len()];
        for class in &outcomes {
            counts[*class] += 1;
        }
        let present: Vec<usize> = (0..classes.len()).filter(|class| counts[*class] > 0).collect();
        let [first, second] = present[..] else {
            let (count, some) = (present.len(), present.iter().take(3).map(|class| classes[*class].as_str()));
            let some = some.collect::<Vec<_>>().join(", ");
            let problem = format!(
                "column {name} has {count} outcomes ({some}); a decision needs two: choose the column with --target"
            );
            return Err(Error::Data(problem));
        };
        let names = [classes[first].as_str(), classes[second].as_str()];
        let place = bad_class(names, [counts[first], counts[second]], bad)?;
        let bad_class = present[place];
        let bad = outcomes.iter().map(|class| *class == bad_class).collect();
        Ok(Applicants { bad, outcomes: [names[1 - place].to_owned(), names[place].to_owned()], schema, cells })
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.bad.len()
    }

    /// Whether there are none, which is refused.
    pub fn is_empty(&self) -> bool {
        self.bad.is_empty()
    }

    /// The outcomes as labels: 1 is bad.
    pub fn labels(&self) -> Vec<u32> {
        self.bad.iter().map(|bad| u32::from(*bad)).collect()
    }
}

/// Which of two outcomes is the bad one: that which is told, or has such a name, or the rarer one.
///
/// Errors: a name that neither has.
pub fn bad_class(names: [&str; 2], counts: [usize; 2], told: Option<&str>) -> Result<usize, Error> {
    if let Some(told) = told {
        return names.iter().position(|name| *name == told).ok_or_else(|| {
            let near = did_you_mean(told, names);
            Error::setting("bad", format!("there is no outcome {told} among {}, {}{near}", names[0], names[1]))
        });
    }
    let named: Vec<usize> = (0..2).filter(|place| BAD.contains(&names[*place].to_lowercase().as_str())).collect();
    Ok(match named[..] {
        [only] => only,
        _ => usize::from(counts[1] <= counts[0]),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str, bad: Option<&str>) -> Result<Applicants, String> {
        let raw = RawTable::parse(text.as_bytes(), &TableOptions::default()).map_err(|flaw| flaw.to_string())?;
        Applicants::of(&raw, &TableOptions::default(), bad).map_err(|error| error.to_string())
    }

    #[test]
    fn the_bad_outcome_is_told_named_or_rare() {
        let text = "a,out\n1,paid\n2,left\n3,paid\n4,paid\n";
        let found = of(text, None).unwrap();
        assert_eq!((found.outcomes, found.bad), (["paid".into(), "left".into()], vec![false, true, false, false]));
        assert_eq!(of(text, Some("paid")).unwrap().labels(), [1, 0, 1, 1]);
        assert_eq!(of(&text.replace("paid", "Bad"), None).unwrap().labels(), [1, 0, 1, 1]);
        assert_eq!(
            of(text, Some("payd")).unwrap_err(),
            "bad: there is no outcome payd among left, paid; did you mean paid?"
        );
    }

    #[test]
    fn what_has_no_two_outcomes_is_said() {
        assert!(of("a,out\n1,x\n2,x\n", None).unwrap_err().starts_with("column out has 1 outcomes (x)"));
        assert!(of("a,out\n1,x\n2,y\n3,z\n", None).unwrap_err().contains("3 outcomes (x, y, z); a decision needs two"));
        assert!(
            of("a,out\n1,x\n2,?\n3,y\n", None).unwrap_err().starts_with("line 3, column out: the outcome is missing")
        );
    }
}
