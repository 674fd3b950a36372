//! Memory for time: what a part of a network needs for its backward pass is computed anew instead of kept (Griewank and Walther, 2000;
//! Chen, Xu, Zhang and Guestrin, Training deep nets with sublinear memory cost, 2016).

use std::sync::{Arc, Mutex, PoisonError};

use smallvec::{SmallVec, smallvec};

use super::{Context, Entry, Module, Parameter, Path, Visit};
use crate::Tensor;
use crate::graph::{InputGradients, Op, Pull, apply, is_recording, no_grad, with_recording};
use crate::tensor::Shape;

/// A part of a network that keeps only its input for the backward pass, which runs the part once more.
///
/// Gradients are the same bit for bit: dropout draws the same numbers again, and running statistics move once. With a block
/// in each, memory holds the inputs of all blocks and the inside of one; a training step takes a forward pass longer. Paths
/// are those of the part itself.
///
/// The gradient cannot be differentiated again: [`grad`](crate::grad) with a recorded pass panics and names this layer. Answers
/// of side branches ([`Context::add_auxiliary`]) cannot come from inside.
///
/// ```
/// use gradus_core::{nn::{Context, Linear, Module, Recompute}, Rng, Tensor};
/// let layer = Recompute::new(Linear::new(2, 3).init(&mut Rng::new(1)));
/// let y = layer.forward(&Tensor::ones([4, 2]), &mut Context::train(1));
/// assert_eq!(y.sum().backward().len(), 2); // of the weight and of the bias
/// ```
pub struct Recompute {
    part: Arc<dyn Module>,
}

impl Recompute {
    /// Computes this part anew in the backward pass.
    pub fn new(part: impl Module + 'static) -> Self {
        Recompute { part: Arc::new(part) }
    }
}

impl Visit for Recompute {
    fn visit(&self, path: Path<'_>, visitor: &mut dyn FnMut(Path<'_>, Entry<'_>)) {
        self.part.visit(path, visitor);
    }

    /// # Panics
    /// While a graph waits for its backward pass, which needs the part as it was.
    fn visit_mut(&mut self, path: Path<'_>, visitor: &mut dyn FnMut(Path<'_>, &mut Parameter)) {
        let Some(part) = Arc::get_mut(&mut self.part) else {
            panic!(
                "recompute: {path} is to change while a graph still needs it; run backward, or drop the loss, before"
            );
        };
        part.visit_mut(path, visitor);
    }
}

/// Calls `f` with each parameter that gradients are wanted for, in the order of a walk.
fn each_trainable(part: &dyn Module, f: &mut dyn FnMut(&Tensor)) {
    part.visit(Path::root(), &mut |_, entry| match entry {
        Entry::Parameter(parameter) if parameter.is_trainable() => f(parameter),
        _ => {}
    });
}

impl Module for Recompute {
    fn forward(&self, x: &Tensor, cx: &mut Context) -> Tensor {
        let mut inputs: SmallVec<[Tensor; 16]> = smallvec![x.clone()];
        each_trainable(&*self.part, &mut |parameter| inputs.push(parameter.clone()));
        if x.is_dry() || !is_recording() || inputs.iter().all(Tensor::is_constant) {
            return self.part.forward(x, cx);
        }
        let cx_before = Context::new(cx.mode, cx.rng.clone());
        let (kept, answers) = (Kept { part: self.part.clone(), x: x.detached(), cx: cx_before }, cx.auxiliary.len());
        let y = no_grad(|| self.part.forward(x, cx));
        assert!(
            cx.auxiliary.len() == answers,
            "recompute: a side branch inside adds an answer of its own; recompute the parts before and behind it instead"
        );
        let inputs: SmallVec<[&Tensor; 16]> = inputs.iter().collect();
        apply(Again { output: y.shape(), prepared: Mutex::new(Some((y, kept))) }, &inputs)
    }
}

/// The part, its input, and the context that it ran in.
struct Kept {
    part: Arc<dyn Module>,
    x: Tensor,
    cx: Context,
}

/// Inputs: x and the part's trainable parameters.
struct Again {
    output: Shape,
    /// What the first run gave, until the op is recorded: what it keeps is then freed as the sweep passes.
    prepared: Mutex<Option<(Tensor, Kept)>>,
}

impl Op for Again {
    const NAME: &'static str = "recompute";
    type Saved = Kept;

    fn infer(&self, _: &[Shape]) -> Result<Shape, String> {
        Ok(self.output)
    }

