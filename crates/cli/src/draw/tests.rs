//! What holds for every drawing: well-formed SVG, the same bytes each time, a PNG of twice its size, nothing outside.

use std::io::Cursor;

use super::raster::SCALE;
use super::*;

const LONG: &str = "a name of <sixty> characters & more, which no margin can hold\u{7}";

/// Each kind of drawing with plain, empty and hostile data.
fn drawings() -> Vec<(String, Drawing)> {
    let mut all = Vec::new();
    let mut add = |name: &str, drawing| all.push((name.to_owned(), drawing));
    for epochs in [0usize, 1, 8, 300] {
        add(&format!("curves of {epochs} epochs"), curves(epochs));
    }
    for classes in [0usize, 1, 2, 10, 25, 26, 61, 130] {
        add(&format!("confusion of {classes} classes"), confusion(classes, 1 + classes as u64));
    }
    add("confusion without predictions", confusion(3, 0));
    add("confusion of many pictures", confusion(3, 10_000_000));

    let pixels = [0.0, 0.5, 1.0, f32::NAN, 0.2, 0.1];
    let small = Picture { pixels: &pixels, height: 2, width: 3, channels: 1 };
    let large = vec![0.3; 500 * 300 * 3];
    let large = Picture { pixels: &large, height: 500, width: 300, channels: 3 };
    let sheet = [Captioned { picture: small, caption: LONG }, Captioned { picture: large, caption: "" }];
    add("pictures", picture_sheet(LONG, &sheet));
    add("many pictures", picture_sheet("many", &sheet[..1].repeat(201)));
    add("rows", rows_sheet("rows", LONG, 7, &sheet.repeat(7)));
    add("no rows", rows_sheet("rows", "", 1, &[]));
    let mistake = Mistake { picture: small, truth: LONG, prediction: "猫", confidence: f32::NAN };
    add("mistakes", mistakes_sheet("worst", &[mistake; 9]));
    add("no mistakes", mistakes_sheet("worst", &[]));

    let wild = [1.0, f64::NAN, -5.0, f64::INFINITY, 1e308, 1e-308, 7.0, 7.0, 7.5];
    let reverse: Vec<f64> = wild.iter().rev().copied().collect();
    for (name, values) in [("wild", &wild[..]), ("constant", &[0.3; 4]), ("empty", &[])] {
        add(&format!("{name} histogram"), histogram(name, "value", values));
        add(&format!("{name} scatter"), regression_scatter(name, "value", values, &reverse[..values.len()]));
        let points: Vec<(f64, f64)> = values.iter().copied().zip(reverse.iter().copied()).collect();
        let series = [true, false].map(|joined| TradeOffSeries { name, points: &points, joined });
        let notes: Vec<Note> = points.iter().map(|(x, y)| Note { x: *x, y: *y, text: "first" }).collect();
        let mark = Some((3.0, "three"));
        let panel = TradeOff { x_name: LONG, y_name: LONG, mark, series: &series, notes: &notes };
        add(
            &format!("{name} trade-off"),
            trade_offs(LONG, LONG, &[panel, TradeOff { series: &[], notes: &[], ..panel }]),
        );
        let names = vec![LONG; values.len()];
        let bar = BarSeries { name, values };
        add(&format!("{name} bars"), bars(name, "value", &names, &[bar]));
        let measures = [Measure { name: "measure", values, from: 0.0 }, Measure { name: LONG, values, from: 6.0 }];
        add(&format!("{name} comparison"), comparison(LONG, "subtitle", &names, &measures));
        add(
            &format!("{name} bars in pairs"),
            bars(name, "value", &names, &[bar, BarSeries { name: LONG, values: &[-1.0] }]),
        );
    }
    let node = |lines: &[&str], sources: &[usize]| GraphNode {
        lines: lines.iter().map(|line| (*line).to_owned()).collect(),
        sources: sources.to_vec(),
        kind: lines.len(),
    };
    add("no graph", graph(LONG, "", &[]));
    // A shortcut over three boxes, two ways side by side, and a name that no box can be too narrow for.
    let nodes = [
        node(&["input", "8x8x3"], &[]),
        node(&["conv"], &[0]),
        node(&[LONG, LONG], &[0]),
        node(&["conv", "relu", "8x8x3"], &[1]),
        node(&["concat"], &[3, 2]),
        node(&["add"], &[4, 0]),
    ];
    add("graph", graph("a block", LONG, &nodes));
    all
}

fn curves(epochs: usize) -> Drawing {
    let x: Vec<f64> = (1..=epochs).map(|epoch| epoch as f64).collect();
    let mut train: Vec<f64> = x.iter().map(|x| 1.0 / x).collect();
    if let Some(value) = train.get_mut(5) {
        *value = f64::NAN;
    }
    let loss = TrainValidation { train: &train, validation: &x };
    let score = TrainValidation { train: &[], validation: &train };
    let (score_name, rate) = ("accuracy", vec![1e-3; epochs]);
    let measured = LearningCurves {
        x: &x,
        x_name: "epoch",
        loss,
        score_name,
        score_is_share: true,
        score,
        learning_rate: &rate,
        best: Some(6),
    };
    learning_curves(LONG, &measured)
}

fn confusion(classes: usize, most: u64) -> Drawing {
    let names: Vec<String> =
        (0..classes).map(|class| if class == 1 { LONG.to_owned() } else { format!("class {class}") }).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let counts: Vec<Vec<u64>> =
        (0..classes).map(|row| (0..classes).map(|column| most / (1 + row.abs_diff(column) as u64)).collect()).collect();
    confusion_matrix("test", &names, &counts)
}

