//! Open files, of whatever file system.

use core::cell::Cell;

use snakelet_vm::exception::classes::{TYPE_ERROR, VALUE_ERROR};
use snakelet_vm::exception::errno;
use snakelet_vm::host::{OpenMode, SeekFrom};
use snakelet_vm::native::full::{Full, Given, Held};
use snakelet_vm::native::leaf::Obj;
use snakelet_vm::native::stream::{METHODS, StreamFns, request};
use snakelet_vm::native::{Contents, Data, NativeData, NativeFn, NativeType, TypeSlots};
use snakelet_vm::{Raised, methods, name};

use super::device::EBUSY;
#[cfg(feature = "fat")]
use super::fat;
#[cfg(feature = "littlefs")]
use super::littlefs;
#[cfg(feature = "romfs")]
use super::rom;

/// A file as its file system has it.
#[derive(Copy, Clone)]
pub(crate) enum Open {
    #[cfg(feature = "fat")]
    Fat(fat::File),
    #[cfg(feature = "littlefs")]
    LittleFs(littlefs::File),
    #[cfg(feature = "romfs")]
    Rom(rom::File),
}

/// Where the file of an object is.
#[derive(Copy, Clone)]
enum Slot {
    Closed,
    /// At work: the device has come back to it.
    Busy,
    Open(Open),
}

/// A file of text, or of bytes. The values of the object are the file system, what that keeps for the file, and what sees it die.
struct Handle<const TEXT: bool>(Cell<Slot>);

const FILE_SYSTEM: usize = 0;
const KEPT: usize = 1;
const WATCH: usize = 2;

impl NativeData for Handle<true> {
    const TYPE: &'static NativeType = &TEXT;
}

impl NativeData for Handle<false> {
    const TYPE: &'static NativeType = &BINARY;
}

static TEXT: NativeType = NativeType::of(
    name!("TextIOWrapper"),
    const {
        &TypeSlots::of::<Handle<true>>()
            .shows::<Handle<true>, KEPT>()
            .stream(&StreamFns { is_text: true, read, write, seek, control })
            .finalise(finalise)
    },
)
.methods(methods![NativeFn::full_method(name!("__repr__"), 1, 1, |cx, _| {
    cx.make(|cx| cx.str("<io.TextIOWrapper>"))
})])
.contents(&Contents { functions: METHODS, constants: &[] })
.sealed();

static BINARY: NativeType = NativeType::of(
    name!("FileIO"),
    const {
        &TypeSlots::of::<Handle<false>>()
            .shows::<Handle<false>, KEPT>()
            .stream(&StreamFns { is_text: false, read, write, seek, control })
            .finalise(finalise)
    },
)
.methods(methods![NativeFn::full_method(name!("__repr__"), 1, 1, |cx, _| {
    cx.make(|cx| cx.str("<io.FileIO>"))
})])
.contents(&Contents { functions: METHODS, constants: &[] })
.sealed();

/// What argument says how a file is opened, and whether it is one of bytes.
pub(crate) fn mode<'s>(cx: &mut Full<'s>, mode: Held<'s>) -> Result<(OpenMode, bool), Raised> {
    cx.look(|cx| match cx.as_str(cx.get(mode)) {
        Some(text) => OpenMode::parse(text).ok_or_else(|| cx.raise(&VALUE_ERROR, "invalid mode")),
        None => Err(cx.raise(&TYPE_ERROR, "can't convert to str")),
    })
}

/// Makes the object of a file, which is closed.
pub(crate) fn new<'s>(
    cx: &mut Full<'s>,
    fs: Held<'s>,
    kept: Held<'s>,
    is_binary: bool,
) -> Given<'s> {
    let values = [fs, kept, Held::NONE];
    let slot = Cell::new(Slot::Closed);
    let object = if is_binary {
        cx.new_data(&values, Handle::<false>(slot))?
    } else {
        cx.new_data(&values, Handle::<true>(slot))?
    };
    watch(cx, object)?;
    Ok(object)
}

fn slot<'h>(object: Obj<'h>) -> Option<&'h Cell<Slot>> {
    match Data::<Handle<true>>::of(object) {
        Some(text) => Some(&text.data().0),
        None => Data::<Handle<false>>::of(object).map(|binary| &binary.data().0),
    }
}

/// Replaces what an object has.
fn exchange<'s>(cx: &mut Full<'s>, object: Held<'s>, new: Slot) -> Result<Slot, Raised> {
    cx.look(|cx| match slot(cx.get(object)) {
        Some(slot) => Ok(slot.replace(new)),
        None => Err(cx.raise(&TYPE_ERROR, "not a file")),
    })
}

/// Opens a file of an object.
pub(crate) fn set<'s>(cx: &mut Full<'s>, object: Held<'s>, open: Open) -> Result<(), Raised> {
    exchange(cx, object, Slot::Open(open)).map(drop)
}

/// A value of an object.
fn value<'s>(cx: &mut Full<'s>, object: Held<'s>, i: usize) -> Given<'s> {
    cx.make(|cx| {
        let object = cx.get(object);
        Ok(match Data::<Handle<true>>::of(object) {
            Some(text) => text.value(i),
            None => Data::<Handle<false>>::of(object).map_or(Obj::NONE, |binary| binary.value(i)),
        })
    })
}

