use gradus_core::init;
use gradus_core::nn::{self, Context, Entry, Path};
use gradus_core::{Tensor, dry_run};

use super::*;

/// A network of a name for pictures of a size, with weights drawn from a seed.
fn built(name: &str, options: &Table, input: [usize; 3], seed: u64) -> Built {
    let interface = Interface { input: input.to_vec(), outputs: 10 };
    build(name, options, &interface, &mut Rng::new(seed)).unwrap()
}

/// Networks of more parameters or multiplies for a small picture than this are run narrower.
const WIDE: (usize, u64) = (6_000_000, 200_000_000);

/// Every network in its small form: built, run dry, run forward and backward, every parameter with a gradient, saved and
/// loaded.
#[test]
fn every_network_does_what_a_network_must() {
    for member in members() {
        let name = member.name;
        let side = if name == "alexnet-2012" { 67 } else { 28 };
        let input = [side, side, 1];
        let Built { network, options } = init::blank(|| built(name, &Table::new(), input, 1));
        let again = init::blank(|| built(name, &options, input, 2));
        assert_eq!(options, again.options, "{name}: resolved options build the same network");
        let ops = dry_run([2, side, side, 1], |x| network.forward(x, &mut Context::eval())).unwrap();
        assert_eq!(&*ops.last().unwrap().output, [2, 10], "{name}");
        let multiplies: u64 = ops.iter().map(|op| op.multiplies).sum();
        let wide = nn::parameter_count(&*network) > WIDE.0 || multiplies > WIDE.1;
        learns(name, &if wide { "width = 0.125" } else { "" }.parse().unwrap(), input);
    }
}

fn learns(name: &str, options: &Table, input: [usize; 3]) {
    let [height, width, channels] = input;
    let network = built(name, options, input, 1).network;
    let x = Tensor::randn([2, height, width, channels], &mut Rng::new(3));
    let mut cx = Context::train(1);
    let y = network.forward(&x, &mut cx);
    assert_eq!(&*y.shape(), [2, 10]);
    let sides: Vec<Tensor> = cx.auxiliary.iter().map(|branch| branch.outputs.square().sum()).collect();
    let loss = sides.iter().fold(y.square().sum(), |sum, side| sum.add(side));
    let grads = loss.backward();
    network.visit(Path::root(), &mut |path, part| {
        if let Entry::Parameter(parameter) = part {
            assert!(grads.get(parameter).is_some(), "{name}: {path} has no gradient");
        }
    });
    let mut twin = built(name, options, input, 2).network;
    nn::load_state(&mut *twin, &nn::state(&*network).into_iter().collect()).unwrap();
    let outputs = |net: &dyn Module| net.forward(&x, &mut Context::eval()).to_vec();
    assert_eq!(outputs(&*network), outputs(&*twin), "{name}: the same weights give the same answers");
}

#[test]
fn names_are_taken_once() {
    let mut names: Vec<&str> = members().map(|member| member.name).collect();
    names.sort_unstable();
    assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "{names:?}");
}

#[test]
fn every_networks_block_runs_dry() {
    for family in families() {
        let Some(block) = family.block else { continue };
        let block = init::blank(|| block(&mut Rng::new(1)));
        let [height, width, channels] = block.input;
        let ops = dry_run([1, height, width, channels], |x| block.module.forward(x, &mut Context::eval())).unwrap();
        assert!(ops.len() > 2, "{}", family.name);
    }
}

#[test]
fn wrong_names_and_options_are_answered_with_the_nearest() {
    let interface = Interface { input: vec![28, 28, 1], outputs: 10 };
    let said = |name, text: &str| {
        build(name, &text.parse().unwrap(), &interface, &mut Rng::new(1)).map(|_| ()).unwrap_err().to_string()
    };
    assert!(said("lenett", "").contains("did you mean lenet?"));
    assert!(said("resnet19", "").contains("did you mean resnet1"));
    assert!(said("mlp", "hiden = [3]").contains("did you mean hidden?"));
    assert!(said("mlp", "hidden = \"many\"").contains("sequence"));
    assert!(said("resnet20", "depth = 21").contains("6 n + 2"));
    assert!(said("mobilenet-v2", "width = 0").contains("model.width: is 0"));
    assert!(said("shufflenet-v1-g3", "groups = 5").contains("1, 2, 3, 4 and 8"));
    assert!(said("alexnet-2012", "").contains("pictures of at least 67x67, the data's are 28x28"));
}
