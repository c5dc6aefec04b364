//! Open files.
//!
//! A file knows where its entry lies. Whenever clusters were freed or entries deleted since it looked last, it looks again whether
//! that entry is still its own: so a file that was removed, or made shorter by another handle, can neither read nor write what belongs
//! to others now.

use snakelet_vm::exception::errno;

use super::dir::{ARCHIVE, Entry};
use super::table::Link;
use super::{Disk, ENTRY, Failed, Volume};
use crate::vfs::bytes::{le16, le32};
use crate::vfs::device::Fault;
use snakelet_vm::host::{OpenMode, SeekFrom};

/// An open file.
#[derive(Copy, Clone, Debug)]
pub(crate) struct File {
    /// Where its entry lies, and the name that the entry has.
    place: (u32, usize),
    name: [u8; 11],
    /// Its first cluster, or 0.
    first: u32,
    size: u32,
    /// Where it is read and written next. It may lie behind the end.
    at: u32,
    /// A cluster of the file, or 0, and the number that it has in the chain.
    cluster: u32,
    index: u32,
    /// What the entry says of the first cluster and the size.
    noted: (u32, u32),
    /// The volume's generation when it looked last.
    generation: u32,
    reads: bool,
    writes: bool,
    appends: bool,
    /// Whether something was written that the entry does not tell.
    changed: bool,
}

impl File {
    /// Opens the file of an entry.
    pub(super) fn new(volume: &Volume, entry: &Entry, mode: OpenMode) -> Self {
        Self {
            place: entry.place,
            name: entry.short.bytes,
            first: entry.cluster,
            size: entry.size,
            at: 0,
            cluster: 0,
            index: 0,
            noted: (entry.cluster, entry.size),
            generation: volume.generation,
            reads: mode.read,
            writes: mode.write,
            appends: mode.append,
            changed: false,
        }
    }

    /// Looks whether the entry is still that of this file.
    fn check<D: Disk>(&mut self, volume: &Volume, disk: &mut D) -> Result<(), Failed<D>> {
        if self.generation == volume.generation {
            return Ok(());
        }
        let (sector, at) = self.place;
        let mut raw = [0; ENTRY];
        disk.read(sector, at, &mut raw)?;
        let first = u32::from(le16(&raw, 20)) << 16 | u32::from(le16(&raw, 26));
        let size = le32(&raw, 28);
        if raw.get(..11) != Some(&self.name) {
            return Err(Fault::Errno(errno::EIO));
        }
        if (first, size) != self.noted {
            if self.writes {
                return Err(Fault::Errno(errno::EIO));
            }
            (self.first, self.size, self.noted) = (first, size, (first, size));
            self.cluster = 0;
        }
        self.generation = volume.generation;
        Ok(())
    }

    /// The cluster of this number in the chain.
    fn seek_cluster<D: Disk>(
        &mut self,
        volume: &Volume,
        disk: &mut D,
        index: u32,
    ) -> Result<u32, Failed<D>> {
        if self.cluster == 0 || self.index > index {
            (self.cluster, self.index) = (self.first, 0);
        }
        while self.index < index {
            match volume.link(disk, self.cluster)? {
                Link::Next(next) => (self.cluster, self.index) = (next, self.index + 1),
                _ => return Err(Fault::CORRUPT),
            }
        }
        Ok(self.cluster)
    }

    /// The sector of byte `at`, the place in it, and how many of `len` bytes it has.
    fn locate<D: Disk>(
        &mut self,
        volume: &Volume,
        disk: &mut D,
        at: u32,
        len: usize,
    ) -> Result<(u32, usize, usize), Failed<D>> {
        let bytes = volume.cluster_bytes();
        let cluster = self.seek_cluster(volume, disk, at.checked_div(bytes).unwrap_or(0))?;
        let inside = at.checked_rem(bytes).unwrap_or(0);
        let sector = volume.sector_of(cluster)? + inside / volume.sector_size;
        let place = (inside % volume.sector_size) as usize;
        Ok((sector, place, len.min(volume.sector_size as usize - place)))
    }

    /// Reads; 0 at the end.
    pub(crate) fn read<D: Disk>(
        &mut self,
        volume: &Volume,
        disk: &mut D,
        out: &mut [u8],
    ) -> Result<usize, Failed<D>> {
        if !self.reads {
            return Err(Fault::Errno(errno::EACCES));
        }
        self.check(volume, disk)?;
        let left = usize::try_from(self.size.saturating_sub(self.at)).unwrap_or(usize::MAX);
        let wanted = out.len().min(left);
        let mut done = 0;
        while done < wanted {
            let (sector, place, n) = self.locate(volume, disk, self.at, wanted - done)?;
            disk.read(sector, place, out.get_mut(done..done + n).unwrap_or_default())?;
            (done, self.at) = (done + n, self.at + n as u32);
        }
        Ok(done)
    }

