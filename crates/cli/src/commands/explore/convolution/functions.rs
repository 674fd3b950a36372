//! Functions by name, and the curve of their convolution.

use std::str::FromStr;

use gradus::learn::convolution::convolve_functions;
use gradus::{Error, did_you_mean};

use crate::failure::Failure;

/// A function that can be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    Box,
    Triangle,
    Gaussian,
    Decay,
    Wave,
}

const SHAPES: [(&str, Shape); 5] = [
    ("box", Shape::Box),
    ("triangle", Shape::Triangle),
    ("gaussian", Shape::Gaussian),
    ("decay", Shape::Decay),
    ("wave", Shape::Wave),
];

impl FromStr for Shape {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        SHAPES.iter().find(|(name, _)| *name == text).map(|(_, shape)| *shape).ok_or_else(|| {
            let (near, all) =
                (did_you_mean(text, SHAPES.map(|(name, _)| name)), SHAPES.map(|(name, _)| name).join(", "));
            Error::setting("function", format!("there is none named {text}{near}; there are {all}"))
        })
    }
}

/// A function that is 0 outside an interval.
pub struct Function {
    pub name: &'static str,
    pub formula: &'static str,
    pub interval: [f64; 2],
    inside: fn(f64) -> f64,
}

impl Function {
    pub fn of(shape: Shape) -> Self {
        let (formula, interval, inside): (_, _, fn(f64) -> f64) = match shape {
            Shape::Box => ("1 for -1/2 < t < 1/2", [-0.5, 0.5], |_| 1.0),
            Shape::Triangle => ("1 - |t| for -1 < t < 1", [-1.0, 1.0], |t| 1.0 - t.abs()),
            Shape::Gaussian => ("exp(-2 t^2)", [-4.0, 4.0], |t| (-2.0 * t * t).exp()),
            Shape::Decay => ("exp(-t) for 0 < t < 6", [0.0, 6.0], |t| (-t).exp()),
            Shape::Wave => ("cos(6 t) exp(-t^2 / 2)", [-5.0, 5.0], |t| (6.0 * t).cos() * (-0.5 * t * t).exp()),
        };
        let name = SHAPES.iter().find(|(_, other)| *other == shape).map_or("", |(name, _)| name);
        Function { name, formula, interval, inside }
    }

    pub fn at(&self, t: f64) -> f64 {
        if t > self.interval[0] && t < self.interval[1] { (self.inside)(t) } else { 0.0 }
    }
}

/// f * g over all t at which it is not 0.
pub struct Curve {
    pub points: Vec<(f64, f64)>,
    /// The t and the value of the largest.
    pub largest: (f64, f64),
    /// Of the curve, by its points; and of f times that of g.
    pub integral: f64,
    pub product: f64,
    /// The largest estimate of an error.
    pub error: f64,
    pub evaluations: usize,
}

const POINTS: usize = 241;
const TOLERANCE: f64 = 1e-9;

pub fn curve(f: &Function, g: &Function) -> Result<Curve, Failure> {
    let (from, to) = (f.interval[0] + g.interval[0], f.interval[1] + g.interval[1]);
    let step = (to - from) / (POINTS - 1) as f64;
    let (mut points, mut error, mut evaluations) = (Vec::new(), 0.0_f64, 0);
    for place in 0..POINTS {
        let t = from + step * place as f64;
        let found = convolve_functions(&f.inside, f.interval, &g.inside, g.interval, t, TOLERANCE)?;
        error = error.max(found.error);
        evaluations += found.evaluations;
        points.push((t, found.value));
    }
    let largest = points.iter().copied().max_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or_default();
    // The convolution with 1, at the right place, is the whole integral.
    let whole = |f: &Function| {
        let width = f.interval[1] - f.interval[0];
        convolve_functions(&f.inside, f.interval, &|_| 1.0, [0.0, width], f.interval[1], TOLERANCE)
    };
    let product = whole(f)?.value * whole(g)?.value;
    let integral = points.iter().map(|point| point.1).sum::<f64>() * step;
    Ok(Curve { points, largest, integral, product, error, evaluations })
}
