//! Directories: rows of entries, some of which hold pieces of the long name of the one behind them.

use snakelet_vm::exception::errno;

use super::name::{Name, PLACES, Short, Text, UNITS};
use super::table::Link;
use super::{Disk, ENTRY, Failed, Volume, Width};
use crate::vfs::bytes::{le16, le32, put};
use crate::vfs::device::Fault;

/// Bits of an entry's attributes.
pub(super) const LABEL: u8 = 0x08;
pub(super) const DIRECTORY: u8 = 0x10;
pub(super) const ARCHIVE: u8 = 0x20;
/// The attributes of a piece of a long name.
const LONG: u8 = 0x0f;
/// First bytes of entries: behind the last one, and of a deleted one.
const NONE: u8 = 0;
const DELETED: u8 = 0xe5;
/// Says of the piece that comes first that it is the last of the name.
const LAST: u8 = 0x40;
/// Pieces of the longest name.
const MOST_PIECES: usize = 20;
/// Entries of the longest directory.
const MOST_ENTRIES: u32 = 65_536;

/// A place in a directory.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(crate) struct Cursor {
    /// The directory's first cluster; 0 for a root directory that is no chain.
    first: u32,
    /// The cluster that the entry lies in; 0 behind the last one.
    cluster: u32,
    /// The last cluster, once it was found.
    last: u32,
    /// The number of the entry.
    n: u32,
}

impl Cursor {
    /// The first entry of a directory.
    pub(crate) fn new(first: u32) -> Self {
        Self { first, cluster: first, last: 0, n: 0 }
    }
}

/// A file or directory as its directory has it.
#[derive(Copy, Clone, Debug)]
pub(crate) struct Entry {
    /// Where its entry lies: the sector, and the place in it.
    pub(super) place: (u32, usize),
    /// Where its first piece lies, and the number of its entry.
    start: Cursor,
    n: u32,
    pub(super) short: Short,
    pub(super) attributes: u8,
    /// Its first cluster, or 0.
    pub(crate) cluster: u32,
    pub(crate) size: u32,
    /// When it was changed: the date in the high 16 bits.
    pub(crate) time: u32,
}

impl Entry {
    pub(crate) fn is_dir(&self) -> bool {
        self.attributes & DIRECTORY != 0
    }
}

impl Volume {
    /// What [`Cursor::new`] wants for the root directory.
    pub(crate) fn root_dir(&self) -> u32 {
        if self.width == Width::Fat32 { self.root } else { 0 }
    }

    /// Where an entry lies, if there is one.
    fn locate<D: Disk>(&self, cursor: Cursor) -> Result<Option<(u32, usize)>, Failed<D>> {
        let a_sector = self.sector_size / ENTRY as u32;
        let split = |n: u32| (n / a_sector, (n % a_sector) as usize * ENTRY);
        if cursor.first == 0 {
            let (sector, at) = split(cursor.n);
            return Ok((cursor.n < self.root_entries).then_some((self.root + sector, at)));
        }
        if cursor.cluster == 0 {
            return Ok(None);
        }
        let (sector, at) = split(cursor.n % (a_sector * self.cluster));
        Ok(Some((self.sector_of(cursor.cluster)? + sector, at)))
    }

    /// Goes on to the next entry.
    fn advance<D: Disk>(&self, disk: &mut D, cursor: &mut Cursor) -> Result<(), Failed<D>> {
        cursor.n += 1;
        let a_cluster = self.sector_size / ENTRY as u32 * self.cluster;
        if cursor.first != 0 && cursor.cluster != 0 && cursor.n.is_multiple_of(a_cluster) {
            match self.link(disk, cursor.cluster)? {
                Link::Next(next) if cursor.n < MOST_ENTRIES => cursor.cluster = next,
                Link::Free => return Err(Fault::CORRUPT),
                _ => (cursor.last, cursor.cluster) = (cursor.cluster, 0),
            }
        }
        Ok(())
    }

