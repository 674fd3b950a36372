//! The public data sets that `gradus data get NAME` knows, and where they are.

use crate::download::{DownloadError, Fetched, Source, fetch};
use gradus::did_you_mean;
use std::fs;
use std::path::{Path, PathBuf};

/// A public data set.
#[derive(Debug)]
pub struct PublicSet {
    /// What the user calls it.
    pub name: &'static str,
    /// What is in it, and its terms.
    pub about: &'static str,
    base: &'static str,
    files: &'static [(&'static str, &'static str)],
    classes: &'static [&'static str],
}

/// The sets. Each sum is that of the file unpacked, so that it does not matter who packed it; those of MNIST and
/// Fashion-MNIST were computed from the copies that npm and Debian hand out, that of digits from scikit-learn's package.
/// The addresses are the sets' public homes; no test reaches them.
pub const SETS: [PublicSet; 3] = [
    PublicSet {
        name: "mnist",
        about: "70,000 handwritten digits, 28 x 28 (LeCun, Cortes, Burges)",
        base: "https://ossci-datasets.s3.amazonaws.com/mnist",
        files: &[
            ("train-images-idx3-ubyte.gz", "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"),
            ("train-labels-idx1-ubyte.gz", "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"),
            ("t10k-images-idx3-ubyte.gz", "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"),
            ("t10k-labels-idx1-ubyte.gz", "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"),
        ],
        classes: &[],
    },
    PublicSet {
        name: "fashion-mnist",
        about: "70,000 pictures of clothes, 28 x 28 (Zalando, MIT licence)",
        base: "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion",
        files: &[
            ("train-images-idx3-ubyte.gz", "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888"),
            ("train-labels-idx1-ubyte.gz", "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"),
            ("t10k-images-idx3-ubyte.gz", "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b"),
            ("t10k-labels-idx1-ubyte.gz", "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"),
        ],
        classes: &[
            "T-shirt/top",
            "Trouser",
            "Pullover",
            "Dress",
            "Coat",
            "Sandal",
            "Shirt",
            "Sneaker",
            "Bag",
            "Ankle boot",
        ],
    },
    PublicSet {
        name: "digits",
        about: "1,797 handwritten digits, 8 x 8, as a table (UCI, by way of scikit-learn)",
        base: "https://raw.githubusercontent.com/scikit-learn/scikit-learn/1.9.1/sklearn/datasets/data",
        files: &[("digits.csv.gz", "6ebb3d2fee246a4e99363262ddf8a00a3c41bee6014c373ed9d9216ba7f651b8")],
        classes: &[],
    },
];

/// A file of a set, for the progress bar.
#[derive(Clone, Copy, Debug)]
pub struct Progress<'a> {
    /// The file's name.
    pub file: &'a str,
    /// Bytes received.
    pub received: u64,
    /// Bytes in all, where the server says it.
    pub total: Option<u64>,
}

/// Why a set could not be fetched.
#[derive(Debug, thiserror::Error)]
pub enum GetError {
    /// There is no set of this name.
    #[error("there is no data set {name}{near} The sets are: {known}")]
    Unknown { name: String, near: String, known: String },
    /// A file of it could not be fetched.
    #[error(transparent)]
    Download(#[from] DownloadError),
    /// The folder cannot be written to.
    #[error("{}: cannot write: {source}", path.display())]
    Folder { path: PathBuf, source: std::io::Error },
}

/// The set of a name.
pub fn find(name: &str) -> Result<&'static PublicSet, GetError> {
    SETS.iter().find(|set| set.name == name).ok_or_else(|| {
        let names = SETS.iter().map(|set| set.name);
        let near = did_you_mean(name, names.clone());
        let near = if near.is_empty() { ".".to_owned() } else { near };
        GetError::Unknown { name: name.to_owned(), near, known: names.collect::<Vec<_>>().join(", ") }
    })
}

/// Fetches what is missing of a set into a folder, and tells how many files were downloaded.
pub fn get(set: &PublicSet, folder: &Path, progress: &mut dyn FnMut(Progress<'_>)) -> Result<usize, GetError> {
    get_from(set, set.base, folder, progress)
}

fn get_from(
    set: &PublicSet,
    base: &str,
    folder: &Path,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<usize, GetError> {
    let refused = |source| GetError::Folder { path: folder.to_path_buf(), source };
    fs::create_dir_all(folder).map_err(refused)?;
    let mut downloaded = 0;
    for &(file, sha256) in set.files {
        let source = Source { url: format!("{base}/{file}"), sha256: sha256.to_owned() };
        let target = folder.join(file.trim_end_matches(".gz"));
        let mut tell = |received, total| progress(Progress { file, received, total });
        if fetch(&source, &target, &mut tell)? != Fetched::Already {
            downloaded += 1;
        }
    }
    if !set.classes.is_empty() {
        fs::write(folder.join("classes.txt"), set.classes.join("\n") + "\n").map_err(refused)?;
    }
    Ok(downloaded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_set_names_the_nearest_and_all() {
        let problem = find("fashon-mnist").unwrap_err().to_string();
        assert_eq!(
            problem,
            "there is no data set fashon-mnist; did you mean fashion-mnist? The sets are: mnist, fashion-mnist, digits"
        );
        assert_eq!(find("mnist").unwrap().name, "mnist");
    }

    #[test]
    fn every_sum_is_a_sha256_and_every_address_is_safe() {
        for set in &SETS {
            assert!(set.base.starts_with("https://"), "{}", set.name);
            for (file, sum) in set.files {
                assert!(sum.len() == 64 && sum.bytes().all(|byte| byte.is_ascii_hexdigit()), "{file}");
            }
        }
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_named() {
        let house = tempfile::tempdir().unwrap();
        let file = house.path().join("file");
        fs::write(&file, "").unwrap();
        let problem = get_from(&SETS[0], "http://127.0.0.1:1", &file, &mut |_| {}).unwrap_err().to_string();
        assert!(problem.contains("file: cannot write"), "{problem}");
        let problem = get_from(&SETS[0], "http://127.0.0.1:1", house.path(), &mut |_| {}).unwrap_err().to_string();
        assert!(problem.contains("train-images-idx3-ubyte.gz: the connection failed"), "{problem}");
    }
}
