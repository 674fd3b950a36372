//! Convolution as mathematics: the sum of products step by step, its laws, of functions, and by Fourier's transform.

mod drawings;
mod functions;

use std::io::Write;
use std::str::FromStr;
use std::time::Instant;

use clap::Args;
use gradus::learn::convolution::{Extent, check_laws, choose, convolve, convolve_by_fourier, correlate, steps};
use gradus::{Error, Rng};

use super::{Chapter, Desk, Subject};
use crate::failure::Failure;
use functions::{Function, Shape};

/// Convolution as mathematics.
#[derive(Args)]
pub struct Convolution {
    /// The first sequence, its numbers with commas between.
    #[arg(long, default_value = "0,1,2,3,2,1,0,0,2,2,2,0", allow_hyphen_values = true)]
    first: Numbers,
    /// The second sequence, which is flipped.
    #[arg(long, default_value = "1,0.5,-0.5", allow_hyphen_values = true)]
    second: Numbers,
    /// A third one, for the laws.
    #[arg(long, default_value = "2,-1,1,3", allow_hyphen_values = true)]
    third: Numbers,
    /// Which part is kept: full, same or valid.
    #[arg(long, default_value = "full")]
    extent: Extent,
    /// The first function of the continuous convolution: box, triangle, gaussian, decay or wave.
    #[arg(long, default_value = "box")]
    function: Shape,
    /// The second function.
    #[arg(long, default_value = "decay")]
    with: Shape,
}

/// Numbers with commas between.
#[derive(Clone, Debug)]
struct Numbers(Vec<f64>);

impl FromStr for Numbers {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let number = |(place, word): (usize, &str)| {
            let word = word.trim();
            word.parse::<f64>().ok().filter(|value| value.is_finite()).ok_or_else(|| {
                let problem = format!("item {} is {word:?}, not a finite number; write 1,2.5,-3", place + 1);
                Error::setting("sequence", problem)
            })
        };
        Ok(Numbers(text.split(',').enumerate().map(number).collect::<Result<_, _>>()?))
    }
}

/// The most steps that are drawn.
const FRAMES: usize = 60;
/// Lengths at which the two methods are timed.
const LENGTHS: [usize; 9] = [16, 32, 64, 128, 256, 512, 1024, 2048, 4096];
/// Kernel lengths, for a signal of the longest length.
const KERNELS: [usize; 7] = [3, 9, 17, 33, 65, 129, 257];

/// What both methods took.
struct Timed {
    first: usize,
    second: usize,
    /// Seconds by the definition and by Fourier.
    seconds: [f64; 2],
}

impl Subject for Convolution {
    const NAME: &'static str = "convolution";
    const CHAPTER: Chapter = Chapter::Convolution;
    const SUMMARY: &'static str =
        "convolution as mathematics: flipped step by step, its laws, of functions, by Fourier";

    fn run(&self, desk: &Desk) -> Result<(), Failure> {
        let (a, b, c) = (&self.first.0, &self.second.0, &self.third.0);
        let all = steps(a, b)?;
        self.print_result(a, b)?;
        print_laws(a, b, c)?;
        let (f, g) = (Function::of(self.function), Function::of(self.with));
        let curve = functions::curve(&f, &g)?;
        print_functions(&f, &g, &curve)?;
        let timed = crossover(desk.seed)?;
        print_crossover(&timed)?;
        desk.draw("convolution", &drawings::result(a, b, &all, &timed))?;
        desk.draw("convolution-of-functions", &drawings::functions(&f, &g, &curve))?;
        if all.len() <= FRAMES {
            desk.animate("convolution-steps", &drawings::frames(a, b, &all))?;
        } else {
            eprintln!("no animation: {} steps are more than {FRAMES}", all.len());
        }
        Ok(())
    }
}

impl Convolution {
    fn print_result(&self, a: &[f64], b: &[f64]) -> Result<(), Failure> {
        let mut out = crate::output::output();
        writeln!(out, "(a * b)[i] = sum over j of a[j] b[i - j]\n")?;
        writeln!(out, "  a, {} numbers        {}", a.len(), row(a))?;
        writeln!(out, "  b, {} numbers        {}", b.len(), row(b))?;
        for extent in Extent::ALL {
            let value = convolve(a, b, extent)?;
            let mark = if extent == self.extent { "<" } else { "" };
            writeln!(out, "  {:<6} {:>4} numbers  {} {mark}", extent.name(), value.len(), row(&value))?;
        }
        let value = correlate(a, b, self.extent)?;
        writeln!(out, "\n  without the flip, as layers of networks do it (correlation, {}):", self.extent)?;
        writeln!(out, "  {:>11} numbers  {}\n", value.len(), row(&value))?;
        Ok(())
    }
}