    /// The file or directory that is next in a directory, and its name; none at the end.
    pub(crate) fn next_entry<D: Disk>(
        &self,
        disk: &mut D,
        cursor: &mut Cursor,
        name: &mut Text,
    ) -> Result<Option<Entry>, Failed<D>> {
        let mut units = [0u16; MOST_PIECES * UNITS];
        // pieces that are left, of how many, and the sum that they have
        let (mut left, mut pieces, mut sum) = (0, 0, 0);
        let mut start = *cursor;
        while let Some((sector, at)) = self.locate::<D>(*cursor)? {
            disk.charge(1)?;
            let mut raw = [0; ENTRY];
            disk.read(sector, at, &mut raw)?;
            let here = *cursor;
            let [first, .., attributes, _, check] =
                raw.first_chunk::<14>().copied().unwrap_or([0; 14]);
            if first == NONE {
                return Ok(None);
            }
            self.advance(disk, cursor)?;
            if first == DELETED {
                pieces = 0;
            } else if attributes & 0x3f == LONG {
                let number = usize::from(first & !LAST);
                if first & LAST != 0 && number <= MOST_PIECES {
                    (left, pieces, sum, start) = (number, number, check, here);
                    units.fill(0);
                }
                if pieces > 0 && number == left && left > 0 && check == sum {
                    left -= 1;
                    let room = units.get_mut(left * UNITS..).unwrap_or_default();
                    for (unit, place) in room.iter_mut().zip(PLACES) {
                        *unit = le16(&raw, place);
                    }
                } else {
                    pieces = 0;
                }
            } else if attributes & LABEL != 0 {
                pieces = 0;
            } else {
                let mut short = Short { bytes: [0; 11], small: raw.get(12).copied().unwrap_or(0) };
                put(&mut short.bytes, 0, raw.get(..11).unwrap_or_default());
                name.clear();
                if pieces > 0 && left == 0 && sum == short.sum() {
                    let units = units.iter().take(pieces * UNITS).copied();
                    let units = units.take_while(|unit| *unit != 0);
                    for c in char::decode_utf16(units) {
                        name.push(c.unwrap_or('_'));
                    }
                } else {
                    start = here;
                    short.write(name);
                }
                // a slash in a name would be none
                if name.as_str().contains(['/', '\0']) {
                    pieces = 0;
                    continue;
                }
                let high = if self.width == Width::Fat32 { le16(&raw, 20) } else { 0 };
                return Ok(Some(Entry {
                    place: (sector, at),
                    start,
                    n: here.n,
                    short,
                    attributes,
                    cluster: u32::from(high) << 16 | u32::from(le16(&raw, 26)),
                    size: le32(&raw, 28),
                    time: le32(&raw, 22),
                }));
            }
        }
        Ok(None)
    }

    /// Looks for a name in a directory, which may also be a short one.
    pub(super) fn find_in<D: Disk>(
        &self,
        disk: &mut D,
        dir: u32,
        wanted: &Name<'_>,
    ) -> Result<Option<Entry>, Failed<D>> {
        let mut cursor = Cursor::new(dir);
        let mut name = Text::EMPTY;
        while let Some(entry) = self.next_entry(disk, &mut cursor, &mut name)? {
            if wanted.is(name.as_str()) {
                return Ok(Some(entry));
            }
            entry.short.write({
                name.clear();
                &mut name
            });
            if wanted.is(name.as_str()) {
                return Ok(Some(entry));
            }
        }
        Ok(None)
    }

