//! The forces of far points together, by a tree of squares (Barnes, Hut, 1986; van der Maaten: Accelerating t-SNE using
//! tree-based algorithms, 2014).

use gradus_core::Real;
use gradus_core::compute::parallel;
use std::sync::Mutex;

use super::Place;

/// A square and the points in it. Nodes lie in the order of a walk down and to the right.
#[derive(Clone, Copy)]
struct Node {
    /// The mean of its points.
    centre: [f64; 2],
    count: f64,
    /// The square of its side over theta^2: it counts as one point from further away than the root of this. 0 for a leaf, that
    /// is, for a single point or several in one place.
    reach: f64,
    /// The node that comes next when what is below this one is left out.
    next: usize,
}

/// The tree, rebuilt for each iteration in the same memory.
pub(super) struct BarnesHut {
    theta: f64,
    nodes: Vec<Node>,
}

/// Points closer than 2^-DEPTH of the whole side lie in one leaf.
const DEPTH: usize = 40;
/// Points that are one task.
const ROWS: usize = 128;

impl BarnesHut {
    pub fn new(theta: f64) -> Self {
        BarnesHut { theta, nodes: Vec::new() }
    }

    pub fn forces(&mut self, places: &[Place], forces: &mut [Place]) -> f64 {
        let mut points: Vec<[f64; 2]> = places.iter().map(|place| place.map(|x| x as f64)).collect();
        let [low, high] = points.iter().fold([[f64::INFINITY; 2], [f64::NEG_INFINITY; 2]], |[low, high], point| {
            [[0, 1].map(|axis| low[axis].min(point[axis])), [0, 1].map(|axis| high[axis].max(point[axis]))]
        });
        let side = (high[0] - low[0]).max(high[1] - low[1]);
        let middle = [0, 1].map(|axis| f64::midpoint(low[axis], high[axis]));
        self.nodes.clear();
        self.grow(&mut points, middle, side, 0);
        let rows: Vec<Mutex<(&mut [Place], f64)>> =
            forces.chunks_mut(ROWS).map(|rows| Mutex::new((rows, 0.0))).collect();
        parallel(rows.len(), &|task| {
            let mut rows = rows[task].lock().expect("each task has rows of its own");
            let (forces, z) = &mut *rows;
            for (place, force) in places[task * ROWS..].iter().zip(forces.iter_mut()) {
                let found = self.of_one(place.map(|x| x as f64));
                *force = [found[0] as Real, found[1] as Real];
                *z += found[2] - 1.0; // its own leaf holds itself
            }
        });
        rows.into_iter().map(|rows| rows.into_inner().expect("no task panics").1).sum()
    }

    fn grow(&mut self, points: &mut [[f64; 2]], middle: [f64; 2], side: f64, depth: usize) {
        let count = points.len() as f64;
        let centre = [0, 1].map(|axis| points.iter().map(|point| point[axis]).sum::<f64>() / count);
        let own = self.nodes.len();
        let leaf = depth == DEPTH || points.iter().all(|point| *point == points[0]);
        let centre = if leaf { points[0] } else { centre };
        let reach = if leaf { 0.0 } else { (side / self.theta).powi(2) };
        self.nodes.push(Node { centre, count, reach, next: 0 });
        if !leaf {
            let split = partition(points, |point| point[1] < middle[1]);
            let (low, high) = points.split_at_mut(split);
            for (half, up) in [(low, -0.25), (high, 0.25)] {
                let split = partition(half, |point| point[0] < middle[0]);
                let (left, right) = half.split_at_mut(split);
                for (quarter, across) in [(left, -0.25), (right, 0.25)] {
                    if !quarter.is_empty() {
                        let middle = [middle[0] + across * side, middle[1] + up * side];
                        self.grow(quarter, middle, side / 2.0, depth + 1);
                    }
                }
            }
        }
        self.nodes[own].next = self.nodes.len();
    }

    fn of_one(&self, place: [f64; 2]) -> [f64; 3] {
        let mut sums = [0.0; 3];
        let mut at = 0;
        while let Some(node) = self.nodes.get(at) {
            let [x, y] = [0, 1].map(|axis| place[axis] - node.centre[axis]);
            let square = x * x + y * y;
            if node.reach > square || (node.reach > 0.0 && square == 0.0) {
                at += 1;
                continue;
            }
            let q = 1.0 / (1.0 + square);
            let weight = node.count * q;
            sums[0] += weight * q * x;
            sums[1] += weight * q * y;
            sums[2] += weight;
            at = node.next;
        }
        sums
    }
}

/// Brings the points for which `first` holds to the front and tells how many they are.
fn partition(points: &mut [[f64; 2]], first: impl Fn(&[f64; 2]) -> bool) -> usize {
    let mut split = 0;
    for place in 0..points.len() {
        if first(&points[place]) {
            points.swap(place, split);
            split += 1;
        }
    }
    split
}
