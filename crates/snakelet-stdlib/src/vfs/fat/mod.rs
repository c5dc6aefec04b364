//! FAT12, FAT16 and FAT32 with long names, on any device that reads and writes sectors.
//!
//! The formats are those of Microsoft's "FAT: General Overview of On-Disk Format", version 1.03. The code keeps no sector
//! itself: [`Disk`] does that. Nothing on the device is trusted: chains of clusters are followed for as many steps as there
//! are clusters, and what lies outside of the volume is `EIO`.

mod dir;
mod file;
mod format;
mod name;
mod python;
mod table;
#[cfg(test)]
mod tests;
mod tree;

use snakelet_vm::exception::errno;

use super::bytes::{le16, le32};
use super::device::Fault;

pub(crate) use dir::Cursor;
pub(crate) use file::File;
pub(super) use python::{VFS_FAT, control, new, next, read, seek, works, write};

/// A device that is divided into sectors.
pub(crate) trait Disk {
    /// What is wrong where it fails.
    type Error;

    /// Reads a part of a sector.
    fn read(&mut self, sector: u32, at: usize, out: &mut [u8]) -> Result<(), Fault<Self::Error>>;
    /// Writes a part of a sector; it may take place later.
    fn write(&mut self, sector: u32, at: usize, data: &[u8]) -> Result<(), Fault<Self::Error>>;
    /// Makes a sector of zeros.
    fn clear(&mut self, sector: u32) -> Result<(), Fault<Self::Error>>;
    /// Has all that was written reach the device for good.
    fn sync(&mut self) -> Result<(), Fault<Self::Error>>;
    /// Charges for work, and asks the host now and then.
    fn charge(&mut self, steps: u32) -> Result<(), Fault<Self::Error>>;
    /// The time, as directories note it: the date in the high 16 bits.
    fn now(&mut self) -> u32;
}

/// What went wrong on a disk.
pub(crate) type Failed<D> = Fault<<D as Disk>::Error>;

/// How wide an entry of the table is.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(crate) enum Width {
    Fat12,
    Fat16,
    Fat32,
}

/// Clusters that a volume has at most for an entry of 12 and of 16 bits.
const MOST_12: u32 = 0xff5;
const MOST_16: u32 = 0xfff5;
const MOST_32: u32 = 0x0fff_fff5;

/// A mounted volume.
#[derive(Copy, Clone, Debug)]
pub(crate) struct Volume {
    width: Width,
    sector_size: u32,
    /// Sectors of a cluster, a power of two.
    cluster: u32,
    /// The first sector of the table, the sectors of one, and how many of them there are.
    table: u32,
    table_len: u32,
    tables: u32,
    /// The first sector of the root directory and its entries, or its first cluster where it is a chain.
    root: u32,
    root_entries: u32,
    /// The first sector of cluster 2.
    data: u32,
    /// The number of clusters.
    clusters: u32,
    /// The sector with the number of free clusters, or 0.
    info: u32,
    /// The number of free clusters, if it is known, and whether it has changed.
    free: Option<u32>,
    free_changed: bool,
    /// The cluster behind which the search for a free one begins.
    last: u32,
    /// Changes whenever clusters are freed: files look then whether they are still there.
    pub(crate) generation: u32,
}

/// Bytes of an entry of a directory.
const ENTRY: usize = 32;

impl Volume {
    /// Finds the volume on a disk: it begins in the first sector, or a partition does.
    ///
    /// # Errors
    /// `ENODEV` if there is none.
    pub(crate) fn mount<D: Disk>(disk: &mut D, sector_size: u32) -> Result<Self, Failed<D>> {
        let mut head = [0; 512];
        disk.read(0, 0, &mut head)?;
        if let Some(volume) = Self::read(disk, 0, sector_size, &head)? {
            return Ok(volume);
        }
        if le16(&head, 510) == 0xaa55 {
            for i in 0..4 {
                let start = le32(&head, 446 + 16 * i + 8);
                if start == 0 || head.get(446 + 16 * i + 4) == Some(&0) {
                    continue;
                }
                let mut first = [0; 512];
                disk.read(start, 0, &mut first)?;
                if let Some(volume) = Self::read(disk, start, sector_size, &first)? {
                    return Ok(volume);
                }
            }
        }
        Err(Fault::Errno(errno::ENODEV))
    }

