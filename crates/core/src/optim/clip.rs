//! Clipping of gradients, against the rare step that would throw all away (Pascanu et al., 2013).
//!
//! ```
//! use gradus_core::{optim::clip, Tensor};
//! let w = Tensor::from([3.0, 4.0]).requires_grad();
//! let mut gradients = w.mul(&w).sum().scale(0.5).backward(); // the gradient is w
//! assert_eq!(clip::by_norm(&mut gradients, 2.5), 5.0);
//! assert_eq!(gradients.get(&w).unwrap().to_vec(), [1.5, 2.0]);
//! clip::by_value(&mut gradients, 1.75);
//! assert_eq!(gradients.get(&w).unwrap().to_vec(), [1.5, 1.75]);
//! ```

use gradus_kernels::{Real, map, reduce};

use crate::graph::Gradients;

/// Brings every element of every gradient into [-limit, limit]. NaN stays NaN, for whoever looks for it.
///
/// # Panics
/// When `limit` is not greater than 0.
#[track_caller]
pub fn by_value(gradients: &mut Gradients, limit: Real) {
    assert!(limit > 0.0, "clip::by_value: the limit is {limit}, but must be greater than 0");
    for gradient in gradients.iter_mut() {
        map::map_in_place(
            gradient.as_mut_slice(),
            #[inline(always)]
            move |g| g.clamp(-limit, limit),
        );
    }
}

/// The length of all gradients taken together as one vector.
pub fn norm(gradients: &Gradients) -> Real {
    gradients.iter().map(|gradient| f64::from(reduce::sum_squares(gradient.as_slice()))).sum::<f64>().sqrt() as Real
}

/// Scales all gradients by one factor so that their [`norm`] is at most `limit`, and gives the norm they had before.
///
/// A norm that is not finite is given back and changes nothing: no factor would mend the gradients.
///
/// # Panics
/// When `limit` is not greater than 0.
#[track_caller]
pub fn by_norm(gradients: &mut Gradients, limit: Real) -> Real {
    assert!(limit > 0.0, "clip::by_norm: the limit is {limit}, but must be greater than 0");
    let norm = norm(gradients);
    if norm > limit && norm.is_finite() {
        let factor = limit / norm;
        for gradient in gradients.iter_mut() {
            map::map_in_place(
                gradient.as_mut_slice(),
                #[inline(always)]
                move |g| factor * g,
            );
        }
    }
    norm
}
