//! Colours: an opaque or translucent sRGB value, the palette of the series, and the ramps of the heat maps.

/// An sRGB colour with its opacity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Color {
    pub red: u8,
    pub green: u8,
    pub blue: u8,
    /// 255 is opaque.
    pub alpha: u8,
}

pub const WHITE: Color = Color::hex(0xff_ff_ff);
/// Titles and numbers.
pub const INK: Color = Color::hex(0x1f_24_29);
/// Names of axes, ticks, captions.
pub const MUTED: Color = Color::hex(0x59_61_69);
/// The line that carries an axis.
pub const AXIS: Color = Color::hex(0x9a_a1_a8);
/// Lines behind the data.
pub const GRID: Color = Color::hex(0xe4_e7_ea);

/// The colours of Okabe and Ito (2008), which all common kinds of colour blindness keep apart, without their yellow, which
/// is too pale for a line on white, and in an order in which neighbours also differ in lightness.
const SERIES: [Color; 7] = [
    Color::hex(0x00_72_b2),
    Color::hex(0xd5_5e_00),
    Color::hex(0x00_9e_73),
    Color::hex(0xcc_79_a7),
    Color::hex(0xe6_9f_00),
    Color::hex(0x56_b4_e9),
    Color::hex(0x3d_43_49),
];

impl Color {
    /// An opaque colour from `0xRRGGBB`.
    pub const fn hex(rgb: u32) -> Self {
        Self { red: (rgb >> 16) as u8, green: (rgb >> 8) as u8, blue: rgb as u8, alpha: 255 }
    }

    /// The colour of the series at `index`; they repeat after seven.
    pub fn series(index: usize) -> Self {
        SERIES[index % SERIES.len()]
    }

    /// The same colour, `alpha` of 255 opaque.
    pub const fn with_alpha(self, alpha: u8) -> Self {
        Self { alpha, ..self }
    }

    /// The colour at `share` of the way to `other`, 0 to 1.
    pub fn mix(self, other: Self, share: f32) -> Self {
        let channel = |from: u8, to: u8| (f32::from(from) + (f32::from(to) - f32::from(from)) * share).round() as u8;
        Self {
            red: channel(self.red, other.red),
            green: channel(self.green, other.green),
            blue: channel(self.blue, other.blue),
            alpha: self.alpha,
        }
    }

    /// Whether white text reads better on this colour than dark text: by its relative luminance (WCAG 2.1), without the
    /// linearization, which would not change the choice.
    pub fn is_dark(self) -> bool {
        0.2126 * f32::from(self.red) + 0.7152 * f32::from(self.green) + 0.0722 * f32::from(self.blue) < 140.0
    }
}

/// A ramp from white to a deep colour, through its middle tone.
#[derive(Clone, Copy, Debug)]
pub struct Ramp {
    middle: Color,
    deep: Color,
}

/// For what is right.
pub const BLUES: Ramp = Ramp { middle: Color::hex(0x6b_ae_d6), deep: Color::hex(0x08_45_94) };
/// For what is wrong.
pub const ORANGES: Ramp = Ramp { middle: Color::hex(0xfd_8d_3c), deep: Color::hex(0x8c_2d_04) };

impl Ramp {
    /// The colour at `intensity`, 0 (white) to 1.
    pub fn at(self, intensity: f32) -> Color {
        if intensity < 0.5 {
            WHITE.mix(self.middle, intensity * 2.0)
        } else {
            self.middle.mix(self.deep, intensity * 2.0 - 1.0)
        }
    }
}
