//! Gradient descent with momentum and a gain of each coordinate (Jacobs, 1988).

use gradus_core::compute::{parallel, parallel_chunks, vectorize};
use gradus_core::{Error, Real};
use std::sync::Mutex;

use super::affinities::Affinities;
use super::repulsion::Repulsion;
use super::{Flow, Layout, Method, Moment, Place, TsneOptions};

/// Iterations between two computations of the divergence.
const LOOK: usize = 50;
/// Points that are one task.
const ROWS: usize = 256;
const SMALLEST_GAIN: Real = 0.01;

/// The state of a descent.
pub(super) struct Descent<'a> {
    affinities: Affinities,
    method: Method,
    options: &'a TsneOptions,
    repulsion: Repulsion,
    places: Vec<Place>,
    forces: Vec<Place>,
    gradient: Vec<Place>,
    /// The last step of each point, and the gain of each coordinate.
    steps: Vec<(Place, Place)>,
}

impl<'a> Descent<'a> {
    pub fn new(affinities: Affinities, places: Vec<Place>, method: Method, options: &'a TsneOptions) -> Self {
        let rows = places.len();
        let zeros = vec![[0.0; 2]; rows];
        let steps = vec![([0.0; 2], [1.0; 2]); rows];
        let repulsion = Repulsion::new(method);
        Descent { affinities, method, options, repulsion, places, forces: zeros.clone(), gradient: zeros, steps }
    }

    pub fn run(mut self, watch: &mut dyn FnMut(Moment<'_>) -> Flow) -> Result<Layout, Error> {
        let options = self.options;
        let (mut done, mut divergence) = (0, None);
        while done < options.iterations {
            let early = done < options.exaggerated;
            let exaggeration = if early { options.exaggeration } else { 1.0 };
            if done == options.exaggerated {
                // Another function is lowered from here on.
                self.steps.fill(([0.0; 2], [1.0; 2]));
            }
            let z = self.repulsion.forces(&self.places, &mut self.forces);
            if done % LOOK == 0 && done > 0 {
                divergence = Some(self.divergence(z));
            }
            self.find_gradient(z, exaggeration);
            let rate = options.rate(self.places.len(), exaggeration);
            self.step(rate as Real, options.momentum[usize::from(!early)] as Real);
            done += 1;
            if self.places[0].iter().any(|x| !x.is_finite()) {
                return Err(Error::setting(
                    "learning rate",
                    format!("{rate} is too large: the layout left the numbers"),
                ));
            }
            let moment = Moment { iteration: done, iterations: options.iterations, divergence, places: &self.places };
            if watch(moment) == Flow::Stop {
                break;
            }
        }
        let z = self.repulsion.forces(&self.places, &mut self.forces);
        let divergence = self.divergence(z);
        Ok(Layout { places: self.places, divergence, iterations: done, method: self.method })
    }

    /// 4 (sum_j e p_ij (y_i - y_j) / (1 + d^2) - F_i / Z).
    fn find_gradient(&mut self, z: f64, exaggeration: f64) {
        let (affinities, places, forces) = (&self.affinities, &self.places, &self.forces);
        let (pull, push) = (4.0 * exaggeration as Real, (4.0 / z) as Real);
        parallel_chunks(&mut self.gradient, ROWS, &|task, gradient| {
            vectorize(
                #[inline(always)]
                move || {
                    for (row, gradient) in (task * ROWS..).zip(gradient) {
                        let own = places[row];
                        let (others, values) = affinities.row(row);
                        let mut sums: Place = [0.0; 2];
                        for (other, p) in others.iter().zip(values) {
                            let other = places[*other as usize];
                            let (x, y) = (own[0] - other[0], own[1] - other[1]);
                            let weight = p / (1.0 + x * x + y * y);
                            sums[0] += weight * x;
                            sums[1] += weight * y;
                        }
                        *gradient = [0, 1].map(|axis| pull * sums[axis] - push * forces[row][axis]);
                    }
                },
            );
        });
    }

    fn step(&mut self, rate: Real, momentum: Real) {
        let longest = self.options.longest_step.map(|longest| longest as Real);
        for ((place, gradient), (step, gain)) in self.places.iter_mut().zip(&self.gradient).zip(&mut self.steps) {
            for axis in 0..2 {
                // The gain grows while a coordinate keeps its way, and shrinks when it turns.
                let keeps = step[axis] * gradient[axis] < 0.0;
                gain[axis] = if keeps { gain[axis] + 0.2 } else { (gain[axis] * 0.8).max(SMALLEST_GAIN) };
                step[axis] = momentum * step[axis] - rate * gain[axis] * gradient[axis];
            }
            if let Some(longest) = longest {
                let length = step[0].hypot(step[1]);
                if length > longest {
                    *step = step.map(|x| x * longest / length);
                }
            }
            *place = [0, 1].map(|axis| place[axis] + step[axis]);
        }
    }

    /// KL(P || Q) = sum p ln p + sum p ln(1 + d^2) + ln Z.
    fn divergence(&self, z: f64) -> f64 {
        let rows = self.affinities.rows();
        let sums = Mutex::new(vec![[0.0; 2]; rows.div_ceil(ROWS)]);
        parallel(rows.div_ceil(ROWS), &|task| {
            let mut sum = [0.0f64; 2];
            for row in task * ROWS..((task + 1) * ROWS).min(rows) {
                let own = self.places[row];
                let (others, values) = self.affinities.row(row);
                for (other, p) in others.iter().zip(values) {
                    let [x, y] = [0, 1].map(|axis| own[axis] as f64 - self.places[*other as usize][axis] as f64);
                    sum[0] += *p as f64 * (x * x + y * y).ln_1p();
                    sum[1] += *p as f64;
                }
            }
            sums.lock().expect("no task panics")[task] = sum;
        });
        let sums = sums.into_inner().expect("no task panics");
        let total = |part: usize| sums.iter().map(|sum| sum[part]).sum::<f64>();
        self.affinities.negative_entropy + total(0) + z.ln() * total(1)
    }
}

#[cfg(test)]
mod tests {
    use crate::Cloud;
    use crate::tsne::{Flow, Method, Start, TsneOptions, tsne};
    use gradus_core::Rng;

