//! Every network by name.

use gradus_core::nn::Module;
use gradus_core::{Error, Rng, did_you_mean};
use serde::de::DeserializeOwned;
use toml::Table;

use crate::classify::{
    alexnet, alexnet_2012, cnn, efficientnet, efficientnet_lite, googlenet, inception_v3, lenet, mlp, mobilenet_v1,
    mobilenet_v2, mobilenet_v3, resnet, resnext, shufflenet_v1, shufflenet_v2, squeezenet, vgg,
};
use crate::family::{Family, Interface, Member};

/// Every family of networks. Adding one is one file and one line here.
static FAMILIES: &[&Family] = &[
    &mlp::FAMILY,
    &lenet::FAMILY,
    &cnn::FAMILY,
    &alexnet_2012::FAMILY,
    &alexnet::FAMILY,
    &vgg::FAMILY,
    &googlenet::FAMILY,
    &inception_v3::FAMILY,
    &resnet::FAMILY,
    &squeezenet::FAMILY,
    &resnext::FAMILY,
    &mobilenet_v1::FAMILY,
    &shufflenet_v1::FAMILY,
    &mobilenet_v2::FAMILY,
    &shufflenet_v2::FAMILY,
    &mobilenet_v3::FAMILY,
    &efficientnet::FAMILY,
    &efficientnet_lite::FAMILY,
];

/// A network and its options with every default filled in.
pub struct Built {
    /// The network.
    pub network: Box<dyn Module>,
    /// Its options, resolved.
    pub options: Table,
}

/// Every family, by year.
pub fn families() -> &'static [&'static Family] {
    FAMILIES
}

/// Every network, family by family.
pub fn members() -> impl Iterator<Item = &'static Member> {
    FAMILIES.iter().flat_map(|family| family.members)
}

/// The network of a name, or an error that suggests the nearest.
pub fn member(name: &str) -> Result<&'static Member, Error> {
    members().find(|member| member.name == name).ok_or_else(|| {
        let hint = did_you_mean(name, members().map(|member| member.name));
        Error::setting("model", format!("there is no network {name}{hint}; `gradus models` lists all"))
    })
}

/// The family of a network.
pub fn family_of(member: &Member) -> &'static Family {
    let of = |family: &&&Family| family.members.iter().any(|other| other.name == member.name);
    FAMILIES.iter().find(of).expect("every member is in a family")
}

/// Builds a network by name. `options` are its own, such as `hidden` of an MLP; what is left out has its default.
pub fn build(name: &str, options: &Table, interface: &Interface, rng: &mut Rng) -> Result<Built, Error> {
    let config = (member(name)?.config)().with(name, options)?;
    Ok(Built { network: config.build(interface, rng)?, options: config.options() })
}

/// Reads a network's options over its defaults; an unknown key or a wrong type is an error that names the network's own keys.
pub(crate) fn read_options<T: DeserializeOwned>(name: &str, defaults: &Table, options: &Table) -> Result<T, Error> {
    if let Some(key) = options.keys().find(|key| !defaults.contains_key(*key)) {
        let names: Vec<&str> = defaults.keys().map(String::as_str).collect();
        let hint = did_you_mean(key, names.iter().copied());
        return Err(Error::setting(
            format!("model.{key}"),
            format!("{name} has no such option{hint}; it has {}", names.join(", ")),
        ));
    }
    let mut table = defaults.clone();
    for (key, value) in options {
        // A whole number is good for a real one, too.
        let value = match (&table[key], value) {
            (toml::Value::Float(_), toml::Value::Integer(whole)) => toml::Value::Float(*whole as f64),
            (_, value) => value.clone(),
        };
        table.insert(key.clone(), value);
    }
    let wrong = match table.clone().try_into() {
        Ok(read) => return Ok(read),
        Err(problem) => problem,
    };
    // The reader does not say which of them it was.
    let alone = |key: &str| {
        let mut one = defaults.clone();
        one.insert(key.to_owned(), table[key].clone());
        one.try_into::<T>().is_ok()
    };
    let key = options.keys().find(|key| !alone(key));
    Err(Error::setting(
        key.map_or_else(|| "model".into(), |key| format!("model.{key}")),
        format!("{} ({name})", wrong.message()),
    ))
}

#[cfg(test)]
#[path = "registry_tests.rs"]
mod tests;
