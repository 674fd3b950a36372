//! What a user can type.

mod analysis;
mod trials;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

pub use analysis::{PcaArgs, PointsArgs, TsneArgs, TsneMethod, TsneStart};
pub use trials::{CompareArgs, FinetuneArgs};

use crate::commands::credit::CreditCommand;
use crate::commands::explore::ExploreArgs;
use crate::commands::svm::SvmCommand;

/// Neural networks on the CPU: train, evaluate, predict, look inside.
#[derive(Parser)]
#[command(name = "gradus", version, max_term_width = 100)]
pub struct Arguments {
    /// Threads that compute; results are the same bits for any number [default: all processors].
    #[arg(long, global = true, value_name = "N", value_parser = clap::value_parser!(usize))]
    pub threads: Option<usize>,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Subcommand)]
pub enum Command {
    /// Train a network. With nothing else: the default CNN on real pictures that the program carries.
    Train(Box<TrainArgs>),
    /// Teach a network with published weights classes of one's own, and compare with training from scratch.
    Finetune(FinetuneArgs),
    /// Train several networks alike: one table and one chart of what each reaches and costs.
    Compare(CompareArgs),
    /// Evaluate a trained run on data.
    Eval(EvalArgs),
    /// Predict: pictures, folders of pictures, or a table.
    Predict(PredictArgs),
    /// Show the layers of a run or of a network by name.
    Inspect(InspectArgs),
    /// Turn weights of PyTorch (.pth, .pt) into safetensors, or back.
    Convert(ConvertArgs),
    /// List the networks, or show one with its options and where its weights are.
    Models(ModelsArgs),
    /// Explore a subject of the course: numbers and drawings, computed on the spot.
    Explore(ExploreArgs),
    /// Train a support vector machine on a table, judge it, predict by it.
    Svm {
        /// What to do.
        #[command(subcommand)]
        command: SvmCommand,
    },
    /// Decide on applicants for credit: compare models, train one, predict, explain a decision.
    Credit {
        /// What to do.
        #[command(subcommand)]
        command: CreditCommand,
    },
    /// Find the directions along which data varies most: a table, a scree plot, the data in two dimensions.
    Pca(PcaArgs),
    /// Lay data out in the plane so that near points stay near (t-SNE), coloured by class.
    Tsne(TsneArgs),
    /// Fetch public data sets; look at data.
    Data {
        /// What to do with data.
        #[command(subcommand)]
        command: DataCommand,
    },
}

/// The options of `train`. Each also stands in a config file, under the section named here; the command line wins.
#[derive(Args, Default)]
pub struct TrainArgs {
    /// Settings in TOML, as a run folder's config.toml has them.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Go on with a run that was stopped.
    #[arg(long, value_name = "RUN", conflicts_with = "config")]
    pub resume: Option<PathBuf>,
    /// The run's name [default: MODEL-DATA-NUMBER].
    #[arg(long)]
    pub name: Option<String>,
    /// The folder of all runs.
    #[arg(long, value_name = "FOLDER", default_value = "runs")]
    pub runs: PathBuf,
    /// Print time and memory op by op at the end.
    #[arg(long)]
    pub profile: bool,
    /// Any other setting, as it stands in the config: --set train.schedule.warm_up=0.1
    #[arg(long, value_name = "KEY=VALUE")]
    pub set: Vec<String>,

    /// model.name: cnn, resnet20, mobilenet-v2, ... (see `gradus models`).
    #[arg(long, help_heading = "Network")]
    pub model: Option<String>,
    /// model.hidden: widths of hidden layers, such as 512,512 (mlp) or 128 (cnn).
    #[arg(long, help_heading = "Network")]
    pub hidden: Option<String>,
    /// model.channels: channels of the first convolution (cnn).
    #[arg(long, help_heading = "Network")]
    pub channels: Option<String>,
    /// model.activation: relu, tanh, sigmoid, gelu, ...
    #[arg(long, help_heading = "Network")]
    pub activation: Option<String>,
    /// model.dropout: share of units dropped in training.
    #[arg(long, help_heading = "Network")]
    pub dropout: Option<String>,
    /// model.init: where weights start from: he_normal, xavier_uniform, ...
    #[arg(long, help_heading = "Network")]
    pub init: Option<String>,

