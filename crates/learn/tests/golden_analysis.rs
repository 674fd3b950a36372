//! PCA, neighbours, clusters and t-SNE beside scikit-learn's and openTSNE's (golden/analysis.py), on the 1,797 digits of 8x8.

use std::path::PathBuf;

use gradus_core::Real;
use gradus_core::data::{Elements, npy};
use gradus_learn::Cloud;
use gradus_learn::neighbors::{KMeans, KMeansOptions, NearestNeighbors, Start, nearest_of_all};
use gradus_learn::pca::{Keep, Pca, PcaOptions, Solver};
use gradus_learn::tsne::{Flow, Method, TsneOptions, tsne};

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../golden/data").join(name)
}

fn golden(name: &str) -> Vec<f64> {
    let arrays = npy::read_archive(&path("analysis.npz")).unwrap();
    let (_, array) = arrays.into_iter().find(|(entry, _)| entry == name).unwrap_or_else(|| panic!("no {name}"));
    match array.elements {
        Elements::Bytes(bytes) => bytes.into_iter().map(f64::from).collect(),
        Elements::Integers(numbers) => numbers.into_iter().map(|x| x as f64).collect(),
        Elements::Reals(numbers) => numbers.into_iter().map(|x| x as f64).collect(),
    }
}

fn digits(rows: std::ops::Range<usize>) -> Cloud {
    let values = golden("digits")[rows.start * 64..rows.end * 64].iter().map(|x| *x as Real).collect();
    Cloud::new(values, 64).unwrap()
}

/// The largest difference, relative to the largest expected number.
#[track_caller]
fn assert_close(found: &[Real], expected: &[f64], tolerance: f64, what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    let largest = expected.iter().fold(0.0f64, |most, x| most.max(x.abs()));
    let error = found.iter().zip(expected).map(|(a, b)| (*a as f64 - b).abs()).fold(0.0, f64::max);
    assert!(error <= tolerance * largest, "{what}: off by {error}, of {largest}");
}

fn fit(rows: usize, options: &PcaOptions) -> Pca {
    Pca::fit(&digits(0..rows), options).unwrap()
}

#[test]
fn pca_is_scikit_learns_by_every_way() {
    // Signs agree because both make the largest entry of each component positive.
    let variance = golden("pca_variance");
    for solver in [Solver::Auto, Solver::Svd, Solver::Rows, Solver::Randomized] {
        let rows = if solver == Solver::Rows { 40 } else { 1797 };
        let expected = if rows == 40 { "pca_wide_components" } else { "pca_components" };
        let keep = Keep::Count(if rows == 40 { 10 } else { 20 });
        let pca = fit(rows, &PcaOptions { keep, solver, ..PcaOptions::default() });
        assert_close(&pca.components, &golden(expected), 1e-5, &format!("components by {solver:?}"));
        if rows == 1797 {
            assert_close(&pca.variance, &variance[..20], 1e-5, &format!("variances by {solver:?}"));
        }
    }
    let all = fit(1797, &PcaOptions::default());
    // Three pixels are always 0: 61 components, where scikit-learn gives 64 with three of rounding.
    assert_eq!(all.count(), 61);
    assert_close(&all.variance, &variance[..61], 1e-5, "all variances");
    let ratio: Vec<Real> = all.variance_ratio().iter().map(|x| *x as Real).collect();
    assert_close(&ratio, &golden("pca_ratio")[..61], 1e-5, "ratios");
    assert_close(&fit(40, &PcaOptions::default()).variance, &golden("pca_wide_variance"), 1e-5, "wide variances");
}

#[test]
fn standardized_whitened_and_thresholded_pca_are_scikit_learns() {
    let keep = Keep::Count(20);
    let standard = fit(1797, &PcaOptions { keep, standardize: true, ..PcaOptions::default() });
    assert_close(&standard.components, &golden("pca_standard_components"), 1e-5, "standardized components");
    assert_close(&standard.variance, &golden("pca_standard_variance"), 1e-5, "standardized variances");
    let plain = fit(1797, &PcaOptions { keep, ..PcaOptions::default() });
    let first = plain.transform(&digits(0..5)).unwrap();
    assert_close(first.values(), &golden("pca_first_rows"), 1e-5, "transformed");
    let white = fit(1797, &PcaOptions { keep, whiten: true, ..PcaOptions::default() });
    assert_close(white.transform(&digits(0..5)).unwrap().values(), &golden("pca_whitened_rows"), 1e-5, "whitened");
    let kept = fit(1797, &PcaOptions { keep: Keep::Share(0.95), ..PcaOptions::default() });
    assert_eq!(kept.count() as f64, golden("pca_kept_95")[0]);
}

