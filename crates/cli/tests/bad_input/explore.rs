//! Subjects of `explore` and machines of `svm`: wrong names, empty data, one class, text in numbers, mistyped functions.

use std::fs;

use super::{gradus, refused};

#[test]
fn wrong_subjects_and_functions_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    refused(folder, &["explore", "perceptorn"], &["did you mean perceptron?"]);
    refused(folder, &["explore", "optimizers", "--function", "rosenbrok"], &["did you mean rosenbrock?"]);
    refused(folder, &["explore", "line-search", "--function", "x^2 + sni(y)"], &["\"sni\" at 7", "did you mean sin?"]);
    refused(folder, &["explore", "optimizers", "--function", "x + y +"], &["ends where"]);
    refused(folder, &["explore", "optimizers", "--function", "x*y*z"], &["3 variables"]);
    refused(folder, &["explore", "optimizers", "--function", "ln(-1-x^2)"], &["finite nowhere"]);
    refused(folder, &["explore", "line-search", "--rate=-1"], &["rate: is -1"]);
    refused(folder, &["explore", "blum-li", "--function", "1/x", "--domain", "1,0"], &["domain", "is empty"]);
    refused(folder, &["explore", "separability", "--set", "blob"], &["did you mean blobs?"]);
    refused(folder, &["explore", "loss-surface", "--side", "4"], &["side: is 4"]);
    refused(folder, &["explore", "capacity", "--function", "sin(3*x"], &["ends where"]);
    refused(folder, &["explore", "capacity", "--noise=-1"], &["noise: is -1"]);
    refused(folder, &["explore", "capacity", "--noise", "1e300"], &["noise: is 1e300", "at most"]);
    refused(folder, &["explore", "capacity", "--repeats", "0"], &["0 rounds"]);
    refused(folder, &["explore", "empirical-error", "--function", "ln(x)"], &["choose a domain"]);
    refused(folder, &["explore", "empirical-error", "--sizes", "5"], &["5 samples do not determine 6 weights"]);
    refused(folder, &["explore", "ensembles", "--set", "moon"], &["did you mean moons?"]);
    assert!(!folder.join("explore").exists(), "what is refused leaves nothing");
}

#[test]
fn data_that_nothing_can_be_learned_from_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let tables = [
        ("empty.csv", "", "empty.csv"),
        ("one.csv", "a,b,class\n1,2,yes\n3,4,yes\n", "class yes"),
        ("text.csv", "a,b,class\n1,2,yes\nold,4,no\n5,6,yes\n", "line 3"),
        ("nan.csv", "a,b,class\n1,2,yes\nNaN,4,no\n5,6,yes\n", "NaN"),
    ];
    for (name, text, said) in tables {
        fs::write(folder.join(name), text).unwrap();
        refused(folder, &["explore", "perceptron", "--data", name], &[said]);
        refused(folder, &["svm", "train", "--data", name, "--held-out", "0"], &[]);
    }
    for (name, text, said) in [
        ("words.csv", "a,b,size\n1,2,big\n3,4,small\n5,6,big\n", "words.csv"),
        ("same.csv", "a,size\n1,2\n3,2\n5,2\n6,2\n7,2\n", "nothing to learn"),
        ("few.csv", "a,size\n1,2\n3,3\n", "leaves a part empty"),
    ] {
        fs::write(folder.join(name), text).unwrap();
        refused(folder, &["explore", "capacity", "--data", name], &[said]);
    }
    refused(folder, &["explore", "ensembles", "--data", "one.csv"], &["one.csv", "class yes"]);
    fs::write(folder.join("constant.csv"), String::from("a,class\n") + &"1,yes\n1,no\n".repeat(6)).unwrap();
    for command in [&["svm", "train"][..], &["explore", "svm"]] {
        refused(folder, &[command, &["--data", "constant.csv"]].concat(), &["the same in every column"]);
    }
    refused(folder, &["svm", "eval", "one.csv", "--data", "one.csv"], &["one.csv", "no machine"]);
    assert!(!folder.join("svm.json").exists(), "what is refused leaves nothing");
}

#[test]
fn a_machine_is_trained_saved_judged_and_predicts() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let row =
        |k: i32| format!("{},{},{}", k % 10, (k * 7) % 13, if k % 10 + (k * 7) % 13 > 10 { "high" } else { "low" });
    let rows: Vec<String> = (0..130).map(row).collect();
    fs::write(folder.join("t.csv"), format!("a,b,class\n{}\n", rows.join("\n"))).unwrap();
    fs::write(folder.join("new.csv"), "b,a\n0,0\n12,9\n").unwrap();
    let run = |arguments: &[&str]| {
        let output = gradus(folder, arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let said = run(&["svm", "train", "--data", "t.csv", "--kernel", "linear", "-C", "10", "--probability"]);
    assert!(said.contains("held out") && said.contains("svm.json"), "{said}");
    assert!(run(&["svm", "eval", "svm.json", "--data", "t.csv"]).contains("of t.csv"));
    let said = run(&["svm", "predict", "svm.json", "--data", "new.csv"]);
    let lines: Vec<&str> = said.lines().collect();
    assert!(lines[0].contains(": low  ") && lines[1].contains(": high  "), "{said}");
    fs::write(folder.join("short.csv"), "b\n0\n").unwrap();
    refused(folder, &["svm", "predict", "svm.json", "--data", "short.csv"], &["column"]);
    refused(folder, &["svm", "train", "--data", "t.csv", "-C", "0"], &["C: is 0"]);
}
