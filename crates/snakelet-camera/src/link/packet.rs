//! Packets: their headers, and the codes in them.
//!
//! ```text
//! 0      2     3      4       5        6        8              10              10 + length
//! | D5AA | seq | chan | flags | opcode | length | crc of 0..8  | data ..       | crc of data |
//! ```
//!
//! Numbers are little-endian. A packet without data has no second checksum.

use super::crc::{crc16, crc32};

/// What every packet begins with, as it goes over the line.
pub(super) const SYNC: [u8; 2] = [0xAA, 0xD5];
/// Bytes before the data.
pub(super) const HEADER: usize = 10;
/// Bytes behind the data.
pub(super) const SUM: usize = 4;
/// Bytes of a packet that are no data.
pub(super) const OVERHEAD: usize = HEADER + SUM;

/// The bits of a packet's flags.
pub(super) mod flag {
    /// An answer, or an acknowledgement.
    pub(crate) const ACK: u8 = 1;
    /// An answer that refuses: its data is the reason.
    pub(crate) const NAK: u8 = 2;
    /// The packet was sent before.
    pub(crate) const RTX: u8 = 4;
    /// Who gets the packet shall acknowledge it.
    pub(crate) const ACK_REQ: u8 = 8;
    /// More data follows in another packet.
    pub(crate) const FRAGMENT: u8 = 16;
    /// Nobody has asked for it, and it is not counted.
    pub(crate) const EVENT: u8 = 32;
}

/// What a packet is about.
pub(super) mod opcode {
    pub(crate) const SYNC: u8 = 0x00;
    pub(crate) const GET_CAPS: u8 = 0x01;
    pub(crate) const SET_CAPS: u8 = 0x02;
    pub(crate) const STATS: u8 = 0x03;
    pub(crate) const VERSION: u8 = 0x04;
    pub(crate) const RESET: u8 = 0x10;
    pub(crate) const BOOT: u8 = 0x11;
    pub(crate) const INFO: u8 = 0x12;
    pub(crate) const SYSTEM_EVENT: u8 = 0x13;
    pub(crate) const MEMORY: u8 = 0x14;
    pub(crate) const CHANNELS: u8 = 0x20;
    pub(crate) const POLL: u8 = 0x21;
    pub(crate) const LOCK: u8 = 0x22;
    pub(crate) const UNLOCK: u8 = 0x23;
    pub(crate) const SHAPE: u8 = 0x24;
    pub(crate) const SIZE: u8 = 0x25;
    pub(crate) const READ: u8 = 0x26;
    pub(crate) const WRITE: u8 = 0x27;
    pub(crate) const IOCTL: u8 = 0x28;
    pub(crate) const EVENT: u8 = 0x29;
}

/// The channels.
pub(super) mod channel {
    pub(crate) const STDIN: u8 = 1;
    pub(crate) const STDOUT: u8 = 2;
    pub(crate) const STREAM: u8 = 3;
}

/// Why a request is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    Failed = 1,
    Invalid = 2,
    Busy = 4,
    Checksum = 5,
    Sequence = 6,
    Overflow = 7,
    Fragment = 8,
}

/// What stands before the data, without the checksum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) sequence: u8,
    pub(super) channel: u8,
    pub(super) flags: u8,
    pub(super) opcode: u8,
    pub(super) len: u16,
}

impl Header {
    /// Reads a header; none if it is not one, or, where that is checked, its checksum is wrong.
    pub(super) fn read(bytes: &[u8; HEADER], checked: bool) -> Option<Header> {
        let [s0, s1, sequence, channel, flags, opcode, l0, l1, c0, c1] = *bytes;
        let summed = [s0, s1, sequence, channel, flags, opcode, l0, l1];
        let right = !checked || crc16(&summed) == u16::from_le_bytes([c0, c1]);
        let len = u16::from_le_bytes([l0, l1]);
        ([s0, s1] == SYNC && right).then_some(Header { sequence, channel, flags, opcode, len })
    }

    /// The header as it goes over the line.
    pub(super) fn to_bytes(self, summed: bool) -> [u8; HEADER] {
        let Header { sequence, channel, flags, opcode, len } = self;
        let ([s0, s1], [l0, l1]) = (SYNC, len.to_le_bytes());
        let bytes = [s0, s1, sequence, channel, flags, opcode, l0, l1];
        let [c0, c1] = if summed { crc16(&bytes).to_le_bytes() } else { [0; 2] };
        [s0, s1, sequence, channel, flags, opcode, l0, l1, c0, c1]
    }

    /// The bytes of the whole packet.
    pub(super) fn packet_len(self) -> usize {
        match usize::from(self.len) {
            0 => HEADER,
            len => len + OVERHEAD,
        }
    }

    pub(super) const fn has(self, flag: u8) -> bool {
        self.flags & flag != 0
    }
}

/// The checksum behind data, as it goes over the line.
pub(super) fn data_sum(data: &[u8], summed: bool) -> [u8; SUM] {
    if summed { crc32(data).to_le_bytes() } else { [0; SUM] }
}
