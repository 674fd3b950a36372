//! What a pickle can say here: plain values, and tensors that are described but not yet read.

use super::element::Element;

/// A value. What holds others is a place in the [`Heap`], so that a list within itself is no endless structure, and copying,
/// dropping and sharing cost nothing.
#[derive(Clone, Copy, Debug)]
pub(super) enum Value<'a> {
    None,
    Bool(bool),
    Integer(i128),
    Float(f64),
    Text(&'a str),
    Tuple(usize),
    List(usize),
    Dict(usize),
    Storage(usize),
    Tensor(usize),
    Global(Global),
}

/// What a pickle may call by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Global {
    /// `collections.OrderedDict`, to be called.
    OrderedDict,
    /// `torch.Size`, to be called with a tuple.
    Size,
    /// `torch._utils._rebuild_tensor_v2`, to be called with storage, offset, sizes, strides and what gradients need.
    RebuildTensor,
    /// `torch._utils._rebuild_parameter`, to be called with a tensor.
    RebuildParameter,
    /// A class of storage, to be named in a reference to one.
    Storage(Element),
    /// A type of elements, such as `torch.float16`: a plain value.
    ElementType,
}

/// A reference to a block of elements that stands elsewhere in the file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Storage<'a> {
    /// The block's name.
    pub key: &'a str,
    /// The type of its elements.
    pub element: Element,
    /// How many elements the block has.
    pub whole: usize,
    /// The first of those that this storage shows.
    pub start: usize,
    /// How many it shows.
    pub count: usize,
}

/// A tensor as a way through a storage: element `i, j, ..` is at `offset + i strides[0] + j strides[1] + ..`. All its places
/// lie inside the storage.
#[derive(Clone, Debug)]
pub(super) struct View {
    /// The storage's place in the heap.
    pub storage: usize,
    /// The place of the first element.
    pub offset: usize,
    /// The sizes of the axes.
    pub sizes: Vec<usize>,
    /// Steps of the axes, in elements.
    pub strides: Vec<usize>,
}

impl View {
    /// How many elements the tensor has.
    pub(super) fn elements(&self) -> usize {
        self.sizes.iter().product()
    }
}

/// The most steps and copied entries of one file's pickles. Of the largest networks ten thousand tensors take 300,000; more
/// than this is an attempt to fill the memory.
const MOST_STEPS: usize = 1 << 22;

/// All values of a file that hold others.
#[derive(Debug, Default)]
pub(super) struct Heap<'a> {
    /// Tuples and lists.
    pub sequences: Vec<Vec<Value<'a>>>,
    /// Dictionaries, in the order of their entries.
    pub dicts: Vec<Vec<(Value<'a>, Value<'a>)>>,
    /// References to storages.
    pub storages: Vec<Storage<'a>>,
    /// Tensors.
    pub tensors: Vec<View>,
    steps: usize,
}

impl<'a> Heap<'a> {
    /// Counts work against its bound, which bounds memory too: each step makes one value at most.
    pub(super) fn charge(&mut self, steps: usize) -> Result<(), String> {
        self.steps += steps;
        if self.steps > MOST_STEPS {
            return Err(format!(
                "it takes more than {MOST_STEPS} steps to unpack; no file of weights does: it is refused"
            ));
        }
        Ok(())
    }

    pub(super) fn tuple(&mut self, items: Vec<Value<'a>>) -> Value<'a> {
        self.sequences.push(items);
        Value::Tuple(self.sequences.len() - 1)
    }

    pub(super) fn list(&mut self) -> Value<'a> {
        self.sequences.push(Vec::new());
        Value::List(self.sequences.len() - 1)
    }

    pub(super) fn dict(&mut self, entries: Vec<(Value<'a>, Value<'a>)>) -> Value<'a> {
        self.dicts.push(entries);
        Value::Dict(self.dicts.len() - 1)
    }
}

impl Value<'_> {
    /// What it is, for errors.
    pub(super) fn kind(self) -> &'static str {
        match self {
            Value::None => "None",
            Value::Bool(_) => "a bool",
            Value::Integer(_) => "an integer",
            Value::Float(_) => "a number",
            Value::Text(_) => "a text",
            Value::Tuple(_) => "a tuple",
            Value::List(_) => "a list",
            Value::Dict(_) => "a dictionary",
            Value::Storage(_) => "a storage",
            Value::Tensor(_) => "a tensor",
            Value::Global(_) => "a function or class",
        }
    }
}
