//! Ctrl-C while a network is trained.
#![cfg(unix)]

use std::fs;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::{folder_with_run, gradus, more_epochs, names};

#[test]
fn a_run_that_was_interrupted_goes_on_to_the_same_bits() {
    let folder = folder_with_run();
    let folder = folder.path();
    // With a constant rate, the number of epochs changes nothing but the end.
    let arguments = |name: &'static str, epochs: String| {
        let fixed = ["train", "--data", "table.csv", "--model", "mlp", "--hidden", "4", "--schedule", "constant"];
        fixed.into_iter().chain(["--name", name, "--epochs"]).map(str::to_owned).chain([epochs]).collect::<Vec<_>>()
    };
    let child = Command::new(env!("CARGO_BIN_EXE_gradus"))
        .current_dir(folder)
        .args(arguments("stopped", "1000000".into()))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let run = folder.join("runs/stopped");
    let patience = Instant::now() + Duration::from_secs(60);
    while !run.join("last.safetensors").exists() {
        assert!(Instant::now() < patience, "the run does not begin");
        std::thread::sleep(Duration::from_millis(5));
    }
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(130), "{said}");
    assert!(said.contains("nothing is lost") && said.contains("gradus train --resume runs/stopped"), "{said}");
    assert_eq!(names(&run), ["best.safetensors", "config.toml", "last.safetensors", "metrics.csv"]);

    let epochs = fs::read_to_string(run.join("metrics.csv")).unwrap().lines().count() as u64 + 1;
    more_epochs(&run, epochs);
    let resumed = gradus(folder, &["train", "--resume", "runs/stopped"]);
    assert!(resumed.status.success(), "{}", String::from_utf8_lossy(&resumed.stderr));
    let whole = arguments("whole", epochs.to_string());
    assert!(gradus(folder, &whole.iter().map(String::as_str).collect::<Vec<_>>()).status.success());
    for file in ["last.safetensors", "metrics.csv"] {
        let read = |run: &str| fs::read(folder.join("runs").join(run).join(file)).unwrap();
        assert!(read("stopped") == read("whole"), "{file} differs from that of a run that was not interrupted");
    }
}
