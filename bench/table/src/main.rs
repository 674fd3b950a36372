//! Runs all contestants side by side and prints one table: `bench/run [ROW ..]`; or holds our own shares of the machine's limit
//! against those that were reached before: `bench/run --ratios [--record] [ROW ..]`.
//!
//! Each contestant is a program of its own that does a row's work when asked. They take turns, several times round, so that
//! whatever else the machine does hits all of them; a figure is the median over all steps of all turns. A turn begins when nobody
//! else works and two threads together reach nearly twice the peak of one, measured on the spot: on a shared machine they do not
//! always. If that does not come, the turn counts as disturbed, and the row says so.

mod contestant;
mod limit;
mod measure;
mod ratios;
mod report;
mod row;

use row::{PHOTOGRAPHS, ROWS, Row};

fn main() {
    let threads: usize = std::env::var("BENCH_THREADS").ok().and_then(|count| count.parse().ok()).unwrap_or(2);
    let (options, wanted): (Vec<String>, Vec<String>) =
        std::env::args().skip(1).partition(|word| word.starts_with("--"));
    if let Some(unknown) = wanted.iter().find(|name| ROWS.iter().all(|row| row.name != **name)) {
        let names: Vec<&str> = ROWS.iter().map(|row| row.name).collect();
        eprintln!("there is no row {unknown}; the rows are {}", names.join(", "));
        std::process::exit(2);
    }
    if let Some(unknown) = options.iter().find(|option| !["--ratios", "--record"].contains(&option.as_str())) {
        eprintln!("there is no option {unknown}; there are --ratios and --record");
        std::process::exit(2);
    }
    let chosen = |row: &&Row| wanted.is_empty() || wanted.iter().any(|name| name == row.name);
    let rows: Vec<&Row> = ROWS.iter().filter(chosen).collect();
    if options.iter().any(|option| option == "--ratios") {
        let held = ratios::hold(&rows, threads, options.iter().any(|option| option == "--record"));
        std::process::exit(i32::from(!held));
    }
    if rows.iter().any(|row| row.name == "pictures") {
        contestant::photographs(PHOTOGRAPHS);
    }
    report::head(threads);
    let mut limit = limit::Limit::default();
    let (mut lost, mut missed) = (Vec::new(), Vec::new());
    for row in rows {
        let figures = measure::measure(row, threads, &mut limit);
        let line = report::line(row, &figures, limit);
        println!("{}", line.text);
        lost.extend(line.lost);
        missed.extend(line.missed);
    }
    println!("\nlost: {}", if lost.is_empty() { "no row".to_owned() } else { lost.join("; ") });
    println!("\ntargets missed: {}", if missed.is_empty() { "none".to_owned() } else { missed.join("; ") });
}
