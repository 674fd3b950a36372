//! Data seen as points in space.

use gradus_core::compute::{parallel_chunks, vectorize};
use gradus_core::data::{Dataset, Target};
use gradus_core::{Error, Real};

/// Rows of numbers, each a point.
#[derive(Clone, Debug, PartialEq)]
pub struct Cloud {
    values: Vec<Real>,
    columns: usize,
}

impl Cloud {
    /// Points from numbers row by row.
    ///
    /// # Errors
    /// When there are none, the rows are not whole, or a number is not finite.
    pub fn new(values: Vec<Real>, columns: usize) -> Result<Self, Error> {
        if values.is_empty() || columns == 0 {
            return Err(Error::Data("there are no points: the data is empty".into()));
        }
        if !values.len().is_multiple_of(columns) {
            let problem = format!("{} numbers are no whole rows of {columns}", values.len());
            return Err(Error::Data(problem));
        }
        match values.iter().position(|value| !value.is_finite()) {
            Some(place) => Err(Error::Data(format!(
                "row {}, column {} holds {}; fill in or leave out what is missing",
                place / columns + 1,
                place % columns + 1,
                values[place]
            ))),
            None => Ok(Cloud { values, columns }),
        }
    }

    /// The samples of a set, the first `most` of them where that is given, and their classes, where they have classes.
    pub fn of(dataset: &dyn Dataset, most: Option<usize>) -> Result<(Self, Option<Vec<u32>>), Error> {
        let (rows, columns) = (most.map_or(dataset.len(), |most| most.min(dataset.len())), dataset.sample_len());
        let mut values = vec![0.0; rows * columns];
        let mut classes = Vec::with_capacity(rows);
        for (index, out) in values.chunks_exact_mut(columns.max(1)).enumerate() {
            if let Target::Class(class) = dataset.read(index, out)? {
                classes.push(class);
            }
            if let Some(column) = out.iter().position(|value| !value.is_finite()) {
                let (place, value) = (dataset.describe(index), out[column]);
                let column = column + 1;
                return Err(Error::Data(format!("{place}: column {column} holds {value}; fill it in or leave it out")));
            }
        }
        let classes = (classes.len() == rows).then_some(classes);
        Ok((Cloud::new(values, columns)?, classes))
    }

    /// How many points there are.
    pub fn rows(&self) -> usize {
        self.values.len() / self.columns
    }

    /// How many numbers each has.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// All numbers, row by row.
    pub fn values(&self) -> &[Real] {
        &self.values
    }

    /// One point.
    pub fn row(&self, index: usize) -> &[Real] {
        &self.values[index * self.columns..(index + 1) * self.columns]
    }

    /// The mean of each column.
    pub fn mean(&self) -> Vec<f64> {
        self.averages(
            #[inline(always)]
            |row, sums| sums.iter_mut().zip(row).for_each(|(sum, x)| *sum += *x as f64),
        )
    }

    /// The variance of each column about the given mean, divided by the number of rows.
    pub fn variance(&self, mean: &[f64]) -> Vec<f64> {
        self.averages(
            #[inline(always)]
            |row, sums| {
                for ((sum, x), mean) in sums.iter_mut().zip(row).zip(mean) {
                    *sum += (*x as f64 - mean) * (*x as f64 - mean);
                }
            },
        )
    }

    /// Each column less its mean and divided by its standard deviation, so that its unit does not matter. A constant column
    /// becomes zeros.
    #[must_use]
    pub fn standardized(&self) -> Self {
        let mean = self.mean();
        let deviation: Vec<f64> = self.variance(&mean).iter().map(|variance| variance.sqrt()).collect();
        let mut values = self.values.clone();
        for row in values.chunks_exact_mut(self.columns) {
            for ((x, mean), deviation) in row.iter_mut().zip(&mean).zip(&deviation) {
                *x = if *deviation > 0.0 { ((*x as f64 - mean) / deviation) as Real } else { 0.0 };
            }
        }
        Cloud { values, columns: self.columns }
    }

    /// What `add` sums up for each column over all rows, divided by their number. The threads share the rows.
    fn averages(&self, add: impl Fn(&[Real], &mut [f64]) + Sync) -> Vec<f64> {
        /// Rows that are summed up by one task.
        const ROWS: usize = 256;
        let (columns, rows) = (self.columns, self.rows());
        let (add, mut partial) = (&add, vec![0.0; rows.div_ceil(ROWS) * columns]);
        parallel_chunks(&mut partial, columns, &|task, sums| {
            vectorize(
                #[inline(always)]
                move || {
                    for row in task * ROWS..((task + 1) * ROWS).min(rows) {
                        add(self.row(row), sums);
                    }
                },
            );
        });
        let mut sums = vec![0.0; columns];
        for partial in partial.chunks_exact(columns) {
            sums.iter_mut().zip(partial).for_each(|(sum, x)| *sum += x);
        }
        sums.into_iter().map(|sum| sum / rows as f64).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_points_are_named() {
        let problem = |values: &[Real], columns| Cloud::new(values.to_vec(), columns).unwrap_err().to_string();
        assert_eq!(problem(&[], 3), "there are no points: the data is empty");
        assert_eq!(problem(&[1.0; 4], 3), "4 numbers are no whole rows of 3");
        assert_eq!(
            problem(&[1.0, 2.0, 3.0, Real::NAN], 2),
            "row 2, column 2 holds NaN; fill in or leave out what is missing"
        );
    }

    #[test]
    fn means_and_variances_are_those_of_the_formulas() {
        let points = Cloud::new(vec![1.0, 5.0, 3.0, 5.0], 2).unwrap();
        assert_eq!(points.mean(), [2.0, 5.0]);
        assert_eq!(points.variance(&[2.0, 5.0]), [1.0, 0.0]);
        assert_eq!(points.standardized().values(), [-1.0, 0.0, 1.0, 0.0]);
    }
}