    fn two_heaps() -> Cloud {
        let mut rng = Rng::new(5);
        let values = (0..120 * 5).map(|place| rng.normal() + if place / 5 % 2 == 0 { 0.0 } else { 12.0 });
        Cloud::new(values.collect(), 5).unwrap()
    }

    #[test]
    fn heaps_stay_apart_by_every_method() {
        let points = two_heaps();
        for method in [Method::Exact, Method::BarnesHut { theta: 0.5 }, Method::Interpolation] {
            let options = TsneOptions { perplexity: 10.0, iterations: 400, method, ..TsneOptions::default() };
            let found = tsne(&points, &options, &mut |_| Flow::Continue).unwrap();
            // The nearest neighbour of every point is of its own heap.
            for (row, own) in found.places.iter().enumerate() {
                let distance = |other: &usize| {
                    let [x, y] = [0, 1].map(|axis| own[axis] - found.places[*other][axis]);
                    x * x + y * y
                };
                let others = (0..120).filter(|other| *other != row);
                let nearest = others.min_by(|a, b| distance(a).total_cmp(&distance(b))).unwrap();
                assert_eq!(nearest % 2, row % 2, "{method:?}");
            }
            assert!(found.divergence > 0.0 && found.divergence < 1.0, "{}", found.divergence);
        }
    }

    #[test]
    fn the_descent_goes_along_the_gradient_of_the_divergence() {
        // One small step from a place: the divergence falls by rate |gradient|^2, and |step|^2 = rate^2 |gradient|^2.
        let points = two_heaps();
        let mut rng = Rng::new(8);
        let start: Vec<_> = (0..120).map(|_| [rng.normal(), rng.normal()]).collect();
        let rate = 0.05;
        let at = |iterations| {
            let options = TsneOptions {
                perplexity: 10.0,
                iterations,
                exaggerated: 0,
                learning_rate: Some(rate),
                start: Start::At(start.clone()),
                method: Method::Exact,
                ..TsneOptions::default()
            };
            tsne(&points, &options, &mut |_| Flow::Continue).unwrap()
        };
        let (before, after) = (at(0), at(1));
        let moved: f64 = before
            .places
            .iter()
            .flatten()
            .zip(after.places.iter().flatten())
            .map(|(a, b)| (*a as f64 - *b as f64).powi(2))
            .sum();
        // The first gain is 0.8, as no coordinate has a way to keep.
        let expected = moved / (0.8 * rate);
        let fallen = before.divergence - after.divergence;
        assert!((fallen / expected - 1.0).abs() < 0.05, "{fallen} is not {expected}");
    }

    #[test]
    fn any_number_of_threads_gives_the_same_bits_and_watching_can_stop() {
        let options =
            TsneOptions { perplexity: 10.0, iterations: 60, method: Method::Interpolation, ..TsneOptions::default() };
        let mut all = Vec::new();
        for threads in [1, 2, 3] {
            gradus_core::compute::set_threads(threads);
            all.push(tsne(&two_heaps(), &options, &mut |_| Flow::Continue).unwrap().places);
        }
        assert!(all.windows(2).all(|pair| pair[0] == pair[1]));
        let stop =
            &mut |moment: crate::tsne::Moment<'_>| if moment.iteration == 7 { Flow::Stop } else { Flow::Continue };
        assert_eq!(tsne(&two_heaps(), &options, stop).unwrap().iterations, 7);
    }
}
