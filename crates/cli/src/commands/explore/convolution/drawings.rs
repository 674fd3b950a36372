//! The drawings: a sequence under a flipped one, step by step; two functions and their convolution; what both methods take.

use gradus::learn::convolution::Step;

use super::Timed;
use super::functions::{Curve, Function};
use crate::draw::{Axis, Color, Drawing, Mark, Plot, plots};

const FIRST: usize = 0;
const SECOND: usize = 1;
const RESULT: usize = 2;

/// Upright lines with dots on their ends, and the level at 0.
fn stems(name: &str, values: impl Iterator<Item = (f64, f64)>, color: Color) -> Vec<Mark> {
    let points: Vec<(f64, f64)> = values.collect();
    let lines = points.iter().flat_map(|(x, y)| [(*x, 0.0), (*x, *y), (f64::NAN, f64::NAN)]).collect();
    vec![
        Mark::Curve { name: String::new(), points: lines, color, width: 2.0, dashed: false },
        Mark::Dots { name: name.to_owned(), points, color, radius: 4.0 },
    ]
}

fn numbered(values: &[f64]) -> impl Iterator<Item = (f64, f64)> {
    values.iter().enumerate().map(|(place, value)| (place as f64, *value))
}

fn height<'a>(name: &str, values: impl IntoIterator<Item = &'a f64>) -> Axis {
    Axis::around(name, values.into_iter().copied().chain([0.0]))
}

/// Both sequences and the result; and the times of both methods.
pub fn result(a: &[f64], b: &[f64], steps: &[Step], timed: &[Timed]) -> Drawing {
    let places = |count: usize| Axis::new("place", -1.0, count as f64);
    let sums: Vec<f64> = steps.iter().map(|step| step.sum).collect();
    let stem = |title: String, values: &[f64], series: usize| Plot {
        title,
        x: places(steps.len()),
        y: height("value", values),
        marks: stems("", numbered(values), Color::series(series)),
    };
    let alike: Vec<&Timed> = timed.iter().filter(|row| row.first == row.second).collect();
    let curve = |name: &str, method: usize, series: usize| Mark::Curve {
        name: name.to_owned(),
        points: alike.iter().map(|row| (row.first as f64, 1e6 * row.seconds[method])).collect(),
        color: Color::series(series),
        width: 2.0,
        dashed: false,
    };
    let times = Plot {
        title: "time for two sequences of equal length".to_owned(),
        x: Axis::powers("numbers in each", alike.iter().map(|row| row.first as f64)),
        y: Axis::powers("microseconds", alike.iter().flat_map(|row| row.seconds).map(|seconds| 1e6 * seconds)),
        marks: vec![curve("definition", 0, FIRST), curve("Fourier", 1, SECOND)],
    };
    plots(
        "A convolution, and what it takes",
        "(a * b)[i] = sum over j of a[j] b[i - j]: by this definition, and by Fourier's transform",
        2,
        (360.0, 190.0),
        &[
            stem(format!("a, {} numbers", a.len()), a, FIRST),
            stem(format!("b, {} numbers", b.len()), b, SECOND),
            stem(format!("a * b, {} + {} - 1 = {} numbers", a.len(), b.len(), steps.len()), &sums, RESULT),
            times,
        ],
    )
}

/// One drawing for each step: the flipped b over a, and the result so far.
pub fn frames(a: &[f64], b: &[f64], steps: &[Step]) -> Vec<Drawing> {
    let flipped: Vec<f64> = b.iter().rev().copied().collect();
    let (low, high) = (-(b.len() as f64), (a.len() + b.len()) as f64 - 1.0);
    let place = || Axis::new("place", low, high);
    let frame = |step: &Step| {
        let over = flipped.iter().enumerate().map(|(place, value)| ((step.offset + place as isize) as f64, *value));
        let so_far = steps[..=step.place].iter().map(|step| (step.place as f64, step.sum));
        let products = step.products.iter().map(|(j, _, product)| (*j as f64, *product));
        let sums = steps.iter().map(|step| &step.sum);
        let all = steps.iter().flat_map(|step| step.products.iter().map(|(.., product)| product));
        let rows = [
            Plot {
                title: "a, and b flipped over it".to_owned(),
                x: place(),
                y: height("value", a.iter().chain(b)),
                marks: [stems("a", numbered(a), Color::series(FIRST)), stems("b flipped", over, Color::series(SECOND))]
                    .concat(),
            },
            Plot {
                title: "products of what lies over each other".to_owned(),
                x: place(),
                y: height("product", all),
                marks: stems("", products, Color::series(4)),
            },
            Plot {
                title: format!("their sum is (a * b)[{}] = {}", step.place, super::short(step.sum)),
                x: place(),
                y: height("sum", sums),
                marks: stems("", so_far, Color::series(RESULT)),
            },
        ];
        plots("A convolution step by step", "", 1, (560.0, 120.0), &rows)
    };
    steps.iter().map(frame).collect()
}

/// f, g turned around at some t, and their convolution.
pub fn functions(f: &Function, g: &Function, curve: &Curve) -> Drawing {
    let (from, to) = (curve.points[0].0, curve.points[curve.points.len() - 1].0);
    let (low, high) = (from.min(f.interval[0]) - 0.5, to.max(f.interval[1]) + 0.5);
    let line = |value: &dyn Fn(f64) -> f64| -> Vec<(f64, f64)> {
        (0..=600).map(|place| low + (high - low) * f64::from(place) / 600.0).map(|s| (s, value(s))).collect()
    };
    let mark = |name: &str, points, series: usize| Mark::Curve {
        name: name.to_owned(),
        points,
        color: Color::series(series),
        width: 2.2,
        dashed: false,
    };
    let t = curve.largest.0;
    let (first, turned) = (line(&|s| f.at(s)), line(&|s| g.at(t - s)));
    let product = line(&|s| f.at(s) * g.at(t - s));
    let values = |points: &[(f64, f64)]| points.iter().map(|point| point.1).chain([0.0]).collect::<Vec<_>>();
    let above = Plot {
        title: format!("f(s), g(t - s) at t = {t:.2}, and their product: its area is the value below"),
        x: Axis::new("s", low, high),
        y: Axis::around("value", values(&first).into_iter().chain(values(&turned)).chain(values(&product))),
        marks: vec![mark("f", first, FIRST), mark("g turned", turned, SECOND), mark("product", product, 4)],
    };
    let below = Plot {
        title: "(f * g)(t)".to_owned(),
        x: Axis::new("t", low, high),
        y: Axis::around("value", values(&curve.points)),
        marks: vec![
            mark("f * g", curve.points.clone(), RESULT),
            Mark::Rings { name: String::new(), points: vec![curve.largest], color: Color::series(RESULT), radius: 6.0 },
        ],
    };
    let title = format!("A convolution of functions: {} with {}", f.name, g.name);
    plots(&title, "(f * g)(t) = integral over s of f(s) g(t - s)", 1, (640.0, 200.0), &[above, below])
}
