//! The few names that a pickle may use, and what they do here.

use super::element::Element;
use super::value::{Global, Heap, Storage, Value, View};
use crate::MAX_RANK;

/// The types of elements, as plain values.
const ELEMENT_TYPES: [&str; 14] = [
    "float64", "double", "float32", "float", "float16", "half", "bfloat16", "int64", "long", "int32", "int16", "int8",
    "uint8", "bool",
];

/// What a name stands for, or the sentence that refuses it.
pub(super) fn find(module: &str, name: &str) -> Result<Global, String> {
    let found = match (module, name) {
        ("collections", "OrderedDict") => Some(Global::OrderedDict),
        ("torch", "Size") => Some(Global::Size),
        ("torch._utils", "_rebuild_tensor_v2" | "_rebuild_tensor") => Some(Global::RebuildTensor),
        ("torch._utils", "_rebuild_parameter") => Some(Global::RebuildParameter),
        ("torch", name) if ELEMENT_TYPES.contains(&name) => Some(Global::ElementType),
        // Files of old, of tensors on a graphics card, name its module.
        ("torch" | "torch.cuda", name) => Element::of_storage(name).map(Global::Storage),
        _ => None,
    };
    found.ok_or_else(|| {
        let what = format!("{module}.{name}");
        if module == "torch._utils" || module == "torch" && name.ends_with("Storage") {
            return format!(
                "it holds a kind of tensor that is not read ({}); dense ones of floating point, integers and bools are: in \
                 Python, convert it, as by .float() or .to_dense(), and save it again",
                shown(&what)
            );
        }
        refusal(&what)
    })
}

/// The sentence that refuses a name.
pub(super) fn refusal(what: &str) -> String {
    format!(
        "it asks for {}; code in a file is never run, only tensors, numbers, texts, lists and dictionaries are read: in \
         Python, write just those with torch.save(network.state_dict(), FILE)",
        shown(what)
    )
}

/// A name of the file's own, which may be of any length and hold a terminal's control codes.
fn shown(name: &str) -> String {
    let plain = |letter: char| if letter.is_alphanumeric() || matches!(letter, ' '..='~') { letter } else { '?' };
    name.chars().take(100).map(plain).collect()
}

/// REDUCE: a call.
pub(super) fn call<'a>(heap: &mut Heap<'a>, called: Value<'a>, arguments: Value<'a>) -> Result<Value<'a>, String> {
    let Value::Tuple(arguments) = arguments else {
        return Err(format!("a call has {} for arguments; it is damaged", arguments.kind()));
    };
    heap.charge(heap.sequences[arguments].len())?;
    let arguments = heap.sequences[arguments].clone();
    match (called, &arguments[..]) {
        (Value::Global(Global::OrderedDict), []) => Ok(heap.dict(Vec::new())),
        (Value::Global(Global::OrderedDict), &[Value::List(pairs)]) => ordered_dict(heap, pairs),
        (Value::Global(Global::Size), &[Value::Tuple(sizes)]) => Ok(Value::Tuple(sizes)),
        (Value::Global(Global::RebuildTensor), &[Value::Storage(storage), offset, sizes, strides, ref rest @ ..])
            if rest.len() <= 3 =>
        {
            // What the rest says is for gradients, but for flags: the values are the conjugates or negatives of those stored.
            if let Some(&Value::Dict(flags)) = rest.get(2)
                && !heap.dicts[flags].is_empty()
            {
                return Err("a tensor has flags (conjugate or negative); in Python, save its .resolve_neg()".into());
            }
            rebuild(heap, storage, offset, sizes, strides)
        }
        (Value::Global(Global::RebuildParameter), &[Value::Tensor(tensor), ..]) => Ok(Value::Tensor(tensor)),
        (Value::Global(global), _) => {
            Err(format!("{global:?} is called with other arguments than PyTorch's; it is damaged"))
        }
        (other, _) => Err(format!("{} is called; it is damaged", other.kind())),
    }
}

/// As Python 2 wrote it: `OrderedDict([[key, value], ..])`.
fn ordered_dict<'a>(heap: &mut Heap<'a>, pairs: usize) -> Result<Value<'a>, String> {
    heap.charge(heap.sequences[pairs].len())?;
    let pairs = heap.sequences[pairs].iter().map(|pair| match *pair {
        Value::List(pair) | Value::Tuple(pair) => match heap.sequences[pair][..] {
            [key, value] => Ok((key, value)),
            _ => Err("an entry of an OrderedDict is no pair; it is damaged"),
        },
        _ => Err("an entry of an OrderedDict is no pair; it is damaged"),
    });
    let entries = pairs.collect::<Result<_, _>>()?;
    Ok(heap.dict(entries))
}

