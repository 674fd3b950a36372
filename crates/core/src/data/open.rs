//! From a path to data: what is found there chooses the reader.

use super::array::TargetMeaning;
use super::csv::TableOptions;
use super::folder::{self, FolderOptions, name_of};
use super::open_arrays::{named_as_array, open_archive, open_array, open_arrays};
use super::picture::{self, PictureOptions};
use super::resized::Resized;
use super::{Dataset, Schema, SkipReport, csv, idx, npy};
use crate::error::{Error, Flaw};
use crate::suggest::did_you_mean;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The name that stands for the slice of Fashion-MNIST inside the program.
const EMBEDDED: &str = "fashion";
const TABLES: [&str; 3] = ["csv", "tsv", "arff"];

/// How data is to be read. Every field may be left at its default.
#[derive(Clone, Debug, Default)]
pub struct OpenOptions {
    /// Size of pictures, and colour of those from files.
    pub picture: PictureOptions,
    /// What the columns of tables are.
    pub table: TableOptions,
    /// Whether the targets of arrays and tables are classes or quantities.
    pub targets: Option<TargetMeaning>,
    /// The classes in the order that a model knows them.
    pub classes: Option<Vec<String>>,
    /// Leave out the samples that cannot be used, and list them.
    pub skip_bad: bool,
}

/// What a path holds.
#[derive(Clone)]
pub struct Splits {
    /// The training part, or all there is.
    pub train: Arc<dyn Dataset>,
    /// The part held out for the end, where the path has one.
    pub test: Option<Arc<dyn Dataset>>,
    /// What was left out.
    pub skipped: SkipReport,
    /// The columns, where it is a table.
    pub schema: Option<Schema>,
}

/// Reads the data at a path: a file, a folder, the beginning of the names of IDX files, or `fashion` for the slice inside
/// the program.
pub fn open(path: impl AsRef<Path>, options: &OpenOptions) -> Result<Splits, Error> {
    let path = path.as_ref();
    let mut splits = if path.is_dir() {
        open_folder(path, options)
    } else if path.exists() {
        open_file(path, options)
    } else if path == Path::new(EMBEDDED) {
        embedded()
    } else {
        open_prefix(path, options)
    }?;
    if let Some(size) = options.picture.size {
        let sized = |set| Resized::to(set, size, options.picture.fit);
        (splits.train, splits.test) = (sized(splits.train), splits.test.map(sized));
    }
    match &splits.test {
        Some(test) if test.sample_shape() != splits.train.sample_shape() => {
            let (train, test) = (splits.train.sample_shape(), test.sample_shape());
            Err(Flaw::new(format!("its training samples are of shape {train:?}, its test samples {test:?}"))
                .in_file(path))
        }
        _ => Ok(splits),
    }
}

#[cfg(feature = "fashion")]
fn embedded() -> Result<Splits, Error> {
    super::fashion::splits()
}

#[cfg(not(feature = "fashion"))]
fn embedded() -> Result<Splits, Error> {
    Err(Error::setting("data", "the slice of Fashion-MNIST is not built in; build with the feature fashion"))
}

/// Files of arrays whose names begin alike: `data/emnist-letters`.
fn open_prefix(prefix: &Path, options: &OpenOptions) -> Result<Splits, Error> {
    let folder = match prefix.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    let start = name_of(prefix);
    let siblings = if folder.is_dir() { folder::entries(folder)? } else { Vec::new() };
    let files = siblings.iter().filter(|path| path.is_file() && name_of(path).starts_with(&start));
    let files: Vec<PathBuf> = files.cloned().collect();
    if let Some(splits) = open_arrays(prefix, &files, options)? {
        return Ok(splits);
    }
    let names: Vec<String> = siblings.iter().map(|path| name_of(path)).collect();
    let near = did_you_mean(&start, names.iter().map(String::as_str).chain([EMBEDDED]));
    Err(Flaw::new(format!("there is no such file or folder{near}")).in_file(prefix))
}

/// What the first bytes of a file say that it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Idx,
    Numpy,
    Zip,
    Text,
    Unknown,
}

