//! The curse of dimensionality: volumes, distances, and what fails because of them; and the dimensions that data really has.

use std::io::Write;

use clap::Args;
use gradus::Rng;
use gradus::data::{OpenOptions, open};
use gradus::learn::Cloud;
use gradus::learn::dimension::{
    Blobs, Columns, Contrast, ball_share_of_cube, contrast, edge_for_share, hits_in_ball, median_nearest,
    relative_spread, shell_share, two_nearest_dimension,
};
use gradus::learn::pca::{Pca, PcaOptions};

use super::{Chapter, Desk, Subject};
use crate::commands::points::in_words;
use crate::draw::{Axis, Color, Mark, Plot, plots};
use crate::failure::Failure;

/// Numbers of dimensions that are looked at.
const DIMENSIONS: [usize; 10] = [1, 2, 3, 5, 10, 20, 50, 100, 300, 1000];
/// Points of an experiment.
const POINTS: usize = 500;
/// Points of the two classes to learn from, and as many to judge by.
const OF_CLASSES: usize = 1000;
/// The distance of the middles of the two classes, in standard deviations.
const APART: f64 = 4.0;
/// Draws for a volume.
const DRAWS: usize = 100_000;
/// Columns that are listed by name.
const LISTED: usize = 12;

/// What it can be told.
#[derive(Args)]
pub struct CurseOfDimensionality {
    /// Data whose own dimensions are to be found: a file or folder as for `train`.
    #[arg(long)]
    pub data: Option<String>,
    /// The first so many samples of it only.
    #[arg(long, value_name = "N", default_value_t = 5000)]
    pub most: usize,
}

/// What was measured in one number of dimensions.
struct Row {
    dimensions: usize,
    in_ball: f64,
    distances: Contrast,
    nearest: f64,
    means: f64,
    own_nearer: f64,
}

impl Subject for CurseOfDimensionality {
    const NAME: &'static str = "curse-of-dimensionality";
    const CHAPTER: Chapter = Chapter::Data;
    const SUMMARY: &'static str =
        "volumes, distances and near neighbours as dimensions grow; how many dimensions data really has";

    fn run(&self, desk: &Desk) -> Result<(), Failure> {
        if let Some(path) = &self.data {
            return of_data(path, self.most);
        }
        let mut rng = Rng::new(desk.seed);
        let rows: Vec<Row> = DIMENSIONS.iter().map(|d| measure(*d, &mut rng)).collect::<Result<_, Failure>>()?;
        print(&rows)?;
        draw(desk, &rows)
    }
}

fn measure(dimensions: usize, rng: &mut Rng) -> Result<Row, Failure> {
    let blobs = Blobs::new(dimensions, OF_CLASSES, APART, rng)?;
    Ok(Row {
        dimensions,
        in_ball: hits_in_ball(dimensions, DRAWS, rng),
        distances: contrast(dimensions, POINTS, rng)?,
        nearest: blobs.nearest_accuracy(5)?,
        means: blobs.means_accuracy(rng.next_u64())?,
        own_nearer: blobs.own_class_nearer_measured(),
    })
}

fn print(rows: &[Row]) -> Result<(), Failure> {
    let mut out = crate::output::output();
    writeln!(out, "A cube and the ball inside it\n")?;
    writeln!(out, "dimensions   ball/cube    measured   in the outer tenth   edge that holds a tenth")?;
    for row in rows {
        let (d, share) = (row.dimensions, ball_share_of_cube(row.dimensions));
        let (shell, edge) = (100.0 * shell_share(0.1, d), edge_for_share(0.1, d));
        // No f64 is smaller, but the ball is never empty.
        let share = if share < f64::MIN_POSITIVE { "< 2.2e-308".into() } else { format!("{share:.4e}") };
        writeln!(out, "{d:>10} {share:>11} {:>11.4e} {shell:>18.2} % {edge:>25.3}", row.in_ball)?;
    }
    writeln!(out, "\nDistances of {POINTS} points spread evenly\n")?;
    writeln!(
        out,
        "dimensions   (largest-smallest)/smallest   spread of squares  by formula   nearest in ball  by formula"
    )?;
    for row in rows {
        let (d, found) = (row.dimensions, row.distances);
        let (spread, nearest) = (relative_spread(d), median_nearest(POINTS, d));
        writeln!(
            out,
            "{d:>10} {:>29.3} {:>19.3} {spread:>11.3} {:>17.3} {nearest:>11.3}",
            found.contrast, found.spread, found.nearest_in_ball
        )?;
    }
    writeln!(out, "\nTwo classes that differ in one direction ({APART} deviations apart), all others noise\n")?;
    writeln!(out, "dimensions   5 nearest   2 means   best rule   own class nearer  by formula")?;
    for row in rows {
        let best = 100.0 * Blobs::best_accuracy(APART);
        writeln!(
            out,
            "{:>10} {:>9.1} % {:>7.1} % {best:>9.1} % {:>16.1} % {:>9.1} %",
            row.dimensions,
            100.0 * row.nearest,
            100.0 * row.means,
            100.0 * row.own_nearer,
            100.0 * Blobs::own_class_nearer(row.dimensions, APART)
        )?;
    }
    writeln!(out)?;
    Ok(())
}

