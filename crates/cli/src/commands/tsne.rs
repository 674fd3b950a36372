//! `gradus tsne`: data laid out in the plane.

use std::io::Write;
use std::time::Instant;

use gradus::Error;
use gradus::learn::Cloud;
use gradus::learn::pca::{Keep, Pca, PcaOptions};
use gradus::learn::tsne::{Flow, Layout, Method, Moment, Start, TsneOptions, tsne};
use indicatif::ProgressBar;

use super::points::{Loaded, load, write};
use super::{progress, report};
use crate::args::{TsneArgs, TsneMethod, TsneStart};
use crate::draw::{ClassMap, class_map};
use crate::failure::Failure;
use crate::interrupt;

/// Lays out, prints, draws. Ctrl-C ends the descent early; what there is by then is drawn.
pub fn run(args: &TsneArgs) -> Result<(), Failure> {
    let loaded = load(&args.points, None)?;
    let begin = Instant::now();
    let standardized = args.standardize.then(|| loaded.points.standardized());
    let points = standardized.as_ref().unwrap_or(&loaded.points);
    let reduced = reduce(points, args.pca)?;
    let points = reduced.as_ref().unwrap_or(points);
    let options = TsneOptions {
        perplexity: args.perplexity,
        iterations: args.iterations,
        exaggerated: args.exaggerated,
        exaggeration: args.exaggeration,
        learning_rate: args.learning_rate,
        start: match args.start {
            TsneStart::Pca => Start::Pca,
            TsneStart::Random => Start::Random,
        },
        method: match args.method {
            TsneMethod::Auto => Method::Auto,
            TsneMethod::Exact => Method::Exact,
            TsneMethod::BarnesHut => Method::BarnesHut { theta: args.theta },
            TsneMethod::Interpolation => Method::Interpolation,
        },
        seed: args.seed,
        ..TsneOptions::default()
    };
    interrupt::listen();
    let bar = progress::bar("{msg}  {eta} left");
    if let Some(bar) = &bar {
        bar.set_length(args.iterations as u64);
        bar.set_prefix("neighbours");
        bar.tick();
    }
    let found = tsne(points, &options, &mut |moment| {
        if let Some(bar) = &bar {
            show(bar, &moment, args.exaggerated);
        }
        if interrupt::pressed() { Flow::Stop } else { Flow::Continue }
    });
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
    let found = found?;
    let stopped = found.iterations < args.iterations;
    finish(args, &loaded, points.columns(), &found, begin.elapsed().as_secs_f64())?;
    if stopped { Err(Failure::Interrupted) } else { Ok(()) }
}

/// The data by its first principal components, where it has more columns.
fn reduce(points: &Cloud, components: usize) -> Result<Option<Cloud>, Error> {
    let most = points.columns().min(points.rows().saturating_sub(1));
    if components == 0 || components >= most {
        return Ok(None);
    }
    let all = Pca::fit(points, &PcaOptions::default())?;
    let keep = Keep::Count(components.min(all.count()));
    Ok(Some(all.cut(keep)?.transform(points)?))
}

fn show(bar: &ProgressBar, moment: &Moment<'_>, exaggerated: usize) {
    bar.set_prefix(if moment.iteration <= exaggerated { "exaggerated" } else { "t-SNE" });
    bar.set_position(moment.iteration as u64);
    if let Some(divergence) = moment.divergence {
        bar.set_message(format!("KL {divergence:.4}"));
    }
}

fn finish(args: &TsneArgs, loaded: &Loaded, columns: usize, found: &Layout, seconds: f64) -> Result<(), Failure> {
    let mut out = crate::output::output();
    let rows = found.places.len();
    let way = match found.method {
        Method::BarnesHut { theta } => format!("Barnes-Hut, theta {theta}"),
        Method::Interpolation => "interpolation".into(),
        Method::Auto | Method::Exact => "all pairs".into(),
    };
    let reduced = if columns == loaded.points.columns() {
        String::new()
    } else {
        format!(", brought to {columns} principal components")
    };
    let standardized = if args.standardize { ", each divided by its standard deviation" } else { "" };
    writeln!(out, "{}", loaded.in_words(&format!("{standardized}{reduced}")))?;
    let iterations = found.iterations;
    writeln!(out, "KL divergence {:.4} after {iterations} iterations by {way}, {seconds:.1} s", found.divergence)?;
    let folder = &args.points.folder;
    std::fs::create_dir_all(folder).map_err(Error::io(folder, "create"))?;
    if let Some(path) = &args.points.to {
        let places = Cloud::new(found.places.as_flattened().to_vec(), 2)?;
        write(path, loaded, &places, "tsne")?;
        writeln!(out, "{}", path.display())?;
    }
    let points: Vec<(f64, f64)> = found.places.iter().map(|place| (f64::from(place[0]), f64::from(place[1]))).collect();
    let drawing = class_map(&ClassMap {
        title: &format!("{} by t-SNE: what is near in the data is near here", args.points.data),
        subtitle: &format!(
            "{rows} samples, perplexity {}, {iterations} iterations, KL divergence {:.3}",
            args.perplexity, found.divergence
        ),
        axes: ["first coordinate, without unit", "second coordinate, without unit"],
        points: &points,
        classes: loaded.classes.as_ref().map(|(classes, names)| (&classes[..], &names[..])),
    });
    report::leave(&drawing, &folder.join("tsne"))
}
