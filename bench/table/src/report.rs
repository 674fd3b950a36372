//! The table as Markdown.

use crate::contestant::Contestant;
use crate::limit::Limit;
use crate::measure::Figures;
use crate::row::{Kind, Row};
use std::process::Command;

/// The peers, in the order of their columns.
const PEERS: [&str; 4] = ["PyTorch", "ONNX Runtime", "Candle", "Burn Flex"];

/// A line of the table.
pub struct Line {
    /// The line.
    pub text: String,
    /// Peers that were faster.
    pub lost: Vec<String>,
    /// Targets that were not reached.
    pub missed: Vec<String>,
}

/// Date, machine, versions, and the table's head.
pub fn head(threads: usize) {
    let date = output("date", &["-u", "+%Y-%m-%d"]);
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or_default();
    let memory = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let kib: f64 = memory.split_whitespace().nth(1).and_then(|word| word.parse().ok()).unwrap_or(0.0);
    println!("### Results of {date}");
    println!(
        "{}, {} processors, {:.0} GiB, instructions {:?}, Linux {}; {}; {}; {threads} threads.\n",
        model.trim_start_matches(['\t', ' ', ':']),
        std::thread::available_parallelism().map_or(0, usize::from),
        kib / (1 << 20) as f64,
        gradus_kernels::isa::isa(),
        output("uname", &["-r"]),
        output("rustc", &["--version"]),
        std::env::var("BENCH_VERSIONS").unwrap_or_default(),
    );
    println!("| work | Gradus | PyTorch | ONNX Runtime | Candle | Burn Flex | target | of the limit | memory, MiB |");
    println!("|---|---|---|---|---|---|---|---|---|");
}

fn output(program: &str, words: &[&str]) -> String {
    let output = Command::new(program).args(words).output();
    output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).unwrap_or_default()
}

/// A row as a line.
pub fn line(row: &Row, figures: &Figures, limit: Limit) -> Line {
    let contestants = &figures.contestants;
    let ours = contestants[0].median();
    let mut line = Line { text: format!("| {} |", row.about), lost: Vec::new(), missed: Vec::new() };
    line.text += &format!(" {} |", milliseconds(ours / row.kind.pieces()));
    for peer in PEERS {
        let cell = of_peer(contestants, peer).map(|theirs| {
            let ratio = ours / theirs;
            if ratio > 1.0 {
                line.lost.push(format!("{} to {peer}", row.about));
            }
            let shown = if ratio > 1.0 { format!("**{}**", two_digits(ratio)) } else { two_digits(ratio) };
            format!("{} ({shown})", milliseconds(theirs / row.kind.pieces()))
        });
        line.text += &format!(" {} |", cell.unwrap_or_default());
    }
    line.text += &format!(" {} |", targets(row, figures, limit, &mut line.missed));
    line.text += &format!(" {} |", share(figures, limit).map_or(String::new(), |(_, text)| text));
    line.text += &memory(row, contestants, &mut line.missed);
    line.text += &notes(figures);
    line
}

/// A peer's time. PyTorch comes in two memory formats: its better one counts.
fn of_peer(contestants: &[Contestant], peer: &str) -> Option<f64> {
    let times = contestants.iter().filter(|contestant| contestant.name.starts_with(peer)).map(Contestant::median);
    times.reduce(f64::min)
}

fn targets(row: &Row, figures: &Figures, limit: Limit, missed: &mut Vec<String>) -> String {
    let mut cells = Vec::new();
    let mut judge = |text: String, met: bool| {
        if !met {
            missed.push(format!("{}: {text}", row.about));
        }
        cells.push(format!("{text}: {}", if met { "met" } else { "**missed**" }));
    };
    for (peer, most) in row.targets {
        let theirs = of_peer(&figures.contestants, peer).expect("a target names a contestant");
        let ratio = figures.contestants[0].median() / theirs;
        let found = if PEERS.contains(peer) { String::new() } else { format!(" ({})", two_digits(ratio)) };
        judge(format!("≤ {most} of {peer}{found}"), ratio <= *most);
    }
    if row.share > 0.0 {
        let reached = share(figures, limit).is_some_and(|(share, _)| share >= row.share);
        judge(format!("≥ {:.0} % of the limit", 100.0 * row.share), reached);
    }
    cells.join("; ")
}

/// The share of the machine's limit that was reached, in numbers and words.
fn share(figures: &Figures, limit: Limit) -> Option<(f64, String)> {
    let cost = figures.cost?;
    let (floor, arithmetic) = limit.floor(cost);
    let share = floor / figures.contestants[0].median();
    let what = if arithmetic {
        format!("{:.0} GFLOP/s", limit.operations * 1e-9)
    } else {
        format!("{:.1} GB/s", limit.bytes * 1e-9)
    };
    Some((share, format!("{:.0} % of {what}", 100.0 * share)))
}

/// Ours and PyTorch's; in parentheses without what each program held before it made anything.
fn memory(row: &Row, contestants: &[Contestant], missed: &mut Vec<String>) -> String {
    let of = contestants.iter().filter(|contestant| contestant.name.starts_with("PyTorch"));
    let Some(theirs) = of.map(Contestant::memory).min_by(|a, b| a[1].total_cmp(&b[1])) else { return " |".into() };
    let ours = contestants[0].memory();
    let mut text = format!(" {:.0} / {:.0} ({:.0} / {:.0})", ours[0], theirs[0], ours[1], theirs[1]);
    if matches!(row.kind, Kind::Small | Kind::Training) {
        let met = ours[0] <= theirs[0] && ours[1] <= theirs[1];
        text += if met { " met" } else { " **missed**" };
        if !met {
            missed.push(format!("{}: memory", row.about));
        }
    }
    text + " |"
}

/// What a reader must know about how it was measured.
fn notes(figures: &Figures) -> String {
    let mut notes = String::new();
    if figures.disturbed > 0 {
        notes += &format!(" {} of {} turns were disturbed;", figures.disturbed, figures.turns);
    }
    for contestant in &figures.contestants {
        let turns = contestant.turns_on_one_processor();
        if turns > 0 {
            notes += &format!(" {turns} turns of {} had all threads on one processor;", contestant.name);
        }
    }
    notes.trim_end_matches(';').to_owned()
}

fn two_digits(ratio: f64) -> String {
    if ratio < 0.095 { format!("{ratio:.3}") } else { format!("{ratio:.2}") }
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
