//! Rows of a table by number, as an embedding looks them up: y\[i] = table\[rows\[i]]. The gradient of the table is the sum, row by
//! row, of what came back for it, added in the order of the numbers.

use gradus_kernels::gather;
use smallvec::smallvec;

use crate::graph::{InputGradients, Op, Pull, apply};
use crate::tensor::{Indices, Shape, Tensor};

/// A table `[count, ..]` and numbers `[n..]` give `[n.., ..]`.
struct GatherRows {
    rows: Indices,
}

/// The transpose: `[n.., ..]` to a table of `count` rows.
struct ScatterRows {
    rows: Indices,
    count: usize,
}

impl Op for GatherRows {
    const NAME: &'static str = "gather_rows";
    type Saved = usize;

    fn infer(&self, inputs: &[Shape]) -> Result<Shape, String> {
        let (table, rows) = (inputs[0], self.rows.shape());
        if table.rank() == 0 {
            return Err("needs a table [rows, ..], not a single number".into());
        }
        match self.rows.as_slice().iter().position(|row| *row as usize >= table[0]) {
            Some(at) => Err(format!(
                "number {} at place {at} is beyond the {} rows of the table; table {table}; rows count from 0",
                self.rows.as_slice()[at],
                table[0]
            )),
            None => Ok(rows.iter().chain(&table[1..]).copied().collect()),
        }
    }

    fn forward(&self, inputs: &[&Tensor], shape: Shape) -> (Tensor, usize) {
        let table = inputs[0];
        let width: usize = table.shape()[1..].iter().product();
        let output = Tensor::build(shape, |out| {
            if width > 0 {
                gather::gather_rows(table.as_slice(), width, self.rows.as_slice(), out);
            }
        });
        (output, table.shape()[0])
    }

    fn backward(&self, count: &usize, _: &Pull<'_>, grad: &Tensor) -> InputGradients {
        smallvec![Some(apply(ScatterRows { rows: self.rows.clone(), count: *count }, &[grad]))]
    }
}

impl Op for ScatterRows {
    const NAME: &'static str = "scatter_rows";
    type Saved = ();

    fn infer(&self, inputs: &[Shape]) -> Result<Shape, String> {
        Ok([self.count].iter().chain(&inputs[0][self.rows.shape().rank()..]).copied().collect())
    }

    fn forward(&self, inputs: &[&Tensor], shape: Shape) -> (Tensor, ()) {
        let width: usize = shape[1..].iter().product();
        let output = Tensor::build(shape, |out| {
            out.fill(0.0);
            if width > 0 {
                gather::scatter_add_rows(inputs[0].as_slice(), width, self.rows.as_slice(), out);
            }
        });
        (output, ())
    }

    fn backward(&self, (): &(), _: &Pull<'_>, grad: &Tensor) -> InputGradients {
        smallvec![Some(apply(GatherRows { rows: self.rows.clone() }, &[grad]))]
    }
}

impl Tensor {
    /// Rows of this table by number: `[count, ..]` and numbers `[n..]` give `[n.., ..]`.
    ///
    /// ```
    /// use gradus_core::{Indices, Tensor};
    /// let table = Tensor::from([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]);
    /// assert_eq!(table.gather_rows(&Indices::from([2, 0])).to_vec(), [5.0, 6.0, 1.0, 2.0]);
    /// ```
    #[track_caller]
    #[must_use]
    pub fn gather_rows(&self, rows: &Indices) -> Tensor {
        apply(GatherRows { rows: rows.clone() }, &[self])
    }
}
