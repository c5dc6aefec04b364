//! A whole `.mpy` file in memory.

use super::{Builder, FormatError, Piece, ReadError, Singleton, Writer, read};
use alloc::string::String;
use alloc::vec::Vec;
use core::convert::Infallible;
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
    /// Any other, by its text.
    Text(String),
}

/// A constant object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Object {
    /// A constant without data.
    Singleton(Singleton),
    /// A `str`.
    Str(String),
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
    /// A text is not UTF-8.
    NotUtf8,
    /// Bytes follow the module.
    TrailingBytes,
}

impl ModuleString {
    /// Returns the text.
    pub fn text(&self) -> &str {
        match self {
            ModuleString::Fixed(qstr) => static_str(*qstr).unwrap_or_default(),
            ModuleString::Text(text) => text,
        }
    }
}

impl Module {
    /// Parses a file.
    ///
    /// # Errors
    /// If the file does not keep to the format. Its bytecode may still be unsound: see
    /// [`verify`](crate::verify).
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
                ModuleString::Text(text) => writer.string(text.as_bytes())?,
            }
        }
        for object in &self.objects {
            object.write(writer)?;
        }
        self.root.write(writer)
    }
}

impl Object {
    fn write<E, F>(&self, writer: &mut Writer<F>) -> Result<(), E>
    where
        F: FnMut(&[u8]) -> Result<(), E>,
    {
        match self {
            Object::Singleton(singleton) => writer.singleton(*singleton),
            Object::Str(text) => writer.str(text.as_bytes()),
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

    /// Returns the function and all that are in it, each before its children.
    pub fn all(&self) -> Vec<&Function> {
        let mut found = Vec::new();
        let mut open = Vec::from([self]);
        while let Some(function) = open.pop() {
            found.push(function);
            open.extend(function.children.iter().rev());
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
    /// The piece that is coming in.
    piece: Option<Piece>,
    bytes: Vec<u8>,
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

impl Builder for Building {
    type Error = ParseError;

    fn tables(&mut self, _strings: u32, _objects: u32) -> Result<(), ParseError> {
        Ok(())
    }

    fn fixed_string(&mut self, string: Qstr) -> Result<(), ParseError> {
        self.strings.push(ModuleString::Fixed(string));
        Ok(())
    }

    fn begin_piece(&mut self, piece: Piece, _len: u32) -> Result<(), ParseError> {
        self.piece = Some(piece);
        self.bytes.clear();
        Ok(())
    }

    fn bytes(&mut self, bytes: &[u8]) -> Result<(), ParseError> {
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    fn end_piece(&mut self) -> Result<(), ParseError> {
        let bytes = core::mem::take(&mut self.bytes);
        let text = |bytes| String::from_utf8(bytes).map_err(|_| ParseError::NotUtf8);
        let object = match self.piece.take() {
            Some(Piece::Str) => Object::Str(text(bytes)?),
            Some(Piece::Bytes) => Object::Bytes(bytes),
            Some(Piece::Int) => Object::Int(text(bytes)?),
            Some(Piece::Float) => Object::Float(text(bytes)?),
            Some(Piece::Complex) => Object::Complex(text(bytes)?),
            Some(Piece::String) => {
                self.strings.push(ModuleString::Text(text(bytes)?));
                return Ok(());
            }
            Some(Piece::Code) => {
                self.functions.push(Function { data: bytes, children: Vec::new() });
                return Ok(());
            }
            None => return Ok(()),
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
