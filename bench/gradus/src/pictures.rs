//! A folder of photographs read, resized, cropped and normalized, batch after batch.

use bench_common::Work;
use gradus::data::picture::{self, Color, PictureOptions};
use gradus::data::{Loader, Preprocess, Target, TargetKind};
use gradus::prelude::*;
use std::path::PathBuf;
use std::sync::Arc;

const BATCH: usize = 32;
const PREPROCESS: Preprocess = Preprocess::IMAGENET;

/// Files, each made ready for a network when it is asked for.
struct Photographs(Vec<PathBuf>);

impl Dataset for Photographs {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn sample_shape(&self) -> &[usize] {
        &[PREPROCESS.crop, PREPROCESS.crop, 3]
    }

    fn read(&self, index: usize, out: &mut [Real]) -> Result<Target, Error> {
        let options = PictureOptions { color: Some(Color::Rgb), ..PictureOptions::default() };
        PREPROCESS.fill(&picture::read(&self.0[index], options)?, out);
        Ok(Target::None)
    }

    fn target_kind(&self) -> &TargetKind {
        &TargetKind::None
    }

    fn describe(&self, index: usize) -> String {
        self.0[index].display().to_string()
    }
}

pub fn make() -> Work {
    let folder = std::env::var("BENCH_PHOTOS").expect("BENCH_PHOTOS names the folder of photographs");
    let listed = std::fs::read_dir(PathBuf::from(&folder).join("all")).expect("the folder is there");
    let mut files: Vec<PathBuf> = listed.map(|entry| entry.expect("it can be read").path()).collect();
    files.sort();
    let loader = Loader::new(Arc::new(Photographs(files)), BATCH);
    let step = move |answers: bool| {
        let mut sum = 0.0;
        for batch in loader.epoch(0) {
            let batch = batch.expect("photographs can be read");
            if answers {
                sum += batch.inputs.as_slice().iter().map(|x| f64::from(x.abs())).sum::<f64>();
            }
        }
        (sum / (loader.dataset().len() * PREPROCESS.crop * PREPROCESS.crop * 3) as f64) as f32
    };
    Work { step: Box::new(step), cost: None }
}
