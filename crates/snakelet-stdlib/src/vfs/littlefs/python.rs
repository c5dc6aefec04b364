//! `vfs.VfsLfs2`.

use core::cell::Cell;

use snakelet_vm::exception::errno;
use snakelet_vm::host::SeekFrom;
use snakelet_vm::native::full::{Full, FullArgs, Given, Held};
use snakelet_vm::native::leaf::Obj;
use snakelet_vm::native::{Data, NativeData, NativeFn, NativeType, TypeSlots};
use snakelet_vm::{Param, Raised, methods, name};

use super::{Cursor, File, Flash, LittleFs, Map, NO_BLOCK};
use crate::vfs::device::{Blocks, EBUSY, Fault, buffer, request};
use crate::vfs::file::{self, Open};
use crate::vfs::list::{self, Found, List, Name};
use crate::vfs::path::Path;
use crate::vfs::{self, CURRENT, DEVICE, value};

/// Part of a block that is in a buffer.
#[derive(Copy, Clone)]
struct Window {
    block: u32,
    start: u32,
    len: u32,
}

impl Window {
    const NONE: Self = Self { block: NO_BLOCK, start: 0, len: 0 };
}

/// What is known between two calls.
#[derive(Copy, Clone)]
struct State {
    fs: LittleFs,
    read_size: u32,
    program_size: u32,
    /// What was read last, and what is to be programmed.
    read: Window,
    program: Window,
}

/// A file system. The values of the object are the device, the current directory, what was read last, what is to be programmed, and
/// the notes on blocks, once there are any.
struct VfsLfs2 {
    /// `None` while it works.
    state: Cell<Option<State>>,
    readonly: Cell<bool>,
}

impl NativeData for VfsLfs2 {
    const TYPE: &'static NativeType = &VFS_LFS2;
}

const READ: usize = 2;
const PROGRAM: usize = 3;
const USED: usize = 4;
const COMING: usize = 5;

pub(crate) static VFS_LFS2: NativeType =
    NativeType::of(name!("VfsLfs2"), const { &TypeSlots::of::<VfsLfs2>().construct(&NEW) })
        .methods(methods![
            NativeFn::full_method(name!("chdir"), 2, 2, chdir),
            NativeFn::full_method(name!("getcwd"), 1, 1, getcwd),
            NativeFn::full_method(name!("ilistdir"), 1, 2, ilistdir),
            NativeFn::full_method(name!("mkdir"), 2, 2, mkdir),
            NativeFn::full(name!("mkfs"), 0, 4, mkfs).keywords(),
            NativeFn::full_method(name!("mount"), 3, 3, mount),
            NativeFn::full_method(name!("open"), 3, 3, open),
            NativeFn::full_method(name!("remove"), 2, 2, |cx, args| remove(cx, args, false)),
            NativeFn::full_method(name!("rename"), 3, 3, rename),
            NativeFn::full_method(name!("rmdir"), 2, 2, |cx, args| remove(cx, args, true)),
            NativeFn::full_method(name!("stat"), 2, 2, stat),
            NativeFn::full_method(name!("statvfs"), 2, 2, statvfs),
            NativeFn::full_method(name!("umount"), 1, 1, |_, _| Ok(Held::NONE)),
        ])
        .sealed();

/// The blocks of a device.
struct Device<'a, 's> {
    blocks: Blocks<'a, 's>,
    object: Held<'s>,
    read: Held<'s>,
    program: Held<'s>,
    /// The notes on blocks, if there are any.
    notes: [Held<'s>; 2],
    /// The buffer of the file that is worked with.
    kept: Held<'s>,
    state: State,
    readonly: bool,
}

/// What a device says that does not do what it should.
fn check(status: i32) -> Result<(), Fault<Raised>> {
    if status == 0 { Ok(()) } else { Err(Fault::Errno(status)) }
}

impl Device<'_, '_> {
    fn check_place(&self, block: u32, at: u32, len: usize) -> Result<(), Fault<Raised>> {
        let end = u32::try_from(len).ok().and_then(|len| at.checked_add(len));
        let fits = end.is_some_and(|end| end <= self.state.fs.block_size);
        if fits && block < self.state.fs.blocks { Ok(()) } else { Err(Fault::CORRUPT) }
    }

    fn is_readonly(&self) -> Result<(), Fault<Raised>> {
        if self.readonly { Err(Fault::Errno(errno::EROFS)) } else { Ok(()) }
    }

