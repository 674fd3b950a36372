//! PCA, nearest neighbours, support vector machines and t-SNE beside scikit-learn and openTSNE, by turns:
//! bench-learn PYTHON PEER MNIST [ROW ..]

mod data;
mod peer;
mod rows;

use std::process::exit;
use std::time::Instant;

use data::Data;
use peer::Peer;
use rows::{ROWS, Row};

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Runs a row by turns and prints a line for each peer. Whether each target is met.
fn run(row: &Row, data: &Data, peer: &mut Peer) -> bool {
    let (mut own, mut theirs) = (Vec::new(), vec![Vec::new(); row.peers.len()]);
    // One to warm up, where there are several.
    for turn in 0..row.turns + usize::from(row.turns > 1) {
        let begin = Instant::now();
        let found = (row.work)(data);
        let seconds = begin.elapsed().as_secs_f64();
        let counts = turn > 0 || row.turns == 1;
        if counts {
            own.push(seconds);
        }
        let numbers = found();
        for (peer_row, times) in row.peers.iter().zip(&mut theirs) {
            let (seconds, expected) = peer.ask(peer_row.name);
            eprintln!(
                "{}: {:.5?} beside {:.5?}",
                peer_row.name,
                &numbers[..numbers.len().min(3)],
                &expected[..expected.len().min(3)]
            );
            if let Err(problem) = row.agreement.check(&numbers, &expected) {
                eprintln!("{}: {problem}", peer_row.name);
                exit(1);
            }
            if counts {
                times.push(seconds);
            }
        }
    }
    let own = median(own);
    let mut met = true;
    for (peer_row, times) in row.peers.iter().zip(theirs) {
        let theirs = median(times);
        let ratio = theirs / own;
        let holds = ratio >= peer_row.target;
        met &= holds;
        let answer = if holds { "met" } else { "**missed**" };
        println!("| {} | {own:.3} | {theirs:.3} | {ratio:.2} | {} | {answer} |", peer_row.name, peer_row.target);
    }
    if let Some(most) = row.most_seconds {
        let holds = own <= most;
        met &= holds;
        println!("| {} | {own:.1} | | | {most} s at most | {} |", row.name, if holds { "met" } else { "**missed**" });
    }
    met
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [python, script, mnist, wanted @ ..] = &arguments[..] else {
        eprintln!("bench-learn PYTHON PEER MNIST [ROW ..]; bench/learn/run gives them");
        exit(2);
    };
    if let Some(unknown) = wanted.iter().find(|name| ROWS.iter().all(|row| row.name != **name)) {
        let names: Vec<&str> = ROWS.iter().map(|row| row.name).collect();
        eprintln!("{unknown} is no row; there are {}", names.join(", "));
        exit(2);
    }
    let threads = std::env::var("BENCH_THREADS").ok().and_then(|count| count.parse().ok()).unwrap_or(2);
    gradus::set_threads(threads);
    let data = Data::new(mnist);
    let mut peer = Peer::start(python, &[script, mnist, &data.clouds_path], threads);
    println!("| row | Gradus, s | peer, s | x | asked for | |\n|---|---|---|---|---|---|");
    let mut met = true;
    for row in ROWS.iter().filter(|row| wanted.is_empty() || wanted.iter().any(|name| name == row.name)) {
        met &= run(row, &data, &mut peer);
    }
    peer.end();
    exit(i32::from(!met));
}
