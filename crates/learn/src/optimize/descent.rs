//! Gradient descent (Cauchy, 1847): x <- x - t g.

use gradus_core::Error;

use super::objective::{Objective, moved, negative};
use super::run::{Run, Stop, search};
use super::step::StepRule;

/// Goes down along the negative gradient by steps of a rule, until the gradient is near zero.
///
/// Errors: a start of another dimension or where the value is not finite, a rate that is not positive.
pub fn gradient_descent(objective: &dyn Objective, start: &[f64], rule: StepRule, stop: Stop) -> Result<Run, Error> {
    rule.check()?;
    search(objective, start, stop, |state, count| {
        let direction = negative(&state.gradient);
        let length = rule.length(objective, &state.x, state.value, &state.gradient, &direction, count);
        Ok(length.map(|t| moved(&state.x, &direction, t)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expression::Expression;
    use crate::optimize::Ended;

    const RULES: [StepRule; 5] = [
        StepRule::Fixed { rate: 0.15 },
        StepRule::Decaying { rate: 0.19, decay: 1e-3 },
        StepRule::Sampled,
        StepRule::Backtracking { first: 1.0 },
        StepRule::StrongWolfe { first: 1.0 },
    ];

    #[test]
    fn every_rule_finds_the_minimum_of_a_bowl() {
        let bowl = Expression::parse("(x - 1)^2 + 5*(y + 2)^2", None).unwrap();
        for rule in RULES {
            let run = gradient_descent(&bowl, &[4.0, 3.0], rule, Stop::default()).unwrap();
            assert_eq!(run.ended, Ended::Gradient, "{rule:?}");
            assert!((run.last()[0] - 1.0).abs() < 1e-7 && (run.last()[1] + 2.0).abs() < 1e-7, "{rule:?}");
        }
        let exact =
            gradient_descent(&bowl, &[4.0, -2.0], StepRule::Sampled, Stop { gradient: 1e-5, ..Stop::default() });
        assert_eq!(exact.unwrap().steps(), 1, "along an axis of a quadratic one exact step does it");
    }

    #[test]
    fn steps_that_are_too_large_diverge_and_bad_starts_are_named() {
        let bowl = Expression::parse("(x - 1)^2 + 5*(y + 2)^2", None).unwrap();
        let run = gradient_descent(
            &bowl,
            &[4.0, 3.0],
            StepRule::Fixed { rate: 0.21 },
            Stop { most_steps: 100_000, ..Stop::default() },
        );
        assert_eq!(run.unwrap().ended, Ended::Diverged);
        let said = |start: &[f64], rule| gradient_descent(&bowl, start, rule, Stop::default()).unwrap_err().to_string();
        assert_eq!(said(&[1.0], RULES[2]), "start: has 1 numbers, the function takes 2; give as many");
        assert!(said(&[f64::NAN, 0.0], RULES[2]).starts_with("start: [NaN, 0.0] gives the value NaN"));
        assert!(said(&[1.0, 1.0], StepRule::Fixed { rate: -1.0 }).starts_with("rate: is -1"));
    }
}
