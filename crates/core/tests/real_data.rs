//! The readers on whole public data sets and weights, against what is published about them.
//!
//! Needs `scripts/get-data`; runs with `cargo test --workspace --test real_data -- --ignored`.

use gradus_core::data::{Dataset, Method, Normalizer, OpenOptions, Per, Splits, fashion, labels, open};
use gradus_core::io;
use std::path::Path;

fn whole(name: &str) -> Splits {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data").join(name);
    open(&path, &OpenOptions::default()).unwrap_or_else(|error| panic!("{error}; run scripts/get-data"))
}

fn counts(set: &dyn Dataset) -> Vec<usize> {
    let mut counts = vec![0; set.target_kind().class_names().len()];
    for label in labels(set).unwrap() {
        counts[label as usize] += 1;
    }
    counts
}

/// The mean and standard deviation of all pixels, read back from the normalization: 0 becomes -mean / deviation.
fn mean_and_deviation(set: &dyn Dataset) -> (f64, f64) {
    let fitted = Normalizer::fit(set, Method::Standard, Per::Channel).unwrap();
    let mut sample = vec![0.0; 784];
    fitted.invert(&mut sample);
    let mean = sample[0] as f64;
    sample.fill(1.0);
    fitted.invert(&mut sample);
    (mean, sample[0] as f64 - mean)
}

#[test]
#[ignore = "needs scripts/get-data"]
fn mnist_has_its_published_counts_and_moments() {
    let set = whole("mnist");
    assert_eq!((set.train.len(), set.test.as_ref().unwrap().len()), (60_000, 10_000));
    assert_eq!(counts(&*set.train), [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]);
    assert_eq!(counts(&*set.test.unwrap()), [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]);
    let (mean, deviation) = mean_and_deviation(&*set.train);
    assert!((mean - 0.1307).abs() < 5e-5 && (deviation - 0.3081).abs() < 5e-5, "{mean} {deviation}");
}

#[test]
#[ignore = "needs scripts/get-data"]
fn fashion_mnist_has_its_published_counts_and_moments() {
    let set = whole("fashion-mnist");
    assert_eq!(counts(&*set.train), [6000; 10]);
    assert_eq!(counts(&*set.test.unwrap()), [1000; 10]);
    assert_eq!(set.train.target_kind().class_names(), fashion::CLASSES);
    let (mean, deviation) = mean_and_deviation(&*set.train);
    assert!((mean - 0.2860).abs() < 5e-5 && (deviation - 0.3530).abs() < 5e-5, "{mean} {deviation}");
}

/// Each picture of the slice is the next one of its class in the whole set, pixel for pixel.
#[test]
#[ignore = "needs scripts/get-data"]
fn the_slice_is_the_beginning_of_each_class() {
    let whole = whole("fashion-mnist");
    let slice = fashion::splits().unwrap();
    for (slice, whole) in [(slice.train, whole.train), (slice.test.unwrap(), whole.test.unwrap())] {
        let mut next = [0; 10];
        let whole_labels = labels(&*whole).unwrap();
        let (mut expected, mut found) = (vec![0.0; 784], vec![0.0; 784]);
        for (index, label) in labels(&*slice).unwrap().into_iter().enumerate() {
            let next = &mut next[label as usize];
            while whole_labels[*next] != label {
                *next += 1;
            }
            whole.read(*next, &mut expected).unwrap();
            slice.read(index, &mut found).unwrap();
            assert_eq!(found, expected, "picture {index}");
            *next += 1;
        }
    }
}

/// EfficientNet-Lite0's weights: a legacy file, of whose tensors 50 are not contiguous. The checksum is that of PyTorch's reading:
/// ```python
/// state, crc = torch.load(FILE, weights_only=True), 0
/// for name in sorted(state):
///     crc = zlib.crc32(f"{name} {list(state[name].shape)}\n".encode(), crc)
///     crc = zlib.crc32(state[name].float().contiguous().numpy().tobytes(), crc)
/// ```
#[test]
#[ignore = "needs scripts/get-data"]
fn published_weights_are_read_as_pytorch_reads_them() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/efficientnet-lite0");
    let file = io::read_weights(&folder.join("efficientnet-lite0-57934424.pth"));
    let tensors = file.unwrap_or_else(|error| panic!("{error}; run scripts/get-data")).tensors;
    assert_eq!(tensors.len(), 296);
    let mut crc = crc32fast::Hasher::new();
    for (name, tensor) in &tensors {
        crc.update(format!("{name} {:?}\n", &tensor.shape()[..]).as_bytes());
        let bytes: Vec<u8> = tensor.as_slice().iter().flat_map(|value| value.to_le_bytes()).collect();
        crc.update(&bytes);
    }
    assert_eq!(crc.finalize(), 0x4658_66fd);
}
