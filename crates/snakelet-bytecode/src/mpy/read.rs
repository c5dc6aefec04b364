//! Reading `.mpy` files from a stream.

use super::{MAGIC, Singleton, VERSION, tag};
use snakelet_qstr::{MPY_FIXED_LAST, Qstr};

/// Where a file's bytes come from.
pub trait Read {
    /// What can go wrong with the source.
    type Error;

    /// Returns the bytes that come next: `want` of them or more if the source can hold so many at
    /// a time and the file has them, else as many as it can; none only at the end.
    fn peek(&mut self, want: usize) -> Result<&[u8], Self::Error>;

    /// Passes over the first `n` bytes of those that [`Read::peek`] returned last.
    fn advance(&mut self, n: usize);

    /// Returns the next byte and passes over it; nothing at the end.
    ///
    /// # Errors
    /// As for [`Read::peek`].
    #[inline]
    fn next(&mut self) -> Result<Option<u8>, Self::Error> {
        let byte = self.peek(1)?.first().copied();
        self.advance(1);
        Ok(byte)
    }

    /// No less than what the file has left: counts and lengths above that are refused at once.
    fn left(&self) -> usize {
        usize::MAX
    }

    /// Returns the `n` bytes that come next, if they stay where and as they are for good.
    fn in_place(&self, n: usize) -> Option<&'static [u8]> {
        let _ = n;
        None
    }
}

impl Read for &[u8] {
    type Error = core::convert::Infallible;

    #[inline]
    fn peek(&mut self, _want: usize) -> Result<&[u8], Self::Error> {
        Ok(self)
    }

    #[inline(always)]
    fn advance(&mut self, n: usize) {
        *self = self.get(n..).unwrap_or(&[]);
    }

    #[inline]
    fn left(&self) -> usize {
        self.len()
    }
}

impl<R: Read> Read for &mut R {
    type Error = R::Error;

    #[inline]
    fn peek(&mut self, want: usize) -> Result<&[u8], Self::Error> {
        R::peek(self, want)
    }

    #[inline(always)]
    fn advance(&mut self, n: usize) {
        R::advance(self, n);
    }

    #[inline]
    fn left(&self) -> usize {
        R::left(self)
    }

    #[inline]
    fn in_place(&self, n: usize) -> Option<&'static [u8]> {
        R::in_place(self, n)
    }
}

/// A file in memory.
#[derive(Clone, Copy, Debug)]
pub struct InMemory<'a> {
    bytes: &'a [u8],
    /// All of the file if it stays where and as it is for good, else nothing.
    in_place: &'static [u8],
}

impl<'a> InMemory<'a> {
    /// A file that a builder copies from.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, in_place: &[] }
    }
}

impl InMemory<'static> {
    /// A file that is part of the program, or lies in memory that nobody changes: a builder may
    /// refer to its bytes instead of copying them.
    pub fn in_place(bytes: &'static [u8]) -> Self {
        Self { bytes, in_place: bytes }
    }
}

impl Read for InMemory<'_> {
    type Error = core::convert::Infallible;

    #[inline]
    fn peek(&mut self, _want: usize) -> Result<&[u8], Self::Error> {
        Ok(self.bytes)
    }

    #[inline(always)]
    fn advance(&mut self, n: usize) {
        self.bytes = self.bytes.get(n..).unwrap_or(&[]);
    }

    #[inline(always)]
    fn next(&mut self) -> Result<Option<u8>, Self::Error> {
        let Some((&first, rest)) = self.bytes.split_first() else { return Ok(None) };
        self.bytes = rest;
        Ok(Some(first))
    }

    #[inline]
    fn left(&self) -> usize {
        self.bytes.len()
    }

    #[inline]
    fn in_place(&self, n: usize) -> Option<&'static [u8]> {
        let at = self.in_place.len().checked_sub(self.bytes.len())?;
        self.in_place.get(at..at.checked_add(n)?).filter(|bytes| !bytes.is_empty())
    }
}

