//! A published network with its weights, ready for photographs.

use std::path::Path;

use gradus_core::data::Preprocess;
use gradus_core::freeze::Plans;
use gradus_core::nn::{self, Context, Module};
use gradus_core::{Error, Flaw, Rng, ShapeError, Tensor, init, io, no_grad};
use gradus_zoo as zoo;
use toml::Table;

use crate::run::Prediction;

/// A network by name with weights from a file, what pictures it needs, and what its answers are called.
///
/// ```no_run
/// use gradus::pretrained::Pretrained;
/// let network = Pretrained::open("resnet18", "resnet18-f37072fd.pth", None)?;
/// let picture = network.read("cat.jpg")?;
/// for (name, probability) in network.predict(&picture)[0].answers.iter().take(5) {
///     println!("{name}: {probability:.3}");
/// }
/// # Ok::<(), gradus::Error>(())
/// ```
pub struct Pretrained {
    /// The network.
    pub network: Box<dyn Module>,
    /// What its pictures must be.
    pub preprocess: Preprocess,
    /// What its answers are called.
    pub classes: Vec<String>,
}

impl Pretrained {
    /// Builds a network and loads its weights, in the safetensors format or PyTorch's. Without `classes`, the answers are
    /// the thousand of ImageNet.
    ///
    /// # Errors
    /// An unknown name; a network for which no weights were published, so that what pictures it needs is not known; a file
    /// that is damaged, or whose tensors do not fit.
    pub fn open(name: &str, weights: impl AsRef<Path>, classes: Option<Vec<String>>) -> Result<Self, Error> {
        let member = zoo::member(name)?;
        let preprocess = preprocess_of(member)?;
        let classes = classes.unwrap_or_else(|| zoo::imagenet::classes().map(str::to_owned).collect());
        let interface = zoo::Interface { input: member.input.to_vec(), outputs: classes.len() };
        let build = || zoo::build(name, &Table::new(), &interface, &mut Rng::new(0));
        let mut network = init::blank(build)?.network;
        let path = weights.as_ref();
        let file = io::read_weights(path)?;
        nn::load_state(&mut *network, &file.tensors).map_err(|problem| Flaw::new(problem.to_string()).in_file(path))?;
        nn::name_parameters(&*network);
        Ok(Pretrained { network, preprocess, classes })
    }

    /// A picture file as the network's input, `[1, side, side, 3]`.
    pub fn read(&self, picture: impl AsRef<Path>) -> Result<Tensor, Error> {
        self.preprocess.read(picture.as_ref())
    }

    /// The network's answers to pictures as [`read`](Self::read) gives them, `[batch, side, side, 3]`.
    pub fn predict(&self, pictures: &Tensor) -> Vec<Prediction> {
        self.answers(&no_grad(|| self.network.forward(pictures, &mut Context::eval())))
    }

    /// [`predict`](Self::predict) by plans of this network, which is faster for many batches.
    ///
    /// # Errors
    /// When the pictures do not fit the network.
    pub fn predict_by(&self, plans: &mut Plans<'_>, pictures: &Tensor) -> Result<Vec<Prediction>, ShapeError> {
        Ok(self.answers(&plans.run(pictures)?))
    }

    fn answers(&self, logits: &Tensor) -> Vec<Prediction> {
        let rows = logits.as_slice().chunks_exact(self.classes.len());
        rows.map(|row| Prediction::of_logits(row, &self.classes)).collect()
    }
}

/// What a network's published weights need pictures to be.
pub(crate) fn preprocess_of(member: &zoo::Member) -> Result<Preprocess, Error> {
    member.weights.map(|weights| weights.preprocess).ok_or_else(|| {
        let problem = format!(
            "no weights of {} were published, so what pictures it needs is not known; train it (gradus train --model {0}) \
             and give the run folder, or take a network that `gradus models` lists with weights",
            member.name
        );
        Error::setting("model", problem)
    })
}
