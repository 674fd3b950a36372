//! The smallest change that turns a decision (counterfactual explanation: Wachter, Mittelstadt, Russell, 2017).
//!
//! Of all changes that take the score to the other side of the threshold, one that changes the fewest inputs; of these the nearest,
//! sqrt(sum of squares) of numbers moved in standard deviations and categories changed, 1 each. Tried are all sets of inputs of one
//! size, with all values that training rows have, numbers at up to twenty of their quantiles; then each number is brought back as
//! near as the decision allows, among all values that are kept of it.

use gradus_core::data::Cells;

use crate::preparation::{Kind, Preparation};
use crate::samples::Predictor;

/// A score, its threshold, and what may be changed.
pub struct ChangeSearch<'a> {
    /// From fields to what the score takes.
    pub preparation: &'a Preparation,
    /// One number a row.
    pub score: &'a dyn Predictor,
    /// Scores of at least this are decided one way, others the other way.
    pub threshold: f64,
    /// The values that each input may take, in rising order: see [`observed`].
    pub values: &'a [Vec<f64>],
    /// The places of inputs that cannot change.
    pub keep: &'a [usize],
    /// So many inputs change at most.
    pub most: usize,
}

/// One input changed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Change {
    /// The input's place.
    pub input: usize,
    /// Its value in the row; none where it is missing.
    pub from: Option<f64>,
    /// Its new value.
    pub to: f64,
}

/// What turns a decision.
#[derive(Clone, Debug, PartialEq)]
pub struct Turn {
    /// In the inputs' order.
    pub changes: Vec<Change>,
    /// How far all of them are together.
    pub distance: f64,
    /// The score after them.
    pub score: f64,
}

/// Quantiles of a number that are tried.
const TRIED: usize = 20;
/// Values of a number that are kept.
const KEPT: usize = 201;
/// Rows that are scored at once.
const CHUNK: usize = 4096;

/// The values of each input in rows: of numbers at most 201, evenly among those that differ, of categories all.
pub fn observed(preparation: &Preparation, cells: &Cells, rows: &[usize]) -> Vec<Vec<f64>> {
    let of = |column: usize| {
        let mut values: Vec<f64> = rows.iter().filter_map(|row| cells.row(*row)[column]).collect();
        values.sort_by(f64::total_cmp);
        values.dedup();
        evenly(&values, KEPT)
    };
    preparation.inputs().iter().map(|input| of(input.column)).collect()
}

/// At most `most` of them, both ends among them.
fn evenly(values: &[f64], most: usize) -> Vec<f64> {
    if values.len() <= most {
        return values.to_vec();
    }
    (0..most).map(|place| values[place * (values.len() - 1) / (most - 1)]).collect()
}

/// A value that is tried for an input: itself, its distance squared, its prepared columns.
struct Candidate {
    value: f64,
    square: f64,
    columns: Vec<f64>,
}

struct Best {
    square: f64,
    picks: Vec<(usize, usize)>,
}

