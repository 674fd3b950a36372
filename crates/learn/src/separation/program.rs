//! Linear separability by linear programming.
//!
//! Two finite sets are either separated by a hyperplane or their convex hulls have a point in common, never both (a theorem
//! of the alternative; Mangasarian: Linear and nonlinear separation of patterns by linear programming, 1965). Both are linear
//! programs, and whichever is found is checked on the points themselves, so the answer does not rest on the solver.

use gradus_core::Error;
use microlp::{ComparisonOp, OptimizationDirection, Problem};

use crate::points::Points;

/// The answer, with its proof.
#[derive(Clone, Debug, PartialEq)]
pub enum Separation {
    /// All points of the second side are in front, all of the first behind.
    Separable(Hyperplane),
    /// The convex hulls share a point: no hyperplane can separate them.
    Inseparable(CommonPoint),
}

/// w'x + b = 0.
#[derive(Clone, Debug, PartialEq)]
pub struct Hyperplane {
    /// w.
    pub weights: Vec<f64>,
    /// b.
    pub bias: f64,
}

impl Hyperplane {
    /// w'x + b.
    pub fn value(&self, point: &[f64]) -> f64 {
        self.weights.iter().zip(point).map(|(w, x)| w * x).sum::<f64>() + self.bias
    }

    /// The smallest y (w'x + b) / ||w||: how far the nearest point is, negative where one is on the wrong side.
    pub fn margin(&self, points: &Points, signs: &[f64]) -> f64 {
        let length = self.weights.iter().map(|w| w * w).sum::<f64>().sqrt();
        points.rows().zip(signs).map(|(x, y)| y * self.value(x) / length).fold(f64::INFINITY, f64::min)
    }
}

/// A point of both hulls: sum of a_i x_i over one set = sum of b_j x_j over the other, the shares not negative and of sum 1.
#[derive(Clone, Debug, PartialEq)]
pub struct CommonPoint {
    /// The point.
    pub point: Vec<f64>,
    /// The points of each side with a share that is not zero: index and share, for the sides -1 and +1.
    pub shares: [Vec<(usize, f64)>; 2],
    /// The largest difference between the two sums: rounding, as a share of the set's extent along that axis.
    pub gap: f64,
}

/// What two sums may differ by and still be one point, in units of the set's extent: the solver's tolerance.
const ROUNDING: f64 = 1e-6;

/// Separates the points whose sign is +1 from those whose sign is -1, or proves that this cannot be done.
///
/// The hyperplane has the widest gap for weights of at most 1 each on axes scaled to -1..1.
///
/// Errors: only one sign, or sets so near to touching that the solver cannot tell in f64.
pub fn separate(points: &Points, signs: &[f64]) -> Result<Separation, Error> {
    assert_eq!(points.len(), signs.len(), "separate: one sign for each point");
    if [1.0, -1.0].iter().any(|side| !signs.contains(side)) {
        return Err(Error::Data("all points are on one side; give points of two classes".into()));
    }
    let scaled = Scaled::of(points);
    if let Some(plane) = scaled.widest(signs)?
        && plane.margin(points, signs) > 0.0
    {
        return Ok(Separation::Separable(plane));
    }
    let common = scaled.common_point(points, signs)?;
    if common.gap <= ROUNDING {
        return Ok(Separation::Inseparable(common));
    }
    Err(Error::Data(format!(
        "the two sets come within {:.1e} of their extent, too near to tell in this arithmetic; scale the columns alike",
        common.gap
    )))
}

/// The points with each axis brought to -1..1: separability stays, and the solver sees numbers of one size.
struct Scaled {
    rows: Vec<Vec<f64>>,
    middle: Vec<f64>,
    half: Vec<f64>,
}