/// Works with the file of an object: it gets the file system and what that keeps for the file.
fn with_file<'s, T>(
    cx: &mut Full<'s>,
    object: Held<'s>,
    work: impl FnOnce(&mut Full<'s>, Held<'s>, Held<'s>, &mut Open) -> Result<T, Raised>,
) -> Result<T, Raised> {
    let (fs, kept) = (value(cx, object, FILE_SYSTEM)?, value(cx, object, KEPT)?);
    match exchange(cx, object, Slot::Busy)? {
        Slot::Busy => Err(cx.raise_os_error(EBUSY)),
        Slot::Closed => {
            exchange(cx, object, Slot::Closed)?;
            Err(cx.raise_os_error(errno::EINVAL))
        }
        Slot::Open(mut open) => {
            let result = work(cx, fs, kept, &mut open);
            exchange(cx, object, Slot::Open(open))?;
            result
        }
    }
}

#[allow(unused_variables, reason = "not every file system needs all of them")]
fn read<'s>(cx: &mut Full<'s>, object: Held<'s>, out: &mut [u8]) -> Result<Option<usize>, Raised> {
    with_file(cx, object, |cx, fs, kept, open| match open {
        #[cfg(feature = "fat")]
        Open::Fat(file) => fat::read(cx, fs, file, out),
        #[cfg(feature = "littlefs")]
        Open::LittleFs(file) => littlefs::read(cx, fs, kept, file, out),
        #[cfg(feature = "romfs")]
        Open::Rom(file) => rom::read(cx, kept, file, out),
    })
    .map(Some)
}

#[allow(unused_variables, reason = "not every file system needs all of them")]
fn write<'s>(cx: &mut Full<'s>, object: Held<'s>, data: &[u8]) -> Result<Option<usize>, Raised> {
    with_file(cx, object, |cx, fs, kept, open| match open {
        #[cfg(feature = "fat")]
        Open::Fat(file) => fat::write(cx, fs, file, data),
        #[cfg(feature = "littlefs")]
        Open::LittleFs(file) => littlefs::write(cx, fs, kept, file, data),
        #[cfg(feature = "romfs")]
        Open::Rom(_) => Err(cx.raise_os_error(errno::EROFS)),
    })
    .map(Some)
}

#[allow(unused_variables, reason = "not every file system needs all of them")]
fn seek<'s>(
    cx: &mut Full<'s>,
    object: Held<'s>,
    offset: i64,
    from: SeekFrom,
) -> Result<u64, Raised> {
    with_file(cx, object, |cx, fs, kept, open| match open {
        #[cfg(feature = "fat")]
        Open::Fat(file) => fat::seek(file, offset, from).map_err(|error| cx.raise_os_error(error)),
        #[cfg(feature = "littlefs")]
        Open::LittleFs(file) => littlefs::seek(cx, fs, kept, file, offset, from),
        #[cfg(feature = "romfs")]
        Open::Rom(file) => file.seek(offset, from).map_err(|error| cx.raise_os_error(error)),
    })
}

fn control<'s>(
    cx: &mut Full<'s>,
    object: Held<'s>,
    what: isize,
    _: isize,
) -> Result<isize, Raised> {
    match what {
        request::FLUSH => flush(cx, object).map(|()| 0),
        request::CLOSE => close(cx, object).map(|()| 0),
        _ => Ok(-errno::EINVAL as isize),
    }
}

#[allow(unused_variables, reason = "not every file system needs all of them")]
fn flush<'s>(cx: &mut Full<'s>, object: Held<'s>) -> Result<(), Raised> {
    with_file(cx, object, |cx, fs, kept, open| match open {
        #[cfg(feature = "fat")]
        Open::Fat(file) => fat::control(cx, fs, file),
        #[cfg(feature = "littlefs")]
        Open::LittleFs(file) => littlefs::flush(cx, fs, kept, file),
        #[cfg(feature = "romfs")]
        Open::Rom(_) => Ok(()),
    })
}

/// Closes a file, whatever happens to what was written last.
fn close<'s>(cx: &mut Full<'s>, object: Held<'s>) -> Result<(), Raised> {
    match cx.look(|cx| Ok(slot(cx.get(object)).map(Cell::get)))? {
        Some(Slot::Open(_)) => {
            let flushed = flush(cx, object);
            exchange(cx, object, Slot::Closed)?;
            flushed
        }
        Some(Slot::Busy) => Err(cx.raise_os_error(EBUSY)),
        _ => Ok(()),
    }
}

/// Closes a file that nothing refers to any more. While its file system works it has to wait: for the next collection.
fn finalise<'s>(cx: &mut Full<'s>, object: Held<'s>) -> Result<(), Raised> {
    if !cx.look(|cx| Ok(matches!(slot(cx.get(object)).map(Cell::get), Some(Slot::Open(_)))))? {
        return Ok(());
    }
    let fs = value(cx, object, FILE_SYSTEM)?;
    let works = cx.look(|cx| {
        let fs = cx.get(fs);
        #[cfg(feature = "fat")]
        if fat::works(fs) {
            return Ok(true);
        }
        #[cfg(feature = "littlefs")]
        if littlefs::works(fs) {
            return Ok(true);
        }
        let _ = fs;
        Ok(false)
    })?;
    if works { watch(cx, object) } else { close(cx, object) }
}

/// Has an object be told when it dies.
fn watch<'s>(cx: &mut Full<'s>, object: Held<'s>) -> Result<(), Raised> {
    if cx.is_instance(object, &BINARY) {
        cx.watch::<Handle<false>>(object, WATCH)
    } else {
        cx.watch::<Handle<true>>(object, WATCH)
    }
}
