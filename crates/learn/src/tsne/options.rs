//! How points are laid out.

use gradus_core::Error;

use super::Place;

/// How points are laid out. Rates are for the gradient with its factor 4, as in scikit-learn; openTSNE's are four times these.
#[derive(Clone, Debug)]
pub struct TsneOptions {
    /// The effective number of neighbours of each point: 2 to the power of the entropy of its affinities in bits.
    pub perplexity: f64,
    /// Iterations in all.
    pub iterations: usize,
    /// Iterations at the beginning in which the affinities are multiplied, so that clusters come together.
    pub exaggerated: usize,
    /// By what they are multiplied.
    pub exaggeration: f64,
    /// The learning rate; otherwise n / exaggeration / 4, at least 50, in each of the two phases (Belkina and others, 2019).
    pub learning_rate: Option<f64>,
    /// Momentum in the exaggerated phase and after it.
    pub momentum: [f64; 2],
    /// The longest step of a point.
    pub longest_step: Option<f64>,
    /// Where it begins.
    pub start: Start,
    /// How forces are computed.
    pub method: Method,
    /// The seed of a random start.
    pub seed: u64,
}

impl Default for TsneOptions {
    fn default() -> Self {
        TsneOptions {
            perplexity: 30.0,
            iterations: 750,
            exaggerated: 250,
            exaggeration: 12.0,
            learning_rate: None,
            momentum: [0.5, 0.8],
            longest_step: Some(5.0),
            start: Start::Pca,
            method: Method::Auto,
            seed: 1,
        }
    }
}

/// Where the places begin.
#[derive(Clone, Debug)]
pub enum Start {
    /// On the first two principal components, made small: the same every time, and the large shape of the data is kept.
    Pca,
    /// At random.
    Random,
    /// Here.
    At(Vec<Place>),
}

/// How forces are computed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Method {
    /// Exact up to 1,000 points, interpolation above.
    Auto,
    /// All pairs, in both parts of the gradient: time and memory in n^2.
    Exact,
    /// Far points together, as a tree groups them (Barnes, Hut, 1986; van der Maaten, 2014): a cell whose width is less than
    /// `theta` times its distance counts as one point. Time in n log n.
    BarnesHut {
        /// 0 is exact; at most 0.7.
        theta: f64,
    },
    /// The forces of all points are interpolated on a grid, on which they are a convolution (Linderman and others, 2019).
    /// Time in n, and in the area of the layout.
    Interpolation,
}

impl Method {
    pub(super) fn chosen(self, rows: usize) -> Self {
        match self {
            Method::Auto if rows <= 1000 => Method::Exact,
            Method::Auto => Method::Interpolation,
            method => method,
        }
    }
}

impl TsneOptions {
    pub(super) fn check(&self, rows: usize) -> Result<(), Error> {
        let refuse = |name: &str, problem: String| Err(Error::setting(name, problem));
        if rows < 4 {
            return Err(Error::Data(format!("{rows} points are too few for a layout; t-SNE needs at least 4")));
        }
        let most = (rows - 1) as f64 / 3.0;
        // Rounded down, so that what is offered is taken.
        let offered = (10.0 * most).floor() / 10.0;
        if !(self.perplexity >= 1.0 && self.perplexity <= most) {
            let problem = format!(
                "{} does not fit {rows} points; give 1 to {offered}, a third of the other points",
                self.perplexity
            );
            return refuse("perplexity", problem);
        }
        if !(self.exaggeration >= 1.0 && self.exaggeration.is_finite()) {
            return refuse("exaggeration", format!("{} is not at least 1", self.exaggeration));
        }
        if let Some(rate) = self.learning_rate
            && !(rate > 0.0 && rate.is_finite())
        {
            return refuse("learning rate", format!("{rate} is not above 0"));
        }
        if let Some(momentum) = self.momentum.iter().find(|momentum| !(0.0..1.0).contains(*momentum)) {
            return refuse("momentum", format!("{momentum} is not from 0 to below 1"));
        }
        if let Method::BarnesHut { theta } = self.method
            && !(0.0..=0.7).contains(&theta)
        {
            return refuse("theta", format!("{theta} is not from 0 to 0.7"));
        }
        Ok(())
    }

    pub(super) fn rate(&self, rows: usize, exaggeration: f64) -> f64 {
        self.learning_rate.unwrap_or_else(|| (rows as f64 / exaggeration / 4.0).max(50.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_used_is_said() {
        let problem = |options: TsneOptions, rows| options.check(rows).unwrap_err().to_string();
        assert_eq!(
            problem(TsneOptions { perplexity: 40.0, ..TsneOptions::default() }, 100),
            "perplexity: 40 does not fit 100 points; give 1 to 33, a third of the other points"
        );
        assert_eq!(problem(TsneOptions::default(), 3), "3 points are too few for a layout; t-SNE needs at least 4");
        let method = Method::BarnesHut { theta: 2.0 };
        assert_eq!(problem(TsneOptions { method, ..TsneOptions::default() }, 1000), "theta: 2 is not from 0 to 0.7");
        let rate = TsneOptions { learning_rate: Some(0.0), ..TsneOptions::default() };
        assert_eq!(problem(rate, 1000), "learning rate: 0 is not above 0");
    }
}
