//! littlefs, version 2, on any device of blocks that are erased and programmed.
//!
//! The format is that of the C library's `SPEC.md`, disk version 2.0, which version 2.1 can read. Metadata lies in pairs of
//! blocks: each is a log of commits, which ends with a checksum, and the block with the higher revision counts. A log is read
//! backwards: what was written last is found first. Nothing is kept of it in memory but where it ends.
//!
//! Three things are simpler than in the C library. A pair of metadata blocks stays where it is as long as it lives: what is not
//! programmed well is `EIO`, and metadata wears two blocks. Which blocks are in use is a bit for each block, found out
//! at the first write. Names are looked for when an open file is written back, so that one whose name
//! was taken away is an error then.

mod commit;
mod ctz;
mod dir;
mod file;
mod map;
mod python;
mod tree;

use snakelet_vm::exception::errno;

use super::bytes::{le32, put};
use super::device::Fault;

pub(crate) use file::File;
pub(super) use python::{VFS_LFS2, flush, is_on, new, next, read, seek, works, write};
pub(crate) use tree::Cursor;

/// A device of blocks.
pub(crate) trait Flash {
    /// What is wrong where it fails.
    type Error;

    /// Reads a part of a block.
    fn read(&mut self, block: u32, at: u32, out: &mut [u8]) -> Result<(), Fault<Self::Error>>;
    /// Programs a part of an erased block; it follows what was programmed before, or [`Flash::flush`].
    fn program(&mut self, block: u32, at: u32, data: &[u8]) -> Result<(), Fault<Self::Error>>;
    /// Has what was programmed reach the device: up to the end of a unit.
    fn flush(&mut self) -> Result<(), Fault<Self::Error>>;
    /// Erases a block. What is in it then is not known.
    fn erase(&mut self, block: u32) -> Result<(), Fault<Self::Error>>;
    /// Has all reach the device for good.
    fn sync(&mut self) -> Result<(), Fault<Self::Error>>;
    /// Charges for work, and asks the host now and then.
    fn charge(&mut self, steps: u32) -> Result<(), Fault<Self::Error>>;
    /// The time in nanoseconds since 1970.
    fn now(&mut self) -> u64;
    /// Reads a note on a block.
    fn note(&mut self, map: Map, block: u32) -> Result<bool, Fault<Self::Error>>;
    /// Makes a note on a block.
    fn set_note(&mut self, map: Map, block: u32, value: bool) -> Result<(), Fault<Self::Error>>;
    /// Takes all notes back.
    fn clear_notes(&mut self, map: Map) -> Result<(), Fault<Self::Error>>;
    /// Reads of the buffer of the file that is worked with.
    fn kept(&mut self, at: u32, out: &mut [u8]) -> Result<(), Fault<Self::Error>>;
    /// Writes to that buffer.
    fn keep(&mut self, at: u32, data: &[u8]) -> Result<(), Fault<Self::Error>>;
}

/// What notes are made of a block.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(crate) enum Map {
    /// Files and directories have it.
    Used,
    /// It is to become part of one.
    Coming,
}

/// What went wrong on a device.
pub(crate) type Failed<D> = Fault<<D as Flash>::Error>;

/// A pair of blocks.
pub(crate) type Pair = [u32; 2];

/// The pair that all begins with, and none.
const ROOT: Pair = [0, 1];
const NO_BLOCK: u32 = u32::MAX;
const NO_PAIR: Pair = [NO_BLOCK; 2];

/// The longest name, file and attribute.
const NAME_MAX: u32 = 255;
const FILE_MAX: u32 = 0x7fff_ffff;
const ATTRIBUTE_MAX: u32 = 1022;

/// The version of new file systems, the higher half of which all that are read have.
const VERSION: u32 = 0x0002_0000;
const NEWEST: u32 = 0x0002_0001;

/// A mounted file system.
#[derive(Copy, Clone, Debug)]
pub(crate) struct LittleFs {
    pub(crate) block_size: u32,
    pub(crate) blocks: u32,
    /// Bytes that are programmed at a time, and that files gather before they are.
    program_size: u32,
    pub(crate) cache_size: u32,
    /// Where the search for a free block goes on, and whether it is known which ones are in use.
    next: u32,
    is_mapped: bool,
    /// What all directories say together of a move or removal that was not finished.
    state: [u32; 3],
    /// Whether files note when they were changed.
    pub(crate) keeps_time: bool,
    /// Changes when names are taken away.
    generation: u32,
}

