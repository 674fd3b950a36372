//! A PCA as a file.

use std::collections::BTreeMap;
use std::path::Path;

use gradus_core::io::{TensorFile, read_tensors, write_tensors};
use gradus_core::{Error, Flaw, Real, Tensor};

use super::Pca;

const KIND: &str = "pca";
/// What the names of notes begin with.
const NOTE: &str = "note.";

impl Pca {
    /// Writes it as safetensors: `mean`, `components`, `variance`, and `scale` where columns are standardized.
    pub fn save(&self, path: &Path) -> Result<(), Error> {
        let vector = |values: &[Real]| Tensor::new(values, [values.len()]);
        let mut tensors = vec![
            ("mean".to_owned(), vector(&self.mean)),
            ("variance".to_owned(), vector(&self.variance)),
            ("components".to_owned(), Tensor::new(&self.components, [self.count(), self.columns()])),
        ];
        if let Some(scale) = &self.scale {
            tensors.push(("scale".to_owned(), vector(scale)));
        }
        let words = [
            ("kind", KIND.to_owned()),
            ("whiten", self.whiten.to_string()),
            ("samples", self.samples.to_string()),
            ("total_variance", format!("{:e}", self.total_variance)),
        ];
        let notes = self.notes.iter().map(|(name, note)| (format!("{NOTE}{name}"), note.clone()));
        let mut all: BTreeMap<String, String> = notes.collect();
        all.extend(words.map(|(name, word)| (name.to_owned(), word)));
        write_tensors(path, &tensors, &all)
    }

    /// Reads what [`Pca::save`] wrote.
    pub fn load(path: &Path) -> Result<Self, Error> {
        read(read_tensors(path)?).map_err(|problem| Flaw::new(problem).in_file(path))
    }
}

fn read(file: TensorFile) -> Result<Pca, String> {
    let TensorFile { mut tensors, metadata } = file;
    if metadata.get("kind").map(String::as_str) != Some(KIND) {
        return Err("holds no PCA; `gradus pca` writes one".into());
    }
    let mut take = |name: &str| tensors.remove(name).map(|tensor| tensor.as_slice().to_vec());
    let whole = |name: &str| format!("its {name} is missing or of another size; make the file again");
    let (mean, variance, components) = (take("mean"), take("variance"), take("components"));
    let scale = take("scale");
    let mean = mean.ok_or_else(|| whole("mean"))?;
    let variance = variance.ok_or_else(|| whole("variance"))?;
    let components = components.filter(|values| values.len() == mean.len() * variance.len());
    let components = components.ok_or_else(|| whole("matrix of components"))?;
    if scale.as_ref().is_some_and(|scale| scale.len() != mean.len()) {
        return Err(whole("scale"));
    }
    let total_variance = word(&metadata, "total_variance").ok_or_else(|| whole("total_variance"))?;
    let whiten = word(&metadata, "whiten").ok_or_else(|| whole("whiten"))?;
    let samples = word(&metadata, "samples").ok_or_else(|| whole("samples"))?;
    let notes = metadata.into_iter().filter_map(|(name, note)| Some((name.strip_prefix(NOTE)?.to_owned(), note)));
    let notes = notes.collect();
    Ok(Pca { mean, scale, components, variance, total_variance, whiten, samples, notes })
}

fn word<T: std::str::FromStr>(metadata: &BTreeMap<String, String>, name: &str) -> Option<T> {
    metadata.get(name)?.parse().ok()
}
