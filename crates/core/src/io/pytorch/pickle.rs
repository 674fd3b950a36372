//! A small pickle machine: it builds plain values and calls nothing.
//!
//! Source: Python's `pickletools`; of its opcodes those that `torch.save` writes with protocols 2 to 5. Whatever could run code
//! (a class or function by name, an object of a class) is refused by that name before anything is built.

use std::collections::HashMap;

use super::globals;
use super::value::{Heap, Value};
use crate::error::{Flaw, Place};

/// Runs the pickle that begins at `start`. Gives its value and the place behind it.
pub(super) fn read<'a>(bytes: &'a [u8], start: usize, heap: &mut Heap<'a>) -> Result<(Value<'a>, usize), Flaw> {
    let mut machine = Machine { bytes, place: start, heap, stack: Vec::new(), marks: Vec::new(), memo: HashMap::new() };
    loop {
        let place = machine.place;
        match machine.step() {
            Ok(None) => {}
            Ok(Some(value)) => return Ok((value, machine.place)),
            Err(problem) => return Err(Flaw::at(Place::Byte(place as u64), problem)),
        }
    }
}

struct Machine<'a, 'h> {
    bytes: &'a [u8],
    place: usize,
    heap: &'h mut Heap<'a>,
    stack: Vec<Value<'a>>,
    /// Heights of the stack at which marks stand.
    marks: Vec<usize>,
    memo: HashMap<u64, Value<'a>>,
}

