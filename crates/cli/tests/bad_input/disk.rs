//! Disks that are full, files that may grow no further, folders that cannot be written to.
#![cfg(target_os = "linux")]

use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use crate::{folder_with_run, gradus, more_epochs, names, refused};

#[test]
fn a_full_disk_keeps_the_last_good_state() {
    let folder = folder_with_run();
    let folder = folder.path();
    let run = folder.join("runs/run");
    more_epochs(&run, 3);
    let kept = fs::read(run.join("last.safetensors")).unwrap();
    let before = names(&run);
    // Whatever is written beside the state finds the disk full.
    symlink("/dev/full", run.join("last.safetensors.tmp")).unwrap();
    refused(
        folder,
        &["train", "--resume", "runs/run"],
        &["last.safetensors: cannot write", "No space left", "nothing was overwritten"],
    );
    assert_eq!(names(&run), before, "nothing partial is left");
    assert_eq!(fs::read(run.join("last.safetensors")).unwrap(), kept);
    let again = gradus(folder, &["train", "--resume", "runs/run"]);
    assert!(again.status.success(), "with space, the run goes on: {}", String::from_utf8_lossy(&again.stderr));
}

#[test]
fn output_that_cannot_be_printed_loses_no_file() {
    let folder = folder_with_run();
    let folder = folder.path();
    for arguments in [
        &["train", "--data", "table.csv", "--model", "mlp", "--hidden", "4", "--epochs", "1", "--name", "unheard"][..],
        &["eval", "runs/run"],
        &["inspect", "runs/run"],
        &["models"],
        &["data", "show", "table.csv"],
    ] {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_gradus"))
            .current_dir(folder)
            .args(arguments)
            .stdout(full)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {said}");
        assert!(said.contains("error: cannot print: No space left"), "{arguments:?}: {said}");
    }
    assert_eq!(names(&folder.join("runs/unheard")), names(&folder.join("runs/run")));
}

#[test]
fn a_file_that_may_grow_no_further_is_not_left_half_written() {
    let folder = folder_with_run();
    let script = "trap '' XFSZ; ulimit -f 4; exec \"$0\" \"$@\"";
    let output = Command::new("sh")
        .current_dir(folder.path())
        .args(["-c", script, env!("CARGO_BIN_EXE_gradus")])
        .args([
            "train",
            "--data",
            "table.csv",
            "--model",
            "mlp",
            "--hidden",
            "2560",
            "--epochs",
            "1",
            "--name",
            "large",
        ])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    for part in ["best.safetensors: cannot write", "ulimit -f", "nothing was overwritten"] {
        assert!(said.contains(part), "{said}");
    }
    assert_eq!(names(&folder.path().join("runs/large")), ["config.toml"]);
}

#[test]
fn a_folder_that_no_one_can_write_to_is_named() {
    let folder = folder_with_run();
    // Root may write where permissions say no; in /proc no one may.
    let arguments = ["train", "--data", "table.csv", "--model", "mlp", "--runs", "/proc/runs"];
    refused(folder.path(), &arguments, &["/proc/runs/mlp-table-1: cannot create"]);
}

#[test]
fn a_run_in_a_read_only_folder_stays_as_it_is() {
    let folder = folder_with_run();
    let run = folder.path().join("runs/run");
    more_epochs(&run, 3);
    let kept = fs::read(run.join("last.safetensors")).unwrap();
    let read_only = |yes: bool| {
        let mut permissions = fs::metadata(&run).unwrap().permissions();
        std::os::unix::fs::PermissionsExt::set_mode(&mut permissions, if yes { 0o555 } else { 0o755 });
        fs::set_permissions(&run, permissions).unwrap();
    };
    read_only(true);
    if File::create(run.join("probe")).is_ok() {
        // Written past the test's captured output: a test that is left out is not left out in silence.
        let note = "SKIPPED a_run_in_a_read_only_folder: this user may write to any folder (root)";
        writeln!(std::io::stderr(), "{note}").unwrap();
        return;
    }
    refused(folder.path(), &["train", "--resume", "runs/run"], &["cannot write", "permissions"]);
    read_only(false);
    assert_eq!(fs::read(Path::new(&run).join("last.safetensors")).unwrap(), kept);
}
