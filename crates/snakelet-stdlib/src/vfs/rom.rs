//! `vfs.VfsRom`: files that lie in memory, and are read where they lie.
//!
//! The format is that of `mpremote romfs`: records of a kind, a length and contents, where numbers have seven bits a byte, the
//! highest first, and all bytes but the last have their high bit set. The file system is a record itself. A directory
//! begins with its name and holds records; a file begins with its name and holds one of data, or of where in the file
//! system the data lies. Records of other kinds are passed over.

use core::cell::Cell;

use snakelet_vm::buffer::Bytes;
use snakelet_vm::exception::errno;
use snakelet_vm::host::SeekFrom;
use snakelet_vm::native::full::{Full, FullArgs, Given, Held};
use snakelet_vm::native::leaf::{Leaf, Leave};
use snakelet_vm::native::{NativeData, NativeFn, NativeType, TypeSlots};
use snakelet_vm::{Raised, methods, name};

use super::file::{self, Open};
use super::list::{self, Found, List, Name};
use super::path::Path;
use super::{path_of, stat_tuple, value};

/// Kinds of records. That of a file system is `RM1`, seven bits a character.
const SYSTEM: usize = 0x0014_a6b1;
const VERBATIM: usize = 2;
const POINTER: usize = 3;
const DIRECTORY: usize = 4;
const FILE: usize = 5;

/// A file system: bytes `start..end` of its memory. The values of the object are that, and the current directory, which is
/// always the root.
struct VfsRom {
    start: Cell<usize>,
    end: Cell<usize>,
}

/// The value with the memory.
const MEMORY: usize = 0;

impl NativeData for VfsRom {
    const TYPE: &'static NativeType = &VFS_ROM;
}

pub(crate) static VFS_ROM: NativeType =
    NativeType::of(name!("VfsRom"), const { &TypeSlots::of::<VfsRom>().construct(&NEW) })
        .methods(methods![
            NativeFn::full_method(name!("chdir"), 2, 2, chdir),
            NativeFn::full_method(name!("getcwd"), 1, 1, |cx, _| cx.make(|cx| cx.str("/"))),
            NativeFn::full_method(name!("ilistdir"), 1, 2, ilistdir),
            NativeFn::full_method(name!("mount"), 3, 3, mount),
            NativeFn::full_method(name!("open"), 3, 3, open),
            NativeFn::full_method(name!("stat"), 2, 2, stat),
            NativeFn::full_method(name!("statvfs"), 2, 2, statvfs),
            NativeFn::full_method(name!("umount"), 1, 1, |_, _| Ok(Held::NONE)),
        ])
        .sealed();

/// An open file: the bytes that its `memoryview` shows.
#[derive(Copy, Clone)]
pub(crate) struct File {
    at: usize,
    len: usize,
}

impl File {
    /// Moves the position, at most to the end.
    pub(crate) fn seek(&mut self, offset: i64, from: SeekFrom) -> Result<u64, i32> {
        let base = match from {
            SeekFrom::Start => 0,
            SeekFrom::Current => self.at,
            SeekFrom::End => self.len,
        };
        let to = (base as i64).checked_add(offset).and_then(|to| u64::try_from(to).ok());
        let Some(to) = to else { return Err(errno::EINVAL) };
        let to = to.min(self.len as u64);
        self.at = to as usize;
        Ok(to)
    }
}

/// Where a directory is listed: the records that are left.
pub(crate) type Cursor = Records;

/// Records, as bytes `at..end` of the memory.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(crate) struct Records {
    at: usize,
    end: usize,
}

impl Records {
    fn len(self) -> usize {
        self.end.saturating_sub(self.at)
    }