/// At most so many numbers in a row.
const SHOWN: usize = 24;

fn row(values: &[f64]) -> String {
    let shown: Vec<String> = values.iter().take(SHOWN).map(|value| short(*value)).collect();
    let rest = if values.len() > SHOWN { " .." } else { "" };
    format!("{}{rest}", shown.join(" "))
}

/// At most three digits behind the point.
fn short(value: f64) -> String {
    let text = format!("{value:.3}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

fn print_laws(a: &[f64], b: &[f64], c: &[f64]) -> Result<(), Failure> {
    let mut out = crate::output::output();
    writeln!(out, "Laws, tried on a, b and c: how far the two sides are apart\n")?;
    for law in check_laws(a, b, c)? {
        let verdict = if law.holds() { "holds" } else { "BROKEN" };
        writeln!(out, "  {:<14} {:<42} {:>8.1e}  {verdict}", law.name, law.formula, law.difference)?;
    }
    writeln!(out)?;
    Ok(())
}

fn print_functions(f: &Function, g: &Function, curve: &functions::Curve) -> Result<(), Failure> {
    let mut out = crate::output::output();
    writeln!(out, "(f * g)(t) = integral over s of f(s) g(t - s), by quadrature\n")?;
    writeln!(out, "  f = {}", f.formula)?;
    writeln!(out, "  g = {}", g.formula)?;
    writeln!(out, "  largest value {:.6} at t = {:.3}", curve.largest.1, curve.largest.0)?;
    writeln!(
        out,
        "  integral of f * g {:.6} (trapezia over its points), of f times of g {:.6}",
        curve.integral, curve.product
    )?;
    let (points, error) = (curve.points.len(), curve.error);
    writeln!(out, "  estimated error {error:.1e} at most, {} evaluations at {points} places\n", curve.evaluations)?;
    Ok(())
}

/// Times both methods on random sequences, alike in length, and short on long.
fn crossover(seed: u64) -> Result<Vec<Timed>, Failure> {
    let rng = &mut Rng::new(seed);
    let longest = LENGTHS[LENGTHS.len() - 1];
    let random: Vec<f64> = (0..2 * longest).map(|_| f64::from(rng.normal())).collect();
    let pairs = LENGTHS.iter().map(|length| (*length, *length)).chain(KERNELS.iter().map(|kernel| (longest, *kernel)));
    let mut timed = Vec::new();
    for (first, second) in pairs {
        let (a, b) = (&random[..first], &random[longest..longest + second]);
        let seconds = [
            least(&|| convolve(a, b, Extent::Full).map(drop))?,
            least(&|| convolve_by_fourier(a, b, Extent::Full).map(drop))?,
        ];
        timed.push(Timed { first, second, seconds });
    }
    Ok(timed)
}

/// The least seconds of some runs: what else the machine does only adds.
fn least(work: &dyn Fn() -> Result<(), Error>) -> Result<f64, Failure> {
    let (all, mut least) = (Instant::now(), f64::INFINITY);
    while least.is_infinite() || all.elapsed().as_secs_f64() < 0.03 {
        let begin = Instant::now();
        work()?;
        least = least.min(begin.elapsed().as_secs_f64());
    }
    Ok(least)
}

fn print_crossover(timed: &[Timed]) -> Result<(), Failure> {
    let mut out = crate::output::output();
    writeln!(
        out,
        "By the definition n k products, by Fourier some m log m for m = n + k - 1: microseconds, measured\n"
    )?;
    writeln!(out, "  {:>6} {:>6} {:>12} {:>12}  faster      chosen", "n", "k", "definition", "Fourier")?;
    for Timed { first, second, seconds: [definition, fourier] } in timed {
        let faster = if definition <= fourier { "definition" } else { "Fourier" };
        let chosen = choose(*first, *second).name();
        writeln!(
            out,
            "  {first:>6} {second:>6} {:>12.1} {:>12.1}  {faster:<10}  {chosen}",
            1e6 * definition,
            1e6 * fourier
        )?;
    }
    writeln!(out)?;
    Ok(())
}
