//! The domain cut into boxes, on each of which the function is nearly its mean.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use gradus_core::Error;

use super::quadrature::integrate;
use crate::expression::Expression;

/// A box, the mean of the function over it, and the squared error of that mean.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// From where to where along each axis.
    pub region: Vec<(f64, f64)>,
    /// The mean.
    pub value: f64,
    /// The integral of (f - mean)^2 over the box.
    pub error: f64,
}

/// The largest error first.
impl Ord for Cell {
    fn cmp(&self, other: &Self) -> Ordering {
        self.error.total_cmp(&other.error)
    }
}
impl PartialOrd for Cell {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Eq for Cell {}

/// The boxes, which fill the domain and do not overlap.
#[derive(Clone, Debug)]
pub struct Partition {
    /// The domain.
    pub region: Vec<(f64, f64)>,
    /// The boxes.
    pub cells: Vec<Cell>,
}

/// Points along each axis of a box, by the number of axes.
const POINTS: [usize; 3] = [12, 7, 5];
/// Boxes at most: the second layer has a neuron for each.
const MOST_CELLS: usize = 20_000;
/// Between two checks by a finer quadrature the bound is lowered by this factor.
const TIGHTER: f64 = 0.97;

impl Partition {
    /// Cuts until the L2 error, the root of the integral of (f - g)^2 over the domain, is at most `error`.
    ///
    /// Errors: a domain that is empty or of another dimension than 1 to 3, an error that is not positive, a function that is
    /// not finite somewhere, an error that would take more than 20,000 boxes.
    pub fn adaptive(function: &Expression, region: &[(f64, f64)], error: f64) -> Result<Self, Error> {
        if !(1..=3).contains(&region.len()) || region.len() != function.dimension() {
            let (given, wanted) = (region.len(), function.dimension());
            let problem = format!("has {given} axes for a function of {wanted} variables; give as many, 1 to 3");
            return Err(Error::setting("domain", problem));
        }
        if let Some((low, high)) = region.iter().find(|(low, high)| !(high - low).is_finite() || high <= low) {
            return Err(Error::setting("domain", format!("{low} to {high} is empty; give the lower end first")));
        }
        if !(error > 0.0 && error.is_finite()) {
            return Err(Error::setting("error", format!("is {error}; an L2 error is positive")));
        }
        let mut heap = BinaryHeap::from([cell(function, region.to_vec())?]);
        let mut bound = error * error;
        loop {
            refine(function, &mut heap, bound)?;
            let partition = Partition { region: region.to_vec(), cells: heap.iter().cloned().collect() };
            if partition.measured(function) <= error {
                return Ok(partition.sorted());
            }
            bound *= TIGHTER * TIGHTER;
        }
    }

    /// `count` boxes of one width along each axis.
    ///
    /// Errors: as [`adaptive`](Self::adaptive).
    pub fn even(function: &Expression, region: &[(f64, f64)], count: usize) -> Result<Self, Error> {
        let axes = region.len() as u32;
        if count == 0 || count.checked_pow(axes).is_none_or(|cells| cells > MOST_CELLS) {
            return Err(Error::setting(
                "boxes",
                format!("are {count} along an axis; give at least 1, {MOST_CELLS} in all at most"),
            ));
        }
        let part = |place: usize, (low, high): (f64, f64)| {
            let at = |place: usize| low + (high - low) * place as f64 / count as f64;
            (at(place), at(place + 1))
        };
        let region_of = |place: usize| {
            region.iter().enumerate().map(|(axis, ends)| part(place / count.pow(axis as u32) % count, *ends)).collect()
        };
        let cells = (0..count.pow(axes)).map(|place| cell(function, region_of(place))).collect::<Result<_, _>>()?;
        Ok(Partition { region: region.to_vec(), cells })
    }

    /// The L2 error by a quadrature with twice the points along each axis of each box.
    pub fn measured(&self, function: &Expression) -> f64 {
        let points = 2 * POINTS[self.region.len() - 1];
        let of = |cell: &Cell| integrate(&mut |x| (function.value(x) - cell.value).powi(2), &cell.region, points);
        self.cells.iter().map(of).sum::<f64>().sqrt()
    }

