//! Making an empty volume.

use snakelet_vm::exception::errno;

use super::{Disk, Failed, MOST_12, MOST_16, MOST_32, Volume, Width};
use crate::vfs::bytes::put;
use crate::vfs::device::Fault;

/// Entries of a root directory that is no chain.
const ROOT_ENTRIES: u32 = 512;
/// Sectors before the table, of a volume with entries of 32 bits.
const RESERVED_32: u32 = 32;
/// Where the partition begins that such a volume lies in: behind the first track, as has been usual.
const PARTITION: u32 = 63;
/// The volume's serial number says nothing.
const SERIAL: u32 = 0x4b4c_4e53;

/// How a volume is laid out.
#[derive(Copy, Clone)]
struct Layout {
    width: Width,
    start: u32,
    sectors: u32,
    cluster: u32,
    reserved: u32,
    table_len: u32,
    root_len: u32,
    clusters: u32,
}

impl Layout {
    /// The layout of so many sectors with clusters of this size, if the number of these fits the width.
    fn of(width: Width, start: u32, sectors: u32, cluster: u32, size: u32) -> Option<Self> {
        let sectors = sectors.checked_sub(start)?;
        let estimate = sectors.checked_div(cluster)?;
        let bytes = match width {
            Width::Fat12 => estimate.checked_mul(3)?.div_ceil(2) + 3,
            Width::Fat16 => estimate.checked_mul(2)?.checked_add(4)?,
            Width::Fat32 => estimate.checked_mul(4)?.checked_add(8)?,
        };
        let table_len = bytes.div_ceil(size.max(1));
        let is_32 = width == Width::Fat32;
        let reserved = if is_32 { RESERVED_32 } else { 1 };
        let root_len = if is_32 { 0 } else { (ROOT_ENTRIES * 32).div_ceil(size.max(1)) };
        let data = sectors.checked_sub(reserved + table_len + root_len)?;
        let clusters = data.checked_div(cluster)?;
        let fits = match width {
            Width::Fat12 => (1..=MOST_12).contains(&clusters) && estimate <= MOST_12,
            Width::Fat16 => clusters > MOST_12 && clusters <= MOST_16,
            Width::Fat32 => clusters > MOST_16 && clusters <= MOST_32,
        };
        fits.then_some(Self {
            width,
            start,
            sectors,
            cluster,
            reserved,
            table_len,
            root_len,
            clusters,
        })
    }

    /// The layout that is usual for so many sectors.
    fn usual(sectors: u32, size: u32) -> Option<Self> {
        // for up to so many blocks of 4096 sectors, clusters of one sector, of two, of four
        let short = [1, 4, 16, 64, 256, 512];
        let usual = |steps: &[u32], unit: u32| {
            let n = sectors / unit;
            1u32 << steps.iter().take_while(|step| **step <= n).count()
        };
        let cluster = usual(&short, 0x1000);
        if let Some(layout) = Self::of(Width::Fat12, 0, sectors, cluster, size) {
            return Some(layout);
        }
        let mut larger = cluster;
        while larger <= 64 {
            if let Some(layout) = Self::of(Width::Fat16, 0, sectors, larger, size) {
                return Some(layout);
            }
            larger *= 2;
        }
        let cluster = usual(&[1, 2, 4, 8, 16, 32], 0x2_0000);
        let mut smaller = cluster;
        while smaller > 0 {
            if let Some(layout) = Self::of(Width::Fat32, PARTITION, sectors, smaller, size) {
                return Some(layout);
            }
            smaller /= 2;
        }
        None
    }
}

