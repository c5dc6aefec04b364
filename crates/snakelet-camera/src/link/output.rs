//! What scripts printed and nobody has read yet.

use core::fmt;

/// A ring of text, in memory of the host. When it is full, the oldest text goes.
///
/// ```
/// use snakelet_camera::link::Output;
///
/// let mut memory = [0; 8];
/// let mut output = Output::new(&mut memory);
/// output.write("0123456789".as_bytes());
/// assert_eq!((output.len(), output.lost()), (8, 2));
/// let mut read = [0; 4];
/// assert_eq!((output.peek(&mut read), &read), (4, b"2345"));
/// output.remove(4);
/// assert_eq!(output.len(), 4);
/// ```
pub struct Output<'m> {
    bytes: &'m mut [u8],
    /// Where the oldest byte is.
    start: usize,
    len: usize,
    /// Bytes that were ever removed, read or not, modulo 2^32.
    removed: u32,
    lost: u64,
}

impl fmt::Debug for Output<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Output { len, lost, .. } = self;
        f.debug_struct("Output").field("len", len).field("lost", lost).finish_non_exhaustive()
    }
}

impl<'m> Output<'m> {
    /// An empty ring.
    pub fn new(memory: &'m mut [u8]) -> Self {
        Output { bytes: memory, start: 0, len: 0, removed: 0, lost: 0 }
    }

    /// Adds text, in place of the oldest where there is no room.
    pub fn write(&mut self, text: &[u8]) {
        let room = self.bytes.len();
        let skipped = text.len().saturating_sub(room);
        let text = text.get(skipped..).unwrap_or_default();
        let excess = (self.len + text.len()).saturating_sub(room);
        self.remove(excess);
        self.lost = self.lost.saturating_add((skipped + excess) as u64);
        self.removed = self.removed.wrapping_add(skipped as u32);
        let mut place = self.start + self.len;
        for byte in text {
            place -= if place >= room { room } else { 0 };
            if let Some(to) = self.bytes.get_mut(place) {
                *to = *byte;
            }
            place += 1;
        }
        self.len += text.len();
    }

    /// Copies the oldest text, and tells how much. A character that is only begun is left for the next time.
    pub fn peek(&self, to: &mut [u8]) -> usize {
        let len = self.whole(to.len());
        for (to, i) in to.iter_mut().zip(0..len) {
            *to = self.byte(i);
        }
        len
    }

    /// The bytes of the oldest text that end with a whole character, at most so many.
    ///
    /// What is no UTF-8 does not wait for an end that never comes.
    pub(super) fn whole(&self, most: usize) -> usize {
        let len = self.len.min(most);
        let behind = |back: usize| len.checked_sub(back).map(|i| self.byte(i));
        let open = (1..=3).find(|back| behind(*back).is_some_and(|byte| byte & 0xC0 != 0x80));
        let needed = open.and_then(behind).map_or(0, |first| match first {
            0xC0..=0xDF => 2,
            0xE0..=0xEF => 3,
            0xF0..=0xF7 => 4,
            _ => 1,
        });
        match open {
            Some(back) if needed > back && len > back => len - back,
            _ => len,
        }
    }

    /// Removes so much of the oldest text.
    pub fn remove(&mut self, bytes: usize) {
        let bytes = bytes.min(self.len);
        self.start = (self.start + bytes).checked_rem(self.bytes.len()).unwrap_or(0);
        self.len -= bytes;
        self.removed = self.removed.wrapping_add(bytes as u32);
    }

    /// Bytes that wait.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether none wait.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Whether at least half of the room is taken.
    #[must_use]
    pub fn is_half_full(&self) -> bool {
        self.len > 0 && self.len >= self.bytes.len() / 2
    }

    /// Bytes that were overwritten before anybody has read them.
    #[must_use]
    pub fn lost(&self) -> u64 {
        self.lost
    }

    /// The place of the oldest byte in all that was ever printed.
    pub(super) fn position(&self) -> u32 {
        self.removed
    }

    /// Removes what was printed before that place, if it is still there.
    pub(super) fn remove_until(&mut self, position: u32) {
        let ahead = position.wrapping_sub(self.removed);
        // what is further ahead than there is text was overwritten meanwhile
        if (ahead as usize) <= self.len {
            self.remove(ahead as usize);
        }
    }

    fn byte(&self, i: usize) -> u8 {
        let place = self.start + i;
        let place = if place >= self.bytes.len() { place - self.bytes.len() } else { place };
        self.bytes.get(place).copied().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use std::vec;
    use std::vec::Vec;

    use super::*;

    #[test]
    fn characters_stay_whole() {
        let mut memory = [0; 16];
        let mut output = Output::new(&mut memory);
        output.write("aä€🙂".as_bytes());
        for (most, whole) in
            [(0, 0), (1, 1), (2, 1), (3, 3), (4, 3), (5, 3), (6, 6), (7, 6), (9, 6), (10, 10)]
        {
            assert_eq!(output.whole(most), whole, "{most}");
        }
        output.remove(1);
        assert_eq!(output.whole(1), 1, "the first character is no reason to give nothing");
        let mut output = Output::new(&mut memory);
        output.write(&[0x80; 10]);
        assert_eq!(output.whole(5), 5);
    }

    #[test]
    fn nothing_has_no_room() {
        let mut output = Output::new(&mut []);
        output.write(b"abc");
        assert_eq!((output.len(), output.lost(), output.peek(&mut [0; 4])), (0, 3, 0));
        output.remove(5);
    }

    #[test]
    fn it_is_a_queue_that_forgets() {
        let mut memory = [0; 7];
        let mut output = Output::new(&mut memory);
        let mut model: Vec<u8> = vec![];
        let mut all = 0_u32;
        for step in 0..1000_usize {
            let text: Vec<u8> = (0..step % 11).map(|i| ((step + i) % 96 + 32) as u8).collect();
            output.write(&text);
            model.extend(&text);
            let gone = model.len().saturating_sub(7);
            model.drain(..gone);
            all = all.wrapping_add(gone as u32);
            assert_eq!(output.position(), all);
            let mut read = [0; 7];
            let len = output.peek(&mut read);
            assert_eq!(&read[..len], model);
            if step % 3 == 0 {
                let until = output.position().wrapping_add(2);
                output.remove_until(until);
                let removed = if model.len() >= 2 { 2 } else { 0 };
                model.drain(..removed);
                all = all.wrapping_add(removed as u32);
            }
        }
    }
}
