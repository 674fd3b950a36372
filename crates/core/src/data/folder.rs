//! Folders of pictures: each folder is a class and its name the class's name, in the order of the names.

use super::picture::{self, Color, Picture, PictureOptions};
use super::{Dataset, InMemory, Origin, Samples, SkipReport, StoredTargets, Target, TargetKind};
use crate::error::{Error, Flaw};
use crate::suggest::did_you_mean;
use gradus_kernels::Real;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Pictures that take no more than this as bytes are decoded once and kept.
const KEPT_IN_MEMORY: usize = 1 << 30;

/// How a folder of pictures is to be read.
#[derive(Clone, Debug, Default)]
pub struct FolderOptions {
    /// Size and colour; where no size is told, all pictures must have one.
    pub picture: PictureOptions,
    /// The classes in the order that a model knows them; the folders' names in order where none are told.
    pub classes: Option<Vec<String>>,
    /// Leave out the pictures that cannot be used, and list them.
    pub skip_bad: bool,
}

/// A picture's path and its class.
type Labelled = (PathBuf, u32);

/// Pictures that are decoded each time they are asked for, because they do not fit in memory.
struct PictureFolder {
    paths: Vec<PathBuf>,
    labels: Vec<u32>,
    shape: Vec<usize>,
    options: PictureOptions,
    kind: TargetKind,
}

/// Reads a folder of class folders. Every header is looked at now, so that a picture of another size is found here.
pub fn read(root: &Path, options: &FolderOptions) -> Result<(Arc<dyn Dataset>, SkipReport), Error> {
    read_within(root, options, KEPT_IN_MEMORY)
}

fn read_within(root: &Path, options: &FolderOptions, memory: usize) -> Result<(Arc<dyn Dataset>, SkipReport), Error> {
    let (classes, mut files) = list(root, options.classes.as_deref())?;
    let mut report = SkipReport::default();
    let mut headers = Vec::new();
    files = keep_good(files, options.skip_bad, &mut report, |(path, _)| {
        let header = picture::header(path)?;
        headers.push(header);
        Ok(())
    })?;
    let Some(first) = headers.first() else {
        return Err(Flaw::new("there is no picture in it that can be read").in_file(root));
    };
    let size = options.picture.size.unwrap_or(first.size);
    if options.picture.size.is_none() {
        let mut sizes = headers.iter().map(|header| header.size);
        files = keep_good(files, options.skip_bad, &mut report, |(path, _)| match sizes.next() {
            Some(found) if found != size => Err(Flaw::new(format!(
                "the picture is {} x {} (height x width), those before it {} x {}; tell one --size for all",
                found[0], found[1], size[0], size[1]
            ))
            .in_file(path)),
            _ => Ok(()),
        })?;
    }
    let any_color = headers.iter().any(|header| header.color == Color::Rgb);
    let color = options.picture.color.unwrap_or(if any_color { Color::Rgb } else { Color::Grey });
    let picture_options = PictureOptions { size: Some(size), color: Some(color), ..options.picture };
    let shape = vec![size[0], size[1], color.channels()];
    let sample_len: usize = shape.iter().product();

    if sample_len.saturating_mul(files.len()) <= memory {
        let set = decode_all(root, files, picture_options, shape, classes, options.skip_bad, &mut report)?;
        return Ok((Arc::new(set), report));
    }
    if options.skip_bad {
        files = keep_good(files, true, &mut report, |(path, _)| picture::read(path, picture_options).map(|_| ()))?;
    }
    let (paths, labels) = files.into_iter().unzip();
    let set = PictureFolder { paths, labels, shape, options: picture_options, kind: TargetKind::Classes(classes) };
    Ok((Arc::new(set), report))
}

/// The classes, and every picture with its class.
fn list(root: &Path, told: Option<&[String]>) -> Result<(Vec<String>, Vec<Labelled>), Error> {
    let folders: Vec<PathBuf> = entries(root)?.into_iter().filter(|path| path.is_dir()).collect();
    let found: Vec<String> = folders.iter().map(|path| name_of(path)).collect();
    let classes = told.map_or_else(|| found.clone(), <[String]>::to_vec);
    let mut files = Vec::new();
    for (folder, name) in folders.iter().zip(&found) {
        let Some(label) = classes.iter().position(|class| class == name) else {
            let near = did_you_mean(name, classes.iter().map(String::as_str));
            return Err(Flaw::new(format!("the model knows no class {name}{near}")).in_file(folder));
        };
        let pictures = entries(folder)?.into_iter().filter(|path| picture::is_picture(path));
        files.extend(pictures.map(|path| (path, label as u32)));
    }
    Ok((classes, files))
}

