//! Kernels for pictures, by name.

use gradus_core::{ConvOptions, Real, Tensor};

/// A kernel of one channel, which slides over each channel of a picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Kernel {
    taps: Vec<Real>,
    height: usize,
    width: usize,
}

impl Kernel {
    /// A kernel of these taps, row by row.
    ///
    /// # Panics
    /// When there are not height times width of them, or none.
    #[track_caller]
    pub fn new(taps: impl Into<Vec<Real>>, height: usize, width: usize) -> Self {
        let taps = taps.into();
        assert!(
            !taps.is_empty() && taps.len() == height * width,
            "Kernel::new: {} taps do not make a kernel of {height}x{width}; give one for each place",
            taps.len()
        );
        Kernel { taps, height, width }
    }

    /// The sum of the second differences along both axes, 3x3: what a point differs from its four neighbours by.
    pub fn laplacian() -> Self {
        Self::new([0.0, 1.0, 0.0, 1.0, -4.0, 1.0, 0.0, 1.0, 0.0], 3, 3)
    }

    /// The binomial approximation of a Gaussian: row `size - 1` of Pascal's triangle along both axes, scaled to sum 1. Its
    /// variance is (size - 1) / 4 along each.
    ///
    /// # Panics
    /// When `size` is 0.
    #[track_caller]
    pub fn gaussian(size: usize) -> Self {
        assert!(size > 0, "Kernel::gaussian: a kernel has at least one tap");
        let mut row: Vec<Real> = vec![1.0];
        for _ in 1..size {
            let shifted = [0.0].into_iter().chain(row.iter().copied());
            row = shifted.zip(row.iter().copied().chain([0.0])).map(|(a, b)| 0.5 * (a + b)).collect();
        }
        let taps: Vec<Real> = row.iter().flat_map(|a| row.iter().map(move |b| a * b)).collect();
        Self::new(taps, size, size)
    }

    /// The Laplacian of a Gaussian, 7x7: the convolution of [`laplacian`](Self::laplacian) 3x3 with
    /// [`gaussian`](Self::gaussian) 5x5. It answers to blobs and edges, and not to slopes (Marr and Hildreth, 1980).
    pub fn laplacian_of_gaussian() -> Self {
        Self::laplacian().convolved(&Self::gaussian(5))
    }

    /// The mean over the disk of this diameter: a lens out of focus.
    ///
    /// # Panics
    /// When `size` is 0.
    #[track_caller]
    pub fn disk(size: usize) -> Self {
        let middle = (size as Real - 1.0) / 2.0;
        let inside = |place: usize| {
            let (y, x) = ((place / size) as Real - middle, (place % size) as Real - middle);
            if 4.0 * (y * y + x * x) <= (size * size) as Real { 1.0 } else { 0.0 }
        };
        let taps: Vec<Real> = (0..size * size).map(inside).collect();
        let count: Real = taps.iter().sum();
        Self::new(taps.iter().map(|tap| tap / count).collect::<Vec<_>>(), size, size)
    }

    /// The mean along the falling diagonal: a camera that moved. Of full rank: no separable kernel comes near it.
    ///
    /// # Panics
    /// When `size` is 0.
    #[track_caller]
    pub fn diagonal(size: usize) -> Self {
        let tap = |place: usize| if place / size == place % size { 1.0 / size as Real } else { 0.0 };
        Self::new((0..size * size).map(tap).collect::<Vec<_>>(), size, size)
    }

    /// The taps, row by row.
    pub fn taps(&self) -> &[Real] {
        &self.taps
    }

    /// Rows and columns.
    pub fn size(&self) -> [usize; 2] {
        [self.height, self.width]
    }

    /// Multiplications for one pixel.
    pub fn multiplies(&self) -> usize {
        self.taps.len()
    }

    /// The kernel that does what this one does after the other: their full convolution, of (h + h' - 1) x (w + w' - 1).
    pub fn convolved(&self, other: &Kernel) -> Kernel {
        let (height, width) = (self.height + other.height - 1, self.width + other.width - 1);
        let mut taps = vec![0.0; height * width];
        for (here, a) in self.taps.iter().enumerate() {
            for (there, b) in other.taps.iter().enumerate() {
                let row = here / self.width + there / other.width;
                taps[row * width + here % self.width + there % other.width] += a * b;
            }
        }
        Kernel { taps, height, width }
    }

