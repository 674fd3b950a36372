//! Whether we are still as fast as we were, without any peer: the share of the machine's limit that each row reaches, both measured
//! in the same run, against the share that was recorded (`bench/floors.txt`).
//!
//! A row has several tries, and its shortest step counts: what others do on the machine can only lengthen it.

use crate::contestant::{Contestant, bench};
use crate::limit::Limit;
use crate::row::{Kind, Row};
use gradus_kernels::isa::{Isa, isa};
use std::time::Duration;

/// What a share may fall to beside the recorded one: a time that is 30 % longer is seen. What stays under a twentieth of the limit is
/// bound by calls and latencies, which do not follow the limit from one machine to the next: there it is a time twice as long.
fn margin(recorded: f64) -> f64 {
    if recorded < 0.05 { 0.5 } else { 1.0 / 1.3 }
}
/// The shares were recorded with AVX2. Vectors of twice the length raise the limit more than what is reached of it.
const OF_AVX512: f64 = 0.5;
/// Tries of each row.
const TRIES: usize = 6;

/// Holds the rows that have a recorded share against it; with `record`, writes the shares anew. Says whether all hold.
pub fn hold(rows: &[&Row], threads: usize, record: bool) -> bool {
    let path = bench().join("floors.txt");
    let text = std::fs::read_to_string(&path).unwrap_or_default();
    let mut floors: Vec<(String, f64)> = text.lines().filter_map(parse).collect();
    if floors.is_empty() && !record {
        println!("{} holds no shares; bench/run --ratios --record writes them", path.display());
        return false;
    }
    let scale = match isa() {
        Isa::Avx2 => 1.0,
        Isa::Avx512 => OF_AVX512,
        Isa::Portable => {
            println!(
                "the shares were recorded with vector instructions, which this processor has not: nothing is compared"
            );
            return true;
        }
    };
    println!("| work | share of the limit | recorded | least | |\n|---|---|---|---|---|");
    let mut all = true;
    for row in rows.iter().filter(|row| !matches!(row.kind, Kind::Pictures | Kind::Handoff)) {
        let recorded = floors.iter().position(|(name, _)| name == row.name);
        if recorded.is_none() && !record {
            continue;
        }
        let recorded = recorded.map_or(0.0, |place| floors[place].1 * scale);
        let least = recorded * margin(recorded);
        let share = best_share(row, threads, if record { f64::INFINITY } else { least });
        if record {
            floors.retain(|(name, _)| name != row.name);
            floors.push((row.name.to_owned(), share / scale));
            println!("| {} | {share:.3} | now | | |", row.about);
            continue;
        }
        all &= share >= least;
        let verdict = if share >= least { "holds" } else { "**slower than it was**" };
        println!("| {} | {share:.3} | {recorded:.3} | {least:.3} | {verdict} |", row.about);
    }
    if record {
        let lines: String = floors.iter().map(|(name, share)| format!("{name} {share:.4}\n")).collect();
        let head =
            text.lines().filter(|line| line.starts_with('#')).map(|line| format!("{line}\n")).collect::<String>();
        std::fs::write(&path, head + &lines).expect("floors.txt can be written");
    }
    all
}

fn parse(line: &str) -> Option<(String, f64)> {
    let (name, share) = line.split_once(' ').filter(|(name, _)| *name != "#")?;
    Some((name.to_owned(), share.parse().ok()?))
}

/// The best of several tries; no more are made once it is enough.
fn best_share(row: &Row, threads: usize, enough: f64) -> f64 {
    let mut ours = Contestant::ours(row);
    ours.time(50);
    let cost = ours.cost().expect("the row's cost is counted");
    let mut limit = Limit::default();
    limit.measure_memory(threads, cost[1]);
    let (mut shortest, mut share) = (f64::INFINITY, 0.0);
    for _ in 0..TRIES {
        limit.wait_for_quiet(threads, &mut Duration::default());
        let (times, _) = ours.time(300);
        shortest = times.into_iter().fold(shortest, f64::min);
        share = limit.floor(cost).0 / shortest;
        if share >= enough {
            break;
        }
    }
    share
}