    /// Takes a number; none if it is longer than what there is, or than a number.
    fn number(&mut self, memory: Bytes<'_>) -> Option<usize> {
        let mut number: usize = 0;
        while self.at < self.end {
            let byte = memory.get(self.at)?;
            self.at += 1;
            number = number.checked_mul(128)? | usize::from(byte & 0x7f);
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    /// Takes a record: its kind and contents. None at the end, and where they make no sense.
    fn record(&mut self, memory: Bytes<'_>) -> Option<(usize, Records)> {
        let kind = self.number(memory)?;
        let contents = self.counted(memory)?;
        Some((kind, contents))
    }

    /// Takes what has its length before it.
    fn counted(&mut self, memory: Bytes<'_>) -> Option<Records> {
        let len = self.number(memory)?;
        let at = self.at;
        self.at = at.checked_add(len).filter(|end| *end <= self.end)?;
        Some(Records { at, end: self.at })
    }

    /// Takes the next file or directory.
    fn node(&mut self, cx: Leaf<'_>, memory: Bytes<'_>) -> Result<Option<Node>, Leave> {
        while let Some((kind, mut contents)) = self.record(memory) {
            cx.spend(1)?;
            if matches!(kind, DIRECTORY | FILE) {
                let Some(name) = contents.counted(memory) else { return Ok(None) };
                return Ok(Some(Node { is_dir: kind == DIRECTORY, name, contents }));
            }
        }
        Ok(None)
    }

    /// The data of a file of whose record these are the contents, in a file system that begins there.
    fn data(
        mut self,
        cx: Leaf<'_>,
        memory: Bytes<'_>,
        system: Records,
    ) -> Result<Option<Records>, Leave> {
        while let Some((kind, mut contents)) = self.record(memory) {
            cx.spend(1)?;
            match kind {
                VERBATIM => return Ok(Some(contents)),
                POINTER => {
                    let size = contents.number(memory);
                    let offset = contents.number(memory);
                    let at = offset.and_then(|offset| system.at.checked_add(offset));
                    let end = at.zip(size).and_then(|(at, size)| at.checked_add(size));
                    let data = at.zip(end).map(|(at, end)| Records { at, end });
                    return Ok(data.filter(|data| data.end <= system.end));
                }
                _ => {}
            }
        }
        Ok(None)
    }
}

/// A file or directory.
#[derive(Copy, Clone)]
struct Node {
    is_dir: bool,
    name: Records,
    /// What follows the name.
    contents: Records,
}

/// What is at a path.
#[derive(Copy, Clone)]
enum At {
    Nothing,
    Directory(Records),
    File(Records),
}

fn find(cx: Leaf<'_>, memory: Bytes<'_>, system: Records, path: &Path) -> Result<At, Leave> {
    let mut parts = path.text().split('/').filter(|part| !part.is_empty());
    let mut directory = system;
    while let Some(part) = parts.next() {
        let mut rest = directory;
        let node = loop {
            let Some(node) = rest.node(cx, memory)? else { return Ok(At::Nothing) };
            let name = memory.part(node.name.at, node.name.end);
            if name.compare(part.as_bytes().into()).is_eq() {
                break node;
            }
        };
        if !node.is_dir {
            let data = node.contents.data(cx, memory, system)?;
            let is_last = parts.next().is_none();
            return Ok(data.filter(|_| is_last).map_or(At::Nothing, At::File));
        }
        directory = node.contents;
    }
    Ok(At::Directory(directory))
}

/// The file system in a memory, if there is one.
fn system(memory: Bytes<'_>) -> Option<Records> {
    let mut all = Records { at: 0, end: memory.len() };
    all.record(memory).filter(|(kind, _)| *kind == SYSTEM).map(|(_, system)| system)
}

/// `VfsRom(memory)`
static NEW: NativeFn = NativeFn::full(name!("VfsRom"), 1, 1, |cx, args| {
    let memory = args.or_none(0);
    let Some(system) = cx.with_bytes(memory, system)? else {
        return Err(cx.raise_os_error(errno::ENODEV));
    };
    let root = cx.make(|cx| cx.str("/"))?;
    let data = VfsRom { start: Cell::new(system.at), end: Cell::new(system.end) };
    cx.new_data(&[memory, root], data)
});

/// The records of a file system, and its memory.
fn parts<'s>(cx: &mut Full<'s>, fs: Held<'s>) -> Result<(Records, Held<'s>), Raised> {
    let system =
        cx.with_data(fs, |fs: &VfsRom| Records { at: fs.start.get(), end: fs.end.get() })?;
    Ok((system, value::<VfsRom>(cx, fs, MEMORY)?))
}

/// What is at the path that argument 1 is.
fn at<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Result<At, Raised> {
    let path = path_of::<VfsRom>(cx, args, 1)?;
    let (system, memory) = parts(cx, args.or_none(0))?;
    let found = cx.look(|cx| find(*cx, cx.readable(cx.get(memory))?, system, &path))?;
    match found {
        At::Nothing => Err(cx.raise_os_error(errno::ENOENT)),
        At::File(_) if path.is_closed => Err(cx.raise_os_error(errno::ENOENT)),
        found => Ok(found),
    }
}

/// `mount(readonly, mkfs)`
fn mount<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    if cx.truth(args.or_none(2))? { Err(cx.raise_os_error(errno::EPERM)) } else { Ok(Held::NONE) }
}