    fn forward(&self, _: &[&Tensor], _: Shape) -> (Tensor, Kept) {
        self.prepared.lock().unwrap_or_else(PoisonError::into_inner).take().expect("an op runs forward once")
    }

    fn backward(&self, kept: &Kept, pull: &Pull<'_>, grad: &Tensor) -> InputGradients {
        assert!(
            !pull.recorded,
            "recompute: its gradient cannot be differentiated again; use the part without Recompute for second derivatives"
        );
        let x = if pull.needs(0) { kept.x.requires_grad() } else { kept.x.clone() };
        let mut cx = kept.cx.clone().again();
        let y = with_recording(true, || kept.part.forward(&x, &mut cx));
        let gradients = y.backward_from(grad);
        let mut pulled: InputGradients = smallvec![gradients.get(&x).cloned()];
        each_trainable(&*kept.part, &mut |parameter| pulled.push(gradients.get(parameter).cloned()));
        pulled
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::{self, Activation, BatchNorm, Dropout, Linear, Sequential};
    use crate::{Rng, dry_run, grad};

    fn block(rng: &mut Rng) -> Sequential {
        Sequential::new()
            .add(Linear::new(16, 16).init(rng))
            .add(BatchNorm::new(16).relu())
            .add(Dropout::new(0.3))
            .add(Linear::new(16, 16).no_bias().init(rng))
            .add(Activation::Tanh)
    }

    /// Three blocks: as they are, each recomputed, or all in one and each within that.
    fn net(depth: usize) -> Sequential {
        let mut rng = Rng::new(1);
        let mut net = Sequential::new();
        for _ in 0..3 {
            let block = block(&mut rng);
            net = if depth == 0 { net.add(block) } else { net.add(Recompute::new(block)) };
        }
        if depth < 2 { net } else { Sequential::new().add(Recompute::new(net)) }
    }

    /// Gradients of input and parameters, then the statistics and where the random stream ended.
    fn outcome(depth: usize) -> (Vec<Vec<gradus_kernels::Real>>, u64) {
        let (net, x) = (net(depth), Tensor::randn([32, 16], &mut Rng::new(2)).requires_grad());
        let cx = &mut Context::train(7);
        let y = net.forward(&x, cx);
        let gradients = y.mul(&y).sum().backward();
        let mut all = vec![y.to_vec(), gradients.get(&x).unwrap().to_vec()];
        each_trainable(&net, &mut |parameter| all.push(gradients.get(parameter).unwrap().to_vec()));
        all.extend(nn::state(&net).iter().map(|(_, value)| value.to_vec()));
        (all, cx.rng.position())
    }

    #[test]
    fn everything_is_the_same_bit_for_bit() {
        let plain = outcome(0);
        assert!(plain.0.len() > 20);
        assert_eq!(plain, outcome(1));
        assert_eq!(plain, outcome(2));
    }

    #[test]
    fn paths_and_traces_are_those_of_the_part() {
        let names = |net: &Sequential| nn::state(net).into_iter().map(|(name, _)| name).collect::<Vec<_>>();
        assert_eq!(names(&net(0)), names(&net(1)));
        let ops = |net: &Sequential| {
            let ops = dry_run([4, 16], |x| net.forward(x, &mut Context::train(1))).unwrap();
            ops.iter().map(|op| op.name).collect::<Vec<_>>()
        };
        assert_eq!(ops(&net(0)), ops(&net(1)));
    }

    #[test]
    fn frozen_parameters_and_constant_inputs_are_left_out() {
        let mut net = net(1);
        let mut first = true;
        net.visit_mut(Path::root(), &mut |_, parameter| {
            if std::mem::take(&mut first) {
                parameter.freeze();
            }
        });
        let y = net.forward(&Tensor::ones([8, 16]), &mut Context::train(1));
        let mut count = 0;
        each_trainable(&net, &mut |_| count += 1);
        assert_eq!(y.sum().backward().len(), count);
    }

    #[test]
    #[should_panic(expected = "recompute: its gradient cannot be differentiated again")]
    fn second_derivatives_are_refused() {
        let x = Tensor::ones([4, 16]).requires_grad();
        let _ = grad(&net(1).forward(&x, &mut Context::train(1)).sum(), &[&x], true);
    }

    #[test]
    #[should_panic(expected = "is to change while a graph still needs it; run backward")]
    fn a_part_that_a_graph_needs_does_not_change() {
        let mut net = net(1);
        let y = net.forward(&Tensor::ones([4, 16]), &mut Context::train(1));
        net.visit_mut(Path::root(), &mut |_, _| {});
        drop(y);
    }
}