impl LittleFs {
    /// What is to be known to work with a device.
    ///
    /// # Errors
    /// `EINVAL` if the sizes do not fit.
    pub(crate) fn new(
        (blocks, block_size): (u32, u32),
        read_size: u32,
        program_size: u32,
    ) -> Result<Self, i32> {
        let cache_size = read_size.max(program_size).saturating_mul(4).min(block_size);
        let divides = |part: u32, whole: u32| whole.checked_rem(part) == Some(0);
        let fits = divides(read_size, cache_size)
            && divides(program_size, cache_size)
            && divides(cache_size, block_size)
            && block_size >= 64
            && (2..NO_BLOCK - 1).contains(&blocks);
        if !fits {
            return Err(errno::EINVAL);
        }
        Ok(Self {
            block_size,
            blocks,
            program_size,
            cache_size,
            next: 0,
            is_mapped: false,
            state: [0; 3],
            keeps_time: false,
            generation: 0,
        })
    }

    /// The largest file that lies in its directory.
    fn inline_max(&self) -> u32 {
        self.cache_size.min(ATTRIBUTE_MAX).min(self.block_size / 8)
    }

    /// Finds the file system on a device.
    ///
    /// # Errors
    /// `ENODEV` if there is none, `EINVAL` if it is of another version or size.
    pub(crate) fn mount<D: Flash>(&mut self, disk: &mut D) -> Result<(), Failed<D>> {
        let mut found = false;
        let mut seed = 0u32;
        self.each_pair(disk, |fs, disk, dir| {
            if !found {
                let mut name = [0; 8];
                let mut raw = [0; 24];
                if dir.get(fs, disk, tag(0x7ff, 0, 0), tag(SUPERBLOCK, 0, 8), &mut name)?.is_some()
                    && name == *b"littlefs"
                    && dir.get(fs, disk, tag(0x7ff, 0, 0), tag(INLINE, 0, 24), &mut raw)?.is_some()
                {
                    let (version, size, count) = (le32(&raw, 0), le32(&raw, 4), le32(&raw, 8));
                    if !(VERSION..=NEWEST).contains(&version)
                        || (size, count) != (fs.block_size, fs.blocks)
                        || le32(&raw, 12) > NAME_MAX
                    {
                        return Err(Fault::Errno(errno::EINVAL));
                    }
                    found = true;
                }
            }
            let delta = dir.state(fs, disk)?;
            xor(&mut fs.state, delta);
            seed = seed.rotate_left(5) ^ dir.revision ^ dir.seed;
            Ok(true)
        })
        .map_err(|fault| match fault {
            // what makes no sense is no file system
            Fault::Errno(errno::EIO) if !found => Fault::Errno(errno::ENODEV),
            fault => fault,
        })?;
        if !found {
            return Err(Fault::Errno(errno::ENODEV));
        }
        // blocks wear evenly if the search begins elsewhere each time
        self.next = seed.checked_rem(self.blocks).unwrap_or(0);
        Ok(())
    }

    /// Makes an empty file system.
    pub(crate) fn format<D: Flash>(&mut self, disk: &mut D) -> Result<(), Failed<D>> {
        let mut raw = [0; 24];
        let fields = [VERSION, self.block_size, self.blocks, NAME_MAX, FILE_MAX, ATTRIBUTE_MAX];
        for (i, field) in fields.into_iter().enumerate() {
            put(&mut raw, 4 * i, &field.to_le_bytes());
        }
        let attributes = [
            Attribute { tag: tag(CREATE, 0, 0), data: Data::Bytes(&[]) },
            Attribute { tag: tag(SUPERBLOCK, 0, 8), data: Data::Bytes(b"littlefs") },
            Attribute { tag: tag(INLINE, 0, 24), data: Data::Bytes(&raw) },
        ];
        // in both blocks, so that nothing older is taken for newer
        let mut dir = Dir { pair: [1, 0], ..Dir::EMPTY };
        for _ in 0..2 {
            self.write_block(disk, &mut dir, &attributes, (0, 1), [0; 3])?;
            dir.pair.swap(0, 1);
        }
        disk.sync()
    }

