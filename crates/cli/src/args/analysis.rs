//! What a user can type to look at data as points in space.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// Which data, and how it is read.
#[derive(Args)]
pub struct PointsArgs {
    /// A file or folder (IDX, CSV, ARFF, NumPy, class folders of pictures), or fashion.
    #[arg(long)]
    pub data: String,
    /// The column of a table that holds the class: it colours, and is no coordinate [default: the last].
    #[arg(long)]
    pub target: Option<String>,
    /// Bring pictures to HEIGHTxWIDTH.
    #[arg(long)]
    pub size: Option<String>,
    /// The first so many samples only.
    #[arg(long, value_name = "N")]
    pub most: Option<usize>,
    /// Leave out and list samples that cannot be read.
    #[arg(long)]
    pub skip_bad: bool,
    /// The folder that drawings and models go to.
    #[arg(long, value_name = "FOLDER", default_value = "analysis")]
    pub folder: PathBuf,
    /// Write the new coordinates here: .csv or .npy.
    #[arg(long, value_name = "FILE")]
    pub to: Option<PathBuf>,
}

/// The options of `pca`.
#[derive(Args)]
pub struct PcaArgs {
    #[command(flatten)]
    pub points: PointsArgs,
    /// How many components: a whole number, a share of the variance such as 0.95, or all.
    #[arg(long, default_value = "0.95")]
    pub keep: String,
    /// Divide each column by its standard deviation first.
    #[arg(long)]
    pub standardize: bool,
    /// Give the transformed data variance 1 along each component.
    #[arg(long)]
    pub whiten: bool,
    /// Transform by the PCA of this file instead of a new one.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["keep", "standardize", "whiten"])]
    pub load: Option<PathBuf>,
}

/// The options of `tsne`.
#[derive(Args)]
pub struct TsneArgs {
    #[command(flatten)]
    pub points: PointsArgs,
    /// How many neighbours each point attends to, roughly.
    #[arg(long, default_value_t = 30.0)]
    pub perplexity: f64,
    /// Iterations in all.
    #[arg(long, default_value_t = 750)]
    pub iterations: usize,
    /// Iterations of these with exaggerated affinities.
    #[arg(long, default_value_t = 250)]
    pub exaggerated: usize,
    /// By what affinities are multiplied there.
    #[arg(long, default_value_t = 12.0)]
    pub exaggeration: f64,
    /// The learning rate [default: points / exaggeration / 4, at least 50].
    #[arg(long)]
    pub learning_rate: Option<f64>,
    /// Divide each column by its standard deviation first.
    #[arg(long)]
    pub standardize: bool,
    /// Components that the data is brought to by PCA first, where it has more columns; 0 for none.
    #[arg(long, default_value_t = 50, value_name = "N")]
    pub pca: usize,
    /// How forces are computed.
    #[arg(long, value_enum, default_value_t = TsneMethod::Auto)]
    pub method: TsneMethod,
    /// Of barnes-hut: 0 is exact, more is faster.
    #[arg(long, default_value_t = 0.5)]
    pub theta: f64,
    /// Where the points begin.
    #[arg(long, value_enum, default_value_t = TsneStart::Pca)]
    pub start: TsneStart,
    /// The seed of a random start.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
}

/// How the forces of t-SNE are computed.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum TsneMethod {
    /// Exact up to 1,000 points, interpolation above.
    Auto,
    /// All pairs.
    Exact,
    /// Far points together, by a tree.
    BarnesHut,
    /// By convolution on a grid.
    Interpolation,
}

/// Where the points of t-SNE begin.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum TsneStart {
    /// On the first two principal components.
    Pca,
    /// At random.
    Random,
}
