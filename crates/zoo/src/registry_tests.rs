use gradus_core::init;
use gradus_core::nn::{self, Context, Entry, Path};
use gradus_core::{Real, Tensor, dry_run, receptive_fields};

use super::*;
use crate::family::Block;

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

/// The receptive field of each family's block against the pixels that a place in the middle has a gradient to.
#[test]
fn a_blocks_receptive_field_is_the_support_of_the_gradient() {
    for family in families() {
        let Some(block) = family.block else { continue };
        let Block { module, input: [.., channels] } = block(&mut Rng::new(1));
        let side = 23;
        let ops = dry_run([1, side, side, channels], |x| module.forward(x, &mut Context::eval())).unwrap();
        let field = receptive_fields(&ops).pop().unwrap().map_or([side, side], |field| field.size);
        let x = Tensor::randn([1, side, side, channels], &mut Rng::new(2)).requires_grad();
        let y = module.forward(&x, &mut Context::eval());
        let (shape, middle) = (y.shape(), y.shape()[1] / 2);
        let place = (middle * shape[2] + middle) * shape[3];
        let chosen = Tensor::build(shape, |at| {
            at.fill(0.0);
            at[place..place + shape[3]].fill(1.0);
        });
        let grads = y.mul(&chosen).sum().backward();
        let gradient = grads.get(&x).unwrap().to_vec();
        // Winograd's transforms leave rounding in all of a tile: some 1e-7 of the largest.
        let least = 1e-5 * gradient.iter().fold(0.0, |most: Real, slope| most.max(slope.abs()));
        let touched: Vec<usize> = (0..side * side)
            .filter(|pixel| gradient[pixel * channels..][..channels].iter().any(|slope| slope.abs() > least))
            .collect();
        let span = |places: Vec<usize>| places.iter().max().unwrap() - places.iter().min().unwrap() + 1;
        let rows = span(touched.iter().map(|pixel| pixel / side).collect());
        let columns = span(touched.iter().map(|pixel| pixel % side).collect());
        assert_eq!([rows, columns], field, "{}", family.name);
    }
}

#[test]
fn side_branches_are_counted_apart() {
    // torchvision: num_params of GoogLeNet is without, of Inception v3 with its side branch.
    let costs = |name| member(name).unwrap().costs().unwrap();
    let (google, inception) = (costs("googlenet"), costs("inception-v3"));
    assert_eq!((google.parameters, google.parameters + google.side_parameters), (6_624_904, 13_004_888));
    assert_eq!((inception.parameters, inception.parameters + inception.side_parameters), (23_834_568, 27_161_264));
    let with: Vec<&str> =
        members().filter(|member| member.costs().unwrap().side_parameters > 0).map(|member| member.name).collect();
    assert_eq!(with, ["googlenet", "inception-v3"]);
}

/// Networks without what they brought cost more, and without the shuffle as much.
#[test]
fn every_ablation_builds() {
    let multiplies = |name: &str, options: &str| {
        let network = init::blank(|| built(name, &options.parse().unwrap(), [28, 28, 1], 1)).network;
        let ops = dry_run([1, 28, 28, 1], |x| network.forward(x, &mut Context::eval())).unwrap();
        ops.iter().map(|op| op.multiplies).sum::<u64>()
    };
    for (name, option) in [
        ("mobilenet-v1", "separated = false"),
        ("squeezenet1-1", "squeeze = false"),
        ("inception-v3", "factorised = false"),
    ] {
        assert!(multiplies(name, option) > multiplies(name, ""), "{name} {option}");
    }
    for name in ["shufflenet-v1-g3", "shufflenet-v2-x0.5"] {
        assert_eq!(multiplies(name, "shuffle = false"), multiplies(name, ""), "{name}");
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
    let said_of_hidden = said("mlp", "hidden = \"many\"");
    assert!(said_of_hidden.contains("model.hidden") && said_of_hidden.contains("sequence"), "{said_of_hidden}");
    assert!(said("resnet20", "depth = 21").contains("6 n + 2"));
    assert!(said("mobilenet-v2", "width = 0").contains("model.width: is 0"));
    assert!(said("shufflenet-v1-g3", "groups = 5").contains("1, 2, 3, 4 and 8"));
    assert!(said("alexnet-2012", "").contains("pictures of at least 67x67, the data's are 28x28"));
}
