//! From data to components and back.

use gradus_core::compute::{Epilogue, Matrix, gemm};
use gradus_core::{Error, Real};

use super::Pca;
use crate::Cloud;

impl Pca {
    /// Each row as its components, `[rows, count]`: y = W(x - m), divided by the standard deviations where `whiten` says so.
    ///
    /// # Errors
    /// When the points have another number of columns.
    pub fn transform(&self, points: &Cloud) -> Result<Cloud, Error> {
        let (rows, columns, count) = (points.rows(), self.columns(), self.count());
        if points.columns() != columns {
            return Err(Error::Data(format!(
                "the data has {} columns, the PCA was fitted on {columns}; give it data of those columns",
                points.columns()
            )));
        }
        let mut centred = points.values().to_vec();
        for row in centred.chunks_exact_mut(columns) {
            row.iter_mut().zip(&self.mean).for_each(|(x, mean)| *x -= mean);
            if let Some(scale) = &self.scale {
                row.iter_mut().zip(scale).for_each(|(x, scale)| *x /= scale);
            }
        }
        let mut out = vec![0.0; rows * count];
        let left = Matrix { data: &centred, rows, columns, transposed: false };
        let right = Matrix { data: &self.components, rows: columns, columns: count, transposed: true };
        gemm(left, right, &mut out, false, Epilogue::default());
        if self.whiten {
            for row in out.chunks_exact_mut(count) {
                row.iter_mut().zip(&self.variance).for_each(|(y, variance)| *y /= variance.sqrt());
            }
        }
        Cloud::new(out, count)
    }

    /// The nearest data that has these components: x = W'y + m.
    ///
    /// # Errors
    /// When the points have another number of columns than there are components.
    pub fn inverse(&self, points: &Cloud) -> Result<Cloud, Error> {
        let (rows, columns, count) = (points.rows(), self.columns(), self.count());
        if points.columns() != count {
            return Err(Error::Data(format!("the data has {} columns, the PCA {count} components", points.columns())));
        }
        let mut components = points.values().to_vec();
        if self.whiten {
            for row in components.chunks_exact_mut(count) {
                row.iter_mut().zip(&self.variance).for_each(|(y, variance)| *y *= variance.sqrt());
            }
        }
        let mut out: Vec<Real> = vec![0.0; rows * columns];
        let left = Matrix { data: &components, rows, columns: count, transposed: false };
        let right = Matrix { data: &self.components, rows: count, columns, transposed: false };
        gemm(left, right, &mut out, false, Epilogue::default());
        for row in out.chunks_exact_mut(columns) {
            if let Some(scale) = &self.scale {
                row.iter_mut().zip(scale).for_each(|(x, scale)| *x *= scale);
            }
            row.iter_mut().zip(&self.mean).for_each(|(x, mean)| *x += mean);
        }
        Cloud::new(out, columns)
    }
}