fn draw(desk: &Desk, rows: &[Row]) -> Result<(), Failure> {
    let of = |value: &dyn Fn(&Row) -> f64| -> Vec<(f64, f64)> {
        rows.iter().map(|row| (row.dimensions as f64, value(row))).collect()
    };
    let dots = |name: &str, points: Vec<(f64, f64)>, color: usize| Mark::Dots {
        name: name.into(),
        points,
        color: Color::series(color),
        radius: 4.0,
    };
    let curve = |name: &str, points: Vec<(f64, f64)>, color: usize| Mark::Curve {
        name: name.into(),
        points,
        color: Color::series(color),
        width: 1.6,
        dashed: true,
    };
    let across = || Axis::powers("dimensions", [1.0, 1000.0]);
    let share = Axis::new("share", 0.0, 1.04);
    let edge = Plot {
        title: "All volume goes to the rim".into(),
        x: across(),
        y: share.clone(),
        marks: vec![
            curve("", of(&|row| ball_share_of_cube(row.dimensions)), 0),
            dots("ball in the cube", of(&|row| row.in_ball), 0),
            curve("ball's outer tenth", of(&|row| shell_share(0.1, row.dimensions)), 1),
        ],
    };
    let near = Plot {
        title: "The nearest neighbour is far away".into(),
        x: across(),
        y: Axis::new("distance, of the ball's radius", 0.0, 1.04),
        marks: vec![
            curve("", of(&|row| median_nearest(POINTS, row.dimensions)), 0),
            dots("nearest of 500 points", of(&|row| row.distances.nearest_in_ball), 0),
        ],
    };
    let alike = Plot {
        title: "All distances become alike".into(),
        x: across(),
        y: Axis::powers(
            "relative difference",
            rows.iter().flat_map(|row| [row.distances.contrast, row.distances.spread]),
        ),
        marks: vec![
            curve("", of(&|row| relative_spread(row.dimensions)), 0),
            dots("spread of squares, √(1.4/d)", of(&|row| row.distances.spread), 0),
            dots("largest/smallest − 1", of(&|row| row.distances.contrast), 1),
        ],
    };
    let fail = Plot {
        title: "Neighbours go blind, means hold out".into(),
        x: across(),
        y: Axis::new("share right", 0.45, 1.02),
        marks: vec![
            curve("best rule", of(&|_| Blobs::best_accuracy(APART)), 2),
            dots("5 nearest", of(&|row| row.nearest), 0),
            dots("2 means", of(&|row| row.means), 1),
            curve("", of(&|row| Blobs::own_class_nearer(row.dimensions, APART)), 3),
            dots("own class nearer", of(&|row| row.own_nearer), 3),
        ],
    };
    let subtitle = "dots measured, dashed lines by formula; \
                    below right, two classes differ in one direction and all others are noise";
    let title = "The curse of dimensionality: what is near, and how much is inside, as dimensions grow";
    desk.draw("curse-of-dimensionality", &plots(title, subtitle, 2, (400.0, 250.0), &[edge, near, alike, fail]))
}

/// How many dimensions data has: columns that hold nothing new by name, rank, variance, neighbours.
fn of_data(path: &str, most: usize) -> Result<(), Failure> {
    let splits = open(path, &OpenOptions::default())?;
    let (points, _) = Cloud::of(&*splits.train, Some(most.max(1)))?;
    let names = splits.schema.as_ref().map(gradus::data::Schema::feature_names);
    let name = |column: usize| match &names {
        Some(names) => names[column].clone(),
        None => format!("column {}", column + 1),
    };
    let found = Columns::of(&points);
    let mut out = crate::output::output();
    writeln!(out, "{path}: {}; rank {}", in_words(&points, "", splits.schema.as_ref()), found.rank)?;
    let listed = found.constant.iter().take(LISTED).map(|column| name(*column)).collect::<Vec<_>>().join(", ");
    let more = if found.constant.len() > LISTED { ", ..." } else { "" };
    writeln!(out, "constant columns: {}{}", found.constant.len(), parenthesized(&(listed + more)))?;
    writeln!(out, "columns that earlier ones determine: {}", found.dependent.len())?;
    for dependence in found.dependent.iter().take(LISTED) {
        let mut words = format!("  {} =", name(dependence.column));
        for (column, factor) in dependence.of.iter().take(LISTED) {
            words = format!("{words} {factor:+.4} {}", name(*column));
        }
        let more = if dependence.of.len() > LISTED { " ..." } else { "" };
        // What would be printed as 0 is left out.
        let constant =
            if dependence.constant.abs() < 5e-5 { String::new() } else { format!(" {:+.4}", dependence.constant) };
        writeln!(out, "{words}{more}{constant}")?;
    }
    if found.rank > 0 {
        let pca = Pca::fit(&points, &PcaOptions::default())?;
        let enough = pca.cumulative_ratio().iter().position(|sum| *sum >= 0.95).map_or(pca.count(), |place| place + 1);
        writeln!(out, "principal components that hold 95 % of the variance: {enough}")?;
        writeln!(out, "dimension by the two nearest neighbours: {:.1}", two_nearest_dimension(&points)?)?;
    }
    Ok(())
}

fn parenthesized(words: &str) -> String {
    if words.is_empty() { String::new() } else { format!(" ({words})") }
}
