//! Test functions by name, with their known minima.

use gradus_core::{Error, did_you_mean};

use crate::expression::Expression;

/// A test function.
#[derive(Clone, Copy, Debug)]
pub struct Named {
    /// What it is called.
    pub name: &'static str,
    /// The function as text.
    pub text: &'static str,
    /// Where it is looked at: the range of both axes.
    pub frame: [(f64, f64); 2],
    /// A start from which methods differ.
    pub start: [f64; 2],
    /// Its global minima, to six digits.
    pub minima: &'static [[f64; 2]],
    /// What it shows.
    pub about: &'static str,
}

/// All, by name.
pub const NAMED: &[Named] = &[
    Named {
        name: "rosenbrock",
        text: "(1 - x)^2 + 100*(y - x^2)^2",
        frame: [(-2.0, 2.0), (-1.0, 3.0)],
        start: [-1.2, 1.0],
        minima: &[[1.0, 1.0]],
        about: "a curved valley, easy to find and hard to follow (Rosenbrock, 1960)",
    },
    Named {
        name: "himmelblau",
        text: "(x^2 + y - 11)^2 + (x + y^2 - 7)^2",
        frame: [(-5.0, 5.0), (-5.0, 5.0)],
        start: [-0.5, -0.5],
        minima: &[[3.0, 2.0], [-2.805118, 3.131313], [-3.779310, -3.283186], [3.584428, -1.848127]],
        about: "four minima of one height, four saddles, a maximum (Himmelblau, 1972)",
    },
    Named {
        name: "rastrigin",
        text: "20 + x^2 - 10*cos(2*pi*x) + y^2 - 10*cos(2*pi*y)",
        frame: [(-5.12, 5.12), (-5.12, 5.12)],
        start: [2.2, -1.8],
        minima: &[[0.0, 0.0]],
        about: "a bowl full of dents, one of them lowest (Rastrigin, 1974)",
    },
    Named {
        name: "bowl",
        text: "x^2 + y^2",
        frame: [(-2.0, 2.0), (-2.0, 2.0)],
        start: [1.5, 1.0],
        minima: &[[0.0, 0.0]],
        about: "a quadratic of condition 1: every gradient points at the minimum",
    },
    Named {
        name: "valley",
        text: "0.5*(x^2 + 50*y^2)",
        frame: [(-4.0, 4.0), (-2.0, 2.0)],
        start: [-3.5, 1.0],
        minima: &[[0.0, 0.0]],
        about: "a quadratic of condition 50: gradients point across the valley",
    },
    Named {
        name: "saddle",
        text: "x^2 - y^2 + y^4/4",
        frame: [(-2.5, 2.5), (-2.5, 2.5)],
        start: [2.0, 0.001],
        minima: &[[0.0, std::f64::consts::SQRT_2], [0.0, -std::f64::consts::SQRT_2]],
        about: "two minima beside a saddle on which descents rest",
    },
    Named {
        name: "beale",
        text: "(1.5 - x + x*y)^2 + (2.25 - x + x*y^2)^2 + (2.625 - x + x*y^3)^2",
        frame: [(-4.5, 4.5), (-4.5, 4.5)],
        start: [-1.0, 1.5],
        minima: &[[3.0, 0.5]],
        about: "flat far out, with a sharp corner (Beale, 1958)",
    },
];

/// The function of a name, or the expression that a text is, of two variables where it is not told otherwise.
///
/// Errors: a text that is neither.
pub fn named(text: &str) -> Result<(Expression, Option<&'static Named>), Error> {
    if let Some(found) = NAMED.iter().find(|named| named.name == text) {
        return Ok((Expression::parse(found.text, Some(2))?, Some(found)));
    }
    Expression::parse(text, None).map(|found| (found, None)).map_err(|error| {
        // A single word was meant as a name.
        if text.len() > 2 && text.chars().all(char::is_alphabetic) {
            let near = did_you_mean(text, NAMED.iter().map(|named| named.name));
            let known: Vec<&str> = NAMED.iter().map(|named| named.name).collect();
            return Error::setting("function", format!("there is no {text} among {}{near}", known.join(", ")));
        }
        error
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::optimize::{Ended, Kind, NewtonOptions, Objective, Stop, classify, lbfgs, newton, newton_cg, norm};
    use serde::Deserialize;

    #[test]
    fn the_minima_are_minima() {
        for function in NAMED {
            let (f, _) = named(function.name).unwrap();
            for minimum in function.minima {
                assert!(norm(&f.slope(minimum).1) < 1e-3, "{}", function.name);
                assert_eq!(classify(&f, minimum).unwrap().kind, Kind::Minimum, "{}", function.name);
            }
        }
    }

    #[test]
    fn a_wrong_name_gets_the_nearest() {
        let said = named("rosenbrok").unwrap_err().to_string();
        assert!(said.ends_with("did you mean rosenbrock?"), "{said}");
        assert!(named("x^2 +").unwrap_err().to_string().starts_with("expression: ends where"));
    }

    #[derive(Deserialize)]
    struct Golden {
        function: String,
        start: Vec<f64>,
        minimum: Vec<f64>,
        value: f64,
    }

    #[test]
    fn the_minima_are_those_of_scipy() {
        let cases: Vec<Golden> = serde_json::from_str(include_str!("../../../../golden/data/minima.json")).unwrap();
        assert!(cases.len() >= 10);
        for case in cases {
            let (f, _) = named(&case.function).unwrap();
            let stop = Stop { most_steps: 500, gradient: 1e-9 };
            let runs = [
                ("L-BFGS", lbfgs(&f, &case.start, stop)),
                ("Newton", newton(&f, &case.start, NewtonOptions::default(), stop)),
                ("Newton-CG", newton_cg(&f, &case.start, stop)),
            ];
            for (name, run) in runs {
                let run = run.unwrap();
                let what = format!("{name} on {} from {:?}: {:?}", case.function, case.start, run.last());
                assert!(run.ended == Ended::Gradient || run.gradient < 1e-6, "{what} {:?} {}", run.ended, run.gradient);
                assert!((run.value() - case.value).abs() < 1e-8 * case.value.abs().max(1.0), "{what}");
                let apart: Vec<f64> = run.last().iter().zip(&case.minimum).map(|(a, b)| a - b).collect();
                assert!(norm(&apart) < 1e-5 * norm(&case.minimum).max(1.0), "{what} {:?}", case.minimum);
            }
        }
    }
}
