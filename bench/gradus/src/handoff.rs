//! What handing half of some work to a second thread costs: two tasks of ten microseconds each, side by side.

use bench_common::Work;
use std::hint::spin_loop;
use std::time::{Duration, Instant};

/// How long each of the two tasks takes.
const TASK: Duration = Duration::from_micros(10);

fn task() {
    let start = Instant::now();
    while start.elapsed() < TASK {
        spin_loop();
    }
}

/// By this project's pool.
pub fn ours() -> Work {
    let step = |_| {
        gradus_kernels::threads::parallel(2, &|_| task());
        0.0
    };
    Work { step: Box::new(step), cost: None }
}

/// By rayon, called from outside its pool as a program's main thread does.
pub fn rayon() -> Work {
    bench_common::start_rayon();
    let step = |_| {
        rayon::join(task, task);
        0.0
    };
    Work { step: Box::new(step), cost: None }
}
