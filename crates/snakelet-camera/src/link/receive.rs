//! From bytes to packets.

use super::packet::{HEADER, Header, OVERHEAD, SUM, SYNC, Status, data_sum};

/// The bytes that have come and are no whole packet yet.
///
/// Invariant: `start <= end <= buffer.len()`; the bytes that wait are those between the two.
#[derive(Debug)]
pub(super) struct Receiver<'m> {
    buffer: &'m mut [u8],
    start: usize,
    end: usize,
    /// Bytes from `start` on of the packet that was found last, which go when the next one is looked for.
    found: usize,
    /// When bytes came last.
    last_us: u64,
}

/// What was found among the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    Packet(Header),
    /// A header that is right, of a packet that is not.
    Damaged(Header, Status),
}

impl<'m> Receiver<'m> {
    pub(super) fn new(buffer: &'m mut [u8]) -> Self {
        Receiver { buffer, start: 0, end: 0, found: 0, last_us: 0 }
    }

    /// Takes bytes, as many as there is room for, and gives the rest back.
    ///
    /// There is room for some when no packet is found any more.
    pub(super) fn push<'b>(&mut self, bytes: &'b [u8], now_us: u64) -> &'b [u8] {
        self.last_us = now_us;
        self.drop_found();
        if self.start > 0 && self.buffer.len() - self.end < bytes.len() {
            self.buffer.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.end - self.start);
        }
        let room = self.buffer.get_mut(self.end..).unwrap_or_default();
        let len = room.len().min(bytes.len());
        let (taken, rest) = bytes.split_at_checked(len).unwrap_or((bytes, &[]));
        room.iter_mut().zip(taken).for_each(|(to, from)| *to = *from);
        self.end += len;
        if len == 0 {
            // a buffer that is full holds a packet, or bytes that no packet begins with; should it ever hold
            // neither, this is what keeps the caller going
            self.start = self.end;
        }
        rest
    }

    /// Finds the next packet, if all of it has come.
    pub(super) fn next(&mut self, checked: bool) -> Option<Found> {
        self.drop_found();
        loop {
            self.start += self.before_sync();
            let header = self.waiting().first_chunk::<HEADER>()?;
            let Some(header) = Header::read(header, checked) else {
                self.start += 1;
                continue;
            };
            let len = header.packet_len();
            if len > self.buffer.len().min(super::MOST_PAYLOAD + OVERHEAD) {
                self.start += 1;
                return Some(Found::Damaged(header, Status::Overflow));
            }
            let packet = self.waiting().get(..len)?;
            if checked && header.len > 0 {
                let data = packet.get(HEADER..len - SUM).unwrap_or_default();
                if packet.get(len - SUM..) != Some(&data_sum(data, true)) {
                    // the length may be right by chance, or bytes be missing: a packet may lie within
                    self.start += 1;
                    return Some(Found::Damaged(header, Status::Checksum));
                }
            }
            self.found = len;
            return Some(Found::Packet(header));
        }
    }

    /// The data of the packet that was found last.
    pub(super) fn payload(&self) -> &[u8] {
        let end = (self.start + self.found).saturating_sub(SUM);
        self.buffer.get(self.start + HEADER..end).unwrap_or_default()
    }

    /// Whether a packet has begun, and its bytes have stopped coming for so long.
    pub(super) fn is_late(&self, now_us: u64, patience_us: u64) -> bool {
        self.start + self.found < self.end && now_us.saturating_sub(self.last_us) >= patience_us
    }

    /// Gives up the packet that has begun: another one may lie within.
    pub(super) fn give_up(&mut self) {
        self.drop_found();
        self.start = self.end.min(self.start + 1);
    }

    pub(super) fn clear(&mut self) {
        (self.start, self.end, self.found) = (0, 0, 0);
    }

    fn drop_found(&mut self) {
        self.start = self.end.min(self.start + self.found);
        self.found = 0;
    }

    fn waiting(&self) -> &[u8] {
        self.buffer.get(self.start..self.end).unwrap_or_default()
    }

    /// The bytes that no packet begins with.
    fn before_sync(&self) -> usize {
        let waiting = self.waiting();
        let begins = |i: &usize| {
            let [first, second] = SYNC;
            waiting.get(*i) == Some(&first) && waiting.get(i + 1).is_none_or(|byte| *byte == second)
        };
        (0..waiting.len()).find(begins).unwrap_or(waiting.len())
    }
}
