//! Data and settings that `pca`, `tsne` and `explore curse-of-dimensionality` cannot use.

use std::fs;

use super::{gradus, names, refused};

#[test]
fn data_that_has_no_components_or_no_layout_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let table = |rows: usize, row: &dyn Fn(usize) -> String| -> String {
        let rows: Vec<String> = (0..rows).map(|place| format!("{},{}", row(place), ["no", "yes"][place % 2])).collect();
        format!("a,b,c,answer\n{}\n", rows.join("\n"))
    };
    fs::write(folder.join("constant.csv"), table(20, &|_| "1,2,3".into())).unwrap();
    fs::write(folder.join("few.csv"), table(3, &|row| format!("{row},{},1", row * row))).unwrap();
    fs::write(folder.join("good.csv"), table(40, &|row| format!("{row},{},{}", row * row % 17, row % 5))).unwrap();
    fs::write(folder.join("empty.csv"), "").unwrap();
    fs::write(folder.join("nan.csv"), table(40, &|row| format!("{},{row},1", if row == 1 { "nan" } else { "2" })))
        .unwrap();
    let alone = table(20, &|row| format!("{row},{},1", row * row % 7)).replace("yes", "no");
    fs::write(folder.join("alone.csv"), alone).unwrap();

    refused(folder, &["pca", "--data", "constant.csv"], &["every column is constant"]);
    refused(folder, &["pca", "--data", "few.csv", "--keep", "3"], &["3 components are more than"]);
    refused(folder, &["pca", "--data", "good.csv", "--keep", "95%"], &["--keep: 95% is neither"]);
    refused(folder, &["pca", "--data", "good.csv", "--to", "out.txt"], &["ends neither in .csv nor in .npy"]);
    refused(folder, &["pca", "--data", "empty.csv"], &["empty.csv"]);
    refused(folder, &["pca", "--data", "godo.csv"], &["did you mean good.csv"]);
    refused(folder, &["tsne", "--data", "good.csv"], &["perplexity: 30 does not fit 40 points; give 1 to 13,"]);
    refused(folder, &["tsne", "--data", "constant.csv", "--perplexity", "5"], &["every column is constant"]);
    refused(folder, &["tsne", "--data", "empty.csv"], &["empty.csv"]);
    refused(folder, &["explore", "curse-of-dimensionality", "--data", "empty.csv"], &["empty.csv"]);
    for command in [&["pca"][..], &["tsne"], &["explore", "curse-of-dimensionality"]] {
        let arguments = [command, &["--data", "nan.csv"]].concat();
        refused(folder, &arguments, &["nan.csv, line 3, column a: nan is not a finite number"]);
    }
    fs::write(folder.join("quote.csv"), table(40, &|row| format!("{row},{},1", if row == 8 { "\"2" } else { "2" })))
        .unwrap();
    fs::write(folder.join("head.csv"), "a,b,c,answer\n").unwrap();
    fs::write(folder.join("huge.csv"), table(40, &|row| format!("{row}e20,2,1"))).unwrap();
    for command in ["pca", "tsne"] {
        refused(folder, &[command, "--data", "quote.csv"], &["quote.csv, line 10: a quote is opened and not closed"]);
        refused(folder, &[command, "--data", "head.csv"], &["head.csv, line 1: it looks like a header"]);
        refused(folder, &[command, "--data", "good.csv", "--to", "none/x.csv"], &["--to: there is no folder none"]);
        refused(
            folder,
            &[command, "--data", "good.csv", "--size", "8x8"],
            &["--size: is for pictures; good.csv is a table"],
        );
    }
    refused(folder, &["pca", "--data", "huge.csv"], &["the variance along a component is", "standardize"]);
    assert!(!folder.join("analysis").exists(), "what fails leaves nothing");
    let large = ["svm", "train", "--data", "huge.csv", "--no-scaling"];
    refused(folder, &large, &["the numbers are too large for the kernel"]);
    let both = ["explore", "svm", "--set", "moons", "--class", "nope"];
    refused(folder, &both, &["--class"]);
    refused(folder, &["explore", "stationary-points", "--function", "ln(x)+y"], &["at: f is NaN at"]);

    // One class is no problem: it is only a colour.
    let output = gradus(folder, &["tsne", "--data", "alone.csv", "--perplexity", "4", "--iterations", "20"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));

    refused(folder, &["tsne", "--data", "few.csv"], &["3 points are too few"]);
    refused(folder, &["tsne", "--data", "good.csv", "--perplexity", "nan"], &["perplexity: NaN does not fit"]);

    let output = gradus(folder, &["pca", "--data", "good.csv", "--to", "out.csv", "--folder", "made"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let made = ["pca.png", "pca.safetensors", "pca.svg", "scree.png", "scree.svg"];
    assert_eq!(names(&folder.join("made")), made);
    assert!(fs::read_to_string(folder.join("out.csv")).unwrap().starts_with("pc1,pc2"));
    let again = ["pca", "--data", "good.csv", "--load", "made/pca.safetensors", "--to", "out2.csv", "--folder", "made"];
    let output = gradus(folder, &again);
    assert!(output.status.success());
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(text.contains("components were kept in the model") && !text.contains("elbow"), "{text}");
    assert_eq!(fs::read(folder.join("out.csv")).unwrap(), fs::read(folder.join("out2.csv")).unwrap());
    // Columns are found by name, in any order, and no class is needed.
    let other: Vec<String> = (0..40).map(|row| format!("{},{row},{}", row % 5, row * row % 17)).collect();
    fs::write(folder.join("other.csv"), format!("c,a,b\n{}\n", other.join("\n"))).unwrap();
    let model = ["--load", "made/pca.safetensors", "--to", "out3.csv", "--folder", "made"];
    let output = gradus(folder, &[&["pca", "--data", "other.csv"][..], &model].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let numbers = |name: &str| -> Vec<String> {
        let text = fs::read_to_string(folder.join(name)).unwrap();
        text.lines().skip(1).map(|line| line.split(',').take(2).collect::<Vec<_>>().join(",")).collect()
    };
    assert_eq!(numbers("out.csv"), numbers("out3.csv"));
    fs::write(folder.join("other.csv"), "c,a,d\n1,2,3\n2,3,4\n").unwrap();
    refused(folder, &[&["pca", "--data", "other.csv"][..], &model].concat(), &["there is no column b"]);

    let arguments =
        ["tsne", "--data", "good.csv", "--perplexity", "5", "--iterations", "60", "--to", "t.npy", "--folder", "laid"];
    let output = gradus(folder, &arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(names(&folder.join("laid")), ["tsne.png", "tsne.svg"]);
    // A header of 64 or 128 bytes, then 40 places of two numbers.
    assert_eq!(fs::read(folder.join("t.npy")).unwrap().len() % 64, 0);

    // Standardized, a column's unit does not matter.
    fs::write(folder.join("units.csv"), table(40, &|row| format!("{row},{},{}", 4096 * (row * row % 17), row % 5)))
        .unwrap();
    let places = |data: &str, more: &[&str]| {
        let arguments = ["tsne", "--data", data, "--perplexity", "5", "--iterations", "60", "--to", "u.npy"];
        let output = gradus(folder, &[&arguments[..], more].concat());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        fs::read(folder.join("u.npy")).unwrap()
    };
    assert_eq!(places("units.csv", &["--standardize"]), places("good.csv", &["--standardize"]));
    assert_ne!(places("units.csv", &[]), places("good.csv", &[]));
}
