//! Tables, models and options that `credit` cannot use.

use std::fs;

use super::{gradus, names, refused};

/// Applicants whose income decides, with a category and a missing field.
fn table(rows: usize) -> String {
    let row = |k: usize| {
        let job = ["clerk", "cook", "?"][k % 7 % 3];
        format!("{},{job},{}", 10 + k * k % 41, if k * k % 41 + k % 5 < 20 { "bad" } else { "good" })
    };
    format!("income,job,outcome\n{}\n", (0..rows).map(row).collect::<Vec<_>>().join("\n"))
}

#[test]
fn tables_and_options_that_decide_nothing_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let write = |name: &str, text: &str| fs::write(folder.join(name), text).unwrap();
    write("good.csv", &table(60));
    write("empty.csv", "");
    write("one.csv", &table(60).replace("bad", "good"));
    write("three.csv", &table(60).replacen("bad", "late", 5));
    write("text.csv", &table(60).replacen("10,", "ten,", 1));
    write("nan.csv", &table(60).replacen("10,", "nan,", 1));
    write("sparse.arff", "@relation r\n@attribute a real\n@attribute b {x,y}\n@data\n{0 3}\n");
    write("unknown.arff", "@relation r\n@attribute a {red,green}\n@attribute b {x,y}\n@data\nred,x\ngren,y\n");
    for command in ["compare", "train"] {
        let said = |file: &str, expected: &[&str]| refused(folder, &["credit", command, "--data", file], expected);
        said("empty.csv", &["empty.csv"]);
        said("godo.csv", &["godo.csv", "check the path"]);
        said("one.csv", &["one.csv: column outcome has 1 outcomes (good)"]);
        said("three.csv", &["three.csv: column outcome has 3 outcomes"]);
        said("text.csv", &["text.csv", "line 2, column income: \"ten\" is not a number"]);
        said("nan.csv", &["nan.csv", "line 2, column income: nan is not a finite number"]);
        said("sparse.arff", &["sparse.arff, line 5: it is a sparse row"]);
        said("unknown.arff", &["line 6, column a: \"gren\" is none of the 2 known categories; did you mean green?"]);
    }
    let compare = |more: &[&str], expected: &[&str]| {
        refused(folder, &[&["credit", "compare", "--data", "good.csv"], more].concat(), expected);
    };
    compare(&["--folds", "1"], &["folds: there must be at least 2 folds, not 1"]);
    compare(&["--folds", "50"], &["folds: are 50 but there are"]);
    compare(&["--costs", "5"], &["--costs: 5 is not two numbers above 0, as in 5:1"]);
    compare(&["--costs=-5:1"], &["--costs: -5:1 is not two numbers"]);
    compare(&["--bad", "bda"], &["there is no outcome bda", "did you mean bad?"]);
    compare(&["--target", "outcom"], &["did you mean outcome?"]);
    compare(&["--ignore", "jbo"], &["there is no column jbo", "did you mean job?"]);
    let train = |more: &[&str], expected: &[&str]| {
        refused(folder, &[&["credit", "train", "--data", "good.csv"], more].concat(), expected);
    };
    train(&["--to", "model.txt"], &["--to: model.txt does not end in .json"]);
    train(&["--threshold", "1.5"], &["--threshold: is 1.5; a share is above 0 and below 1"]);
    train(&["--model", "forest"], &["logistic", "bagged"]);
}

#[test]
fn rows_that_a_model_cannot_take_are_named_and_good_ones_decided() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let write = |name: &str, text: &str| fs::write(folder.join(name), text).unwrap();
    write("good.csv", &table(60));
    let output = gradus(folder, &["credit", "train", "--data", "good.csv", "--to", "m.json"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    write("unknown.csv", "income,job\n20,clark\n");
    write("column.csv", "incom,job\n20,clerk\n");
    write("text.csv", "income,job\nmuch,clerk\n");
    write("new.csv", "job,income\ncook,15\n,50\n");
    for command in ["predict", "explain"] {
        let said =
            |file: &str, expected: &[&str]| refused(folder, &["credit", command, "m.json", "--data", file], expected);
        said("unknown.csv", &["line 2, column job: \"clark\" is none of the 2 known categories; did you mean clerk?"]);
        said("column.csv", &["there is no column income, which the model needs; did you mean incom?"]);
        said("text.csv", &["line 2, column income: \"much\" is not a number"]);
        refused(folder, &["credit", command, "good.csv", "--data", "new.csv"], &["good.csv: it is no model"]);
    }
    let explain = |more: &[&str], expected: &[&str]| {
        refused(folder, &[&["credit", "explain", "m.json", "--data", "new.csv"], more].concat(), expected);
    };
    explain(&["--row", "3"], &["--row: is 3; the table has rows 1 to 2"]);
    explain(&["--keep", "incme"], &["the model has no input incme; did you mean income?"]);
    let broken = fs::read_to_string(folder.join("m.json")).unwrap().replacen("\"threshold\":0.", "\"threshold\":7.", 1);
    write("broken.json", &broken);
    refused(folder, &["credit", "predict", "broken.json", "--data", "new.csv"], &["its parts do not fit each other"]);

    let output = gradus(folder, &["credit", "predict", "m.json", "--data", "new.csv", "--json"]);
    let lines = String::from_utf8(output.stdout).unwrap();
    assert_eq!(lines.lines().count(), 2);
    assert!(lines.lines().all(|line| line.contains("\"probability\":") && line.contains("\"decision\":")), "{lines}");
    let output = gradus(folder, &["credit", "explain", "m.json", "--data", "new.csv", "--row", "2", "--folder", "why"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(names(&folder.join("why")), ["reasons.png", "reasons.svg"]);
}
