//! Writing `.mpy` files.

use super::{MAGIC, Singleton, VERSION, tag};
use crate::encode_uint;
use snakelet_qstr::Qstr;

/// Writes a file part by part to a function that takes bytes.
///
/// The caller keeps the order of the format: header, strings, objects, then the outermost
/// function, after each function its children. Written that way, the bytes are the ones the
/// official cross compiler writes.
#[derive(Debug)]
pub struct Writer<F> {
    out: F,
}

impl<E, F: FnMut(&[u8]) -> Result<(), E>> Writer<F> {
    /// Makes a writer that gives its bytes to `out`. Every method returns an error of `out`.
    pub fn new(out: F) -> Writer<F> {
        Writer { out }
    }

    /// Writes the header and the sizes of the tables.
    pub fn header(&mut self, small_int_bits: u8, strings: u32, objects: u32) -> Result<(), E> {
        (self.out)(&[MAGIC, VERSION, 0, small_int_bits])?;
        self.uint(strings)?;
        self.uint(objects)
    }

    /// Writes an entry of the table of strings that is in the fixed list.
    pub fn fixed_string(&mut self, string: Qstr) -> Result<(), E> {
        self.uint(string.id() << 1 | 1)
    }

    /// Writes an entry of the table of strings as text.
    pub fn string(&mut self, text: &[u8]) -> Result<(), E> {
        self.uint((text.len() as u32) << 1)?;
        (self.out)(text)?;
        (self.out)(&[0])
    }

    /// Writes a constant that needs no data.
    pub fn singleton(&mut self, singleton: Singleton) -> Result<(), E> {
        (self.out)(&[match singleton {
            Singleton::None => tag::NONE,
            Singleton::False => tag::FALSE,
            Singleton::True => tag::TRUE,
            Singleton::Ellipsis => tag::ELLIPSIS,
        }])
    }

    /// Writes a `str` constant.
    pub fn str(&mut self, text: &[u8]) -> Result<(), E> {
        self.data(tag::STR, text)?;
        (self.out)(&[0])
    }

    /// Writes a `bytes` constant.
    pub fn bytes(&mut self, bytes: &[u8]) -> Result<(), E> {
        self.data(tag::BYTES, bytes)?;
        (self.out)(&[0])
    }

    /// Writes an `int` constant, given as decimal text.
    pub fn int(&mut self, text: &[u8]) -> Result<(), E> {
        self.data(tag::INT, text)
    }

    /// Writes a `float` constant, given as text.
    pub fn float(&mut self, text: &[u8]) -> Result<(), E> {
        self.data(tag::FLOAT, text)
    }

    /// Writes a `complex` constant, given as text.
    pub fn complex(&mut self, text: &[u8]) -> Result<(), E> {
        self.data(tag::COMPLEX, text)
    }

    /// Writes the beginning of a tuple; its items follow.
    pub fn tuple(&mut self, len: u32) -> Result<(), E> {
        (self.out)(&[tag::TUPLE])?;
        self.uint(len)
    }

    /// Writes a function; its children follow.
    pub fn function(&mut self, data: &[u8], children: u32) -> Result<(), E> {
        self.uint((data.len() as u32) << 3 | u32::from(children > 0) << 2)?;
        (self.out)(data)?;
        if children > 0 { self.uint(children) } else { Ok(()) }
    }

    fn data(&mut self, tag: u8, data: &[u8]) -> Result<(), E> {
        (self.out)(&[tag])?;
        self.uint(data.len() as u32)?;
        (self.out)(data)
    }

    fn uint(&mut self, value: u32) -> Result<(), E> {
        (self.out)(&encode_uint(value))
    }
}
