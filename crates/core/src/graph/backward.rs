//! The backward sweep: reverse-mode differentiation over the recorded graph.

use std::cell::Cell;

use super::node::NodeRef;
use super::op::with_recording;
use super::profile;
use crate::ops::add_into;
use crate::tensor::Tensor;

/// Gradients by the tensor they belong to, as [`Tensor::backward`] returns them.
pub struct Gradients {
    /// Sorted by node number.
    entries: Vec<(u64, Tensor)>,
}

impl Gradients {
    /// The gradient with respect to `tensor`, or `None` if the differentiated number does not depend on it.
    pub fn get(&self, tensor: &Tensor) -> Option<&Tensor> {
        let id = tensor.node()?.id();
        self.entries.binary_search_by_key(&id, |entry| entry.0).ok().map(|place| &self.entries[place].1)
    }

    /// How many tensors have a gradient.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is no gradient at all.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Every gradient, for scaling and clipping. Each may be replaced by one of the same shape.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut Tensor> {
        self.entries.iter_mut().map(|entry| &mut entry.1)
    }

    /// Every gradient.
    pub fn iter(&self) -> impl Iterator<Item = &Tensor> {
        self.entries.iter().map(|entry| &entry.1)
    }

    /// Adds other gradients to these, tensor by tensor: gradient accumulation over several small batches.
    pub fn accumulate(&mut self, mut other: Gradients) {
        for (id, grad) in other.entries.drain(..) {
            self.add(id, grad, false);
        }
    }

    fn add(&mut self, id: u64, grad: Tensor, recorded: bool) {
        match self.entries.binary_search_by_key(&id, |entry| entry.0) {
            Ok(place) => add_into(&mut self.entries[place].1, grad, recorded),
            Err(place) => self.entries.insert(place, (id, grad)),
        }
    }
}

impl Drop for Gradients {
    fn drop(&mut self) {
        let mut entries = std::mem::take(&mut self.entries);
        entries.clear();
        let _ = SPARE_ENTRIES.try_with(|spare| spare.set(entries));
    }
}

struct Pending {
    node: NodeRef,
    grad: Tensor,
}

thread_local! {
    // The vectors of the last sweep, kept so that the next allocates nothing.
    static SPARE_ENTRIES: Cell<Vec<(u64, Tensor)>> = const { Cell::new(Vec::new()) };
    static SPARE_PENDING: Cell<Vec<Pending>> = const { Cell::new(Vec::new()) };
}

impl Tensor {
    /// The gradients of this one number with respect to every parameter it was computed from.
    ///
    /// The graph is consumed: what each op saved is freed as the sweep passes it.
    ///
    /// ```
    /// use gradus_core::Tensor;
    /// let x = Tensor::from([3.0]).requires_grad();
    /// let y = x.mul(&x).sum();
    /// let grads = y.backward();
    /// assert_eq!(grads.get(&x).unwrap().to_vec(), [6.0]);
    /// ```
    ///
    /// # Panics
    /// When this is not one number, or when its graph was consumed by an earlier call.
    #[track_caller]
    pub fn backward(&self) -> Gradients {
        assert!(
            self.len() == 1,
            "backward: the output has shape {}, but a gradient starts from one number; reduce it with .sum() or .mean(), \
             or give the gradient to start from with backward_from",
            self.shape()
        );
        self.backward_from(&Tensor::full(self.shape(), 1.0))
    }

    /// [`Tensor::backward`] from a given gradient of this tensor: the vector in a vector-Jacobian product.
    ///
    /// # Panics
    /// When `seed` has another shape than this tensor, or the graph was consumed by an earlier call.
    #[track_caller]
    pub fn backward_from(&self, seed: &Tensor) -> Gradients {
        sweep(self, seed, &[], false)
    }
}

/// The gradients of `output` (one number) with respect to `inputs`, parameters or intermediate results, in their order.
///
/// An input that the output does not depend on gets zeros. With `recorded`, the gradients carry a graph and can be
/// differentiated again; the graph of `output` then stays.
///
/// ```
/// use gradus_core::{grad, Tensor};
/// let x = Tensor::from([2.0]).requires_grad();
/// let y = x.mul(&x).mul(&x).sum();
/// let slope = grad(&y, &[&x], true).remove(0); // 3 x^2
/// let curvature = grad(&slope.sum(), &[&x], false).remove(0); // 6 x
/// assert_eq!((slope.item(), curvature.item()), (12.0, 12.0));
/// ```
///
/// # Panics
/// As [`Tensor::backward`].
#[track_caller]
pub fn grad(output: &Tensor, inputs: &[&Tensor], recorded: bool) -> Vec<Tensor> {
    assert!(
        output.len() == 1,
        "grad: the output has shape {}, but a gradient starts from one number; reduce it with .sum() or .mean()",
        output.shape()
    );
    let wanted: Vec<u64> = inputs.iter().filter_map(|input| input.node().map(NodeRef::id)).collect();
    let gradients = sweep(output, &Tensor::full(output.shape(), 1.0), &wanted, recorded);
    inputs.iter().map(|input| gradients.get(input).cloned().unwrap_or_else(|| Tensor::zeros(input.shape()))).collect()
}

#[track_caller]
fn sweep(output: &Tensor, seed: &Tensor, wanted: &[u64], recorded: bool) -> Gradients {
    assert!(
        seed.shape() == output.shape(),
        "backward: the gradient to start from has shape {}, the output {}; they must be the same",
        seed.shape(),
        output.shape()
    );
    let mut gradients = Gradients { entries: SPARE_ENTRIES.with(Cell::take) };
    let Some(node) = output.node() else { return gradients };
    // Sorted by node number: the last is the next to go, for all that reads it has greater numbers and has gone.
    let mut pending = SPARE_PENDING.with(Cell::take);
    pending.push(Pending { node: node.clone(), grad: seed.clone() });
    while let Some(Pending { node, grad }) = pending.pop() {
        let id = node.id();
        if node.get().is_leaf() {
            gradients.add(id, grad, recorded);
            continue;
        }
        let begun = profile::begin();
        let pulled = with_recording(recorded, || node.get().pull(&node, &grad, recorded));
        profile::book(begun, node.get().name(), profile::Direction::Backward);
        let Some(pulled) = pulled else {
            panic!(
                "backward: the graph behind {} was consumed by an earlier backward; run the forward pass again, \
                 or use grad(.., true), which keeps it",
                node.get().name()
            );
        };
        if wanted.contains(&id) {
            gradients.add(id, grad, recorded);
        }
        let inputs = node.get().inputs();
        debug_assert_eq!(pulled.len(), inputs.len(), "{} must give one gradient for each input", node.get().name());
        for (input, pulled) in inputs.iter().zip(pulled) {
            let (Some(input), Some(pulled)) = (input, pulled) else { continue };
            debug_assert_eq!(
                pulled.shape(),
                input.get().shape(),
                "{}: a gradient has its input's shape",
                node.get().name()
            );
            match pending.binary_search_by_key(&input.id(), |entry| entry.node.id()) {
                Ok(place) => add_into(&mut pending[place].grad, pulled, recorded),
                Err(place) => pending.insert(place, Pending { node: input.clone(), grad: pulled }),
            }
        }
    }
    SPARE_PENDING.with(|spare| spare.set(pending));
    gradients
}
