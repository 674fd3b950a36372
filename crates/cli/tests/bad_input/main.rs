//! Bad input: each is answered by one clear sentence, an exit code that is not 0, and nothing lost.

mod analysis;
mod credit;
mod disk;
mod explore;
mod interrupt;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

/// Runs the program in a folder.
fn gradus(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_gradus")).current_dir(folder).args(arguments).output().unwrap()
}

/// Runs the program, which must refuse with a sentence that holds all of `expected`.
#[track_caller]
fn refused(folder: &Path, arguments: &[&str], expected: &[&str]) {
    let output = gradus(folder, arguments);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success(), "{arguments:?} succeeded");
    assert!(said.contains("error:") && !said.contains("panicked"), "{arguments:?}: {said}");
    for part in expected {
        assert!(said.contains(part), "{arguments:?} did not say {part:?}: {said}");
    }
}

/// A table that a small network learns in no time, and a finished run on it.
fn folder_with_run() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let rows: Vec<String> = (0..60).map(|row| format!("{},{},{}", row % 7, row % 5, ["no", "yes"][row % 2])).collect();
    fs::write(folder.path().join("table.csv"), format!("a,b,answer\n{}\n", rows.join("\n"))).unwrap();
    let arguments =
        ["train", "--data", "table.csv", "--model", "mlp", "--hidden", "4", "--epochs", "2", "--name", "run"];
    let output = gradus(folder.path(), &arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    folder
}

/// The names of what is in a folder, in order.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Sets how many epochs a run is to have.
fn more_epochs(run: &Path, epochs: u64) {
    let path = run.join("config.toml");
    let text = fs::read_to_string(&path).unwrap();
    let lines: Vec<String> = text
        .lines()
        .map(|line| if line.starts_with("epochs =") { format!("epochs = {epochs}") } else { line.to_owned() })
        .collect();
    fs::write(&path, lines.join("\n")).unwrap();
}

#[test]
fn wrong_names_get_the_nearest() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    refused(folder, &["train", "--model", "lenett"], &["did you mean lenet?"]);
    refused(folder, &["train", "--optimizer", "adma"], &["did you mean adam?"]);
    refused(folder, &["train", "--set", "train.epocs=3"], &["did you mean epochs?"]);
    refused(folder, &["train", "--epoch", "3"], &["--epochs"]);
    refused(folder, &["train", "--data", "fashio"], &["fashio", "did you mean fashion?"]);
    refused(folder, &["data", "get", "mnits"], &["mnist"]);
    refused(folder, &["inspect", "cnnn"], &["cnn"]);
    assert!(!folder.join("runs").exists(), "a run that could not be built leaves nothing");
}

#[test]
fn wrong_settings_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    refused(folder, &["train", "--epochs", "0"], &["train.epochs: is 0"]);
    refused(folder, &["train", "--batch-size", "0"], &["train.batch_size: is 0"]);
    refused(folder, &["train", "--batch-size=-1"], &["integer `-1`", "batch_size"]);
    refused(folder, &["train", "--batch-size", "many"], &["config"]);
    fs::write(folder.join("c.toml"), "[train\nepochs = 3").unwrap();
    refused(folder, &["train", "--config", "c.toml"], &["c.toml"]);
    fs::write(folder.join("c.toml"), "[train]\nepochs = \"three\"").unwrap();
    refused(folder, &["train", "--config", "c.toml"], &["expected u64"]);
}

#[test]
fn damaged_weights_are_found() {
    let folder = folder_with_run();
    let folder = folder.path();
    let path = folder.join("runs/run/best.safetensors");
    let whole = fs::read(&path).unwrap();
    for length in [0, 5, 100, whole.len() - 1] {
        fs::write(&path, &whole[..length]).unwrap();
        refused(folder, &["eval", "runs/run"], &["best.safetensors", "take another copy"]);
    }
    let mut flipped = whole.clone();
    let place = flipped.len() - 10;
    flipped[place] ^= 1;
    fs::write(&path, &flipped).unwrap();
    refused(folder, &["eval", "runs/run"], &["checksum"]);
    fs::write(&path, &whole).unwrap();
    assert!(gradus(folder, &["eval", "runs/run"]).status.success());

    let last = folder.join("runs/run/last.safetensors");
    fs::copy(&path, &last).unwrap();
    refused(folder, &["train", "--resume", "runs/run"], &["last.safetensors", "weights only"]);
    refused(folder, &["eval", "elsewhere"], &["is no run folder"]);
}

