//! Kernels taken apart: a fixed one as two in a row, any as a sum of separable ones, a layer of a trained network as smaller
//! ones.

mod drawings;

use std::io::Write;
use std::sync::Arc;
use std::time::Instant;

use gradus::data::{Dataset, Loader, OpenOptions, Splits};
use gradus::learn::kernels::{ImitateOptions, Kernel, LowRank, Measured, Study, StudyOptions};
use gradus::{Error, Tensor};

use clap::Args;

use super::{Chapter, Desk, Subject};
use crate::failure::Failure;

/// Pictures on which results are compared.
const PICTURES: usize = 100;
/// The side of the kernels that are taken apart by rank.
const SIDE: usize = 7;
/// An error that is rounding alone.
const ROUNDING: f64 = 1e-6;
/// Ranks of the layers of 5x1 and 1x5.
const RANKS: [usize; 4] = [24, 12, 6, 3];

/// A kernel by name, and what its first terms make of it.
struct TakenApart {
    name: &'static str,
    kernel: Kernel,
    /// At rank 1, 2, ..
    ranks: Vec<Rank>,
}

struct Rank {
    multiplies: usize,
    /// Of the kernel, relative.
    error: f64,
    /// The largest difference on the pictures.
    largest: f64,
}

/// No options of its own.
#[derive(Args)]
pub struct DecomposedKernels {}

impl Subject for DecomposedKernels {
    const NAME: &'static str = "decomposed-kernels";
    const CHAPTER: Chapter = Chapter::Convolution;
    const SUMMARY: &'static str =
        "the same convolution for fewer multiplications: kernels in a row, low rank, 5x5 as two 3x3";

    fn run(&self, desk: &Desk) -> Result<(), Failure> {
        let splits = gradus::data::open("fashion", &OpenOptions::default())?;
        let test = splits.test.clone().unwrap_or_else(|| splits.train.clone());
        let pictures = first_pictures(&test)?;
        in_a_row(&pictures)?;
        let kernels = [
            ("Gaussian", Kernel::gaussian(SIDE)),
            ("Laplacian of Gaussian", Kernel::laplacian_of_gaussian()),
            ("disk", Kernel::disk(SIDE)),
            ("diagonal", Kernel::diagonal(SIDE)),
        ];
        let kernels = kernels.map(|(name, kernel)| TakenApart::new(name, kernel, &pictures));
        print_ranks(&kernels)?;
        let layers = replaced(desk.seed, &splits, &test)?;
        drawings::save(desk, &kernels, &layers, &pictures)
    }
}

fn first_pictures(test: &Arc<dyn Dataset>) -> Result<Tensor, Failure> {
    let batch = Loader::new(test.clone(), PICTURES).epoch(0).next();
    let batch = batch.ok_or_else(|| Error::Data("there are no pictures to look at".into()))?;
    Ok(batch?.inputs)
}

fn largest_difference(a: &Tensor, b: &Tensor) -> f64 {
    a.as_slice().iter().zip(b.as_slice()).map(|(a, b)| f64::from((a - b).abs())).fold(0.0, f64::max)
}

fn in_a_row(pictures: &Tensor) -> Result<(), Failure> {
    let (laplacian, gaussian) = (Kernel::laplacian(), Kernel::gaussian(5));
    let whole = Kernel::laplacian_of_gaussian();
    let apart = largest_difference(&laplacian.apply(&gaussian.apply(pictures)), &whole.apply(pictures));
    let (first, second) = (laplacian.multiplies(), gaussian.multiplies());
    let mut out = crate::output::output();
    writeln!(out, "Two kernels in a row are their convolution\n")?;
    writeln!(out, "  {:<34} {:>20}", "", "multiplies a pixel")?;
    writeln!(out, "  {:<34} {:>20}", "Laplacian of Gaussian 7x7", whole.multiplies())?;
    let sum = format!("{second} + {first} = {}", second + first);
    writeln!(out, "  {:<34} {sum:>20}", "Gaussian 5x5, then Laplacian 3x3")?;
    writeln!(out, "\n  largest difference on {PICTURES} pictures of values 0 to 1: {apart:.1e}\n")?;
    Ok(())
}

