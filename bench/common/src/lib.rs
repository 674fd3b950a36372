//! What all contestants written in Rust share: the numbers they start from, and how they are asked.

use std::io::{BufRead, Write};
use std::time::{Duration, Instant};

/// A training step, a forward pass, a product. Told to answer, it gives a number that all contestants must agree on: a training
/// step its loss at any rate, all others an element of what came out, another one at each call ([`element`]).
pub type Step = Box<dyn FnMut(bool) -> f32>;

/// A row's work.
pub struct Work {
    /// Does it once.
    pub step: Step,
    /// Its operations and the bytes that it moves at least, where the contestant counts them.
    pub cost: Option<Cost>,
}

/// What a row's work takes whoever does it.
#[derive(Clone, Copy)]
pub struct Cost {
    /// Additions and multiplications of the direct algorithms.
    pub operations: f64,
    /// Bytes that go to and from memory at least.
    pub bytes: f64,
}

impl From<Step> for Work {
    fn from(step: Step) -> Self {
        Work { step, cost: None }
    }
}

/// The place of the element that the `call`-th call answers with, of `length`.
pub fn element(call: usize, length: usize) -> usize {
    call * 7919 % length
}

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

/// Says `ready` and then answers the lines of the table: `answers COUNT` gives what so many steps answer, `time MILLISECONDS`
/// the nanoseconds of each step over that time, `cost` the operations and bytes of a step.
pub fn serve(make: impl Fn(&str) -> Work) {
    let row = std::env::args().nth(1).expect("the row's name");
    say("ready");
    gradus_kernels::flushed(|| {
        let mut work = None;
        for line in std::io::stdin().lock().lines() {
            let line = line.expect("a line");
            let Work { step, cost } = work.get_or_insert_with(|| make(&row));
            let mut words = line.split(' ');
            let question = words.next().unwrap_or_default();
            let number: u64 = words.next().map_or(0, |word| word.parse().expect("a number"));
            let answer: Vec<String> = match question {
                "answers" => (0..number).map(|_| step(true).to_string()).collect(),
                "time" => timed(step, Duration::from_millis(number)),
                "cost" => cost.map_or(Vec::new(), |cost| vec![cost.operations.to_string(), cost.bytes.to_string()]),
                other => panic!("{other} is no question"),
            };
            say(&answer.join(" "));
        }
    });
}

fn say(answer: &str) {
    println!("{answer}");
    std::io::stdout().flush().expect("the table listens");
}

/// At least one step, and as many as fit into the time.
fn timed(step: &mut Step, time: Duration) -> Vec<String> {
    let begin = Instant::now();
    let mut times = Vec::new();
    while begin.elapsed() < time || times.is_empty() {
        let start = Instant::now();
        step(false);
        times.push(start.elapsed().as_nanos().to_string());
    }
    times
}
