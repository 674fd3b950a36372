//! Boolean functions as truth tables.

use std::fmt;

use crate::points::Points;

/// A Boolean function of one to four inputs. Bit r of its table is the answer to row r; bit i of r is input i.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Boolean {
    inputs: usize,
    table: u32,
}

impl Boolean {
    /// The function of a truth table.
    ///
    /// # Panics
    /// When there are no inputs or more than four, or the table has more rows than they give.
    #[track_caller]
    pub fn new(inputs: usize, table: u32) -> Self {
        assert!((1..=4).contains(&inputs), "Boolean::new: {inputs} inputs; give 1 to 4");
        assert!(
            u64::from(table) < 1 << (1 << inputs),
            "Boolean::new: {table:#b} has more rows than {inputs} inputs give"
        );
        Boolean { inputs, table }
    }

    /// The function that `answer` computes.
    pub fn of(inputs: usize, answer: impl Fn(&[f64]) -> bool) -> Self {
        let table = (0..1u32 << inputs).filter(|row| answer(&bits(inputs, *row))).map(|row| 1 << row).sum();
        Boolean::new(inputs, table)
    }

    /// All functions of so many inputs: 4, 16, 256, 65,536.
    pub fn all(inputs: usize) -> impl Iterator<Item = Boolean> {
        (0..1u64 << (1 << inputs)).map(move |table| Boolean::new(inputs, table as u32))
    }

    /// How many inputs there are.
    pub fn inputs(self) -> usize {
        self.inputs
    }

    /// The table: bit r is the answer to row r.
    pub fn table(self) -> u32 {
        self.table
    }

    /// Every row: the inputs, 0 or 1 each, and the answer.
    pub fn rows(self) -> impl Iterator<Item = (Vec<f64>, bool)> {
        (0..1u32 << self.inputs).map(move |row| (bits(self.inputs, row), self.table >> row & 1 == 1))
    }

    /// The rows as points: class 1 where the answer is 1.
    pub fn points(self) -> Points {
        let (corners, answers): (Vec<_>, Vec<_>) = self.rows().unzip();
        let labels = answers.into_iter().map(u32::from).collect();
        Points::new(corners.concat(), self.inputs, labels, vec!["0".into(), "1".into()]).expect("a table has rows")
    }

    /// The function with its inputs in another order: input i of the new one is input `order[i]`.
    pub fn permuted(self, order: &[usize]) -> Self {
        let answers: Vec<bool> = self.rows().map(|(_, answer)| answer).collect();
        let old_row = |inputs: &[f64]| order.iter().zip(inputs).map(|(old, x)| (*x as usize) << old).sum::<usize>();
        Boolean::of(self.inputs, |inputs| answers[old_row(inputs)])
    }
}

/// The answers from the row of all ones down to the row of all zeros.
impl fmt::Display for Boolean {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:0width$b}", self.table, width = 1 << self.inputs)
    }
}

fn bits(inputs: usize, row: u32) -> Vec<f64> {
    (0..inputs).map(|input| f64::from(row >> input & 1)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_what_functions_answer() {
        let and = Boolean::of(2, |x| x[0] + x[1] == 2.0);
        assert_eq!((and.table(), and.to_string()), (0b1000, "1000".to_owned()));
        assert_eq!(and.points().labels(), [0, 0, 0, 1]);
        let first = Boolean::of(3, |x| x[0] == 1.0);
        assert_eq!(first.permuted(&[2, 0, 1]), Boolean::of(3, |x| x[1] == 1.0));
        assert_eq!(Boolean::all(2).count(), 16);
    }
}
