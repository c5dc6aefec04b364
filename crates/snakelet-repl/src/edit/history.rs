//! The lines typed before, in memory that was lent: the oldest first, each ended by `\n`.

use super::buffer::Buffer;

#[derive(Debug)]
pub(super) struct History<'m> {
    lines: Buffer<'m>,
}

impl<'m> History<'m> {
    pub(super) const fn new(memory: &'m mut [u8]) -> Self {
        Self { lines: Buffer::new(memory) }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        self.lines.bytes()
    }

    /// Adds a line, unless it is blank or the newest one already. The oldest lines make room.
    pub(super) fn add(&mut self, line: &[u8]) {
        if line.trim_ascii().is_empty() || self.get(0) == Some(line) {
            return;
        }
        loop {
            let len = self.lines.len();
            if self.lines.insert(len, line) && self.lines.insert(len + line.len(), b"\n") {
                return;
            }
            self.lines.remove(len..usize::MAX);
            if len == 0 {
                return;
            }
            let first = self.bytes().iter().position(|byte| *byte == b'\n');
            self.lines.remove(0..first.map_or(len, |at| at + 1));
        }
    }

    /// The line of that age, where the newest one is 0.
    pub(super) fn get(&self, age: usize) -> Option<&[u8]> {
        let ended = self.bytes().strip_suffix(b"\n")?;
        ended.rsplit(|byte| *byte == b'\n').nth(age)
    }
}