/// BUILD: attributes for an object. An `OrderedDict` of weights has `_metadata`, versions of layers, which nothing here needs.
pub(super) fn build(object: Value, state: Value) -> Result<(), String> {
    match (object, state) {
        (Value::Dict(_), Value::Dict(_)) => Ok(()),
        _ => Err(format!(
            "{} is given attributes (BUILD); that is refused, only a dictionary may have some",
            object.kind()
        )),
    }
}

/// BINPERSID: `("storage", class, key, device, elements)`, in files of old with `None` or `(key, first, elements)` of a part.
pub(super) fn persistent<'a>(heap: &mut Heap<'a>, reference: Value<'a>) -> Result<Value<'a>, String> {
    let fields = match reference {
        Value::Tuple(fields) => &heap.sequences[fields][..],
        _ => &[],
    };
    let &[Value::Text("storage"), Value::Global(Global::Storage(element)), Value::Text(key), _, whole, ref part @ ..] =
        fields
    else {
        return Err("it refers to something outside that is no storage of PyTorch; it is refused".into());
    };
    let whole = number(whole).ok_or("a storage's length is no number; it is damaged")?;
    let (start, count) = match part {
        [] | [Value::None] => (0, whole),
        &[Value::Tuple(part)] => match heap.sequences[part][..] {
            [_, start, count] => number(start)
                .zip(number(count))
                .filter(|(start, count)| start.checked_add(*count).is_some_and(|end| end <= whole))
                .ok_or("a part of a storage is not inside it; it is damaged")?,
            _ => return Err("a part of a storage is not described; it is damaged".into()),
        },
        _ => return Err("a storage has more fields than PyTorch's; it is damaged".into()),
    };
    heap.storages.push(Storage { key, element, whole, start, count });
    Ok(Value::Storage(heap.storages.len() - 1))
}

/// A tensor over a storage, when all its elements lie inside.
fn rebuild<'a>(
    heap: &mut Heap<'a>,
    storage: usize,
    offset: Value<'a>,
    sizes: Value<'a>,
    strides: Value<'a>,
) -> Result<Value<'a>, String> {
    let list = |value| {
        let Value::Tuple(items) = value else { return Err("a tensor's shape is no tuple; it is damaged".to_owned()) };
        let items = &heap.sequences[items];
        if items.len() > MAX_RANK {
            return Err(format!("a tensor has {} axes, at most {MAX_RANK} are read", items.len()));
        }
        let numbers = items.iter().map(|item| number(*item)).collect::<Option<Vec<usize>>>();
        numbers.ok_or_else(|| "a size or stride is negative or no number; such a tensor is refused".to_owned())
    };
    let (sizes, strides) = (list(sizes)?, list(strides)?);
    let offset = number(offset).ok_or("a tensor's offset is negative or no number; it is damaged")?;
    if sizes.len() != strides.len() {
        return Err(format!("a tensor has {} sizes and {} strides; it is damaged", sizes.len(), strides.len()));
    }
    // Also with an axis of size 0 the others' product must be a number.
    let product = sizes.iter().try_fold(1usize, |product, size| product.checked_mul(*size.max(&1)));
    product.filter(|product| isize::try_from(*product).is_ok()).ok_or("a tensor's size overflows; it is damaged")?;
    let count = heap.storages[storage].count;
    let reach = |place: usize, (size, stride): (&usize, &usize)| (size - 1).checked_mul(*stride)?.checked_add(place);
    if !sizes.contains(&0) {
        let last = sizes.iter().zip(&strides).try_fold(offset, reach);
        if last.is_none_or(|last| last >= count) {
            return Err(format!(
                "a tensor of {sizes:?} from element {offset} with strides {strides:?} goes beyond its storage of {count}; \
                 it is damaged"
            ));
        }
    }
    heap.tensors.push(View { storage, offset, sizes, strides });
    Ok(Value::Tensor(heap.tensors.len() - 1))
}

fn number(value: Value) -> Option<usize> {
    match value {
        Value::Integer(number) => usize::try_from(number).ok(),
        _ => None,
    }
}
