//! Many local searches for one global minimum.

use std::io::Write;

use clap::Args;
use gradus::learn::optimize::multi_start;

use super::plane_function::FunctionArgs;
use super::{Chapter, Desk, Subject};
use crate::draw::{Color, Mark, plots};
use crate::failure::Failure;

/// The function, and how many searches there are.
#[derive(Args)]
pub struct MultiStart {
    #[command(flatten)]
    function: FunctionArgs,
    /// Searches, each from a random point of the frame.
    #[arg(long, value_name = "N", default_value_t = 300)]
    starts: usize,
}

/// Minima that have a colour of their own.
const COLORED: usize = 6;

impl Subject for MultiStart {
    const NAME: &'static str = "multi-start";
    const CHAPTER: Chapter = Chapter::Optimization;
    const SUMMARY: &'static str =
        "many local searches for a global minimum, and which start leads where; takes your own function";

    fn run(&self, desk: &Desk) -> Result<(), Failure> {
        let scene = self.function.choose("himmelblau")?;
        let found = multi_start(&scene.expression, &scene.frame, self.starts, desk.seed)?;
        let mut out = crate::output::output();
        let minima = if found.len() == 1 { "1 minimum".into() } else { format!("{} minima", found.len()) };
        writeln!(out, "f(x, y) = {}: {minima} from {} starts\n", scene.expression.text(), self.starts)?;
        writeln!(out, "  {:>14} {:>12} {:>12} {:>16}", "f", "x", "y", "starts led here")?;
        for minimum in found.iter().take(15) {
            let (x, y) = (minimum.point[0], minimum.point[1]);
            writeln!(out, "  {:>14.8} {x:>12.6} {y:>12.6} {:>16}", minimum.value, minimum.starts.len())?;
        }
        if found.len() > 15 {
            writeln!(out, "  and {} higher ones", found.len() - 15)?;
        }
        let nowhere = self.starts - found.iter().map(|minimum| minimum.starts.len()).sum::<usize>();
        if nowhere > 0 {
            writeln!(out, "  {nowhere} starts led to none: down without end, or out into a plain")?;
        }
        writeln!(out)?;
        drop(out);
        let mut marks = Vec::new();
        for (place, minimum) in found.iter().enumerate() {
            let color = if place < COLORED { Color::series(place) } else { Color::hex(0x9a_a1_a8) };
            let points = minimum.starts.iter().map(|x| (x[0], x[1])).collect();
            marks.push(Mark::Dots { name: String::new(), points, color, radius: 2.2 });
        }
        for (place, minimum) in found.iter().enumerate().take(COLORED).rev() {
            let points = vec![(minimum.point[0], minimum.point[1])];
            let name = format!("f({:.2}, {:.2}) = {:.3}", minimum.point[0], minimum.point[1], minimum.value + 0.0);
            marks.push(Mark::Dots { name, points: points.clone(), color: Color::series(place), radius: 6.0 });
            marks.push(Mark::Rings { name: String::new(), points, color: Color::hex(0x1f_24_29), radius: 7.0 });
        }
        let title = format!("{}: {} starts led to {minima}", scene.title, self.starts);
        let subtitle =
            "small dots: starts, in the colour of the minimum that they lead to (ringed); grey: one of the higher ones";
        desk.draw(Self::NAME, &plots(&title, subtitle, 1, (560.0, 480.0), &[scene.plot("", marks)]))
    }
}
