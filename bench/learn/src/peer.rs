//! The program of the other side.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdout, Command, Stdio};

pub struct Peer {
    child: Child,
    answers: BufReader<ChildStdout>,
}

impl Peer {
    pub fn start(python: &str, arguments: &[&str], threads: usize) -> Self {
        let mut child = Command::new(python)
            .args(arguments)
            .env("BENCH_THREADS", threads.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("Python starts");
        let answers = BufReader::new(child.stdout.take().expect("it is piped"));
        let mut peer = Peer { child, answers };
        assert_eq!(peer.line().trim(), "ready", "the peer did not start");
        peer
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("the peer answers");
        line
    }

    /// Seconds, and what it found.
    pub fn ask(&mut self, row: &str) -> (f64, Vec<f64>) {
        writeln!(self.child.stdin.as_mut().expect("it is piped"), "{row}").expect("the peer listens");
        let line = self.line();
        let mut numbers = line.split_whitespace().map(|word| word.parse::<f64>().expect("numbers"));
        (numbers.next().expect("seconds"), numbers.collect())
    }

    pub fn end(mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}
