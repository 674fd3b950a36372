//! Inception v3 (Szegedy, Vanhoucke, Ioffe, Shlens and Wojna, Rethinking the inception architecture for computer vision,
//! 2016): large kernels are factorised, 5x5 into two 3x3, 7x7 into 1x7 and 7x1, 3x3 into 1x3 and 3x1.
//!
//! Names of blocks and layers are torchvision's.

use gradus_core::data::Preprocess;
use gradus_core::nn::{Context, Dropout, Entry, Linear, MaxPool2d, Module, Parameter, Path, Sequential, Visit};
use gradus_core::{Error, Pool2d, Real, Rng, Tensor, module, parameters};
use serde::{Deserialize, Serialize};

use super::googlenet::BasicConv2d;
use super::layers::{Stem, Unit, check_probability, check_width, scaled};
use crate::family::{Block, Config, Family, Interface, Member};

/// The registry's entry.
pub const FAMILY: Family = Family {
    name: "inception-v3",
    paper: "Szegedy, Vanhoucke, Ioffe, Shlens and Wojna, Rethinking the inception architecture for computer vision",
    year: 2016,
    brought: "factorised kernels: 7x7 as 1x7 and 7x1 sees as far for two sevenths of the multiplies",
    block: Some(block),
    members: &[Member::imagenet("inception-v3", || Box::new(InceptionV3Config::default())).top1(77.294).weights(
        "https://download.pytorch.org/models/inception_v3_google-0cc3c7bd.pth",
        Preprocess::HALVES.sizes(342, 299),
    )],
};

/// The options of an [`InceptionV3`].
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct InceptionV3Config {
    /// Whether it has the side branch.
    pub auxiliary: bool,
    /// The factor of the side branch's loss.
    pub auxiliary_weight: f64,
    /// Whether large kernels are factorised; without, each pair of convolutions is one that sees as far: 7x7 for 1x7 and 7x1.
    pub factorised: bool,
    /// The factor of all widths.
    pub width: f64,
    /// How it begins.
    pub stem: Stem,
    /// The share of elements dropped in training before the last layer.
    pub dropout: f64,
}

impl Default for InceptionV3Config {
    fn default() -> Self {
        InceptionV3Config {
            auxiliary: true,
            auxiliary_weight: 0.4,
            factorised: true,
            width: 1.0,
            stem: Stem::Auto,
            dropout: 0.5,
        }
    }
}

/// What stands at the head of a way through a block.
#[derive(Clone, Copy)]
enum Pool {
    None,
    /// The mean of 3x3 pixels.
    Average,
    /// The largest of 3x3 pixels at every second place.
    Halve,
}

/// A way through a block: pooling, convolutions one after another, then perhaps two side by side.
struct Way {
    pool: Pool,
    convolutions: Vec<BasicConv2d>,
    fork: Vec<BasicConv2d>,
    /// torchvision's names of all of them, in that order.
    names: &'static [&'static str],
}

/// Several ways side by side, their maps put together.
struct Ways(Vec<Way>);

impl Visit for Ways {
    fn visit(&self, path: Path<'_>, visitor: &mut dyn FnMut(Path<'_>, Entry<'_>)) {
        for way in &self.0 {
            for (name, part) in way.names.iter().zip(way.convolutions.iter().chain(&way.fork)) {
                part.visit(path.child(name), visitor);
            }
        }
    }

    fn visit_mut(&mut self, path: Path<'_>, visitor: &mut dyn FnMut(Path<'_>, &mut Parameter)) {
        for way in &mut self.0 {
            for (name, part) in way.names.iter().zip(way.convolutions.iter_mut().chain(&mut way.fork)) {
                part.visit_mut(path.child(name), visitor);
            }
        }
    }
}

impl Module for Ways {
    fn forward(&self, x: &Tensor, cx: &mut Context) -> Tensor {
        let ends: Vec<Tensor> = self.0.iter().flat_map(|way| way.forward(x, cx)).collect();
        Tensor::concat(&ends.iter().collect::<Vec<_>>(), 3)
    }
}

