//! What the rows work on.

use std::path::Path;
use std::process::exit;

use gradus::Rng;
use gradus::data::{OpenOptions, open};
use gradus::learn::Cloud;

pub const PICTURES: usize = 10_000;
pub const CLOUD_POINTS: usize = 10_000;
pub const CLOUD_COLUMNS: usize = 50;
/// Points on which decisions are compared, beside those that are learned.
pub const FRESH: usize = 200;

pub struct Data {
    /// All pictures of MNIST, those for training first.
    pub all: Cloud,
    /// The first of them.
    pub some: Cloud,
    /// Two clouds that overlap, as rows, and on which side each belongs; the fresh points last.
    pub clouds: Vec<f64>,
    pub signs: Vec<f64>,
    /// Where both stand for the peer: the signs first.
    pub clouds_path: String,
}

impl Data {
    pub fn new(mnist: &str) -> Self {
        let splits = open(mnist, &OpenOptions::default()).unwrap_or_else(|problem| {
            eprintln!("{problem}; {} is made by scripts/get-data mnist", Path::new(mnist).display());
            exit(1);
        });
        let (train, _) = Cloud::of(&*splits.train, None).expect("pictures are finite");
        let test = splits.test.expect("MNIST has pictures for testing");
        let (test, _) = Cloud::of(&*test, None).expect("pictures are finite");
        let columns = train.columns();
        let some = Cloud::new(train.values()[..PICTURES * columns].to_vec(), columns).expect("they are rows");
        let all = Cloud::new([train.values(), test.values()].concat(), columns).expect("they are rows");
        let (clouds, signs) = clouds();
        let beside = std::env::current_exe().expect("it runs").with_file_name("bench-learn-clouds.f64");
        let bytes: Vec<u8> = signs.iter().chain(&clouds).flat_map(|x| x.to_le_bytes()).collect();
        std::fs::write(&beside, bytes).expect("there is room");
        let clouds_path = beside.to_str().expect("a readable path").to_owned();
        Data { all, some, clouds, signs, clouds_path }
    }
}

/// Normal points of variance 1 in each column, the two means 3 apart: the best classifier errs on one in fifteen.
fn clouds() -> (Vec<f64>, Vec<f64>) {
    let mut rng = Rng::new(50);
    let shift = 1.5 / (CLOUD_COLUMNS as f64).sqrt();
    let signs: Vec<f64> = (0..CLOUD_POINTS + FRESH).map(|index| if index % 2 == 0 { -1.0 } else { 1.0 }).collect();
    let rows = signs.iter().flat_map(|sign| [*sign; CLOUD_COLUMNS]);
    let points = rows.map(|sign| f64::from(rng.normal()) + sign * shift).collect();
    (points, signs)
}
