//! A table of learned vectors, looked up by number.

use super::Parameter;
use crate::init::Initializer;
use crate::{Indices, Rng, Tensor, parameters};

/// A table of vectors, one for each of `count` words, letters or other things with a number.
///
/// It takes [`Indices`] `[n..]` and gives `[n.., width]`; so it is called by [`look_up`](Embedding::look_up) and is no
/// [`Module`](super::Module), which takes real numbers.
///
/// ```
/// use gradus_core::nn::Embedding;
/// use gradus_core::{Indices, Rng};
/// let letters = Embedding::new(26, 8).init(&mut Rng::new(1));
/// assert_eq!(*letters.look_up(&Indices::new([7, 4, 11, 11, 14, 25], [2, 3])).shape(), [2, 3, 8]);
/// ```
#[derive(Clone, Debug)]
pub struct Embedding {
    /// `[count, width]`.
    pub weight: Parameter,
    padding: Option<u32>,
}

parameters!(Embedding { weight });

/// The options of an [`Embedding`]; [`EmbeddingConfig::init`] makes it.
#[derive(Clone, Debug)]
#[must_use = "a config becomes a layer by .init(&mut rng)"]
pub struct EmbeddingConfig {
    count: usize,
    width: usize,
    padding: Option<u32>,
    weights: Initializer,
}

impl Embedding {
    /// A table of `count` vectors of `width` numbers.
    #[allow(clippy::new_ret_no_self)]
    pub fn new(count: usize, width: usize) -> EmbeddingConfig {
        EmbeddingConfig { count, width, padding: None, weights: Initializer::Normal(1.0) }
    }

    /// The vectors of some numbers: `[n..]` gives `[n.., width]`.
    #[track_caller]
    #[must_use]
    pub fn look_up(&self, numbers: &Indices) -> Tensor {
        let vectors = self.weight.gather_rows(numbers);
        let Some(padding) = self.padding else { return vectors };
        // The padding's vectors are put in as constants, so that no gradient reaches their row.
        let shape = numbers.shape();
        let is_padding = Tensor::build(shape.inserted(shape.rank(), 1), |is_padding| {
            for (is_padding, number) in is_padding.iter_mut().zip(numbers.as_slice()) {
                *is_padding = if *number == padding { 1.0 } else { 0.0 };
            }
        });
        let constants = vectors.detached().mul(&is_padding);
        vectors.mul(&is_padding.neg().shift(1.0)).add(&constants)
    }
}

impl EmbeddingConfig {
    /// A number that stands for nothing: its vector starts from zero and is not trained.
    #[track_caller]
    pub fn padding(mut self, number: u32) -> Self {
        assert!((number as usize) < self.count, "Embedding: padding {number} is beyond the {} vectors", self.count);
        self.padding = Some(number);
        self
    }

    /// Where the vectors start from: the normal distribution of variance 1, unless said otherwise.
    pub fn weights(mut self, weights: Initializer) -> Self {
        self.weights = weights;
        self
    }

    /// Draws the first vectors and makes the layer.
    pub fn init(&self, rng: &mut Rng) -> Embedding {
        let mut weight = self.weights.draw([self.count, self.width], rng);
        if let Some(padding) = self.padding {
            weight.as_mut_slice()[padding as usize * self.width..][..self.width].fill(0.0);
        }
        Embedding { weight: Parameter::new(&weight), padding: self.padding }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_padding_is_looked_up_but_not_trained() {
        let mut letters = Embedding::new(3, 2).padding(1).init(&mut Rng::new(1));
        assert_eq!(letters.weight.as_slice()[2..4], [0.0, 0.0]);
        letters.weight.values_mut().copy_from_slice(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
        let vectors = letters.look_up(&Indices::from([1, 2, 2]));
        assert_eq!(vectors.to_vec(), [3.0, 4.0, 5.0, 6.0, 5.0, 6.0]);
        let gradients = vectors.sum().backward();
        assert_eq!(gradients.get(&letters.weight).unwrap().to_vec(), [0.0, 0.0, 0.0, 0.0, 2.0, 2.0]);
    }
}