    /// The convolution of pictures `[b, h, w, c]`, channel by channel, with the flip of the kernel, where all of the kernel lies
    /// inside: `[b, h - kh + 1, w - kw + 1, c]`. So no border is invented, and kernels in a row do what their convolution does.
    #[track_caller]
    #[must_use]
    pub fn apply(&self, pictures: &Tensor) -> Tensor {
        let channels = pictures.shape().last();
        let taps: Vec<Real> = self.taps.iter().rev().copied().collect();
        let weight = Tensor::new(taps.repeat(channels), [channels, self.height, self.width, 1]);
        pictures.conv2d(&weight, None, ConvOptions { groups: channels, ..ConvOptions::default() })
    }

    /// |a - b| / |b| in the Frobenius norm, of this kernel and another of its size.
    ///
    /// # Panics
    /// When the sizes differ.
    #[track_caller]
    pub fn distance(&self, other: &Kernel) -> f64 {
        assert!(
            self.size() == other.size(),
            "Kernel::distance: kernels of {:?} and {:?} cannot be compared; their sizes must be equal",
            self.size(),
            other.size()
        );
        relative_distance(&self.taps, &other.taps)
    }
}

/// |a - b| / |b|.
pub(super) fn relative_distance(a: &[Real], b: &[Real]) -> f64 {
    let squares = |value: Real| f64::from(value) * f64::from(value);
    let apart: f64 = a.iter().zip(b).map(|(a, b)| squares(a - b)).sum();
    let whole: f64 = b.iter().map(|b| squares(*b)).sum();
    (apart / whole).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use gradus_core::Rng;

    #[test]
    fn the_laplacian_of_gaussian_is_scipys() {
        // scipy.signal.convolve2d(laplacian, gaussian) * 256
        let rows = [
            [0.0, 1.0, 4.0, 6.0, 4.0, 1.0, 0.0],
            [1.0, 4.0, 7.0, 8.0, 7.0, 4.0, 1.0],
            [4.0, 7.0, -8.0, -22.0, -8.0, 7.0, 4.0],
            [6.0, 8.0, -22.0, -48.0, -22.0, 8.0, 6.0],
        ];
        let log = Kernel::laplacian_of_gaussian();
        assert_eq!(log.size(), [7, 7]);
        for (place, tap) in log.taps().iter().enumerate() {
            let (row, column) = (place / 7, place % 7);
            assert_eq!(tap * 256.0, rows[row.min(6 - row)][column], "{row}, {column}");
        }
    }

    #[test]
    fn kernels_in_a_row_do_what_their_convolution_does() {
        let pictures = Tensor::rand([2, 20, 17, 3], &mut Rng::new(1));
        let (a, b) = (Kernel::new([1.0, -2.0, 0.5, 3.0, 0.0, 1.0], 2, 3), Kernel::diagonal(4));
        let (row, whole) = (b.apply(&a.apply(&pictures)), a.convolved(&b).apply(&pictures));
        assert_eq!(&*whole.shape(), [2, 16, 12, 3]);
        let apart = row.as_slice().iter().zip(whole.as_slice()).map(|(a, b)| (a - b).abs()).fold(0.0, Real::max);
        assert!(apart < 1e-6, "{apart}");
    }

    #[test]
    fn apply_flips_the_kernel() {
        let mut point = Tensor::zeros([1, 3, 3, 1]);
        point.as_mut_slice()[4] = 1.0;
        let kernel = Kernel::new([1.0, 2.0, 3.0, 4.0], 2, 2);
        assert_eq!(kernel.apply(&point).to_vec(), kernel.taps(), "a convolution's answer to a point is its kernel");
    }

    #[test]
    fn means_have_sum_one_and_the_laplacian_zero() {
        let sum = |kernel: &Kernel| kernel.taps().iter().sum::<Real>();
        for kernel in [Kernel::gaussian(5), Kernel::disk(7), Kernel::diagonal(7)] {
            assert!((sum(&kernel) - 1.0).abs() < 1e-6, "{kernel:?}");
        }
        assert_eq!(sum(&Kernel::laplacian_of_gaussian()), 0.0);
        assert_eq!(Kernel::gaussian(3).taps()[..3], [0.0625, 0.125, 0.0625]);
        assert_eq!(Kernel::disk(3).taps(), [1.0 / 9.0; 9].map(|tap: Real| tap));
    }

    #[test]
    #[should_panic(expected = "Kernel::new: 3 taps do not make a kernel of 2x2")]
    fn a_wrong_count_is_named() {
        let _ = Kernel::new([1.0, 2.0, 3.0], 2, 2);
    }
}
