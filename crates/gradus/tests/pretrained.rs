//! Published weights on photographs: `scripts/get-data efficientnet-lite0 imagenet-samples` fetches both.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use gradus::pretrained::Pretrained;
use gradus::{Tensor, io, zoo};

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data").join(name)
}

fn weights() -> PathBuf {
    data("efficientnet-lite0/efficientnet-lite0-57934424.pth")
}

/// Twenty pictures with the number of their class, which their names tell: `imagenet_NUMBER_CLASS.jpg`.
fn pictures() -> Vec<(PathBuf, usize)> {
    let files = std::fs::read_dir(data("imagenet-samples")).expect("run scripts/get-data imagenet-samples first");
    let mut found: Vec<(PathBuf, usize)> = files
        .map(|file| file.unwrap().path())
        .map(|path| {
            let class = path.file_stem().unwrap().to_str().unwrap().rsplit('_').next().unwrap().parse().unwrap();
            (path, class)
        })
        .collect();
    found.sort();
    found
}

#[test]
#[ignore = "needs scripts/get-data"]
fn efficientnet_lite0_knows_its_photographs() {
    let network = Pretrained::open("efficientnet-lite0", weights(), None).unwrap();
    let names: Vec<&str> = zoo::imagenet::classes().collect();
    let (mut first, mut fifth, mut count) = (0, 0, 0);
    for (path, class) in pictures() {
        let answers = &network.predict(&network.read(&path).unwrap())[0].answers;
        first += usize::from(answers[0].0 == names[class]);
        fifth += usize::from(answers.iter().take(5).any(|(name, _)| name == names[class]));
        count += 1;
    }
    assert_eq!(count, 20);
    assert!(first >= 17, "{first} of 20 at the first place");
    assert_eq!(fifth, 20, "among the first five");
}

#[test]
#[ignore = "needs scripts/get-data"]
fn converted_weights_give_the_same_bits() {
    let folder = tempfile::tempdir().unwrap();
    let converted = folder.path().join("lite0.safetensors");
    let tensors: Vec<(String, Tensor)> = io::read_weights(&weights()).unwrap().tensors.into_iter().collect();
    io::write_tensors(&converted, &tensors, &BTreeMap::new()).unwrap();
    let [original, copy] =
        [weights(), converted].map(|path| Pretrained::open("efficientnet-lite0", path, None).unwrap());
    let picture = original.read(&pictures()[0].0).unwrap();
    assert_eq!(original.predict(&picture), copy.predict(&picture));
}

#[test]
#[ignore = "needs scripts/get-data"]
fn weights_of_another_network_are_refused_by_name() {
    let problem = Pretrained::open("mobilenet-v2", weights(), None).err().unwrap().to_string();
    assert!(problem.contains("missing") && problem.contains("features.0.0.weight"), "{problem}");
    let problem = Pretrained::open("resnet20", weights(), None).err().unwrap().to_string();
    assert!(problem.contains("no weights of resnet20 were published"), "{problem}");
    let ten = Some((0..10).map(|class| class.to_string()).collect());
    let problem = Pretrained::open("efficientnet-lite0", weights(), ten).err().unwrap().to_string();
    assert!(problem.contains("_fc.weight"), "{problem}");
}
