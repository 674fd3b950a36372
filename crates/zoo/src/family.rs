//! What the registry knows of a network.

use gradus_core::data::Preprocess;
use gradus_core::nn::{self, Context, Module};
use gradus_core::{Error, Rng, dry_run, init};
use serde::Serialize;
use serde::de::DeserializeOwned;
use toml::Table;

use crate::registry::read_options;

/// A paper and the networks that came of it.
pub struct Family {
    /// Its name: that of its page in `docs/networks/`.
    pub name: &'static str,
    /// Authors and title.
    pub paper: &'static str,
    /// When it was published.
    pub year: u16,
    /// What it brought, in a sentence.
    pub brought: &'static str,
    /// The block that its networks repeat, for drawing.
    pub block: Option<fn(&mut Rng) -> Block>,
    /// Its networks.
    pub members: &'static [Member],
}

/// A part of a network, to be drawn alone.
pub struct Block {
    /// The part.
    pub module: Box<dyn Module>,
    /// The shape of its input in its place in the network, `[height, width, channels]`.
    pub input: [usize; 3],
}

/// One network.
pub struct Member {
    /// Its name in configs and on the command line.
    pub name: &'static str,
    /// Its options, which build it.
    pub config: fn() -> Box<dyn Architecture>,
    /// The samples that it was made for.
    pub input: [usize; 3],
    /// How many numbers it was made to answer with.
    pub outputs: usize,
    /// Its accuracy on the data it was made for, in per cent, as published with the weights or in the paper.
    pub top1: Option<f64>,
    /// Its published weights.
    pub weights: Option<Weights>,
}

/// Weights that someone has published.
#[derive(Clone, Copy)]
pub struct Weights {
    /// Where they are.
    pub url: &'static str,
    /// What was done to the pictures they were trained on.
    pub preprocess: Preprocess,
}

impl Member {
    /// A network for small pictures in grey, such as digits.
    pub(crate) const fn small(name: &'static str, config: fn() -> Box<dyn Architecture>) -> Self {
        Member { name, config, input: [28, 28, 1], outputs: 10, top1: None, weights: None }
    }

    /// A network for the thousand classes of ImageNet.
    pub(crate) const fn imagenet(name: &'static str, config: fn() -> Box<dyn Architecture>) -> Self {
        Member { name, config, input: [224, 224, 3], outputs: 1000, top1: None, weights: None }
    }

    /// A network for the ten classes of CIFAR-10.
    pub(crate) const fn cifar(name: &'static str, config: fn() -> Box<dyn Architecture>) -> Self {
        Member { name, config, input: [32, 32, 3], outputs: 10, top1: None, weights: None }
    }

    /// The accuracy that was published, in per cent.
    pub(crate) const fn top1(mut self, top1: f64) -> Self {
        self.top1 = Some(top1);
        self
    }

    /// Where weights are, and what they need pictures to be; the picture's side becomes the network's input.
    pub(crate) const fn weights(mut self, url: &'static str, preprocess: Preprocess) -> Self {
        self.input = [preprocess.crop, preprocess.crop, 3];
        self.weights = Some(Weights { url, preprocess });
        self
    }
}

/// What a network costs at the size of samples that it was made for.
#[derive(Clone, Copy, Debug)]
pub struct Costs {
    /// Numbers that are learnt and take part in an answer.
    pub parameters: usize,
    /// Numbers of side branches, which only help it to learn.
    pub side_parameters: usize,
    /// Multiplications of a forward pass of one sample.
    pub multiplies: u64,
}

impl Member {
    /// Counts without computing: the network is built without weights and run dry.
    pub fn costs(&self) -> Result<Costs, Error> {
        let interface = Interface { input: self.input.to_vec(), outputs: self.outputs };
        let network = init::blank(|| (self.config)().build(&interface, &mut Rng::new(1)))?;
        let [height, width, channels] = self.input;
        let ops = dry_run([1, height, width, channels], |x| network.forward(x, &mut Context::eval()))
            .map_err(|problem| Error::Data(format!("{}: {problem}", self.name)))?;
        let multiplies = ops.iter().map(|op| op.multiplies).sum();
        let parameters = ops.iter().map(|op| op.parameters).sum();
        // More take part than there are where a parameter serves twice.
        let all = nn::parameter_count(&*network);
        Ok(Costs { parameters: all.min(parameters), side_parameters: all.saturating_sub(parameters), multiplies })
    }
}

/// What a network must fit: the shape of a sample and the number of its answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interface {
    /// The shape of one sample: `[height, width, channels]` or `[features]`.
    pub input: Vec<usize>,
    /// How many numbers the network gives for each.
    pub outputs: usize,
}

impl Interface {
    /// Height, width and channels; an error where samples are no pictures, or smaller than `least` pixels a side.
    pub(crate) fn picture(&self, least: usize) -> Result<[usize; 3], Error> {
        match self.input[..] {
            [height, width, channels] if height >= least && width >= least => Ok([height, width, channels]),
            [height, width, _] => Err(Error::setting(
                "model",
                format!(
                    "needs pictures of at least {least}x{least}, the data's are {width}x{height}; \
                     enlarge them (--size {least}x{least}), or take mlp"
                ),
            )),
            _ => Err(Error::setting(
                "model",
                format!("needs pictures [height, width, channels], the data's samples are {:?}; take mlp", self.input),
            )),
        }
    }
}

/// The options of a network, of any kind.
pub trait Architecture {
    /// The options as a config's section.
    fn options(&self) -> Table;

    /// These options with others in their place; an unknown one is an error that names the known.
    fn with(&self, name: &str, options: &Table) -> Result<Box<dyn Architecture>, Error>;

    /// The network, with first weights.
    fn build(&self, interface: &Interface, rng: &mut Rng) -> Result<Box<dyn Module>, Error>;
}

/// Options that build a network. The registry reads and writes them by their field names.
pub(crate) trait Config: Serialize + DeserializeOwned + 'static {
    /// The network, with first weights.
    fn build(&self, interface: &Interface, rng: &mut Rng) -> Result<Box<dyn Module>, Error>;
}

impl<C: Config> Architecture for C {
    fn options(&self) -> Table {
        Table::try_from(self).expect("a network's options are plain values")
    }

    fn with(&self, name: &str, options: &Table) -> Result<Box<dyn Architecture>, Error> {
        Ok(Box::new(read_options::<C>(name, &self.options(), options)?))
    }

    fn build(&self, interface: &Interface, rng: &mut Rng) -> Result<Box<dyn Module>, Error> {
        Config::build(self, interface, rng)
    }
}
