//! The commands about published networks: models, predict --model, finetune, compare.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use gradus::nn;
use gradus::zoo::{self, Interface};
use gradus::{Rng, io};

fn gradus(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_gradus")).current_dir(folder).args(arguments).output().unwrap()
}

#[track_caller]
fn printed(folder: &Path, arguments: &[&str]) -> String {
    let output = gradus(folder, arguments);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {said}");
    String::from_utf8(output.stdout).unwrap()
}

#[track_caller]
fn refused(folder: &Path, arguments: &[&str], expected: &str) {
    let output = gradus(folder, arguments);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success(), "{arguments:?} succeeded");
    assert!(said.contains(expected) && !said.contains("panicked"), "{arguments:?} did not say {expected:?}: {said}");
}

/// First weights of a small network, as a file that someone else's would be.
fn some_weights(folder: &Path) {
    let interface = Interface { input: vec![224, 224, 3], outputs: 1000 };
    let built = zoo::build("shufflenet-v2-x0.5", &zoo::Options::new(), &interface, &mut Rng::new(1)).unwrap();
    io::write_pytorch(&folder.join("weights.pth"), &nn::state(&*built.network)).unwrap();
}

/// Two classes of six pictures: bright and dark ones.
fn some_pictures(folder: &Path) {
    for (class, level) in [("bright", 200), ("dark", 20)] {
        let class = folder.join("pictures").join(class);
        fs::create_dir_all(&class).unwrap();
        for place in 0..6 {
            // A BMP of 8x8 grey-like pixels, 24 bits each: its header is short enough to write by hand.
            let mut bytes = b"BM\xf6\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x08\0\0\0\x08\0\0\0\x01\0\x18\0".to_vec();
            bytes.resize(54, 0);
            bytes.extend((0..192).map(|pixel| level + (pixel + place) as u8 % 30));
            fs::write(class.join(format!("{place}.bmp")), bytes).unwrap();
        }
    }
}

#[test]
fn models_are_listed_and_shown() {
    let folder = tempfile::tempdir().unwrap();
    let all = printed(folder.path(), &["models"]);
    assert!(all.contains("resnet18") && all.contains("11689512") && all.contains("69.8"), "{all}");
    let one = printed(folder.path(), &["models", "squeezenet1-1"]);
    assert!(one.contains("1235496") && one.contains("download.pytorch.org") && one.contains("dropout = 0.5"), "{one}");
    let json = printed(folder.path(), &["models", "--json"]);
    for line in json.lines() {
        let entry: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(entry["parameters"].as_u64().unwrap() > 0, "{line}");
    }
    assert!(json.lines().any(|line| line.contains("6624904") && line.contains("6379984")), "side branches apart");
    assert!(all.contains("13004888 parameters with side branches"), "{all}");
    refused(folder.path(), &["models", "resnet19"], "did you mean resnet1");
    let block = printed(folder.path(), &["inspect", "inception-v3", "--block"]);
    assert!(block.contains("kernel") && block.contains("1x7") && block.contains("13x13"), "{block}");
}

#[test]
fn a_photograph_goes_through_a_published_network() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    some_weights(at);
    some_pictures(at);
    let model = ["predict", "--model", "shufflenet-v2-x0.5", "--weights", "weights.pth"];
    let with = |more: &[&'static str]| -> Vec<&str> { model.iter().chain(more).copied().collect() };
    let json = printed(at, &with(&["--json", "pictures"]));
    assert_eq!(json.lines().count(), 12);
    let first: serde_json::Value = serde_json::from_str(json.lines().next().unwrap()).unwrap();
    assert_eq!(first["answers"].as_array().unwrap().len(), 5);

    fs::write(at.join("note.txt"), "no picture").unwrap();
    refused(at, &with(&["note.txt"]), "is no picture");
    fs::write(at.join("torn.png"), b"\x89PNG\r\n\x1a\n").unwrap();
    refused(at, &with(&["torn.png"]), "torn.png");
    refused(at, &with(&["nowhere.png"]), "nowhere.png");
    refused(at, &["predict", "--model", "resnet18", "--weights", "weights.pth", "pictures"], "conv1.weight");
    refused(at, &["predict", "--model", "resnet20", "--weights", "weights.pth", "pictures"], "no weights of resnet20");
    refused(at, &["predict", "--model", "resnet18", "--weights", "note.txt", "pictures"], "neither a safetensors nor");
    fs::write(at.join("two.txt"), "yes\nno\n").unwrap();
    refused(at, &with(&["pictures", "--classes", "two.txt"]), "fc.weight");
}

