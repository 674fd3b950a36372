//! What a user can type to train several networks beside each other.

use std::path::PathBuf;

use clap::Args;

use super::TrainArgs;

/// The options of `finetune`.
#[derive(Args)]
pub struct FinetuneArgs {
    /// A network for which weights were published (see `gradus models`).
    #[arg(long)]
    pub model: String,
    /// Its weights: a PyTorch file (.pth, .pt) or safetensors.
    #[arg(long, value_name = "FILE")]
    pub weights: PathBuf,
    /// A folder of pictures, one folder a class.
    #[arg(long)]
    pub data: String,
    /// Epochs in all.
    #[arg(long, default_value_t = 12)]
    pub epochs: u64,
    /// Epochs of these in which the new head learns alone.
    #[arg(long, default_value_t = 3)]
    pub head_epochs: u64,
    /// The head's learning rate, at its peak.
    #[arg(long, default_value_t = 2e-3)]
    pub learning_rate: f64,
    /// The first layer's learning rate as a share of the head's; it grows evenly layer by layer.
    #[arg(long, default_value_t = 0.1)]
    pub first_rate: f64,
    /// Samples in a batch.
    #[arg(long, default_value_t = 16)]
    pub batch_size: usize,
    /// Bring pictures to HEIGHTxWIDTH [default: what the weights were made for].
    #[arg(long)]
    pub size: Option<String>,
    /// What varies training pictures, in this order (see docs/data.md); none for nothing.
    #[arg(long, value_name = "LIST", default_value = "flip,crop")]
    pub augment: String,
    /// Judge by so many folds of the data instead of its test part.
    #[arg(long, value_name = "N")]
    pub folds: Option<usize>,
    /// Leave out the training from scratch.
    #[arg(long)]
    pub no_scratch: bool,
    /// Any other setting, as it stands in the config: --set train.clip_norm=1
    #[arg(long, value_name = "KEY=VALUE")]
    pub set: Vec<String>,
    /// First weights of the head, order, dropout, splits.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// The folder's name; of one that is there, what was stopped goes on [default: finetune-MODEL-NUMBER].
    #[arg(long)]
    pub name: Option<String>,
    /// The folder of all runs.
    #[arg(long, value_name = "FOLDER", default_value = "runs")]
    pub runs: PathBuf,
}

impl FinetuneArgs {
    /// The same as options of `train`.
    pub fn as_train(&self) -> TrainArgs {
        TrainArgs {
            model: Some(self.model.clone()),
            data: Some(self.data.clone()),
            epochs: Some(self.epochs.to_string()),
            batch_size: Some(self.batch_size.to_string()),
            learning_rate: Some(self.learning_rate.to_string()),
            size: self.size.clone(),
            augment: Some(self.augment.clone()).filter(|list| list != "none"),
            seed: Some(self.seed.to_string()),
            set: self.set.clone(),
            ..TrainArgs::default()
        }
    }
}

/// The options of `compare`.
#[derive(Args)]
pub struct CompareArgs {
    /// Networks, with options behind colons: resnet20,plain20,resnet20:width=0.5
    #[arg(long, value_name = "A,B,C")]
    pub models: String,
    /// A file or folder of data, or fashion.
    #[arg(long, default_value = "fashion")]
    pub data: String,
    /// How often each goes through the data.
    #[arg(long, default_value_t = 5)]
    pub epochs: u64,
    /// Samples in a batch.
    #[arg(long, default_value_t = 64)]
    pub batch_size: usize,
    /// Any other setting for all, as it stands in the config: --set train.optimizer.learning_rate=0.001
    #[arg(long, value_name = "KEY=VALUE")]
    pub set: Vec<String>,
    /// First weights, order, dropout, splits.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// The folder's name; of one that is there, what was stopped goes on [default: compare-NUMBER].
    #[arg(long)]
    pub name: Option<String>,
    /// The folder of all runs.
    #[arg(long, value_name = "FOLDER", default_value = "runs")]
    pub runs: PathBuf,
}

impl CompareArgs {
    /// The same as options of `train`.
    pub fn as_train(&self) -> TrainArgs {
        TrainArgs {
            data: Some(self.data.clone()),
            epochs: Some(self.epochs.to_string()),
            batch_size: Some(self.batch_size.to_string()),
            seed: Some(self.seed.to_string()),
            set: self.set.clone(),
            ..TrainArgs::default()
        }
    }
}