/// What is in a folder, in the order of the names; hidden files are left out.
pub(super) fn entries(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let listed = fs::read_dir(folder).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let mut paths: Vec<PathBuf> = listed.map_err(Error::io(folder, "read"))?.iter().map(fs::DirEntry::path).collect();
    paths.retain(|path| !name_of(path).starts_with('.'));
    paths.sort();
    Ok(paths)
}

pub(super) fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

/// Keeps the items that pass a check; with `skip_bad` the others are listed, without it the first one is the error.
fn keep_good<T>(
    items: Vec<T>,
    skip_bad: bool,
    report: &mut SkipReport,
    mut check: impl FnMut(&T) -> Result<(), Error>,
) -> Result<Vec<T>, Error> {
    let mut good = Vec::with_capacity(items.len());
    for item in items {
        match check(&item) {
            Ok(()) => good.push(item),
            Err(error) if skip_bad => report.add(error),
            Err(error) => return Err(error),
        }
    }
    Ok(good)
}

fn decode_all(
    root: &Path,
    files: Vec<Labelled>,
    options: PictureOptions,
    shape: Vec<usize>,
    classes: Vec<String>,
    skip_bad: bool,
    report: &mut SkipReport,
) -> Result<InMemory, Error> {
    let mut decoded = decode_parallel(&files, options).into_iter();
    let mut pixels = Vec::new();
    let files = keep_good(files, skip_bad, report, |_| {
        if let Some(picture) = decoded.next() {
            pixels.extend(picture?.pixels);
        }
        Ok(())
    })?;
    let (names, labels) = files
        .into_iter()
        .map(|(path, label)| (path.strip_prefix(root).unwrap_or(&path).display().to_string(), label))
        .unzip();
    let targets = StoredTargets::Classes { labels, names: classes };
    Ok(InMemory::new(Samples::Bytes(pixels), shape, targets, Origin::Named(names), false)?.0)
}

/// Decodes on every core: this is what takes the time when a folder is opened.
fn decode_parallel(files: &[Labelled], options: PictureOptions) -> Vec<Result<Picture, Error>> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let share = files.len().div_ceil(threads).max(1);
    std::thread::scope(|scope| {
        let decode = |part: &[Labelled]| part.iter().map(|(path, _)| picture::read(path, options)).collect::<Vec<_>>();
        let parts: Vec<_> = files.chunks(share).map(|part| scope.spawn(move || decode(part))).collect();
        let join = |part: std::thread::ScopedJoinHandle<'_, Vec<_>>| {
            part.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        };
        parts.into_iter().flat_map(join).collect()
    })
}

impl Dataset for PictureFolder {
    fn len(&self) -> usize {
        self.paths.len()
    }

    fn sample_shape(&self) -> &[usize] {
        &self.shape
    }

    fn read(&self, index: usize, out: &mut [Real]) -> Result<Target, Error> {
        let picture = picture::read(&self.paths[index], self.options)?;
        for (number, byte) in out.iter_mut().zip(picture.pixels) {
            *number = Real::from(byte) / 255.0;
        }
        self.target(index)
    }

    fn target_kind(&self) -> &TargetKind {
        &self.kind
    }

    fn describe(&self, index: usize) -> String {
        self.paths[index].display().to_string()
    }