impl Way {
    fn forward(&self, x: &Tensor, cx: &mut Context) -> Vec<Tensor> {
        let mut x = match self.pool {
            Pool::None => x.clone(),
            Pool::Average => x.avg_pool2d(Pool2d::new(3).stride(1).padding(1)),
            Pool::Halve => x.max_pool2d(Pool2d::new(3).stride(2)),
        };
        for convolution in &self.convolutions {
            x = convolution.forward(&x, cx);
        }
        if self.fork.is_empty() { vec![x] } else { self.fork.iter().map(|half| half.forward(&x, cx)).collect() }
    }
}

/// A convolution of a way: its outputs and its kernel; halving ones have no padding and stride 2.
#[derive(Clone, Copy)]
struct Step {
    outputs: usize,
    kernel: [usize; 2],
    halve: bool,
}

const fn step(outputs: usize, height: usize, width: usize) -> Step {
    Step { outputs, kernel: [height, width], halve: false }
}

const fn halve(outputs: usize) -> Step {
    Step { outputs, kernel: [3, 3], halve: true }
}

/// The description of a way, before it has weights.
struct Plan {
    pool: Pool,
    names: &'static [&'static str],
    steps: Vec<Step>,
    fork: Vec<Step>,
}

fn plan(names: &'static [&'static str], steps: &[Step]) -> Plan {
    Plan { pool: Pool::None, names, steps: steps.to_vec(), fork: Vec::new() }
}

impl Plan {
    fn pool(mut self, pool: Pool) -> Self {
        self.pool = pool;
        self
    }

    /// Ends in a 1x3 and a 3x1 convolution side by side.
    fn forked(mut self, outputs: usize) -> Self {
        self.fork = vec![step(outputs, 1, 3), step(outputs, 3, 1)];
        self
    }

    /// With one convolution in place of each factorised pair, as far as the two see together.
    fn whole(mut self) -> Self {
        let mut steps: Vec<Step> = Vec::new();
        let mut open = false;
        for next in self.steps {
            let factor = next.kernel != [1, 1] && !next.halve;
            match steps.last_mut() {
                Some(last) if open && factor => {
                    let kernel = std::array::from_fn(|axis| last.kernel[axis] + next.kernel[axis] - 1);
                    *last = Step { kernel, ..next };
                    open = false;
                }
                _ => {
                    steps.push(next);
                    // A square kernel above 3x3 is whole already.
                    open = factor && next.kernel != [5, 5];
                }
            }
        }
        if let Some(outputs) = self.fork.iter().map(|half| half.outputs).reduce(|a, b| a + b) {
            self.fork = vec![step(outputs, 3, 3)];
        }
        Plan { steps, ..self }
    }
}

/// A block from the plans of its ways, and how many channels it gives.
fn ways(inputs: usize, plans: Vec<Plan>, width: f64, rng: &mut Rng) -> (Ways, usize) {
    let mut total = 0;
    let make = |inputs: usize, step: Step, rng: &mut Rng| {
        let outputs = scaled(step.outputs, width);
        let unit = Unit::new(inputs, outputs, step.kernel);
        (BasicConv2d::of(if step.halve { unit.stride(2).padding(0) } else { unit }, rng), outputs)
    };
    let built = plans.into_iter().map(|plan| {
        let mut channels = inputs;
        let mut convolutions = Vec::new();
        for step in plan.steps {
            let (convolution, outputs) = make(channels, step, rng);
            convolutions.push(convolution);
            channels = outputs;
        }
        let fork: Vec<_> = plan.fork.into_iter().map(|step| make(channels, step, rng)).collect();
        total += if fork.is_empty() { channels } else { fork.iter().map(|(_, outputs)| outputs).sum() };
        let fork = fork.into_iter().map(|(convolution, _)| convolution).collect();
        Way { pool: plan.pool, convolutions, fork, names: plan.names }
    });
    (Ways(built.collect()), total)
}

