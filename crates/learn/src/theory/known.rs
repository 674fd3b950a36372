//! A distribution F of inputs and answers that is known.

use gradus_core::{Error, Rng};

use crate::blum_li::integrate;
use crate::expression::Expression;
use crate::samples::{Predictor, Samples};

/// x even over a domain, y = f(x) + noise with normal noise: an F of which everything is known.
#[derive(Clone, Debug)]
pub struct Known {
    function: Expression,
    domain: (f64, f64),
    noise: f64,
}

/// The domain is integrated over in so many pieces, each by a rule of so many points.
const PIECES: usize = 48;
const POINTS: usize = 6;

/// The largest f and noise: fourth powers of them are summed.
const LARGEST: f64 = 1e30;

impl Known {
    /// Errors: a function of more than one variable, one that is not finite in the domain, an empty domain, negative noise.
    pub fn new(function: Expression, domain: (f64, f64), noise: f64) -> Result<Self, Error> {
        if function.dimension() != 1 {
            let (text, count) = (function.text(), function.dimension());
            return Err(Error::setting("function", format!("{text} has {count} variables; give one of x alone")));
        }
        let (low, high) = domain;
        if !(low < high && low.is_finite() && high.is_finite()) {
            return Err(Error::setting("domain", format!("{low} to {high} is empty; give the lower end first")));
        }
        if !(noise >= 0.0 && noise.is_finite()) {
            return Err(Error::setting("noise", format!("is {noise}; a standard deviation is at least 0")));
        }
        if noise > LARGEST {
            return Err(Error::setting(
                "noise",
                format!("is {noise:e}; give at most {LARGEST:e}, errors are its squares"),
            ));
        }
        let at = |place: usize| low + (high - low) * place as f64 / 1000.0;
        let usable = |x: &f64| (-LARGEST..=LARGEST).contains(&function.value(&[*x]));
        if let Some(x) = (0..=1000).map(at).find(|x| !usable(x)) {
            let (text, value) = (function.text(), function.value(&[x]));
            return Err(Error::setting(
                "function",
                format!("{text} is {value:e} at {x}; choose a domain where it is finite and at most {LARGEST:e}"),
            ));
        }
        Ok(Known { function, domain, noise })
    }

    /// f(x).
    pub fn value(&self, x: f64) -> f64 {
        self.function.value(&[x])
    }

    /// f as it was given.
    pub fn text(&self) -> &str {
        self.function.text()
    }

    /// The ends of the domain.
    pub fn domain(&self) -> (f64, f64) {
        self.domain
    }

    /// The standard deviation of the noise.
    pub fn noise(&self) -> f64 {
        self.noise
    }

    /// `count` samples.
    ///
    /// Errors: none at all.
    pub fn draw(&self, count: usize, rng: &mut Rng) -> Result<Samples, Error> {
        let (low, high) = self.domain;
        let x: Vec<f64> = (0..count).map(|_| low + (high - low) * f64::from(rng.uniform())).collect();
        let y = x.iter().map(|x| self.value(*x) + self.noise * f64::from(rng.normal())).collect();
        Samples::of_numbers(x, 1, y)
    }

    /// `count` samples whose first input is x, with `idle` more inputs from the same domain that say nothing.
    ///
    /// Errors: none at all.
    pub fn draw_among(&self, count: usize, idle: usize, rng: &mut Rng) -> Result<Samples, Error> {
        let (samples, (low, high)) = (self.draw(count, rng)?, self.domain);
        let mut inputs = Vec::with_capacity(count * (1 + idle));
        for x in samples.inputs() {
            inputs.push(*x);
            inputs.extend((0..idle).map(|_| low + (high - low) * f64::from(rng.uniform())));
        }
        Samples::of_numbers(inputs, 1 + idle, samples.targets().to_vec())
    }

