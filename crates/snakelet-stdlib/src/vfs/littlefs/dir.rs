//! Reading metadata pairs.

use super::{
    Attribute, CHECKSUM, CREATE, DELETE, Data, Dir, Failed, Flash, INVALID, LittleFs, NAMES, NO_ID,
    NO_PAIR, Pair, SPLICES, STATE, TAILS, checksum, id, kind, size, splice, tag,
};
use crate::vfs::bytes::{le32, put};
use crate::vfs::device::Fault;

/// What a name is found to be.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(super) enum Match {
    /// The entry of this number; the tag of its name.
    Found(u32, u32),
    /// It would be the entry of this number.
    Before(u32),
    /// It would be in the next pair, or the last one here.
    Behind,
}

impl Dir {
    pub(super) const EMPTY: Self = Self {
        pair: NO_PAIR,
        revision: 0,
        end: 0,
        last: u32::MAX,
        count: 0,
        is_erased: false,
        is_split: false,
        tail: NO_PAIR,
        seed: 0,
    };
}

/// How a name on the device compares: whether it comes behind the wanted one.
fn compare<D: Flash>(
    disk: &mut D,
    (block, at): (u32, u32),
    len: u32,
    wanted: &[u8],
) -> Result<core::cmp::Ordering, Failed<D>> {
    let mut done = 0;
    for part in wanted.chunks(16) {
        let n = part.len().min((len - done) as usize);
        let mut there = [0; 16];
        let there = there.get_mut(..n).unwrap_or_default();
        disk.read(block, at + done, there)?;
        match (*there).cmp(part.get(..n).unwrap_or_default()) {
            core::cmp::Ordering::Equal => {}
            other => return Ok(other),
        }
        done += n as u32;
        if done == len {
            break;
        }
    }
    // of two names that begin alike the longer one comes first
    Ok((wanted.len() as u32).cmp(&len))
}

impl LittleFs {
    /// Reads a pair.
    pub(super) fn fetch<D: Flash>(&self, disk: &mut D, pair: Pair) -> Result<Dir, Failed<D>> {
        self.fetch_match(disk, pair, None).map(|(dir, _)| dir)
    }

    /// Reads a pair, and looks for a name in it.
    pub(super) fn fetch_match<D: Flash>(
        &self,
        disk: &mut D,
        pair: Pair,
        wanted: Option<&[u8]>,
    ) -> Result<(Dir, Match), Failed<D>> {
        let [first, second] = pair;
        if first >= self.blocks || second >= self.blocks || first == second {
            return Err(Fault::CORRUPT);
        }
        let mut revisions = [0; 2];
        for (revision, block) in revisions.iter_mut().zip(pair) {
            let mut raw = [0; 4];
            disk.read(block, 0, &mut raw)?;
            *revision = u32::from_le_bytes(raw);
        }
        let [a, b] = revisions;
        let newest_first = a.wrapping_sub(b).cast_signed() >= 0;
        let order = if newest_first {
            [(first, second, a), (second, first, b)]
        } else {
            [(second, first, b), (first, second, a)]
        };
        for (block, other, revision) in order {
            let dir = Dir { pair: [block, other], revision, ..Dir::EMPTY };
            let found = self.scan(disk, dir, wanted)?;
            if found.0.end > 0 {
                return Ok(found);
            }
        }
        Err(Fault::CORRUPT)
    }

    /// Reads the log of the first block of a pair, up to the last commit whose checksum is right.
    fn scan<D: Flash>(
        &self,
        disk: &mut D,
        mut dir: Dir,
        wanted: Option<&[u8]>,
    ) -> Result<(Dir, Match), Failed<D>> {
        let [block, _] = dir.pair;
        let mut sum = checksum(u32::MAX, &dir.revision.to_le_bytes());
        let (mut at, mut previous) = (4u32, u32::MAX);
        // what counts when the commit is whole
        let (mut count, mut tail, mut is_split) = (0u32, NO_PAIR, false);
        let (mut best, mut is_found, mut best_tag) = (NO_ID, false, 0);
        let mut matched = Match::Behind;
        dir.is_erased = false;
        loop {
            if at + 4 > self.block_size {
                break;
            }
            disk.charge(1)?;
            let mut raw = [0; 4];
            disk.read(block, at, &mut raw)?;
            sum = checksum(sum, &raw);
            let new = u32::from_be_bytes(raw) ^ previous;
            if new & INVALID != 0 {
                // nothing was programmed behind a whole commit
                dir.is_erased = kind(previous) & 0x780 == CHECKSUM
                    && at == dir.end
                    && at.is_multiple_of(self.program_size);
                break;
            }
            let (len, number) = (size(new), id(new));
            let data = at + 4;
            if data + len > self.block_size {
                break;
            }
            previous = new;
            if kind(new) & 0x780 == CHECKSUM {
                let mut raw = [0; 4];
                if len < 4 {
                    break;
                }
                disk.read(block, data, &mut raw)?;
                if u32::from_le_bytes(raw) != sum {
                    break;
                }
                // the next tag is valid by the other value of its first bit
                previous ^= (kind(new) & 1) << 31;
                (dir.end, dir.last) = (data + len, previous);
                (dir.count, dir.tail, dir.is_split) = (count, tail, is_split);
                dir.seed ^= sum;
                matched = match (is_found, best) {
                    (true, best) => Match::Found(best, best_tag),
                    (false, best) if best < count => Match::Before(best),
                    _ => Match::Behind,
                };
                sum = u32::MAX;
                at = dir.end;
                continue;
            }
            let mut done = 0;
            while done < len {
                let mut piece = [0; 32];
                let piece = piece.get_mut(..((len - done) as usize).min(32)).unwrap_or_default();
                disk.read(block, data + done, piece)?;
                sum = checksum(sum, piece);
                done += piece.len() as u32;
            }
            match kind(new) & 0x700 {
                NAMES => {
                    count = count.max(number + 1);
                    if let Some(wanted) = wanted.filter(|_| kind(new) & 0x780 == NAMES) {
                        match compare(disk, (block, data), len, wanted)? {
                            core::cmp::Ordering::Equal => {
                                (best, is_found, best_tag) = (number, true, new);
                            }
                            _ if is_found && best == number => (best, is_found) = (NO_ID, false),
                            core::cmp::Ordering::Greater if number <= best => {
                                (best, is_found) = (number, false);
                            }
                            _ => {}
                        }
                    }
                }
                SPLICES => {
                    count = count.saturating_add_signed(splice(new)).min(NO_ID);
                    if kind(new) == DELETE && number == best {
                        is_found = false;
                    } else if best != NO_ID && number <= best {
                        best = best.saturating_add_signed(splice(new));
                    }
                }
                TAILS => {
                    let mut raw = [0; 8];
                    if len == 8 {
                        disk.read(block, data, &mut raw)?;
                        is_split = kind(new) & 1 != 0;
                        tail = [le32(&raw, 0), le32(&raw, 4)];
                    }
                }
                _ => {}
            }
            at = data + len;
        }
        Ok((dir, matched))
    }
}

