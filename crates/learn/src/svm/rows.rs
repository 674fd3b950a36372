//! Rows of the kernel matrix: made when they are asked for, the last used kept in memory (as Joachims' SVMlight, 1998).

use gradus_core::Tensor;

use super::kernel::Prepared;

/// The rows in memory.
pub struct Rows<'a> {
    points: &'a Prepared,
    kept: Vec<Option<Tensor>>,
    /// When each was asked for last.
    used: Vec<u64>,
    clock: u64,
    in_memory: usize,
    most: usize,
}

impl<'a> Rows<'a> {
    /// With room for so many bytes, at least two rows.
    pub fn new(points: &'a Prepared, bytes: usize) -> Self {
        let count = points.len();
        let most = (bytes / (4 * count)).clamp(2, count.max(2));
        Rows { points, kept: vec![None; count], used: vec![0; count], clock: 0, in_memory: 0, most }
    }

    /// Row `index`.
    pub fn get(&mut self, index: usize) -> Tensor {
        self.clock += 1;
        self.used[index] = self.clock;
        if let Some(row) = &self.kept[index] {
            return row.clone();
        }
        if self.in_memory == self.most {
            let oldest =
                (0..self.kept.len()).filter(|place| self.kept[*place].is_some()).min_by_key(|place| self.used[*place]);
            self.kept[oldest.expect("the memory is full")] = None;
            self.in_memory -= 1;
        }
        let row = self.points.row(index);
        self.kept[index] = Some(row.clone());
        self.in_memory += 1;
        row
    }
}
