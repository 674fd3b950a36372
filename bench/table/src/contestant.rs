//! A program that does a row's work when asked.

use crate::row::{Kind, Row};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

/// A running contestant and what it took so far.
pub struct Contestant {
    /// Its name in the table.
    pub name: &'static str,
    /// Seconds of each step.
    pub times: Vec<f64>,
    /// How many processors it kept busy in each turn.
    pub busy: Vec<f64>,
    process: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    before: f64,
}

/// Where the folder of the bench is.
pub fn bench() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn python(script: &str) -> Command {
    let mut command = Command::new(std::env::var("BENCH_PYTHON").unwrap_or_else(|_| "python3".into()));
    command.arg("-W").arg("ignore").arg(bench().join("torch").join(script));
    command
}

fn rust(program: &str, row: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("the table's own place").with_file_name(program));
    command.arg(row);
    command
}

/// What is made once by a script, and kept.
fn made(path: &Path, command: &mut Command) -> PathBuf {
    if !path.exists() {
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("the folder of what is made");
        let status = command.status().expect("the script starts");
        assert!(status.success(), "{command:?} failed");
    }
    path.to_path_buf()
}

/// The folder of photographs, of so many files.
pub fn photographs(count: usize) -> PathBuf {
    let folder = bench().join("target/photographs");
    made(&folder, python("photographs.py").arg(&folder).arg(count.to_string()))
}

impl Contestant {
    /// Ours.
    pub fn ours(row: &Row) -> Self {
        Contestant::start("Gradus", rust("bench-gradus", row.name))
    }

    /// Ours first, PyTorch second, except where it has nothing to compare.
    pub fn all(row: &Row) -> Vec<Self> {
        let torch = |format: &str| {
            let mut command = python("child.py");
            command.arg(row.name).arg(format);
            Contestant::start(if format.is_empty() { "PyTorch" } else { "PyTorch, channels last" }, command)
        };
        let mut all = vec![Contestant::ours(row)];
        if row.kind == Kind::Handoff {
            all.push(Contestant::start("rayon", rust("bench-gradus", "handoff-rayon")));
            return all;
        }
        all.push(torch(""));
        if matches!(row.kind, Kind::Training | Kind::Inference) || row.name == "cnn" {
            all.push(torch("channels-last"));
        }
        if row.kind == Kind::Inference {
            let file = bench().join("target/onnx").join(format!("{}.onnx", row.name));
            let file = made(&file, python("networks.py").arg(row.name).arg(&file));
            let mut command = python("onnx_child.py");
            command.arg(file);
            all.push(Contestant::start("ONNX Runtime", command));
        }
        if matches!(row.kind, Kind::Square | Kind::Small) {
            all.push(Contestant::start("Candle", rust("bench-candle", row.name)));
            all.push(Contestant::start("Burn Flex", rust("bench-burn", row.name)));
        }
        all
    }

    fn start(name: &'static str, mut command: Command) -> Self {
        let process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut process = process.unwrap_or_else(|problem| panic!("{name}: {command:?} does not start: {problem}"));
        let to = process.stdin.take().expect("it is piped");
        let from = BufReader::new(process.stdout.take().expect("it is piped"));
        let mut contestant = Contestant { name, times: Vec::new(), busy: Vec::new(), process, to, from, before: 0.0 };
        assert_eq!(contestant.listen().trim(), "ready", "{name} does not begin");
        contestant.before = contestant.status("VmRSS:");
        contestant
    }

    fn listen(&mut self) -> String {
        let mut answer = String::new();
        self.from.read_line(&mut answer).expect("it answers");
        assert!(!answer.is_empty(), "{} ended before its answer", self.name);
        answer
    }

    fn ask(&mut self, question: &str) -> Vec<f64> {
        writeln!(self.to, "{question}").expect("it listens");
        self.listen().split_whitespace().map(|word| word.parse().expect("a number")).collect()
    }

    /// What the first steps from the common start answer.
    pub fn answers(&mut self, count: usize) -> Vec<f64> {
        self.ask(&format!("answers {count}"))
    }

    /// Operations and least bytes of a step, where it counts them.
    pub fn cost(&mut self) -> Option<[f64; 2]> {
        self.ask("cost").try_into().ok()
    }

    /// Seconds of each step over some time, and how many processors were busy with it.
    pub fn time(&mut self, milliseconds: u64) -> (Vec<f64>, f64) {
        let (start, worked) = (Instant::now(), self.worked());
        let times = self.ask(&format!("time {milliseconds}"));
        let busy = (self.worked() - worked) / start.elapsed().as_secs_f64();
        // Some keep their threads spinning for a while after the last work, beside the next one's.
        std::thread::sleep(Duration::from_millis(300));
        (times.into_iter().map(|nanoseconds| nanoseconds * 1e-9).collect(), busy)
    }

    /// Seconds that processors worked for it, in steps of a hundredth.
    fn worked(&self) -> f64 {
        let text = std::fs::read_to_string(format!("/proc/{}/stat", self.process.id())).unwrap_or_default();
        // Behind the name in parentheses, user and system time are the 12th and 13th.
        let words = text.rsplit(')').next().unwrap_or_default().split_whitespace().skip(11).take(2);
        words.filter_map(|word| word.parse::<f64>().ok()).sum::<f64>() / 100.0
    }

    /// Half of the steps took less, in seconds.
    pub fn median(&self) -> f64 {
        let mut times = self.times.clone();
        times.sort_by(f64::total_cmp);
        times[times.len() / 2]
    }

    /// In how many turns its threads shared one processor: it kept no more than one busy, though in its best turn nearly two.
    pub fn turns_on_one_processor(&self) -> usize {
        let best = self.busy.iter().copied().fold(0.0, f64::max);
        self.busy.iter().filter(|busy| best > 1.6 && **busy < 1.1).count()
    }

    /// The most memory it held, in MiB, and how much more that is than it held before it made anything.
    pub fn memory(&self) -> [f64; 2] {
        let most = self.status("VmHWM:");
        [most, most - self.before]
    }

    fn status(&self, field: &str) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix(field)).unwrap_or("0 kB");
        line.split_whitespace().next().and_then(|kib| kib.parse::<f64>().ok()).unwrap_or(0.0) / 1024.0
    }
}

impl Drop for Contestant {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