    /// Whether a directory has an entry with this short name.
    fn has_short<D: Disk>(&self, disk: &mut D, dir: u32, short: &Short) -> Result<bool, Failed<D>> {
        let mut cursor = Cursor::new(dir);
        let mut name = Text::EMPTY;
        while let Some(entry) = self.next_entry(disk, &mut cursor, &mut name)? {
            if entry.short.bytes == short.bytes {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The short name for a name, and whether a long one is needed beside it.
    fn short_for<D: Disk>(
        &self,
        disk: &mut D,
        dir: u32,
        name: &Name<'_>,
    ) -> Result<(Short, bool), Failed<D>> {
        const FEW: u32 = 5;
        const MOST: u32 = 1000;
        if let Some(short) = name.short() {
            return Ok((short, false));
        }
        let spread = name
            .text
            .bytes()
            .fold(5381u32, |sum, byte| sum.wrapping_mul(33).wrapping_add(u32::from(byte)));
        for n in 1..MOST {
            // where many begin alike, the search goes on elsewhere
            let number = if n <= FEW { n } else { spread.wrapping_add(n) % 900_000 + 10 };
            let short = name.alias(number);
            if !self.has_short(disk, dir, &short)? {
                return Ok((short, true));
            }
        }
        Err(Fault::Errno(errno::EEXIST))
    }

    /// Finds room for so many entries in a row, and makes the directory longer if there is none. Tells whether the room
    /// is at the end.
    fn room_for<D: Disk>(
        &mut self,
        disk: &mut D,
        dir: u32,
        wanted: usize,
    ) -> Result<(Cursor, bool), Failed<D>> {
        let mut cursor = Cursor::new(dir);
        let (mut start, mut found) = (cursor, 0);
        let mut at_end = false;
        loop {
            let Some((sector, at)) = self.locate::<D>(cursor)? else {
                if dir == 0 || cursor.n >= MOST_ENTRIES {
                    return Err(Fault::Errno(errno::ENOSPC));
                }
                let new = self.append(disk, Some(cursor.last))?;
                self.clear_cluster(disk, new)?;
                cursor.cluster = new;
                if found == 0 {
                    start = cursor;
                } else if start.cluster == 0 {
                    start.cluster = new;
                }
                continue;
            };
            disk.charge(1)?;
            let mut first = [0];
            disk.read(sector, at, &mut first)?;
            at_end |= first == [NONE];
            if at_end || first == [DELETED] {
                if found == 0 {
                    start = cursor;
                }
                found += 1;
                if found == wanted {
                    return Ok((start, at_end));
                }
            } else {
                found = 0;
            }
            self.advance(disk, &mut cursor)?;
        }
    }

    /// Makes all bytes of a cluster 0.
    pub(super) fn clear_cluster<D: Disk>(
        &self,
        disk: &mut D,
        cluster: u32,
    ) -> Result<(), Failed<D>> {
        let first = self.sector_of(cluster)?;
        for i in 0..self.cluster {
            disk.clear(first + i)?;
        }
        Ok(())
    }

    /// Makes an entry in a directory that has none of this name.
    pub(super) fn add_entry<D: Disk>(
        &mut self,
        disk: &mut D,
        dir: u32,
        name: &Name<'_>,
        (attributes, cluster, size, time): (u8, u32, u32, u32),
    ) -> Result<Entry, Failed<D>> {
        let (short, is_long) = self.short_for(disk, dir, name)?;
        let pieces = if is_long { name.long_entries() } else { 0 };
        let (start, at_end) = self.room_for(disk, dir, pieces + 1)?;
        let mut cursor = start;
        for piece in (0..pieces).rev() {
            let mut raw = [0; ENTRY];
            let last = if piece + 1 == pieces { LAST } else { 0 };
            put(&mut raw, 0, &[(piece as u8 + 1) | last]);
            put(&mut raw, 11, &[LONG, 0, short.sum()]);
            // the name is ended by 0, and what is left is padded
            let units = name.text.encode_utf16().chain([0]).chain(core::iter::repeat(0xffff));
            for (unit, place) in units.skip(piece * UNITS).zip(PLACES) {
                put(&mut raw, place, &unit.to_le_bytes());
            }
            let Some((sector, at)) = self.locate::<D>(cursor)? else { return Err(Fault::CORRUPT) };
            disk.write(sector, at, &raw)?;
            self.advance(disk, &mut cursor)?;
        }
        let Some(place) = self.locate::<D>(cursor)? else { return Err(Fault::CORRUPT) };
        let n = cursor.n;
        let entry = Entry { place, start, n, short, attributes, cluster, size, time };
        let (sector, at) = place;
        disk.write(sector, at, &entry.raw())?;
        if at_end {
            // what lies behind the end need not be 0
            self.advance(disk, &mut cursor)?;
            if let Some((sector, at)) = self.locate::<D>(cursor)? {
                disk.write(sector, at, &[NONE])?;
            }
        }
        Ok(entry)
    }

    /// Deletes an entry and what belongs to its name.
    pub(super) fn delete_entry<D: Disk>(
        &mut self,
        disk: &mut D,
        entry: &Entry,
    ) -> Result<(), Failed<D>> {
        self.generation = self.generation.wrapping_add(1);
        let mut cursor = entry.start;
        while cursor.n <= entry.n {
            let Some((sector, at)) = self.locate::<D>(cursor)? else { return Err(Fault::CORRUPT) };
            disk.write(sector, at, &[DELETED])?;
            self.advance(disk, &mut cursor)?;
        }
        Ok(())
    }

    /// Whether a directory has nothing but itself and the one above.
    pub(super) fn is_empty_dir<D: Disk>(&self, disk: &mut D, dir: u32) -> Result<bool, Failed<D>> {
        let mut cursor = Cursor::new(dir);
        let mut name = Text::EMPTY;
        while let Some(_entry) = self.next_entry(disk, &mut cursor, &mut name)? {
            if !matches!(name.as_str(), "." | "..") {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

impl Entry {
    /// The first entries of a directory: itself, and the one above.
    pub(super) fn dots(cluster: u32, time: u32) -> Self {
        let mut short = Short { bytes: [b' '; 11], small: 0 };
        put(&mut short.bytes, 0, b".");
        Self {
            place: (0, 0),
            start: Cursor::new(0),
            n: 0,
            short,
            attributes: DIRECTORY,
            cluster,
            size: 0,
            time,
        }
    }

    /// The bytes of the entry.
    pub(super) fn raw(&self) -> [u8; ENTRY] {
        let mut raw = [0; ENTRY];
        put(&mut raw, 0, &self.short.bytes);
        put(&mut raw, 11, &[self.attributes, self.short.small]);
        // made and looked at when it was changed
        put(&mut raw, 14, &self.time.to_le_bytes());
        put(&mut raw, 18, &((self.time >> 16) as u16).to_le_bytes());
        put(&mut raw, 20, &((self.cluster >> 16) as u16).to_le_bytes());
        put(&mut raw, 22, &self.time.to_le_bytes());
        put(&mut raw, 26, &(self.cluster as u16).to_le_bytes());
        put(&mut raw, 28, &self.size.to_le_bytes());
        raw
    }
}
