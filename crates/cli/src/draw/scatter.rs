//! Predicted against true values.

use super::color::{AXIS, Color};
use super::drawing::{Drawing, HEADER, MARGIN, Stroke};
use super::number;
use super::panel::{FOOT, Panel, left_margin};
use super::scale::{Scale, Unit, drawable, range};

const SIDE: f32 = 440.0;
/// More points than this are thinned evenly: they would hide one another, and swell the SVG.
const MOST_POINTS: usize = 4000;

/// Draws each prediction over its true value, with the line on which they would be equal, and says the root of the mean
/// squared error and R², the share of the variance that is explained. `value_name` names the target, with its unit.
///
/// # Panics
/// If there are not as many predictions as true values.
pub fn regression_scatter(title: &str, value_name: &str, truth: &[f64], predicted: &[f64]) -> Drawing {
    assert_eq!(truth.len(), predicted.len(), "regression_scatter: as many predictions as true values");
    let both = truth.iter().copied().zip(predicted.iter().copied());
    let points: Vec<(f64, f64)> = both.filter(|(t, p)| drawable(*t) && drawable(*p)).collect();
    let range = range(points.iter().flat_map(|(truth, predicted)| [*truth, *predicted]));
    let scale = Scale::padded(range, 6, Unit::Plain);

    let left = left_margin([&scale]);
    let panel = Panel { left, top: HEADER, width: SIDE, height: SIDE, x: scale.clone(), y: scale };
    let (width, height) = (panel.right() + MARGIN * 1.5, panel.bottom() + FOOT + MARGIN / 2.0);
    let mut drawing = Drawing::new(width, height, title, &in_words(truth.len(), &points));
    panel.axes(&mut drawing, Some(&format!("true {value_name}")), &format!("predicted {value_name}"));
    let ends = vec![(panel.left, panel.bottom()), (panel.right(), panel.top)];
    drawing.line(ends, Stroke { color: AXIS, width: 1.2, dashed: true });
    let (radius, alpha) = if points.len() > 300 { (2.2, 90) } else { (3.0, 160) };
    for (truth, predicted) in points.iter().step_by(points.len().div_ceil(MOST_POINTS).max(1)) {
        let (x, y) = panel.place(*truth, *predicted);
        drawing.dot(x, y, radius, Color::series(0).with_alpha(alpha), 0.0);
    }
    if points.is_empty() {
        panel.note(&mut drawing, "no finite pair");
    }
    drawing
}

/// `2,000 pairs, RMSE 3.21, R² 0.874, one in 2 drawn, 1 not finite`.
fn in_words(all: usize, points: &[(f64, f64)]) -> String {
    let mut words = vec![number::counted(all, "pair")];
    if !points.is_empty() {
        let count = points.len() as f64;
        let mean = points.iter().map(|(truth, _)| truth / count).sum::<f64>();
        let variance = points.iter().map(|(truth, _)| (truth - mean).powi(2) / count).sum::<f64>();
        let error = points.iter().map(|(truth, predicted)| (predicted - truth).powi(2) / count).sum::<f64>();
        words.push(format!("RMSE {}", number::short(error.sqrt())));
        if variance > 0.0 {
            words.push(format!("R² {}", number::short(1.0 - error / variance)));
        }
    }
    if points.len() > MOST_POINTS {
        words.push(format!("one in {} drawn", points.len().div_ceil(MOST_POINTS)));
    }
    if points.len() < all {
        words.push(format!("{} not finite", number::count((all - points.len()) as u64)));
    }
    words.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_those_of_the_formulas() {
        // Truth 1, 2, 3 has variance 2/3; errors 0, 1, 0 have the mean square 1/3.
        let points = [(1.0, 1.0), (2.0, 3.0), (3.0, 3.0)];
        assert_eq!(in_words(4, &points), "4 pairs, RMSE 0.5774, R² 0.5, 1 not finite");
    }
}