fn chdir<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let path = path_of::<VfsRom>(cx, args, 1)?;
    if path.text().is_empty() { Ok(Held::NONE) } else { Err(cx.raise_os_error(errno::EOPNOTSUPP)) }
}

fn ilistdir<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    match at(cx, args)? {
        At::Directory(records) => {
            list::new(cx, args.or_none(0), args.or_none(1), List::Rom(records))
        }
        _ => Err(cx.raise_os_error(errno::EINVAL)),
    }
}

/// The next entry of a directory that is listed.
pub(crate) fn next<'s>(
    cx: &mut Full<'s>,
    fs: Held<'s>,
    cursor: &mut Cursor,
    name: &mut Name,
) -> Result<Option<Found>, Raised> {
    let (system, memory) = parts(cx, fs)?;
    let start = *cursor;
    cx.look(|cx| {
        *cursor = start;
        let memory = cx.readable(cx.get(memory))?;
        let Some(node) = cursor.node(*cx, memory)? else { return Ok(None) };
        let data = match node.is_dir {
            true => Some(node.contents),
            false => node.contents.data(*cx, memory, system)?,
        };
        name.len = memory.part(node.name.at, node.name.end).copy_to(&mut name.bytes);
        Ok(data.map(|data| Found { is_dir: node.is_dir, size: data.len() as u32 }))
    })
}

fn stat<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let (is_dir, records) = match at(cx, args)? {
        At::File(data) => (false, data),
        At::Directory(records) => (true, records),
        At::Nothing => return Err(cx.raise_os_error(errno::ENOENT)),
    };
    stat_tuple(cx, is_dir, records.len() as u32, 0)
}

fn statvfs<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let (system, _) = parts(cx, args.or_none(0))?;
    cx.make(|cx| {
        let (none, size) = (cx.int(0)?, cx.int(system.len() as i64)?);
        let (one, longest) = (cx.int(1)?, cx.int(0x7fff)?);
        cx.tuple(&[one, none, size, none, none, none, none, none, none, longest])
    })
}

/// `open(path, mode)`
fn open<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let fs = args.or_none(0);
    let (mode, is_binary) = file::mode(cx, args.or_none(2))?;
    if mode.write {
        return Err(cx.raise_os_error(errno::EROFS));
    }
    let At::File(data) = at(cx, args)? else { return Err(cx.raise_os_error(errno::EISDIR)) };
    let (_, memory) = parts(cx, fs)?;
    let view = cx.make(|cx| cx.memoryview(cx.get(memory), data.at, data.len()))?;
    let object = file::new(cx, fs, view, is_binary)?;
    file::set(cx, object, Open::Rom(File { at: 0, len: data.len() }))?;
    Ok(object)
}

/// Reads from an open file.
pub(crate) fn read<'s>(
    cx: &mut Full<'s>,
    view: Held<'s>,
    file: &mut File,
    out: &mut [u8],
) -> Result<usize, Raised> {
    let at = file.at;
    let n = cx.with_bytes(view, |bytes| bytes.part(at, usize::MAX).copy_to(out))?;
    file.at += n;
    Ok(n)
}

#[cfg(test)]
mod tests {
    use super::{Records, SYSTEM, system};

    #[test]
    fn the_header_is_a_record() {
        let image = [0xd2, 0xcd, 0x31, 0x00];
        assert_eq!(system((&image[..]).into()), Some(Records { at: 4, end: 4 }));
        // longer than its memory, endless, and something else
        for image in [&[0xd2, 0xcd, 0x31, 0x01][..], &[0xd2, 0xcd, 0x31, 0xff], b"xxx", b""] {
            assert_eq!(system(image.into()), None);
        }
    }

    #[test]
    fn numbers_have_seven_bits_a_byte() {
        let number = |bytes: &[u8]| Records { at: 0, end: bytes.len() }.number(bytes.into());
        assert_eq!(number(&[0xd2, 0xcd, 0x31]), Some(SYSTEM));
        assert_eq!(number(&[0x80, 0x05]), Some(5));
        assert_eq!(number(&[0x80]), None);
        assert_eq!(number(&[0xff; 32]), None);
    }
}
