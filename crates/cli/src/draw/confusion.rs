//! Which class is taken for which.

use super::bitmap::Bitmap;
use super::color::{BLUES, Color, GRID, INK, MUTED, ORANGES, WHITE};
use super::drawing::{Drawing, HEADER, LABEL, MARGIN, SMALL};
use super::number;

/// Up to so many classes have numbers in their cells and the precision under their columns.
const NUMBERED: usize = 25;
/// Up to so many have their recall beside their rows.
const WITH_RECALL: usize = 60;
/// From one name of a class to the next, at least.
const NAME_PITCH: f32 = 13.0;
const LONGEST_ROW_NAME: f32 = 190.0;
const LONGEST_COLUMN_NAME: f32 = 130.0;
const LEAST_WIDTH: f32 = 600.0;
const RECALL: f32 = 56.0;
const PRECISION: &str = "precision %";
const KEY: f32 = 110.0;

/// Draws `counts[true class][predicted class]` as a heat map with the accuracy in its title. A cell's shade is its share of
/// its row, on a scale of square roots, so that rare mistakes still show; the diagonal, which is right, is blue and the
/// rest, which is wrong, is orange. Names that are too long are shortened; numbers, and from 120 classes on some of the
/// names, are left out where they do not fit.
///
/// # Panics
/// If `counts` is not a square with as many rows as there are names.
pub fn confusion_matrix(title: &str, class_names: &[&str], counts: &[Vec<u64>]) -> Drawing {
    let classes = class_names.len();
    assert!(
        counts.len() == classes && counts.iter().all(|row| row.len() == classes),
        "confusion_matrix: the counts of {classes} classes are {classes} rows of {classes}"
    );
    let matrix = Matrix { names: class_names, counts };
    let layout = Layout::of(&matrix);
    let side = layout.cell * classes as f32;
    let foot = layout.precision + layout.column_names + 34.0;
    let recall = if classes <= WITH_RECALL { RECALL } else { 0.0 };
    let width = (layout.left + side + recall + KEY).max(LEAST_WIDTH);
    let (title, subtitle) = matrix.in_words(title);
    let mut drawing = Drawing::new(width, layout.top + side.max(120.0) + foot, &title, &subtitle);
    if classes == 0 {
        return drawing;
    }
    matrix.cells(&mut drawing, &layout);
    matrix.names(&mut drawing, &layout, side);
    if classes <= WITH_RECALL {
        matrix.recall(&mut drawing, &layout, side);
    }
    if classes <= NUMBERED {
        matrix.precision(&mut drawing, &layout, side);
    }
    key(&mut drawing, layout.left + side + recall + 26.0, layout.top, side.clamp(120.0, 220.0));
    drawing
}

struct Matrix<'a> {
    names: &'a [&'a str],
    counts: &'a [Vec<u64>],
}

/// Where things are.
struct Layout {
    left: f32,
    top: f32,
    cell: f32,
    /// Heights of what is under the cells.
    precision: f32,
    column_names: f32,
    /// Degrees by which the names of columns are turned.
    turn: f32,
}

impl Layout {
    fn of(matrix: &Matrix) -> Self {
        let classes = matrix.names.len();
        let longest = matrix.names.iter().map(|name| SMALL.width(name)).fold(0.0, f32::max);
        let widest =
            matrix.counts.iter().flatten().map(|count| SMALL.width(&number::count(*count))).fold(0.0, f32::max);
        let cell = match classes {
            0..=NUMBERED => (400.0 / classes.max(1) as f32).clamp(38.0, 80.0).max(widest + 10.0),
            26..=WITH_RECALL => 20.0,
            61..=120 => NAME_PITCH,
            _ => (1440.0 / classes as f32).max(2.0),
        };
        let column = longest.min(LONGEST_COLUMN_NAME);
        let (turn, column_names) = match classes {
            _ if longest + 6.0 <= cell => (0.0, 24.0),
            0..=NUMBERED => (-45.0, column * 0.72 + 14.0),
            _ => (-90.0, column + 8.0),
        };
        Self {
            left: (MARGIN + 22.0 + longest.min(LONGEST_ROW_NAME).max(SMALL.width(PRECISION)) + 10.0).ceil(),
            top: HEADER + if classes <= WITH_RECALL { 16.0 } else { 0.0 },
            cell: cell.floor(),
            precision: if classes <= NUMBERED { 28.0 } else { 0.0 },
            column_names,
            turn,
        }
    }

    /// The left and top end of the cell at `index`.
    fn at(&self, index: usize) -> (f32, f32) {
        (self.left + self.cell * index as f32, self.top + self.cell * index as f32)
    }
}