impl Volume {
    /// Makes an empty volume of all sectors of a disk.
    ///
    /// # Errors
    /// `EINVAL` if there are too few.
    pub(crate) fn format<D: Disk>(disk: &mut D, sectors: u32, size: u32) -> Result<(), Failed<D>> {
        let Some(layout) = Layout::usual(sectors, size) else {
            return Err(Fault::Errno(errno::EINVAL));
        };
        let is_32 = layout.width == Width::Fat32;
        let table = layout.start + layout.reserved;
        let root = table + layout.table_len;
        for sector in table..root + layout.root_len {
            disk.charge(1)?;
            disk.clear(sector)?;
        }
        match layout.width {
            Width::Fat12 => disk.write(table, 0, &[0xf8, 0xff, 0xff])?,
            Width::Fat16 => disk.write(table, 0, &[0xf8, 0xff, 0xff, 0xff])?,
            Width::Fat32 => {
                for (i, entry) in [0x0fff_fff8u32, 0x0fff_ffff, 0x0fff_ffff].into_iter().enumerate()
                {
                    disk.write(table, i * 4, &entry.to_le_bytes())?;
                }
                // the root directory is cluster 2
                for sector in root..root + layout.cluster {
                    disk.clear(sector)?;
                }
                let info = layout.start + 1;
                disk.clear(info)?;
                disk.write(info, 0, b"RRaA")?;
                disk.write(info, 484, b"rrAa")?;
                disk.write(info, 488, &layout.clusters.saturating_sub(1).to_le_bytes())?;
                disk.write(info, 492, &2u32.to_le_bytes())?;
                disk.write(info, 508, &0xaa55_0000u32.to_le_bytes())?;
            }
        }
        if layout.start > 0 {
            disk.clear(0)?;
            let mut partition = [0; 16];
            // any cylinder and head: it is of 32 bits, by sectors
            put(&mut partition, 0, &[0, 1, 1, 0, 0x0c, 0xfe, 0xff, 0xff]);
            put(&mut partition, 8, &layout.start.to_le_bytes());
            put(&mut partition, 12, &layout.sectors.to_le_bytes());
            disk.write(0, 446, &partition)?;
            disk.write(0, 510, &[0x55, 0xaa])?;
        }
        let mut head = [0; 90];
        put(&mut head, 0, &[0xeb, if is_32 { 0x58 } else { 0x3c }, 0x90]);
        put(&mut head, 3, b"MSDOS5.0");
        put(&mut head, 11, &(size as u16).to_le_bytes());
        put(&mut head, 13, &[layout.cluster as u8]);
        put(&mut head, 14, &(layout.reserved as u16).to_le_bytes());
        // one table
        put(&mut head, 16, &[1]);
        put(&mut head, 17, &(if is_32 { 0 } else { ROOT_ENTRIES as u16 }).to_le_bytes());
        match u16::try_from(layout.sectors) {
            Ok(sectors) if !is_32 => put(&mut head, 19, &sectors.to_le_bytes()),
            _ => put(&mut head, 32, &layout.sectors.to_le_bytes()),
        }
        put(&mut head, 21, &[0xf8]);
        if !is_32 {
            put(&mut head, 22, &(layout.table_len as u16).to_le_bytes());
        }
        put(&mut head, 24, &[63, 0, 255, 0]);
        put(&mut head, 28, &layout.start.to_le_bytes());
        let extended = if is_32 {
            put(&mut head, 36, &layout.table_len.to_le_bytes());
            put(&mut head, 44, &2u32.to_le_bytes());
            put(&mut head, 48, &[1, 0, 6, 0]);
            64
        } else {
            36
        };
        put(&mut head, extended, &[0x80, 0, 0x29]);
        put(&mut head, extended + 3, &SERIAL.to_le_bytes());
        put(&mut head, extended + 7, b"NO NAME    ");
        put(&mut head, extended + 18, if is_32 { b"FAT32   " } else { b"FAT     " });
        let backups: &[u32] = if is_32 { &[0, 6] } else { &[0] };
        for backup in backups {
            disk.clear(layout.start + backup)?;
            disk.write(layout.start + backup, 0, &head)?;
            disk.write(layout.start + backup, 510, &[0x55, 0xaa])?;
        }
        disk.sync()
    }
}
