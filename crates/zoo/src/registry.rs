//! Every network by name.

use gradus_core::nn::Module;
use gradus_core::{Error, Rng, did_you_mean};
use serde::Serialize;
use serde::de::DeserializeOwned;
use toml::Table;

/// A network's own options by name, as a config file's section has them.
pub type Options = Table;

use crate::classify::{cnn, lenet, mlp};

/// Every network. Adding one is one file and one line here.
static ENTRIES: &[Entry] = &[mlp::ENTRY, lenet::ENTRY, cnn::ENTRY];

/// What a network must fit: the shape of a sample and the number of its answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interface {
    /// The shape of one sample: `[height, width, channels]` or `[features]`.
    pub input: Vec<usize>,
    /// How many numbers the network gives for each.
    pub outputs: usize,
}

/// A network as the registry knows it.
pub struct Entry {
    /// Its name in configs and on the command line.
    pub name: &'static str,
    /// What it is, in one line.
    pub summary: &'static str,
    /// Where it was published.
    pub paper: &'static str,
    /// Builds it from its options, drawing first weights.
    pub build: fn(&Table, &Interface, &mut Rng) -> Result<Built, Error>,
}

/// A network and its options with every default filled in.
pub struct Built {
    /// The network.
    pub network: Box<dyn Module>,
    /// Its options, resolved.
    pub options: Table,
}

/// Every network, in order of the registry.
pub fn entries() -> &'static [Entry] {
    ENTRIES
}

/// The entry of a name, or an error that suggests the nearest.
pub fn entry(name: &str) -> Result<&'static Entry, Error> {
    ENTRIES.iter().find(|entry| entry.name == name).ok_or_else(|| {
        let names: Vec<&str> = ENTRIES.iter().map(|entry| entry.name).collect();
        let hint = did_you_mean(name, names.iter().copied());
        Error::setting("model", format!("there is no network {name}{hint}; known are {}", names.join(", ")))
    })
}

/// Builds a network by name. `options` are its own, such as `hidden` of an MLP; what is left out has its default.
pub fn build(name: &str, options: &Table, interface: &Interface, rng: &mut Rng) -> Result<Built, Error> {
    (entry(name)?.build)(options, interface, rng)
}

/// Reads a network's options; an unknown key or a wrong type is an error that names the network's own keys.
pub(crate) fn read_options<T: DeserializeOwned + Serialize + Default>(name: &str, options: &Table) -> Result<T, Error> {
    let known = to_table(&T::default());
    if let Some(key) = options.keys().find(|key| !known.contains_key(*key)) {
        let names: Vec<&str> = known.keys().map(String::as_str).collect();
        let hint = did_you_mean(key, names.iter().copied());
        return Err(Error::setting(
            format!("model.{key}"),
            format!("{name} has no such option{hint}; it has {}", names.join(", ")),
        ));
    }
    options
        .clone()
        .try_into()
        .map_err(|problem: toml::de::Error| Error::setting(format!("model ({name})"), problem.message()))
}

/// The pieces of a built network: the module and its resolved options.
pub(crate) fn built<T: Serialize>(network: impl Module + 'static, options: &T) -> Built {
    Built { network: Box::new(network), options: to_table(options) }
}

fn to_table<T: Serialize>(options: &T) -> Table {
    Table::try_from(options).expect("a network's options are plain values")
}

/// Height, width and channels, or an error for a network that needs pictures at least `least` wide and high.
pub(crate) fn picture(name: &str, interface: &Interface, least: usize) -> Result<[usize; 3], Error> {
    match interface.input[..] {
        [height, width, channels] if height >= least && width >= least => Ok([height, width, channels]),
        [height, width, _] => Err(Error::setting(
            "model",
            format!(
                "{name} needs pictures of at least {least}x{least}, the data's are {width}x{height}; resize them, or take mlp"
            ),
        )),
        _ => Err(Error::setting(
            "model",
            format!(
                "{name} needs pictures [height, width, channels], the data's samples are {:?}; take mlp",
                interface.input
            ),
        )),
    }
}

#[cfg(test)]
mod tests {
    use gradus_core::nn::{self, Context, Entry as Part, Path};
    use gradus_core::{Tensor, dry_run, grad};

    use super::*;

    /// Every network: built, run dry, run forward and backward, every parameter with a gradient, saved and loaded.
    #[test]
    fn every_network_does_what_a_network_must() {
        for entry in entries() {
            let interface = Interface { input: vec![28, 28, 1], outputs: 10 };
            let mut rng = Rng::new(1);
            let built = build(entry.name, &Table::new(), &interface, &mut rng).unwrap();
            let again = build(entry.name, &built.options, &interface, &mut Rng::new(2)).unwrap();
            assert_eq!(built.options, again.options, "{}: resolved options build the same network", entry.name);

            let network = built.network;
            let ops = dry_run([2, 28, 28, 1], |x| network.forward(x, &mut Context::eval())).unwrap();
            assert_eq!(&*ops.last().unwrap().output, [2, 10]);

            let x = Tensor::randn([2, 28, 28, 1], &mut rng);
            let y = network.forward(&x, &mut Context::train(1));
            assert_eq!(&*y.shape(), [2, 10]);
            let grads = y.mul(&y).sum().backward();
            network.visit(Path::root(), &mut |path, part| {
                if let Part::Parameter(parameter) = part {
                    assert!(grads.get(parameter).is_some(), "{}: {path} has no gradient", entry.name);
                }
            });

            let mut twin = again.network;
            nn::load_state(&mut *twin, &nn::state(&*network).into_iter().collect()).unwrap();
            let outputs = |net: &dyn Module| net.forward(&x, &mut Context::eval()).to_vec();
            assert_eq!(outputs(&*network), outputs(&*twin), "{}: the same weights give the same answers", entry.name);
            let _ = grad; // the facade's gradient query is covered in core
        }
    }

    #[test]
    fn wrong_names_and_options_are_answered_with_the_nearest() {
        let interface = Interface { input: vec![28, 28, 1], outputs: 10 };
        let build = |name, text: &str| {
            build(name, &text.parse().unwrap(), &interface, &mut Rng::new(1)).map(|_| ()).unwrap_err().to_string()
        };
        assert!(build("lenett", "").contains("did you mean lenet?"));
        assert!(build("mlp", "hiden = [3]").contains("did you mean hidden?"));
        assert!(
            build("mlp", "hidden = \"many\"").contains("hidden")
                || build("mlp", "hidden = \"many\"").contains("sequence")
        );
    }
}