/// At 35x35: 1x1; 5x5; two 3x3 (a 5x5 factorised); pooling.
fn block_a(pooled: usize) -> Vec<Plan> {
    vec![
        plan(&["branch1x1"], &[step(64, 1, 1)]),
        plan(&["branch5x5_1", "branch5x5_2"], &[step(48, 1, 1), step(64, 5, 5)]),
        plan(
            &["branch3x3dbl_1", "branch3x3dbl_2", "branch3x3dbl_3"],
            &[step(64, 1, 1), step(96, 3, 3), step(96, 3, 3)],
        ),
        plan(&["branch_pool"], &[step(pooled, 1, 1)]).pool(Pool::Average),
    ]
}

/// From 35x35 to 17x17: convolutions and pooling halve side by side, so that nothing is squeezed before.
fn block_b() -> Vec<Plan> {
    vec![
        plan(&["branch3x3"], &[halve(384)]),
        plan(&["branch3x3dbl_1", "branch3x3dbl_2", "branch3x3dbl_3"], &[step(64, 1, 1), step(96, 3, 3), halve(96)]),
        plan(&[], &[]).pool(Pool::Halve),
    ]
}

/// At 17x17: 7x7 kernels as 1x7 and 7x1.
fn block_c(c: usize) -> Vec<Plan> {
    vec![
        plan(&["branch1x1"], &[step(192, 1, 1)]),
        plan(&["branch7x7_1", "branch7x7_2", "branch7x7_3"], &[step(c, 1, 1), step(c, 1, 7), step(192, 7, 1)]),
        plan(
            &["branch7x7dbl_1", "branch7x7dbl_2", "branch7x7dbl_3", "branch7x7dbl_4", "branch7x7dbl_5"],
            &[step(c, 1, 1), step(c, 7, 1), step(c, 1, 7), step(c, 7, 1), step(192, 1, 7)],
        ),
        plan(&["branch_pool"], &[step(192, 1, 1)]).pool(Pool::Average),
    ]
}

/// From 17x17 to 8x8.
fn block_d() -> Vec<Plan> {
    vec![
        plan(&["branch3x3_1", "branch3x3_2"], &[step(192, 1, 1), halve(320)]),
        plan(
            &["branch7x7x3_1", "branch7x7x3_2", "branch7x7x3_3", "branch7x7x3_4"],
            &[step(192, 1, 1), step(192, 1, 7), step(192, 7, 1), halve(192)],
        ),
        plan(&[], &[]).pool(Pool::Halve),
    ]
}

/// At 8x8: 1x3 and 3x1 side by side, which widens the maps.
fn block_e() -> Vec<Plan> {
    vec![
        plan(&["branch1x1"], &[step(320, 1, 1)]),
        plan(&["branch3x3_1", "branch3x3_2a", "branch3x3_2b"], &[step(384, 1, 1)]).forked(384),
        plan(
            &["branch3x3dbl_1", "branch3x3dbl_2", "branch3x3dbl_3a", "branch3x3dbl_3b"],
            &[step(448, 1, 1), step(384, 3, 3)],
        )
        .forked(384),
        plan(&["branch_pool"], &[step(192, 1, 1)]).pool(Pool::Average),
    ]
}

/// The side branch that answers from the 17x17 maps while the network learns.
struct SideBranch {
    conv0: BasicConv2d,
    conv1: BasicConv2d,
    fc: Linear,
}

module!(
    SideBranch { conv0, conv1, fc } | net,
    x,
    cx | {
        // The means of 5x5 pixels, every third; of smaller maps as many as there are.
        let [height, width] = [x.shape()[1], x.shape()[2]];
        let x = if height.min(width) < 17 { x.adaptive_avg_pool2d(5) } else { x.avg_pool2d(Pool2d::new(5).stride(3)) };
        let x = net.conv1.forward(&net.conv0.forward(&x, cx), cx); // [b, 1, 1, 768]
        net.fc.forward(&x.global_avg_pool2d(), cx)
    }
);

/// Inception v3.
pub struct InceptionV3 {
    stem: Sequential,
    middle: Sequential,
    side: Option<SideBranch>,
    end: Sequential,
    fc: Linear,
    dropout: Dropout,
    auxiliary_weight: Real,
}

parameters!(InceptionV3 { ..stem, ..middle, AuxLogits: side, ..end, fc });

