//! The line table of a function: which instructions come from which source line.
//!
//! The table is a sequence of steps, each so many bytes of code and so many lines ahead, from
//! offset 0 and line 1. Lines never go back. A step takes one byte, `0LLBBBBB`, or two,
//! `1LLLBBBB LLLLLLLL`, the low bits of the line in the second.

/// A function's line table, in its encoded form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LineTable<'a> {
    bytes: &'a [u8],
}

impl<'a> LineTable<'a> {
    /// Takes the bytes of a table; any bytes are some table.
    pub fn new(bytes: &'a [u8]) -> LineTable<'a> {
        LineTable { bytes }
    }

    /// Returns the line of the instruction at an offset in the code.
    pub fn line_at(&self, offset: usize) -> u32 {
        let mut line = 1;
        for (start, from_here) in self.entries() {
            if start > offset {
                break;
            }
            line = from_here;
        }
        line
    }

    /// Returns the table's steps as pairs of an offset and the line that begins there.
    pub fn entries(&self) -> LineEntries<'a> {
        LineEntries { rest: self.bytes, offset: 0, line: 1 }
    }
}

/// The steps of a line table.
#[derive(Clone, Debug)]
pub struct LineEntries<'a> {
    rest: &'a [u8],
    offset: usize,
    line: u32,
}

impl Iterator for LineEntries<'_> {
    type Item = (usize, u32);

    fn next(&mut self) -> Option<(usize, u32)> {
        let (bytes, lines) = match *self.rest {
            [first, ref rest @ ..] if first & 0x80 == 0 => {
                self.rest = rest;
                (first & 0x1f, u32::from(first >> 5))
            }
            [first, second, ref rest @ ..] => {
                self.rest = rest;
                (first & 0xf, u32::from(first & 0x70) << 4 | u32::from(second))
            }
            _ => return None,
        };
        self.offset += usize::from(bytes);
        self.line = self.line.saturating_add(lines);
        Some((self.offset, self.line))
    }
}

/// Makes a line table while the code is being emitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineBuilder {
    offset: usize,
    line: u32,
}

impl LineBuilder {
    /// Starts at offset 0 in line 1.
    pub fn new() -> LineBuilder {
        LineBuilder { offset: 0, line: 1 }
    }

    /// Notes that the code from `offset` on comes from `line`, and gives the table's bytes for it
    /// to `out`. A line at or before the last one is not noted: the table cannot go back.
    pub fn note(&mut self, offset: usize, line: u32, out: &mut dyn FnMut(u8)) {
        if line <= self.line {
            return;
        }
        let mut bytes = offset.saturating_sub(self.offset);
        let mut lines = line - self.line;
        (self.offset, self.line) = (offset, line);
        while bytes > 0 || lines > 0 {
            if lines <= 6 || bytes > 0xf {
                // Lines can only be stepped over when all of the bytes have been.
                let step = bytes.min(0x1f);
                let down = if step < bytes { 0 } else { lines.min(3) };
                out(step as u8 | (down as u8) << 5);
                bytes -= step;
                lines -= down;
            } else {
                let down = lines.min(0x7ff);
                out(0x80 | bytes as u8 | (down >> 4) as u8 & 0x70);
                out(down as u8);
                bytes = 0;
                lines -= down;
            }
        }
    }
}

impl Default for LineBuilder {
    fn default() -> Self {
        LineBuilder::new()
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use proptest::prelude::*;
    use std::vec::Vec;

    fn table(notes: &[(usize, u32)]) -> Vec<u8> {
        let mut builder = LineBuilder::new();
        let mut bytes = Vec::new();
        for (offset, line) in notes {
            builder.note(*offset, *line, &mut |byte| bytes.push(byte));
        }
        bytes
    }

    proptest! {
        #[test]
        fn every_noted_line_is_found(steps in prop::collection::vec((0..600usize, 0..9000u32), 0..30)) {
            let (mut offset, mut line) = (0, 1);
            let mut notes = Vec::new();
            for (bytes, lines) in steps {
                offset += bytes;
                line += lines;
                notes.push((offset, line));
            }
            let bytes = table(&notes);
            let lines = LineTable::new(&bytes);
            let expected = |at: usize| {
                notes.iter().filter(|(start, _)| *start <= at).map(|(_, line)| *line).max().unwrap_or(1)
            };
            for at in 0..offset + 2 {
                prop_assert_eq!(lines.line_at(at), expected(at));
            }
        }
    }

    #[test]
    fn steps_are_encoded_as_the_official_compiler_does() {
        assert_eq!(table(&[(0, 2), (2, 3)]), [0x20, 0x22]);
        assert_eq!(table(&[(8, 9)]), [0x88, 0x08]);
        assert_eq!(table(&[(40, 2)]), [0x1f, 0x29]);
        assert_eq!(table(&[(0, 6)]), [0x60, 0x40]);
        assert_eq!(table(&[(3, 3000)]), [0xf3, 0xff, 0xb0, 0xb8]);
    }

    #[test]
    fn a_line_before_the_last_one_is_not_noted() {
        assert_eq!(table(&[(5, 4), (9, 2)]), table(&[(5, 4)]));
    }

    #[test]
    fn a_cut_table_ends_early() {
        assert_eq!(LineTable::new(&[0x21, 0x80]).entries().collect::<Vec<_>>(), [(1, 2)]);
    }
}
