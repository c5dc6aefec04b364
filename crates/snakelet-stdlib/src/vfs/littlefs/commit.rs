//! Writing metadata pairs.

use snakelet_vm::exception::errno;

use super::dir::{Log, pair_bytes};
use super::{
    Attribute, CHECKSUM, DELETED, Data, Dir, Failed, Flash, HARD_TAIL, INVALID, LittleFs, Map,
    NAMES, NO_ID, NO_PAIR, Pair, SOFT_TAIL, SPLICES, STATE, STRUCTS, TAILS, USER, checksum, kind,
    size, splice, tag, xor,
};
use crate::vfs::bytes::{le32, put};
use crate::vfs::device::Fault;

/// A commit that is being written.
struct Commit {
    block: u32,
    at: u32,
    previous: u32,
    sum: u32,
    /// What it must not go beyond, so that the checksum has room.
    end: u32,
}

/// Entries that a pair has at most, and what a checksum takes.
const MOST_ENTRIES: u32 = 0xff;
const CHECKSUM_ROOM: u32 = 8;

impl Commit {
    fn bytes<D: Flash>(&mut self, disk: &mut D, bytes: &[u8]) -> Result<(), Failed<D>> {
        disk.program(self.block, self.at, bytes)?;
        self.sum = checksum(self.sum, bytes);
        self.at += bytes.len() as u32;
        Ok(())
    }

    /// Adds a tag and what belongs to it.
    ///
    /// # Errors
    /// `ENOSPC` if there is no room in the block.
    fn add<D: Flash>(&mut self, disk: &mut D, new: u32, data: Data<'_>) -> Result<(), Failed<D>> {
        let len = size(new);
        if self.at + 4 + len > self.end {
            return Err(Fault::Errno(errno::ENOSPC));
        }
        disk.charge(1)?;
        self.bytes(disk, &((new & !INVALID) ^ self.previous).to_be_bytes())?;
        self.previous = new & !INVALID;
        let mut done = 0;
        while done < len {
            let mut piece = [0; 32];
            let piece = piece.get_mut(..((len - done) as usize).min(32)).unwrap_or_default();
            match data {
                Data::Bytes(bytes) => put(piece, 0, bytes.get(done as usize..).unwrap_or_default()),
                Data::Block(block, at) => disk.read(block, at + done, piece)?,
                Data::Kept => disk.kept(done, piece)?,
            }
            self.bytes(disk, piece)?;
            done += piece.len() as u32;
        }
        Ok(())
    }

    /// Ends the commit with its checksum, at the end of a unit that is programmed.
    fn finish<D: Flash>(&mut self, fs: &LittleFs, disk: &mut D) -> Result<(), Failed<D>> {
        let end = (self.at + 20).min(fs.block_size).next_multiple_of(fs.program_size);
        let end = end.min(fs.block_size);
        while self.at < end {
            // what is longer than a tag can say takes several
            let most = (self.at + 4).saturating_add(DELETED - 1);
            let stop = if end <= most { end } else { most.min(end.saturating_sub(20)) };
            let mut behind = [0xff];
            if stop >= end && stop < fs.block_size {
                // a tag that was never programmed must not look like one that was
                disk.read(self.block, stop, &mut behind)?;
            }
            let [behind] = behind;
            let flip = u32::from(!behind >> 7);
            let len = stop.saturating_sub(self.at + 4);
            let new = tag(CHECKSUM + flip, NO_ID, len);
            let raw = (new ^ self.previous).to_be_bytes();
            self.sum = checksum(self.sum, &raw);
            disk.program(self.block, self.at, &raw)?;
            disk.program(self.block, self.at + 4, &self.sum.to_le_bytes())?;
            disk.flush()?;
            (self.at, self.previous, self.sum) = (stop, new ^ flip << 31, u32::MAX);
        }
        Ok(())
    }
}

