//! A whole `.mpy` file in memory.

use super::{Builder, Data, FormatError, Outcome, Piece, Read, ReadError, Singleton, Writer, read};
use crate::disasm::{Names, disassemble};
use alloc::string::String;
use alloc::vec::Vec;
use core::convert::Infallible;
use core::fmt::{self, Write as _};
use snakelet_qstr::{Qstr, static_str};

/// A `.mpy` file's contents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Module {
    /// How many bits of small ints the code relies on.
    pub small_int_bits: u8,
    /// The table of strings. The first is the source file's name.
    pub strings: Vec<ModuleString>,
    /// The table of constant objects.
    pub objects: Vec<Object>,
    /// The module's own code.
    pub root: Function,
}

/// An entry of the table of strings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ModuleString {
    /// One of the fixed list, by number.
    Fixed(Qstr),
    /// Any other, by its text: UTF-8, in which the official compiler also encodes surrogates.
    Text(Vec<u8>),
}

/// A constant object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Object {
    /// A constant without data.
    Singleton(Singleton),
    /// A `str`, encoded as [`ModuleString::Text`] is.
    Str(Vec<u8>),
    /// A `bytes`.
    Bytes(Vec<u8>),
    /// An `int`, in decimal.
    Int(String),
    /// A `float`.
    Float(String),
    /// A `complex`.
    Complex(String),
    /// A `tuple`.
    Tuple(Vec<Object>),
}

/// A function's code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Function {
    /// Prelude and instructions.
    pub data: Vec<u8>,
    /// The functions that it makes.
    pub children: Vec<Function>,
}

/// Why bytes are not a module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParseError {
    /// The format is not kept.
    Format(FormatError),
    /// A number's text is no text.
    BadNumber,
    /// Bytes follow the module.
    TrailingBytes,
}

impl ModuleString {
    /// Returns the text.
    pub fn text(&self) -> &[u8] {
        match self {
            ModuleString::Fixed(qstr) => static_str(*qstr).unwrap_or_default().as_bytes(),
            ModuleString::Text(text) => text,
        }
    }
}

impl Module {
    /// Parses a file.
    ///
    /// # Errors
    /// If the file does not keep to the format. Its bytecode may still be unsound: see
    /// [`verify`](crate::verify()).
    pub fn parse(mut bytes: &[u8]) -> Result<Module, ParseError> {
        let mut building =
            Building { small_int_bits: bytes.get(3).copied(), ..Building::default() };
        read(&mut bytes, &mut building, u8::MAX).map_err(|error| match error {
            ReadError::Source(never) => match never {},
            ReadError::Builder(error) => error,
            ReadError::Format(error) => ParseError::Format(error),
        })?;
        if !bytes.is_empty() {
            return Err(ParseError::TrailingBytes);
        }
        let truncated = ParseError::Format(FormatError::Truncated);
        Ok(Module {
            small_int_bits: building.small_int_bits.ok_or(truncated)?,
            strings: building.strings,
            objects: building.objects,
            root: building.root.ok_or(truncated)?,
        })
    }

    /// Writes the file.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut writer = Writer::new(|part: &[u8]| {
            bytes.extend_from_slice(part);
            Ok::<(), Infallible>(())
        });
        let Ok(()) = self.write(&mut writer);
        bytes
    }

    /// Lists the bytecode of all functions. Numbers stand for addresses: functions are counted as
    /// they are listed, children within their parent, constants as they are in their table.
    ///
    /// # Errors
    /// Those of `out`, and an error if a function's prelude cannot be decoded.
    pub fn disassemble(&self, out: &mut dyn fmt::Write) -> fmt::Result {
        let functions = self.root.all();
        functions
            .iter()
            .enumerate()
            .try_for_each(|(number, function)| disassemble(out, &function.data, self, number, 0))
    }

    /// Writes the file to a writer.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn write<E, F>(&self, writer: &mut Writer<F>) -> Result<(), E>
    where
        F: FnMut(&[u8]) -> Result<(), E>,
    {
        writer.header(self.small_int_bits, self.strings.len() as u32, self.objects.len() as u32)?;
        for string in &self.strings {
            match string {
                ModuleString::Fixed(qstr) => writer.fixed_string(*qstr)?,
                ModuleString::Text(text) => writer.string(text)?,
            }
        }
        for object in &self.objects {
            object.write(writer)?;
        }
        self.root.write(writer)
    }
}

impl Names for Module {
    fn string(&self, index: u32, out: &mut dyn fmt::Write) -> fmt::Result {
        let text = self.strings.get(index as usize).ok_or(fmt::Error)?.text();
        out.write_str(&String::from_utf8_lossy(text))
    }

    fn object(&self, index: u32, out: &mut dyn fmt::Write) -> fmt::Result {
        write!(out, "{}", self.objects.get(index as usize).ok_or(fmt::Error)?)
    }
}

/// As Python's `repr`.
impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Object::Singleton(Singleton::None) => f.write_str("None"),
            Object::Singleton(Singleton::False) => f.write_str("False"),
            Object::Singleton(Singleton::True) => f.write_str("True"),
            Object::Singleton(Singleton::Ellipsis) => f.write_str("Ellipsis"),
            Object::Str(text) => quote(String::from_utf8_lossy(text).chars(), false, f),
            Object::Bytes(bytes) => {
                f.write_str("b")?;
                quote(bytes.iter().map(|byte| char::from(*byte)), true, f)
            }
            Object::Int(text) | Object::Float(text) | Object::Complex(text) => f.write_str(text),
            Object::Tuple(items) => {
                f.write_str("(")?;
                for (index, item) in items.iter().enumerate() {
                    let separator = if index > 0 { ", " } else { "" };
                    write!(f, "{separator}{item}")?;
                }
                f.write_str(if items.len() == 1 { ",)" } else { ")" })
            }
        }
    }
}

