//! Learning curves of a run.

use super::color::{AXIS, Color};
use super::drawing::{Drawing, HEADER, MARGIN, SMALL, Stroke, crisp};
use super::number;
use super::panel::{EndLabel, FOOT, Panel, Swatch, left_margin, legend, right_margin};
use super::scale::{Scale, Unit, drawable, range};

/// What a run measured, one value for each entry of `x`. A series that was not measured is empty, a value that is missing
/// is NaN; panels without any series are left out.
#[derive(Clone, Copy, Debug)]
pub struct LearningCurves<'a> {
    /// Epochs or steps, ascending.
    pub x: &'a [f64],
    /// What `x` counts: `epoch`.
    pub x_name: &'a str,
    pub loss: TrainValidation<'a>,
    /// What the score is: `accuracy`.
    pub score_name: &'a str,
    /// Whether the score is a share, to be shown as per cent.
    pub score_is_share: bool,
    pub score: TrainValidation<'a>,
    pub learning_rate: &'a [f64],
    /// The index of the epoch whose weights were kept.
    pub best: Option<usize>,
}

/// The same measure on the pictures that are learned from and on those held out.
#[derive(Clone, Copy, Debug, Default)]
pub struct TrainValidation<'a> {
    pub train: &'a [f64],
    pub validation: &'a [f64],
}

const WIDTH: f32 = 780.0;
const GAP: f32 = 26.0;
const TRAIN: usize = 0;
const VALIDATION: usize = 1;
const RATE: usize = 6;

/// One panel to be: its name, its series, and how its numbers are shown.
struct Row<'a> {
    name: &'a str,
    series: Vec<(&'static str, &'a [f64], Color)>,
    unit: Unit,
    height: f32,
    scale: Scale,
}

impl Row<'_> {
    fn values(&self) -> impl Iterator<Item = f64> {
        self.series.iter().flat_map(|(_, values, _)| values.iter().copied())
    }

    fn show(&self, value: f64) -> String {
        if self.unit == Unit::Percent { number::percent(value) } else { number::short(value) }
    }

    fn end_labels(&self) -> Vec<EndLabel> {
        let label = |(name, values, color): &(&str, &[f64], Color)| {
            let last = values.iter().copied().rfind(|value| drawable(*value));
            let shown = last.map_or_else(|| "–".to_owned(), |value| self.show(value));
            let text = if name.is_empty() { shown } else { format!("{name} {shown}") };
            EndLabel { text, value: last, color: *color }
        };
        self.series.iter().map(label).collect()
    }
}

/// Draws loss, score and learning rate against the epoch, panel under panel. The best epoch is marked in all of them, and
/// each curve ends in its last value.
pub fn learning_curves(title: &str, curves: &LearningCurves) -> Drawing {
    let rows = rows(curves);
    let labels: Vec<_> = rows.iter().map(Row::end_labels).collect();
    let left = left_margin(rows.iter().map(|row| &row.scale));
    let right = right_margin(labels.iter().flatten());
    let x = Scale::steps(range(curves.x.iter().copied()), 10);

    let mut top = HEADER + 28.0;
    let height = top + rows.iter().map(|row| row.height + GAP).sum::<f32>() - GAP + FOOT + MARGIN / 2.0;
    let mut drawing = Drawing::new(WIDTH, height, title, &best_in_words(curves));
    let last = rows.len().saturating_sub(1);
    let best = curves.best.and_then(|index| Some((index, *curves.x.get(index)?))).filter(|(_, x)| drawable(*x));

    legend_of(&mut drawing, curves, WIDTH - right);
    for (index, (row, labels)) in rows.iter().zip(&labels).enumerate() {
        let panel =
            Panel { left, top, width: WIDTH - left - right, height: row.height, x: x.clone(), y: row.scale.clone() };
        panel.axes(&mut drawing, (index == last).then_some(curves.x_name), row.name);
        if let Some((_, epoch)) = best {
            let (x, _) = panel.place(epoch, 0.0);
            let line = vec![(crisp(x), panel.top), (crisp(x), panel.bottom())];
            drawing.line(line, Stroke { color: AXIS, width: 1.0, dashed: true });
            if index == 0 {
                drawing.text(crisp(x), panel.top - 7.0, "best", SMALL.middle());
            }
        }
        for (_, values, color) in &row.series {
            panel.curve(&mut drawing, curves.x.iter().copied().zip(values.iter().copied()), *color, false);
        }
        if let (Some((best, epoch)), Some((_, values, color))) =
            (best, row.series.iter().find(|(name, ..)| *name == "validation"))
            && let Some(value) = values.get(best)
        {
            panel.ring(&mut drawing, epoch, *value, *color);
        }
        if range(row.values()).is_none() {
            panel.note(&mut drawing, "no finite value");
        }
        panel.end_labels(&mut drawing, labels);
        top += row.height + GAP;
    }
    drawing
}