impl Matrix<'_> {
    fn row_sum(&self, class: usize) -> u64 {
        self.counts[class].iter().sum()
    }

    fn column_sum(&self, class: usize) -> u64 {
        self.counts.iter().map(|row| row[class]).sum()
    }

    fn color(&self, truth: usize, predicted: usize) -> Color {
        let all = self.row_sum(truth);
        if all == 0 {
            return WHITE;
        }
        shade(self.counts[truth][predicted] as f32 / all as f32, truth == predicted)
    }

    fn in_words(&self, title: &str) -> (String, String) {
        let all: u64 = (0..self.names.len()).map(|class| self.row_sum(class)).sum();
        let right: u64 = (0..self.names.len()).map(|class| self.counts[class][class]).sum();
        if all == 0 {
            return (title.to_owned(), "no predictions".to_owned());
        }
        let accuracy = number::percent(right as f64 / all as f64);
        let counts = format!("{} of {} right", number::count(right), number::count(all));
        (
            format!("{title}: accuracy {accuracy}"),
            format!("{counts}. Blue is right, orange is wrong; shade: share of the row"),
        )
    }

    /// Cells with their numbers; many cells are one bitmap.
    fn cells(&self, drawing: &mut Drawing, layout: &Layout) {
        let classes = self.names.len();
        let side = layout.cell * classes as f32;
        if classes > NUMBERED {
            let bitmap = Bitmap::from_fn(classes, classes, |x, y| self.color(y, x));
            drawing.bitmap(layout.left, layout.top, side, side, bitmap);
        } else {
            for truth in 0..classes {
                for predicted in 0..classes {
                    self.cell(drawing, layout, truth, predicted);
                }
            }
        }
        drawing.frame(layout.left, layout.top, side, side);
    }

    fn cell(&self, drawing: &mut Drawing, layout: &Layout, truth: usize, predicted: usize) {
        let ((x, _), (_, y)) = (layout.at(predicted), layout.at(truth));
        let color = self.color(truth, predicted);
        let inner = layout.cell - 1.0;
        drawing.rectangle(x, y, inner, inner, color);
        let count = self.counts[truth][predicted];
        // Empty cells stay empty: the eye goes to the others.
        if count > 0 {
            let style = SMALL.middle().colored(if color.is_dark() { WHITE } else { INK });
            drawing.text(x + inner / 2.0, y + inner / 2.0 + SMALL.half(), &number::count(count), style);
        }
    }

    fn names(&self, drawing: &mut Drawing, layout: &Layout, side: f32) {
        let (middle, every) = (layout.cell / 2.0, (NAME_PITCH / layout.cell).ceil().max(1.0) as usize);
        let below = layout.top + side + layout.precision;
        for (class, name) in self.names.iter().enumerate().step_by(every) {
            let (x, y) = layout.at(class);
            let row = SMALL.elide(name, LONGEST_ROW_NAME);
            drawing.text(layout.left - 8.0, y + middle + SMALL.half(), &row, SMALL.end().colored(INK));
            let (column, style) = (SMALL.elide(name, LONGEST_COLUMN_NAME), SMALL.colored(INK));
            match layout.turn {
                0.0 => drawing.text(x + middle, below + 16.0, &column, style.middle()),
                turn => {
                    // A turned text is moved aside by half its height, so that its end points to the middle of the column.
                    let aside = SMALL.half() * (-turn / 90.0);
                    drawing.text(
                        x + middle + aside,
                        below + 8.0 + SMALL.half() * (1.0 + turn / 90.0),
                        &column,
                        style.end().turned(turn),
                    );
                }
            }
        }
        let style = LABEL.middle().colored(MUTED);
        drawing.text(MARGIN + 9.0, layout.top + side / 2.0, "true class", style.turned(-90.0));
        drawing.text(layout.left + side / 2.0, below + layout.column_names + 16.0, "predicted class", style);
    }

    /// The share of each class that was found, beside its row.
    fn recall(&self, drawing: &mut Drawing, layout: &Layout, side: f32) {
        let right = layout.left + side + RECALL - 8.0;
        drawing.text(right, layout.top - 8.0, "recall %", SMALL.end());
        for class in 0..self.names.len() {
            let share = self.counts[class][class] as f64 / self.row_sum(class) as f64;
            let y = layout.at(class).1 + layout.cell / 2.0 + SMALL.half();
            drawing.text(right, y, &hundredths(share), SMALL.end());
        }
    }

    /// The share of what was taken for each class that belongs there, under its column.
    fn precision(&self, drawing: &mut Drawing, layout: &Layout, side: f32) {
        let y = layout.top + side + 18.0;
        drawing.text(layout.left - 8.0, y, PRECISION, SMALL.end());
        for class in 0..self.names.len() {
            let share = self.counts[class][class] as f64 / self.column_sum(class) as f64;
            drawing.text(layout.at(class).0 + layout.cell / 2.0, y, &hundredths(share), SMALL.middle());
        }
    }
}

/// Per cent without the sign; a dash for a class that never occurred.
fn hundredths(share: f64) -> String {
    if share.is_nan() { "–".to_owned() } else { number::fixed(share * 100.0, 1) }
}

fn shade(share: f32, right: bool) -> Color {
    let ramp = if right { BLUES } else { ORANGES };
    ramp.at(share.sqrt())
}

/// The colours and the shares that they stand for.
fn key(drawing: &mut Drawing, left: f32, top: f32, height: f32) {
    const STRIP: f32 = 13.0;
    let rows = 64;
    for (index, right) in [true, false].into_iter().enumerate() {
        let color = |_: usize, y: usize| shade((1.0 - y as f32 / (rows - 1) as f32).powi(2), right);
        let x = left + (STRIP + 2.0) * index as f32;
        drawing.bitmap(x, top, STRIP, height, Bitmap::from_fn(1, rows, color));
        drawing.frame(x, top, STRIP, height);
    }
    for share in [0.0f32, 0.01, 0.1, 0.25, 0.5, 1.0] {
        let (x, y) = (left + 2.0 * STRIP + 2.0, top + height * (1.0 - share.sqrt()));
        drawing.level(x + 1.0, x + 5.0, y, GRID.mix(MUTED, 0.5));
        drawing.text(x + 9.0, y + SMALL.half(), &format!("{} %", (share * 100.0).round()), SMALL);
    }
}
