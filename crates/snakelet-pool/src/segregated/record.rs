//! The record that describes one run of memory.

use super::records::Name;

/// What a record stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// No run: the record is in the chain of unused ones.
    Unused,
    Free,
    Used,
    Persistent,
}

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
    pub(super) before: Option<Name>,
    /// The run behind in memory; in an unused record the next unused one.
    pub(super) behind: Option<Name>,
    /// The previous and the next free run of the same class.
    pub(super) previous: Option<Name>,
    pub(super) next: Option<Name>,
    /// How often the record has described a block.
    pub(super) generation: u16,
    pub(super) state: State,
    /// Fills the record up, so that none of its bytes is padding: the records may lie in bytes that
    /// are borrowed, and whoever has lent them reads initialised bytes when the pool is gone.
    #[expect(dead_code, reason = "nobody reads what fills the record up")]
    pub(super) filler: u8,
}

impl Record {
    /// A record that describes nothing.
    pub const UNUSED: Record = Record {
        start: 0,
        len: 0,
        before: None,
        behind: None,
        previous: None,
        next: None,
        generation: 0,
        state: State::Unused,
        filler: 0,
    };
}

impl Default for Record {
    fn default() -> Self {
        Record::UNUSED
    }
}

const _: () = assert!(size_of::<Record>() == 20);
// what the fields have together, so there is no padding
const _: () = assert!(2 * size_of::<u32>() + 5 * size_of::<u16>() + size_of::<State>() + 1 == 20);
