//! Where formatted text goes.

/// Takes text, piece by piece.
pub trait Put {
    /// Why it may refuse.
    type Error;

    /// Takes some bytes.
    ///
    /// # Errors
    /// What the taker cannot go on after, for instance that its memory is used up.
    fn put(&mut self, bytes: &[u8]) -> Result<(), Self::Error>;
}

/// A slice is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full;

/// Fills a slice from the front.
#[derive(Debug)]
pub struct Slice<'o> {
    output: &'o mut [u8],
    len: usize,
}

impl<'o> Slice<'o> {
    /// Begins at the front of a slice.
    pub fn new(output: &'o mut [u8]) -> Self {
        Slice { output, len: 0 }
    }

    /// Bytes taken so far.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether nothing was taken yet.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
}

impl Put for Slice<'_> {
    type Error = Full;

    fn put(&mut self, bytes: &[u8]) -> Result<(), Full> {
        let target = self.output.get_mut(self.len..).and_then(|rest| rest.get_mut(..bytes.len()));
        target.ok_or(Full)?.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
        self.len += bytes.len();
        Ok(())
    }
}

/// Hands bytes on in larger pieces.
pub(crate) struct Batch<'s, P: Put> {
    sink: &'s mut P,
    bytes: [u8; BATCH],
    len: usize,
}

/// Bytes that a [`Batch`] collects.
const BATCH: usize = 32;

impl<'s, P: Put> Batch<'s, P> {
    pub(crate) fn new(sink: &'s mut P) -> Self {
        Batch { sink, bytes: [0; BATCH], len: 0 }
    }

    pub(crate) fn push(&mut self, byte: u8) -> Result<(), P::Error> {
        if self.len == BATCH {
            self.flush()?;
        }
        if let Some(slot) = self.bytes.get_mut(self.len) {
            *slot = byte;
            self.len += 1;
        }
        Ok(())
    }

    /// Hands on what is left; to be called at the end.
    pub(crate) fn flush(&mut self) -> Result<(), P::Error> {
        let len = core::mem::take(&mut self.len);
        self.sink.put(self.bytes.get(..len).unwrap_or_default())
    }
}
