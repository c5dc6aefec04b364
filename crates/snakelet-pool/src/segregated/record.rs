//! The record that describes one run of memory.

use super::class::CLASSES;
use super::records::Link;

/// What a record stands for, in one number: the class that a free run is listed in, or one of these.
pub(super) const USED: u16 = u16::MAX;
/// A block that outlives a soft reset.
pub(super) const PERSISTENT: u16 = u16::MAX - 1;
/// The whole memory while it is lent: free, but in no list.
pub(super) const LENT: u16 = u16::MAX - 3;
/// No run: the record is in the chain of unused ones.
pub(super) const UNUSED: u16 = u16::MAX - 2;

/// Describes a run of memory in a [`SegregatedPool`](super::SegregatedPool): 20 bytes that lie
/// outside of the memory they describe.
///
/// ```
/// use snakelet_pool::Record;
///
/// static mut RECORDS: [Record; 64] = [Record::UNUSED; 64];
/// assert_eq!(size_of::<Record>(), 20);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Record {
    /// Where the run starts, in lines from the pool's start.
    pub(super) start: u32,
    /// Lines of the run.
    pub(super) len: u32,
    /// The run before in memory; in an unused record nothing.
    pub(super) before: Link,
    /// The run behind in memory; in an unused record the next unused one.
    pub(super) behind: Link,
    /// The previous and the next free run of the same class.
    pub(super) previous: Link,
    pub(super) next: Link,
    /// How often the record began or ceased to describe a block: odd while it describes one.
    pub(super) generation: u16,
    /// A class, or one of the constants above.
    pub(super) kind: u16,
}

impl Record {
    /// A record that describes nothing.
    pub const UNUSED: Record = Record {
        start: 0,
        len: 0,
        before: Link::NONE,
        behind: Link::NONE,
        previous: Link::NONE,
        next: Link::NONE,
        generation: 0,
        kind: UNUSED,
    };

    /// Whether the record describes a free run that blocks can be cut from.
    #[inline]
    pub(super) fn is_free(&self) -> bool {
        usize::from(self.kind) < CLASSES
    }
}

impl Default for Record {
    fn default() -> Self {
        Record::UNUSED
    }
}

const _: () = assert!(size_of::<Record>() == 20);
// What the fields have together, so there is no padding: the records may lie in bytes that are
// borrowed, and whoever has lent them reads initialised bytes when the pool is gone.
const _: () = assert!(2 * size_of::<u32>() + 6 * size_of::<u16>() == 20);