impl Scaled {
    fn of(points: &Points) -> Self {
        let (mut low, mut high) = (points.point(0).to_vec(), points.point(0).to_vec());
        for row in points.rows() {
            low.iter_mut().zip(row).for_each(|(low, x)| *low = low.min(*x));
            high.iter_mut().zip(row).for_each(|(high, x)| *high = high.max(*x));
        }
        let middle: Vec<f64> = low.iter().zip(&high).map(|(low, high)| low / 2.0 + high / 2.0).collect();
        let half = low.iter().zip(&high).map(|(low, high)| if high > low { high / 2.0 - low / 2.0 } else { 1.0 });
        let half: Vec<f64> = half.collect();
        let scale = |row: &[f64]| -> Vec<f64> {
            row.iter().zip(&middle).zip(&half).map(|((x, middle), half)| (x - middle) / half).collect()
        };
        let rows = points.rows().map(scale).collect();
        Scaled { rows, middle, half }
    }

    /// The hyperplane of largest t with y (w'x + b) >= t for all points and |w_i| <= 1; none where t is 0.
    fn widest(&self, signs: &[f64]) -> Result<Option<Hyperplane>, Error> {
        let dimension = self.middle.len();
        let mut problem = Problem::new(OptimizationDirection::Maximize);
        let weights: Vec<_> = (0..dimension).map(|_| problem.add_var(0.0, (-1.0, 1.0))).collect();
        let bias = problem.add_var(0.0, (-(dimension as f64), dimension as f64));
        let gap = problem.add_var(1.0, (0.0, 2.0 * dimension as f64));
        for (row, sign) in self.rows.iter().zip(signs) {
            let mut terms: Vec<_> = weights.iter().copied().zip(row.iter().map(|x| sign * x)).collect();
            terms.extend([(bias, *sign), (gap, -1.0)]);
            problem.add_constraint(terms, ComparisonOp::Ge, 0.0);
        }
        let solved = solve(&problem)?;
        if solved.var_value(gap) <= ROUNDING {
            return Ok(None);
        }
        let weights: Vec<f64> = weights.iter().zip(&self.half).map(|(w, half)| solved.var_value(*w) / half).collect();
        let shift: f64 = weights.iter().zip(&self.middle).map(|(w, middle)| w * middle).sum();
        Ok(Some(Hyperplane { weights, bias: solved.var_value(bias) - shift }))
    }

    /// The points of the two hulls that are nearest by the sum of absolute differences.
    fn common_point(&self, points: &Points, signs: &[f64]) -> Result<CommonPoint, Error> {
        let mut problem = Problem::new(OptimizationDirection::Minimize);
        let shares: Vec<_> = signs.iter().map(|_| problem.add_var(0.0, (0.0, f64::INFINITY))).collect();
        for side in [-1.0, 1.0] {
            let of_side = shares.iter().zip(signs).filter(|(_, sign)| **sign == side);
            let terms: Vec<_> = of_side.map(|(share, _)| (*share, 1.0)).collect();
            problem.add_constraint(terms, ComparisonOp::Eq, 1.0);
        }
        for axis in 0..self.middle.len() {
            let [over, under] = [0, 1].map(|_| problem.add_var(1.0, (0.0, f64::INFINITY)));
            let mut terms: Vec<_> = shares
                .iter()
                .zip(signs)
                .zip(&self.rows)
                .map(|((share, sign), row)| (*share, sign * row[axis]))
                .collect();
            terms.extend([(over, -1.0), (under, 1.0)]);
            problem.add_constraint(terms, ComparisonOp::Eq, 0.0);
        }
        let solved = solve(&problem)?;
        let found: Vec<f64> = shares.iter().map(|share| solved.var_value(*share).max(0.0)).collect();
        let shares = [-1.0, 1.0].map(|side| {
            let taken = || (0..found.len()).filter(|index| signs[*index] == side && found[*index] > 1e-9);
            let sum: f64 = taken().map(|index| found[index]).sum();
            taken().map(|index| (index, found[index] / sum)).collect::<Vec<_>>()
        });
        let [minus, plus] = [0, 1].map(|side| {
            let mut point = vec![0.0; self.middle.len()];
            for (index, share) in &shares[side] {
                point.iter_mut().zip(points.point(*index)).for_each(|(sum, x): (&mut f64, _)| *sum += share * x);
            }
            point
        });
        let gap =
            minus.iter().zip(&plus).zip(&self.half).map(|((a, b), half)| (a - b).abs() / half).fold(0.0, f64::max);
        Ok(CommonPoint { point: plus, shares, gap })
    }
}

