//! `vfs.VfsFat`.

use core::cell::Cell;

use snakelet_vm::exception::errno;
use snakelet_vm::host::SeekFrom;
use snakelet_vm::native::full::{Full, FullArgs, Given, Held};
use snakelet_vm::native::leaf::Obj;
use snakelet_vm::native::{Data, NativeData, NativeFn, NativeType, TypeSlots};
use snakelet_vm::{Raised, methods, name};

use super::dir::Cursor;
use super::name::Text;
use super::{Disk, File, Volume};
use crate::vfs::device::{Blocks, EBUSY, Fault, buffer, request};
use crate::vfs::file::{self, Open};
use crate::vfs::list::{self, Found, List, Name};
use crate::vfs::path::Path;
use crate::vfs::{self, CURRENT, DEVICE, value};

/// No sector.
const NONE: u32 = u32::MAX;

/// What is known between two calls.
#[derive(Copy, Clone)]
struct State {
    /// The volume, once there is one on the device.
    volume: Option<Volume>,
    sectors: u32,
    sector_size: u32,
    /// The sector in the buffer, and whether it has to be written.
    cached: u32,
    changed: bool,
}

/// A file system. The values of the object are the device, the current directory, and a `bytearray` with a sector.
struct VfsFat {
    /// `None` while it works.
    state: Cell<Option<State>>,
    readonly: Cell<bool>,
}

impl NativeData for VfsFat {
    const TYPE: &'static NativeType = &VFS_FAT;
}

/// The value with the buffer.
const BUFFER: usize = 2;

pub(crate) static VFS_FAT: NativeType =
    NativeType::of(name!("VfsFat"), const { &TypeSlots::of::<VfsFat>().construct(&NEW) })
        .methods(methods![
            NativeFn::full_method(name!("chdir"), 2, 2, chdir),
            NativeFn::full_method(name!("getcwd"), 1, 1, getcwd),
            NativeFn::full_method(name!("ilistdir"), 1, 2, ilistdir),
            NativeFn::full_method(name!("mkdir"), 2, 2, mkdir),
            NativeFn::full(name!("mkfs"), 1, 1, mkfs),
            NativeFn::full_method(name!("mount"), 3, 3, mount),
            NativeFn::full_method(name!("open"), 3, 3, open),
            NativeFn::full_method(name!("remove"), 2, 2, |cx, args| remove(cx, args, false)),
            NativeFn::full_method(name!("rename"), 3, 3, rename),
            NativeFn::full_method(name!("rmdir"), 2, 2, |cx, args| remove(cx, args, true)),
            NativeFn::full_method(name!("stat"), 2, 2, stat),
            NativeFn::full_method(name!("statvfs"), 2, 2, statvfs),
            NativeFn::full_method(name!("umount"), 1, 1, umount),
        ])
        .sealed();

/// The sectors of a device, of which one is kept.
struct Sectors<'a, 's> {
    blocks: Blocks<'a, 's>,
    buffer: Held<'s>,
    state: State,
}

impl Sectors<'_, '_> {
    /// What a device says that does not read or write.
    fn check(status: i32) -> Result<(), Fault<Raised>> {
        if status == 0 { Ok(()) } else { Err(Fault::Errno(errno::EIO)) }
    }

    /// Writes the sector that is kept, if that is due.
    fn flush(&mut self) -> Result<(), Fault<Raised>> {
        if self.state.changed {
            let size = self.state.sector_size as usize;
            let status = self.blocks.write(self.state.cached, (self.buffer, 0, size), None)?;
            Self::check(status)?;
            self.state.changed = false;
        }
        Ok(())
    }

    /// Keeps another sector, without reading it.
    fn turn_to(&mut self, sector: u32) -> Result<(), Fault<Raised>> {
        if sector >= self.state.sectors {
            return Err(Fault::CORRUPT);
        }
        self.flush()?;
        self.state.cached = NONE;
        Ok(())
    }