    /// The theoretical error R = E (g(x) - y)^2 over all of F: noise^2 + the mean of (g - f)^2, by quadrature.
    pub fn error(&self, predictor: &dyn Predictor) -> f64 {
        self.noise * self.noise + self.mean(predictor, |apart| apart * apart)
    }

    /// The variance of one sample's squared error. With d = g - f and noise s it is E (d^4 + 6 d^2 s^2 + 3 s^4) - R^2.
    pub fn variance(&self, predictor: &dyn Predictor) -> f64 {
        let square = self.noise * self.noise;
        let fourth = self.mean(predictor, |d| d.powi(4) + 6.0 * d * d * square) + 3.0 * square * square;
        (fourth - self.error(predictor).powi(2)).max(0.0)
    }

    /// The mean of `of(g(x) - f(x))` over the domain.
    fn mean(&self, predictor: &dyn Predictor, of: impl Fn(f64) -> f64) -> f64 {
        let (low, high) = self.domain;
        let step = (high - low) / PIECES as f64;
        // All places first: a network predicts many rows faster than one.
        let mut places = Vec::with_capacity(PIECES * POINTS);
        let pieces = |f: &mut dyn FnMut(f64) -> f64| {
            let ends = (0..PIECES).map(|k| (low + step * k as f64, low + step * (k + 1) as f64));
            ends.map(|ends| integrate(&mut |x| f(x[0]), &[ends], POINTS)).sum::<f64>()
        };
        pieces(&mut |x| {
            places.push(x);
            0.0
        });
        let mut apart = predictor.predict(&places).into_iter().zip(&places).map(|(y, x)| of(y - self.value(*x)));
        pieces(&mut |_| apart.next().unwrap_or(f64::NAN)) / (high - low)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(text: &str) -> Result<Known, Error> {
        Known::new(Expression::parse(text, None)?, (-1.0, 2.0), 0.5)
    }

    #[test]
    fn the_error_on_all_of_f_is_exact() {
        let known = known("x^2").unwrap();
        let zero = |x: &[f64]| vec![0.0; x.len()];
        // The mean of x^4 over -1..2 is 33/15, of x^8 513/27.
        assert!((known.error(&zero) - 0.25 - 2.2).abs() < 1e-12);
        let fourth = 513.0 / 27.0 + 6.0 * 2.2 * 0.25 + 3.0 / 16.0;
        assert!((known.variance(&zero) - (fourth - 2.45 * 2.45)).abs() < 1e-10);
    }

    #[test]
    fn many_samples_have_the_error_of_all() {
        let known = known("sin(3*x)").unwrap();
        let flat = |x: &[f64]| vec![0.2; x.len()];
        let samples = known.draw(40_000, &mut Rng::new(5)).unwrap();
        let measured = samples.squared_error(&flat(samples.inputs()));
        let spread = (known.variance(&flat) / 40_000.0).sqrt();
        assert!((measured - known.error(&flat)).abs() < 4.0 * spread, "{measured} {}", known.error(&flat));
    }

    #[test]
    fn what_is_no_known_f_is_named() {
        let said = |text: &str| known(text).unwrap_err().to_string();
        assert!(said("x*y").contains("has 2 variables"));
        assert!(
            said("ln(x)").contains("is NaN at -1") || said("ln(x)").contains("choose a domain"),
            "{}",
            said("ln(x)")
        );
        assert!(said("sni(x)").contains("did you mean sin?"), "{}", said("sni(x)"));
        let line = || Expression::parse("x", None).unwrap();
        assert!(Known::new(line(), (1.0, 1.0), 0.1).unwrap_err().to_string().starts_with("domain: 1 to 1 is empty"));
        assert!(Known::new(line(), (0.0, 1.0), 1e300).unwrap_err().to_string().contains("give at most 1e30"));
        assert!(Known::new(line(), (0.0, 1.0), -0.1).unwrap_err().to_string().starts_with("noise: is -0.1"));
        assert!(known("x").unwrap().draw(0, &mut Rng::new(1)).is_err());
    }
}