fn rows<'a>(curves: &LearningCurves<'a>) -> Vec<Row<'a>> {
    let pair = |pair: TrainValidation<'a>| {
        let both =
            [("train", pair.train, Color::series(TRAIN)), ("validation", pair.validation, Color::series(VALIDATION))];
        both.into_iter().filter(|(_, values, _)| !values.is_empty()).collect::<Vec<_>>()
    };
    let mut rows = Vec::new();
    let mut add = |name,
                   series: Vec<(&'static str, &'a [f64], Color)>,
                   unit,
                   height,
                   scale: fn(Option<(f64, f64)>, Unit) -> Scale| {
        if !series.is_empty() {
            let range = range(series.iter().flat_map(|(_, values, _)| values.iter().copied()));
            rows.push(Row { name, series, unit, height, scale: scale(range, unit) });
        }
    };
    let unit = if curves.score_is_share { Unit::Percent } else { Unit::Plain };
    add("loss", pair(curves.loss), Unit::Plain, 200.0, |range, _| Scale::for_loss(range, 7));
    add(curves.score_name, pair(curves.score), unit, 200.0, |range, unit| Scale::padded(range, 7, unit));
    if !curves.learning_rate.is_empty() {
        let series = vec![("", curves.learning_rate, Color::series(RATE))];
        add("learning rate", series, Unit::Plain, 96.0, |range, unit| Scale::padded(range, 4, unit));
    }
    rows
}

/// Names of the colours, over the first panel.
fn legend_of(drawing: &mut Drawing, curves: &LearningCurves, right: f32) {
    let mut entries = Vec::new();
    if !curves.loss.train.is_empty() || !curves.score.train.is_empty() {
        entries.push(("train", Color::series(TRAIN), Swatch::Line));
    }
    if !curves.loss.validation.is_empty() || !curves.score.validation.is_empty() {
        entries.push(("validation", Color::series(VALIDATION), Swatch::Line));
    }
    legend(drawing, right, HEADER, &entries);
}

/// `Best epoch 7: validation loss 0.2714, accuracy 90.6 %`.
fn best_in_words(curves: &LearningCurves) -> String {
    if curves.x.is_empty() {
        return "nothing measured yet".to_owned();
    }
    let Some((index, x)) = curves.best.and_then(|index| Some((index, curves.x.get(index)?))) else {
        return String::new();
    };
    let at = |values: &[f64]| values.get(index).copied().filter(|value| value.is_finite());
    let loss = at(curves.loss.validation).map(|loss| format!("loss {}", number::short(loss)));
    let score = at(curves.score.validation).map(|score| {
        let shown = if curves.score_is_share { number::percent(score) } else { number::short(score) };
        format!("{} {shown}", curves.score_name)
    });
    let measured: Vec<String> = loss.into_iter().chain(score).collect();
    let best = format!("Best {} {}", curves.x_name, number::short(*x));
    if measured.is_empty() { best } else { format!("{best}: validation {}", measured.join(", ")) }
}
