//! Every network of the registry answers frozen as it answers eagerly.

use gradus_core::nn::{self, Context, Entry, Module, Path};
use gradus_core::{Rng, Tensor, dry_run, freeze, init, no_grad};
use gradus_zoo::{Interface, build, members};
use toml::Table;

/// Networks of more parameters or multiplies for a small picture than this are run narrower.
const WIDE: (usize, u64) = (6_000_000, 200_000_000);

/// Running statistics and biases as no training would leave them by chance: all different.
fn unsettle(network: &mut dyn Module, seed: u64) {
    let mut rng = Rng::new(seed);
    network.visit(Path::root(), &mut |path, part| {
        if let Entry::Statistic(statistic) = part {
            let variance = path.to_string().ends_with("running_var");
            statistic.update(|values| {
                for value in values {
                    *value = if variance { 0.5 + rng.uniform() } else { 0.3 * rng.normal() };
                }
            });
        }
    });
    network.visit_mut(Path::root(), &mut |path, parameter| {
        if path.to_string().ends_with("bias") {
            parameter.values_mut().iter_mut().for_each(|value| *value += 0.1 * rng.normal());
        }
    });
}

#[test]
fn every_network_answers_frozen_as_it_does_eagerly() {
    for member in members() {
        let name = member.name;
        let side = if name == "alexnet-2012" { 67 } else { 28 };
        let interface = Interface { input: vec![side, side, 1], outputs: 10 };
        let of = |options: &str| build(name, &options.parse::<Table>().unwrap(), &interface, &mut Rng::new(1)).unwrap();
        let whole = init::blank(|| of("")).network;
        let ops = dry_run([2, side, side, 1], |x| whole.forward(x, &mut Context::eval())).unwrap();
        let multiplies: u64 = ops.iter().map(|op| op.multiplies).sum();
        let wide = nn::parameter_count(&*whole) > WIDE.0 || multiplies > WIDE.1;
        let mut network = of(if wide { "width = 0.125" } else { "" }).network;
        unsettle(&mut *network, 2);
        let x = Tensor::randn([2, side, side, 1], &mut Rng::new(3));
        let expected = no_grad(|| network.forward(&x, &mut Context::eval()));
        let mut plan = freeze(&*network, x.shape()).unwrap();
        let (first, second) = (plan.run(&x), plan.run(&x));
        assert_eq!(first.to_vec(), second.to_vec(), "{name}: two runs of a plan");
        let norm = |x: &Tensor| x.square().sum().item().sqrt();
        let (error, size) = (norm(&first.sub(&expected)), norm(&expected));
        assert!(size.is_finite() && size > 0.0, "{name}: a network that answers nothing proves nothing");
        assert!(error <= 1e-4 * size, "{name}: off by {error}, where the answer's norm is {size}");
        let left = |op: &str| plan.steps().iter().any(|step| step.ops == [op]);
        assert!(!left("batch_norm") && !left("batch_norm_relu") && !left("relu6"), "{name}: something was not joined");
    }
}
