//! Bagging, and averages of networks that differ in loss, optimizer or architecture.

use std::io::Write;

use clap::Args;
use gradus::data::split;
use gradus::learn::ensemble::{Comparison, Ensemble, OutOfBag, Recipe, Variety, bootstrap};
use gradus::learn::points::Points;
use gradus::learn::samples::{Predictor, Samples};
use gradus::{Error, Rng};

use super::points::{PointArgs, plane};
use super::{Chapter, Desk, Subject};
use crate::draw::{Axis, Color, Field, Mark, Plot, Shade, plots};
use crate::failure::Failure;

/// The points, and how many bags.
#[derive(Args)]
pub struct Ensembles {
    #[command(flatten)]
    points: PointArgs,
    /// Bags of the first ensemble.
    #[arg(long, value_name = "N", default_value_t = 15, value_parser = clap::value_parser!(u32).range(1..=200))]
    bags: u32,
}

/// The set that is drawn where none is chosen.
const SET: &str = "overlap";
/// New points that members are judged by, where points are drawn.
const FRESH: usize = 2000;

struct Found {
    variety: Variety,
    names: Vec<String>,
    ensemble: Ensemble,
    comparison: Comparison,
    out: Option<OutOfBag>,
}

impl Subject for Ensembles {
    const NAME: &'static str = "ensembles";
    const CHAPTER: Chapter = Chapter::Learning;
    const SUMMARY: &'static str =
        "bagging, and averages of networks that differ in loss, optimizer or architecture; takes your own data";

    fn run(&self, desk: &Desk) -> Result<(), Failure> {
        let chosen = self.points.choose(SET, desk.seed)?;
        let (train, fresh) = self.parts(&chosen.points, &chosen.signs, &chosen.names, desk.seed)?;
        let reference = Samples::of_classes(&train)?;
        let samples = reference.standardized_by(&reference);
        let fresh = Samples::of_classes(&fresh)?.standardized_by(&reference);
        let mut all = Vec::new();
        for variety in Variety::ALL {
            all.push(ensemble(variety, &samples, &fresh, self.bags as usize, desk.seed)?);
        }
        let mut out = crate::output::output();
        writeln!(out, "{}: {} to learn from, {} new ones to judge by\n", chosen.origin, samples.len(), fresh.len())?;
        for found in &all {
            print(&mut out, found)?;
        }
        drop(out);
        if train.dimension() == 2 {
            let signs = samples.labels();
            let mut parts: Vec<Plot> =
                all.iter().map(|found| boundaries(found, &train, &reference, &signs, &chosen.columns)).collect();
            parts.push(growth(&all[0], &fresh));
            parts.push(bars(&all));
            let title = "Ensembles: the average errs less than its mean member";
            let subtitle = format!(
                "thin: each member's boundary, thick: the average's; blue: {}, orange: {}; {} points",
                chosen.names[1],
                chosen.names[0],
                samples.len()
            );
            desk.draw(Self::NAME, &plots(title, &subtitle, 3, (310.0, 270.0), &parts))?;
        }
        Ok(())
    }
}

impl Ensembles {
    /// What is learned from, and what is judged by: drawn anew, or a third that is held out.
    fn parts(&self, points: &Points, signs: &[f64], names: &[String; 2], seed: u64) -> Result<(Points, Points), Error> {
        let labels: Vec<u32> = signs.iter().map(|sign| u32::from(*sign > 0.0)).collect();
        let sided = Points::new(points.values().to_vec(), points.dimension(), labels.clone(), names.to_vec())?;
        if self.points.data.is_none() {
            return Ok((sided, self.points.set(SET)?.points(FRESH, &mut Rng::new(seed).fork(1))));
        }
        let parts = split(sided.len(), Some(&labels), &[2.0 / 3.0, 1.0 / 3.0], seed)?;
        Ok((sided.subset(&parts[0]), sided.subset(&parts[1])))
    }
}

fn ensemble(variety: Variety, samples: &Samples, fresh: &Samples, bags: usize, seed: u64) -> Result<Found, Error> {
    let recipes = variety.recipes(true, bags);
    let train =
        |recipe: &Recipe, samples: &Samples, seed| Ok(Box::new(recipe.train(samples, seed)?) as Box<dyn Predictor>);
    let (ensemble, out) = if variety == Variety::Bagging {
        let fit = |bag: &Samples, number: usize| train(&recipes[number], bag, seed.wrapping_add(number as u64));
        let ensemble = Ensemble::bagged(samples, bootstrap(samples.len(), bags, seed)?, fit)?;
        // One bag leaves nothing out only where there are hardly any points.
        let out = ensemble.out_of_bag(samples).ok();
        (ensemble, out)
    } else {
        let members = recipes.iter().map(|recipe| train(recipe, samples, seed)).collect::<Result<Vec<_>, Error>>()?;
        (Ensemble::of(members)?, None)
    };
    let comparison = ensemble.compare(fresh);
    let names = recipes.into_iter().map(|recipe| recipe.name).collect();
    Ok(Found { variety, names, ensemble, comparison, out })
}

