//! A program that does a row's work when asked.

use crate::row::Row;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// A running contestant and what it took so far.
pub struct Contestant {
    /// Its name in the table.
    pub name: &'static str,
    /// Seconds of each step.
    pub times: Vec<f64>,
    process: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
}

impl Contestant {
    /// Ours first, PyTorch second.
    pub fn all(row: &Row) -> Vec<Self> {
        let beside = std::env::current_exe().expect("the table's own place").with_file_name("");
        let child = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../torch/child.py");
        let python = std::env::var("BENCH_PYTHON").unwrap_or_else(|_| "python3".into());
        let torch = |name, row: &str| {
            let mut command = Command::new(&python);
            command.arg(&child).arg(row);
            Contestant::start(name, command)
        };
        let rust = |name, program| {
            let mut command = Command::new(beside.join(program));
            command.arg(row.name);
            Contestant::start(name, command)
        };
        let mut all = vec![
            rust("Gradus", "bench-gradus"),
            torch("PyTorch", row.name),
            rust("Candle", "bench-candle"),
            rust("Burn Flex", "bench-burn"),
        ];
        if row.name == "cnn" {
            all.push(torch("PyTorch, channels last", "cnn-channels-last"));
        }
        all
    }

    fn start(name: &'static str, mut command: Command) -> Self {
        let process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut process = process.unwrap_or_else(|problem| panic!("{name}: {command:?} does not start: {problem}"));
        let to = process.stdin.take().expect("it is piped");
        let from = BufReader::new(process.stdout.take().expect("it is piped"));
        Contestant { name, times: Vec::new(), process, to, from }
    }

    fn ask(&mut self, question: &str) -> Vec<f64> {
        writeln!(self.to, "{question}").expect("it listens");
        let mut answer = String::new();
        self.from.read_line(&mut answer).expect("it answers");
        assert!(!answer.is_empty(), "{} ended before its answer", self.name);
        answer.split_whitespace().map(|word| word.parse().expect("a number")).collect()
    }

    /// The losses of ten steps from the common start.
    pub fn losses(&mut self) -> Vec<f64> {
        self.ask("losses")
    }

    /// Seconds of each step over some time.
    pub fn time(&mut self, milliseconds: u64) -> Vec<f64> {
        let times = self.ask(&format!("time {milliseconds}"));
        // Some keep their threads spinning for a while after the last work, beside the next one's.
        std::thread::sleep(std::time::Duration::from_millis(300));
        times.into_iter().map(|nanoseconds| nanoseconds * 1e-9).collect()
    }

    /// Half of the steps took less, in seconds.
    pub fn median(&mut self) -> f64 {
        self.times.sort_by(f64::total_cmp);
        self.times[self.times.len() / 2]
    }

    /// The most memory it held, in MiB.
    pub fn memory(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("0 kB");
        line.split_whitespace().next().and_then(|kib| kib.parse::<f64>().ok()).unwrap_or(0.0) / 1024.0
    }
}

impl Drop for Contestant {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