impl ChangeSearch<'_> {
    /// The smallest change for a row of fields; none where none of at most so many inputs turns the decision.
    pub fn find(&self, fields: &[Option<f64>]) -> Option<Turn> {
        let candidates = self.candidates(fields);
        let free: Vec<usize> = (0..candidates.len()).filter(|input| !candidates[*input].is_empty()).collect();
        let base = self.preparation.row(fields);
        let side = self.score.predict(&base)[0] >= self.threshold;
        for size in 1..=self.most.min(free.len()) {
            let mut trial = Trial {
                search: self,
                candidates: &candidates,
                base: &base,
                side,
                rows: Vec::new(),
                waiting: Vec::new(),
                best: None,
            };
            trial.sets(&free, size, &mut Vec::new(), 0.0);
            trial.flush();
            if let Some(best) = trial.best {
                let picks = best.picks.iter().map(|(input, place)| (*input, candidates[*input][*place].value));
                return Some(self.nearest(fields, side, picks.collect()));
            }
        }
        None
    }

    fn candidates(&self, fields: &[Option<f64>]) -> Vec<Vec<Candidate>> {
        let of = |(place, input): (usize, &crate::preparation::Input)| {
            if self.keep.contains(&place) {
                return Vec::new();
            }
            let own = fields[input.column];
            let values = match input.kind {
                Kind::Number { .. } => evenly(&self.values[place], TRIED),
                Kind::Category { .. } => self.values[place].clone(),
            };
            let mut tried: Vec<Candidate> = values
                .into_iter()
                .filter(|value| own != Some(*value))
                .map(|value| {
                    let mut columns = vec![0.0; input.columns().len()];
                    input.write(Some(value), &mut columns);
                    Candidate { value, square: input.distance(own, Some(value)).powi(2), columns }
                })
                .collect();
            tried.sort_by(|a, b| a.square.total_cmp(&b.square));
            tried
        };
        self.preparation.inputs().iter().enumerate().map(of).collect()
    }

    fn turned(&self, fields: &[Option<f64>], side: bool, changes: &[(usize, f64)]) -> Option<f64> {
        let mut fields = fields.to_vec();
        for (input, value) in changes {
            fields[self.preparation.inputs()[*input].column] = Some(*value);
        }
        let score = self.score.predict(&self.preparation.row(&fields))[0];
        ((score >= self.threshold) != side).then_some(score)
    }

    /// Each number is brought back towards the row's own, the farthest first, as far as the decision allows.
    fn nearest(&self, fields: &[Option<f64>], side: bool, mut changes: Vec<(usize, f64)>) -> Turn {
        let inputs = self.preparation.inputs();
        let distance = |input: usize, value: f64| inputs[input].distance(fields[inputs[input].column], Some(value));
        let mut order: Vec<usize> =
            (0..changes.len()).filter(|place| matches!(inputs[changes[*place].0].kind, Kind::Number { .. })).collect();
        order.sort_by(|a, b| distance(changes[*b].0, changes[*b].1).total_cmp(&distance(changes[*a].0, changes[*a].1)));
        for place in order {
            let (input, to) = changes[place];
            let from = fields[inputs[input].column].unwrap_or(inputs[input].fill());
            let between = |value: &&f64| (from.min(to)..=from.max(to)).contains(*value) && **value != from;
            let mut way: Vec<f64> = self.values[input].iter().filter(between).copied().collect();
            way.sort_by(|a, b| (a - from).abs().total_cmp(&(b - from).abs()));
            // The last turns the decision; the nearest that does is sought by halves.
            let (mut low, mut high) = (0, way.len().saturating_sub(1));
            while low < high {
                let middle = usize::midpoint(low, high);
                changes[place].1 = way[middle];
                if self.turned(fields, side, &changes).is_some() { high = middle } else { low = middle + 1 }
            }
            changes[place].1 = way.get(high).copied().unwrap_or(to);
        }
        let square: f64 = changes.iter().map(|(input, value)| distance(*input, *value).powi(2)).sum();
        let score = self.turned(fields, side, &changes).expect("what is left turns the decision");
        let change =
            |(input, to): &(usize, f64)| Change { input: *input, from: fields[inputs[*input].column], to: *to };
        Turn { changes: changes.iter().map(change).collect(), distance: square.sqrt(), score }
    }
}

/// All sets of one size, scored in chunks.
struct Trial<'a> {
    search: &'a ChangeSearch<'a>,
    candidates: &'a [Vec<Candidate>],
    base: &'a [f64],
    side: bool,
    rows: Vec<f64>,
    waiting: Vec<(f64, Vec<(usize, usize)>)>,
    best: Option<Best>,
}

