//! A known F on the command line: y = f(x) + noise.

use clap::Args;
use gradus::Error;
use gradus::learn::expression::Expression;
use gradus::learn::theory::Known;

/// f, where x is from, and the noise.
#[derive(Args)]
pub struct KnownArgs {
    /// f, an expression of x.
    #[arg(long, value_name = "TEXT", default_value = "sin(3*x)", allow_hyphen_values = true)]
    pub function: String,
    /// The ends of x: X0,X1.
    #[arg(
        long,
        value_name = "X0,X1",
        value_delimiter = ',',
        num_args = 1,
        default_value = "-1,1",
        allow_hyphen_values = true
    )]
    pub domain: Vec<f64>,
    /// The standard deviation of the noise.
    #[arg(long, default_value_t = 0.3, allow_hyphen_values = true)]
    pub noise: f64,
}

impl KnownArgs {
    /// The F.
    pub fn choose(&self) -> Result<Known, Error> {
        let &[low, high] = self.domain.as_slice() else {
            return Err(Error::setting("domain", format!("has {} numbers; give two, X0,X1", self.domain.len())));
        };
        Known::new(Expression::parse(&self.function, Some(1))?, (low, high), self.noise)
    }
}