/// What a log says, with what is to be committed behind it.
pub(super) struct Log<'d> {
    pub(super) dir: &'d Dir,
    pub(super) attributes: &'d [Attribute<'d>],
}

impl<'d> Log<'d> {
    /// Goes through what the log says of an entry, the latest first, until `each` gives false.
    pub(super) fn back<D: Flash>(
        &self,
        disk: &mut D,
        entry: u32,
        mut each: impl FnMut(u32, Data<'d>) -> bool,
    ) -> Result<(), Failed<D>> {
        // the number that the entry had at this point of the log
        let mut number = entry;
        let mut step = |tag: u32, data: Data<'d>| {
            if entry != NO_ID && kind(tag) & 0x700 == SPLICES && id(tag) <= number {
                if kind(tag) == CREATE && id(tag) == number {
                    // there was none before
                    return false;
                }
                number = number.saturating_add_signed(-splice(tag));
                return true;
            }
            id(tag) != number || each(tag, data)
        };
        for attribute in self.attributes.iter().rev() {
            if !step(attribute.tag, attribute.data) {
                return Ok(());
            }
        }
        let [block, _] = self.dir.pair;
        let (mut at, mut next) = (self.dir.end, self.dir.last & !INVALID);
        while at >= 4 + 4 + size(next) {
            disk.charge(1)?;
            at -= 4 + size(next);
            let tag = next;
            let mut raw = [0; 4];
            disk.read(block, at, &mut raw)?;
            next = (u32::from_be_bytes(raw) ^ tag) & !INVALID;
            if !step(tag, Data::Block(block, at + 4)) {
                break;
            }
        }
        Ok(())
    }

    /// The latest tag of an entry that is as wanted in the bits of a mask.
    pub(super) fn find<D: Flash>(
        &self,
        disk: &mut D,
        entry: u32,
        mask: u32,
        wanted: u32,
    ) -> Result<Option<(u32, Data<'d>)>, Failed<D>> {
        let mut found = None;
        self.back(disk, entry, |tag, data| {
            if kind(tag) & mask == wanted {
                found = (tag & 0x3ff != super::DELETED).then_some((tag, data));
                return false;
            }
            true
        })?;
        Ok(found)
    }
}

impl Dir {
    /// The latest tag that is as wanted in the bits of a mask of types, and what belongs to it, as far as there is room.
    pub(super) fn get<D: Flash>(
        &self,
        fs: &LittleFs,
        disk: &mut D,
        mask: u32,
        wanted: u32,
        out: &mut [u8],
    ) -> Result<Option<u32>, Failed<D>> {
        let log = Log { dir: self, attributes: &[] };
        let found = log.find(disk, id(wanted), kind(mask), kind(wanted) & kind(mask))?;
        let Some((tag, Data::Block(block, at))) = found else { return Ok(None) };
        let len = out.len().min(size(tag) as usize);
        if at + size(tag) > fs.block_size {
            return Err(Fault::CORRUPT);
        }
        disk.read(block, at, out.get_mut(..len).unwrap_or_default())?;
        Ok(Some(tag))
    }

    /// What this pair adds to the state of all.
    pub(super) fn state<D: Flash>(
        &self,
        fs: &LittleFs,
        disk: &mut D,
    ) -> Result<[u32; 3], Failed<D>> {
        let mut raw = [0; 12];
        self.get(fs, disk, tag(0x7ff, 0, 0), tag(STATE, NO_ID, 12), &mut raw)?;
        Ok([le32(&raw, 0), le32(&raw, 4), le32(&raw, 8)])
    }
}

/// The bytes of a pair.
pub(super) fn pair_bytes([a, b]: Pair) -> [u8; 8] {
    let mut raw = [0; 8];
    put(&mut raw, 0, &a.to_le_bytes());
    put(&mut raw, 4, &b.to_le_bytes());
    raw
}
