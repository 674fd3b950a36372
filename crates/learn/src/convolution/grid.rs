//! Grids: (a * b)\[i, j] = sum over u, v of a\[u, v] b\[i - u, j - v].

use gradus_core::Error;

use super::extent::Extent;
use super::sequence::check;

/// Numbers in rows and columns: a picture of one channel, or a kernel.
#[derive(Clone, Debug, PartialEq)]
pub struct Grid {
    values: Vec<f64>,
    rows: usize,
    columns: usize,
}

impl Grid {
    /// A grid of these values, row by row.
    ///
    /// Errors: another count than rows times columns, none, or values that are not finite.
    pub fn new(values: impl Into<Vec<f64>>, rows: usize, columns: usize) -> Result<Self, Error> {
        let values = values.into();
        check("the grid", &values)?;
        if values.len() != rows * columns {
            let problem = format!("{} numbers do not fill {rows} rows of {columns}; give one for each", values.len());
            return Err(Error::Data(problem));
        }
        Ok(Grid { values, rows, columns })
    }

    /// A grid from rows as they are written.
    ///
    /// Errors: rows of different lengths, none, or values that are not finite.
    pub fn from_rows(rows: &[Vec<f64>]) -> Result<Self, Error> {
        let columns = rows.first().map_or(0, Vec::len);
        if let Some(place) = rows.iter().position(|row| row.len() != columns) {
            let (number, count) = (place + 1, rows[place].len());
            let problem = format!("row {number} has {count} numbers, row 1 has {columns}; all rows must be as long");
            return Err(Error::Data(problem));
        }
        Self::new(rows.concat(), rows.len(), columns)
    }

    pub(super) fn build(rows: usize, columns: usize, value: impl Fn(usize, usize) -> f64) -> Self {
        let values = (0..rows * columns).map(|place| value(place / columns, place % columns)).collect();
        Grid { values, rows, columns }
    }

    /// All values, row by row.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// How many rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// How many columns.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// The value in a row and a column.
    pub fn at(&self, row: usize, column: usize) -> f64 {
        self.values[row * self.columns + column]
    }

    /// Turned by half a circle: what a convolution does to its kernel, and a correlation does not.
    #[must_use]
    pub fn flipped(&self) -> Self {
        Grid { values: self.values.iter().rev().copied().collect(), ..*self }
    }
}

/// The convolution of two grids, by its definition: rows times columns of both multiplications.
///
/// Extents hold along both axes, as in SciPy's `convolve2d`; `valid` asks that one grid fits into the other.
///
/// Errors: with `valid`, two grids of which neither fits into the other.
pub fn convolve_grids(a: &Grid, b: &Grid, extent: Extent) -> Result<Grid, Error> {
    let [rows, columns] = kept(a, b, extent)?;
    let (first_row, first_column) = (rows.start, columns.start);
    Ok(Grid::build(rows.len(), columns.len(), |row, column| {
        let (i, j) = (first_row + row, first_column + column);
        let mut sum = 0.0;
        for u in (i + 1).saturating_sub(b.rows)..=i.min(a.rows - 1) {
            for v in (j + 1).saturating_sub(b.columns)..=j.min(a.columns - 1) {
                sum += a.at(u, v) * b.at(i - u, j - v);
            }
        }
        sum
    }))
}

/// The cross-correlation of two grids: the convolution with the second one [`flipped`](Grid::flipped).
///
/// Errors: as [`convolve_grids`].
pub fn correlate_grids(a: &Grid, b: &Grid, extent: Extent) -> Result<Grid, Error> {
    convolve_grids(a, &b.flipped(), extent)
}

/// The rows and columns of the full convolution that are kept.
pub(super) fn kept(a: &Grid, b: &Grid, extent: Extent) -> Result<[std::ops::Range<usize>; 2], Error> {
    let fits = |small: &Grid, large: &Grid| small.rows <= large.rows && small.columns <= large.columns;
    if extent == Extent::Valid && !fits(a, b) && !fits(b, a) {
        return Err(Error::Data(format!(
            "a grid of {}x{} and one of {}x{} have no valid convolution, since neither fits into the other; ask for full or same",
            a.rows, a.columns, b.rows, b.columns
        )));
    }
    Ok([extent.kept(a.rows, b.rows), extent.kept(a.columns, b.columns)])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid(rows: &[&[f64]]) -> Grid {
        Grid::from_rows(&rows.iter().map(|row| row.to_vec()).collect::<Vec<_>>()).unwrap()
    }

    #[test]
    fn extents_are_scipys() {
        // scipy.signal.convolve2d([[1, 2, 3], [4, 5, 6]], [[1, 0], [2, -1], [0, 3]], mode)
        let (a, b) = (grid(&[&[1.0, 2.0, 3.0], &[4.0, 5.0, 6.0]]), grid(&[&[1.0, 0.0], &[2.0, -1.0], &[0.0, 3.0]]));
        let full = convolve_grids(&a, &b, Extent::Full).unwrap();
        let expected =
            grid(&[&[1.0, 2.0, 3.0, 0.0], &[6.0, 8.0, 10.0, -3.0], &[8.0, 9.0, 13.0, 3.0], &[0.0, 12.0, 15.0, 18.0]]);
        assert_eq!(full, expected);
        let same = convolve_grids(&a, &b, Extent::Same).unwrap();
        assert_eq!(same, grid(&[&[6.0, 8.0, 10.0], &[8.0, 9.0, 13.0]]));
        assert!(convolve_grids(&a, &b, Extent::Valid).unwrap_err().to_string().contains("neither fits"));
        let inner = convolve_grids(&a, &grid(&[&[1.0, -1.0]]), Extent::Valid).unwrap();
        assert_eq!(inner, grid(&[&[1.0, 1.0], &[1.0, 1.0]]));
    }

    #[test]
    fn correlation_is_the_other_way_round() {
        let (a, b) = (grid(&[&[1.0, 2.0], &[3.0, 4.0]]), grid(&[&[1.0, 2.0], &[3.0, 4.0]]));
        assert_eq!(correlate_grids(&a, &b, Extent::Valid).unwrap().values(), [30.0]);
        assert_eq!(convolve_grids(&a, &b, Extent::Valid).unwrap().values(), [20.0]);
    }

    #[test]
    fn rows_of_different_lengths_are_named() {
        let error = Grid::from_rows(&[vec![1.0, 2.0], vec![3.0]]).unwrap_err().to_string();
        assert!(error.contains("row 2 has 1 numbers, row 1 has 2"), "{error}");
    }
}