    /// Where the note on a block is: the map, the byte and the bit.
    fn place(map: Map, block: u32) -> (usize, usize, u8) {
        (map as usize, block as usize / 8, 1 << (block % 8))
    }
}

impl Flash for Device<'_, '_> {
    type Error = Raised;

    fn read(&mut self, block: u32, at: u32, out: &mut [u8]) -> Result<(), Fault<Raised>> {
        self.check_place(block, at, out.len())?;
        let mut done = 0;
        while done < out.len() {
            let here = at + done as u32;
            let window = self.state.read;
            let inside = here.wrapping_sub(window.start);
            if window.block == block && here >= window.start && inside < window.len {
                let n = (out.len() - done).min((window.len - inside) as usize);
                let room = out.get_mut(done..done + n).unwrap_or_default();
                self.blocks.copy_out(self.read, inside as usize, room)?;
                done += n;
                continue;
            }
            let start = here - here.checked_rem(self.state.read_size).unwrap_or(0);
            let len = self.state.fs.cache_size.min(self.state.fs.block_size - start);
            self.state.read = Window::NONE;
            check(self.blocks.read(block, (self.read, 0, len as usize), Some(start))?)?;
            self.state.read = Window { block, start, len };
        }
        Ok(())
    }

    fn program(&mut self, block: u32, at: u32, data: &[u8]) -> Result<(), Fault<Raised>> {
        self.check_place(block, at, data.len())?;
        self.is_readonly()?;
        let window = self.state.program;
        if window.len > 0 && (window.block != block || window.start + window.len != at) {
            self.flush()?;
        }
        let (mut rest, mut at) = (data, at);
        while !rest.is_empty() {
            let mut window = self.state.program;
            if window.len == 0 {
                window = Window { block, start: at, len: 0 };
            }
            let n = rest.len().min((self.state.fs.cache_size - window.len) as usize);
            let part = rest.get(..n).unwrap_or_default();
            self.blocks.copy_in(self.program, window.len as usize, part)?;
            window.len += n as u32;
            (rest, at) = (rest.get(n..).unwrap_or_default(), at + n as u32);
            self.state.program = window;
            if window.len == self.state.fs.cache_size {
                self.flush()?;
            }
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), Fault<Raised>> {
        let window = self.state.program;
        if window.len == 0 {
            return Ok(());
        }
        let len = window.len.next_multiple_of(self.state.program_size);
        let padding = (len - window.len) as usize;
        self.blocks.fill(self.program, window.len as usize, padding, 0xff)?;
        // what cannot be programmed is not tried again
        self.state.program = Window::NONE;
        if self.state.read.block == window.block {
            self.state.read = Window::NONE;
        }
        let data = (self.program, 0, len as usize);
        check(self.blocks.write(window.block, data, Some(window.start))?)
    }

    fn erase(&mut self, block: u32) -> Result<(), Fault<Raised>> {
        self.check_place(block, 0, 0)?;
        self.is_readonly()?;
        self.state.program = Window::NONE;
        self.state.read = Window::NONE;
        match self.blocks.control(request::ERASE, block)? {
            Some(0) => Ok(()),
            Some(error) if error < 0 => {
                Err(Fault::Errno(i32::try_from(-error).unwrap_or(errno::EIO)))
            }
            _ => Err(Fault::Errno(errno::EINVAL)),
        }
    }

    fn sync(&mut self) -> Result<(), Fault<Raised>> {
        self.flush()?;
        match self.blocks.control(request::SYNC, 0)? {
            Some(error) if error < 0 => {
                Err(Fault::Errno(i32::try_from(-error).unwrap_or(errno::EIO)))
            }
            _ => Ok(()),
        }
    }

    fn charge(&mut self, steps: u32) -> Result<(), Fault<Raised>> {
        Ok(self.blocks.cx.charge(steps)?)
    }
    fn now(&mut self) -> u64 {
        self.blocks.cx.epoch_ns()
    }

    fn note(&mut self, map: Map, block: u32) -> Result<bool, Fault<Raised>> {
        let (map, byte, bit) = Self::place(map, block);
        let notes = self.notes.get(map).copied().unwrap_or(Held::NONE);
        if self.blocks.cx.is_none(notes) {
            return Ok(false);
        }
        let mut found = [0];
        self.blocks.copy_out(notes, byte, &mut found)?;
        let [found] = found;
        Ok(found & bit != 0)
    }

    fn set_note(&mut self, map: Map, block: u32, value: bool) -> Result<(), Fault<Raised>> {
        if block >= self.state.fs.blocks {
            return Err(Fault::CORRUPT);
        }
        let (map, byte, bit) = Self::place(map, block);
        let mut notes = self.notes.get(map).copied().unwrap_or(Held::NONE);
        if self.blocks.cx.is_none(notes) {
            if !value {
                return Ok(());
            }
            let (len, object) = (self.state.fs.blocks.div_ceil(8) as usize, self.object);
            notes = buffer(self.blocks.cx, len)?;
            self.blocks.cx.look(|cx| {
                if let Some(fs) = cx.data::<VfsLfs2>(cx.get(object)) {
                    fs.set_value(USED + map, cx.get(notes));
                }
                Ok(())
            })?;
            if let Some(place) = self.notes.get_mut(map) {
                *place = notes;
            }
        }
        let mut found = [0];
        self.blocks.copy_out(notes, byte, &mut found)?;
        let [found] = found;
        let new = if value { found | bit } else { found & !bit };
        Ok(self.blocks.copy_in(notes, byte, &[new])?)
    }

    fn clear_notes(&mut self, map: Map) -> Result<(), Fault<Raised>> {
        let notes = self.notes.get(map as usize).copied().unwrap_or(Held::NONE);
        if !self.blocks.cx.is_none(notes) {
            let len = self.state.fs.blocks.div_ceil(8);
            self.blocks.cx.charge(len / 8)?;
            self.blocks.fill(notes, 0, len as usize, 0)?;
        }
        Ok(())
    }

    fn kept(&mut self, at: u32, out: &mut [u8]) -> Result<(), Fault<Raised>> {
        Ok(self.blocks.copy_out(self.kept, at as usize, out)?)
    }
    fn keep(&mut self, at: u32, data: &[u8]) -> Result<(), Fault<Raised>> {
        Ok(self.blocks.copy_in(self.kept, at as usize, data)?)
    }
}

/// Works with the blocks of a file system, and with the buffer of a file. Whoever comes back here meanwhile gets `OSError`.
fn with_device<'s, T>(
    cx: &mut Full<'s>,
    object: Held<'s>,
    kept: Held<'s>,
    work: impl FnOnce(&mut LittleFs, &mut Device<'_, 's>) -> Result<T, Fault<Raised>>,
) -> Result<T, Raised> {
    let mut values = [Held::NONE; 5];
    for (place, i) in values.iter_mut().zip([DEVICE, READ, PROGRAM, USED, COMING]) {
        *place = value::<VfsLfs2>(cx, object, i)?;
    }
    let [device, read, program, used, coming] = values;
    let taken = cx.with_data(object, |fs: &VfsLfs2| (fs.state.take(), fs.readonly.get()))?;
    let (Some(state), readonly) = taken else { return Err(cx.raise_os_error(EBUSY)) };
    let mut device = Device {
        blocks: Blocks::new(cx, device),
        object,
        read,
        program,
        notes: [used, coming],
        kept,
        state,
        readonly,
    };
    let mut fs = state.fs;
    let result = work(&mut fs, &mut device);
    let mut state = device.state;
    if result.is_err() {
        // what was to be programmed is given up, and what is on the device is read again
        (state.read, state.program) = (Window::NONE, Window::NONE);
    }
    state.fs = fs;
    cx.with_data(object, |fs: &VfsLfs2| fs.state.set(Some(state)))?;
    result.map_err(|fault| fault.raise(cx))
}

/// The same to change the file system.
fn change<'s, T>(
    cx: &mut Full<'s>,
    object: Held<'s>,
    kept: Held<'s>,
    work: impl FnOnce(&mut LittleFs, &mut Device<'_, 's>) -> Result<T, Fault<Raised>>,
) -> Result<T, Raised> {
    with_device(cx, object, kept, |fs, device| {
        device.is_readonly()?;
        if !device.blocks.has(name!("writeblocks"))? {
            return Err(Fault::Errno(errno::EROFS));
        }
        work(fs, device)
    })
}