fn solve(problem: &Problem) -> Result<microlp::Solution, Error> {
    let solved = problem.solve().ok().and_then(|outcome| outcome.into_solution().ok());
    solved.ok_or_else(|| Error::Data("the linear program could not be solved; scale the columns alike".into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::neuron::{Boolean, threshold_gates};
    use crate::points::Toy;
    use gradus_core::Rng;

    /// Checks the proof on the points themselves.
    fn holds(points: &Points, signs: &[f64], answer: &Separation) -> bool {
        match answer {
            Separation::Separable(plane) => points.rows().zip(signs).all(|(x, y)| y * plane.value(x) > 0.0),
            Separation::Inseparable(common) => (0..2).all(|side| {
                let shares = &common.shares[side];
                let sum: f64 = shares.iter().map(|(_, share)| share).sum();
                let on_side = shares.iter().all(|(index, share)| *share > 0.0 && signs[*index] == [-1.0, 1.0][side]);
                let mean = |axis: usize| shares.iter().map(|(i, share)| share * points.point(*i)[axis]).sum::<f64>();
                let near = |axis: usize| (mean(axis) - common.point[axis]).abs() < 1e-5;
                on_side && (sum - 1.0).abs() < 1e-9 && (0..points.dimension()).all(near)
            }),
        }
    }

    #[test]
    fn of_16_functions_14_are_separable_of_256_just_104_and_by_hand_the_same() {
        for (inputs, count) in [(2, 14), (3, 104)] {
            let by_hand = threshold_gates(inputs);
            let mut separable = 0;
            for function in Boolean::all(inputs) {
                let points = function.points();
                // The two constant functions have one side alone, and a neuron that always or never fires.
                let Ok(signs) = points.two_classes() else {
                    separable += 1;
                    continue;
                };
                let answer = separate(&points, &signs).unwrap();
                assert!(holds(&points, &signs, &answer), "{function}: {answer:?}");
                let is = matches!(answer, Separation::Separable(_));
                assert_eq!(is, by_hand.contains_key(&function), "{function}");
                separable += usize::from(is);
            }
            assert_eq!(separable, count);
        }
    }

    #[test]
    fn the_hulls_of_xor_meet_in_the_middle() {
        let xor = Boolean::new(2, 0b0110).points();
        let Separation::Inseparable(common) = separate(&xor, &xor.two_classes().unwrap()).unwrap() else {
            panic!("XOR was separated")
        };
        assert!(common.point.iter().all(|x| (x - 0.5).abs() < 1e-9), "{common:?}");
        assert!(common.shares.iter().flatten().all(|(_, share)| (share - 0.5).abs() < 1e-9), "{common:?}");
    }

    #[test]
    fn clouds_of_any_scale_are_told_apart() {
        for seed in 0..20 {
            for (toy, separable) in
                [(Toy::Near, Some(true)), (Toy::Blobs, None), (Toy::Overlap, Some(false)), (Toy::Rings, Some(false))]
            {
                let points = toy.points(200, &mut Rng::new(seed));
                let stretched = points.values().chunks(2).flat_map(|x| [1e6 + 1e4 * x[0], 1e-5 * x[1]]).collect();
                let names = points.classes().to_vec();
                let stretched = Points::new(stretched, 2, points.labels().to_vec(), names).unwrap();
                let signs = points.two_classes().unwrap();
                let answers = [&points, &stretched].map(|points| separate(points, &signs).unwrap());
                assert!(holds(&points, &signs, &answers[0]));
                let [here, there] = answers.map(|answer| matches!(answer, Separation::Separable(_)));
                assert_eq!(here, there, "scaling changed the answer");
                assert!(separable.is_none_or(|separable| separable == here), "{toy:?}, seed {seed}");
            }
        }
    }
}
