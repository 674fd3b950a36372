//! Runs all contestants side by side and prints one table: `bench/run [ROW ..]`.
//!
//! Each contestant is a program of its own that does a row's work when asked. They take turns, several times round, so that
//! whatever else the machine does hits all of them; a figure is the median over all steps of all turns. A turn begins when nobody
//! else works and two threads together reach nearly twice the peak of one, measured on the spot: on a shared machine they do not
//! always. If that does not come, the turn counts as disturbed, and the row says so.

mod contestant;
mod row;

use contestant::Contestant;
use gradus_kernels::peak::peak_gflops;
use row::{ROWS, Row};

/// Turns of each contestant on a row.
const TURNS: usize = 7;
/// How long a turn lasts, in milliseconds.
const TURN: u64 = 400;

fn main() {
    let threads: usize = std::env::var("BENCH_THREADS").ok().and_then(|count| count.parse().ok()).unwrap_or(2);
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    println!(
        "{:?}, {threads} threads; times are medians in ms; `x` is a peer's time over ours; memory is the most of ours and of PyTorch's\n",
        gradus_kernels::isa::isa()
    );
    println!("| work | Gradus | PyTorch | x | Candle | x | Burn Flex | x | of peak | memory, MiB |");
    println!("|---|---|---|---|---|---|---|---|---|---|");
    let mut lost = Vec::new();
    for row in ROWS.iter().filter(|row| wanted.is_empty() || wanted.iter().any(|name| name == row.name)) {
        if let Some(loser) = measure(row, threads) {
            lost.push(loser);
        }
    }
    println!();
    println!("{}", if lost.is_empty() { "no row is lost".to_owned() } else { format!("lost: {}", lost.join("; ")) });
}

/// Prints a row; names it, if it is lost.
fn measure(row: &Row, threads: usize) -> Option<String> {
    let mut contestants = Contestant::all(row);
    let losses: Vec<Vec<f64>> = contestants.iter_mut().map(Contestant::losses).collect();
    for (contestant, others) in contestants.iter().zip(&losses).skip(1) {
        for (step, (ours, theirs)) in losses[0].iter().zip(others).enumerate() {
            let off = (ours - theirs).abs() / ours.abs().max(1e-3);
            assert!(off < 1e-3, "{}: step {step} gives {ours} here, {theirs} in {}", row.name, contestant.name);
        }
    }
    let (mut disturbed, mut peak) = (0, 0.0_f64);
    for turn in 0..=TURNS {
        for contestant in &mut contestants {
            let (whole, quiet) = wait_for_quiet(threads);
            peak = peak.max(whole);
            let times = contestant.time(TURN);
            // The first turn warms up.
            if turn > 0 {
                disturbed += usize::from(!quiet);
                contestant.times.extend(times);
            }
        }
    }
    let ours = contestants[0].median();
    let mut line = format!("| {} | {} |", row.about, milliseconds(ours));
    let mut lost = Vec::new();
    for peer in ["PyTorch", "Candle", "Burn Flex"] {
        // PyTorch comes in two memory formats: its better one counts.
        let of_peer = contestants.iter_mut().filter(|contestant| contestant.name.starts_with(peer));
        let theirs = of_peer.map(Contestant::median).fold(f64::INFINITY, f64::min);
        let ratio = theirs / ours;
        line += &format!(
            " {} | {} |",
            milliseconds(theirs),
            if ratio < 1.0 { format!("**{ratio:.2}**") } else { format!("{ratio:.2}") }
        );
        if ratio < 1.0 {
            lost.push(format!("{} to {peer}", row.about));
        }
    }
    let rate = row.operations / ours * 1e-9;
    line += &if row.operations > 0.0 {
        format!(" {:.0} % of {peak:.0} GFLOP/s |", 100.0 * rate / peak)
    } else {
        " |".into()
    };
    line += &format!(" {:.0} / {:.0} |", contestants[0].memory(), contestants[1].memory());
    if disturbed > 0 {
        line += &format!(" {disturbed} of {} turns were disturbed", TURNS * contestants.len());
    }
    println!("{line}");
    (!lost.is_empty()).then(|| lost.join(", "))
}

/// Waits until nobody else works and all threads reach nearly their number times the peak of one; gives that peak, and whether
/// this came within ten seconds.
fn wait_for_quiet(threads: usize) -> (f64, bool) {
    let mut best = 0.0_f64;
    for _ in 0..25 {
        let others = others_work();
        let (one, all) = (peak_gflops(1), peak_gflops(threads));
        best = best.max(all);
        if others < 0.1 && all > 0.85 * threads as f64 * one {
            return (best, true);
        }
    }
    (best, false)
}

/// How many processors are busy while this program sleeps.
fn others_work() -> f64 {
    let busy = || -> f64 {
        let text = std::fs::read_to_string("/proc/stat").unwrap_or_default();
        let all = text.lines().next().unwrap_or_default().split_whitespace().skip(1);
        let ticks: Vec<f64> = all.filter_map(|word| word.parse().ok()).collect();
        // user, nice, system, idle, iowait, ..
        ticks.iter().take(8).sum::<f64>() - ticks.iter().skip(3).take(2).sum::<f64>()
    };
    let before = busy();
    std::thread::sleep(std::time::Duration::from_millis(200));
    // A tick is a hundredth of a second.
    (busy() - before) / 20.0
}

fn milliseconds(seconds: f64) -> String {
    let value = seconds * 1e3;
    if value < 0.1 {
        format!("{value:.4}")
    } else if value < 10.0 {
        format!("{value:.2}")
    } else {
        format!("{value:.1}")
    }
}