/// The parameters of the type and of `mkfs`.
static PARAMETERS: [Param; 5] = [
    Param::required(name!("bdev")),
    Param::optional(name!("readsize")),
    Param::optional(name!("progsize")),
    Param::optional(name!("lookahead")),
    Param::optional(name!("mtime")),
];

/// Makes the object for a device, without looking for a file system.
fn begin<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let [device, read_size, program_size, _, time] = args.parse(cx, &PARAMETERS)?;
    let mut size = |given: Option<Held<'s>>| match given {
        Some(size) => cx.i64_of(size),
        None => Ok(32),
    };
    let (read_size, program_size) = (size(read_size)?, size(program_size)?);
    let keeps_time = time.map_or(Ok(true), |time| cx.truth(time))?;
    create(cx, device.unwrap_or(Held::NONE), (read_size, program_size), keeps_time)
}

fn create<'s>(
    cx: &mut Full<'s>,
    device: Held<'s>,
    (read_size, program_size): (i64, i64),
    keeps_time: bool,
) -> Given<'s> {
    let mut blocks = Blocks::new(cx, device);
    blocks.control(request::INIT, 1)?;
    let geometry = blocks.geometry();
    let sizes = u32::try_from(read_size).ok().zip(u32::try_from(program_size).ok());
    let made = geometry.and_then(|geometry| {
        let (read, program) = sizes.ok_or(Fault::Errno(errno::EINVAL))?;
        let fs = LittleFs::new(geometry, read, program).map_err(Fault::Errno)?;
        Ok((fs, read, program))
    });
    let (mut fs, read_size, program_size) = made.map_err(|fault| fault.raise(cx))?;
    fs.keeps_time = keeps_time;
    let root = cx.make(|cx| cx.str("/"))?;
    let (read, program) =
        (buffer(cx, fs.cache_size as usize)?, buffer(cx, fs.cache_size as usize)?);
    let state = State { fs, read_size, program_size, read: Window::NONE, program: Window::NONE };
    let data = VfsLfs2 { state: Cell::new(Some(state)), readonly: Cell::new(false) };
    cx.new_data(&[device, root, read, program, Held::NONE, Held::NONE], data)
}

