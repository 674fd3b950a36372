//! The recorded graph: one node for each op that ran on something that needs a gradient.
//!
//! Nodes point to the nodes of their inputs, never to values: values live only in what an op saved for its backward.
//! Dropping a graph of any length never recurses, and its nodes are kept for the next step, so that recording allocates
//! nothing once it has run.

use std::any::{Any, TypeId};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};

use smallvec::SmallVec;

use super::op::{InputGradients, Op, Pull};
use crate::tensor::{Shape, Tensor};

/// A node of the graph, shared by the tensor it made and by the nodes that read that tensor.
pub(crate) struct NodeRef(Option<Arc<dyn Node>>);

pub(crate) type Inputs = SmallVec<[Option<NodeRef>; 4]>;

pub(crate) trait Node: Any + Send + Sync {
    /// Later nodes have greater numbers: the order of numbers is a topological order.
    fn id(&self) -> u64;
    fn name(&self) -> &'static str;
    fn shape(&self) -> Shape;
    fn inputs(&self) -> &[Option<NodeRef>];
    /// The path of the parameter that a leaf stands for, once a network has named it.
    fn label(&self) -> Option<Arc<str>> {
        None
    }
    fn set_label(&self, _label: &str) {}
    fn is_leaf(&self) -> bool {
        false
    }
    /// The gradients of the inputs from that of the output. Unless `recorded`, what the op saved is freed: `None` when it was freed before.
    fn pull(&self, this: &NodeRef, grad: &Tensor, recorded: bool) -> Option<InputGradients>;
    /// Empties a node that nobody holds any more, and tells its kind where its memory is worth keeping for the next.
    fn empty(&mut self) -> Option<TypeId>;
}

static NEXT_ID: AtomicU64 = AtomicU64::new(1);

struct Recorded<O: Op> {
    id: u64,
    shape: Shape,
    inputs: Inputs,
    op: Option<O>,
    saved: Mutex<Option<O::Saved>>,
}

impl<O: Op> Node for Recorded<O> {
    fn id(&self) -> u64 {
        self.id
    }

    fn name(&self) -> &'static str {
        O::NAME
    }

    fn shape(&self) -> Shape {
        self.shape
    }

    fn inputs(&self) -> &[Option<NodeRef>] {
        &self.inputs
    }

    fn pull(&self, this: &NodeRef, grad: &Tensor, recorded: bool) -> Option<InputGradients> {
        let mut saved = self.saved.lock().unwrap_or_else(PoisonError::into_inner);
        let op = self.op.as_ref()?;
        let pull = Pull { node: this, recorded };
        if recorded {
            return Some(op.backward(saved.as_ref()?, &pull, grad));
        }
        let saved = saved.take()?;
        Some(op.backward(&saved, &pull, grad))
    }

    fn empty(&mut self) -> Option<TypeId> {
        self.inputs.clear();
        self.op = None;
        *self.saved.get_mut().unwrap_or_else(PoisonError::into_inner) = None;
        Some(TypeId::of::<Self>())
    }
}

struct Leaf {
    id: u64,
    shape: Shape,
    label: Mutex<Option<Arc<str>>>,
}

impl Node for Leaf {
    fn id(&self) -> u64 {
        self.id
    }

    fn name(&self) -> &'static str {
        "leaf"
    }

    fn shape(&self) -> Shape {
        self.shape
    }

    fn inputs(&self) -> &[Option<NodeRef>] {
        &[]
    }

    fn label(&self) -> Option<Arc<str>> {
        self.label.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set_label(&self, label: &str) {
        *self.label.lock().unwrap_or_else(PoisonError::into_inner) = Some(label.into());
    }

    fn is_leaf(&self) -> bool {
        true
    }

    fn pull(&self, _: &NodeRef, _: &Tensor, _: bool) -> Option<InputGradients> {
        Some(InputGradients::new())
    }

    fn empty(&mut self) -> Option<TypeId> {
        None
    }
}

thread_local! {
    /// Empty nodes by their kind.
    static SPARE: RefCell<HashMap<TypeId, Vec<Arc<dyn Node>>>> = RefCell::default();
    static DYING: RefCell<Vec<Arc<dyn Node>>> = const { RefCell::new(Vec::new()) };
    static DRAINING: Cell<bool> = const { Cell::new(false) };
}

/// An empty node of a kind, that nobody else holds.
fn spare(kind: TypeId) -> Option<Arc<dyn Node>> {
    SPARE.with_borrow_mut(|spare| spare.get_mut(&kind)?.pop())
}

/// Empties a node that nobody else holds and keeps it for the next of its kind.
fn recycle(mut node: Arc<dyn Node>) {
    let Some(kind) = Arc::get_mut(&mut node).and_then(Node::empty) else { return };
    // At the very end of a thread its stock is gone already: the node is then simply freed.
    let _ = SPARE.try_with(|spare| {
        if let Ok(mut spare) = spare.try_borrow_mut() {
            spare.entry(kind).or_default().push(node);
        }
    });
}

impl NodeRef {
    /// The node of an op that just ran.
    pub(crate) fn record<O: Op>(op: O, saved: O::Saved, inputs: Inputs, shape: Shape) -> Self {
        let id = NEXT_ID.fetch_add(1, Relaxed);
        let (op, saved) = (Some(op), Mutex::new(Some(saved)));
        let fresh = Recorded { id, shape, inputs, op, saved };
        if let Some(mut node) = spare(TypeId::of::<Recorded<O>>()) {
            let empty: &mut dyn Any = Arc::get_mut(&mut node).expect("a spare node is nobody else's");
            *empty.downcast_mut().expect("spare nodes are kept by their kind") = fresh;
            return NodeRef(Some(node));
        }
        NodeRef(Some(Arc::new(fresh)))
    }

    /// The node of a tensor that gradients are asked for.
    pub(crate) fn leaf(shape: Shape) -> Self {
        let id = NEXT_ID.fetch_add(1, Relaxed);
        NodeRef(Some(Arc::new(Leaf { id, shape, label: Mutex::new(None) })))
    }

    pub(crate) fn get(&self) -> &dyn Node {
        self.0.as_deref().expect("a node is only taken out when its reference is dropped")
    }

    pub(crate) fn id(&self) -> u64 {
        self.get().id()
    }
}

impl Clone for NodeRef {
    fn clone(&self) -> Self {
        NodeRef(self.0.clone())
    }
}

impl Drop for NodeRef {
    fn drop(&mut self) {
        let Some(mut node) = self.0.take() else { return };
        if Arc::get_mut(&mut node).is_none() {
            return; // somebody else still holds it
        }
        // A queue instead of recursion: emptying a node drops its inputs, which come here and queue up.
        let queued = DYING.try_with(|dying| dying.borrow_mut().push(node)).is_ok();
        if !queued || DRAINING.try_with(|draining| draining.replace(true)).unwrap_or(true) {
            return;
        }
        while let Some(node) = DYING.with(|dying| dying.borrow_mut().pop()) {
            recycle(node);
        }
        DRAINING.with(|draining| draining.set(false));
    }
}