pub(super) fn format_of(path: &Path) -> Result<Format, Error> {
    let mut start = Vec::new();
    let file = fs::File::open(path).map_err(Error::io(path, "open"))?;
    file.take(4096).read_to_end(&mut start).map_err(Error::io(path, "read"))?;
    Ok(match start {
        _ if start.starts_with(npy::MAGIC) => Format::Numpy,
        _ if start.starts_with(b"PK\x03\x04") => Format::Zip,
        _ if idx::is_idx(&start) => Format::Idx,
        _ if has_ending(path, &TABLES) || !start.contains(&0) => Format::Text,
        _ => Format::Unknown,
    })
}

fn open_file(path: &Path, options: &OpenOptions) -> Result<Splits, Error> {
    if picture::is_picture(path) {
        return Err(Flaw::new("it is one picture; give the folder of class folders it belongs to").in_file(path));
    }
    match format_of(path)? {
        Format::Idx | Format::Numpy => open_array(path, options),
        Format::Text | Format::Unknown if named_as_array(&name_of(path)) => open_array(path, options),
        Format::Zip => open_archive(path, options),
        Format::Text => open_table(path, None, options),
        Format::Unknown => {
            let known = "IDX (plain or .gz), NumPy .npy or .npz, a CSV or an ARFF table";
            Err(Flaw::new(format!("its bytes are none of the data that is read: {known}")).in_file(path))
        }
    }
}

fn open_folder(folder: &Path, options: &OpenOptions) -> Result<Splits, Error> {
    let entries = folder::entries(folder)?;
    let (folders, files): (Vec<PathBuf>, Vec<PathBuf>) = entries.into_iter().partition(|path| path.is_dir());
    if let Some(splits) = open_arrays(folder, &files, options)? {
        return Ok(splits);
    }
    let of_kind = |endings: &[&str]| files.iter().filter(|path| has_ending(path, endings)).cloned().collect::<Vec<_>>();
    match &of_kind(&["npz"])[..] {
        [] => {}
        [archive] => return open_archive(archive, options),
        [first, second, ..] => return Err(several(folder, first, second)),
    }
    let tables = of_kind(&TABLES);
    let named = |stem: &str| tables.iter().find(|path| path.file_stem().is_some_and(|name| name == stem));
    match (&tables[..], named("train")) {
        (_, Some(train)) => return open_table(train, named("test").map(PathBuf::as_path), options),
        ([table], None) => return open_table(table, None, options),
        ([first, second, ..], None) => return Err(several(folder, first, second)),
        ([], None) => {}
    }
    let part = |names: &[&str]| folders.iter().find(|path| names.contains(&name_of(path).to_lowercase().as_str()));
    if let Some(train) = part(&["train", "training"]) {
        return open_pictures(train, part(&["test", "val", "valid", "validation"]).map(PathBuf::as_path), options);
    }
    let holds_pictures =
        |path: &PathBuf| folder::entries(path).is_ok_and(|files| files.iter().any(|file| picture::is_picture(file)));
    if folders.iter().any(holds_pictures) {
        return open_pictures(folder, None, options);
    }
    let wanted = "IDX pairs (train-images*, train-labels*), x_train.npy and y_train.npy, one .npz, train.csv or one .csv or .arff, \
                  train/ and test/ with class folders of pictures, or class folders of pictures";
    Err(Flaw::new(format!("there is no data in it that is read; looked for {wanted}")).in_file(folder))
}

fn several(folder: &Path, first: &Path, second: &Path) -> Error {
    let names = format!("{} and {}", name_of(first), name_of(second));
    Flaw::new(format!("both {names} could be meant; give the one that is, or name it train")).in_file(folder)
}

fn has_ending(path: &Path, endings: &[&str]) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    endings.iter().any(|known| ending.eq_ignore_ascii_case(known))
}

fn open_table(train: &Path, test: Option<&Path>, options: &OpenOptions) -> Result<Splits, Error> {
    let mut table = options.table.clone();
    table.skip_bad |= options.skip_bad;
    table.target_meaning = table.target_meaning.or(options.targets);
    let (set, schema, mut skipped) = csv::read(train, &table)?;
    let test: Option<Arc<dyn Dataset>> = match test {
        None => None,
        Some(path) => {
            table.schema = Some(schema.clone());
            let (set, _, more) = csv::read(path, &table)?;
            skipped.extend(more);
            Some(Arc::new(set))
        }
    };
    Ok(Splits { train: Arc::new(set), test, skipped, schema: Some(schema) })
}

