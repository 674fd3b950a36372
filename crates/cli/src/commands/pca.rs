//! `gradus pca`: the directions along which data varies most.

use std::io::Write;

use gradus::Error;
use gradus::learn::pca::{Keep, Pca, PcaOptions, elbow};

use super::points::{Loaded, load, write};
use super::report;
use crate::args::PcaArgs;
use crate::draw::{Axis, ClassMap, Color, Drawing, Mark, Plot, class_map, plots};
use crate::failure::Failure;

/// Rows of the table.
const SHOWN: usize = 15;
/// The note of a saved model that holds the columns of its table.
const SCHEMA: &str = "schema";
/// Components in the scree plot.
const DRAWN: usize = 100;

/// Fits or loads, prints, draws, transforms.
pub fn run(args: &PcaArgs) -> Result<(), Failure> {
    let keep = kept(&args.keep)?;
    let model = args.load.as_deref().map(Pca::load).transpose()?;
    // A table's columns are found by their names, as those that the model was fitted on.
    let schema = model.as_ref().and_then(|pca| serde_json::from_str(pca.notes.get(SCHEMA)?).ok());
    let loaded = load(&args.points, schema.as_ref())?;
    let (pca, all) = if let Some(pca) = model {
        (pca.clone(), pca)
    } else {
        let options = PcaOptions { standardize: args.standardize, ..PcaOptions::default() };
        let mut all = Pca::fit(&loaded.points, &options)?;
        if let Some(schema) = &loaded.schema {
            all.notes.insert(SCHEMA.into(), serde_json::to_string(schema).expect("columns are texts"));
        }
        let pca = all.clone().cut(keep)?;
        (Pca { whiten: args.whiten, ..pca }, all)
    };
    let transformed = pca.transform(&loaded.points)?;
    let folder = &args.points.folder;
    std::fs::create_dir_all(folder).map_err(Error::io(folder, "create"))?;
    // A model that was loaded knows but the components that were kept: too few to tell where their variances flatten.
    let elbow = if args.load.is_none() { elbow(&all.variance_ratio()) } else { None };
    let held = if args.load.is_none() { "hold all variance" } else { "were kept in the model" };
    print(&loaded, &pca, &all, held, elbow)?;
    let mut out = crate::output::output();
    if args.load.is_none() {
        let path = folder.join("pca.safetensors");
        pca.save(&path)?;
        writeln!(out, "{}", path.display())?;
    }
    if let Some(path) = &args.points.to {
        write(path, &loaded, &transformed, "pc")?;
        writeln!(out, "{}", path.display())?;
    }
    report::leave(&scree(&args.points.data, &pca, &all, elbow), &folder.join("scree"))?;
    let ratio = pca.variance_ratio();
    let axes = [0, 1].map(|axis| {
        let share = ratio.get(axis).copied().unwrap_or(0.0);
        format!("component {} ({:.1} % of the variance)", axis + 1, 100.0 * share)
    });
    let row = |row: usize| {
        let row = transformed.row(row);
        (f64::from(row[0]), row.get(1).map_or(0.0, |x| f64::from(*x)))
    };
    let points: Vec<(f64, f64)> = (0..transformed.rows()).map(row).collect();
    let together: f64 = ratio.iter().take(2).sum();
    let subtitle = format!("{} samples; both hold {:.1} % of the variance", points.len(), 100.0 * together);
    let drawing = class_map(&ClassMap {
        title: &format!("{} along its first two principal components", args.points.data),
        subtitle: &subtitle,
        axes: [&axes[0], &axes[1]],
        points: &points,
        classes: loaded.classes.as_ref().map(|(classes, names)| (&classes[..], &names[..])),
    });
    report::leave(&drawing, &folder.join("pca"))
}

fn kept(text: &str) -> Result<Keep, Error> {
    if text == "all" {
        return Ok(Keep::All);
    }
    if let Ok(count) = text.parse::<usize>() {
        return Ok(Keep::Count(count));
    }
    let share = text.parse::<f64>().ok().filter(|share| *share > 0.0 && *share <= 1.0);
    share.map(Keep::Share).ok_or_else(|| {
        Error::setting("--keep", format!("{text} is neither a whole number, nor a share such as 0.95, nor all"))
    })
}