    /// start.weights: begin with weights of a file, safetensors or PyTorch's, instead of first ones.
    #[arg(long, help_heading = "Network", value_name = "FILE")]
    pub weights: Option<String>,
    /// start.new_head: of these weights, leave out those of the layers that answer.
    #[arg(long, help_heading = "Network", requires = "weights")]
    pub ignore_head: bool,

    /// data.path: a file or folder (IDX, CSV, ARFF, NumPy, class folders of pictures), or fashion.
    #[arg(long, help_heading = "Data")]
    pub data: Option<String>,
    /// data.validation: share of the training data held out to judge epochs by.
    #[arg(long, help_heading = "Data")]
    pub validation: Option<String>,
    /// data.normalize: standard, minmax, robust, pca, zca; fitted on the training data alone.
    #[arg(long, help_heading = "Data")]
    pub normalize: Option<String>,
    /// data.size: bring pictures to HEIGHTxWIDTH.
    #[arg(long, help_heading = "Data")]
    pub size: Option<String>,
    /// data.color: grey or rgb.
    #[arg(long, help_heading = "Data")]
    pub color: Option<String>,
    /// data.target: the column to predict.
    #[arg(long, help_heading = "Data")]
    pub target: Option<String>,
    /// data.targets: classes or values, where the data leaves it open.
    #[arg(long, help_heading = "Data")]
    pub targets: Option<String>,
    /// data.skip_bad: leave out and list samples that cannot be read.
    #[arg(long, help_heading = "Data")]
    pub skip_bad: bool,
    /// data.threads: threads that prepare batches at most [default: as many as there are processors].
    #[arg(long, help_heading = "Data", value_name = "COUNT")]
    pub loader_threads: Option<String>,
    /// augment: what varies training pictures, in this order: flip,crop,color_jitter (see docs/data.md).
    #[arg(long, help_heading = "Data", value_name = "LIST")]
    pub augment: Option<String>,

    /// seed: first weights, order, dropout, splits.
    #[arg(long, help_heading = "Training")]
    pub seed: Option<String>,
    /// train.epochs
    #[arg(long, help_heading = "Training")]
    pub epochs: Option<String>,
    /// train.batch_size
    #[arg(long, help_heading = "Training")]
    pub batch_size: Option<String>,
    /// train.accumulate: batches averaged for one update.
    #[arg(long, help_heading = "Training")]
    pub accumulate: Option<String>,
    /// train.optimizer.name: sgd, momentum, nesterov, adagrad, rmsprop, adam, adamw.
    #[arg(long, help_heading = "Training")]
    pub optimizer: Option<String>,
    /// train.optimizer.learning_rate (of one_cycle: its peak).
    #[arg(long, help_heading = "Training")]
    pub learning_rate: Option<String>,
    /// train.optimizer.momentum
    #[arg(long, help_heading = "Training")]
    pub momentum: Option<String>,
    /// train.optimizer.weight_decay
    #[arg(long, help_heading = "Training")]
    pub weight_decay: Option<String>,
    /// train.schedule.name: constant, linear, step, exponential, cosine, polynomial, one_cycle.
    #[arg(long, help_heading = "Training")]
    pub schedule: Option<String>,
    /// train.clip_norm: bound on the norm of all gradients.
    #[arg(long, help_heading = "Training")]
    pub clip_norm: Option<String>,
    /// train.clip_value: bound on each gradient.
    #[arg(long, help_heading = "Training")]
    pub clip_value: Option<String>,
    /// train.patience: epochs without a better score after which training stops.
    #[arg(long, help_heading = "Training")]
    pub patience: Option<String>,
}

