//! How a tensor looks when printed: nested brackets, aligned columns, the middle of long axes left out.

use std::fmt::{self, Write};

use gradus_kernels::Real;

use super::Tensor;

/// Axes longer than this show only their ends.
const LONG: usize = 8;
/// How many places are shown at each end of a long axis.
const ENDS: usize = 3;

impl fmt::Display for Tensor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_dry() {
            return write!(f, "Tensor {} without values", self.shape());
        }
        let format = Format::of(self.as_slice(), f.precision());
        let mut text = String::new();
        write_axis(&mut text, self.as_slice(), &self.shape(), 0, &format)?;
        f.write_str(&text)
    }
}

impl fmt::Debug for Tensor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tensor {}{} {self}", self.shape(), if self.is_constant() { "" } else { " (with gradient)" })
    }
}

struct Format {
    precision: usize,
    scientific: bool,
    width: usize,
}

impl Format {
    fn of(values: &[Real], precision: Option<usize>) -> Self {
        let finite = || values.iter().filter(|value| value.is_finite()).map(|value| value.abs());
        let largest = finite().fold(0.0, Real::max);
        let smallest = finite().filter(|value| *value > 0.0).fold(Real::INFINITY, Real::min);
        let whole = finite().all(|value| value == value.round()) && largest < 1e6;
        let scientific = !whole && (!(1e-3..1e6).contains(&largest) || (smallest < 1e-4 && largest < 1.0));
        let precision = precision.unwrap_or(if whole { 0 } else { 4 });
        let mut format = Format { precision, scientific, width: 0 };
        format.width = values.iter().take(10_000).map(|value| format.number(*value).len()).max().unwrap_or(0);
        format
    }

    fn number(&self, value: Real) -> String {
        let precision = self.precision;
        if self.scientific { format!("{value:.precision$e}") } else { format!("{value:.precision$}") }
    }
}

fn write_axis(text: &mut String, values: &[Real], sizes: &[usize], depth: usize, format: &Format) -> fmt::Result {
    let Some((&size, inner)) = sizes.split_first() else {
        return write!(text, "{:>width$}", format.number(values[0]), width = if depth == 0 { 0 } else { format.width });
    };
    let stride: usize = inner.iter().product();
    text.push('[');
    for place in 0..size {
        let left_out = size > LONG && (ENDS..size - ENDS).contains(&place);
        if place > 0 && (!left_out || place == ENDS) {
            match inner.len() {
                0 => text.push_str(", "),
                gaps => {
                    text.push(',');
                    text.extend(std::iter::repeat_n('\n', gaps));
                    text.extend(std::iter::repeat_n(' ', depth + 1));
                }
            }
        }
        if !left_out {
            write_axis(text, &values[place * stride..(place + 1) * stride], inner, depth + 1, format)?;
        } else if place == ENDS {
            text.push_str("...");
        }
    }
    text.push(']');
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::Tensor;

    #[test]
    fn small_tensors_print_whole_and_aligned() {
        assert_eq!(Tensor::from([[1.0, 20.0], [3.0, 4.0]]).to_string(), "[[ 1, 20],\n [ 3,  4]]");
        assert_eq!(Tensor::scalar(0.5).to_string(), "0.5000");
        assert_eq!(Tensor::from([0.25, -1.5]).to_string(), "[ 0.2500, -1.5000]");
        assert_eq!(Tensor::zeros([2, 0]).to_string(), "[[],\n []]");
    }

    #[test]
    fn long_axes_show_their_ends() {
        assert_eq!(Tensor::arange(100).to_string(), "[ 0,  1,  2, ..., 97, 98, 99]");
    }

    #[test]
    fn a_chosen_precision_is_kept() {
        assert_eq!(format!("{:.1}", Tensor::from([0.25, 3.0])), "[0.2, 3.0]");
    }

    #[test]
    fn what_is_not_finite_is_shown() {
        let text = Tensor::new([crate::Real::NAN, crate::Real::INFINITY, 1.5], [3]).to_string();
        assert_eq!(text, "[   NaN,    inf, 1.5000]");
    }
}
