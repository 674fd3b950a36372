//! The rows of the table.

use gradus::learn::Cloud;
use gradus::learn::neighbors::nearest_of_all;
use gradus::learn::pca::{Pca, PcaOptions};
use gradus::learn::svm::{Kernel, Machine, SvmOptions};
use gradus::learn::tsne::{Flow, Method, TsneOptions, tsne};

use crate::data::{CLOUD_COLUMNS, CLOUD_POINTS, Data, PICTURES};

/// What work leaves behind: the numbers that both sides must agree on, computed outside the time.
pub type Found = Box<dyn FnOnce() -> Vec<f64>>;

pub struct Row {
    pub name: &'static str,
    pub peers: &'static [PeerRow],
    pub turns: usize,
    pub agreement: Agreement,
    pub most_seconds: Option<f64>,
    pub work: fn(&Data) -> Found,
}

/// What a peer calls the work, and how many times our time its own is to be at least.
pub struct PeerRow {
    pub name: &'static str,
    pub target: f64,
}

/// How far the numbers may be apart, as a share of the peer's, or of 1 where that is less.
pub enum Agreement {
    /// The first, the second ..; the last goes for all that follow.
    Within(&'static [f64]),
    /// So much above; below, any: a sum that both make as small as they can.
    NotAbove(f64),
}

impl Agreement {
    pub fn check(&self, found: &[f64], expected: &[f64]) -> Result<(), String> {
        if found.len() != expected.len() {
            return Err(format!("{} numbers, not {}", found.len(), expected.len()));
        }
        for (place, (found, expected)) in found.iter().zip(expected).enumerate() {
            let above = (found - expected) / expected.abs().max(1.0);
            let holds = match self {
                Agreement::Within(apart) => above.abs() <= apart[place.min(apart.len() - 1)],
                Agreement::NotAbove(most) => above <= *most,
            };
            if !holds {
                return Err(format!("number {place} is {found}, not {expected}"));
            }
        }
        Ok(())
    }
}

const fn peer(name: &'static str, target: f64) -> PeerRow {
    PeerRow { name, target }
}

pub const ROWS: [Row; 6] = [
    Row {
        name: "pca",
        peers: &[peer("pca-f32", 1.0), peer("pca-f64", 1.0)],
        turns: 9,
        agreement: Agreement::Within(&[1e-4]),
        most_seconds: None,
        work: pca,
    },
    Row {
        name: "k-nn",
        peers: &[peer("k-nn", 1.0)],
        turns: 5,
        agreement: Agreement::Within(&[1e-4]),
        most_seconds: None,
        work: neighbours,
    },
    Row {
        name: "svm",
        peers: &[peer("svm", 1.0)],
        turns: 3,
        // The value, the number of support vectors, decisions.
        agreement: Agreement::Within(&[1e-5, 2e-3, 5e-3]),
        most_seconds: None,
        work: machine,
    },
    Row {
        name: "t-sne",
        peers: &[peer("t-sne", 3.0)],
        turns: 1,
        agreement: Agreement::Within(&[0.02]),
        most_seconds: None,
        work: layout,
    },
    Row {
        name: "t-sne-open",
        peers: &[peer("t-sne-open", 1.0)],
        turns: 1,
        agreement: Agreement::NotAbove(0.02),
        most_seconds: None,
        work: layout,
    },
    Row {
        name: "t-sne-70000",
        peers: &[],
        turns: 1,
        agreement: Agreement::NotAbove(0.02),
        most_seconds: Some(180.0),
        work: large_layout,
    },
];

/// All components; the sum of the first 100 variances is compared.
fn pca(data: &Data) -> Found {
    let found = Pca::fit(&data.some, &PcaOptions::default()).expect("pictures have components");
    Box::new(move || vec![found.variance[..100].iter().map(|variance| f64::from(*variance)).sum()])
}

/// The mean distance to the fifth other point.
fn neighbours(data: &Data) -> Found {
    let found = nearest_of_all(&data.some, 5).expect("there are others");
    Box::new(move || {
        let rows = found.distances.len() / 5;
        vec![found.distances.chunks_exact(5).map(|row| f64::from(row[4])).sum::<f64>() / rows as f64]
    })
}

/// RBF with gamma = 1 / (columns times the variance of all numbers), C = 1, tolerance 1e-3, 400 MiB for rows of the kernel matrix.
fn machine(data: &Data) -> Found {
    let (learned, fresh) = data.clouds.split_at(CLOUD_POINTS * CLOUD_COLUMNS);
    let gamma = Kernel::usual_gamma(learned, CLOUD_COLUMNS);
    let options = SvmOptions { kernel: Kernel::Rbf { gamma }, ..SvmOptions::default() };
    let machine = Machine::train(learned, CLOUD_COLUMNS, &data.signs[..CLOUD_POINTS], &options).expect("it is trained");
    let fresh = fresh.to_vec();
    Box::new(move || {
        // 1/2 a'Qa - sum of a.
        let value = machine.square() / 2.0 - machine.coefficients().iter().map(|x| x.abs()).sum::<f64>();
        let mut numbers = vec![value, machine.support().len() as f64];
        numbers.extend(machine.decide(&fresh));
        numbers
    })
}

/// The divergence, at settings equal to the peers'.
fn layout(data: &Data) -> Found {
    let rate = Some(PICTURES as f64 / 48.0);
    divergence(&data.some, &TsneOptions { learning_rate: rate, longest_step: None, ..TsneOptions::default() })
}

/// The rate of 10,000 would be small for so many: here it is as usual.
fn large_layout(data: &Data) -> Found {
    divergence(&data.all, &TsneOptions::default())
}

fn divergence(points: &Cloud, options: &TsneOptions) -> Found {
    let options = TsneOptions { iterations: 1000, method: Method::Interpolation, ..options.clone() };
    let found = tsne(points, &options, &mut |_| Flow::Continue).expect("the settings fit").divergence;
    Box::new(move || vec![found])
}
