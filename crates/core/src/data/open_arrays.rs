//! Opens sets that are stored as arrays: pairs of IDX or NumPy files, and NumPy archives.

use super::folder::{entries, name_of};
use super::open::{Format, OpenOptions, Splits, format_of};
use super::pairs::{NameRole, Pair, Pairs, Part};
use super::{Array, Dataset, InMemory, Origin, SkipReport, StoredTargets, idx, npy};
use crate::error::{Error, Flaw};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A text file of this name in a set's folder names its classes, one a line.
const CLASS_NAMES: &str = "classes.txt";

/// One file of samples, and its targets where they lie beside it.
pub(super) fn open_array(path: &Path, options: &OpenOptions) -> Result<Splits, Error> {
    let folder = folder_of(path);
    let name = name_of(path);
    let siblings = entries(folder)?.into_iter().filter(|path| path.is_file()).map(|path| (name_of(&path), path));
    // The file itself comes first, so that its packed or unpacked twin is not taken for it.
    let pairs = Pairs::new(std::iter::once((name.clone(), path.to_path_buf())).chain(siblings));
    let targets = pairs.named(&name).and_then(|pair| pair.targets);
    let targets = targets.map(|(_, path)| Ok::<_, Error>((path.clone(), read_array(path)?))).transpose()?;
    let classes = class_names(folder, options)?;
    let (set, skipped) = dataset((path, read_array(path)?), targets, name, classes.as_deref(), options)?;
    Ok(Splits { train: Arc::new(set), test: None, skipped, schema: None })
}

/// Pairs of array files; none where no file among them holds samples.
pub(super) fn open_arrays(place: &Path, files: &[PathBuf], options: &OpenOptions) -> Result<Option<Splits>, Error> {
    let mut arrays = Vec::new();
    for path in files {
        let name = name_of(path);
        // A damaged file is an array by its name still, and reading it says what is wrong.
        if NameRole::of(&name).is_some() && (named_as_array(&name) || is_array(format_of(path)?)) {
            arrays.push((name, path.clone()));
        }
    }
    let folder = if place.is_dir() { place } else { folder_of(place) };
    open_pairs(place, &Pairs::new(arrays), class_names(folder, options)?.as_deref(), |pair, classes| {
        let targets = pair.targets.map(|(_, path)| Ok::<_, Error>((path.clone(), read_array(path)?))).transpose()?;
        dataset((pair.samples, read_array(pair.samples)?), targets, name_of(pair.samples), classes, options)
    })
}

/// A NumPy archive with samples and targets, or with training and test parts of both.
pub(super) fn open_archive(path: &Path, options: &OpenOptions) -> Result<Splits, Error> {
    let arrays = npy::read_archive(path)?;
    let names: Vec<String> = arrays.iter().map(|(name, _)| name.clone()).collect();
    let splits = open_pairs(path, &Pairs::new(arrays), options.classes.as_deref(), |pair, classes| {
        let targets = pair.targets.map(|(_, array)| (path.to_path_buf(), array.clone()));
        let name = format!("{}, array {}", name_of(path), pair.name);
        dataset((path, pair.samples.clone()), targets, name, classes, options)
    })?;
    splits.ok_or_else(|| {
        let problem = "looked for arrays x and y, or x_train, y_train, x_test and y_test; it holds";
        Flaw::new(format!("{problem} {}", names.join(", "))).in_file(path)
    })
}

/// The training pair and the one held out, which is read with the classes of the first.
fn open_pairs<T>(
    place: &Path,
    pairs: &Pairs<T>,
    classes: Option<&[String]>,
    read: impl Fn(&Pair<'_, T>, Option<&[String]>) -> Result<(InMemory, SkipReport), Error>,
) -> Result<Option<Splits>, Error> {
    let find = |part| pairs.find(part).map_err(|flaw| flaw.in_file(place));
    let held_out = find(Part::Test)?.or(find(Part::Validation)?);
    let (train, held_out) = match (find(Part::Train)?, held_out) {
        (Some(train), held_out) => (train, held_out),
        // A test part alone can be evaluated.
        (None, Some(test)) => (test, None),
        (None, None) => return Ok(None),
    };
    let (train, mut skipped) = read(&train, classes)?;
    let known = train.target_kind().class_names();
    let mut test: Option<Arc<dyn Dataset>> = None;
    if let Some(pair) = held_out {
        let (set, more) = read(&pair, (!known.is_empty()).then_some(known))?;
        skipped.extend(more);
        test = Some(Arc::new(set));
    }
    Ok(Some(Splits { train: Arc::new(train), test, skipped, schema: None }))
}

fn dataset(
    (path, samples): (&Path, Array),
    targets: Option<(PathBuf, Array)>,
    name: String,
    classes: Option<&[String]>,
    options: &OpenOptions,
) -> Result<(InMemory, SkipReport), Error> {
    let (samples, shape) = samples.into_samples().map_err(|flaw| flaw.in_file(path))?;
    let targets = match targets {
        None => StoredTargets::None,
        Some((path, array)) => array.into_targets(options.targets, classes).map_err(|flaw| flaw.in_file(&path))?,
    };
    let noun = if shape.len() == 3 { "picture" } else { "row" };
    InMemory::new(samples, shape, targets, Origin::file(name, noun), options.skip_bad)
}

fn is_array(format: Format) -> bool {
    matches!(format, Format::Idx | Format::Numpy)
}

/// Whether a file's name says that it is an IDX or NumPy array.
pub(super) fn named_as_array(name: &str) -> bool {
    let mut words = name.split(['-', '_', '.']);
    words.any(|word| matches!(word, "npy" | "idx" | "idx1" | "idx2" | "idx3" | "idx4" | "ubyte"))
}

fn read_array(path: &Path) -> Result<Array, Error> {
    if format_of(path)? == Format::Numpy || name_of(path).ends_with("npy") { npy::read(path) } else { idx::read(path) }
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|parent| *parent != Path::new("")).unwrap_or(Path::new("."))
}

fn class_names(folder: &Path, options: &OpenOptions) -> Result<Option<Vec<String>>, Error> {
    let path = folder.join(CLASS_NAMES);
    if options.classes.is_some() || !path.exists() {
        return Ok(options.classes.clone());
    }
    let text = fs::read_to_string(&path).map_err(Error::io(&path, "read"))?;
    Ok(Some(text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()))
}