#[test]
fn every_svg_is_well_formed_and_finite() {
    for (name, drawing) in drawings() {
        let svg = drawing.svg();
        let document = roxmltree::Document::parse(&svg).unwrap_or_else(|error| panic!("{name}: {error}"));
        let root = document.root_element();
        assert_eq!(root.attribute("width"), Some(drawing.width.to_string().as_str()), "{name}");
        assert!(
            !svg.contains("NaN\"") && !svg.contains("NaN,") && !svg.contains("inf"),
            "{name}: a place is not finite"
        );
        let sizes = document.descendants().filter_map(|node| node.attribute("font-size"));
        assert!(
            sizes.map(|size| size.parse::<f32>().unwrap()).all(|size| size >= 11.0),
            "{name}: type too small to read"
        );
    }
}

#[test]
fn every_png_has_twice_the_size() {
    for (name, drawing) in drawings() {
        let reader =
            png::Decoder::new(Cursor::new(drawing.png())).read_info().unwrap_or_else(|error| panic!("{name}: {error}"));
        let info = reader.info();
        let expected = (drawing.width as u32 * SCALE, drawing.height as u32 * SCALE);
        assert_eq!((info.width, info.height), expected, "{name}");
        assert_eq!(info.pixel_dims.map(|dims| dims.xppu), Some(7559), "{name}: 192 pixels to the inch");
    }
}

#[test]
fn the_same_data_give_the_same_bytes() {
    for ((name, first), (_, second)) in drawings().into_iter().zip(drawings()) {
        assert!(first.svg() == second.svg() && first.png() == second.png(), "{name}");
    }
}

#[test]
fn nothing_is_drawn_outside() {
    for (name, drawing) in drawings() {
        for shape in &drawing.shapes {
            for (x, y) in corners(shape) {
                let inside = (-0.5..=drawing.width + 0.5).contains(&x) && (-0.5..=drawing.height + 0.5).contains(&y);
                assert!(inside, "{name}: ({x}, {y}) of {shape:?} in {} by {}", drawing.width, drawing.height);
            }
        }
    }
}

/// Points that a shape reaches.
fn corners(shape: &drawing::Shape) -> Vec<(f32, f32)> {
    use drawing::{Anchor, Shape};
    match shape {
        Shape::Rectangle { x, y, width, height, .. } | Shape::Bitmap { x, y, width, height, .. } => {
            vec![(*x, *y), (x + width, y + height)]
        }
        Shape::Line { points, .. } | Shape::Area { points, .. } => points.clone(),
        Shape::Dot { x, y, radius, .. } => vec![(x - radius, y - radius), (x + radius, y + radius)],
        Shape::Text { x, y, text, style } => {
            let width = style.width(text);
            let start = match style.anchor {
                Anchor::Start => 0.0,
                Anchor::Middle => -width / 2.0,
                Anchor::End => -width,
            };
            let (sin, cos) = style.turn.to_radians().sin_cos();
            [start, start + width].map(|along| (x + along * cos, y + along * sin)).to_vec()
        }
    }
}

#[test]
fn pictures_keep_their_pixels() {
    let pixels = [0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 1.0, 0.0, 1.0];
    let picture = Picture { pixels: &pixels, height: 3, width: 3, channels: 1 };
    let drawing = picture_sheet("", &[Captioned { picture, caption: "" }]);
    let mut reader = png::Decoder::new(Cursor::new(drawing.png())).read_info().unwrap();
    let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
    let width = reader.next_frame(&mut bytes).unwrap().width as usize;
    // Three bytes a pixel; 120 by 120 pixels of the page, so 80 of the PNG for each of the picture, from the margin and the header on.
    for (index, value) in pixels.iter().enumerate() {
        let (left, top) = (48 + index % 3 * 80, 148 + index / 3 * 80);
        let square = (top..top + 80).flat_map(|y| (left..left + 80).map(move |x| y * width + x));
        assert!(square.into_iter().all(|at| bytes[at * 3] == (value * 255.0) as u8), "pixel {index}");
    }
}

#[test]
fn what_is_missing_breaks_the_curve() {
    let lines = |train: &[f64]| {
        let x: Vec<f64> = (1..=train.len()).map(|epoch| epoch as f64).collect();
        let pair = TrainValidation { train, validation: &[] };
        let curves = LearningCurves {
            x: &x,
            x_name: "",
            loss: pair,
            score_name: "",
            score_is_share: false,
            score: pair,
            learning_rate: &[],
            best: None,
        };
        learning_curves("", &curves).svg().matches("<polyline").count()
    };
    let whole = lines(&[1.0, 2.0, 1.0, 2.0, 1.0]);
    let broken = lines(&[1.0, 2.0, f64::NAN, 2.0, 1.0]);
    assert_eq!(broken, whole + 2, "of loss and of score");
}

#[test]
fn both_forms_are_saved() {
    let folder = tempfile::tempdir().unwrap();
    let drawing = histogram("saved", "value", &[1.0, 2.0]);
    let [png, svg] = drawing.save(&folder.path().join("curves.v2")).unwrap();
    assert_eq!(std::fs::read(png).unwrap(), drawing.png());
    assert_eq!(std::fs::read_to_string(svg).unwrap(), drawing.svg());
    let mut names: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["curves.v2.png", "curves.v2.svg"], "no temporary file is left");
    let error = drawing.save(&folder.path().join("missing/curves")).unwrap_err().to_string();
    assert!(error.contains("missing") && error.contains("curves.png"), "{error}");
}

#[test]
#[should_panic(expected = "the counts of 2 classes are 2 rows of 2")]
fn a_matrix_of_the_wrong_size_is_named() {
    confusion_matrix("", &["a", "b"], &[vec![1, 2]]);
}
