//! t-SNE of 10,000 pictures of MNIST beside scikit-learn's: `scripts/get-data mnist` fetches them.

use std::path::Path;

use gradus::data::{OpenOptions, open};
use gradus::learn::Cloud;
use gradus::learn::tsne::{Flow, Method, TsneOptions, tsne};

#[test]
#[ignore = "needs scripts/get-data"]
fn ten_thousand_pictures_reach_the_divergence_of_scikit_learn() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    // `golden/analysis.py mnist` has written it.
    let text = std::fs::read_to_string(root.join("golden/data/analysis.json")).unwrap();
    let golden: serde_json::Value = serde_json::from_str(&text).unwrap();
    let number = |name: &str| golden["mnist_10000"][name].as_f64().unwrap();
    let splits = open(root.join("data/mnist"), &OpenOptions::default())
        .unwrap_or_else(|error| panic!("{error}; run scripts/get-data mnist"));
    let (points, _) = Cloud::of(&*splits.train, Some(number("rows") as usize)).unwrap();
    assert_eq!(points.rows(), 10_000);
    let options = TsneOptions {
        perplexity: number("perplexity"),
        learning_rate: Some(number("rate")),
        iterations: number("iterations") as usize,
        longest_step: None,
        method: Method::Interpolation,
        ..TsneOptions::default()
    };
    let found = tsne(&points, &options, &mut |_| Flow::Continue).unwrap().divergence;
    let expected = number("sklearn_barnes_hut");
    assert!((found / expected - 1.0).abs() < 0.02, "{found}, scikit-learn {expected}");
}
