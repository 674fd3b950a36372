//! What `gradus credit` draws.

use gradus::learn::credit::{Applicants, Comparison, ComparisonOptions, CreditModel, Explanation, Judged};
use gradus::learn::logistic::sigmoid;

use crate::draw::{Axis, BarSeries, Color, Drawing, Mark, Plot, bars, plots};

/// Thresholds of the curve of costs.
const THRESHOLDS: usize = 201;
/// Bars of the reasons; smaller ones are added up.
const SHOWN: usize = 12;

/// ROC, calibration and cost of all models, side by side.
pub fn comparison(name: &str, applicants: &Applicants, found: &Comparison, options: &ComparisonOptions) -> Drawing {
    let bad = &applicants.outcomes[1];
    let title = format!("Four models on {name}: {} rows, {} folds", applicants.len(), options.folds);
    let subtitle = format!(
        "Left: the nearer to the upper left corner, the better. Middle: on the dashed line, probabilities are true. Right: the lower, the better; dashed: refusing from {:.1} % on.",
        100.0 * options.costs.threshold()
    );
    plots(&title, &subtitle, 3, (330.0, 300.0), &[roc(found, bad), calibration(found, bad), costs(found, bad, options)])
}

/// One line for each model.
fn curves(found: &Comparison, points: impl Fn(&Judged) -> Vec<(f64, f64)>) -> Vec<Mark> {
    let short = ["logistic", "MLP", "SVM", "bagged"];
    let curve = |(place, judged): (usize, &Judged)| Mark::Curve {
        name: short.get(judged.kind as usize).copied().unwrap_or_default().into(),
        points: points(judged),
        color: Color::series(place),
        width: 1.8,
        dashed: false,
    };
    found.judged.iter().enumerate().map(curve).collect()
}

fn dashed(points: Vec<(f64, f64)>) -> Mark {
    Mark::Curve { name: String::new(), points, color: Color::hex(0x7a_82_8a), width: 1.2, dashed: true }
}

fn roc(found: &Comparison, bad: &str) -> Plot {
    let mut marks = vec![dashed(vec![(0.0, 0.0), (1.0, 1.0)])];
    marks.extend(curves(found, |judged| judged.roc.shares()));
    Plot {
        title: "ROC".into(),
        x: Axis::new("share of the others refused", 0.0, 1.0),
        y: Axis::new(format!("share of outcome {bad} refused"), 0.0, 1.0),
        marks,
    }
}

fn calibration(found: &Comparison, bad: &str) -> Plot {
    let mut marks = vec![dashed(vec![(0.0, 0.0), (1.0, 1.0)])];
    let points = |judged: &Judged| judged.bins.iter().map(|bin| (bin.probability, bin.share)).collect::<Vec<_>>();
    marks.extend(curves(found, points));
    for (place, judged) in found.judged.iter().enumerate() {
        let color = Color::series(place);
        marks.push(Mark::Dots { name: String::new(), points: points(judged), color, radius: 3.0 });
    }
    Plot {
        title: "calibration".into(),
        x: Axis::new(format!("probability of {bad} given, ten bins"), 0.0, 1.0),
        y: Axis::new(format!("share of {bad} found"), 0.0, 1.0),
        marks,
    }
}

fn costs(found: &Comparison, bad: &str, options: &ComparisonOptions) -> Plot {
    let at = |judged: &Judged, threshold: f64| options.costs.mean(&judged.probabilities, &judged.bad, threshold);
    let threshold = |place: usize| place as f64 / (THRESHOLDS - 1) as f64;
    let points =
        |judged: &Judged| (0..THRESHOLDS).map(|place| (threshold(place), at(judged, threshold(place)))).collect();
    let most = found.judged.iter().map(|judged| at(judged, 1.0)).fold(found.without_model, f64::max);
    let chosen = options.costs.threshold();
    let mut marks = vec![dashed(vec![(chosen, 0.0), (chosen, 1.1 * most)])];
    marks.extend(curves(found, points));
    Plot {
        title: format!("cost, {}:{}", options.costs.missed, options.costs.false_alarm),
        x: Axis::new(format!("refused from this probability of {bad} on"), 0.0, 1.0),
        y: Axis::new("cost of a row", 0.0, 1.1 * most),
        marks,
    }
}

/// What each input adds to the log-odds, the largest first.
pub fn reasons(
    model: &CreditModel,
    fields: &[Option<f64>],
    found: &Explanation,
    order: &[usize],
    row: usize,
) -> Drawing {
    let values = &found.attribution.values;
    let shown = &order[..order.len().min(SHOWN)];
    let name = |place: &usize| {
        let input = &model.preparation.inputs()[*place];
        format!("{} = {}", input.name, input.in_words(fields[input.column]))
    };
    let mut names: Vec<String> = shown.iter().map(name).collect();
    let mut bar: Vec<f64> = shown.iter().map(|place| values[*place]).collect();
    let rest = &order[shown.len()..];
    if !rest.is_empty() {
        names.push(format!("{} others together", rest.len()));
        bar.push(rest.iter().map(|place| values[*place]).sum());
    }
    let bad = &model.outcomes[1];
    let [before, after] = [found.attribution.base, found.attribution.score].map(|z| 100.0 * sigmoid(z));
    let word = if found.refused { "refused" } else { "approved" };
    let title = format!("Row {row} is {word}: {bad} with {after:.1} % against {before:.1} % for the mean row");
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let axis = format!("what it adds to the log-odds of {bad}: to the right speaks against the applicant");
    bars(&title, &axis, &names, &[BarSeries { name: "", values: &bar }])
}