    fn load(&mut self, sector: u32) -> Result<(), Fault<Raised>> {
        if self.state.cached != sector {
            self.turn_to(sector)?;
            let size = self.state.sector_size as usize;
            let status = self.blocks.read(sector, (self.buffer, 0, size), None)?;
            Self::check(status)?;
            self.state.cached = sector;
        }
        Ok(())
    }
}

impl Disk for Sectors<'_, '_> {
    type Error = Raised;

    fn read(&mut self, sector: u32, at: usize, out: &mut [u8]) -> Result<(), Fault<Raised>> {
        self.load(sector)?;
        Ok(self.blocks.copy_out(self.buffer, at, out)?)
    }
    fn write(&mut self, sector: u32, at: usize, data: &[u8]) -> Result<(), Fault<Raised>> {
        if at == 0 && data.len() == self.state.sector_size as usize {
            if self.state.cached != sector {
                self.turn_to(sector)?;
            }
        } else {
            self.load(sector)?;
        }
        self.blocks.copy_in(self.buffer, at, data)?;
        (self.state.cached, self.state.changed) = (sector, true);
        Ok(())
    }
    fn clear(&mut self, sector: u32) -> Result<(), Fault<Raised>> {
        if self.state.cached != sector {
            self.turn_to(sector)?;
        }
        self.blocks.fill(self.buffer, 0, self.state.sector_size as usize, 0)?;
        (self.state.cached, self.state.changed) = (sector, true);
        Ok(())
    }
    fn sync(&mut self) -> Result<(), Fault<Raised>> {
        self.flush()?;
        match self.blocks.control(request::SYNC, 0)? {
            None | Some(0) => Ok(()),
            Some(_) => Err(Fault::Errno(errno::EIO)),
        }
    }
    fn charge(&mut self, steps: u32) -> Result<(), Fault<Raised>> {
        Ok(self.blocks.cx.charge(steps)?)
    }
    fn now(&mut self) -> u32 {
        to_dos(self.blocks.cx.epoch_ns() / 1_000_000_000)
    }
}

/// Works with the sectors of a file system. Whoever comes back here meanwhile gets `OSError`.
fn with_sectors<'s, T>(
    cx: &mut Full<'s>,
    fs: Held<'s>,
    work: impl FnOnce(&mut Sectors<'_, 's>) -> Result<T, Fault<Raised>>,
) -> Result<T, Raised> {
    let Some(state) = cx.with_data(fs, |fs: &VfsFat| fs.state.take())? else {
        return Err(cx.raise_os_error(EBUSY));
    };
    let (device, buffer) = match (value::<VfsFat>(cx, fs, DEVICE), value::<VfsFat>(cx, fs, BUFFER))
    {
        (Ok(device), Ok(buffer)) => (device, buffer),
        (Err(raised), _) | (_, Err(raised)) => {
            cx.with_data(fs, |fs: &VfsFat| fs.state.set(Some(state)))?;
            return Err(raised);
        }
    };
    let mut sectors = Sectors { blocks: Blocks::new(cx, device), buffer, state };
    let result = work(&mut sectors);
    let state = sectors.state;
    cx.with_data(fs, |fs: &VfsFat| fs.state.set(Some(state)))?;
    result.map_err(|fault| fault.raise(cx))
}

/// Works with the volume of a file system.
fn with_volume<'s, T>(
    cx: &mut Full<'s>,
    fs: Held<'s>,
    work: impl FnOnce(&mut Sectors<'_, 's>, &mut Volume) -> Result<T, Fault<Raised>>,
) -> Result<T, Raised> {
    with_sectors(cx, fs, |disk| {
        let Some(mut volume) = disk.state.volume else { return Err(Fault::Errno(errno::ENODEV)) };
        let result = work(disk, &mut volume);
        disk.state.volume = Some(volume);
        result
    })
}