/// Looks for the file system on the device.
fn look<'s>(cx: &mut Full<'s>, object: Held<'s>) -> Given<'s> {
    with_device(cx, object, Held::NONE, |fs, device| fs.mount(device))?;
    Ok(object)
}

/// `VfsLfs2(device, readsize=32, progsize=32, lookahead=32, mtime=True)`
static NEW: NativeFn = NativeFn::full(name!("VfsLfs2"), 0, 5, |cx, args| {
    let object = begin(cx, args)?;
    look(cx, object)
})
.keywords();

/// `VfsLfs2(device)`, for `vfs.mount(device, ..)`.
pub(crate) fn new<'s>(cx: &mut Full<'s>, device: Held<'s>) -> Given<'s> {
    let object = create(cx, device, (32, 32), true)?;
    look(cx, object)
}

/// Whether a device has this file system: its name is near the beginning of one of the first blocks.
pub(crate) fn is_on<'s>(cx: &mut Full<'s>, device: Held<'s>) -> Result<bool, Raised> {
    let room = buffer(cx, 8)?;
    for block in [0, 1] {
        let status = Blocks::new(cx, device).read(block, (room, 0, 8), Some(8))?;
        if status == 0
            && cx.with_bytes(room, |bytes| bytes.compare(b"littlefs"[..].into()).is_eq())?
        {
            return Ok(true);
        }
    }
    Ok(false)
}

fn mkfs<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let object = begin(cx, args)?;
    change(cx, object, Held::NONE, |fs, device| fs.format(device))?;
    Ok(Held::NONE)
}

/// `mount(readonly, mkfs)`
fn mount<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let readonly = cx.truth(args.or_none(1))?;
    cx.with_data(args.or_none(0), |fs: &VfsLfs2| fs.readonly.set(readonly))?;
    Ok(Held::NONE)
}

/// The path that argument `i` is.
fn path<'s>(cx: &mut Full<'s>, args: FullArgs<'s>, i: usize) -> Result<Path, Raised> {
    vfs::path_of::<VfsLfs2>(cx, args, i)
}

fn chdir<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let (object, path) = (args.or_none(0), path(cx, args, 1)?);
    let found = with_device(cx, object, Held::NONE, |fs, device| fs.find(device, &path))?;
    if !found.is_dir {
        return Err(cx.raise_os_error(errno::ENOENT));
    }
    vfs::set_current::<VfsLfs2>(cx, object, &path)
}

fn getcwd<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    value::<VfsLfs2>(cx, args.or_none(0), CURRENT)
}

fn ilistdir<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let (object, path) = (args.or_none(0), path(cx, args, 1)?);
    let cursor = with_device(cx, object, Held::NONE, |fs, device| fs.list(device, &path))?;
    list::new(cx, object, args.or_none(1), List::LittleFs(cursor))
}