impl Trial<'_> {
    fn sets(&mut self, free: &[usize], size: usize, picks: &mut Vec<(usize, usize)>, square: f64) {
        if size == 0 {
            self.score(picks, square);
            return;
        }
        for (place, input) in free.iter().enumerate() {
            for (candidate, tried) in self.candidates[*input].iter().enumerate() {
                let square = square + tried.square;
                if self.best.as_ref().is_some_and(|best| square >= best.square) {
                    break;
                }
                picks.push((*input, candidate));
                self.sets(&free[place + 1..], size - 1, picks, square);
                picks.pop();
            }
        }
    }

    fn score(&mut self, picks: &[(usize, usize)], square: f64) {
        let start = self.rows.len();
        self.rows.extend_from_slice(self.base);
        for (input, candidate) in picks {
            let columns = self.search.preparation.inputs()[*input].columns();
            let place = start + columns.start..start + columns.end;
            self.rows[place].copy_from_slice(&self.candidates[*input][*candidate].columns);
        }
        self.waiting.push((square, picks.to_vec()));
        if self.waiting.len() == CHUNK {
            self.flush();
        }
    }

    fn flush(&mut self) {
        if self.waiting.is_empty() {
            return;
        }
        let scores = self.search.score.predict(&self.rows);
        for ((square, picks), score) in self.waiting.drain(..).zip(scores) {
            let turned = (score >= self.search.threshold) != self.side;
            if turned && self.best.as_ref().is_none_or(|best| square < best.square) {
                self.best = Some(Best { square, picks });
            }
        }
        self.rows.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gradus_core::data::RawTable;
    use gradus_core::data::csv::TableOptions;

    /// Two numbers, two categories, and a score in which the numbers work together.
    fn house() -> (Preparation, Cells, Vec<Vec<f64>>) {
        let row =
            |k: usize| format!("{},{},{},{},{}", k % 5, k * k % 7, ["x", "y", "z"][k % 3], ["p", "q"][k % 2], k % 2);
        let rows: Vec<String> = (0..40).map(row).collect();
        let text = format!("a,b,c,d,class\n{}\n", rows.join("\n"));
        let raw = RawTable::parse(text.as_bytes(), &TableOptions::default()).unwrap();
        let schema = raw.schema(&TableOptions::default()).unwrap();
        let cells = raw.cells(&schema).unwrap();
        let all: Vec<usize> = (0..cells.len()).collect();
        let preparation = Preparation::fit(&schema, &cells, &all).unwrap();
        let values = observed(&preparation, &cells, &all);
        (preparation, cells, values)
    }

    fn score(x: &[f64]) -> Vec<f64> {
        // a, b, c=x, c=y, c=z, d=p, d=q
        x.chunks_exact(7).map(|x| x[0] * x[1] + 0.8 * x[3] - 0.5 * x[4] + 0.9 * x[6]).collect()
    }

    #[test]
    fn the_change_turns_the_decision_and_no_smaller_one_does() {
        let (preparation, cells, values) = house();
        let (mut none, mut sizes) = (0, [0; 5]);
        for (row, threshold) in (0..40).flat_map(|row| [-0.5, 1.0, 2.2, 3.4].map(|threshold| (row, threshold))) {
            let fields = cells.row(row);
            let search = ChangeSearch {
                preparation: &preparation,
                score: &score,
                threshold,
                values: &values,
                keep: &[],
                most: 3,
            };
            let own = score(&preparation.row(fields))[0] >= threshold;
            // All rows that the values allow: 5 x 4 x 3 x 2.
            let (mut fewest, mut nearest) = (9, f64::INFINITY);
            for a in &values[0] {
                for b in &values[1] {
                    for c in &values[2] {
                        for d in &values[3] {
                            let other = [Some(*a), Some(*b), Some(*c), Some(*d), fields[4]];
                            if (score(&preparation.row(&other))[0] >= threshold) == own {
                                continue;
                            }
                            let count = (0..4).filter(|k| other[*k] != fields[*k]).count();
                            let squares = preparation
                                .inputs()
                                .iter()
                                .map(|input| input.distance(fields[input.column], other[input.column]).powi(2));
                            let distance = squares.sum::<f64>().sqrt();
                            if count < fewest || (count == fewest && distance < nearest) {
                                (fewest, nearest) = (count, distance);
                            }
                        }
                    }
                }
            }
            match search.find(fields) {
                None => {
                    assert!(fewest > 3, "row {row}, {threshold}: {fewest} would do");
                    none += 1;
                }
                Some(turn) => {
                    assert_eq!((turn.changes.len(), (turn.score >= threshold) != own), (fewest, true), "row {row}");
                    assert!((turn.distance - nearest).abs() < 1e-9, "row {row}: {turn:?} {nearest}");
                    let mut other = fields.to_vec();
                    turn.changes.iter().for_each(|change| other[change.input] = Some(change.to));
                    assert_eq!(score(&preparation.row(&other)), [turn.score]);
                    sizes[fewest] += 1;
                }
            }
        }
        assert!(sizes[1] > 10 && sizes[2] > 3, "{sizes:?}, none: {none}");
    }

    #[test]
    fn what_is_kept_stays_and_numbers_come_back_as_far_as_they_can() {
        let (preparation, cells, values) = house();
        // One number decides, by a value between the quantiles that are tried first.
        let wide: Vec<Vec<f64>> = values
            .iter()
            .enumerate()
            .map(|(k, own)| if k == 0 { (0..200).map(f64::from).collect() } else { own.clone() })
            .collect();
        let only = |x: &[f64]| -> Vec<f64> { x.chunks_exact(7).map(|x| x[0]).collect() };
        let prepared = |a: f64| preparation.row(&[Some(a), Some(0.0), Some(0.0), Some(0.0), None])[0];
        let threshold = prepared(36.5);
        let search =
            ChangeSearch { preparation: &preparation, score: &only, threshold, values: &wide, keep: &[], most: 2 };
        let turn = search.find(cells.row(3)).unwrap();
        assert_eq!(turn.changes, [Change { input: 0, from: Some(3.0), to: 37.0 }]);
        let search = ChangeSearch { keep: &[0], ..search };
        assert_eq!(search.find(cells.row(3)), None);
    }
}