impl Module for InceptionV3 {
    fn forward(&self, x: &Tensor, cx: &mut Context) -> Tensor {
        let x = self.stem.forward(x, cx); // [b, 35, 35, 192]
        let x = self.middle.forward(&x, cx); // [b, 17, 17, 768]
        if let Some(side) = self.side.as_ref().filter(|_| cx.is_training()) {
            let outputs = side.forward(&x, cx);
            cx.add_auxiliary(outputs, self.auxiliary_weight);
        }
        let x = self.end.forward(&x, cx).global_avg_pool2d(); // [b, 2048]
        self.fc.forward(&self.dropout.forward(&x, cx), cx)
    }
}

impl Config for InceptionV3Config {
    fn build(&self, interface: &Interface, rng: &mut Rng) -> Result<Box<dyn Module>, Error> {
        check_width(self.width)?;
        check_probability("dropout", self.dropout)?;
        let small = self.stem.is_small(interface);
        let [.., channels] = interface.picture(self.stem.least(interface, 75, 24))?;
        let [c1, c2, c3, c4, c5] = [32, 32, 64, 80, 192].map(|channels| scaled(channels, self.width));
        let unit = |inputs, outputs, kernel| Unit::new(inputs, outputs, kernel);
        // The published stem pads nothing; of a small picture every pixel is needed.
        let padding = usize::from(small);
        let pool = || MaxPool2d::new(Pool2d::new(3).stride(2));
        let first = unit(channels, c1, 3).stride(if small { 1 } else { 2 }).padding(padding);
        let mut stem = Sequential::new()
            .named("Conv2d_1a_3x3", BasicConv2d::of(first, rng))
            .named("Conv2d_2a_3x3", BasicConv2d::of(unit(c1, c2, 3).padding(padding), rng))
            .named("Conv2d_2b_3x3", BasicConv2d::of(unit(c2, c3, 3), rng))
            .named("maxpool1", pool())
            .named("Conv2d_3b_1x1", BasicConv2d::of(unit(c3, c4, 1), rng))
            .named("Conv2d_4a_3x3", BasicConv2d::of(unit(c4, c5, 3).padding(padding), rng));
        if !small {
            stem = stem.named("maxpool2", pool());
        }
        let mut inputs = c5;
        let mut chain = |blocks: Vec<(&'static str, Vec<Plan>)>, rng: &mut Rng| {
            let mut layers = Sequential::new();
            for (name, mut plans) in blocks {
                if !self.factorised {
                    plans = plans.into_iter().map(Plan::whole).collect();
                }
                let (block, outputs) = ways(inputs, plans, self.width, rng);
                layers = layers.named(name, block);
                inputs = outputs;
            }
            (layers, inputs)
        };
        let middle = vec![
            ("Mixed_5b", block_a(32)),
            ("Mixed_5c", block_a(64)),
            ("Mixed_5d", block_a(64)),
            ("Mixed_6a", block_b()),
            ("Mixed_6b", block_c(128)),
            ("Mixed_6c", block_c(160)),
            ("Mixed_6d", block_c(160)),
            ("Mixed_6e", block_c(192)),
        ];
        let (middle, between) = chain(middle, rng);
        let end = vec![("Mixed_7a", block_d()), ("Mixed_7b", block_e()), ("Mixed_7c", block_e())];
        let (end, last) = chain(end, rng);
        let (maps, wide) = (scaled(128, self.width), scaled(768, self.width));
        let side = self.auxiliary.then(|| SideBranch {
            conv0: BasicConv2d::of(unit(between, maps, 1), rng),
            conv1: BasicConv2d::of(unit(maps, wide, 5).padding(0), rng),
            fc: Linear::new(wide, interface.outputs).init(rng),
        });
        let fc = Linear::new(last, interface.outputs).init(rng);
        let dropout = Dropout::new(self.dropout as Real);
        Ok(Box::new(InceptionV3 {
            stem,
            middle,
            side,
            end,
            fc,
            dropout,
            auxiliary_weight: self.auxiliary_weight as Real,
        }))
    }
}

fn block(rng: &mut Rng) -> Block {
    Block { module: Box::new(ways(768, block_c(128), 1.0, rng).0), input: [17, 17, 768] }
}

#[cfg(test)]
#[path = "inception_v3_tests.rs"]
mod tests;
