//! One packet on its way out.

use core::fmt;

use super::packet::{HEADER, Header, OVERHEAD, data_sum, flag};

/// What nobody has acknowledged is sent again after so long, then after twice as long, and so on.
const RETRY_US: u64 = 100_000;
/// How often it is sent again. The tool waits for a second, in which all of them fit.
const RETRIES: u32 = 3;

/// The packet that goes out, or went out last.
///
/// Invariant: `sent <= len <= buffer.len()`. A packet is on its way as long as `sent < len`, and then, if it shall
/// be acknowledged, until it is.
pub(super) struct Sender<'m> {
    buffer: &'m mut [u8],
    header: Header,
    summed: bool,
    len: usize,
    sent: usize,
    /// Since when it waits to be acknowledged.
    waits: Option<u64>,
    tries: u32,
}

impl fmt::Debug for Sender<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Sender { header, len, sent, waits, .. } = self;
        f.debug_struct("Sender")
            .field("header", header)
            .field("len", len)
            .field("sent", sent)
            .field("waits", waits)
            .finish_non_exhaustive()
    }
}

/// What became of a packet that nobody has acknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Late {
    /// It goes out once more.
    Repeated,
    GivenUp,
}

impl<'m> Sender<'m> {
    pub(super) fn new(buffer: &'m mut [u8]) -> Self {
        let header = Header { sequence: 0, channel: 0, flags: flag::EVENT, opcode: 0, len: 0 };
        Sender { buffer, header, summed: true, len: 0, sent: 0, waits: None, tries: 0 }
    }

    /// Sends a packet. `fill` gets room for as much data as fits, and tells how much there is.
    pub(super) fn load(
        &mut self,
        header: Header,
        summed: bool,
        fill: impl FnOnce(&mut [u8]) -> usize,
    ) {
        let room = self.buffer.len().saturating_sub(OVERHEAD).min(super::MOST_PAYLOAD);
        let data = self.buffer.get_mut(HEADER..HEADER + room).unwrap_or_default();
        let len = fill(data).min(room);
        let data = data.get(..len).unwrap_or_default();
        let sum = data_sum(data, summed);
        self.header = Header { len: len as u16, ..header };
        self.summed = summed;
        self.len = self.header.packet_len().min(self.buffer.len());
        if let (true, Some(to)) = (len > 0, self.buffer.get_mut(HEADER + len..)) {
            to.iter_mut().zip(sum).for_each(|(to, from)| *to = from);
        }
        (self.sent, self.waits, self.tries) = (0, None, 0);
        self.write_header();
    }

    fn write_header(&mut self) {
        let header = self.header.to_bytes(self.summed);
        self.buffer.iter_mut().zip(header).for_each(|(to, from)| *to = from);
    }

    /// The bytes that are to go out.
    pub(super) fn bytes(&self) -> &[u8] {
        self.buffer.get(self.sent..self.len).unwrap_or_default()
    }

    /// Notes that bytes went out; true if they were the last ones of the packet.
    pub(super) fn sent(&mut self, bytes: usize, now_us: u64) -> bool {
        let was_sending = self.is_sending();
        self.sent = self.len.min(self.sent.saturating_add(bytes));
        let done = was_sending && !self.is_sending();
        if done && self.header.has(flag::ACK_REQ) {
            self.waits = Some(now_us);
        }
        done
    }

    fn is_sending(&self) -> bool {
        self.sent < self.len
    }

    /// Whether nothing is on its way.
    pub(super) fn is_idle(&self) -> bool {
        !self.is_sending() && self.waits.is_none()
    }

    /// Whether the packet went out and shall be acknowledged.
    pub(super) fn is_waiting(&self) -> bool {
        self.waits.is_some()
    }

    /// Whether a packet is on its way that belongs to an answer.
    pub(super) fn is_answering(&self) -> bool {
        !self.is_idle() && !self.header.has(flag::EVENT)
    }

    /// Whether the packet with this number is what is waited for; then it is on its way no more.
    pub(super) fn acknowledge(&mut self, sequence: u8) -> bool {
        let right = self.is_waiting() && self.header.sequence == sequence;
        if right {
            self.waits = None;
        }
        right
    }

    /// Sends the packet that went out last once more, if it has this number and belongs to an answer.
    pub(super) fn repeat(&mut self, sequence: u8) -> bool {
        let may = !self.is_sending()
            && self.len > 0
            && self.header.sequence == sequence
            && !self.header.has(flag::EVENT);
        if may {
            self.header.flags |= flag::RTX;
            self.write_header();
            (self.sent, self.waits) = (0, None);
        }
        may
    }

    /// Repeats or gives up what nobody has acknowledged for too long.
    pub(super) fn poll(&mut self, now_us: u64) -> Option<Late> {
        let since = self.waits?;
        if now_us.saturating_sub(since) < RETRY_US << self.tries {
            return None;
        }
        if self.tries < RETRIES && self.repeat(self.header.sequence) {
            self.tries += 1;
            return Some(Late::Repeated);
        }
        self.waits = None;
        Some(Late::GivenUp)
    }

    /// Drops the packet. If a part of it went out, so does the rest, so that the other side finds what follows.
    pub(super) fn abandon(&mut self) {
        self.waits = None;
        self.header.flags = (self.header.flags & !flag::ACK_REQ) | flag::EVENT;
        if self.sent == 0 {
            self.len = 0;
        }
    }

    /// Drops the packet, whatever went out.
    pub(super) fn clear(&mut self) {
        self.abandon();
        (self.len, self.sent) = (0, 0);
    }
}