/// Works with the volume to change it.
fn change<'s, T>(
    cx: &mut Full<'s>,
    fs: Held<'s>,
    work: impl FnOnce(&mut Sectors<'_, 's>, &mut Volume) -> Result<T, Fault<Raised>>,
) -> Result<T, Raised> {
    let readonly = cx.with_data(fs, |fs: &VfsFat| fs.readonly.get())?;
    with_volume(cx, fs, |disk, volume| {
        if readonly || !disk.blocks.has(name!("writeblocks"))? {
            return Err(Fault::Errno(errno::EROFS));
        }
        work(disk, volume)
    })
}

/// Makes the object for a device, without looking for a volume.
fn begin<'s>(cx: &mut Full<'s>, device: Held<'s>) -> Given<'s> {
    let mut blocks = Blocks::new(cx, device);
    let ready = blocks.control(request::INIT, 0)?;
    let geometry = match ready {
        None | Some(0) => blocks.geometry(),
        Some(_) => Err(Fault::Errno(errno::EIO)),
    };
    let (sectors, sector_size) = match geometry {
        Ok((sectors, size)) if size.is_power_of_two() && (512..=4096).contains(&size) => {
            (sectors, size)
        }
        Ok(_) => return Err(cx.raise_os_error(errno::EINVAL)),
        Err(fault) => return Err(fault.raise(cx)),
    };
    let buffer = buffer(cx, sector_size as usize)?;
    let root = cx.make(|cx| cx.str("/"))?;
    let state = State { volume: None, sectors, sector_size, cached: NONE, changed: false };
    let data = VfsFat { state: Cell::new(Some(state)), readonly: Cell::new(false) };
    cx.new_data(&[device, root, buffer], data)
}

/// Looks for the volume on the device.
fn look<'s>(cx: &mut Full<'s>, fs: Held<'s>) -> Result<bool, Raised> {
    with_sectors(cx, fs, |disk| {
        let size = disk.state.sector_size;
        match Volume::mount(disk, size) {
            Ok(volume) => disk.state.volume = Some(volume),
            Err(Fault::Errno(errno::ENODEV)) => disk.state.volume = None,
            Err(fault) => return Err(fault),
        }
        Ok(disk.state.volume.is_some())
    })
}

/// `VfsFat(device)`
static NEW: NativeFn = NativeFn::full(name!("VfsFat"), 1, 1, |cx, args| {
    let fs = begin(cx, args.or_none(0))?;
    look(cx, fs)?;
    Ok(fs)
});

/// `VfsFat(device)`, for `vfs.mount(device, ..)`.
pub(crate) fn new<'s>(cx: &mut Full<'s>, device: Held<'s>) -> Given<'s> {
    let fs = begin(cx, device)?;
    look(cx, fs)?;
    Ok(fs)
}

/// Makes an empty volume.
fn format<'s>(cx: &mut Full<'s>, fs: Held<'s>) -> Result<(), Raised> {
    with_sectors(cx, fs, |disk| {
        if !disk.blocks.has(name!("writeblocks"))? {
            return Err(Fault::Errno(errno::EROFS));
        }
        let (sectors, size) = (disk.state.sectors, disk.state.sector_size);
        Volume::format(disk, sectors, size)
    })
}

fn mkfs<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let fs = begin(cx, args.or_none(0))?;
    format(cx, fs)?;
    Ok(Held::NONE)
}

/// `mount(readonly, mkfs)`
fn mount<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let fs = args.or_none(0);
    let (readonly, make) = (cx.truth(args.or_none(1))?, cx.truth(args.or_none(2))?);
    cx.with_data(fs, |fs: &VfsFat| fs.readonly.set(readonly))?;
    let mut found = with_sectors(cx, fs, |disk| Ok(disk.state.volume.is_some()))?;
    if !found && make {
        format(cx, fs)?;
        found = look(cx, fs)?;
    }
    if found { Ok(Held::NONE) } else { Err(cx.raise_os_error(errno::ENODEV)) }
}

