//! How values spread.

use super::color::Color;
use super::drawing::{Drawing, HEADER, MARGIN};
use super::number;
use super::panel::{FOOT, Panel, left_margin};
use super::scale::{Scale, Unit, drawable, range};

const WIDTH: f32 = 780.0;
const HEIGHT: f32 = 280.0;

/// Draws how often values fall into bins of equal width, with their number, mean and standard deviation. `value_name` names
/// the level axis. Values that are not finite are counted apart.
///
/// The bins follow Freedman and Diaconis (1981), 2 IQR / ∛n wide, but are between 10 and 80; whole numbers of a small range
/// have a bin each.
pub fn histogram(title: &str, value_name: &str, values: &[f64]) -> Drawing {
    let mut sorted: Vec<f64> = values.iter().copied().filter(|value| drawable(*value)).collect();
    sorted.sort_by(f64::total_cmp);
    let bins = Bins::of(&sorted);
    let counts = bins.count(&sorted);

    let most = counts.iter().copied().max().unwrap_or(0).max(1);
    let y = Scale::exact(0.0, most as f64 * 1.04, 5, Unit::Whole);
    let x = Scale::exact(bins.low, bins.edge(counts.len()), 10, Unit::Plain);
    let left = left_margin([&y]);
    let panel = Panel { left, top: HEADER, width: WIDTH - left - MARGIN, height: HEIGHT, x, y };
    let mut drawing =
        Drawing::new(WIDTH, panel.bottom() + FOOT + MARGIN / 2.0, title, &in_words(values.len(), &sorted));
    panel.axes(&mut drawing, Some(value_name), "count");
    for (index, count) in counts.iter().enumerate() {
        let (left, top) = panel.place(bins.edge(index), *count as f64);
        let (right, bottom) = panel.place(bins.edge(index + 1), 0.0);
        let gap = ((right - left) * 0.1).clamp(1.0, 8.0);
        drawing.rectangle(left + gap / 2.0, top, right - left - gap, bottom - top, Color::series(0));
    }
    if sorted.is_empty() {
        panel.note(&mut drawing, "no finite value");
    }
    drawing
}

/// Bins of equal width from `low` on.
struct Bins {
    low: f64,
    width: f64,
    number: usize,
}

impl Bins {
    /// The bins for values in ascending order.
    fn of(sorted: &[f64]) -> Self {
        let (low, high) = range(sorted.iter().copied()).unwrap_or((0.0, 1.0));
        let spread = high - low;
        let whole = sorted.iter().all(|value| value.fract() == 0.0);
        if whole && spread <= 80.0 {
            return Self { low: low - 0.5, width: 1.0, number: spread as usize + 1 };
        }
        if spread <= low.abs().max(high.abs()) * 1e-9 {
            // One bar, with an empty bin on both sides to show where it stands.
            let width = low.abs() * 0.1;
            return Self { low: low - 1.5 * width, width, number: 3 };
        }
        let quartiles = sorted[sorted.len() * 3 / 4] - sorted[sorted.len() / 4];
        let wanted = 2.0 * quartiles / (sorted.len() as f64).cbrt();
        // Where half of the values are equal, `wanted` is zero and the number of bins is the most.
        let number = (spread / wanted).ceil().clamp(10.0, 80.0) as usize;
        Self { low, width: spread / number as f64, number }
    }

    fn edge(&self, index: usize) -> f64 {
        self.low + self.width * index as f64
    }

    fn count(&self, values: &[f64]) -> Vec<u64> {
        let mut counts = vec![0; self.number];
        for value in values {
            let index = ((value - self.low) / self.width) as usize;
            counts[index.min(self.number - 1)] += 1;
        }
        counts
    }
}

/// `12,000 values, mean 0.286, standard deviation 0.353, 3 not finite`.
fn in_words(all: usize, finite: &[f64]) -> String {
    let count = finite.len() as f64;
    let mut words = vec![number::counted(all, "value")];
    if let (Some(first), Some(last)) = (finite.first(), finite.last()) {
        let mean = finite.iter().sum::<f64>() / count;
        let variance = finite.iter().map(|value| (value - mean).powi(2) / count).sum::<f64>();
        // The mean of equal values need not be that value to the last bit.
        let deviation = if first == last { 0.0 } else { variance.sqrt() };
        words.push(format!("mean {}", number::short(mean)));
        words.push(format!("standard deviation {}", number::short(deviation)));
    }
    if finite.len() < all {
        words.push(format!("{} not finite", number::count((all - finite.len()) as u64)));
    }
    words.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_is_in_one_bin() {
        for values in
            [vec![], vec![3.7], vec![0.1; 9], vec![1.0, 2.0, 5.0], (0..1000).map(|i| f64::from(i).sin()).collect()]
        {
            let mut sorted: Vec<f64> = values;
            sorted.sort_by(f64::total_cmp);
            let bins = Bins::of(&sorted);
            assert_eq!(bins.count(&sorted).iter().sum::<u64>(), sorted.len() as u64);
        }
    }

    #[test]
    fn labels_have_a_bin_each() {
        assert_eq!(Bins::of(&[0.0, 0.0, 1.0, 3.0]).count(&[0.0, 0.0, 1.0, 3.0]), [2, 1, 0, 1]);
    }

    #[test]
    fn what_is_not_finite_is_told() {
        assert_eq!(in_words(3, &[1.0, 3.0]), "3 values, mean 2, standard deviation 1, 1 not finite");
    }
}