#[test]
fn what_is_transformed_comes_back_and_what_is_saved_is_loaded() {
    let folder = tempfile::tempdir().unwrap();
    for options in [
        PcaOptions::default(),
        PcaOptions { whiten: true, ..PcaOptions::default() },
        PcaOptions { standardize: true, whiten: true, ..PcaOptions::default() },
    ] {
        let pca = fit(1797, &options);
        let some = digits(100..150);
        let there = pca.transform(&some).unwrap();
        let expected: Vec<f64> = some.values().iter().map(|x| *x as f64).collect();
        assert_close(pca.inverse(&there).unwrap().values(), &expected, 1e-5, "there and back");
        let file = folder.path().join("pca.safetensors");
        pca.save(&file).unwrap();
        let loaded = Pca::load(&file).unwrap();
        assert_eq!(loaded, pca);
        assert_eq!(loaded.transform(&some).unwrap(), there);
    }
}

#[test]
fn what_has_no_components_is_said() {
    let problem =
        |points: &Cloud, keep| Pca::fit(points, &PcaOptions { keep, ..PcaOptions::default() }).unwrap_err().to_string();
    let constant = Cloud::new(vec![2.0; 12], 3).unwrap();
    assert_eq!(problem(&constant, Keep::All), "every column is constant: there is no variance to explain");
    assert_eq!(problem(&digits(0..1), Keep::All), "one row has no variance; PCA needs at least two");
    assert_eq!(
        problem(&digits(0..10), Keep::Count(20)),
        "keep: 20 components are more than 10 rows of 64 columns have: at most 9"
    );
    assert!(problem(&digits(0..200), Keep::Count(64)).contains("some columns depend on others"));
    assert!(problem(&digits(0..10), Keep::Share(1.5)).contains("1.5 is no share of the variance"));
}

#[test]
fn neighbours_and_votes_are_scikit_learns() {
    let points = digits(0..1797);
    let found = nearest_of_all(&points, 7).unwrap();
    assert_close(&found.distances[..700], &golden("near_distances"), 1e-6, "distances");
    let labels: Vec<u32> = golden("labels").iter().map(|x| *x as u32).collect();
    let vote = NearestNeighbors::new(digits(0..1000), labels[..1000].to_vec(), 5).unwrap();
    let votes: Vec<f64> = vote.predict(&digits(1000..1797)).unwrap().into_iter().map(f64::from).collect();
    assert_eq!(votes, golden("near_votes"));
}

#[test]
fn clusters_are_scikit_learns() {
    let points = digits(0..1797);
    let options =
        KMeansOptions { clusters: 10, start: Start::At(digits(0..10)), tolerance: 0.0, ..KMeansOptions::default() };
    let found = KMeans::fit(&points, &options).unwrap();
    let labels: Vec<f64> = found.labels.iter().map(|label| f64::from(*label)).collect();
    assert_eq!(labels, golden("means_labels"));
    assert_close(found.centres.values(), &golden("means_centres"), 1e-5, "centres");
    assert!((found.inertia / golden("means_inertia")[0] - 1.0).abs() < 1e-5);
    // From ten beginnings of its own: as good a minimum as scikit-learn finds with ten.
    let options = KMeansOptions { clusters: 10, restarts: 10, ..KMeansOptions::default() };
    let best = KMeans::fit(&points, &options).unwrap().inertia;
    let expected = golden("means_best_inertia")[0];
    assert!((best / expected - 1.0).abs() < 0.005, "{best} beside {expected}");
}

#[test]
fn the_divergence_of_t_sne_is_scikit_learns_and_opentsnes_at_equal_settings() {
    let text = std::fs::read_to_string(path("analysis.json")).unwrap();
    let golden: serde_json::Value = serde_json::from_str(&text).unwrap();
    let golden = &golden["digits"];
    let number = |name: &str| golden[name].as_f64().unwrap();
    let points = digits(0..1797);
    for (method, peers) in [
        (Method::Exact, vec!["sklearn_exact"]),
        (Method::BarnesHut { theta: 0.5 }, vec!["sklearn_barnes_hut", "opentsne_bh"]),
        // Its forces are nearly exact; so are those of a tree with theta 0.1, where one with 0.5 ends 2 % higher by its errors.
        (Method::Interpolation, vec!["sklearn_fine_tree"]),
    ] {
        let options = TsneOptions {
            perplexity: number("perplexity"),
            learning_rate: Some(number("rate")),
            iterations: number("iterations") as usize,
            longest_step: None,
            method,
            ..TsneOptions::default()
        };
        let found = tsne(&points, &options, &mut |_| Flow::Continue).unwrap().divergence;
        for peer in peers {
            let expected = number(peer);
            assert!((found / expected - 1.0).abs() < 0.02, "{method:?} {found}, {peer} {expected}");
        }
        if method == Method::Interpolation {
            for coarser in ["sklearn_barnes_hut", "opentsne_bh", "opentsne_fft"] {
                assert!(found < 1.02 * number(coarser), "{found}, {coarser} {}", number(coarser));
            }
        }
    }
}