fn umount<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let fs = args.or_none(0);
    with_sectors(cx, fs, |disk| disk.flush())?;
    Ok(Held::NONE)
}

/// The path that argument `i` is.
fn path<'s>(cx: &mut Full<'s>, args: FullArgs<'s>, i: usize) -> Result<Path, Raised> {
    vfs::path_of::<VfsFat>(cx, args, i)
}

fn chdir<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let (fs, path) = (args.or_none(0), path(cx, args, 1)?);
    with_volume(cx, fs, |disk, volume| volume.find_dir(disk, &path))?;
    vfs::set_current::<VfsFat>(cx, fs, &path)
}

fn getcwd<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    value::<VfsFat>(cx, args.or_none(0), CURRENT)
}

fn ilistdir<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let (fs, path) = (args.or_none(0), path(cx, args, 1)?);
    let dir = with_volume(cx, fs, |disk, volume| volume.find_dir(disk, &path))?;
    list::new(cx, fs, args.or_none(1), List::Fat(Cursor::new(dir)))
}

/// The next entry of a directory that is listed.
pub(crate) fn next<'s>(
    cx: &mut Full<'s>,
    fs: Held<'s>,
    cursor: &mut Cursor,
    name: &mut Name,
) -> Result<Option<Found>, Raised> {
    let mut text = Text::EMPTY;
    with_volume(cx, fs, |disk, volume| {
        while let Some(entry) = volume.next_entry(disk, cursor, &mut text)? {
            if !matches!(text.as_str(), "." | "..") {
                name.set(text.as_str().as_bytes());
                return Ok(Some(Found { is_dir: entry.is_dir(), size: entry.size }));
            }
        }
        Ok(None)
    })
}

fn mkdir<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let (fs, path) = (args.or_none(0), path(cx, args, 1)?);
    change(cx, fs, |disk, volume| volume.make_dir(disk, &path))?;
    Ok(Held::NONE)
}

fn remove<'s>(cx: &mut Full<'s>, args: FullArgs<'s>, is_dir: bool) -> Given<'s> {
    let (fs, path) = (args.or_none(0), path(cx, args, 1)?);
    change(cx, fs, |disk, volume| volume.remove(disk, &path, is_dir))?;
    Ok(Held::NONE)
}

fn rename<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let fs = args.or_none(0);
    let (from, to) = (path(cx, args, 1)?, path(cx, args, 2)?);
    change(cx, fs, |disk, volume| volume.rename(disk, &from, &to))?;
    Ok(Held::NONE)
}

fn stat<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    /// The first of January 2000.
    const ROOT_TIME: u32 = 0x2821_0000;
    let (fs, path) = (args.or_none(0), path(cx, args, 1)?);
    let entry = with_volume(cx, fs, |disk, volume| volume.find(disk, &path))?;
    let (is_dir, size, time) = match entry {
        Some(entry) => (entry.is_dir(), entry.size, entry.time),
        None => (true, 0, ROOT_TIME),
    };
    vfs::stat_tuple(cx, is_dir, size, from_dos(time))
}

fn statvfs<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let fs = args.or_none(0);
    let (size, all, free) = with_volume(cx, fs, |disk, volume| {
        let free = volume.count_free(disk)?;
        Ok((volume.cluster_bytes(), volume.clusters(), free))
    })?;
    vfs::statvfs_tuple(cx, size, all, free)
}

/// `open(path, mode)`
fn open<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let (fs, path) = (args.or_none(0), path(cx, args, 1)?);
    let (mode, is_binary) = file::mode(cx, args.or_none(2))?;
    // the object comes first: what is opened is not lost where there is no room for it
    let object = file::new(cx, fs, Held::NONE, is_binary)?;
    let open = |disk: &mut Sectors<'_, 's>, volume: &mut Volume| volume.open(disk, &path, mode);
    let opened =
        if mode.write || mode.create { change(cx, fs, open)? } else { with_volume(cx, fs, open)? };
    file::set(cx, object, Open::Fat(opened))?;
    Ok(object)
}

