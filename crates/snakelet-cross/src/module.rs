//! The module as the compiler hands it over, part by part.

use core::convert::Infallible;

use hashbrown::HashMap;
use snakelet_bytecode::mpy::{Function, Module, ModuleString, Object, Singleton};
use snakelet_compiler::{self as compiler, Const, Sink};
use snakelet_num::bigint::{self, Int, Poll};
use snakelet_num::float::{REPR_LEN, Text};
use snakelet_qstr::{MPY_FIXED_LAST, hash_bytes, lookup};

/// Collects a module.
pub(crate) struct Builder {
    small_int_bits: u8,
    strings: Vec<ModuleString>,
    string_index: HashMap<Vec<u8>, u32>,
    objects: Vec<Object>,
    /// Finished functions; one is taken out when its parent is finished.
    functions: Vec<Function>,
}

impl Builder {
    pub(crate) fn new(small_int_bits: u8) -> Self {
        Builder {
            small_int_bits,
            strings: Vec::new(),
            string_index: HashMap::new(),
            objects: Vec::new(),
            functions: Vec::new(),
        }
    }

    /// The bytes of the file whose outermost function is `root`.
    pub(crate) fn finish(mut self, root: u32) -> Vec<u8> {
        let root = self.take(root);
        Module {
            small_int_bits: self.small_int_bits,
            strings: self.strings,
            objects: self.objects,
            root,
        }
        .to_bytes()
    }

    fn take(&mut self, function: u32) -> Function {
        self.functions.get_mut(function as usize).map(core::mem::take).unwrap_or_default()
    }
}

impl Sink for Builder {
    type Error = Infallible;
    type Code = u32;

    fn qstr(&mut self, text: &[u8]) -> Result<u32, Infallible> {
        if let Some(&index) = self.string_index.get(text) {
            return Ok(index);
        }
        let fixed = lookup(text, hash_bytes(text)).filter(|qstr| qstr.id() <= MPY_FIXED_LAST);
        let index = self.strings.len() as u32;
        self.strings.push(match fixed {
            Some(qstr) if index > 0 => ModuleString::Fixed(qstr),
            _ => ModuleString::Text(text.to_vec()),
        });
        self.string_index.insert(text.to_vec(), index);
        Ok(index)
    }

    fn is_interned(&mut self, text: &[u8]) -> bool {
        self.string_index.contains_key(text)
            || lookup(text, hash_bytes(text)).is_some_and(|qstr| qstr.id() <= MPY_FIXED_LAST)
    }

    fn constant(&mut self, value: &Const<'_>) -> Result<u32, Infallible> {
        let object = object(value);
        let known = self.objects.iter().position(|known| *known == object);
        let index = known.unwrap_or(self.objects.len());
        if known.is_none() {
            self.objects.push(object);
        }
        Ok(index as u32)
    }

    fn function(&mut self, function: &compiler::Function<'_, u32>) -> Result<u32, Infallible> {
        let children = function.children.iter().map(|&child| self.take(child)).collect();
        let data = [function.prelude, function.code].concat();
        self.functions.push(Function { data, children });
        Ok(self.functions.len() as u32 - 1)
    }
}

fn object(value: &Const<'_>) -> Object {
    match *value {
        Const::None => Object::Singleton(Singleton::None),
        Const::Bool(false) => Object::Singleton(Singleton::False),
        Const::Bool(true) => Object::Singleton(Singleton::True),
        Const::Ellipsis => Object::Singleton(Singleton::Ellipsis),
        Const::Small(value) => Object::Int(value.to_string()),
        Const::Int { negative, magnitude } => Object::Int(decimal(Int::new(negative, magnitude))),
        Const::Float(value) => Object::Float(repr(value, true)),
        Const::Imaginary(value) => Object::Complex(repr(value, false) + "j"),
        Const::Str(text) => Object::Str(text.to_vec()),
        Const::Bytes(bytes) => Object::Bytes(bytes.to_vec()),
        Const::Tuple(items) => Object::Tuple(items.iter().map(object).collect()),
    }
}

fn decimal(value: Int<'_>) -> String {
    let mut text = vec![0; bigint::text_len(value, 10)];
    let mut scratch = vec![0; bigint::text_scratch_len(value, 10)];
    let poll: &mut Poll<'_> = &mut |_| Ok(());
    let len = bigint::to_text(&mut text, &mut scratch, value, 10, poll).unwrap_or(0);
    text.truncate(len);
    String::from_utf8_lossy(&text).into_owned()
}

fn repr(value: f64, point_zero: bool) -> String {
    let text = Text::repr(value, point_zero);
    let mut bytes = [0; REPR_LEN];
    let len = text.write(&mut bytes).unwrap_or(0);
    String::from_utf8_lossy(bytes.get(..len).unwrap_or_default()).into_owned()
}
