//! Any number of classes: a machine for each against the rest, the largest decision answers. Two classes take one machine.

use gradus_core::{Error, Rng};
use serde::{Deserialize, Serialize};

use super::machine::{Machine, SvmOptions};
use super::platt::Platt;
use crate::points::Points;

/// Trained machines and the names of what they tell apart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Classifier {
    classes: Vec<String>,
    dimension: usize,
    /// One for two classes (positive: the second), else one for each.
    machines: Vec<Machine>,
    /// As many as machines, or none.
    probabilities: Vec<Platt>,
}

/// Folds on which probabilities are learned.
const FOLDS: usize = 5;

impl Classifier {
    /// Trains; classes without points get no machine and are never answered.
    ///
    /// Errors: one class alone, points that are all the same, settings that cannot be used, fewer points than folds where
    /// probabilities are asked for.
    pub fn train(points: &Points, options: &SvmOptions) -> Result<Self, Error> {
        let present = (0..points.classes().len() as u32).filter(|class| points.labels().contains(class)).count();
        if present < 2 {
            return Err(Error::Data("all points are of one class; give points of two".into()));
        }
        let two = points.classes().len() == 2;
        let positives: Vec<u32> = if two { vec![1] } else { (0..points.classes().len() as u32).collect() };
        let (mut machines, mut probabilities) = (Vec::new(), Vec::new());
        for class in positives {
            let signs = points.signs(class).map_err(|_| {
                let name = &points.classes()[class as usize];
                Error::Data(format!("no point is of class {name}; leave the class out, or give points of it"))
            })?;
            machines.push(Machine::train(points.values(), points.dimension(), &signs, options)?);
            if options.probability {
                probabilities.push(fold_by_fold(points, &signs, options)?);
            }
        }
        let classes = points.classes().to_vec();
        Ok(Classifier { classes, dimension: points.dimension(), machines, probabilities })
    }

    /// The names of the classes.
    pub fn classes(&self) -> &[String] {
        &self.classes
    }

    /// Numbers of a point.
    pub fn dimension(&self) -> usize {
        self.dimension
    }

    /// The machines: one for two classes, else one for each.
    pub fn machines(&self) -> &[Machine] {
        &self.machines
    }

    /// Whether probabilities were learned.
    pub fn has_probabilities(&self) -> bool {
        !self.probabilities.is_empty()
    }

    /// The decisions of every machine on rows of numbers, machine by machine.
    pub fn decide(&self, values: &[f64]) -> Vec<Vec<f64>> {
        self.machines.iter().map(|machine| machine.decide(values)).collect()
    }

    /// The class of each of rows of numbers.
    pub fn predict(&self, values: &[f64]) -> Vec<u32> {
        let decisions = self.decide(values);
        let count = decisions[0].len();
        let class = |row: usize| {
            if let [only] = decisions.as_slice() {
                return u32::from(only[row] > 0.0);
            }
            let best =
                (0..decisions.len()).max_by(|a, b| decisions[*a][row].total_cmp(&decisions[*b][row]).then(b.cmp(a)));
            best.expect("there are classes") as u32
        };
        (0..count).map(class).collect()
    }

    /// The probability of every class for each of rows of numbers, scaled to sum 1; none where they were not learned.
    pub fn probabilities(&self, values: &[f64]) -> Option<Vec<Vec<f64>>> {
        if self.probabilities.is_empty() {
            return None;
        }
        let decisions = self.decide(values);
        let of_row = |row: usize| -> Vec<f64> {
            let each = decisions.iter().zip(&self.probabilities).map(|(f, platt)| platt.probability(f[row]));
            let each: Vec<f64> = each.collect();
            if let [plus] = each.as_slice() {
                return vec![1.0 - plus, *plus];
            }
            let sum: f64 = each.iter().sum();
            each.iter().map(|p| p / sum.max(f64::MIN_POSITIVE)).collect()
        };
        Some((0..decisions[0].len()).map(of_row).collect())
    }

