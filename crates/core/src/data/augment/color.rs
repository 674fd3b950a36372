//! Colours made stronger, weaker and other, with torchvision's formulas. Pictures are of 0..1 and stay so.

use crate::Real;

/// The grey of a colour as torchvision weighs it (ITU-R BT.601).
fn grey(pixel: [Real; 3]) -> Real {
    let [red, green, blue] = pixel;
    0.2989 * red + 0.587 * green + 0.114 * blue
}

/// factor x + (1 - factor) other.
fn blend(x: Real, other: Real, factor: Real) -> Real {
    (factor * x + (1.0 - factor) * other).clamp(0.0, 1.0)
}

/// Times the factor: blended with black.
pub(super) fn brightness(picture: &mut [Real], factor: Real) {
    for value in picture {
        *value = blend(*value, 0.0, factor);
    }
}

/// Blended with the picture's mean grey.
pub(super) fn contrast(picture: &mut [Real], channels: usize, factor: Real) {
    let sum: f64 = match channels {
        3 => picture.as_chunks().0.iter().map(|pixel| grey(*pixel) as f64).sum(),
        _ => picture.iter().map(|value| *value as f64).sum(),
    };
    let pixels = if channels == 3 { picture.len() / 3 } else { picture.len() };
    let mean = (sum / pixels as f64) as Real;
    for value in picture {
        *value = blend(*value, mean, factor);
    }
}

/// Each pixel blended with its own grey.
pub(super) fn saturation(pixels: &mut [[Real; 3]], factor: Real) {
    for pixel in pixels {
        let grey = grey(*pixel);
        *pixel = pixel.map(|value| blend(value, grey, factor));
    }
}

/// The hue of each pixel turned by a share of the colour circle.
pub(super) fn hue(pixels: &mut [[Real; 3]], turn: Real) {
    for pixel in pixels {
        let [hue, saturation, value] = to_hsv(*pixel);
        *pixel = to_rgb([(hue + turn).rem_euclid(1.0), saturation, value]);
    }
}

/// Hue as a share of the circle, saturation and value (Smith, 1978).
fn to_hsv([red, green, blue]: [Real; 3]) -> [Real; 3] {
    let (greatest, least) = (red.max(green).max(blue), red.min(green).min(blue));
    let range = greatest - least;
    if range == 0.0 {
        return [0.0, 0.0, greatest];
    }
    let sixths = if greatest == red {
        (green - blue) / range
    } else if greatest == green {
        2.0 + (blue - red) / range
    } else {
        4.0 + (red - green) / range
    };
    [(sixths / 6.0).rem_euclid(1.0), range / greatest, greatest]
}

fn to_rgb([hue, saturation, value]: [Real; 3]) -> [Real; 3] {
    let sixths = hue * 6.0;
    let part = sixths - sixths.floor();
    let least = value * (1.0 - saturation);
    let falling = value * (1.0 - saturation * part);
    let rising = value * (1.0 - saturation * (1.0 - part));
    match sixths.floor() as usize % 6 {
        0 => [value, rising, least],
        1 => [falling, value, least],
        2 => [least, value, rising],
        3 => [least, falling, value],
        4 => [rising, least, value],
        _ => [value, least, falling],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_third_of_the_circle_makes_red_green_and_green_blue() {
        let mut pixels = [[0.8, 0.0, 0.0], [0.2, 0.6, 0.2], [0.3, 0.3, 0.3]];
        hue(&mut pixels, 1.0 / 3.0);
        for (found, expected) in pixels.iter().flatten().zip([0.0, 0.8, 0.0, 0.2, 0.2, 0.6, 0.3, 0.3, 0.3]) {
            assert!((found - expected).abs() < 1e-6, "{pixels:?}");
        }
    }

    #[test]
    fn a_factor_of_one_changes_nothing_and_of_zero_leaves_grey() {
        let picture = vec![0.1, 0.5, 0.9, 0.3, 0.2, 0.4];
        let mut same = picture.clone();
        brightness(&mut same, 1.0);
        contrast(&mut same, 3, 1.0);
        saturation(same.as_chunks_mut().0, 1.0);
        assert_eq!(same, picture);
        let mut even = picture.clone();
        contrast(&mut even, 3, 0.0);
        assert!(even.iter().all(|value| (value - even[0]).abs() < 1e-6));
        let mut grey = picture;
        saturation(grey.as_chunks_mut().0, 0.0);
        assert!(grey.chunks(3).all(|pixel| pixel[0] == pixel[1] && pixel[1] == pixel[2]));
    }
}
