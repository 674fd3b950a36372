//! A kernel over a picture: every pixel becomes the sum of its neighbours, each times its tap of the kernel.
//!
//! The kernel lies over the picture as it is written (a correlation); turned around by [`Grid::flipped`] it makes a convolution. The
//! picture keeps its size, so its border has to go on somehow: the rules and their names are SciPy's (`scipy.ndimage`).

use std::str::FromStr;

use gradus_core::{Error, did_you_mean};

use super::grid::Grid;

/// How a picture goes on beyond its border.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Border {
    /// Mirrored at its edge: `d c b a | a b c d | d c b a`.
    #[default]
    Reflect,
    /// Mirrored at the middle of its last pixel: `d c b | a b c d | c b a`.
    Mirror,
    /// With its last pixel: `a a a a | a b c d | d d d d`.
    Nearest,
    /// From the other side: `a b c d | a b c d | a b c d`.
    Wrap,
    /// With one value: `k k k k | a b c d | k k k k`.
    Constant(f64),
}

impl Border {
    const NAMES: [&str; 5] = ["reflect", "mirror", "nearest", "wrap", "constant"];

    /// The place inside, of `length`, that stands for a place anywhere; `None` for the constant.
    fn place(self, place: isize, length: usize) -> Option<usize> {
        let length = length as isize;
        if (0..length).contains(&place) {
            return Some(place as usize);
        }
        let inside = match self {
            Border::Constant(_) => return None,
            Border::Nearest => place.clamp(0, length - 1),
            Border::Wrap => place.rem_euclid(length),
            Border::Reflect => {
                let at = place.rem_euclid(2 * length);
                at.min(2 * length - 1 - at)
            }
            Border::Mirror if length == 1 => 0,
            Border::Mirror => {
                let at = place.rem_euclid(2 * length - 2);
                at.min(2 * length - 2 - at)
            }
        };
        Some(inside as usize)
    }
}

impl FromStr for Border {
    type Err = Error;

    /// By name; `constant` is 0.
    fn from_str(name: &str) -> Result<Self, Error> {
        match name {
            "reflect" => Ok(Border::Reflect),
            "mirror" => Ok(Border::Mirror),
            "nearest" => Ok(Border::Nearest),
            "wrap" => Ok(Border::Wrap),
            "constant" => Ok(Border::Constant(0.0)),
            _ => {
                let near = did_you_mean(name, Self::NAMES);
                let problem = format!("there is none named {name}{near}; there are {}", Self::NAMES.join(", "));
                Err(Error::setting("border", problem))
            }
        }
    }
}

/// The picture through the kernel; of the picture's size. The middle of k taps is tap k / 2, rounded down.
///
/// ```
/// use gradus_learn::convolution::{Border, Grid, filter};
/// let picture = Grid::new([0.0, 0.0, 1.0, 1.0], 1, 4)?;
/// let slope = Grid::new([-1.0, 0.0, 1.0], 1, 3)?;
/// assert_eq!(filter(&picture, &slope, Border::Reflect).values(), [0.0, 1.0, 1.0, 0.0]);
/// # Ok::<(), gradus_core::Error>(())
/// ```
pub fn filter(picture: &Grid, kernel: &Grid, border: Border) -> Grid {
    let outside = if let Border::Constant(value) = border { value } else { 0.0 };
    let places = |length: usize, taps: usize, at: usize| -> Vec<Option<usize>> {
        let first = at as isize - (taps / 2) as isize;
        (first..first + taps as isize).map(|place| border.place(place, length)).collect()
    };
    let columns: Vec<Vec<Option<usize>>> =
        (0..picture.columns()).map(|column| places(picture.columns(), kernel.columns(), column)).collect();
    let rows: Vec<Vec<Option<usize>>> =
        (0..picture.rows()).map(|row| places(picture.rows(), kernel.rows(), row)).collect();
    Grid::build(picture.rows(), picture.columns(), |row, column| {
        let mut sum = 0.0;
        for (u, row) in rows[row].iter().enumerate() {
            for (v, column) in columns[column].iter().enumerate() {
                let value = row.zip(*column).map_or(outside, |(row, column)| picture.at(row, column));
                sum += kernel.at(u, v) * value;
            }
        }
        sum
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn borders_go_on_as_their_pictures_say() {
        let line = |border: Border| -> Vec<Option<usize>> { (-5..9).map(|place| border.place(place, 4)).collect() };
        let some = |places: [usize; 14]| places.map(Some).to_vec();
        assert_eq!(line(Border::Reflect), some([3, 3, 2, 1, 0, 0, 1, 2, 3, 3, 2, 1, 0, 0]));
        assert_eq!(line(Border::Mirror), some([1, 2, 3, 2, 1, 0, 1, 2, 3, 2, 1, 0, 1, 2]));
        assert_eq!(line(Border::Nearest), some([0, 0, 0, 0, 0, 0, 1, 2, 3, 3, 3, 3, 3, 3]));
        assert_eq!(line(Border::Wrap), some([3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0]));
        assert_eq!(line(Border::Constant(2.0))[..6], [None, None, None, None, None, Some(0)]);
        assert_eq!(Border::Mirror.place(-3, 1), Some(0));
    }

    #[test]
    fn a_wrong_name_is_answered_with_the_nearest() {
        let error = "reflekt".parse::<Border>().unwrap_err().to_string();
        assert!(error.contains("reflect"), "{error}");
    }
}
