//! `gradus convert`: there and back with the same numbers; what cannot be read is answered in one sentence.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use gradus::io::read_weights;

fn convert(input: &Path, output: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_gradus")).arg("convert").args([input, output]).output().unwrap()
}

fn golden(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../golden/data/pytorch").join(name)
}

#[test]
fn weights_go_over_and_back() {
    let folder = tempfile::tempdir().unwrap();
    let (safetensors, pytorch) = (folder.path().join("a.safetensors"), folder.path().join("b.pt"));
    let output = convert(&golden("checkpoint_legacy.pth"), &safetensors);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.contains("a.safetensors: 9 tensors, 50 numbers, "), "{said}");
    let output = convert(&safetensors, &pytorch);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.contains("b.pt: 9 tensors") && said.contains("left out: metadata (4)"), "{said}");
    let expected = read_weights(&golden("checkpoint.safetensors")).unwrap().tensors;
    for path in [safetensors, pytorch] {
        let read = read_weights(&path).unwrap().tensors;
        assert_eq!(read.len(), expected.len());
        for (name, tensor) in read {
            assert_eq!(tensor.shape(), expected[&name].shape(), "{name}");
            assert_eq!(tensor.to_vec(), expected[&name].to_vec(), "{name}");
        }
    }
}

#[test]
fn what_cannot_be_read_is_said_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let head = b"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.\x80\x02M\xe9\x03.\x80\x02}.";
    fs::write(path("evil.pth"), [&head[..], b"\x80\x02cos\nsystem\nU\x02lstR."].concat()).unwrap();
    fs::write(path("text.pth"), "weights").unwrap();
    let whole = fs::read(golden("zip.pth")).unwrap();
    fs::write(path("short.pth"), &whole[..whole.len() - 30]).unwrap();
    for (input, output, expected) in [
        ("evil.pth", "out.safetensors", "evil.pth, byte 27: it asks for os.system; code in a file is never run"),
        ("text.pth", "out.safetensors", "text.pth: is neither a safetensors nor a PyTorch file"),
        ("short.pth", "out.safetensors", "take another copy"),
        ("none.pth", "out.safetensors", "none.pth: cannot read"),
        ("evil.pth", "out.onnx", "out.onnx: its ending tells the format"),
    ] {
        let result = convert(&path(input), &path(output));
        let said = String::from_utf8_lossy(&result.stderr).into_owned();
        assert!(!result.status.success() && said.contains(expected), "{input}: {said}");
        assert_eq!(said.lines().count(), 1, "{said}");
        assert!(!path(output).exists());
    }
}
