//! What a host implements for a link.

use snakelet_pool::{MemoryPool, Stats};

use super::output::Output;

/// What a link acts on: the script that runs, what it printed, and the figures of the board.
pub trait Device {
    /// Whether a script runs.
    fn is_running(&self) -> bool;

    /// Has `work` done on what scripts printed, once.
    fn output(&mut self, work: &mut dyn FnMut(&mut Output<'_>));

    /// Does what the tool wishes, or notes it to be done soon. A script that is to run replaces one that runs.
    ///
    /// # Errors
    ///
    /// If the device cannot, which the tool is told.
    fn obey(&mut self, order: Order<'_>) -> Result<(), Refused>;

    /// What the board is like.
    fn info(&self) -> Info {
        Info::default()
    }

    /// Tells of each memory of the board. More than nine are not passed on.
    fn memories(&self, each: &mut dyn FnMut(MemoryReport)) {
        let _ = each;
    }
}

/// What a tool wishes to happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order<'a> {
    /// The script stops.
    Stop,
    /// This script runs.
    Run(&'a [u8]),
    /// The board starts anew.
    Reset,
    /// The board starts its loader.
    Boot,
}

/// The device cannot do what the tool wishes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused;

/// What a board is like, as tools show it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Info {
    /// The number that the processor gives of itself.
    pub cpu: u32,
    /// The number of this board.
    pub device: [u32; 3],
    /// Maker and product on the bus of the line.
    pub usb: u32,
    /// The ids of up to three sensors; 0: there is none.
    pub sensors: [u32; 3],
    /// What the board has.
    pub capabilities: Capabilities,
    /// KiB of flash.
    pub flash_kib: u32,
    /// KiB of memory.
    pub memory_kib: u32,
    /// KiB for frames.
    pub frames_kib: u32,
    /// KiB for the preview.
    pub stream_kib: u32,
    /// Major, minor and patch of the program's version.
    pub version: [u8; 3],
}

/// What a board has, as bits of the protocol.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Capabilities(pub u32);

impl Capabilities {
    /// An accelerator for neural networks.
    pub const NPU: Capabilities = Capabilities(1 << 1);
    /// Memory outside of the chip.
    pub const DRAM: Capabilities = Capabilities(1 << 5);
}

/// What a memory is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemoryKind {
    /// Objects of Python.
    Heap = 0,
    /// A memory pool.
    Pool = 1,
}

/// How much of a memory is used, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemoryReport {
    /// What it is for.
    pub kind: MemoryKind,
    /// The attributes of a pool.
    pub flags: u16,
    /// All bytes.
    pub total: u32,
    /// Bytes in use.
    pub used: u32,
    /// Bytes not in use.
    pub free: u32,
    /// Bytes in use that outlive a script.
    pub persistent: u32,
    /// The most bytes that were in use.
    pub peak: u32,
}

impl MemoryReport {
    /// The report of a pool.
    pub fn of_pool(pool: &dyn MemoryPool) -> Self {
        let Stats { size, used, free, persistent, peak, .. } = pool.stats();
        let word = |bytes: usize| u32::try_from(bytes).unwrap_or(u32::MAX);
        MemoryReport {
            kind: MemoryKind::Pool,
            flags: pool.info().attributes.bits().into(),
            total: word(size),
            used: word(used),
            free: word(free),
            persistent: word(persistent),
            peak: word(peak),
        }
    }

    /// The report of a heap.
    pub fn of_heap(total: usize, used: usize) -> Self {
        let word = |bytes: usize| u32::try_from(bytes).unwrap_or(u32::MAX);
        let (total, used) = (word(total), word(used));
        MemoryReport {
            kind: MemoryKind::Heap,
            flags: 0,
            total,
            used,
            free: total.saturating_sub(used),
            persistent: 0,
            peak: 0,
        }
    }
}