    /// Calls `each` with the metadata pairs, one after the other, until it gives false.
    fn each_pair<D: Flash>(
        &mut self,
        disk: &mut D,
        mut each: impl FnMut(&mut Self, &mut D, &Dir) -> Result<bool, Failed<D>>,
    ) -> Result<(), Failed<D>> {
        let mut pair = ROOT;
        for _ in 0..self.blocks {
            let dir = self.fetch(disk, pair)?;
            if !each(self, disk, &dir)? || dir.tail == NO_PAIR {
                return Ok(());
            }
            pair = dir.tail;
        }
        // it comes back to itself
        Err(Fault::CORRUPT)
    }
}

/// Changes a state by another one.
fn xor(state: &mut [u32; 3], by: [u32; 3]) {
    state.iter_mut().zip(by).for_each(|(state, by)| *state ^= by);
}

/// Types of tags.
const REGULAR: u32 = 0x001;
const DIRECTORY: u32 = 0x002;
const SUPERBLOCK: u32 = 0x0ff;
const DIR_STRUCT: u32 = 0x200;
const INLINE: u32 = 0x201;
const CTZ: u32 = 0x202;
const USER: u32 = 0x300;
/// The user attribute with the time of the last change, in nanoseconds.
const TIME: u32 = USER + 1;
const CREATE: u32 = 0x401;
const DELETE: u32 = 0x4ff;
const CHECKSUM: u32 = 0x500;
const SOFT_TAIL: u32 = 0x600;
const HARD_TAIL: u32 = 0x601;
const STATE: u32 = 0x7ff;
/// The first three bits of a type say what it is.
const NAMES: u32 = 0x000;
const STRUCTS: u32 = 0x200;
const SPLICES: u32 = 0x400;
const TAILS: u32 = 0x600;
/// The id of what belongs to no entry, and the size that says that something is deleted.
const NO_ID: u32 = 0x3ff;
const DELETED: u32 = 0x3ff;
/// Says that there is no tag.
const INVALID: u32 = 0x8000_0000;

/// A tag: its type, the entry that it belongs to, and the bytes that follow.
const fn tag(kind: u32, id: u32, size: u32) -> u32 {
    kind << 20 | id << 10 | size
}
const fn kind(tag: u32) -> u32 {
    tag >> 20 & 0x7ff
}
const fn id(tag: u32) -> u32 {
    tag >> 10 & 0x3ff
}
/// Bytes that follow a tag.
const fn size(tag: u32) -> u32 {
    if tag & 0x3ff == DELETED { 0 } else { tag & 0x3ff }
}
/// By how much a splice moves the entries behind it.
const fn splice(tag: u32) -> i32 {
    (kind(tag) as u8).cast_signed() as i32
}

/// Where what belongs to a tag lies.
#[derive(Copy, Clone, Debug)]
enum Data<'d> {
    Bytes(&'d [u8]),
    /// At a place in a block.
    Block(u32, u32),
    /// At the beginning of the buffer of the file that is worked with.
    Kept,
}

/// Something that is committed.
#[derive(Copy, Clone, Debug)]
struct Attribute<'d> {
    tag: u32,
    data: Data<'d>,
}

/// A metadata pair, as it was read. The first block is the one that counts.
#[derive(Copy, Clone, Debug)]
pub(crate) struct Dir {
    pair: Pair,
    revision: u32,
    /// Where the log ends, and the tag before that.
    end: u32,
    last: u32,
    /// How many entries there are.
    count: u32,
    /// Whether what lies behind the end was not programmed.
    is_erased: bool,
    /// The next pair: the same directory goes on there, or another one begins.
    is_split: bool,
    tail: Pair,
    /// Checksums, of which one gets a number that seldom comes twice.
    seed: u32,
}

/// The checksum of bytes behind others: that of Ethernet, without the last inversion.
fn checksum(sum: u32, bytes: &[u8]) -> u32 {
    const TABLE: [u32; 16] = [
        0x0000_0000,
        0x1db7_1064,
        0x3b6e_20c8,
        0x26d9_30ac,
        0x76dc_4190,
        0x6b6b_51f4,
        0x4db2_6158,
        0x5005_713c,
        0xedb8_8320,
        0xf00f_9344,
        0xd6d6_a3e8,
        0xcb61_b38c,
        0x9b64_c2b0,
        0x86d3_d2d4,
        0xa00a_e278,
        0xbdbd_f21c,
    ];
    let step = |sum: u32, bits: u32| {
        sum >> 4 ^ TABLE.get(((sum ^ bits) & 15) as usize).copied().unwrap_or(0)
    };
    bytes.iter().fold(sum, |sum, byte| {
        let byte = u32::from(*byte);
        step(step(sum, byte), byte >> 4)
    })
}