impl LittleFs {
    /// Commits attributes to a pair, and a change of the state of all. The pair is read again then.
    pub(super) fn commit<D: Flash>(
        &mut self,
        disk: &mut D,
        dir: &mut Dir,
        attributes: &[Attribute<'_>],
        change: [u32; 3],
    ) -> Result<(), Failed<D>> {
        let mut state = dir.state(self, disk)?;
        xor(&mut state, change);
        let before = *dir;
        if !self.append(disk, dir, attributes, (change != [0; 3]).then_some(state))? {
            self.rewrite(disk, dir, attributes, state)?;
        }
        disk.sync()?;
        xor(&mut self.state, change);
        let expected = dir.revision;
        *dir = self.fetch(disk, dir.pair)?;
        // what cannot be read is not written
        if dir.revision != expected || dir.pair == before.pair && dir.end <= before.end {
            return Err(Fault::CORRUPT);
        }
        Ok(())
    }

    /// Commits behind what there is; false if there is no room.
    fn append<D: Flash>(
        &self,
        disk: &mut D,
        dir: &Dir,
        attributes: &[Attribute<'_>],
        state: Option<[u32; 3]>,
    ) -> Result<bool, Failed<D>> {
        let [block, _] = dir.pair;
        let mut commit = Commit {
            block,
            at: dir.end,
            previous: dir.last,
            sum: u32::MAX,
            end: self.block_size.saturating_sub(CHECKSUM_ROOM),
        };
        let state_len = state.map_or(0, |_| 16);
        let wanted: u32 = attributes.iter().map(|a| 4 + size(a.tag)).sum();
        if !dir.is_erased || dir.end + wanted + state_len > commit.end {
            return Ok(false);
        }
        for attribute in attributes {
            commit.add(disk, attribute.tag, attribute.data)?;
        }
        if let Some(state) = state {
            commit.add(disk, tag(STATE, NO_ID, 12), Data::Bytes(&state_bytes(state)))?;
        }
        commit.finish(self, disk)?;
        Ok(true)
    }

    /// Writes what counts, and what is new, to the other block of a pair; or to two pairs, if it is much.
    fn rewrite<D: Flash>(
        &mut self,
        disk: &mut D,
        dir: &mut Dir,
        attributes: &[Attribute<'_>],
        state: [u32; 3],
    ) -> Result<(), Failed<D>> {
        let (mut count, mut tail, mut is_split) = (dir.count, dir.tail, dir.is_split);
        for attribute in attributes {
            match kind(attribute.tag) & 0x700 {
                SPLICES => count = count.saturating_add_signed(splice(attribute.tag)),
                TAILS => {
                    is_split = kind(attribute.tag) == HARD_TAIL;
                    if let Data::Bytes(raw) = attribute.data {
                        tail = [le32(raw, 0), le32(raw, 4)];
                    }
                }
                _ => {}
            }
        }
        let mut sizes = 0;
        let mut half = 0;
        let log = Log { dir, attributes };
        // half of the block stays free, so that it is not soon full again
        let enough = (self.block_size / 2).next_multiple_of(self.program_size);
        let most = self.block_size.saturating_sub(40);
        for entry in 0..count {
            sizes += self.entry_size(disk, &log, entry)?;
            if sizes <= enough.min(most) / 2 || entry == 0 {
                half = entry + 1;
            }
        }
        let mut new = Dir { tail, is_split, ..*dir };
        if (sizes > enough.min(most) || count > MOST_ENTRIES) && half < count && count > 1 {
            match self.split(disk, &mut new, dir, attributes, (half, count), state) {
                Ok(()) => {
                    *dir = new;
                    return Ok(());
                }
                // it may still fit
                Err(Fault::Errno(errno::ENOSPC)) if sizes <= most => {}
                Err(fault) => return Err(fault),
            }
        }
        if sizes > most {
            return Err(Fault::Errno(errno::ENOSPC));
        }
        self.write_part(disk, &mut new, &Log { dir, attributes }, (0, count), state)?;
        new.pair.swap(0, 1);
        *dir = new;
        Ok(())
    }

    /// Bytes that an entry takes.
    fn entry_size<D: Flash>(
        &self,
        disk: &mut D,
        log: &Log<'_>,
        entry: u32,
    ) -> Result<u32, Failed<D>> {
        let mut sum = 0;
        self.each_tag(disk, log, entry, |_, tag, _| {
            sum += 4 + size(tag);
            Ok(())
        })?;
        Ok(sum)
    }

    /// Calls `each` with the tags of an entry that count: its name, its structure, and its attributes.
    pub(super) fn each_tag<D: Flash>(
        &self,
        disk: &mut D,
        log: &Log<'_>,
        entry: u32,
        mut each: impl FnMut(&mut D, u32, Data<'_>) -> Result<(), Failed<D>>,
    ) -> Result<(), Failed<D>> {
        for sort in [NAMES, STRUCTS] {
            if let Some((tag, data)) = log.find(disk, entry, 0x700, sort)? {
                each(disk, tag, data)?;
            }
        }
        let mut seen = [0u32; 8];
        loop {
            // each attribute is looked for from the end, since nothing is kept
            let mut found = None;
            log.back(disk, entry, |tag, data| {
                let number = kind(tag) & 0xff;
                let bit = 1 << (number % 32);
                let word = seen.get_mut(number as usize / 32);
                match word {
                    Some(word) if kind(tag) & 0x700 == USER && *word & bit == 0 => {
                        *word |= bit;
                        found = (tag & 0x3ff != DELETED).then_some((tag, data));
                        found.is_none()
                    }
                    _ => true,
                }
            })?;
            match found {
                Some((tag, data)) => each(disk, tag, data)?,
                None => return Ok(()),
            }
        }
    }

    /// Writes entries to the second block of a pair, with the tail that the pair has.
    fn write_part<D: Flash>(
        &self,
        disk: &mut D,
        dir: &mut Dir,
        log: &Log<'_>,
        (start, end): (u32, u32),
        state: [u32; 3],
    ) -> Result<(), Failed<D>> {
        let [_, block] = dir.pair;
        disk.erase(block)?;
        dir.revision = dir.revision.wrapping_add(1);
        let mut commit = Commit {
            block,
            at: 0,
            previous: u32::MAX,
            sum: u32::MAX,
            end: self.block_size.saturating_sub(CHECKSUM_ROOM),
        };
        commit.bytes(disk, &dir.revision.to_le_bytes())?;
        for entry in start..end {
            self.each_tag(disk, log, entry, |disk, old, data| {
                let new = tag(kind(old), entry - start, size(old));
                commit.add(disk, new, data)
            })?;
        }
        if dir.tail != NO_PAIR {
            let kind = if dir.is_split { HARD_TAIL } else { SOFT_TAIL };
            commit.add(disk, tag(kind, NO_ID, 8), Data::Bytes(&pair_bytes(dir.tail)))?;
        }
        if state != [0; 3] {
            commit.add(disk, tag(STATE, NO_ID, 12), Data::Bytes(&state_bytes(state)))?;
        }
        commit.finish(self, disk)
    }

    /// The same with attributes alone, of a pair that says nothing yet.
    pub(super) fn write_block<D: Flash>(
        &self,
        disk: &mut D,
        dir: &mut Dir,
        attributes: &[Attribute<'_>],
        range: (u32, u32),
        state: [u32; 3],
    ) -> Result<(), Failed<D>> {
        let nothing = Dir::EMPTY;
        self.write_part(disk, dir, &Log { dir: &nothing, attributes }, range, state)
    }

    /// Writes entries from `half` on to a new pair, and those before to the old one.
    fn split<D: Flash>(
        &mut self,
        disk: &mut D,
        new: &mut Dir,
        old: &Dir,
        attributes: &[Attribute<'_>],
        (half, count): (u32, u32),
        state: [u32; 3],
    ) -> Result<(), Failed<D>> {
        let log = Log { dir: old, attributes };
        let pair = self.take_pair(disk)?;
        let mut second = Dir { pair, tail: new.tail, is_split: new.is_split, ..Dir::EMPTY };
        second.revision = self.stale_revision(disk, pair)?;
        self.write_part(disk, &mut second, &log, (half, count), [0; 3])?;
        (new.tail, new.is_split) = (pair, true);
        self.write_part(disk, new, &log, (0, half), state)?;
        new.pair.swap(0, 1);
        self.release_pair(disk, pair)
    }

    /// A revision that is newer than what may lie in the block of a pair that is not written.
    pub(super) fn stale_revision<D: Flash>(
        &self,
        disk: &mut D,
        [first, _]: Pair,
    ) -> Result<u32, Failed<D>> {
        let mut raw = [0; 4];
        disk.read(first, 0, &mut raw)?;
        Ok(u32::from_le_bytes(raw))
    }

    /// Takes two free blocks for a pair.
    pub(super) fn take_pair<D: Flash>(&mut self, disk: &mut D) -> Result<Pair, Failed<D>> {
        let first = self.take(disk)?;
        match self.take(disk) {
            Ok(second) => Ok([first, second]),
            Err(fault) => {
                disk.set_note(Map::Coming, first, false)?;
                Err(fault)
            }
        }
    }

    /// Notes that a pair has become part of the file system, or never will.
    pub(super) fn release_pair<D: Flash>(&self, disk: &mut D, pair: Pair) -> Result<(), Failed<D>> {
        for block in pair {
            disk.set_note(Map::Coming, block, false)?;
        }
        Ok(())
    }
}

/// The bytes of a state.
fn state_bytes([a, b, c]: [u32; 3]) -> [u8; 12] {
    let mut raw = [0; 12];
    put(&mut raw, 0, &a.to_le_bytes());
    put(&mut raw, 4, &b.to_le_bytes());
    put(&mut raw, 8, &c.to_le_bytes());
    raw
}
