//! Texts of exceptions and results, put together without an allocator.

use core::fmt::{self, Write};

/// A text of at most so many bytes; what is too much is left out.
pub(crate) struct Text<const N: usize = 192> {
    bytes: [u8; N],
    len: usize,
}

impl<const N: usize> Text<N> {
    /// Formats a text.
    pub(crate) fn of(arguments: fmt::Arguments<'_>) -> Self {
        let mut text = Text { bytes: [0; N], len: 0 };
        // only fails when it is full
        let _ = text.write_fmt(arguments);
        text
    }

    /// The text.
    pub(crate) fn as_str(&self) -> &str {
        let bytes = self.bytes.get(..self.len).unwrap_or(&[]);
        core::str::from_utf8(bytes).unwrap_or("")
    }
}

impl<const N: usize> Write for Text<N> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for character in text.chars() {
            let mut utf8 = [0; 4];
            let piece = character.encode_utf8(&mut utf8).as_bytes();
            let end = self.len + piece.len();
            let Some(room) = self.bytes.get_mut(self.len..end) else { return Err(fmt::Error) };
            room.copy_from_slice(piece);
            self.len = end;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_much_is_left_out_by_characters() {
        let text: Text<8> = Text::of(format_args!("{}{}", 12345, "äöü"));
        assert_eq!(text.as_str(), "12345ä");
        assert_eq!(Text::<4>::of(format_args!("abcd")).as_str(), "abcd");
    }
}
