//! What is seen while a run trains: a bar at a terminal, a line an epoch elsewhere.

use std::fmt::Write;
use std::io::IsTerminal;
use std::time::Instant;

use gradus::train::{Flow, Observer, Snapshot};
use indicatif::{ProgressBar, ProgressStyle};

use crate::interrupt;

/// A bar behind a prefix, with what `behind` says after it; none where nobody sees it.
pub fn bar(behind: &str) -> Option<ProgressBar> {
    std::io::stderr().is_terminal().then(|| {
        let style = ProgressStyle::with_template(&format!("{{prefix}} {{bar:28.cyan/blue}} {{pos}}/{{len}}  {behind}"));
        let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
        ProgressBar::new(0).with_style(style.progress_chars("━╸─"))
    })
}

/// Watches a run.
pub struct Watch {
    bar: Option<ProgressBar>,
    epochs: u64,
    batch_size: usize,
    score_name: &'static str,
    score_is_share: bool,
    begin: Instant,
    epoch_begin: Instant,
    epoch_batch: usize,
    samples: u64,
}

impl Watch {
    /// A watch over a run of so many epochs.
    pub fn new(epochs: u64, batch_size: usize, score_name: &'static str, score_is_share: bool) -> Self {
        let bar = bar("{msg}");
        let now = Instant::now();
        Watch {
            bar,
            epochs,
            batch_size,
            score_name,
            score_is_share,
            begin: now,
            epoch_begin: now,
            epoch_batch: 0,
            samples: 0,
        }
    }

    /// Samples learnt from, and the seconds since the beginning.
    pub fn done(&self) -> (u64, f64) {
        (self.samples, self.begin.elapsed().as_secs_f64())
    }

    fn score(&self, score: f64) -> String {
        if self.score_is_share { format!("{:.2} %", 100.0 * score) } else { format!("{score:.5}") }
    }
}

impl Observer for Watch {
    fn after_step(&mut self, snapshot: &Snapshot<'_>) -> Result<Flow, gradus::Error> {
        let progress = snapshot.progress;
        if self.epoch_batch == 0 {
            self.epoch_batch = progress.batch.max(1);
            self.epoch_begin = Instant::now();
        }
        self.samples += self.batch_size as u64;
        if let Some(bar) = &self.bar {
            let seconds = self.epoch_begin.elapsed().as_secs_f64();
            let learnt = (progress.batch - self.epoch_batch) as f64;
            let each = if learnt > 0.0 { seconds / learnt } else { 0.0 };
            let left = (self.epochs - progress.epoch) as f64 * snapshot.batches as f64 - progress.batch as f64;
            let tally = &progress.tally;
            let score = self.score(tally.points / tally.samples.max(1) as f64);
            let rate = if each > 0.0 { self.batch_size as f64 / each } else { 0.0 };
            bar.set_length(snapshot.batches as u64);
            bar.set_position(progress.batch as u64);
            bar.set_prefix(format!("epoch {}/{}", progress.epoch + 1, self.epochs));
            bar.set_message(format!(
                "loss {:.4}  {} {score}  {rate:.0} samples/s  {:.0} s left",
                tally.mean_loss(),
                self.score_name,
                left * each,
            ));
        }
        Ok(if interrupt::pressed() { Flow::Stop } else { Flow::Continue })
    }

    fn after_epoch(&mut self, snapshot: &Snapshot<'_>, improved: bool) -> Result<Flow, gradus::Error> {
        let Some(row) = snapshot.progress.history.last() else { return Ok(Flow::Continue) };
        let name = self.score_name;
        let mut line = format!(
            "epoch {:>3}/{}  loss {:.4}  {name} {}",
            row.epoch + 1,
            self.epochs,
            row.train_loss,
            self.score(row.train_score)
        );
        if let (Some(loss), Some(score)) = (row.validation_loss, row.validation_score) {
            let _ = write!(
                line,
                "  |  held out: loss {loss:.4}  {name} {}{}",
                self.score(score),
                if improved { " *" } else { "" }
            );
        }
        let _ = write!(line, "  ({:.1} s)", self.epoch_begin.elapsed().as_secs_f64());
        self.epoch_batch = 0;
        self.epoch_begin = Instant::now();
        match &self.bar {
            Some(bar) => bar.println(line),
            None => eprintln!("{line}"),
        }
        Ok(if interrupt::pressed() { Flow::Stop } else { Flow::Continue })
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