impl<'a> Machine<'a, '_> {
    /// Does one step; gives the value when the pickle ends.
    fn step(&mut self) -> Result<Option<Value<'a>>, String> {
        self.heap.charge(1)?;
        let opcode = self.array::<1>()?[0];
        let value = match opcode {
            b'.' => return self.pop().map(Some),
            0x80 => return self.array::<1>().map(|_| None), // the protocol's number
            0x95 => return self.array::<8>().map(|_| None), // a frame's length
            b'(' => {
                self.marks.push(self.stack.len());
                return Ok(None);
            }
            b'0' => return self.drop_top(),
            b'1' => return self.above_mark().map(|_| None),
            b'2' => self.top()?,
            b'N' => Value::None,
            0x88 => Value::Bool(true),
            0x89 => Value::Bool(false),
            b'J' => Value::Integer(i32::from_le_bytes(self.array()?).into()),
            b'K' => Value::Integer(self.array::<1>()?[0].into()),
            b'M' => Value::Integer(u16::from_le_bytes(self.array()?).into()),
            0x8a => {
                let length = self.length::<1>()?;
                self.long(length)?
            }
            0x8b => {
                let length = self.length::<4>()?;
                self.long(length)?
            }
            b'G' => Value::Float(f64::from_be_bytes(self.array()?)),
            // The texts of Python 3, and those of Python 2, which old files have.
            0x8c | b'U' => self.text::<1>()?,
            b'X' | b'T' => self.text::<4>()?,
            0x8d => self.text::<8>()?,
            b')' => self.heap.tuple(Vec::new()),
            0x85..=0x87 => {
                let start = self.below(usize::from(opcode) - 0x84)?;
                let items = self.stack.split_off(start);
                self.heap.tuple(items)
            }
            b't' => {
                let items = self.above_mark()?;
                self.heap.tuple(items)
            }
            b']' => self.heap.list(),
            b'}' => self.heap.dict(Vec::new()),
            b'a' | b'e' | b's' | b'u' => return self.fill(opcode).map(|()| None),
            b'h' => self.recall::<1>()?,
            b'j' => self.recall::<4>()?,
            b'q' => return self.remember::<1>(),
            b'r' => return self.remember::<4>(),
            0x94 => {
                self.memo.insert(self.memo.len() as u64, self.top()?);
                return Ok(None);
            }
            b'c' => {
                let (module, name) = (self.line()?, self.line()?);
                Value::Global(globals::find(module, name)?)
            }
            0x93 => match (self.pop()?, self.pop()?) {
                (Value::Text(name), Value::Text(module)) => Value::Global(globals::find(module, name)?),
                _ => return Err("STACK_GLOBAL names what is no text; the file is damaged".into()),
            },
            b'R' => {
                let (arguments, called) = (self.pop()?, self.pop()?);
                globals::call(self.heap, called, arguments)?
            }
            b'b' => {
                let state = self.pop()?;
                return globals::build(self.top()?, state).map(|()| None);
            }
            b'Q' => {
                let reference = self.pop()?;
                globals::persistent(self.heap, reference)?
            }
            b'i' => {
                let (module, name) = (self.line()?, self.line()?);
                return Err(globals::refusal(&format!("{module}.{name} (INST)")));
            }
            other => return Err(refused(other)),
        };
        self.stack.push(value);
        Ok(None)
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], String> {
        let rest = &self.bytes[self.place..];
        let taken = rest.get(..length).ok_or_else(|| {
            format!(
                "{length} bytes are promised, {} are left: it is truncated or damaged; take another copy",
                rest.len()
            )
        })?;
        self.place += length;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], String> {
        let bytes = self.take(N)?;
        Ok(std::array::from_fn(|place| bytes[place]))
    }

    /// A number of N little-endian bytes, as a length.
    fn length<const N: usize>(&mut self) -> Result<usize, String> {
        let number = self.array::<N>()?.iter().rev().fold(0, |number: u64, byte| number << 8 | u64::from(*byte));
        usize::try_from(number).map_err(|_| format!("a length of {number} bytes is beyond any memory; it is damaged"))
    }

    fn text<const N: usize>(&mut self) -> Result<Value<'a>, String> {
        let length = self.length::<N>()?;
        let bytes = self.take(length)?;
        let text =
            str::from_utf8(bytes).map_err(|problem| format!("a text is not UTF-8 ({problem}); it is damaged"))?;
        Ok(Value::Text(text))
    }

    fn line(&mut self) -> Result<&'a str, String> {
        let rest = &self.bytes[self.place..];
        let length = rest.iter().position(|byte| *byte == b'\n');
        let line = self.take(length.ok_or("a name does not end; it is truncated or damaged")?)?;
        self.place += 1;
        str::from_utf8(line).map_err(|_| "a name is not UTF-8; it is damaged".into())
    }

    /// An integer of so many bytes, little-endian, in two's complement.
    fn long(&mut self, length: usize) -> Result<Value<'a>, String> {
        if length > 16 {
            return Err(format!("an integer of {length} bytes is more than the 16 that are read; it is damaged"));
        }
        let bytes = self.take(length)?;
        let negative = bytes.last().is_some_and(|byte| byte & 0x80 != 0);
        let mut whole = [if negative { 0xFF } else { 0 }; 16];
        whole[..length].copy_from_slice(bytes);
        Ok(Value::Integer(i128::from_le_bytes(whole)))
    }

    /// The height `count` values below the top, at the last mark or above.
    fn below(&self, count: usize) -> Result<usize, String> {
        let floor = self.marks.last().copied().unwrap_or(0);
        let start = self.stack.len().checked_sub(count).filter(|start| *start >= floor);
        start.ok_or_else(|| "it takes a value where none is; it is damaged".into())
    }

    fn pop(&mut self) -> Result<Value<'a>, String> {
        let top = self.top();
        self.stack.pop();
        top
    }

    fn top(&self) -> Result<Value<'a>, String> {
        self.below(1).map(|place| self.stack[place])
    }

    /// POP: the top, which may be a mark.
    fn drop_top(&mut self) -> Result<Option<Value<'a>>, String> {
        if self.marks.last() == Some(&self.stack.len()) {
            self.marks.pop();
            return Ok(None);
        }
        self.pop().map(|_| None)
    }

    fn above_mark(&mut self) -> Result<Vec<Value<'a>>, String> {
        let mark = self.marks.pop().ok_or("a mark is missing; it is damaged")?;
        Ok(self.stack.split_off(mark))
    }

    /// Puts values from the stack into the list or the dictionary below them.
    fn fill(&mut self, opcode: u8) -> Result<(), String> {
        let values = match opcode {
            b'a' | b's' => {
                let start = self.below(if opcode == b'a' { 1 } else { 2 })?;
                self.stack.split_off(start)
            }
            _ => self.above_mark()?,
        };
        match (self.top()?, opcode) {
            (Value::List(place), b'a' | b'e') => self.heap.sequences[place].extend(values),
            (Value::Dict(place), b's' | b'u') if values.len().is_multiple_of(2) => {
                let entries = values.chunks_exact(2).map(|entry| (entry[0], entry[1]));
                self.heap.dicts[place].extend(entries);
            }
            (other, _) => return Err(format!("{} cannot take these entries; it is damaged", other.kind())),
        }
        Ok(())
    }

    fn recall<const N: usize>(&mut self) -> Result<Value<'a>, String> {
        let place = self.length::<N>()? as u64;
        let value = self.memo.get(&place).copied();
        value.ok_or_else(|| format!("it refers to value {place}, which was not stored; it is damaged"))
    }

    fn remember<const N: usize>(&mut self) -> Result<Option<Value<'a>>, String> {
        let place = self.length::<N>()? as u64;
        self.memo.insert(place, self.top()?);
        Ok(None)
    }
}

/// The sentence for an opcode that is not done.
fn refused(opcode: u8) -> String {
    let what = match opcode {
        0x81 | 0x92 | b'o' => "an object of a class",
        0x82..=0x84 => "a class by its number in Python's registry of extensions",
        b'B' | b'C' | 0x8e | 0x96..=0x98 => "raw bytes",
        0x8f..=0x91 => "a set",
        b'I' | b'L' | b'F' | b'S' | b'V' | b'g' | b'p' | b'P' | b'd' | b'l' => {
            return "it is written with pickle protocol 0, protocols 2 to 5 are read; in Python, load it and save it again \
                    with torch.save"
                .into();
        }
        _ => return format!("0x{opcode:02x} is no opcode of a pickle; it is damaged"),
    };
    globals::refusal(&format!("{what} (opcode 0x{opcode:02x})"))
}
