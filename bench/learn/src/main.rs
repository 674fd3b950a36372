//! PCA, nearest neighbours and t-SNE of 10,000 pictures beside scikit-learn, by turns: bench-learn PYTHON PEER MNIST [ROW ..]

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio, exit};
use std::time::Instant;

use gradus::data::{OpenOptions, open};
use gradus::learn::Cloud;
use gradus::learn::neighbors::nearest_of_all;
use gradus::learn::pca::{Pca, PcaOptions};
use gradus::learn::tsne::{Flow, Method, TsneOptions, tsne};

const PICTURES: usize = 10_000;

/// A row: what the peer calls it, turns, how far the two numbers may be apart, and what the ratio is to be at least.
struct Row {
    name: &'static str,
    peers: &'static [&'static str],
    turns: usize,
    apart: f64,
    target: f64,
    work: fn(&Cloud) -> f64,
}

const ROWS: [Row; 3] = [
    Row { name: "pca", peers: &["pca-f32", "pca-f64"], turns: 9, apart: 1e-4, target: 1.0, work: pca },
    Row { name: "k-nn", peers: &["k-nn"], turns: 5, apart: 1e-4, target: 1.0, work: neighbours },
    Row { name: "t-sne", peers: &["t-sne"], turns: 1, apart: 0.02, target: 3.0, work: layout },
];

/// The sum of the first 100 variances, all components being found.
fn pca(points: &Cloud) -> f64 {
    let found = Pca::fit(points, &PcaOptions::default()).expect("pictures have components");
    found.variance[..100].iter().map(|variance| f64::from(*variance)).sum()
}

/// The mean distance to the fifth other point.
fn neighbours(points: &Cloud) -> f64 {
    let found = nearest_of_all(points, 5).expect("there are others");
    found.distances.chunks_exact(5).map(|row| f64::from(row[4])).sum::<f64>() / points.rows() as f64
}

/// The divergence, at settings equal to the peer's; theirs is by Barnes and Hut's tree, the fastest that it has.
fn layout(points: &Cloud) -> f64 {
    let options = TsneOptions {
        iterations: 1000,
        learning_rate: Some(PICTURES as f64 / 48.0),
        longest_step: None,
        method: Method::Interpolation,
        ..TsneOptions::default()
    };
    tsne(points, &options, &mut |_| Flow::Continue).expect("the settings fit").divergence
}

struct Peer {
    child: Child,
    answers: BufReader<ChildStdout>,
}

impl Peer {
    fn line(&mut self) -> String {
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("the peer answers");
        line
    }

    /// Seconds and the number.
    fn ask(&mut self, row: &str) -> (f64, f64) {
        writeln!(self.child.stdin.as_mut().expect("it is piped"), "{row}").expect("the peer listens");
        let line = self.line();
        let (seconds, number) = line.trim().split_once(' ').expect("two numbers");
        (seconds.parse().expect("seconds"), number.parse().expect("a number"))
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [python, script, mnist, wanted @ ..] = &arguments[..] else {
        eprintln!("bench-learn PYTHON PEER MNIST [ROW ..]; bench/learn/run gives them");
        exit(2);
    };
    if let Some(unknown) = wanted.iter().find(|name| ROWS.iter().all(|row| row.name != **name)) {
        eprintln!("{unknown} is no row: pca, k-nn and t-sne are");
        exit(2);
    }
    let threads = std::env::var("BENCH_THREADS").ok().and_then(|count| count.parse().ok()).unwrap_or(2);
    gradus::set_threads(threads);
    let splits = open(mnist, &OpenOptions::default()).unwrap_or_else(|problem| {
        eprintln!("{problem}; {} is made by scripts/get-data mnist", Path::new(mnist).display());
        exit(1);
    });
    let (points, _) = Cloud::of(&*splits.train, Some(PICTURES)).expect("pictures are finite");
    let mut child = Command::new(python)
        .args([script, mnist])
        .env("BENCH_THREADS", threads.to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("Python starts");
    let answers = BufReader::new(child.stdout.take().expect("it is piped"));
    let mut peer = Peer { child, answers };
    assert_eq!(peer.line().trim(), "ready", "the peer did not start");

    println!("| 10,000 x 784 | Gradus, s | scikit-learn, s | x | asked for | |\n|---|---|---|---|---|---|");
    let mut missed = false;
    for row in ROWS.iter().filter(|row| wanted.is_empty() || wanted.iter().any(|name| name == row.name)) {
        let (mut own, mut theirs) = (Vec::new(), vec![Vec::new(); row.peers.len()]);
        // One to warm up, where there are several.
        for turn in 0..row.turns + usize::from(row.turns > 1) {
            let begin = Instant::now();
            let number = (row.work)(&points);
            let seconds = begin.elapsed().as_secs_f64();
            let counts = turn > 0 || row.turns == 1;
            if counts {
                own.push(seconds);
            }
            for (name, times) in row.peers.iter().zip(&mut theirs) {
                let (seconds, expected) = peer.ask(name);
                let apart = (number / expected - 1.0).abs();
                eprintln!("{name}: {number} beside {expected}");
                assert!(apart <= row.apart, "{name}: {number} is not {expected}");
                if counts {
                    times.push(seconds);
                }
            }
        }
        let own = median(own);
        for (name, times) in row.peers.iter().zip(theirs) {
            let theirs = median(times);
            let (ratio, target) = (theirs / own, row.target);
            let met = if ratio >= target { "met" } else { "**missed**" };
            missed |= ratio < target;
            println!("| {name} | {own:.3} | {theirs:.3} | {ratio:.2} | {target} | {met} |");
        }
    }
    drop(peer.child.stdin.take());
    let _ = peer.child.wait();
    exit(i32::from(missed));
}
