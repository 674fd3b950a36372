//! What all contestants written in Rust share: the numbers they start from, and how they are asked.

use std::io::{BufRead, Write};
use std::time::{Duration, Instant};

/// A training step, or a product: gives its loss, or 0.
pub type Step = Box<dyn FnMut() -> f32>;

/// Numbers from [-scale, scale), the same in every contestant.
pub fn numbers(count: usize, stream: u32, scale: f32) -> Vec<f32> {
    let number = |place: usize| {
        let mut x = (place as u32).wrapping_mul(2_654_435_761).wrapping_add(stream.wrapping_mul(40_503));
        x = (x ^ (x >> 16)).wrapping_mul(0x045d_9f3b);
        x ^= x >> 16;
        ((f64::from(x) / 4_294_967_296.0 - 0.5) * 2.0) as f32 * scale
    };
    (0..count).map(number).collect()
}

/// First weights of a layer: uniform within 1 / sqrt(fan_in).
pub fn weights(count: usize, stream: u32, fan_in: usize) -> Vec<f32> {
    numbers(count, stream, 1.0 / (fan_in as f32).sqrt())
}

/// Labels below `classes`.
pub fn labels(count: usize, classes: u32) -> Vec<u32> {
    (0..count as u32).map(|place| place * 7 % classes).collect()
}

/// How many threads each contestant gets.
pub fn threads() -> usize {
    std::env::var("BENCH_THREADS").ok().and_then(|count| count.parse().ok()).unwrap_or(2)
}

/// The threads of contestants that work with rayon, with denormals flushed as in all others.
pub fn start_rayon() {
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads())
        .spawn_handler(|thread| {
            std::thread::spawn(move || gradus_kernels::flushed(|| thread.run()));
            Ok(())
        })
        .build_global()
        .expect("the pool is not there yet");
}

/// Answers the lines of the table: `losses` gives the losses of ten steps from the start, `time MILLISECONDS` the nanoseconds of
/// each step over that time.
pub fn serve(make: impl Fn(&str) -> Step) {
    let row = std::env::args().nth(1).expect("the row's name");
    gradus_kernels::flushed(|| {
        let mut step = make(&row);
        for line in std::io::stdin().lock().lines() {
            let line = line.expect("a line");
            let answer: Vec<String> = match line.split_once(' ') {
                None => {
                    let mut fresh = make(&row);
                    (0..10).map(|_| fresh().to_string()).collect()
                }
                Some((_, milliseconds)) => {
                    let time = Duration::from_millis(milliseconds.parse().expect("milliseconds"));
                    let begin = Instant::now();
                    let mut times = Vec::new();
                    while begin.elapsed() < time || times.len() < 3 {
                        let start = Instant::now();
                        step();
                        times.push(start.elapsed().as_nanos().to_string());
                    }
                    times
                }
            };
            println!("{}", answer.join(" "));
            std::io::stdout().flush().expect("the table listens");
        }
    });
}
