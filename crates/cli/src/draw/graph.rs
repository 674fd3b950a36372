//! A graph of operations, top to bottom: boxes in layers, arrows between them.

use super::color::{Color, INK, MUTED, WHITE};
use super::drawing::{Drawing, HEADER, LABEL, MARGIN, SHORT_HEADER, SMALL, Stroke, TextStyle};

/// One box.
#[derive(Clone, Debug)]
pub struct GraphNode {
    /// Its lines; the first is its name.
    pub lines: Vec<String>,
    /// The places of the boxes that arrows come from; all stand before it.
    pub sources: Vec<usize>,
    /// The number of its colour.
    pub kind: usize,
}

const LINE: f32 = 16.0;
const PADDING: f32 = 10.0;
const BETWEEN: f32 = 26.0;
const DOWN: f32 = 38.0;
const NAME: TextStyle = TextStyle { bold: true, ..LABEL };

/// What stands in a layer: a box, or a place where a long arrow passes between boxes.
struct Slot {
    node: Option<usize>,
    sources: Vec<usize>,
    layer: usize,
    width: f32,
    /// The middle.
    x: f32,
}

/// Draws boxes in layers, each below all that it takes; arrows over several layers pass beside the boxes between.
pub fn graph(title: &str, subtitle: &str, nodes: &[GraphNode]) -> Drawing {
    let mut slots = slots(nodes);
    let layers = order(&mut slots);
    place(&mut slots, &layers);
    let header = if subtitle.is_empty() { SHORT_HEADER } else { HEADER };
    let right = slots.iter().map(|slot| slot.x + slot.width / 2.0).fold(0.0, f32::max);
    let title_width = super::drawing::TITLE.width(title).max(super::drawing::SUBTITLE.width(subtitle));
    let width = right.max(title_width) + 2.0 * MARGIN;
    let shift = MARGIN + (width - 2.0 * MARGIN - right) / 2.0;
    let heights: Vec<f32> = layers
        .iter()
        .map(|layer| {
            layer.iter().map(|&slot| slots[slot].node.map_or(0.0, |node| height(&nodes[node]))).fold(0.0, f32::max)
        })
        .collect();
    let tops: Vec<f32> = heights
        .iter()
        .scan(header, |y, height| {
            let top = *y;
            *y += height + DOWN;
            Some(top)
        })
        .collect();
    let bottom = tops.last().zip(heights.last()).map_or(header, |(top, height)| top + height);
    let mut drawing = Drawing::new(width, bottom + MARGIN, title, subtitle);
    let span = |slot: &Slot| {
        let (top, layer) = (tops[slot.layer], heights[slot.layer]);
        // A box stands in the middle of its layer; an arrow passes the whole of it.
        let own = slot.node.map_or(layer, |node| height(&nodes[node]));
        (top + (layer - own) / 2.0, top + f32::midpoint(layer, own))
    };
    for slot in &slots {
        for &source in &slot.sources {
            let (from, to) = ((slots[source].x + shift, span(&slots[source]).1), (slot.x + shift, span(slot).0));
            arrow(&mut drawing, from, to, slot.node.is_some());
        }
        if slot.node.is_none() {
            let (top, bottom) = span(slot);
            drawing.line(vec![(slot.x + shift, top), (slot.x + shift, bottom)], Stroke::new(MUTED, 1.4));
        }
    }
    for slot in &slots {
        let Some(node) = slot.node else { continue };
        boxed(&mut drawing, &nodes[node], slot.x + shift, span(slot).0, slot.width);
    }
    drawing
}

fn height(node: &GraphNode) -> f32 {
    LINE * node.lines.len() as f32 + 2.0 * PADDING - 2.0
}

fn boxed(drawing: &mut Drawing, node: &GraphNode, middle: f32, top: f32, width: f32) {
    let (left, height) = (middle - width / 2.0, height(node));
    drawing.rectangle(left, top, width, height, WHITE);
    drawing.rectangle(left, top, width, height, Color::series(node.kind).with_alpha(28));
    drawing.rectangle(left, top, 4.0, height, Color::series(node.kind));
    for (place, line) in node.lines.iter().enumerate() {
        let style = if place == 0 { NAME } else { SMALL };
        drawing.text(
            middle,
            top + PADDING + LINE * (place as f32 + 0.5) + style.half(),
            line,
            style.middle().colored(INK),
        );
    }
}

/// From the foot of one to the head of the other, with a bend between.
fn arrow(drawing: &mut Drawing, (x0, y0): (f32, f32), (x1, y1): (f32, f32), pointed: bool) {
    let stroke = Stroke::new(MUTED, 1.4);
    drawing.line(vec![(x0, y0), (x0, y0 + 8.0), (x1, y1 - 12.0), (x1, y1)], stroke);
    if pointed {
        drawing.line(vec![(x1 - 4.5, y1 - 7.0), (x1, y1 - 0.5), (x1 + 4.5, y1 - 7.0)], stroke);
    }
}