fn print(out: &mut impl Write, found: &Found) -> std::io::Result<()> {
    let comparison = &found.comparison;
    let percent = |share: Option<f64>| 100.0 * share.unwrap_or(f64::NAN);
    writeln!(out, "{:<26} {:>14} {:>10}", found.variety.in_words(), "Brier's score", "wrong")?;
    if found.variety != Variety::Bagging {
        for (place, name) in found.names.iter().enumerate() {
            let (error, wrong) = (comparison.members[place], percent(comparison.members_wrong.get(place).copied()));
            writeln!(out, "  {name:<24} {error:>14.4} {wrong:>8.2} %")?;
        }
    }
    let (mean, average) = (comparison.mean(), comparison.average);
    let (mean_wrong, wrong) = (percent(comparison.mean_wrong()), percent(comparison.average_wrong));
    writeln!(out, "  {:<24} {mean:>14.4} {mean_wrong:>8.2} %", format!("mean of {} members", found.names.len()))?;
    writeln!(out, "  {:<24} {average:>14.4} {wrong:>8.2} %", "their average")?;
    writeln!(out, "  {:<24} {:>14.4}", "the members' spread", comparison.spread)?;
    if let Some(bag) = &found.out {
        writeln!(out, "  {:<24} {:>14.4} {:>8.2} %", "out of bag", bag.error, percent(bag.wrong))?;
    }
    writeln!(out)
}

fn boundaries(found: &Found, train: &Points, reference: &Samples, labels: &[u32], columns: &[String]) -> Plot {
    let ends = |axis: usize| {
        let values = train.rows().map(|x| x[axis]);
        let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)));
        let room = 0.1 * (high - low).max(1e-9);
        (low - room, high + room)
    };
    let (x, y) = (ends(0), ends(1));
    let mut places = Vec::new();
    let grid = Field::of(x, y, 81, |x, y| {
        places.extend([x, y]);
        0.0
    });
    let rows = Samples::of_numbers(places, 2, vec![0.0; grid.values.len()]).expect("a grid is finite");
    let rows = rows.standardized_by(reference);
    let field = |predictor: &dyn Predictor| {
        let values = predictor.predict(rows.inputs()).chunks_exact(2).map(|shares| shares[1] - shares[0]).collect();
        Field { values, columns: grid.columns }
    };
    let average = field(&found.ensemble);
    let mut marks = vec![Mark::Heat { field: average.clone(), shade: Shade::Signed { most: 1.0 } }];
    for member in found.ensemble.members() {
        let color = Color::hex(0x59_61_69);
        marks.push(Mark::Contours { field: field(&**member), levels: vec![0.0], color, width: 0.6 });
    }
    marks.push(Mark::Contours { field: average, levels: vec![0.0], color: Color::hex(0x1f_24_29), width: 2.4 });
    for (label, series) in [(0, 1), (1, 0)] {
        let points = train.rows().zip(labels).filter(|(_, own)| **own == label).map(|(x, _)| plane(x)).collect();
        marks.push(Mark::Dots { name: String::new(), points, color: Color::series(series), radius: 2.6 });
    }
    let title = format!("{}: {} members", found.variety.in_words(), found.names.len());
    Plot { title, x: Axis::new(&columns[0], x.0, x.1), y: Axis::new(&columns[1], y.0, y.1), marks }
}

/// The error of the average of the first bags against how many they are.
fn growth(found: &Found, fresh: &Samples) -> Plot {
    let errors: Vec<f64> = found.ensemble.growth(fresh).into_iter().map(|(error, _)| error).collect();
    let count = errors.len() as f64;
    let points: Vec<(f64, f64)> =
        errors.iter().enumerate().map(|(place, error)| (place as f64 + 1.0, *error)).collect();
    let level = |name: &str, value: f64, color: Color| Mark::Curve {
        name: name.into(),
        points: vec![(1.0, value), (count, value)],
        color,
        width: 1.4,
        dashed: true,
    };
    let mut marks = vec![
        Mark::Curve { name: "average".into(), points, color: Color::series(0), width: 2.0, dashed: false },
        level("mean member", found.comparison.mean(), Color::series(1)),
    ];
    marks.extend(found.out.iter().map(|out| level("out of bag", out.error, Color::series(2))));
    let levels = errors.iter().copied().chain([found.comparison.mean()]).chain(found.out.iter().map(|out| out.error));
    let y = Axis::new("Brier's score", 0.0, 1.15 * levels.fold(1e-9, f64::max));
    Plot { title: "bagging: more bags".into(), x: Axis::new("bags averaged", 0.0, count + 1.0), y, marks }
}

/// Each ensemble's members as dots, their mean and the average.
fn bars(all: &[Found]) -> Plot {
    let dots = |name: &str, of: &dyn Fn(&Comparison) -> Vec<f64>, series: usize, radius: f32| {
        let points = all
            .iter()
            .enumerate()
            .flat_map(|(place, found)| of(&found.comparison).into_iter().map(move |error| (place as f64 + 1.0, error)));
        Mark::Dots { name: name.into(), points: points.collect(), color: Color::series(series), radius }
    };
    let marks = vec![
        dots("members", &|found| found.members.clone(), 6, 2.5),
        dots("their mean", &|found| vec![found.mean()], 1, 5.0),
        dots("average", &|found| vec![found.average], 0, 5.0),
    ];
    let most = all.iter().flat_map(|found| found.comparison.members.iter().copied()).fold(1e-9, f64::max);
    let x = Axis::kinds("", all.iter().map(|found| found.variety.in_words()));
    Plot {
        title: "each kind: members, mean, average".into(),
        x,
        y: Axis::new("Brier's score", 0.0, 1.15 * most),
        marks,
    }
}
