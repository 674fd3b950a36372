//! Contour lines of a field by marching squares (Lorensen and Cline's cubes, 1987, in the plane), joined to long lines.

use std::collections::HashMap;

/// A point of a contour in grid coordinates: column and row, not whole.
type Point = (f64, f64);
/// An edge of the grid: the column and row where it starts, and whether it goes along the row.
type Edge = (usize, usize, bool);

/// The lines on which a field of `columns` by `values.len() / columns` numbers has the value `level`, in grid coordinates.
/// A cell with a corner that is not finite has none.
pub fn contour(values: &[f64], columns: usize, level: f64) -> Vec<Vec<Point>> {
    let rows = values.len() / columns;
    let mut places: HashMap<Edge, Point> = HashMap::new();
    let mut neighbours: HashMap<Edge, Vec<Edge>> = HashMap::new();
    let mut order: Vec<Edge> = Vec::new();
    for row in 0..rows.saturating_sub(1) {
        for column in 0..columns.saturating_sub(1) {
            for [from, to] in cell(values, columns, row, column, level, &mut places) {
                for (edge, other) in [(from, to), (to, from)] {
                    neighbours.entry(edge).or_insert_with(|| {
                        order.push(edge);
                        Vec::new()
                    });
                    neighbours.get_mut(&edge).expect("it was just put in").push(other);
                }
            }
        }
    }
    // Open lines first, from their ends; what is left are rings.
    let ends: Vec<Edge> = order.iter().copied().filter(|edge| neighbours[edge].len() == 1).collect();
    let mut lines = Vec::new();
    for start in ends.into_iter().chain(order) {
        let mut line = vec![places[&start]];
        let mut here = start;
        while let Some(next) = neighbours.get_mut(&here).and_then(Vec::pop) {
            let back = neighbours.get_mut(&next).expect("who is a neighbour has neighbours");
            back.retain(|edge| *edge != here);
            line.push(places[&next]);
            here = next;
        }
        if line.len() > 1 {
            lines.push(line);
        }
    }
    lines
}

/// The pieces of the contour inside one cell, each from edge to edge.
fn cell(
    values: &[f64],
    columns: usize,
    row: usize,
    column: usize,
    level: f64,
    places: &mut HashMap<Edge, Point>,
) -> Vec<[Edge; 2]> {
    let at = |row: usize, column: usize| values[row * columns + column];
    // Around the cell: south-west, south-east, north-east, north-west.
    let corners = [(row, column), (row, column + 1), (row + 1, column + 1), (row + 1, column)];
    let values = corners.map(|(row, column)| at(row, column));
    if values.iter().any(|value| !value.is_finite()) {
        return Vec::new();
    }
    let edges: [Edge; 4] =
        [(column, row, true), (column + 1, row, false), (column, row + 1, true), (column, row, false)];
    let mut crossed = Vec::new();
    for side in 0..4 {
        let (a, b) = (values[side], values[(side + 1) % 4]);
        if (a >= level) != (b >= level) {
            let share = (level - a) / (b - a);
            let (from, to) = (corners[side], corners[(side + 1) % 4]);
            let between = |from: usize, to: usize| from as f64 + (to as f64 - from as f64) * share;
            places.entry(edges[side]).or_insert((between(from.1, to.1), between(from.0, to.0)));
            crossed.push(side);
        }
    }
    match *crossed.as_slice() {
        [a, b] => vec![[edges[a], edges[b]]],
        // A saddle: the mean of the corners tells which of the two are joined through the middle.
        [a, b, c, d] => {
            let joined = (values.iter().sum::<f64>() / 4.0 >= level) == (values[0] >= level);
            let pairs = if joined { [[a, b], [c, d]] } else { [[d, a], [b, c]] };
            pairs.map(|pair| pair.map(|side| edges[side])).to_vec()
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cone_has_one_ring_of_its_radius() {
        let values: Vec<f64> =
            (0..41 * 41).map(|at| ((at % 41) as f64 - 20.0).hypot((at / 41) as f64 - 20.0)).collect();
        let lines = contour(&values, 41, 10.5);
        assert_eq!(lines.len(), 1);
        assert_eq!(lines[0].first(), lines[0].last());
        assert!(lines[0].iter().all(|(x, y)| ((x - 20.0).hypot(y - 20.0) - 10.5).abs() < 0.05));
    }

    #[test]
    fn a_slope_has_one_open_line_and_a_flat_none() {
        let values: Vec<f64> = (0..12).map(|at| f64::from(at % 4)).collect();
        assert_eq!(contour(&values, 4, 1.5), [[(1.5, 0.0), (1.5, 1.0), (1.5, 2.0)]]);
        assert!(contour(&[1.0; 9], 3, 2.0).is_empty());
        assert!(contour(&[f64::NAN, 0.0, 0.0, 1.0], 2, 0.5).is_empty());
    }
}
