//! Whatever the shapes and options: a dry run says what the op does, and what does not fit is refused in the op's own words, never by a
//! slice or an overflow deeper down; and the gradient has its input's shape.

use std::panic::{AssertUnwindSafe, catch_unwind};

use gradus_core::{ConvOptions, Indices, Padding, Pool2d, Rng, Shape, Tensor, dry_run};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};

/// The text of a panic.
fn text(cause: &(dyn std::any::Any + Send)) -> String {
    let owned = cause.downcast_ref::<String>().cloned();
    owned.or_else(|| cause.downcast_ref::<&str>().map(|text| (*text).to_owned())).expect("a panic with a text")
}

/// Holds the dry run of `op` against the op itself; the result says whether the shapes fitted.
fn agree(name: &str, shape: &[usize], op: impl Fn(&Tensor) -> Tensor) -> Result<bool, TestCaseError> {
    let mut dry = None;
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        dry_run(Shape::new(shape), |x| {
            let y = op(x);
            dry = Some(y.shape());
            y
        })
    }));
    let dry = match outcome {
        Ok(traced) => traced.map(|_| dry.expect("the op ran")).map_err(|error| error.to_string()),
        Err(cause) => Err(text(&*cause)),
    };
    let x = Tensor::randn(Shape::new(shape), &mut Rng::new(1)).requires_grad();
    let real = catch_unwind(AssertUnwindSafe(|| op(&x))).map_err(|cause| text(&*cause));
    prop_assert_eq!(&dry, &real.as_ref().map(Tensor::shape).map_err(Clone::clone));
    match real {
        Ok(y) => {
            let gradients = y.sum().backward();
            prop_assert_eq!(gradients.get(&x).map(Tensor::shape), Some(x.shape()));
            Ok(true)
        }
        Err(problem) => {
            prop_assert!(problem.starts_with(name), "{} is refused by: {}", name, problem);
            Ok(false)
        }
    }
}

fn sizes(rank: std::ops::Range<usize>) -> impl Strategy<Value = Vec<usize>> {
    vec(0_usize..5, rank)
}

fn ones(shape: &[usize]) -> Tensor {
    Tensor::ones(Shape::new(shape))
}

/// Keeps what is expected from the panic hook off the output.
fn quietly(test: impl FnOnce()) {
    std::panic::set_hook(Box::new(|_| {}));
    test();
    let _ = std::panic::take_hook();
}

/// Runs a property and shows its failure, if any; at least one case must have fitted and one been refused.
fn property<S: Strategy>(strategy: &S, test: impl Fn(S::Value) -> Result<bool, TestCaseError>) {
    // The same cases each time, so that all of them are known to hold fitting and refused ones.
    let config = ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let (fitted, refused) = (std::cell::Cell::new(0), std::cell::Cell::new(0));
    let mut outcome = Ok(());
    quietly(|| {
        outcome = runner.run(strategy, |value| {
            let count = if test(value)? { &fitted } else { &refused };
            count.set(count.get() + 1);
            Ok(())
        });
    });
    if let Err(problem) = outcome {
        panic!("{problem}");
    }
    assert!(fitted.get() > 0 && refused.get() > 0, "{} fitted, {} were refused", fitted.get(), refused.get());
}

// One test: the panic hook is the whole program's.
#[test]
fn a_dry_run_says_what_an_op_does() {
    plain_ops();
    windows();
}

fn plain_ops() {
    property(&(sizes(0..4), sizes(0..4)), |(a, b)| agree("add", &a, |x| x.add(&ones(&b))));
    property(&(sizes(0..4), sizes(0..4)), |(a, b)| agree("maximum", &a, |x| x.maximum(&ones(&b))));
    property(&(sizes(0..4), sizes(0..4)), |(a, b)| agree("matmul", &a, |x| x.matmul(&ones(&b))));
    property(&(sizes(0..4), sizes(0..3)), |(a, b)| agree("linear", &a, |x| x.linear(&ones(&b), None)));
    property(&(sizes(0..4), sizes(0..4)), |(a, b)| agree("reshape", &a, |x| x.reshape(Shape::new(&b))));
    property(&(sizes(0..4), sizes(0..4)), |(a, order)| agree("permute", &a, |x| x.permute(&order)));
    property(&(sizes(0..4), sizes(0..4)), |(a, b)| agree("broadcast_to", &a, |x| x.broadcast_to(Shape::new(&b))));
    property(&(sizes(0..4), 0_usize..4), |(a, axis)| agree("softmax", &a, |x| x.softmax(axis)));
    property(&(sizes(0..4), 0_usize..4), |(a, axis)| agree("logsumexp", &a, |x| x.logsumexp(axis)));
    property(&(sizes(0..4), 0_usize..4), |(a, axis)| agree("max_axis", &a, |x| x.max_axis(axis)));
    property(&(sizes(0..4), sizes(0..4), 0_usize..4), |(a, b, axis)| {
        agree("concat", &a, |x| Tensor::concat(&[x, &ones(&b)], axis))
    });
    property(&(sizes(0..4), 0_usize..4, 0_usize..4, 0_usize..4), |(a, axis, start, length)| {
        agree("narrow", &a, |x| x.narrow(axis, start, length))
    });
    property(&(sizes(0..4), vec([0_usize..3, 0..3], 0..4)), |(a, border)| agree("pad", &a, |x| x.pad(&border, 1.0)));
    property(&(sizes(0..4), sizes(1..3)), |(a, rows)| {
        agree("gather_rows", &a, |x| x.gather_rows(&Indices::build(Shape::new(&rows), |rows| rows.fill(1))))
    });
    property(&(sizes(0..4), sizes(1..3)), |(a, places)| {
        agree("pick", &a, |x| x.pick(&Indices::build(Shape::new(&places), |places| places.fill(1))))
    });
    property(&(sizes(0..4), sizes(0..3)), |(a, slopes)| agree("prelu", &a, |x| x.prelu(&ones(&slopes))));
}

fn windows() {
    let pair = || [0_usize..4, 0_usize..4];
    let padding = || prop_oneof![Just(Padding::Same), [pair(), pair()].prop_map(Padding::Explicit)];
    // Mostly as many channels as the kernels take, or the rest would seldom be looked at.
    let channels = (0_usize..4, 0_usize..4, prop_oneof![4 => Just(0), 1 => 0_usize..3]);
    property(
        &(sizes(2..4), sizes(3..4), channels, (pair(), padding(), pair())),
        |(mut x, mut weight, (inputs, groups, more), (stride, padding, dilation))| {
            x.push(inputs * groups + more);
            weight.push(inputs);
            let options = ConvOptions { stride, padding, dilation, groups };
            agree("conv2d", &x, |x| x.conv2d(&ones(&weight), None, options))
        },
    );
    property(&(sizes(3..5), pair(), pair(), padding(), any::<bool>()), |(x, kernel, stride, padding, ceil)| {
        let windows = Pool2d::new(kernel).stride(stride).padding(padding);
        let windows = if ceil { windows.ceil() } else { windows };
        let fits = agree("max_pool2d", &x, |x| x.max_pool2d(windows))?;
        prop_assert_eq!(fits, agree("avg_pool2d", &x, |x| x.avg_pool2d(windows))?);
        Ok(fits)
    });
}
