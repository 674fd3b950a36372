//! What this machine can do at most, measured while the table is made: arithmetic and memory.

use gradus_kernels::isa::vectorize;
use gradus_kernels::peak::peak_gflops;
use std::time::{Duration, Instant};

/// The best that was seen so far in this run.
#[derive(Clone, Copy, Default)]
pub struct Limit {
    /// Additions and multiplications a second.
    pub operations: f64,
    /// Bytes a second between the processors and what holds the row's numbers, memory or a cache.
    pub bytes: f64,
}

/// The most that each thread reads or copies: many times a cache.
const MOST: f64 = 96e6;

impl Limit {
    /// The seconds that a cost takes at least, and whether arithmetic is what binds.
    pub fn floor(self, [operations, bytes]: [f64; 2]) -> (f64, bool) {
        let (arithmetic, memory) = (operations / self.operations, bytes / self.bytes);
        (arithmetic.max(memory), arithmetic >= memory)
    }

    /// Measures memory for work that moves so many bytes: what fits into a cache comes from there at the next step.
    pub fn measure_memory(&mut self, threads: usize, bytes: f64) {
        let numbers = ((bytes / threads as f64).min(MOST) / 4.0) as usize / 128 * 128;
        let rates = std::thread::scope(|scope| {
            let workers: Vec<_> = (0..threads).map(|_| scope.spawn(move || memory(numbers.max(1024)))).collect();
            workers.into_iter().map(|worker| worker.join().unwrap_or_default()).collect::<Vec<_>>()
        });
        let sum = |which: usize| rates.iter().map(|rate| rate[which]).sum::<f64>();
        self.bytes = self.bytes.max(sum(0)).max(sum(1));
    }

    /// Waits until nobody else works and all threads reach nearly their number times the peak of one, but no longer than the
    /// patience that is left; says whether this came.
    pub fn wait_for_quiet(&mut self, threads: usize, patience: &mut Duration) -> bool {
        loop {
            let start = Instant::now();
            let others = others_work();
            let (one, all) = (peak_gflops(1), peak_gflops(threads));
            self.operations = self.operations.max(all * 1e9);
            if others < 0.1 && all > 0.85 * threads as f64 * one {
                return true;
            }
            *patience = patience.saturating_sub(start.elapsed());
            if patience.is_zero() {
                return false;
            }
        }
    }
}

/// Bytes a second that one thread reads of so many numbers, and that it reads and writes when it copies half of them: the best of
/// some rounds beside the others.
fn memory(numbers: usize) -> [f64; 2] {
    let mut all = vec![1.0_f32; numbers];
    let (begin, mut best) = (Instant::now(), [0.0_f64; 2]);
    while begin.elapsed() < Duration::from_millis(300) {
        let start = Instant::now();
        std::hint::black_box(sums(&all));
        best[0] = best[0].max(4.0 * numbers as f64 / start.elapsed().as_secs_f64());
        let start = Instant::now();
        let (from, to) = all.split_at_mut(numbers / 2);
        to.copy_from_slice(from);
        std::hint::black_box(&mut all);
        best[1] = best[1].max(4.0 * numbers as f64 / start.elapsed().as_secs_f64());
    }
    best
}

fn sums(all: &[f32]) -> [f32; 64] {
    vectorize(
        #[inline(always)]
        move || {
            let mut sums = [0.0_f32; 64];
            for chunk in all.as_chunks::<64>().0 {
                sums.iter_mut().zip(chunk).for_each(|(sum, x)| *sum += x);
            }
            sums
        },
    )
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
    std::thread::sleep(Duration::from_millis(200));
    // A tick is a hundredth of a second.
    (busy() - before) / 20.0
}