/// What a run of bytes in the file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece {
    /// The text of the next entry in the table of strings, to be interned.
    String,
    /// A `str` constant's text. Whether that is UTF-8 is for the builder to check, as for
    /// [`Piece::String`].
    Str,
    /// A `bytes` constant.
    Bytes,
    /// An `int` constant as decimal text.
    Int,
    /// A `float` constant as text.
    Float,
    /// A `complex` constant as text, of the form `2j`.
    Complex,
    /// A function's data: prelude and instructions.
    Code,
}

/// A run of bytes that a builder takes from the source.
pub struct Data<'r, R> {
    source: &'r mut R,
    len: usize,
}

impl<R: Read> Data<'_, R> {
    /// How many bytes there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Returns all of the bytes if the source has them in one place.
    ///
    /// # Errors
    /// Those of the source.
    pub fn whole<B>(&mut self) -> Result<Option<&[u8]>, ReadError<R::Error, B>> {
        let bytes = self.source.peek(self.len).map_err(ReadError::Source)?;
        Ok(bytes.get(..self.len))
    }

    /// Returns all of the bytes if they stay where and as they are for good.
    pub fn in_place(&self) -> Option<&'static [u8]> {
        self.source.in_place(self.len)
    }

    /// Takes as many bytes as `out` is long; if it is longer than what there is, its end is left
    /// as it is.
    ///
    /// # Errors
    /// Those of the source, and [`FormatError::Truncated`].
    pub fn fill<B>(&mut self, out: &mut [u8]) -> Result<(), ReadError<R::Error, B>> {
        let taken = out.len().min(self.len);
        let mut out = out.get_mut(..taken).unwrap_or(&mut []);
        while !out.is_empty() {
            let bytes = self.source.peek(out.len()).map_err(ReadError::Source)?;
            let n = bytes.len().min(out.len());
            let Some((now, later)) = out.split_at_mut_checked(n).filter(|_| n != 0) else {
                return Err(ReadError::Format(FormatError::Truncated));
            };
            now.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
            out = later;
            self.source.advance(n);
            self.len -= n;
        }
        Ok(())
    }

    /// Passes over what was not taken.
    fn skip<B>(&mut self) -> Result<(), ReadError<R::Error, B>> {
        while self.len > 0 {
            let n = self.source.peek(self.len).map_err(ReadError::Source)?.len().min(self.len);
            if n == 0 {
                return Err(ReadError::Format(FormatError::Truncated));
            }
            self.source.advance(n);
            self.len -= n;
        }
        Ok(())
    }
}

/// Receives the parts of a file in the file's order.
///
/// The strings come first, then the constant objects, then the functions. A length or count that
/// is announced here is no more than the source says that it has left; a builder that reserves
/// memory for it must be ready to fail all the same. One that has been told `begin_...` must not
/// rely on the matching `end_...`, which an error can prevent.
pub trait Builder<R: Read> {
    /// What can go wrong with building.
    type Error;

    /// The tables will have so many strings and constant objects.
    fn tables(&mut self, strings: u32, objects: u32) -> Result<(), Self::Error>;

    /// The next entry of the table of strings is one of the fixed list.
    fn fixed_string(&mut self, string: Qstr) -> Result<(), Self::Error>;

    /// A piece. What is not taken of its bytes is passed over.
    fn piece(&mut self, piece: Piece, data: &mut Data<'_, R>) -> Outcome<(), R, Self::Error>;

    /// A constant that needs no data.
    fn singleton(&mut self, singleton: Singleton) -> Result<(), Self::Error>;

    /// A tuple of `len` constants begins; they follow, then [`Builder::end_tuple`].
    fn begin_tuple(&mut self, len: u32) -> Result<(), Self::Error>;

    /// All items of the innermost open tuple have been given.
    fn end_tuple(&mut self) -> Result<(), Self::Error>;

    /// The function whose [`Piece::Code`] has just been given has this many children; they
    /// follow, then [`Builder::end_function`].
    fn children(&mut self, count: u32) -> Result<(), Self::Error>;

    /// The innermost open function and its children are complete.
    fn end_function(&mut self) -> Result<(), Self::Error>;
}

/// Why a file is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FormatError {
    /// It does not begin as a `.mpy` file does.
    NotMpy,
    /// It has another version, this one.
    Version(u8),
    /// It holds machine code.
    Native,
    /// It relies on small ints of this many bits, which are more than there are.
    SmallInt(u8),
    /// It ends too early.
    Truncated,
    /// A number is too large.
    BadNumber,
    /// A string has a number outside of the fixed list, or no zero byte behind its text.
    BadString,
    /// A constant has an unknown type, or no zero byte behind its text.
    BadObject,
    /// Tuples or functions are nested more deeply than any compiler nests them.
    TooDeep,
}