/// The options of `eval`.
#[derive(Args)]
pub struct EvalArgs {
    /// The run folder.
    pub run: PathBuf,
    /// The data: its test part where it has one [default: what the run was trained on].
    #[arg(long)]
    pub data: Option<String>,
    /// Leave out and list samples that cannot be read.
    #[arg(long)]
    pub skip_bad: bool,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// The options of `predict`.
#[derive(Args)]
pub struct PredictArgs {
    /// The run folder (not with --model), then pictures, folders of pictures, or tables.
    #[arg(required = true, value_name = "[RUN] INPUT")]
    pub paths: Vec<PathBuf>,
    /// Predict by a published network instead of a run: see `gradus models`.
    #[arg(long, requires = "weights")]
    pub model: Option<String>,
    /// Its weights: a PyTorch file (.pth, .pt) or safetensors.
    #[arg(long, value_name = "FILE", requires = "model")]
    pub weights: Option<PathBuf>,
    /// What its answers are called, a line each [default: the thousand classes of ImageNet].
    #[arg(long, value_name = "FILE", requires = "model")]
    pub classes: Option<PathBuf>,
    /// How many classes are shown for each [default: 3, with --model 5].
    #[arg(long)]
    pub top: Option<usize>,
    /// Print JSON, one line for each input.
    #[arg(long)]
    pub json: bool,
}

/// The options of `models`.
#[derive(Args)]
pub struct ModelsArgs {
    /// A network's name [default: all of them].
    pub name: Option<String>,
    /// Print JSON, one line for each network.
    #[arg(long, conflicts_with = "name")]
    pub json: bool,
    /// Write a page for each family into a folder, with its table and its block drawn.
    #[arg(long, value_name = "FOLDER", conflicts_with_all = ["name", "json"])]
    pub pages: Option<PathBuf>,
}

/// The options of `inspect`.
#[derive(Args)]
pub struct InspectArgs {
    /// A run folder or a network's name.
    pub subject: String,
    /// The shape of a sample, for a network by name [default: what it was made for].
    #[arg(long, value_name = "HxWxC")]
    pub input: Option<String>,
    /// The number of outputs, for a network by name [default: what it was made for].
    #[arg(long)]
    pub outputs: Option<usize>,
    /// An option of a network by name: --set width=0.5
    #[arg(long, value_name = "KEY=VALUE")]
    pub set: Vec<String>,
    /// Show the block that the network's family repeats instead of the whole.
    #[arg(long, conflicts_with_all = ["input", "outputs", "set"])]
    pub block: bool,
    /// Draw the graph, as FILE.png and FILE.svg.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["dot", "dead"])]
    pub draw: Option<PathBuf>,
    /// Print the graph of a forward pass in the DOT language instead.
    #[arg(long)]
    pub dot: bool,
    /// Look at it frozen.
    #[command(flatten)]
    pub frozen: FrozenArgs,
    /// Count instead the units of a run's ReLUs that are zero for every sample of its data.
    #[arg(long, conflicts_with = "dot")]
    pub dead: bool,
}

/// The options of `inspect` for a frozen network.
#[derive(Args)]
pub struct FrozenArgs {
    /// Print instead the steps of the plan that a frozen network runs by, and its memory.
    #[arg(long, conflicts_with_all = ["draw", "dot", "dead"])]
    pub plan: bool,
    /// Measure each step, too.
    #[arg(long, requires = "plan")]
    pub time: bool,
    /// How many samples the plan takes together.
    #[arg(long, value_name = "N", requires = "plan", default_value_t = 1)]
    pub batch: usize,
}

/// The options of `convert`.
#[derive(Args)]
pub struct ConvertArgs {
    /// Weights: safetensors or PyTorch, which their first bytes tell.
    #[arg(value_name = "IN")]
    pub input: PathBuf,
    /// Where they go: OUT.safetensors, or OUT.pth or OUT.pt for PyTorch.
    #[arg(value_name = "OUT")]
    pub output: PathBuf,
}

/// What to do with data.
#[derive(Subcommand)]
pub enum DataCommand {
    /// Fetch a public data set, resuming a broken download and checking its sum.
    Get {
        /// The set's name; without one, the sets are listed.
        name: Option<String>,
        /// The folder of all data.
        #[arg(long, value_name = "FOLDER", default_value = "data")]
        to: PathBuf,
    },
    /// Describe data, and draw its first pictures or how the targets of a table are spread.
    Show {
        /// A file or a folder, or fashion.
        path: String,
        /// Where the drawing goes, without an ending [default: none is drawn].
        #[arg(long, value_name = "FILE")]
        sheet: Option<PathBuf>,
        /// Draw beside each picture what these augmentations make of it: flip,crop,color_jitter (see docs/data.md).
        #[arg(long, value_name = "LIST", requires = "sheet")]
        augment: Option<String>,
        /// The seed of the augmentations.
        #[arg(long, default_value_t = 1, requires = "augment")]
        seed: u64,
        /// Bring pictures to HEIGHTxWIDTH.
        #[arg(long)]
        size: Option<String>,
        /// Leave out and list samples that cannot be read.
        #[arg(long)]
        skip_bad: bool,
    },
}