/// The next entry of a directory that is listed.
pub(crate) fn next<'s>(
    cx: &mut Full<'s>,
    object: Held<'s>,
    cursor: &mut Cursor,
    name: &mut Name,
) -> Result<Option<Found>, Raised> {
    let next = with_device(cx, object, Held::NONE, |fs, device| {
        fs.next_entry(device, cursor, &mut name.bytes)
    })?;
    Ok(next.map(|(len, found)| {
        name.len = len;
        Found { is_dir: found.is_dir, size: found.size }
    }))
}

fn mkdir<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let (object, path) = (args.or_none(0), path(cx, args, 1)?);
    change(cx, object, Held::NONE, |fs, device| fs.make_dir(device, &path))?;
    Ok(Held::NONE)
}

fn remove<'s>(cx: &mut Full<'s>, args: FullArgs<'s>, is_dir: bool) -> Given<'s> {
    let (object, path) = (args.or_none(0), path(cx, args, 1)?);
    change(cx, object, Held::NONE, |fs, device| fs.remove(device, &path, is_dir))?;
    Ok(Held::NONE)
}

fn rename<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let object = args.or_none(0);
    let (from, to) = (path(cx, args, 1)?, path(cx, args, 2)?);
    change(cx, object, Held::NONE, |fs, device| fs.rename(device, &from, &to))?;
    Ok(Held::NONE)
}

fn stat<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let (object, path) = (args.or_none(0), path(cx, args, 1)?);
    let found = with_device(cx, object, Held::NONE, |fs, device| fs.find(device, &path))?;
    vfs::stat_tuple(cx, found.is_dir, found.size, found.time / 1_000_000_000)
}

fn statvfs<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let (size, all, used) = with_device(cx, args.or_none(0), Held::NONE, |fs, device| {
        let mut used: u32 = 0;
        fs.each_block(device, |_, _| {
            used += 1;
            Ok(())
        })?;
        Ok((fs.block_size, fs.blocks, used))
    })?;
    vfs::statvfs_tuple(cx, size, all, all.saturating_sub(used))
}

/// `open(path, mode)`
fn open<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    /// Bytes of the longest name.
    const NAME: usize = 255;
    let (object, path) = (args.or_none(0), path(cx, args, 1)?);
    let (mode, is_binary) = file::mode(cx, args.or_none(2))?;
    let size = with_device(cx, object, Held::NONE, |fs, _| Ok(fs.cache_size as usize))?;
    let kept = buffer(cx, size + NAME)?;
    // the object comes first: what is opened is not lost where there is no room for it
    let new = file::new(cx, object, kept, is_binary)?;
    let open = |fs: &mut LittleFs, device: &mut Device<'_, 's>| fs.open(device, &path, mode);
    let opened = if mode.write || mode.create {
        change(cx, object, kept, open)?
    } else {
        with_device(cx, object, kept, open)?
    };
    file::set(cx, new, Open::LittleFs(opened))?;
    Ok(new)
}

/// Whether an object is a file system of this kind that works at the moment.
pub(crate) fn works(object: Obj<'_>) -> bool {
    Data::<VfsLfs2>::of(object).is_some_and(|fs| vfs::is_taken(&fs.state))
}

/// Reads from an open file.
pub(crate) fn read<'s>(
    cx: &mut Full<'s>,
    object: Held<'s>,
    kept: Held<'s>,
    file: &mut File,
    out: &mut [u8],
) -> Result<usize, Raised> {
    with_device(cx, object, kept, |fs, device| file.read(fs, device, out))
}

/// Writes to an open file.
pub(crate) fn write<'s>(
    cx: &mut Full<'s>,
    object: Held<'s>,
    kept: Held<'s>,
    file: &mut File,
    data: &[u8],
) -> Result<usize, Raised> {
    with_device(cx, object, kept, |fs, device| file.write(fs, device, data))
}

/// Moves the position of an open file.
pub(crate) fn seek<'s>(
    cx: &mut Full<'s>,
    object: Held<'s>,
    kept: Held<'s>,
    file: &mut File,
    offset: i64,
    from: SeekFrom,
) -> Result<u64, Raised> {
    with_device(cx, object, kept, |fs, device| file.seek(fs, device, offset, from))
}

/// Has what was written to an open file reach the device.
pub(crate) fn flush<'s>(
    cx: &mut Full<'s>,
    object: Held<'s>,
    kept: Held<'s>,
    file: &mut File,
) -> Result<(), Raised> {
    with_device(cx, object, kept, |fs, device| file.sync(fs, device))
}