/// Why reading failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadError<R, B> {
    /// The source failed.
    Source(R),
    /// The builder failed.
    Builder(B),
    /// The file is not what it should be.
    Format(FormatError),
}

/// What reading from an `R` for a builder whose error is `E` ends in.
pub type Outcome<T, R, E> = Result<T, ReadError<<R as Read>::Error, E>>;

/// How deeply tuples may be nested in each other, and functions in each other.
pub const MAX_DEPTH: usize = 64;

/// Reads a file and hands its parts to a builder.
///
/// `small_int_bits` is how many bits a small int has on the machine that will run it. It reads no
/// more from the source than the file, and uses a few hundred bytes of stack.
///
/// # Errors
/// Those of source and builder, and a [`FormatError`] if the file is not a `.mpy` file of this
/// version without machine code. That its *bytecode* is sound must be verified apart from this.
pub fn read<R: Read, B: Builder<R>>(
    source: R,
    builder: &mut B,
    small_int_bits: u8,
) -> Outcome<(), R, B::Error> {
    let mut reader = Reader { source, builder, open: Depths::new() };
    let objects = reader.header(small_int_bits)?;
    for _ in 0..objects {
        reader.object()?;
    }
    reader.functions()
}

struct Reader<'b, R, B> {
    source: R,
    builder: &'b mut B,
    /// The tuples or functions that are being read.
    open: Depths,
}

