//! Scales: from values to a share of an axis, with ticks at round numbers.

use super::number;

/// How the numbers at the ticks are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    Plain,
    /// Shares, shown as per cent, never past 100 %.
    Percent,
    /// Whole numbers only, as epochs are.
    Whole,
}

/// A line on the grid.
#[derive(Clone, Debug)]
pub struct Tick {
    pub value: f64,
    pub label: String,
}

/// The range of an axis and its ticks.
#[derive(Clone, Debug)]
pub struct Scale {
    low: f64,
    high: f64,
    logarithmic: bool,
    pub ticks: Vec<Tick>,
}

/// Beyond this size a value is as good as infinite: sums and differences of what is drawn must stay finite.
const HUGE: f64 = 1e300;
/// A loss that spans more than this factor is drawn on a logarithmic scale.
const WIDE: f64 = 50.0;

/// Whether a value can be drawn.
pub fn drawable(value: f64) -> bool {
    value.abs() < HUGE
}

/// The smallest and the largest of the values that can be drawn, if there are any.
pub fn range(values: impl IntoIterator<Item = f64>) -> Option<(f64, f64)> {
    values.into_iter().filter(|value| drawable(*value)).fold(None, |range, value| match range {
        None => Some((value, value)),
        Some((low, high)) => Some((low.min(value), high.max(value))),
    })
}

impl Scale {
    /// An upright axis around `range` with a little room at both ends; from zero on where the values come near it.
    pub fn padded(range: Option<(f64, f64)>, most_ticks: usize, unit: Unit) -> Self {
        let (low, high) = spread(range);
        let room = (high - low) * 0.06;
        let bottom = if low >= 0.0 && low < 0.35 * high { 0.0 } else { low - room };
        let top = if unit == Unit::Percent { (high + room).min(1.0_f64.max(high)) } else { high + room };
        Self::exact(bottom, top, most_ticks, unit)
    }

    /// An axis from just `low` to `high`.
    pub fn exact(low: f64, high: f64, most_ticks: usize, unit: Unit) -> Self {
        let mut step = round_step((high - low) / most_ticks as f64);
        if unit == Unit::Whole {
            step = step.max(1.0);
        }
        let slack = 1e-6;
        let (first, last) = ((low / step - slack).ceil() as i64, (high / step + slack).floor() as i64);
        let ticks = (first..=last)
            .map(|index| index as f64 * step)
            .map(|value| Tick { value, label: label(value, step, high.abs().max(low.abs()), unit) });
        Self { low, high, logarithmic: false, ticks: ticks.collect() }
    }

    /// An axis for a loss: logarithmic if the values are positive and span more than a factor of 50.
    pub fn for_loss(range: Option<(f64, f64)>, most_ticks: usize) -> Self {
        match range {
            Some((low, high)) if low > 0.0 && high / low > WIDE => Self::powers(low, high, most_ticks),
            _ => Self::padded(range, most_ticks, Unit::Plain),
        }
    }

    /// A logarithmic axis around positive values, with a little room at both ends.
    pub fn powers(low: f64, high: f64, most_ticks: usize) -> Self {
        let room = (high / low).powf(0.06);
        let (low, high) = (low / room, high * room);
        let (first, last) = (low.log10().ceil() as i32, high.log10().floor() as i32);
        let every = ((last - first + 1) as usize).div_ceil(most_ticks).max(1);
        let tick = |power: i32| {
            let value = 10f64.powi(power);
            let label = if (-3..=4).contains(&power) { number::short(value) } else { number::scientific(value, 0) };
            Tick { value, label }
        };
        Self { low, high, logarithmic: true, ticks: (first..=last).step_by(every).map(tick).collect() }
    }

    /// Kinds at 1, 2, and so on.
    pub fn kinds(low: f64, high: f64, kinds: &[String]) -> Self {
        let ticks = kinds.iter().zip(1..).map(|(kind, place)| Tick { value: f64::from(place), label: kind.clone() });
        Self { low, high, logarithmic: false, ticks: ticks.collect() }
    }

    /// Epochs or steps: the range with a little room, so that the first and the last point are not on the frame.
    pub fn steps(range: Option<(f64, f64)>, most_ticks: usize) -> Self {
        let (low, high) = range.unwrap_or((0.0, 1.0));
        let room = if low == high { 0.5 } else { (high - low) * 0.015 };
        let mut scale = Self::exact(low - room, high + room, most_ticks, Unit::Whole);
        scale.ticks.retain(|tick| (low..=high).contains(&tick.value));
        scale
    }