/// Whether an object is a file system of this kind that works at the moment.
pub(crate) fn works(fs: Obj<'_>) -> bool {
    Data::<VfsFat>::of(fs).is_some_and(|fs| vfs::is_taken(&fs.state))
}

/// Reads from an open file.
pub(crate) fn read<'s>(
    cx: &mut Full<'s>,
    fs: Held<'s>,
    file: &mut File,
    out: &mut [u8],
) -> Result<usize, Raised> {
    with_volume(cx, fs, |disk, volume| file.read(volume, disk, out))
}

/// Writes to an open file.
pub(crate) fn write<'s>(
    cx: &mut Full<'s>,
    fs: Held<'s>,
    file: &mut File,
    data: &[u8],
) -> Result<usize, Raised> {
    with_volume(cx, fs, |disk, volume| file.write(volume, disk, data))
}

/// Moves the position of an open file.
pub(crate) fn seek(file: &mut File, offset: i64, from: SeekFrom) -> Result<u64, i32> {
    file.seek(offset, from)
}

/// Has what was written to an open file reach the device.
pub(crate) fn control<'s>(cx: &mut Full<'s>, fs: Held<'s>, file: &mut File) -> Result<(), Raised> {
    with_volume(cx, fs, |disk, volume| file.sync(volume, disk))
}

const DAY: u64 = 86_400;

/// A time in seconds since 1970 as directories note it: between 1980 and 2107, to two seconds.
fn to_dos(seconds: u64) -> u32 {
    let (mut days, second) = (seconds / DAY, seconds % DAY);
    // years of 365.25 days from the first of March 0000 on, by the algorithm of Hinnant's `civil_from_days`
    days += 719_468;
    let era = days / 146_097;
    let of_era = days % 146_097;
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year + era * 400 + u64::from(month <= 2);
    let date = match year {
        ..1980 => 0x21,
        1980..2108 => (year - 1980) << 9 | month << 5 | day,
        _ => 127 << 9 | 12 << 5 | 31,
    };
    let time = ((second / 3600) << 11) | ((second / 60 % 60) << 5) | (second % 60 / 2);
    (date << 16 | time) as u32
}

/// The same the other way round.
fn from_dos(time: u32) -> u64 {
    let (date, time) = (u64::from(time >> 16), u64::from(time & 0xffff));
    let (year, month, day) = (1980 + (date >> 9), (date >> 5 & 15).max(1), (date & 31).max(1));
    let (year, shifted) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let of_year = (153 * shifted + 2) / 5 + day - 1;
    let (era, of_era) = (year / 400, year % 400);
    let days = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year;
    let second = (time >> 11) * 3600 + (time >> 5 & 63) * 60 + (time & 31) * 2;
    (days - 719_468) * DAY + second
}

#[cfg(test)]
mod tests {
    use super::{from_dos, to_dos};

    #[test]
    fn times_come_back() {
        assert_eq!(from_dos(0x2821_0000), 946_684_800);
        assert_eq!(to_dos(946_684_800), 0x2821_0000);
        // before the first year, and behind the last one
        assert_eq!(to_dos(0) >> 16, 0x21);
        assert_eq!(to_dos(u64::MAX / 2) >> 16, 127 << 9 | 12 << 5 | 31);
        let mut time = 315_532_800;
        while time < 4_354_819_200 {
            assert_eq!(from_dos(to_dos(time)), time & !1);
            time += 86_400 * 13 + 1235;
        }
    }

    #[test]
    fn any_number_is_a_time() {
        for time in [0, u32::MAX, 0xffff_0000, 0x0000_ffff, 1 << 16] {
            assert!(from_dos(time) >= 315_000_000);
        }
    }
}
