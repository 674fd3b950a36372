//! Small sets in the plane by name, to play with.

use gradus_core::{Error, Rng, did_you_mean};

use super::Points;

/// A set of two classes in the plane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Toy {
    /// One cloud cut in two by a slanted line, with a thin gap along it.
    Near,
    /// Two round clouds, apart.
    Blobs,
    /// Two clouds that reach into each other.
    Overlap,
    /// Opposite quarters: no line separates them.
    Xor,
    /// A disk inside a ring.
    Rings,
    /// Two half circles, one hooked into the other.
    Moons,
}

const ALL: [(&str, Toy); 6] = [
    ("near", Toy::Near),
    ("blobs", Toy::Blobs),
    ("overlap", Toy::Overlap),
    ("xor", Toy::Xor),
    ("rings", Toy::Rings),
    ("moons", Toy::Moons),
];

impl Toy {
    /// The names that [`named`](Self::named) knows.
    pub fn names() -> impl Iterator<Item = &'static str> {
        ALL.iter().map(|(name, _)| *name)
    }

    /// The set of a name.
    ///
    /// Errors: another name.
    pub fn named(name: &str) -> Result<Self, Error> {
        let found = ALL.iter().find(|(known, _)| *known == name);
        found.map(|(_, toy)| *toy).ok_or_else(|| {
            let (known, near) = (Self::names().collect::<Vec<_>>().join(", "), did_you_mean(name, Self::names()));
            Error::setting("set", format!("there is no set {name} among {known}{near}"))
        })
    }

    /// `count` points of the set, classes in turn.
    ///
    /// # Panics
    /// When `count` is 0.
    pub fn points(self, count: usize, rng: &mut Rng) -> Points {
        let mut values = Vec::with_capacity(2 * count);
        let labels: Vec<u32> = (0..count as u32).map(|index| index % 2).collect();
        for label in &labels {
            values.extend(self.draw(*label == 1, rng));
        }
        Points::new(values, 2, labels, vec!["minus".into(), "plus".into()]).expect("a toy has points")
    }

    fn draw(self, plus: bool, rng: &mut Rng) -> [f64; 2] {
        let mut noise = |size: f64| size * f64::from(rng.normal());
        let side = if plus { 1.0 } else { -1.0 };
        match self {
            Toy::Near => loop {
                let [x, y] = [noise(1.0), noise(1.0)];
                // How far the point is in front of the line.
                if side * (0.6 * x + 0.8 * y - 0.3) > 0.08 {
                    break [x, y];
                }
            },
            Toy::Blobs => [1.3 * side + noise(0.45), 0.8 * side + noise(0.45)],
            Toy::Overlap => [0.8 * side + noise(0.8), 0.5 * side + noise(0.8)],
            Toy::Xor => {
                let x = if noise(1.0) > 0.0 { 1.0 } else { -1.0 };
                [x + noise(0.3), -side * x + noise(0.3)]
            }
            Toy::Rings | Toy::Moons => {
                let turn = f64::from(rng.uniform());
                let mut noise = |size: f64| size * f64::from(rng.normal());
                if self == Toy::Rings {
                    let (radius, angle) = (if plus { 0.5 } else { 1.5 } + noise(0.14), std::f64::consts::TAU * turn);
                    return [radius * angle.cos(), radius * angle.sin()];
                }
                let angle = std::f64::consts::PI * turn;
                let (x, y) = (angle.cos(), angle.sin());
                if plus { [1.0 - x + noise(0.14), 0.5 - y + noise(0.14)] } else { [x + noise(0.14), y + noise(0.14)] }
            }
        }
    }
}
