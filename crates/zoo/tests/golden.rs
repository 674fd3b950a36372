//! Every network against torchvision's own code: `golden/networks.py` writes what is compared here, and fills weights by the
//! same formula as [`fill`].

use std::collections::BTreeMap;
use std::path::PathBuf;

use gradus_core::nn::{self, Context, Entry, Module, Path};
use gradus_core::{Real, Rng, Tensor, dry_run, init};
use gradus_zoo::{Interface, build, member};
use safetensors::SafeTensors;
use toml::Table;

/// What logits may be off by.
const LOGITS: f64 = if size_of::<Real>() == 4 { 1e-4 } else { 1e-6 };
/// What logits in training may be off by in f32, times what relative noise of 1e-6 on the pictures moves them by: a pass must
/// be as good as an exact one over pictures with some twenty roundings.
const ROUNDINGS: f64 = 2.5;
/// What logits may be off by in f32 at least: a sum of AlexNet's 9,216 products rounds by some 3e-6, be the pictures exact or not.
const ROUNDED_SUM: f64 = 3e-6;
/// What gradients may. They are compared in the f64 build alone: in f32 a rounding can move a number over a ReLU's kink, and
/// the gradients of a deep network by per cents.
const GRADIENT: f64 = 1e-5;

fn data(name: &str) -> Vec<u8> {
    std::fs::read(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../golden/data").join(name)).unwrap()
}

fn arrays() -> BTreeMap<String, (Vec<usize>, Vec<f64>)> {
    let bytes = data("networks.safetensors");
    let file = SafeTensors::deserialize(&bytes).unwrap();
    let tensors = file.tensors().into_iter().map(|(name, view)| {
        let values = view.data().as_chunks().0.iter().map(|bytes| f64::from(f32::from_le_bytes(*bytes))).collect();
        (name, (view.shape().to_vec(), values))
    });
    tensors.collect()
}

/// Numbers from [0, 1) by place: SplitMix64 from the FNV-1a hash of a name.
fn uniform(name: &str) -> impl Fn(usize) -> f32 + use<> {
    let hash = |key: u64, byte: u8| (key ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3);
    let key = name.bytes().fold(0xCBF2_9CE4_8422_2325, hash);
    move |place| {
        let mut z = key.wrapping_add((place as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^= z >> 31;
        (z >> 40) as f32 / 16_777_216.0
    }
}

/// The formula's value of an element of a tensor, its axes as published.
fn formula(name: &str, shape: &[usize]) -> impl Fn(f32) -> f32 + use<> {
    let kind = name.rsplit('.').next().unwrap().to_owned();
    let fan_in: usize = shape.iter().skip(1).product();
    let (bound, flat) = ((6.0 / fan_in as f64).sqrt() as f32, shape.len() == 1);
    move |u| match kind.as_str() {
        "num_batches_tracked" => 0.0,
        "running_var" => 0.5 + u,
        "running_mean" | "bias" => 0.2 * (u - 0.5),
        _ if flat => 0.5 + 0.5 * u,
        _ => bound * (2.0 * u - 1.0),
    }
}

/// Fills a network's parameters and statistics by the formula.
fn fill(network: &mut dyn Module) {
    let state = nn::state(network).into_iter().map(|(name, tensor)| {
        let value = formula(&name, &tensor.shape());
        let values: Vec<Real> = (0..tensor.len()).map(uniform(&name)).map(|u| value(u) as Real).collect();
        (name, Tensor::new(values, tensor.shape()))
    });
    nn::load_state(network, &state.collect()).unwrap();
}

/// Formula-drawn pictures, `[batch, side, side, 3]`.
fn pictures(batch: usize, side: usize) -> Tensor {
    let draws = (0..batch * 3 * side * side).map(uniform(&format!("pictures {batch} {side}")));
    let values: Vec<Real> = draws.map(|u| (2.0 * u - 1.0) as Real).collect();
    Tensor::new(values, [batch, 3, side, side]).permute(&[0, 2, 3, 1])
}

fn network(name: &str, side: usize, outputs: usize, options: &str) -> Box<dyn Module> {
    let interface = Interface { input: vec![side, side, 3], outputs };
    let options: Table = format!("{options}\n{}", stem(name)).parse().unwrap();
    let mut network = init::blank(|| build(name, &options, &interface, &mut Rng::new(1))).unwrap().network;
    fill(&mut *network);
    network
}

/// The published stem, also for the small pictures of these tests.
fn stem(name: &str) -> &'static str {
    let options = (member(name).unwrap().config)().options();
    if options.contains_key("stem") { "stem = \"full\"" } else { "" }
}

/// How far numbers are off: the length of the difference relative to that of the expected ones.
fn off(found: impl Iterator<Item = f64>, expected: &[f64]) -> f64 {
    let squares: f64 = expected.iter().map(|x| x * x).sum();
    (found.zip(expected).map(|(found, expected)| (found - expected).powi(2)).sum::<f64>() / squares).sqrt()
}

fn numbers(tensor: &Tensor) -> impl Iterator<Item = f64> + '_ {
    tensor.as_slice().iter().map(|x| f64::from(*x))
}

#[test]
fn logits_and_counts_are_torchvisions() {
    let arrays = arrays();
    let facts: BTreeMap<String, serde_json::Value> = serde_json::from_slice(&data("networks.json")).unwrap();
    let mut problems = Vec::new();
    for (name, fact) in &facts {
        let side = fact["side"].as_u64().unwrap() as usize;
        let network = network(name, side, 1000, "");
        let logits = network.forward(&pictures(1, side), &mut Context::eval());
        let (shape, expected) = &arrays[&format!("{name}/eval")];
        assert_eq!(logits.shape()[..], shape[..], "{name}");
        let off = off(numbers(&logits), expected);
        if off.is_nan() || off > LOGITS {
            problems.push(format!("{name}: logits are off by {off:.1e}"));
        }
        problems.extend(miscounted(name, fact));
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

/// Parameters and multiplies at the published size of pictures, as torchvision counts them.
fn miscounted(name: &str, fact: &serde_json::Value) -> Option<String> {
    let member = member(name).unwrap();
    let interface = Interface { input: member.input.to_vec(), outputs: member.outputs };
    // torchvision counts GoogLeNet without its side branches.
    let options = if name == "googlenet" { "auxiliary = false" } else { "" };
    let options: Table = options.parse().unwrap();
    let network = init::blank(|| build(name, &options, &interface, &mut Rng::new(1))).unwrap().network;
    let [height, width, channels] = member.input;
    let ops = dry_run([1, height, width, channels], |x| network.forward(x, &mut Context::eval())).unwrap();
    let convolved = ops.iter().filter(|op| ["conv2d", "linear"].contains(&op.name));
    let multiplies = convolved.map(|op| op.multiplies).sum::<u64>() as f64 / 1e9;
    let parameters = nn::parameter_count(&*network) as u64;
    let expected = (fact["parameters"].as_u64().unwrap(), fact["billion_multiplies"].as_f64().unwrap());
    let agrees = parameters == expected.0 && (multiplies - expected.1).abs() < 6e-4 + 0.002 * expected.1;
    (!agrees)
        .then(|| format!("{name}: {parameters} parameters, {multiplies:.3} billion multiplies; expected {expected:?}"))
}

#[test]
fn training_agrees_with_pytorch() {
    let arrays = arrays();
    let names: Vec<&str> = arrays.keys().filter_map(|key| key.strip_suffix("/train.0")).collect();
    let mut problems = Vec::new();
    for name in names {
        problems.extend(learn(name, &arrays));
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

/// What logits in training may be off by, where relative noise of 1e-6 on the pictures moves them by `noise`. In f32 that is far
/// below [`LOGITS`] for a shallow network. A deep one with batch normalization over three pictures enlarges every rounding a
/// hundredfold and more: Inception's side branch, which normalizes over three numbers, 200 times, so that PyTorch in f32 is off
/// from PyTorch in f64 by 0.9e-4 with direct convolution; there, where noise alone does more than [`LOGITS`], it counts alone.
fn bound(noise: f64) -> f64 {
    match ROUNDINGS * noise {
        _ if size_of::<Real>() == 8 => LOGITS,
        rounded if noise > LOGITS => rounded,
        rounded => rounded.clamp(ROUNDED_SUM, LOGITS),
    }
}

/// A training pass: logits of the network and its side branches, and the gradient of every parameter.
fn learn(name: &str, arrays: &BTreeMap<String, (Vec<usize>, Vec<f64>)>) -> Vec<String> {
    let side = match name {
        "alexnet-2012" => 99,
        "inception-v3" => 299,
        "vgg11-bn" | "resnet20" | "plain20" => 32,
        _ => 64,
    };
    let options = (member(name).unwrap().config)().options();
    let random =
        ["dropout", "auxiliary_dropout", "stochastic_depth"].into_iter().filter(|key| options.contains_key(*key));
    let quiet: Vec<String> = random.map(|key| format!("{key} = 0.0")).collect();
    let network = network(name, side, 10, &quiet.join("\n"));
    let mut cx = Context::train(1);
    let main = network.forward(&pictures(3, side), &mut cx);
    let outputs: Vec<Tensor> = [main].into_iter().chain(cx.auxiliary.into_iter().map(|side| side.outputs)).collect();
    let mut problems = Vec::new();
    let mut loss = Tensor::scalar(0.0);
    for (place, logits) in outputs.iter().enumerate() {
        let off = off(numbers(logits), &arrays[&format!("{name}/train.{place}")].1);
        let bound = bound(arrays[&format!("{name}/noise.{place}")].1[0]);
        if off.is_nan() || off > bound {
            problems.push(format!("{name}: logits {place} in training are off by {off:.1e}, more than {bound:.1e}"));
        }
        let seed: Vec<Real> =
            (0..logits.len()).map(uniform(&format!("seed {place}"))).map(|u| (u - 0.5) as Real).collect();
        loss = loss.add(&logits.mul(&Tensor::new(seed, logits.shape())).sum());
    }
    if size_of::<Real>() == 4 {
        return problems;
    }
    let gradients = loss.backward();
    network.visit(Path::root(), &mut |path, entry| {
        let Entry::Parameter(parameter) = entry else { return };
        let key = format!("{name}/gradient.{path}");
        let published = parameter.layout().published(gradients.get(parameter).unwrap());
        problems.extend(differs(&path.to_string(), &published, &arrays[&key].1).map(|text| format!("{name}: {text}")));
    });
    problems
}

/// What differs of a gradient's digest: its norm, its product with drawn numbers, six of its elements.
fn differs(path: &str, gradient: &Tensor, expected: &[f64]) -> Option<String> {
    let flat: Vec<f64> = numbers(gradient).collect();
    let norm = flat.iter().map(|x| x * x).sum::<f64>().sqrt();
    let draws = (0..flat.len()).map(uniform(&format!("{path}/digest"))).map(|u| 2.0 * f64::from(u) - 1.0);
    let product: f64 = flat.iter().zip(draws).map(|(x, draw)| x * draw).sum();
    let draw = uniform(&format!("{path}/places"));
    let place = |at: usize| (f64::from(draw(at)) * flat.len() as f64) as usize;
    // A parameter before a batch normalization may have a gradient that is a sum of roundings: beside 1, it is zero.
    let scale = expected[0].max(1e-2);
    let typical = scale / (flat.len() as f64).sqrt();
    let off = (0..6).map(|at| (flat[place(at)] - expected[2 + at]).abs() / expected[2 + at].abs().max(typical));
    let off = off.chain([(norm - expected[0]).abs() / scale, (product - expected[1]).abs() / scale]);
    let worst = off.fold(0.0, f64::max);
    (worst > GRADIENT || worst.is_nan()).then(|| format!("{path}: gradient is off by {worst:.1e}"))
}

/// Counts that papers print, for networks that torchvision does not have.
#[test]
fn counts_are_the_papers() {
    // Name, millions of parameters, how exact, millions of multiplies, how exact. The counts of Lite's authors have some five
    // per cent more than convolutions and dense layers take.
    let published: [(&str, f64, f64, f64, f64); 22] = [
        ("mobilenet-v1", 4.2, 0.05, 569.0, 1.0),
        ("mobilenet-v1-x0.75", 2.6, 0.05, 325.0, 1.0),
        ("mobilenet-v1-x0.5", 1.3, 0.05, 149.0, 1.0),
        ("mobilenet-v1-x0.25", 0.5, 0.05, 41.0, 1.0),
        ("shufflenet-v1-g1", f64::NAN, 0.0, 143.0, 1.5),
        ("shufflenet-v1-g2", f64::NAN, 0.0, 140.0, 1.5),
        ("shufflenet-v1-g3", f64::NAN, 0.0, 137.0, 1.5),
        ("shufflenet-v1-g4", f64::NAN, 0.0, 133.0, 1.5),
        ("shufflenet-v1-g8", f64::NAN, 0.0, 137.0, 1.5),
        ("resnet20", 0.27, 0.005, f64::NAN, 0.0),
        ("resnet32", 0.46, 0.005, f64::NAN, 0.0),
        ("resnet44", 0.66, 0.005, f64::NAN, 0.0),
        ("resnet56", 0.85, 0.005, f64::NAN, 0.0),
        ("resnet110", 1.7, 0.05, f64::NAN, 0.0),
        ("alexnet-2012", 60.965_224, 0.0, f64::NAN, 0.0),
        ("efficientnet-lite0", 4.652_008, 0.0, 407.0, 24.4),
        ("efficientnet-lite1", 5.416_680, 0.0, 631.0, 37.9),
        ("efficientnet-lite2", 6.092_072, 0.0, 899.0, 53.9),
        ("efficientnet-lite3", 8.197_096, 0.0, 1440.0, 86.4),
        ("efficientnet-lite4", 13.006_568, 0.0, 2640.0, 158.4),
        ("efficientnet-b0", 5.3, 0.05, 390.0, 10.0),
        ("efficientnet-b7", 66.0, 0.5, 37_000.0, 1000.0),
    ];
    let mut problems = Vec::new();
    for (name, millions, exact, multiplies, near) in published {
        let member = member(name).unwrap();
        let interface = Interface { input: member.input.to_vec(), outputs: member.outputs };
        let network = init::blank(|| build(name, &Table::new(), &interface, &mut Rng::new(1))).unwrap().network;
        let [height, width, channels] = member.input;
        let ops = dry_run([1, height, width, channels], |x| network.forward(x, &mut Context::eval())).unwrap();
        let found =
            ops.iter().filter(|op| ["conv2d", "linear"].contains(&op.name)).map(|op| op.multiplies).sum::<u64>();
        let parameters = nn::parameter_count(&*network) as f64;
        if (parameters - millions * 1e6).abs() > exact * 1e6 + 0.5 {
            problems.push(format!("{name}: {parameters} parameters, published {millions} million"));
        }
        if (found as f64 / 1e6 - multiplies).abs() > near {
            problems.push(format!("{name}: {found} multiplies, published {multiplies} million"));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}