/// Writes characters in quotes and escapes those that do not print. Of bytes, given as characters,
/// those above ASCII do not.
fn quote(
    chars: impl Iterator<Item = char> + Clone,
    bytes: bool,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    let has = |quote| chars.clone().any(|c| c == quote);
    let quote = if has('\'') && !has('"') { '"' } else { '\'' };
    f.write_char(quote)?;
    for c in chars {
        match c {
            '\n' => f.write_str("\\n")?,
            '\r' => f.write_str("\\r")?,
            '\t' => f.write_str("\\t")?,
            _ if c == '\\' || c == quote => write!(f, "\\{c}")?,
            _ if c < ' ' || c == '\x7f' || bytes && !c.is_ascii() => {
                write!(f, "\\x{:02x}", u32::from(c))?
            }
            _ => f.write_char(c)?,
        }
    }
    f.write_char(quote)
}

impl Object {
    fn write<E, F>(&self, writer: &mut Writer<F>) -> Result<(), E>
    where
        F: FnMut(&[u8]) -> Result<(), E>,
    {
        match self {
            Object::Singleton(singleton) => writer.singleton(*singleton),
            Object::Str(text) => writer.str(text),
            Object::Bytes(bytes) => writer.bytes(bytes),
            Object::Int(text) => writer.int(text.as_bytes()),
            Object::Float(text) => writer.float(text.as_bytes()),
            Object::Complex(text) => writer.complex(text.as_bytes()),
            Object::Tuple(items) => {
                writer.tuple(items.len() as u32)?;
                items.iter().try_for_each(|item| item.write(writer))
            }
        }
    }
}

impl Function {
    fn write<E, F>(&self, writer: &mut Writer<F>) -> Result<(), E>
    where
        F: FnMut(&[u8]) -> Result<(), E>,
    {
        writer.function(&self.data, self.children.len() as u32)?;
        self.children.iter().try_for_each(|child| child.write(writer))
    }

    /// Returns the function and all that are in it, level by level: the order in which the
    /// official compiler makes them.
    pub fn all(&self) -> Vec<&Function> {
        let mut found = Vec::from([self]);
        let mut at = 0;
        while let Some(function) = found.get(at).copied() {
            found.extend(&function.children);
            at += 1;
        }
        found
    }
}

/// A module while its parts come in.
#[derive(Default)]
struct Building {
    small_int_bits: Option<u8>,
    strings: Vec<ModuleString>,
    objects: Vec<Object>,
    root: Option<Function>,
    /// The tuples that are open, the innermost last.
    tuples: Vec<Vec<Object>>,
    /// The functions that are open, the innermost last.
    functions: Vec<Function>,
}

impl Building {
    fn object(&mut self, object: Object) {
        self.tuples.last_mut().unwrap_or(&mut self.objects).push(object);
    }
}

impl<R: Read> Builder<R> for Building {
    type Error = ParseError;

    fn tables(&mut self, _strings: u32, _objects: u32) -> Result<(), ParseError> {
        Ok(())
    }

    fn fixed_string(&mut self, string: Qstr) -> Result<(), ParseError> {
        self.strings.push(ModuleString::Fixed(string));
        Ok(())
    }

    fn piece(&mut self, piece: Piece, data: &mut Data<'_, R>) -> Outcome<(), R, ParseError> {
        let mut bytes = Vec::new();
        match data.whole()? {
            Some(whole) => bytes.extend_from_slice(whole),
            None => {
                bytes.resize(data.len(), 0);
                data.fill(&mut bytes)?;
            }
        }
        let text =
            |bytes| String::from_utf8(bytes).map_err(|_| ReadError::Builder(ParseError::BadNumber));
        let object = match piece {
            Piece::Str => Object::Str(bytes),
            Piece::Bytes => Object::Bytes(bytes),
            Piece::Int => Object::Int(text(bytes)?),
            Piece::Float => Object::Float(text(bytes)?),
            Piece::Complex => Object::Complex(text(bytes)?),
            Piece::String => {
                self.strings.push(ModuleString::Text(bytes));
                return Ok(());
            }
            Piece::Code => {
                self.functions.push(Function { data: bytes, children: Vec::new() });
                return Ok(());
            }
        };
        self.object(object);
        Ok(())
    }

    fn singleton(&mut self, singleton: Singleton) -> Result<(), ParseError> {
        self.object(Object::Singleton(singleton));
        Ok(())
    }

    fn begin_tuple(&mut self, _len: u32) -> Result<(), ParseError> {
        self.tuples.push(Vec::new());
        Ok(())
    }

    fn end_tuple(&mut self) -> Result<(), ParseError> {
        if let Some(items) = self.tuples.pop() {
            self.object(Object::Tuple(items));
        }
        Ok(())
    }

    fn children(&mut self, _count: u32) -> Result<(), ParseError> {
        Ok(())
    }

    fn end_function(&mut self) -> Result<(), ParseError> {
        if let Some(function) = self.functions.pop() {
            match self.functions.last_mut() {
                Some(parent) => parent.children.push(function),
                None => self.root = Some(function),
            }
        }
        Ok(())
    }
}
