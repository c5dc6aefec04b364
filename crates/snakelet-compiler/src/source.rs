//! Where the text comes from.

/// The text could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SourceError;

/// A text that can be read from any point, more than once.
pub trait Source {
    /// Reads bytes from `offset` on into `buf` and returns how many; 0 at the end of the text.
    ///
    /// # Errors
    ///
    /// [`SourceError`] if the text cannot be read.
    fn read_at(&mut self, offset: u32, buf: &mut [u8]) -> Result<usize, SourceError>;

    /// The whole text, if it lies in memory anyway; it is then read in place.
    fn contiguous(&self) -> Option<&[u8]> {
        None
    }
}

impl Source for &[u8] {
    fn read_at(&mut self, offset: u32, buf: &mut [u8]) -> Result<usize, SourceError> {
        let rest = self.get(offset as usize..).unwrap_or_default();
        for (to, from) in buf.iter_mut().zip(rest) {
            *to = *from;
        }
        Ok(rest.len().min(buf.len()))
    }

    fn contiguous(&self) -> Option<&[u8]> {
        Some(self)
    }
}