impl<R: Read, B: Builder<R>> Reader<'_, R, B> {
    /// Reads up to the constant objects and returns their number.
    fn header(&mut self, small_int_bits: u8) -> Outcome<u32, R, B::Error> {
        if self.byte()? != MAGIC {
            return Err(ReadError::Format(FormatError::NotMpy));
        }
        let version = self.byte()?;
        if version != VERSION {
            return Err(ReadError::Format(FormatError::Version(version)));
        }
        // Bits 0 and 1 are a sub-version, which says something of machine code only.
        if self.byte()? & !3 != 0 {
            return Err(ReadError::Format(FormatError::Native));
        }
        let bits = self.byte()?;
        if bits > small_int_bits {
            return Err(ReadError::Format(FormatError::SmallInt(bits)));
        }
        let strings = self.uint()?;
        let objects = self.uint()?;
        self.plausible(strings.saturating_add(objects))?;
        self.builder.tables(strings, objects).map_err(ReadError::Builder)?;
        for _ in 0..strings {
            self.string()?;
        }
        Ok(objects)
    }

    fn string(&mut self) -> Outcome<(), R, B::Error> {
        let head = self.uint()?;
        if head & 1 == 0 {
            self.piece(Piece::String, head >> 1)?;
            return self.zero(FormatError::BadString);
        }
        match head >> 1 {
            number @ 1..=MPY_FIXED_LAST => {
                self.builder.fixed_string(Qstr::from_id(number)).map_err(ReadError::Builder)
            }
            _ => Err(ReadError::Format(FormatError::BadString)),
        }
    }

    /// Reads a constant object, tuples with all that is in them.
    fn object(&mut self) -> Outcome<(), R, B::Error> {
        loop {
            let tag = self.byte()?;
            if tag == tag::TUPLE {
                let len = self.uint()?;
                self.plausible(len)?;
                self.builder.begin_tuple(len).map_err(ReadError::Builder)?;
                self.open.push(len).map_err(ReadError::Format)?;
            } else {
                self.leaf(tag)?;
            }
            while !self.open.take_one() {
                if !self.open.pop() {
                    return Ok(());
                }
                self.builder.end_tuple().map_err(ReadError::Builder)?;
            }
        }
    }

    fn leaf(&mut self, tag: u8) -> Outcome<(), R, B::Error> {
        let singleton = match tag {
            tag::NONE => Singleton::None,
            tag::FALSE => Singleton::False,
            tag::TRUE => Singleton::True,
            tag::ELLIPSIS => Singleton::Ellipsis,
            _ => {
                let (piece, terminated) = match tag {
                    tag::STR => (Piece::Str, true),
                    tag::BYTES => (Piece::Bytes, true),
                    tag::INT => (Piece::Int, false),
                    tag::FLOAT => (Piece::Float, false),
                    tag::COMPLEX => (Piece::Complex, false),
                    _ => return Err(ReadError::Format(FormatError::BadObject)),
                };
                let len = self.uint()?;
                self.piece(piece, len)?;
                return if terminated { self.zero(FormatError::BadObject) } else { Ok(()) };
            }
        };
        self.builder.singleton(singleton).map_err(ReadError::Builder)
    }

    /// Reads the outermost function with all that is in it.
    fn functions(&mut self) -> Outcome<(), R, B::Error> {
        loop {
            let head = self.uint()?;
            if head & 3 != 0 {
                return Err(ReadError::Format(FormatError::Native));
            }
            self.piece(Piece::Code, head >> 3)?;
            let children = if head & 4 != 0 { self.uint()? } else { 0 };
            self.plausible(children)?;
            self.builder.children(children).map_err(ReadError::Builder)?;
            self.open.push(children).map_err(ReadError::Format)?;
            while !self.open.take_one() {
                self.builder.end_function().map_err(ReadError::Builder)?;
                self.open.pop();
                if self.open.is_empty() {
                    return Ok(());
                }
            }
        }
    }

    fn piece(&mut self, piece: Piece, len: u32) -> Outcome<(), R, B::Error> {
        let len = self.plausible(len)? as usize;
        let mut data = Data { source: &mut self.source, len };
        self.builder.piece(piece, &mut data)?;
        data.skip()
    }

    /// Refuses a count of things that take a byte or more each if the file ends before.
    fn plausible(&self, count: u32) -> Outcome<u32, R, B::Error> {
        if count as usize > self.source.left() {
            return Err(ReadError::Format(FormatError::Truncated));
        }
        Ok(count)
    }

    fn zero(&mut self, error: FormatError) -> Outcome<(), R, B::Error> {
        match self.byte()? {
            0 => Ok(()),
            _ => Err(ReadError::Format(error)),
        }
    }

    #[inline(always)]
    fn byte(&mut self) -> Outcome<u8, R, B::Error> {
        match self.source.next().map_err(ReadError::Source)? {
            Some(byte) => Ok(byte),
            None => Err(ReadError::Format(FormatError::Truncated)),
        }
    }

    fn uint(&mut self) -> Outcome<u32, R, B::Error> {
        let mut value = 0u32;
        loop {
            let byte = self.byte()?;
            if value >= 1 << 25 {
                return Err(ReadError::Format(FormatError::BadNumber));
            }
            value = value << 7 | u32::from(byte & 0x7f);
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
    }
}

/// How many parts are still to come on each level of nesting.
struct Depths {
    left: [u32; MAX_DEPTH],
    depth: usize,
}

impl Depths {
    fn new() -> Depths {
        Depths { left: [0; MAX_DEPTH], depth: 0 }
    }

    fn is_empty(&self) -> bool {
        self.depth == 0
    }

    fn push(&mut self, parts: u32) -> Result<(), FormatError> {
        *self.left.get_mut(self.depth).ok_or(FormatError::TooDeep)? = parts;
        self.depth += 1;
        Ok(())
    }

    /// Leaves the innermost level; `false` if there is none.
    fn pop(&mut self) -> bool {
        let open = self.depth > 0;
        self.depth -= usize::from(open);
        open
    }

    /// Takes one part off the innermost level; `false` if none is left or there is no level.
    fn take_one(&mut self) -> bool {
        let Some(left) = self.depth.checked_sub(1).and_then(|top| self.left.get_mut(top)) else {
            return false;
        };
        let some = *left > 0;
        *left -= u32::from(some);
        some
    }
}