#[test]
fn published_weights_learn_new_classes() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    some_weights(at);
    some_pictures(at);
    let tune = ["finetune", "--model", "shufflenet-v2-x0.5", "--weights", "weights.pth", "--data", "pictures"];
    let short = ["--size", "32x32", "--epochs", "2", "--head-epochs", "1", "--batch-size", "4", "--name", "tuned"];
    let arguments: Vec<&str> = tune.iter().chain(&short).chain(&["--folds", "2"]).copied().collect();
    let said = printed(at, &arguments);
    assert!(said.contains("over 2 folds") && said.contains("gain:"), "{said}");
    for file in ["scores.csv", "scores.png", "fine-tuned-1/best.safetensors", "from-scratch-2/metrics.csv"] {
        assert!(at.join("runs/tuned").join(file).exists(), "{file}");
    }
    // Given again, all is there already, and the same comes out.
    assert_eq!(printed(at, &arguments), said);
    printed(at, &["predict", "runs/tuned/fine-tuned-1", "pictures/dark/0.bmp"]);
    // The same without the ceremony: weights to start from, with a head of one's own.
    let train = ["train", "--model", "shufflenet-v2-x0.5", "--data", "pictures", "--size", "32x32", "--color", "rgb"];
    let short = ["--epochs", "1", "--batch-size", "4", "--weights", "weights.pth"];
    let arguments: Vec<&str> = train.iter().chain(&short).copied().collect();
    refused(at, &arguments, "fc.weight");
    printed(at, &arguments.iter().chain(&["--ignore-head"]).copied().collect::<Vec<_>>());
    let wrong = ["finetune", "--model", "resnet20", "--weights", "weights.pth", "--data", "pictures"];
    refused(at, &wrong, "no weights of resnet20 were published");
    let wrong =
        ["finetune", "--model", "resnet18", "--weights", "weights.pth", "--data", "pictures", "--size", "32x32"];
    refused(at, &wrong, "the weights do not fit the network");
}

#[test]
fn networks_are_compared() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    some_pictures(at);
    let compare = ["compare", "--data", "pictures", "--epochs", "1", "--batch-size", "4", "--name", "three"];
    let models = "mlp:hidden=[8,4],lenet,mobilenet-v3-small:width=0.5";
    let sized = ["--set", "data.size=[16,16]", "--models", models];
    let said = printed(at, &compare.iter().chain(&sized).copied().collect::<Vec<_>>());
    assert!(said.contains("lenet") && said.contains("mobilenet-v3-small-width-0.5"), "{said}");
    let rows = fs::read_to_string(at.join("runs/three/comparison.csv")).unwrap();
    assert_eq!(rows.lines().count(), 4, "{rows}");
    assert!(at.join("runs/three/comparison.svg").exists());
    refused(at, &["compare", "--models", "lenet,lenett"], "did you mean lenet?");
    // Before the first has been trained.
    refused(at, &["compare", "--models", "lenet,mlp:hiden=[3]", "--name", "early"], "did you mean hidden?");
    assert!(!at.join("runs/early").exists());
    refused(at, &["compare", "--models", "lenet,lenet"], "stands there twice");
    refused(at, &["compare", "--models", "lenet:width"], "options stand behind colons");
}
