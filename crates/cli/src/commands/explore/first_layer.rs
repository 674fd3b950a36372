//! What a first layer learns, beside the Gabor kernels that are nearest.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use gradus::data::OpenOptions;
use gradus::learn::convolution::{FirstLayer, FirstLayerOptions, GaborFit, Grid, first_kernels};
use gradus::{Error, io};

use super::filters::Shown;
use super::{Chapter, Desk, Subject};
use crate::draw::{Captioned, rows_sheet};
use crate::failure::Failure;

/// What a first layer learns, beside Gabor kernels.
#[derive(Args)]
pub struct FirstLayerSubject {
    /// Weights of yours, safetensors or PyTorch's; without them a small network is trained on the built-in pictures.
    #[arg(long, value_name = "FILE")]
    weights: Option<PathBuf>,
    /// The side of the kernels that are trained.
    #[arg(long, default_value_t = 9, value_parser = clap::value_parser!(u64).range(3..=15))]
    side: u64,
    /// How many are trained.
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u64).range(1..=256))]
    maps: u64,
    /// Passes over the pictures.
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u64).range(1..))]
    epochs: u64,
}

/// The most kernels that are drawn, those that the fit explains best.
const DRAWN: usize = 24;

impl Subject for FirstLayerSubject {
    const NAME: &'static str = "first-layer";
    const CHAPTER: Chapter = Chapter::Convolution;
    const SUMMARY: &'static str = "what a first layer learns, each kernel beside the Gabor kernel that is nearest";

    fn run(&self, desk: &Desk) -> Result<(), Failure> {
        let (source, kernels) = if let Some(path) = &self.weights {
            let (name, kernels) = first_kernels(&io::read_weights(path)?.tensors)?;
            (format!("{name} of {}", path.display()), kernels)
        } else {
            let layer = self.train(desk.seed)?;
            print_median("as they were drawn at random", &fits(&layer.drawn))?;
            (format!("learnt in {} epochs from the built-in pictures", self.epochs), layer.learnt)
        };
        let mut fits = fits(&kernels);
        print_median(&source, &fits)?;
        fits.sort_by(|(_, a), (_, b)| b.explained.total_cmp(&a.explained));
        print(&fits)?;
        let mut cells = Vec::new();
        for (kernel, fit) in fits.iter().take(DRAWN) {
            cells.push((Shown::signed(kernel), "kernel".to_owned()));
            cells.push((Shown::signed(&fit.kernel), format!("Gabor, {:.0} %", 100.0 * fit.explained)));
        }
        let captioned: Vec<Captioned> =
            cells.iter().map(|(shown, caption)| Captioned { picture: shown.as_picture(), caption }).collect();
        let subtitle = format!("{source}; beside each the Gabor kernel that explains most of it; 0 is the middle grey");
        desk.draw("first-layer", &rows_sheet("A first layer's kernels beside Gabor's", &subtitle, 6, &captioned))
    }
}

impl FirstLayerSubject {
    fn train(&self, seed: u64) -> Result<FirstLayer, Error> {
        let data = gradus::data::open("fashion", &OpenOptions::default())?.train;
        let options =
            FirstLayerOptions { side: self.side as usize, maps: self.maps as usize, epochs: self.epochs, seed };
        FirstLayer::train(data, options, |epoch, loss| {
            eprintln!("epoch {:>3}/{}  loss {loss:.4}", epoch + 1, self.epochs);
        })
    }
}

/// Each kernel that is not one value all over, with its fit.
fn fits(kernels: &[Grid]) -> Vec<(&Grid, GaborFit)> {
    kernels.iter().filter_map(|kernel| Some((kernel, GaborFit::of(kernel).ok()?))).collect()
}

fn print_median(what: &str, fits: &[(&Grid, GaborFit)]) -> Result<(), Failure> {
    let mut shares: Vec<f64> = fits.iter().map(|(_, fit)| fit.explained).collect();
    shares.sort_by(f64::total_cmp);
    let median =
        shares.get(shares.len() / 2).ok_or_else(|| Error::Data("every kernel is one value all over".into()))?;
    let (least, most) = (shares[0], shares[shares.len() - 1]);
    let count = shares.len();
    writeln!(
        crate::output::output(),
        "{count} kernels, {what}: a Gabor kernel explains {:.0} % of the median one's variance, {:.0} to {:.0} %",
        100.0 * median,
        100.0 * least,
        100.0 * most
    )?;
    Ok(())
}

fn print(fits: &[(&Grid, GaborFit)]) -> Result<(), Failure> {
    let mut out = crate::output::output();
    writeln!(out, "\n  {:>9} {:>9} {:>11} {:>10} {:>7}", "explained", "angle", "wavelength", "deviation", "aspect")?;
    for (_, fit) in fits.iter().take(DRAWN) {
        writeln!(
            out,
            "  {:>7.0} % {:>7.0} ° {:>8.1} px {:>7.1} px {:>7.2}",
            100.0 * fit.explained,
            fit.angle.to_degrees(),
            fit.wavelength,
            fit.deviation,
            fit.aspect
        )?;
    }
    writeln!(out)?;
    Ok(())
}