fn print(loaded: &Loaded, pca: &Pca, all: &Pca, held: &str, elbow: Option<usize>) -> Result<(), Failure> {
    let mut out = crate::output::output();
    writeln!(out, "{}; {} components {held}\n", loaded.in_words(""), all.count())?;
    writeln!(out, "component      variance    share    together")?;
    let (ratio, together) = (all.variance_ratio(), all.cumulative_ratio());
    for place in 0..all.count().min(SHOWN) {
        writeln!(
            out,
            "{:>9} {:>13.6} {:>6.2} % {:>9.2} %",
            place + 1,
            all.variance[place],
            100.0 * ratio[place],
            100.0 * together[place]
        )?;
    }
    if all.count() > SHOWN {
        writeln!(out, "      ... {} more", all.count() - SHOWN)?;
    }
    writeln!(out)?;
    let enough = |share: f64| together.iter().position(|sum| *sum >= share * (1.0 - 1e-9)).map(|place| place + 1);
    for share in [0.8, 0.9, 0.95, 0.99] {
        if let Some(count) = enough(share) {
            writeln!(out, "{:>3.0} % of the variance: {count} components", 100.0 * share)?;
        }
    }
    if let Some(elbow) = elbow {
        writeln!(out, "elbow of the scree plot: {elbow} components")?;
    }
    let sum = together.get(pca.count() - 1).copied().unwrap_or(1.0);
    writeln!(out, "kept: {} components, {:.2} % of the variance", pca.count(), 100.0 * sum)?;
    Ok(())
}

/// The share of each component and of the first ones together.
fn scree(data: &str, pca: &Pca, all: &Pca, elbow: Option<usize>) -> Drawing {
    let count = all.count().min(DRAWN.max(pca.count() * 3 / 2));
    let numbered = |values: Vec<f64>| -> Vec<(f64, f64)> {
        values.into_iter().take(count).enumerate().map(|(place, value)| ((place + 1) as f64, 100.0 * value)).collect()
    };
    let (ratio, together) = (numbered(all.variance_ratio()), numbered(all.cumulative_ratio()));
    let level = |points: &[(f64, f64)], place: usize| points.get(place.wrapping_sub(1)).copied();
    let curve = |name: &str, points: &[(f64, f64)], color: usize, dashed: bool| Mark::Curve {
        name: name.into(),
        points: points.to_vec(),
        color: Color::series(color),
        width: 2.0,
        dashed,
    };
    let mut first = vec![curve("", &ratio, 0, false)];
    if let Some((place, (x, y))) = elbow.and_then(|place| Some((place, level(&ratio, place)?))) {
        let (color, name) = (Color::series(1), format!("elbow: {place}"));
        first.push(Mark::Dots { name, points: vec![(x, y)], color, radius: 5.0 });
    }
    let mut second = vec![curve("", &together, 0, false)];
    if let Some((x, y)) = level(&together, pca.count()) {
        let name = format!("kept: {}, {y:.1} %", pca.count());
        let points = vec![(x, y)];
        second.push(curve("", &[(1.0, y), (x, y), (x, 0.0)], 1, true));
        second.push(Mark::Dots { name, points, color: Color::series(1), radius: 5.0 });
    }
    let last = (count as f64).max(2.0);
    let high = ratio.first().map_or(1.0, |first| first.1) * 1.06;
    let each = Plot {
        title: "each component".into(),
        x: Axis::new("component", 1.0, last),
        y: Axis::new("share of the variance, %", 0.0, high),
        marks: first,
    };
    let sum = Plot {
        title: "the first ones together".into(),
        x: Axis::new("components", 1.0, last),
        y: Axis::new("share of the variance, %", 0.0, 102.0),
        marks: second,
    };
    let title = format!("How much of {data} its principal components hold");
    let subtitle = format!("{} of {} components hold {:.1} % of the variance", pca.count(), all.columns(), {
        100.0 * all.cumulative_ratio().get(pca.count() - 1).copied().unwrap_or(1.0)
    });
    plots(&title, &subtitle, 2, (380.0, 300.0), &[each, sum])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_read() {
        assert_eq!(kept("all").unwrap(), Keep::All);
        assert_eq!(kept("12").unwrap(), Keep::Count(12));
        assert_eq!(kept("0.9").unwrap(), Keep::Share(0.9));
        for text in ["95%", "1.5", "-1", "nan"] {
            let problem = kept(text).unwrap_err().to_string();
            assert_eq!(problem, format!("--keep: {text} is neither a whole number, nor a share such as 0.95, nor all"));
        }
    }
}