    fn target(&self, index: usize) -> Result<Target, Error> {
        Ok(Target::Class(self.labels[index]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{GrayImage, Luma, Rgb, RgbImage};

    /// cats/a.png and cats/b.png grey 2 x 3, dogs/c.png with colour, and a text that is no picture.
    fn house() -> tempfile::TempDir {
        let house = tempfile::tempdir().unwrap();
        for class in ["dogs", "cats"] {
            fs::create_dir(house.path().join(class)).unwrap();
        }
        GrayImage::from_pixel(3, 2, Luma([51])).save(house.path().join("cats/a.png")).unwrap();
        GrayImage::from_pixel(3, 2, Luma([102])).save(house.path().join("cats/b.png")).unwrap();
        RgbImage::from_pixel(3, 2, Rgb([255, 0, 51])).save(house.path().join("dogs/c.png")).unwrap();
        fs::write(house.path().join("dogs/notes.txt"), "no picture").unwrap();
        house
    }

    #[test]
    fn folders_are_classes_in_order_and_colour_is_kept_where_one_has_it() {
        let house = house();
        for memory in [KEPT_IN_MEMORY, 0] {
            let (set, report) = read_within(house.path(), &FolderOptions::default(), memory).unwrap();
            assert!(report.is_empty());
            assert_eq!(set.target_kind().class_names(), ["cats", "dogs"]);
            assert_eq!((set.len(), set.sample_shape()), (3, &[2, 3, 3][..]));
            let mut out = [0.0; 18];
            assert_eq!(set.read(2, &mut out).unwrap(), Target::Class(1));
            assert_eq!(out[..3], [1.0, 0.0, 0.2]);
            assert_eq!(set.read(0, &mut out).unwrap(), Target::Class(0));
            assert_eq!(out[..3], [0.2, 0.2, 0.2]);
            assert!(set.describe(2).ends_with("dogs/c.png"));
        }
    }

    #[test]
    fn the_first_picture_of_another_size_is_named_unless_a_size_is_told() {
        let house = house();
        GrayImage::new(5, 2).save(house.path().join("cats/z.png")).unwrap();
        let refused = read(house.path(), &FolderOptions::default()).map(|_| ()).unwrap_err().to_string();
        assert!(refused.contains("cats/z.png: the picture is 2 x 5") && refused.contains("--size"), "{refused}");
        let picture = PictureOptions { size: Some([4, 4]), color: Some(Color::Grey), ..PictureOptions::default() };
        let (set, _) = read(house.path(), &FolderOptions { picture, ..Default::default() }).unwrap();
        assert_eq!((set.len(), set.sample_shape()), (4, &[4, 4, 1][..]));
    }

    #[test]
    fn bad_pictures_are_named_or_left_out_and_listed() {
        let house = house();
        fs::write(house.path().join("cats/bad.png"), b"no picture").unwrap();
        let whole = fs::read(house.path().join("cats/a.png")).unwrap();
        fs::write(house.path().join("dogs/cut.png"), &whole[..whole.len() - 20]).unwrap();
        GrayImage::new(5, 2).save(house.path().join("dogs/wide.png")).unwrap();
        let refused = read(house.path(), &FolderOptions::default()).map(|_| ()).unwrap_err().to_string();
        assert!(refused.contains("bad.png"), "{refused}");
        for memory in [KEPT_IN_MEMORY, 0] {
            let options = FolderOptions { skip_bad: true, ..Default::default() };
            let (set, report) = read_within(house.path(), &options, memory).unwrap();
            assert_eq!((set.len(), report.len()), (3, 3), "{report}");
            for name in ["bad.png", "cut.png", "wide.png"] {
                assert!(report.to_string().contains(name), "{report}");
            }
        }
    }

    #[test]
    fn the_models_classes_give_the_numbers() {
        let house = house();
        let classes = Some(vec!["dogs".to_owned(), "owls".into(), "cats".into()]);
        let (set, _) = read(house.path(), &FolderOptions { classes, ..Default::default() }).unwrap();
        assert_eq!(super::super::labels(&*set).unwrap(), [2, 2, 0]);
        let classes = Some(vec!["dog".to_owned(), "cats".into()]);
        let refused = read(house.path(), &FolderOptions { classes, ..Default::default() }).map(|_| ()).unwrap_err();
        assert!(refused.to_string().ends_with("dogs: the model knows no class dogs; did you mean dog?"), "{refused}");
    }

    #[test]
    fn a_folder_without_pictures_says_so() {
        let house = tempfile::tempdir().unwrap();
        let refused = read(house.path(), &FolderOptions::default()).map(|_| ()).unwrap_err();
        assert!(refused.to_string().contains("no picture"));
    }
}