impl TakenApart {
    fn new(name: &'static str, kernel: Kernel, pictures: &Tensor) -> Self {
        let whole = kernel.apply(pictures);
        let at = |rank| {
            let split = LowRank::of(&kernel, rank);
            let largest = largest_difference(&split.apply(pictures), &whole);
            Rank { multiplies: split.multiplies(), error: split.kernel().distance(&kernel), largest }
        };
        let ranks = (1..=SIDE).map(at).collect();
        TakenApart { name, kernel, ranks }
    }

    /// The ranks up to the first at which nothing but rounding is left.
    fn needed(&self) -> &[Rank] {
        let exact = self.ranks.iter().position(|rank| rank.error < ROUNDING);
        exact.map_or(&self.ranks, |exact| &self.ranks[..=exact])
    }
}

fn print_ranks(kernels: &[TakenApart]) -> Result<(), Failure> {
    let mut out = crate::output::output();
    writeln!(out, "A {SIDE}x{SIDE} kernel, {} multiplies a pixel, as a sum of columns times rows", SIDE * SIDE)?;
    writeln!(out, "relative error of the kernel, and the largest difference on the pictures\n")?;
    write!(out, "  rank  multiplies")?;
    for TakenApart { name, .. } in kernels {
        write!(out, "  {name:>21}")?;
    }
    writeln!(out)?;
    for rank in 0..SIDE {
        write!(out, "  {:>4}  {:>10}", rank + 1, kernels[0].ranks[rank].multiplies)?;
        for kernel in kernels {
            let cell = kernel.needed().get(rank).map_or_else(String::new, |Rank { error, largest, .. }| {
                let shown = if *error < ROUNDING { "exact".to_owned() } else { format!("{:.1} %", 100.0 * error) };
                format!("{shown}  {largest:>8.1e}")
            });
            write!(out, "  {cell:>21}")?;
        }
        writeln!(out)?;
    }
    writeln!(out)?;
    Ok(())
}

fn replaced(seed: u64, splits: &Splits, test: &Arc<dyn Dataset>) -> Result<Vec<Measured>, Failure> {
    let options = StudyOptions {
        train: splits.train.clone(),
        test: test.clone(),
        maps: 24,
        epochs: 2,
        ranks: RANKS.to_vec(),
        imitate: ImitateOptions { epochs: 1, learning_rate: 0.005 },
        tuning_rate: 0.0005,
        seed,
    };
    let begin = Instant::now();
    eprintln!("training a network of two 5x5 convolutions with {} channels", options.maps);
    let study = Study::train(options)?;
    let layers = study.run(|layer| eprintln!("in place of its second 5x5 layer: {layer}"))?;
    let mut out = crate::output::output();
    writeln!(out, "The second 5x5 layer of a trained network replaced")?;
    writeln!(
        out,
        "error of the layer's outputs; accuracy with the layer put in place, and after one more epoch of all\n"
    )?;
    writeln!(
        out,
        "  {:<20} {:>12} {:>14} {:>9} {:>10} {:>10}",
        "layer", "multiplies", "µs a picture", "error", "accuracy", "tuned"
    )?;
    for row in &layers {
        writeln!(
            out,
            "  {:<20} {:>12} {:>14.1} {:>7.1} % {:>8.1} % {:>8.1} %",
            row.layer,
            row.multiplies,
            1e6 * row.seconds,
            100.0 * row.error,
            100.0 * row.accuracy,
            100.0 * row.tuned
        )?;
    }
    writeln!(out, "\n  trained, replaced and measured in {:.0} s\n", begin.elapsed().as_secs_f64())?;
    Ok(layers)
}
