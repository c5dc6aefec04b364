//! The table that says of each cluster which one follows.

use snakelet_vm::exception::errno;

use super::{Disk, Failed, Volume, Width};
use crate::vfs::bytes::{le16, le32};
use crate::vfs::device::Fault;

/// What the table says of a cluster.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(super) enum Link {
    Free,
    /// The cluster that follows.
    Next(u32),
    /// Nothing follows.
    End,
}

/// The entry of a last cluster; narrower ones are its low bits.
const END: u32 = 0x0fff_ffff;

impl Volume {
    /// Where byte `at` of the first table lies.
    fn place<E>(&self, at: u32) -> Result<(u32, usize), Fault<E>> {
        let (sector, byte) = (at / self.sector_size, at % self.sector_size);
        if sector >= self.table_len {
            return Err(Fault::CORRUPT);
        }
        Ok((self.table + sector, byte as usize))
    }

    /// The entry of a cluster, as a number.
    fn entry<D: Disk>(&self, disk: &mut D, cluster: u32) -> Result<u32, Failed<D>> {
        if !self.has(cluster) {
            return Err(Fault::CORRUPT);
        }
        disk.charge(1)?;
        let mut bytes = [0; 4];
        let [a, b, ..] = &mut bytes;
        match self.width {
            Width::Fat12 => {
                // an entry may lie in two sectors
                let at = cluster + cluster / 2;
                for (i, byte) in [a, b].into_iter().enumerate() {
                    let (sector, place) = self.place(at + i as u32)?;
                    disk.read(sector, place, core::slice::from_mut(byte))?;
                }
                let pair = le16(&bytes, 0);
                Ok(u32::from(if cluster % 2 == 1 { pair >> 4 } else { pair & 0xfff }))
            }
            Width::Fat16 => {
                let (sector, place) = self.place(cluster * 2)?;
                disk.read(sector, place, bytes.get_mut(..2).unwrap_or_default())?;
                Ok(u32::from(le16(&bytes, 0)))
            }
            Width::Fat32 => {
                let (sector, place) = self.place(cluster * 4)?;
                disk.read(sector, place, &mut bytes)?;
                Ok(le32(&bytes, 0) & END)
            }
        }
    }

    /// What follows a cluster.
    ///
    /// # Errors
    /// `EIO` for what is no cluster.
    pub(super) fn link<D: Disk>(&self, disk: &mut D, cluster: u32) -> Result<Link, Failed<D>> {
        let entry = self.entry(disk, cluster)?;
        let ends = match self.width {
            Width::Fat12 => 0xff8,
            Width::Fat16 => 0xfff8,
            Width::Fat32 => 0x0fff_fff8,
        };
        match entry {
            0 => Ok(Link::Free),
            entry if entry >= ends => Ok(Link::End),
            entry if self.has(entry) => Ok(Link::Next(entry)),
            _ => Err(Fault::CORRUPT),
        }
    }

    /// Sets what follows a cluster, in all tables.
    fn set<D: Disk>(&self, disk: &mut D, cluster: u32, entry: u32) -> Result<(), Failed<D>> {
        if !self.has(cluster) {
            return Err(Fault::CORRUPT);
        }
        for table in 0..self.tables {
            let shift = table * self.table_len;
            match self.width {
                Width::Fat12 => {
                    let at = cluster + cluster / 2;
                    let odd = cluster % 2 == 1;
                    for i in 0..2 {
                        let (sector, place) = self.place(at + i)?;
                        let mut byte = 0;
                        disk.read(sector + shift, place, core::slice::from_mut(&mut byte))?;
                        let byte = match (i, odd) {
                            (0, false) => entry as u8,
                            (0, true) => byte & 0x0f | (entry as u8) << 4,
                            (_, false) => byte & 0xf0 | (entry >> 8) as u8 & 0x0f,
                            (_, true) => (entry >> 4) as u8,
                        };
                        disk.write(sector + shift, place, &[byte])?;
                    }
                }
                Width::Fat16 => {
                    let (sector, place) = self.place(cluster * 2)?;
                    disk.write(sector + shift, place, &(entry as u16).to_le_bytes())?;
                }
                Width::Fat32 => {
                    let (sector, place) = self.place(cluster * 4)?;
                    // the four high bits are not ours
                    let mut old = [0; 4];
                    disk.read(sector + shift, place, &mut old)?;
                    let new = le32(&old, 0) & !END | entry & END;
                    disk.write(sector + shift, place, &new.to_le_bytes())?;
                }
            }
        }
        Ok(())
    }

    /// Takes a free cluster, and appends it to the chain that ends with another one.
    ///
    /// # Errors
    /// `ENOSPC`.
    pub(super) fn append<D: Disk>(
        &mut self,
        disk: &mut D,
        last: Option<u32>,
    ) -> Result<u32, Failed<D>> {
        if self.free == Some(0) {
            return Err(Fault::Errno(errno::ENOSPC));
        }
        let mut cluster = if self.has(self.last) { self.last } else { 1 };
        for _ in 0..self.clusters {
            cluster = if self.has(cluster + 1) { cluster + 1 } else { 2 };
            if self.entry(disk, cluster)? == 0 {
                self.set(disk, cluster, END)?;
                if let Some(last) = last {
                    self.set(disk, last, cluster)?;
                }
                self.last = cluster;
                self.free = self.free.map(|free| free.saturating_sub(1));
                self.free_changed = true;
                return Ok(cluster);
            }
        }
        self.free = Some(0);
        Err(Fault::Errno(errno::ENOSPC))
    }

    /// Frees a chain from a cluster on.
    pub(super) fn free_chain<D: Disk>(
        &mut self,
        disk: &mut D,
        first: u32,
    ) -> Result<(), Failed<D>> {
        self.generation = self.generation.wrapping_add(1);
        let mut cluster = first;
        loop {
            let link = self.link(disk, cluster)?;
            // a chain that comes back to itself ends here
            if link == Link::Free {
                return Ok(());
            }
            self.set(disk, cluster, 0)?;
            self.free = self.free.map(|free| free.saturating_add(1).min(self.clusters));
            self.free_changed = true;
            match link {
                Link::Next(next) => cluster = next,
                _ => return Ok(()),
            }
        }
    }

    /// Ends a chain with a cluster, and frees what followed.
    pub(super) fn cut<D: Disk>(&mut self, disk: &mut D, last: u32) -> Result<(), Failed<D>> {
        if let Link::Next(next) = self.link(disk, last)? {
            self.set(disk, last, END)?;
            self.free_chain(disk, next)?;
        }
        Ok(())
    }

    /// The number of free clusters, which are counted if it is not known.
    pub(crate) fn count_free<D: Disk>(&mut self, disk: &mut D) -> Result<u32, Failed<D>> {
        if let Some(free) = self.free {
            return Ok(free);
        }
        let mut free = 0;
        for cluster in 0..self.clusters {
            if self.entry(disk, cluster + 2)? == 0 {
                free += 1;
            }
        }
        self.free = Some(free);
        self.free_changed = true;
        Ok(free)
    }
}