    /// The volume that begins with this sector, if one does.
    fn read<D: Disk>(
        disk: &mut D,
        start: u32,
        sector_size: u32,
        head: &[u8; 512],
    ) -> Result<Option<Self>, Failed<D>> {
        let Some(mut volume) = Self::parse(start, sector_size, head) else { return Ok(None) };
        if volume.info != 0 {
            let mut info = [0; 12];
            let mut mark = [0; 4];
            disk.read(volume.info, 0, &mut mark)?;
            disk.read(volume.info, 484, &mut info)?;
            if mark == *b"RRaA" && info.starts_with(b"rrAa") {
                volume.free = Some(le32(&info, 4)).filter(|free| *free <= volume.clusters);
                let mut next = [0; 4];
                disk.read(volume.info, 492, &mut next)?;
                volume.last = le32(&next, 0);
            } else {
                volume.info = 0;
            }
        }
        Ok(Some(volume))
    }

    fn parse(start: u32, sector_size: u32, head: &[u8; 512]) -> Option<Self> {
        let byte = |at: usize| head.get(at).copied().map_or(0, u32::from);
        let jumps = matches!(head.first(), Some(0xeb | 0xe9 | 0xe8));
        if !jumps || le16(head, 510) != 0xaa55 || u32::from(le16(head, 11)) != sector_size {
            return None;
        }
        let (cluster, reserved, tables) = (byte(13), u32::from(le16(head, 14)), byte(16));
        let root_entries = u32::from(le16(head, 17));
        let (small, large) = (u32::from(le16(head, 19)), le32(head, 32));
        let sectors = if small != 0 { small } else { large };
        let (short_table, long_table) = (u32::from(le16(head, 22)), le32(head, 36));
        let table_len = if short_table != 0 { short_table } else { long_table };
        let entries_a_sector = sector_size / ENTRY as u32;
        if !cluster.is_power_of_two()
            || reserved == 0
            || !(1..=2).contains(&tables)
            || root_entries.checked_rem(entries_a_sector)? != 0
        {
            return None;
        }
        let root_len = root_entries / entries_a_sector;
        let overhead =
            reserved.checked_add(table_len.checked_mul(tables)?)?.checked_add(root_len)?;
        start.checked_add(sectors)?;
        let clusters = sectors.checked_sub(overhead)?.checked_div(cluster)?;
        let width = if clusters <= MOST_12 {
            Width::Fat12
        } else if clusters <= MOST_16 {
            Width::Fat16
        } else {
            Width::Fat32
        };
        if clusters == 0 || clusters > MOST_32 {
            return None;
        }
        let bits = match width {
            Width::Fat12 => 12,
            Width::Fat16 => 16,
            Width::Fat32 => 32,
        };
        // the table has an entry for each cluster
        let wanted = (u64::from(clusters) + 2) * bits;
        if wanted > u64::from(table_len) * u64::from(sector_size) * 8 {
            return None;
        }
        let is_32 = width == Width::Fat32;
        if is_32 != (root_entries == 0) || is_32 && le16(head, 42) != 0 {
            return None;
        }
        let info = u32::from(le16(head, 48));
        Some(Self {
            width,
            sector_size,
            cluster,
            table: start + reserved,
            table_len,
            tables,
            root: if is_32 { le32(head, 44) } else { start + reserved + table_len * tables },
            root_entries,
            data: start + overhead,
            clusters,
            info: if is_32 && info != 0 && info < reserved { start + info } else { 0 },
            free: None,
            free_changed: false,
            last: 1,
            generation: 0,
        })
    }

    /// Bytes of a cluster.
    pub(crate) fn cluster_bytes(&self) -> u32 {
        // at most 128 sectors of 4096 bytes
        self.cluster.saturating_mul(self.sector_size)
    }

    /// The number of clusters.
    pub(crate) fn clusters(&self) -> u32 {
        self.clusters
    }

    /// Whether there is a cluster of this number.
    fn has(&self, cluster: u32) -> bool {
        cluster >= 2 && cluster - 2 < self.clusters
    }

    /// The first sector of a cluster.
    ///
    /// # Errors
    /// `EIO` if there is none.
    fn sector_of<E>(&self, cluster: u32) -> Result<u32, Fault<E>> {
        if !self.has(cluster) {
            return Err(Fault::CORRUPT);
        }
        // inside of the volume, whose sectors have numbers of 32 bits
        Ok(self.data.wrapping_add((cluster - 2).wrapping_mul(self.cluster)))
    }

    /// Writes what is known of free clusters, and has all reach the device.
    pub(crate) fn sync<D: Disk>(&mut self, disk: &mut D) -> Result<(), Failed<D>> {
        if self.free_changed && self.info != 0 {
            let free = self.free.unwrap_or(u32::MAX);
            disk.write(self.info, 488, &free.to_le_bytes())?;
            disk.write(self.info, 492, &self.last.to_le_bytes())?;
            self.free_changed = false;
        }
        disk.sync()
    }
}
