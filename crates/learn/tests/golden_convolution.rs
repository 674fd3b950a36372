//! Convolutions and filters against SciPy's (`golden/convolution.py`).

use std::collections::BTreeMap;

use gradus_learn::convolution::{
    Border, Extent, Grid, convolve, convolve_by_fourier, convolve_grids, convolve_grids_by_fourier, correlate,
    correlate_grids, filter, named,
};
use serde::Deserialize;

#[derive(Deserialize)]
struct Golden {
    sequences: Vec<Sequences>,
    grids: Vec<Grids>,
    filters: Vec<Filtered>,
    picture: Vec<Vec<f64>>,
    named: BTreeMap<String, Vec<Vec<f64>>>,
}

#[derive(Deserialize)]
struct Sequences {
    a: Vec<f64>,
    b: Vec<f64>,
    extent: String,
    convolution: Vec<f64>,
    correlation: Vec<f64>,
}

#[derive(Deserialize)]
struct Grids {
    a: Vec<Vec<f64>>,
    b: Vec<Vec<f64>>,
    extent: String,
    convolution: Vec<Vec<f64>>,
    correlation: Vec<Vec<f64>>,
}

#[derive(Deserialize)]
struct Filtered {
    picture: Vec<Vec<f64>>,
    kernel: Vec<Vec<f64>>,
    border: String,
    correlation: Vec<Vec<f64>>,
}

fn golden() -> Golden {
    let text = include_str!("../../../golden/data/convolution.json");
    serde_json::from_str(text).expect("the golden file is whole")
}

fn assert_near(found: &[f64], expected: &[f64], what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() < 1e-10, "{what}: {found} in place of {expected}");
    }
}

fn assert_grid(found: &Grid, expected: &[Vec<f64>], what: &str) {
    assert_eq!((found.rows(), found.columns()), (expected.len(), expected[0].len()), "{what}");
    assert_near(found.values(), &expected.concat(), what);
}

#[test]
fn sequences_are_scipys() {
    for Sequences { a, b, extent, convolution, correlation } in golden().sequences {
        let what = format!("{} and {}, {extent}", a.len(), b.len());
        let extent: Extent = extent.parse().unwrap();
        assert_near(&convolve(&a, &b, extent).unwrap(), &convolution, &what);
        assert_near(&convolve_by_fourier(&a, &b, extent).unwrap(), &convolution, &what);
        assert_near(&correlate(&a, &b, extent).unwrap(), &correlation, &what);
    }
}

#[test]
fn grids_are_scipys() {
    for Grids { a, b, extent, convolution, correlation } in golden().grids {
        let (a, b) = (Grid::from_rows(&a).unwrap(), Grid::from_rows(&b).unwrap());
        let what = format!("{}x{} and {}x{}, {extent}", a.rows(), a.columns(), b.rows(), b.columns());
        let extent: Extent = extent.parse().unwrap();
        assert_grid(&convolve_grids(&a, &b, extent).unwrap(), &convolution, &what);
        assert_grid(&convolve_grids_by_fourier(&a, &b, extent).unwrap(), &convolution, &what);
        assert_grid(&correlate_grids(&a, &b, extent).unwrap(), &correlation, &what);
    }
}

#[test]
fn filters_are_scipys_for_every_border() {
    for Filtered { picture, kernel, border, correlation } in golden().filters {
        let (picture, kernel) = (Grid::from_rows(&picture).unwrap(), Grid::from_rows(&kernel).unwrap());
        let rule: Border = border.parse().unwrap();
        assert_grid(&filter(&picture, &kernel, rule), &correlation, &border);
    }
}

#[test]
fn named_kernels_are_scipys() {
    let golden = golden();
    let picture = Grid::from_rows(&golden.picture).unwrap();
    for (name, expected) in golden.named {
        assert_grid(&filter(&picture, &named(&name).unwrap(), Border::Reflect), &expected, &name);
    }
}