    /// The share of points whose class is answered.
    pub fn accuracy(&self, points: &Points) -> f64 {
        let answers = self.predict(points.values());
        let right = answers.iter().zip(points.labels()).filter(|(answer, label)| answer == label).count();
        right as f64 / points.len() as f64
    }
}

/// The sigmoid of decisions on points that the deciding machine has not seen.
fn fold_by_fold(points: &Points, signs: &[f64], options: &SvmOptions) -> Result<Platt, Error> {
    let mut order: Vec<usize> = (0..signs.len()).collect();
    Rng::new(options.seed).shuffle(&mut order);
    // Each fold has its share of both signs.
    order.sort_by(|a, b| signs[*a].total_cmp(&signs[*b]));
    let few = signs.iter().filter(|sign| **sign > 0.0).count();
    if few.min(signs.len() - few) < FOLDS {
        return Err(Error::Data(format!(
            "probabilities are learned on {FOLDS} folds; give {FOLDS} points of each class"
        )));
    }
    let mut decisions = vec![0.0; signs.len()];
    for fold in 0..FOLDS {
        let of = |held: bool| -> Vec<usize> {
            (0..order.len()).filter(|place| (place % FOLDS == fold) == held).map(|place| order[place]).collect()
        };
        let (seen, held) = (of(false), of(true));
        let some: Vec<f64> = seen.iter().map(|place| signs[*place]).collect();
        let machine = Machine::train(points.subset(&seen).values(), points.dimension(), &some, options)?;
        for (place, decision) in held.iter().zip(machine.decide(points.subset(&held).values())) {
            decisions[*place] = decision;
        }
    }
    Platt::fit(&decisions, signs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::points::Toy;
    use crate::svm::Kernel;

    #[test]
    fn probabilities_are_calibrated_and_sum_to_one() {
        let points = Toy::Overlap.points(600, &mut Rng::new(5));
        let options = SvmOptions { probability: true, ..Default::default() };
        let classifier = Classifier::train(&points, &options).unwrap();
        let fresh = Toy::Overlap.points(4000, &mut Rng::new(6));
        let found = classifier.probabilities(fresh.values()).unwrap();
        assert!(found.iter().all(|p| (p.iter().sum::<f64>() - 1.0).abs() < 1e-12));
        // Where about 70 % is said, about 70 % are of the class.
        let near = |low: f64, high: f64| {
            let of: Vec<u32> = found
                .iter()
                .zip(fresh.labels())
                .filter(|(p, _)| (low..high).contains(&p[1]))
                .map(|(_, l)| *l)
                .collect();
            of.iter().sum::<u32>() as f64 / of.len() as f64
        };
        assert!((near(0.6, 0.8) - 0.7).abs() < 0.08, "{}", near(0.6, 0.8));
        assert!((near(0.1, 0.3) - 0.2).abs() < 0.08, "{}", near(0.1, 0.3));
    }

    #[test]
    fn three_classes_are_told_apart_and_saved() {
        let mut rng = Rng::new(7);
        let labels: Vec<u32> = (0..150).map(|index| index % 3).collect();
        let place = |label: u32, rng: &mut Rng| {
            let angle = f64::from(label) * std::f64::consts::TAU / 3.0;
            [2.0 * angle.cos() + 0.5 * f64::from(rng.normal()), 2.0 * angle.sin() + 0.5 * f64::from(rng.normal())]
        };
        let values = labels.iter().flat_map(|label| place(*label, &mut rng)).collect();
        let points = Points::new(values, 2, labels, ["a", "b", "c"].map(str::to_owned).to_vec()).unwrap();
        let options = SvmOptions { kernel: Kernel::Rbf { gamma: 0.5 }, probability: true, ..Default::default() };
        let classifier = Classifier::train(&points, &options).unwrap();
        assert!(classifier.machines().len() == 3 && classifier.accuracy(&points) > 0.97);
        let saved: Classifier = serde_json::from_str(&serde_json::to_string(&classifier).unwrap()).unwrap();
        assert_eq!(saved, classifier);
        assert_eq!(saved.predict(points.values()), classifier.predict(points.values()));
    }
}
