//! Memory of a desktop that stands in for the memories of a board.
use core::mem::MaybeUninit;
use std::boxed::Box;
use std::vec;
use std::vec::Vec;

use super::{Board, Part, PoolPart};

/// Alignment of each part, which is the longest cache line in common use.
const ALIGN: usize = 64;

/// Memory of the lengths that a board has, for programs that run on a desktop.
///
/// The bytes of pools and stream buffer are zero at first. An operating system with virtual memory
/// provides bytes only when they are touched, so a board of 64 MiB costs no more than what is used
/// of it.
///
/// ```
/// use snakelet_pool::presets::{BoardMemory, board};
///
/// let board = board("arduino-nicla-vision").ok_or("no such board")?;
/// let mut memory = BoardMemory::new(board);
/// let parts = memory.split();
/// assert_eq!(parts.heap.len(), 3);
/// assert_eq!(parts.stream.len(), 32 * 1024);
/// for byte in parts.stream {
///     *byte = 0xFF;
/// }
/// // Contents stay from one borrow to the next.
/// assert_eq!(memory.split().stream.first(), Some(&0xFF));
/// # Ok::<(), &str>(())
/// ```
#[derive(Debug)]
pub struct BoardMemory {
    board: &'static Board,
    heap: Vec<HostPart<Box<[MaybeUninit<u8>]>>>,
    pools: Vec<HostPart<Vec<u8>>>,
    stream: HostPart<Vec<u8>>,
}

/// The parts of a [`BoardMemory`], each for itself.
///
/// Each slice has the length of its part on the board and starts at a multiple of 64.
///
/// ```
/// use snakelet_pool::presets::{BoardMemory, Parts, board};
///
/// let mut memory = BoardMemory::new(board("mps2-an500").ok_or("no such board")?);
/// let Parts { heap, pools, stream } = memory.split();
/// let names: Vec<&str> = pools.iter().map(|(pool, _)| pool.name).collect();
/// assert_eq!(names, ["bulk", "fast", "dtcm", "itcm"]);
/// assert_eq!((heap.len(), stream.len()), (1, 512 * 1024));
/// # Ok::<(), &str>(())
/// ```
#[derive(Debug)]
pub struct Parts<'a> {
    /// Parts of the heap, in the order of [`Board::heap`]. They are not initialised, which is how an
    /// interpreter takes memory and how it leaves it.
    pub heap: Vec<&'a mut [MaybeUninit<u8>]>,
    /// Pools with their memory, in the order of [`Board::pools`].
    pub pools: Vec<(&'static PoolPart, &'a mut [u8])>,
    /// The stream buffer.
    pub stream: &'a mut [u8],
}

impl BoardMemory {
    /// Allocates memory for every part of a board.
    ///
    /// Runs out of memory like a [`Vec`] does: the program is aborted when the desktop has less
    /// than the board. The longest board here, `openmvpt`, has about 64 MiB.
    pub fn new(board: &'static Board) -> Self {
        Self {
            board,
            heap: board.heap.iter().map(HostPart::uninit).collect(),
            pools: board.pools.iter().map(|pool| HostPart::zeroed(&pool.part)).collect(),
            stream: HostPart::zeroed(&board.stream),
        }
    }

    /// Returns the board that this memory stands in for.
    pub fn board(&self) -> &'static Board {
        self.board
    }

    /// Hands out all parts at once, so that each can be given to an owner of its own.
    pub fn split(&mut self) -> Parts<'_> {
        let pools = self.board.pools.iter().zip(&mut self.pools);
        Parts {
            heap: self.heap.iter_mut().map(HostPart::bytes).collect(),
            pools: pools.map(|(pool, host)| (pool, host.bytes())).collect(),
            stream: self.stream.bytes(),
        }
    }
}

/// Memory of one part.
#[derive(Debug)]
struct HostPart<S> {
    /// `length + ALIGN - 1` bytes, of which an aligned run is used.
    storage: S,
    /// Length of the part.
    length: usize,
}

/// Bytes of a part.
fn length(part: &Part) -> usize {
    usize::try_from(part.length).unwrap_or(usize::MAX)
}

impl HostPart<Vec<u8>> {
    fn zeroed(part: &Part) -> Self {
        let length = length(part);
        // `vec!` of zeros asks the allocator for zeroed memory and does not write it; reserving
        // and resizing would touch every page.
        Self { storage: vec![0; length.saturating_add(ALIGN - 1)], length }
    }
}

impl HostPart<Box<[MaybeUninit<u8>]>> {
    fn uninit(part: &Part) -> Self {
        let length = length(part);
        Self { storage: Box::new_uninit_slice(length.saturating_add(ALIGN - 1)), length }
    }
}

impl<S> HostPart<S> {
    fn bytes<T>(&mut self) -> &mut [T]
    where
        S: AsMut<[T]>,
    {
        let storage = self.storage.as_mut();
        let past = storage.as_ptr().addr() % ALIGN;
        let skip = (ALIGN - past) % ALIGN;
        // Never out of range: at most `ALIGN - 1` bytes are skipped, and there are as many more.
        let aligned = storage.get_mut(skip..).unwrap_or_default();
        aligned.get_mut(..self.length).unwrap_or_default()
    }
}
