//! A steady training step asks the system for no memory: forward, loss, backward and update, on any number of threads.

use gradus_core::nn::{Activation, BatchNorm, Context, Conv2d, Dropout, Function, Linear, Module};
use gradus_core::optim::{Adam, Optimizer, Sgd};
use gradus_core::{Indices, Real, Rng, Tensor, freeze, module};
use gradus_kernels::threads::set_threads;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use std::alloc::System;

#[global_allocator]
static COUNTING: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

struct Mlp {
    first: Linear,
    second: Linear,
    head: Linear,
}

module!(
    Mlp { first, second, head } | net,
    x,
    cx | {
        let x = net.first.forward(x, cx).relu();
        let x = net.second.forward(&x, cx).tanh();
        net.head.forward(&x, cx)
    }
);

struct Cnn {
    conv1: Conv2d,
    norm: BatchNorm,
    conv2: Conv2d,
    dropout: Dropout,
    hidden: Linear,
    head: Linear,
}

module!(
    Cnn { conv1, norm, conv2, hidden, head } | net,
    x,
    cx | {
        let x = net.norm.forward(&net.conv1.forward(x, cx), cx).relu().max_pool2d(2);
        let x = net.conv2.forward(&x, cx).relu().max_pool2d(2);
        let x = net.dropout.forward(&x.flatten(1), cx);
        let x = net.hidden.forward(&x, cx).relu();
        net.head.forward(&x, cx)
    }
);

/// A stem, a residual block and an inverted residual block: every fused form of normalization, and convolution of each channel.
struct Residual {
    stem: Conv2d,
    norm: BatchNorm,
    conv: Conv2d,
    sum: BatchNorm,
    each: Conv2d,
    relu6: BatchNorm,
    head: Linear,
}

module!(
    Residual { stem, norm, conv, sum, each, relu6, head } | net,
    x,
    cx | {
        let x = net.norm.forward(&net.stem.forward(x, cx), cx);
        let x = net.sum.forward_add(&net.conv.forward(&x, cx), &x, cx);
        let y = net.relu6.forward(&net.each.forward(&x, cx), cx);
        net.head.forward(&y.add(&x).global_avg_pool2d(), cx)
    }
);

/// Samples of a step; few where the plain kernels of an f64 build compute it.
const BATCH: usize = if size_of::<Real>() == 8 { 8 } else { 64 };

/// Page faults that ten steps may show: reading the count may touch a page or two itself.
const FAULTS: u64 = 16;

/// How often ten steps, after some to warm up, allocate or grow memory on any thread: the fewest of several tens, for a worker
/// that the system lets sleep through the first steps makes its scratch memory when it first comes to work.
fn allocations(network: &mut dyn Module, optimizer: &mut dyn Optimizer, x: &Tensor, labels: &Indices) -> usize {
    let cx = &mut Context::train(1);
    let mut step = || {
        let loss = network.forward(x, cx).cross_entropy(labels);
        let gradients = loss.backward();
        optimizer.step(network, &gradients);
        loss.item()
    };
    let losses: Real = (0..10).map(|_| step()).sum();
    let (mut fewest, mut fewest_faults) = (usize::MAX, u64::MAX);
    for _ in 0..8 {
        let faults = page_faults();
        let region = Region::new(COUNTING);
        let later: Real = (0..10).map(|_| step()).sum();
        let change = region.change();
        assert!(later < losses, "it learns: {losses} to {later}");
        fewest = fewest.min(change.allocations + change.reallocations);
        fewest_faults = fewest_faults.min(page_faults() - faults);
        if fewest == 0 && fewest_faults <= FAULTS {
            break;
        }
    }
    // A step that asked the system for its maps would touch hundreds.
    assert!(fewest_faults <= FAULTS, "{fewest_faults} page faults in ten steps");
    fewest
}

/// How often this program has touched a page that the system had to find first; 0 where that is not told.
fn page_faults() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name, in brackets, may have spaces; the eighth number behind it is the one.
    let fields = stat.rsplit(')').next().unwrap_or_default();
    fields.split_whitespace().nth(7).map_or(0, |count| count.parse().expect("a count"))
}

// One test: another one beside it would allocate in the same program.
#[test]
fn a_steady_training_step_does_not_allocate() {
    let counted = Region::new(COUNTING);
    drop(std::hint::black_box(vec![1_u8; 100]));
    // The thread that runs the tests may allocate now, too.
    assert!(counted.change().allocations >= 1, "the counter counts");

    let mut rng = Rng::new(1);
    for threads in [1, 2] {
        set_threads(threads);
        let labels = Indices::from(std::array::from_fn::<u32, BATCH, _>(|place| place as u32 % 10));
        let x = Tensor::randn([BATCH, 784], &mut rng);
        let mut mlp = Mlp {
            first: Linear::new(784, 256).init(&mut rng),
            second: Linear::new(256, 128).init(&mut rng),
            head: Linear::new(128, 10).init(&mut rng),
        };
        let count = allocations(&mut mlp, &mut Sgd::new(0.05).momentum(0.9), &x, &labels);
        assert_eq!(count, 0, "the MLP with {threads} threads");

        let x = Tensor::randn([BATCH, 28, 28, 1], &mut rng);
        let mut cnn = Cnn {
            conv1: Conv2d::new(1, 16, 3).same().init(&mut rng),
            norm: BatchNorm::new(16),
            conv2: Conv2d::new(16, 32, 3).same().init(&mut rng),
            dropout: Dropout::new(0.1),
            hidden: Linear::new(7 * 7 * 32, 64).init(&mut rng),
            head: Linear::new(64, 10).init(&mut rng),
        };
        let count = allocations(&mut cnn, &mut Adam::new(2e-3), &x, &labels);
        assert_eq!(count, 0, "the CNN with {threads} threads");

        // A frozen plan, an op that it does not know (the softmax) among its steps.
        let net = Function::new(move |x: &Tensor| cnn.forward(x, &mut Context::eval()).softmax(1).exp());
        let mut plan = freeze(&net, x.shape()).unwrap();
        let mut runs = || (0..10).map(|_| plan.run(&x).as_slice()[0]).sum::<Real>();
        runs();
        let mut fewest = usize::MAX;
        for _ in 0..8 {
            let region = Region::new(COUNTING);
            assert!(runs().is_finite());
            let change = region.change();
            fewest = fewest.min(change.allocations + change.reallocations);
        }
        assert_eq!(fewest, 0, "the plan with {threads} threads");

        let x = Tensor::randn([BATCH, 16, 16, 3], &mut rng);
        let mut residual = Residual {
            stem: Conv2d::new(3, 24, 3).same().no_bias().init(&mut rng),
            norm: BatchNorm::new(24).relu(),
            conv: Conv2d::new(24, 24, 3).same().no_bias().init(&mut rng),
            sum: BatchNorm::new(24).relu(),
            each: Conv2d::new(24, 24, 3).same().groups(24).no_bias().init(&mut rng),
            relu6: BatchNorm::new(24).activation(Activation::Relu6),
            head: Linear::new(24, 10).init(&mut rng),
        };
        let count = allocations(&mut residual, &mut Sgd::new(0.05).momentum(0.9), &x, &labels);
        assert_eq!(count, 0, "the residual network with {threads} threads");
    }
}