    /// The share of the axis, 0 to 1, at which `value` stands.
    pub fn share(&self, value: f64) -> f64 {
        if self.logarithmic {
            (value / self.low).ln() / (self.high / self.low).ln()
        } else {
            (value - self.low) / (self.high - self.low)
        }
    }

    pub fn is_logarithmic(&self) -> bool {
        self.logarithmic
    }
}

/// A range that is not empty. Values that differ by a billionth count as equal: no tick could tell them apart.
fn spread(range: Option<(f64, f64)>) -> (f64, f64) {
    let (low, high) = range.unwrap_or((0.0, 1.0));
    let size = low.abs().max(high.abs());
    if high - low > size * 1e-9 {
        (low, high)
    } else {
        let room = if size == 0.0 { 1.0 } else { size * 0.1 };
        (low - room, high + room)
    }
}

/// The least of 1, 2 and 5 times a power of ten that is not below `least`.
fn round_step(least: f64) -> f64 {
    let power = 10f64.powf(least.log10().floor());
    [1.0, 2.0, 5.0]
        .into_iter()
        .map(|digit| digit * power)
        .find(|step| *step >= least * 0.999_999)
        .unwrap_or(10.0 * power)
}

/// The label of a tick: as many decimals as the step between ticks has, powers of ten where zeros would be many.
fn label(value: f64, step: f64, largest: f64, unit: Unit) -> String {
    let (value, step, sign) =
        if unit == Unit::Percent { (value * 100.0, step * 100.0, " %") } else { (value, step, "") };
    if value == 0.0 {
        return format!("0{sign}");
    }
    if unit == Unit::Plain && !(1e-3..1e7).contains(&largest) {
        let decimals = (value.abs().log10().floor() - step.log10().floor()).max(0.0) as usize;
        return number::scientific(value, decimals);
    }
    let decimals = (-(step * 1.000_001).log10().floor()).max(0.0) as usize;
    format!("{}{sign}", number::fixed(value, decimals))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(scale: &Scale) -> Vec<&str> {
        scale.ticks.iter().map(|tick| tick.label.as_str()).collect()
    }

    #[test]
    fn ticks_are_round() {
        assert_eq!(labels(&Scale::exact(0.0, 1.0, 5, Unit::Plain)), ["0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
        assert_eq!(labels(&Scale::exact(0.0, 0.003, 3, Unit::Plain)), ["0", "0.001", "0.002", "0.003"]);
        assert_eq!(labels(&Scale::exact(0.82, 0.93, 4, Unit::Percent)), ["85 %", "90 %"]);
        assert_eq!(labels(&Scale::exact(0.0, 3e-6, 3, Unit::Plain)), ["0", "10⁻⁶", "2 × 10⁻⁶", "3 × 10⁻⁶"]);
        assert_eq!(labels(&Scale::exact(0.0, 25_000.0, 3, Unit::Plain)), ["0", "10,000", "20,000"]);
    }

    #[test]
    fn epochs_are_whole() {
        assert_eq!(labels(&Scale::steps(Some((1.0, 1.0)), 8)), ["1"]);
        assert_eq!(labels(&Scale::steps(Some((1.0, 4.0)), 8)), ["1", "2", "3", "4"]);
        assert_eq!(labels(&Scale::steps(Some((1.0, 300.0)), 8)), ["50", "100", "150", "200", "250", "300"]);
    }

    #[test]
    fn a_wide_loss_is_logarithmic() {
        let scale = Scale::for_loss(Some((0.002, 3.0)), 5);
        assert!(scale.is_logarithmic());
        assert_eq!(labels(&scale), ["0.01", "0.1", "1"]);
        assert!((scale.share((0.002f64 * 3.0).sqrt()) - 0.5).abs() < 1e-9);
        assert!(!Scale::for_loss(Some((-1.0, 300.0)), 5).is_logarithmic());
    }

    #[test]
    fn any_range_has_a_finite_scale() {
        for value in [0.0, 1.0, -3.5, 1e-300, 1e299, 123_456.789] {
            let scale = Scale::padded(range([value, value, f64::NAN, f64::INFINITY]), 5, Unit::Plain);
            assert!((0.0..=1.0).contains(&scale.share(value)), "{value}: {scale:?}");
            assert!((1..=12).contains(&scale.ticks.len()), "{value}: {scale:?}");
        }
        assert_eq!(range([f64::NAN]), None);
        assert!(!Scale::padded(None, 5, Unit::Plain).ticks.is_empty());
    }

    #[test]
    fn a_share_is_never_shown_past_one() {
        assert_eq!(Scale::padded(Some((0.9, 1.0)), 5, Unit::Percent).share(1.0), 1.0);
    }
}