fn open_pictures(train: &Path, test: Option<&Path>, options: &OpenOptions) -> Result<Splits, Error> {
    let mut reading =
        FolderOptions { picture: options.picture, classes: options.classes.clone(), skip_bad: options.skip_bad };
    let (train, mut skipped) = folder::read(train, &reading)?;
    let test = match test {
        None => None,
        Some(path) => {
            // The test pictures are read as the training ones were.
            let shape = train.sample_shape();
            let color = if shape[2] == 1 { picture::Color::Grey } else { picture::Color::Rgb };
            reading.picture.color = Some(color);
            reading.classes = Some(train.target_kind().class_names().to_vec());
            let (test, more) = folder::read(path, &reading)?;
            skipped.extend(more);
            Some(test)
        }
    };
    Ok(Splits { train, test, skipped, schema: None })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Target, labels};
    use image::{GrayImage, Luma};

    #[cfg(feature = "fashion")]
    #[test]
    fn arrays_of_pictures_take_a_size_too() {
        let picture = PictureOptions { size: Some([14, 20]), ..PictureOptions::default() };
        let splits = open("fashion", &OpenOptions { picture, ..OpenOptions::default() }).unwrap();
        assert_eq!(splits.train.sample_shape(), [14, 20, 1]);
        assert_eq!(splits.test.unwrap().sample_shape(), [14, 20, 1]);
    }

    fn house() -> tempfile::TempDir {
        tempfile::tempdir().unwrap()
    }

    fn idx_file(shape: &[u32], bytes: &[u8]) -> Vec<u8> {
        let mut file = vec![0, 0, 8, shape.len() as u8];
        file.extend(shape.iter().flat_map(|size| size.to_be_bytes()));
        file.extend(bytes);
        file
    }

    fn write_idx(folder: &Path, part: &str, labels: &[u8]) {
        let count = labels.len() as u32;
        let pixels = vec![51; labels.len() * 4];
        fs::write(folder.join(format!("{part}-images-idx3-ubyte")), idx_file(&[count, 2, 2], &pixels)).unwrap();
        fs::write(folder.join(format!("{part}-labels-idx1-ubyte")), idx_file(&[count], labels)).unwrap();
    }

    fn npy(shape: &str, bytes: &[u8]) -> Vec<u8> {
        let header = format!("{{'descr': '|u1', 'fortran_order': False, 'shape': {shape}, }}");
        [npy::MAGIC, &[1, 0, header.len() as u8, 0], header.as_bytes(), bytes].concat()
    }

    fn refusal(path: &Path) -> String {
        open(path, &OpenOptions::default()).map(|_| ()).unwrap_err().to_string()
    }

    #[test]
    fn idx_pairs_are_found_by_folder_file_and_beginning() {
        let house = house();
        write_idx(house.path(), "train", &[0, 1, 2]);
        write_idx(house.path(), "t10k", &[1]);
        fs::write(house.path().join("classes.txt"), "cat\ndog\nowl\n").unwrap();
        let splits = open(house.path(), &OpenOptions::default()).unwrap();
        assert_eq!((splits.train.len(), splits.test.as_ref().unwrap().len()), (3, 1));
        assert_eq!(splits.train.target_kind().class_names(), ["cat", "dog", "owl"]);
        assert_eq!(splits.test.unwrap().target_kind().class_names(), ["cat", "dog", "owl"]);
        let mut out = [0.0; 4];
        assert_eq!(splits.train.read(2, &mut out).unwrap(), Target::Class(2));
        assert_eq!(out, [0.2; 4]);

        let one = open(house.path().join("t10k-images-idx3-ubyte"), &OpenOptions::default()).unwrap();
        assert_eq!((labels(&*one.train).unwrap(), one.test.is_none()), (vec![1], true));
        let begun = open(house.path().join("t10k"), &OpenOptions::default()).unwrap();
        assert_eq!(begun.train.describe(0), "t10k-images-idx3-ubyte, picture 0");
    }

    #[test]
    fn a_damaged_array_is_named_and_not_passed_over() {
        let house = house();
        write_idx(house.path(), "train", &[0, 1]);
        let images = house.path().join("train-images-idx3-ubyte");
        let whole = fs::read(&images).unwrap();
        for (bytes, problem) in
            [(&whole[..20], "promises 2 x 2 x 2"), (&whole[..3], "header"), (&b"oops!"[..], "no IDX")]
        {
            fs::write(&images, bytes).unwrap();
            for path in [house.path(), &images] {
                let refused = refusal(path);
                assert!(refused.contains("train-images-idx3-ubyte") && refused.contains(problem), "{refused}");
            }
        }
        fs::write(house.path().join("train-labels-idx1-ubyte"), idx_file(&[1], &[0])).unwrap();
        fs::write(&images, whole).unwrap();
        assert!(refusal(house.path()).ends_with("there are 2 samples but 1 targets"));
    }

    #[test]
    fn a_test_label_that_training_never_saw_is_refused() {
        let house = house();
        write_idx(house.path(), "train", &[0, 1]);
        write_idx(house.path(), "t10k", &[2]);
        assert!(refusal(house.path()).contains("t10k-labels-idx1-ubyte: label 0 is 2"));
    }

    #[test]
    fn numpy_files_and_archives_are_opened() {
        let house = house();
        fs::write(house.path().join("x_train.npy"), npy("(2, 3)", &[1, 2, 3, 4, 5, 6])).unwrap();
        fs::write(house.path().join("y_train.npy"), npy("(2,)", &[1, 0])).unwrap();
        let splits = open(house.path(), &OpenOptions::default()).unwrap();
        assert_eq!(labels(&*splits.train).unwrap(), [1, 0]);

        let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for (name, bytes) in [("weights.npy", npy("(1,)", &[0])), ("x.npy", npy("(1, 3)", &[1, 2, 3]))] {
            archive.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
            std::io::Write::write_all(&mut archive, &bytes).unwrap();
        }
        let path = house.path().join("set.npz");
        fs::write(&path, archive.finish().unwrap().into_inner()).unwrap();
        let splits = open(&path, &OpenOptions::default()).unwrap();
        assert_eq!(splits.train.target(0).unwrap(), Target::None);
        assert_eq!(splits.train.describe(0), "set.npz, array x, row 0");
    }

    #[test]
    fn tables_are_opened_and_the_test_table_is_read_in_the_training_ones_terms() {
        let house = house();
        fs::write(house.path().join("train.csv"), "colour,size,fruit\nred,1,apple\ngreen,2,pear\n").unwrap();
        fs::write(house.path().join("test.csv"), "colour,size,fruit\ngreen,3,apple\n").unwrap();
        let splits = open(house.path(), &OpenOptions::default()).unwrap();
        let mut out = [0.0; 3];
        assert_eq!(splits.test.unwrap().read(0, &mut out).unwrap(), Target::Class(0));
        assert_eq!(out, [1.0, 0.0, 3.0]);
        assert_eq!(splits.train.describe(1), "train.csv, line 3");
    }

    #[test]
    fn picture_folders_are_opened_with_and_without_parts() {
        let house = house();
        for (place, grey) in [("train/cat", 0), ("train/dog", 51), ("test/dog", 102)] {
            let folder = house.path().join(place);
            fs::create_dir_all(&folder).unwrap();
            GrayImage::from_pixel(2, 2, Luma([grey])).save(folder.join("a.png")).unwrap();
        }
        let splits = open(house.path(), &OpenOptions::default()).unwrap();
        assert_eq!(labels(&*splits.test.unwrap()).unwrap(), [1]);
        assert_eq!(open(house.path().join("train"), &OpenOptions::default()).unwrap().train.len(), 2);
        GrayImage::new(3, 3).save(house.path().join("test/dog/a.png")).unwrap();
        assert!(refusal(house.path()).contains("[2, 2, 1], its test samples [3, 3, 1]"));
    }

    #[test]
    fn what_is_not_found_is_said_with_what_was_looked_for() {
        let house = house();
        assert!(refusal(house.path()).contains("looked for IDX pairs"));
        fs::write(house.path().join("credit.csv"), "a,b\n1,2\n").unwrap();
        assert!(refusal(&house.path().join("credits.csv")).ends_with("did you mean credit.csv?"));
        assert!(refusal(&house.path().join("fashoin")).ends_with("did you mean fashion?"));
        fs::write(house.path().join("model.bin"), [1, 0, 2]).unwrap();
        assert!(refusal(&house.path().join("model.bin")).contains("none of the data that is read"));
        fs::write(house.path().join("more.csv"), "a,b\n1,2\n").unwrap();
        assert!(refusal(house.path()).contains("both credit.csv and more.csv"));
    }
}
