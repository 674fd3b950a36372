//! The sheet of `gradus data show --augment`: some pictures, and beside each what augmentation makes of it.

use std::sync::Arc;

use gradus::data::augment::{AugmentConfig, Pipeline};
use gradus::data::{Batch, Dataset, Loader, Subset, Targets};
use gradus::{Error, Real};

use crate::draw::{Captioned, Drawing, Picture, rows_sheet};
use crate::failure::Failure;

/// The rows of a sheet.
const ROWS: usize = 8;
/// The epochs whose versions of a picture stand beside it.
const EPOCHS: u64 = 6;

/// Draws a sheet. The loader makes the versions as it does in training.
pub fn sheet(data: Arc<dyn Dataset>, title: &str, kinds: &str, seed: u64) -> Result<Drawing, Failure> {
    let pipeline = Pipeline::from_configs(&AugmentConfig::list(kinds)?)?;
    let &[height, width, channels] = data.sample_shape() else {
        let problem = format!("works on pictures, and the samples of {title} are {:?}", data.sample_shape());
        return Err(Error::setting("--augment", problem).into());
    };
    let names = data.target_kind().class_names().to_vec();
    let shown = of_every_class(&*data)?;
    let rows = shown.len();
    let loader = Loader::new(Arc::new(Subset::new(data, shown)?), rows.max(1)).seed(seed);
    let mut columns: Vec<Batch> = loader.epoch(0).collect::<Result<_, _>>()?;
    let augmented = loader.augment(pipeline);
    for epoch in 0..EPOCHS {
        columns.extend(augmented.epoch(epoch).collect::<Result<Vec<_>, _>>()?);
    }
    let length = height * width * channels;
    let mut captions = Vec::new();
    for row in 0..rows {
        let original = columns.iter().take(1).map(|batch| caption(batch, row, &names));
        // Under a version stands what changed: only mixing changes a target.
        let versions = columns.iter().skip(1).map(|batch| match batch.targets {
            Targets::Soft(_) => caption(batch, row, &names),
            _ => String::new(),
        });
        captions.extend(original.chain(versions));
    }
    let cells: Vec<Captioned> = captions
        .iter()
        .enumerate()
        .map(|(cell, caption)| {
            let (row, column) = (cell / columns.len(), cell % columns.len());
            let pixels = &columns[column].inputs.as_slice()[row * length..(row + 1) * length];
            Captioned { picture: Picture { pixels, height, width, channels }, caption }
        })
        .collect();
    let subtitle = format!("Left: as it was read. Beside it: in {EPOCHS} epochs, by {kinds} (seed {seed}).");
    Ok(rows_sheet(title, &subtitle, columns.len(), &cells))
}

/// The first samples of each class in turn, or of all where there are no classes.
fn of_every_class(data: &dyn Dataset) -> Result<Vec<usize>, Error> {
    let mut order: Vec<usize> = (0..data.len()).collect();
    let classes = data.target_kind().class_names().len();
    if classes > 0 {
        let mut seen = vec![0usize; classes];
        let mut rank = Vec::with_capacity(data.len());
        for label in gradus::data::labels(data)? {
            rank.push(seen[label as usize]);
            seen[label as usize] += 1;
        }
        order.sort_by_key(|index| rank[*index]);
    }
    order.truncate(ROWS);
    Ok(order)
}

/// A sample's target in words; of a mixture, the two largest shares.
fn caption(batch: &Batch, row: usize, names: &[String]) -> String {
    match &batch.targets {
        Targets::Labels(labels) => names[labels.as_slice()[row] as usize].clone(),
        Targets::Soft(shares) => {
            let shares = &shares.as_slice()[row * names.len()..(row + 1) * names.len()];
            let mut ranked: Vec<(&String, Real)> = names.iter().zip(shares.iter().copied()).collect();
            ranked.sort_by(|a, b| b.1.total_cmp(&a.1));
            let parts = ranked.iter().take(2).filter(|(_, share)| *share >= 0.005);
            parts.map(|(name, share)| format!("{name} {:.0} %", share * 100.0)).collect::<Vec<_>>().join(", ")
        }
        Targets::Values(_) | Targets::None => format!("{}", batch.indices()[row] + 1),
    }
}