#[test]
fn bad_tables_are_refused_with_the_place() {
    let folder = folder_with_run();
    let folder = folder.path();
    fs::write(folder.join("text.csv"), "a,b,y\n1,2,x\n3,oops,y\n4,5,x\n5,6,y\n").unwrap();
    refused(folder, &["train", "--data", "text.csv", "--model", "mlp"], &["line 3", "column b", "oops"]);
    fs::write(folder.join("nan.csv"), "a,b,y\n1,2,x\n3,NaN,y\n4,5,x\n5,6,y\n").unwrap();
    refused(folder, &["train", "--data", "nan.csv", "--model", "mlp"], &["line 3"]);
    fs::write(folder.join("one.csv"), "a,b,y\n1,2,x\n3,4,x\n").unwrap();
    refused(folder, &["train", "--data", "one.csv", "--model", "mlp"], &["one class"]);
    fs::write(folder.join("empty.csv"), "").unwrap();
    refused(folder, &["train", "--data", "empty.csv", "--model", "mlp"], &["empty.csv"]);
    fs::write(folder.join("other.csv"), "c,d,answer\n1,2,no\n3,4,yes\n").unwrap();
    refused(folder, &["eval", "runs/run", "--data", "other.csv"], &["other.csv"]);
    refused(folder, &["train", "--data", "table.csv", "--model", "cnn"], &["needs pictures", "take mlp"]);
}

#[test]
fn too_few_samples_are_refused() {
    let folder = folder_with_run();
    let folder = folder.path();
    let tables = [
        ("header", "a,b,y\n", "it looks like a header"),
        ("one", "a,b,y\n1,2,x\n", "one class"),
        ("number", "1,2,3\n", "nothing to learn"),
        ("two", "a,b,y\n1,2,x\n3,4,y\n", "give more samples"),
    ];
    for (name, text, expected) in tables {
        let file = format!("{name}.csv");
        fs::write(folder.join(&file), text).unwrap();
        refused(folder, &["train", "--data", &file, "--model", "mlp", "--name", name], &[expected]);
        assert!(!folder.join("runs").join(name).exists());
    }
    // IDX headers that promise no pictures of 2 x 2, and no labels.
    fs::create_dir(folder.join("none")).unwrap();
    let images = [0, 0, 8, 3, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 2];
    fs::write(folder.join("none/train-images-idx3-ubyte"), images).unwrap();
    fs::write(folder.join("none/train-labels-idx1-ubyte"), [0, 0, 8, 1, 0, 0, 0, 0]).unwrap();
    refused(folder, &["train", "--data", "none", "--model", "mlp"], &["none: there is no sample in it"]);
}

#[test]
fn a_batch_larger_than_the_data_is_the_data() {
    let folder = folder_with_run();
    for (name, size) in [("larger", "1000"), ("largest", "9223372036854775807")] {
        let arguments =
            ["train", "--data", "table.csv", "--model", "mlp", "--epochs", "1", "--batch-size", size, "--name", name];
        let output = gradus(folder.path(), &arguments);
        assert!(output.status.success(), "{size}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn bad_arrays_and_pictures_are_refused_or_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    // An IDX header that promises 5 x 2 x 2 bytes, and 3 of them.
    let header = [0, 0, 8, 3, 0, 0, 0, 5, 0, 0, 0, 2, 0, 0, 0, 2, 1, 2, 3];
    fs::write(folder.join("train-images-idx3-ubyte"), header).unwrap();
    fs::write(folder.join("train-labels-idx1-ubyte"), [0, 0, 8, 1, 0, 0, 0, 5, 0, 1, 0, 1, 0]).unwrap();
    refused(folder, &["train", "--data", ".", "--model", "mlp"], &["train-images"]);

    for class in ["cats", "dogs"] {
        fs::create_dir_all(folder.join("pictures").join(class)).unwrap();
        fs::write(folder.join("pictures").join(class).join("a.png"), b"\x89PNG\r\n\x1a\nnot a picture").unwrap();
    }
    refused(folder, &["train", "--data", "pictures"], &["a.png"]);
    refused(folder, &["train", "--data", "pictures", "--skip-bad"], &["pictures"]);
}

#[test]
fn a_rate_that_explodes_stops_at_the_first_loss_that_is_not_finite() {
    let folder = folder_with_run();
    let folder = folder.path();
    let arguments = [
        "train",
        "--data",
        "table.csv",
        "--model",
        "mlp",
        "--optimizer",
        "sgd",
        "--learning-rate",
        "1e30",
        "--name",
        "boom",
    ];
    refused(folder, &arguments, &["training diverged", "step", "layers."]);
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let folder = folder_with_run();
    let folder = folder.path();
    fs::write(folder.join("file"), "in the way").unwrap();
    refused(
        folder,
        &["train", "--data", "table.csv", "--model", "mlp", "--runs", "file/runs"],
        &["file/runs", "cannot create"],
    );
    refused(
        folder,
        &["train", "--data", "table.csv", "--model", "mlp", "--name", "run"],
        &["is there already", "--resume"],
    );
}
