//! A picture with all that must follow it.

use gradus_kernels::Real;

/// A picture and what is known of its points: they are augmented together.
///
/// Points are measured in pixels from the upper left corner: the first pixel reaches from (0, 0) to (1, 1), its middle is
/// (0.5, 0.5).
#[derive(Clone, Debug, PartialEq)]
pub struct Scene {
    /// Rows.
    pub height: usize,
    /// Columns.
    pub width: usize,
    /// Numbers a pixel: 1 or 3.
    pub channels: usize,
    /// `[height, width, channels]`, from 0 to 1.
    pub picture: Vec<Real>,
    /// The class of each pixel, `[height, width]`; 0 is the background.
    pub mask: Option<Vec<u32>>,
    /// What stands where.
    pub boxes: Vec<BoundingBox>,
}

/// A thing in a picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BoundingBox {
    /// Left, top, right and bottom.
    pub corners: [Real; 4],
    /// The thing's class.
    pub label: u32,
}

impl Scene {
    /// A picture alone, of `[height, width, channels]`.
    ///
    /// # Panics
    /// When the numbers do not fill the shape.
    #[track_caller]
    pub fn new([height, width, channels]: [usize; 3], picture: Vec<Real>) -> Self {
        let (found, needed) = (picture.len(), height * width * channels);
        assert_eq!(found, needed, "scene: {found} numbers for a picture of [{height}, {width}, {channels}]");
        Scene { height, width, channels, picture, mask: None, boxes: Vec::new() }
    }

    /// The same with the class of each pixel, `[height, width]`.
    ///
    /// # Panics
    /// When there is not one for each pixel.
    #[track_caller]
    pub fn mask(mut self, mask: Vec<u32>) -> Self {
        let (found, needed) = (mask.len(), self.height * self.width);
        assert_eq!(found, needed, "scene: {found} classes in the mask of {needed} pixels");
        self.mask = Some(mask);
        self
    }

    /// The same with what stands in it.
    pub fn boxes(mut self, boxes: Vec<BoundingBox>) -> Self {
        self.boxes = boxes;
        self
    }

    /// The middle of the picture.
    pub(super) fn center(&self) -> [f64; 2] {
        [self.width as f64 / 2.0, self.height as f64 / 2.0]
    }
}