/// The boxes with their layers, and the places that long arrows pass through.
fn slots(nodes: &[GraphNode]) -> Vec<Slot> {
    let mut slots: Vec<Slot> = Vec::new();
    for (place, node) in nodes.iter().enumerate() {
        let layer = node.sources.iter().map(|&source| slots[source].layer + 1).max().unwrap_or(0);
        let name = node.lines.first().map_or(0.0, |line| NAME.width(line));
        let width = node.lines.iter().skip(1).map(|line| SMALL.width(line)).fold(name, f32::max) + 2.0 * PADDING + 8.0;
        slots.push(Slot { node: Some(place), sources: node.sources.clone(), layer, width, x: 0.0 });
    }
    for place in 0..nodes.len() {
        for source in 0..slots[place].sources.len() {
            let mut from = slots[place].sources[source];
            for layer in slots[from].layer + 1..slots[place].layer {
                slots.push(Slot { node: None, sources: vec![from], layer, width: 14.0, x: 0.0 });
                from = slots.len() - 1;
            }
            slots[place].sources[source] = from;
        }
    }
    slots
}

/// The slots of each layer from left to right: each near the mean place of what it takes and, going back up, of what takes it
/// (the barycenter rule of Sugiyama, Tagawa and Toda, 1981).
fn order(slots: &mut [Slot]) -> Vec<Vec<usize>> {
    let depth = slots.iter().map(|slot| slot.layer + 1).max().unwrap_or(0);
    let mut layers: Vec<Vec<usize>> = vec![Vec::new(); depth];
    for (place, slot) in slots.iter().enumerate() {
        layers[slot.layer].push(place);
    }
    let mut rank = vec![0.0; slots.len()];
    let number = |layer: &[usize], rank: &mut Vec<f64>| {
        for (place, &slot) in layer.iter().enumerate() {
            rank[slot] = place as f64 - (layer.len() as f64 - 1.0) / 2.0;
        }
    };
    for layer in &layers {
        number(layer, &mut rank);
    }
    for round in 0..8 {
        let down = round % 2 == 0;
        let places: Vec<usize> = if down { (0..depth).collect() } else { (0..depth).rev().collect() };
        for layer in places {
            let near = |slot: usize| {
                let around: Vec<f64> = if down {
                    slots[slot].sources.iter().map(|&source| rank[source]).collect()
                } else {
                    let taken_by = |other: &&usize| slots[**other].sources.contains(&slot);
                    layers.get(layer + 1).into_iter().flatten().filter(taken_by).map(|&other| rank[other]).collect()
                };
                if around.is_empty() { rank[slot] } else { around.iter().sum::<f64>() / around.len() as f64 }
            };
            let mut keyed: Vec<(f64, usize)> = layers[layer].iter().map(|&slot| (near(slot), slot)).collect();
            keyed.sort_by(|a, b| a.0.total_cmp(&b.0));
            layers[layer] = keyed.into_iter().map(|(_, slot)| slot).collect();
            let layer = layers[layer].clone();
            number(&layer, &mut rank);
        }
    }
    layers
}

/// Middles of all slots: near the mean of what they take and what takes them, without overlap.
fn place(slots: &mut [Slot], layers: &[Vec<usize>]) {
    for layer in layers {
        let mut x = 0.0;
        for &slot in layer {
            slots[slot].x = x + slots[slot].width / 2.0;
            x += slots[slot].width + BETWEEN;
        }
        for &slot in layer {
            slots[slot].x -= (x - BETWEEN) / 2.0;
        }
    }
    for _ in 0..400 {
        for layer in layers {
            let wanted: Vec<f32> = layer.iter().map(|&slot| wanted(slots, slot)).collect();
            // From left to right and from right to left, and the mean of both: neither side is favoured.
            let (mut from_left, mut from_right) = (wanted.clone(), wanted);
            for place in 1..layer.len() {
                let least = from_left[place - 1] + apart(slots, layer[place - 1], layer[place]);
                from_left[place] = from_left[place].max(least);
            }
            for place in (0..layer.len().saturating_sub(1)).rev() {
                let most = from_right[place + 1] - apart(slots, layer[place], layer[place + 1]);
                from_right[place] = from_right[place].min(most);
            }
            for (place, &slot) in layer.iter().enumerate() {
                slots[slot].x = f32::midpoint(from_left[place], from_right[place]);
            }
        }
    }
    let left = slots.iter().map(|slot| slot.x - slot.width / 2.0).fold(f32::INFINITY, f32::min);
    for slot in slots.iter_mut() {
        slot.x -= left;
    }
}

fn wanted(slots: &[Slot], place: usize) -> f32 {
    let above = slots[place].sources.iter().map(|&source| slots[source].x);
    let below = slots.iter().filter(|other| other.sources.contains(&place)).map(|other| other.x);
    let (sum, count) = above.chain(below).fold((0.0, 0.0), |(sum, count), x| (sum + x, count + 1.0));
    if count > 0.0 { sum / count } else { slots[place].x }
}

/// How far the middles of two neighbours are apart at least.
fn apart(slots: &[Slot], left: usize, right: usize) -> f32 {
    f32::midpoint(slots[left].width, slots[right].width) + BETWEEN
}