    /// Writes all bytes.
    pub(crate) fn write<D: Disk>(
        &mut self,
        volume: &mut Volume,
        disk: &mut D,
        data: &[u8],
    ) -> Result<usize, Failed<D>> {
        if !self.writes {
            return Err(Fault::Errno(errno::EACCES));
        }
        self.check(volume, disk)?;
        if self.appends {
            self.at = self.size;
        }
        while self.size < self.at && !data.is_empty() {
            let zeros = [0; 64];
            let n = zeros.len().min((self.at - self.size) as usize);
            disk.charge(1)?;
            let at = self.size;
            self.put(volume, disk, at, zeros.get(..n).unwrap_or_default())?;
        }
        let at = self.at;
        self.put(volume, disk, at, data)?;
        self.at = at + data.len() as u32;
        Ok(data.len())
    }

    /// Writes bytes from a place on that is not behind the end.
    fn put<D: Disk>(
        &mut self,
        volume: &mut Volume,
        disk: &mut D,
        start: u32,
        data: &[u8],
    ) -> Result<(), Failed<D>> {
        let len = u32::try_from(data.len()).ok();
        let Some(end) = len.and_then(|len| start.checked_add(len)) else {
            return Err(Fault::Errno(errno::ENOSPC));
        };
        let bytes = volume.cluster_bytes();
        let mut at = start;
        while at < end {
            // clusters that the size asks for are there
            let index = at.checked_div(bytes).unwrap_or(0);
            let have = self.size.div_ceil(bytes.max(1));
            self.changed = true;
            if index >= have {
                if have == 0 && self.first != 0 {
                    // an empty file that has a cluster nevertheless
                    let first = self.first;
                    volume.cut(disk, first)?;
                } else {
                    let last = match have.checked_sub(1) {
                        Some(last) => Some(self.seek_cluster(volume, disk, last)?),
                        None => None,
                    };
                    let new = volume.append(disk, last)?;
                    if last.is_none() {
                        self.first = new;
                    }
                    (self.cluster, self.index) = (new, index);
                }
            }
            let (sector, place, n) = self.locate(volume, disk, at, (end - at) as usize)?;
            let from = (at - start) as usize;
            disk.write(sector, place, data.get(from..from + n).unwrap_or_default())?;
            at += n as u32;
            self.size = self.size.max(at);
        }
        self.generation = volume.generation;
        Ok(())
    }

    /// Moves the position.
    pub(crate) fn seek(&mut self, offset: i64, from: SeekFrom) -> Result<u64, i32> {
        let base = match from {
            SeekFrom::Start => 0,
            SeekFrom::Current => i64::from(self.at),
            SeekFrom::End => i64::from(self.size),
        };
        let to = base.checked_add(offset).and_then(|at| u32::try_from(at).ok());
        let Some(to) = to else { return Err(errno::EINVAL) };
        self.at = if self.writes { to } else { to.min(self.size) };
        Ok(self.at.into())
    }

    /// Notes in the entry what was written, and has all reach the device.
    pub(crate) fn sync<D: Disk>(
        &mut self,
        volume: &mut Volume,
        disk: &mut D,
    ) -> Result<(), Failed<D>> {
        if !self.changed {
            return Ok(());
        }
        self.check(volume, disk)?;
        let (sector, at) = self.place;
        let mut attributes = [0];
        disk.read(sector, at + 11, &mut attributes)?;
        let [attributes] = attributes;
        let time = disk.now();
        disk.write(sector, at + 11, &[attributes | ARCHIVE])?;
        disk.write(sector, at + 20, &((self.first >> 16) as u16).to_le_bytes())?;
        disk.write(sector, at + 22, &time.to_le_bytes())?;
        disk.write(sector, at + 26, &(self.first as u16).to_le_bytes())?;
        disk.write(sector, at + 28, &self.size.to_le_bytes())?;
        if self.noted != (self.first, self.size) {
            // other handles of the file look again
            volume.generation = volume.generation.wrapping_add(1);
            self.generation = volume.generation;
            self.noted = (self.first, self.size);
        }
        volume.sync(disk)?;
        self.changed = false;
        Ok(())
    }
}