    /// In the order of their lower corners, so that the same function gives the same network.
    fn sorted(mut self) -> Self {
        let corner = |cell: &Cell| cell.region.iter().map(|(low, _)| *low).collect::<Vec<_>>();
        self.cells.sort_by(|a, b| corner(a).partial_cmp(&corner(b)).unwrap_or(Ordering::Equal));
        self
    }
}

fn refine(function: &Expression, heap: &mut BinaryHeap<Cell>, bound: f64) -> Result<(), Error> {
    let mut sum: f64 = heap.iter().map(|cell| cell.error).sum();
    let mut cuts = 0usize;
    while sum > bound {
        if heap.len() >= MOST_CELLS {
            let problem =
                format!("needs more than {MOST_CELLS} boxes, which leave {:.2e}; ask for a larger one", sum.sqrt());
            return Err(Error::setting("error", problem));
        }
        let worst = heap.pop().expect("there is always a box");
        let halves =
            (0..worst.region.len()).map(|axis| halves(function, &worst, axis)).collect::<Result<Vec<_>, _>>()?;
        let best = halves.into_iter().min_by(|a, b| (a[0].error + a[1].error).total_cmp(&(b[0].error + b[1].error)));
        let best = best.expect("there is an axis");
        sum += best[0].error + best[1].error - worst.error;
        heap.extend(best);
        cuts += 1;
        // The running sum loses digits as it falls.
        if cuts.is_multiple_of(256) {
            sum = heap.iter().map(|cell| cell.error).sum();
        }
    }
    Ok(())
}

fn halves(function: &Expression, whole: &Cell, axis: usize) -> Result<[Cell; 2], Error> {
    let (low, high) = whole.region[axis];
    let middle = f64::midpoint(low, high);
    let half = |ends| {
        let mut region = whole.region.clone();
        region[axis] = ends;
        cell(function, region)
    };
    Ok([half((low, middle))?, half((middle, high))?])
}

fn cell(function: &Expression, region: Vec<(f64, f64)>) -> Result<Cell, Error> {
    let points = POINTS[region.len() - 1];
    let volume: f64 = region.iter().map(|(low, high)| high - low).product();
    let value = integrate(&mut |x| function.value(x), &region, points) / volume;
    let error = integrate(&mut |x| (function.value(x) - value).powi(2), &region, points);
    if !error.is_finite() {
        return Err(Error::setting(
            "function",
            format!("is not finite everywhere in {region:?}; choose another domain"),
        ));
    }
    Ok(Cell { region, value, error })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_are_small_where_the_function_bends() {
        let step = Expression::parse("tanh(40*x)", None).unwrap();
        let partition = Partition::adaptive(&step, &[(-1.0, 1.0)], 0.02).unwrap();
        let widths: Vec<f64> = partition.cells.iter().map(|cell| cell.region[0].1 - cell.region[0].0).collect();
        let (least, most) = widths.iter().fold((f64::MAX, 0.0f64), |(a, b), width| (a.min(*width), b.max(*width)));
        assert!(most / least >= 8.0, "{widths:?}");
        let even = Partition::even(&step, &[(-1.0, 1.0)], partition.cells.len()).unwrap();
        assert!(even.measured(&step) > 2.0 * partition.measured(&step));
    }

    #[test]
    fn what_cannot_be_is_named() {
        let f = Expression::parse("x*y", None).unwrap();
        let said = |region: &[(f64, f64)], error| Partition::adaptive(&f, region, error).unwrap_err().to_string();
        assert!(said(&[(0.0, 1.0)], 0.1).starts_with("domain: has 1 axes for a function of 2 variables"));
        assert!(said(&[(0.0, 1.0), (1.0, 1.0)], 0.1).contains("is empty"));
        assert!(said(&[(0.0, 1.0); 2], 0.0).starts_with("error: is 0"));
        assert!(said(&[(0.0, 1.0); 2], 1e-6).contains("needs more than 20000 boxes"));
        let pole = Expression::parse("ln(x - 0.5)", None).unwrap();
        assert!(Partition::adaptive(&pole, &[(0.0, 1.0)], 0.1).unwrap_err().to_string().contains("not finite"));
    }
}
