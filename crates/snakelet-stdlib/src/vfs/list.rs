//! The iterator that `ilistdir` gives, of whatever file system.

use core::cell::Cell;

use snakelet_vm::native::full::{Full, Given, Held};
use snakelet_vm::native::{NativeData, NativeType, TypeSlots};
use snakelet_vm::{Raised, name};

use super::device::EBUSY;
#[cfg(feature = "fat")]
use super::fat;
#[cfg(feature = "littlefs")]
use super::littlefs;
#[cfg(feature = "romfs")]
use super::rom;
use super::{DIRECTORY, REGULAR, value};

/// Where a list goes on.
#[derive(Copy, Clone)]
pub(crate) enum List {
    #[cfg(feature = "fat")]
    Fat(fat::Cursor),
    #[cfg(feature = "littlefs")]
    LittleFs(littlefs::Cursor),
    #[cfg(feature = "romfs")]
    Rom(rom::Cursor),
    Ended,
}

/// What a directory says of an entry beside its name.
pub(crate) struct Found {
    pub(crate) is_dir: bool,
    pub(crate) size: u32,
}

/// A name, of as many bytes as the longest one has.
pub(crate) struct Name {
    pub(crate) bytes: [u8; LONGEST],
    pub(crate) len: usize,
}

const LONGEST: usize = 765;

impl Name {
    fn text(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
    #[cfg(feature = "fat")]
    pub(crate) fn set(&mut self, text: &[u8]) {
        self.len = text.len().min(LONGEST);
        super::bytes::put(&mut self.bytes, 0, text);
    }
}

/// A list. The value of the object is the file system.
struct Listing {
    /// `None` while it works.
    list: Cell<Option<List>>,
    /// Whether names are `bytes`.
    is_bytes: bool,
}

impl NativeData for Listing {
    const TYPE: &'static NativeType = &LISTING;
}

static LISTING: NativeType =
    NativeType::of(name!("ilistdir"), const { &TypeSlots::of::<Listing>().next(next) }).sealed();

/// Makes a list of names of the type of a path.
pub(crate) fn new<'s>(cx: &mut Full<'s>, fs: Held<'s>, path: Held<'s>, list: List) -> Given<'s> {
    let is_bytes = !cx.is_none(path) && cx.look(|cx| Ok(cx.as_str(cx.get(path)).is_none()))?;
    cx.new_data(&[fs], Listing { list: Cell::new(Some(list)), is_bytes })
}

fn next<'s>(cx: &mut Full<'s>, this: Held<'s>) -> Result<Option<Held<'s>>, Raised> {
    let fs = value::<Listing>(cx, this, 0)?;
    let (list, is_bytes) =
        cx.with_data(this, |this: &Listing| (this.list.take(), this.is_bytes))?;
    let Some(mut list) = list else { return Err(cx.raise_os_error(EBUSY)) };
    let mut name = Name { bytes: [0; LONGEST], len: 0 };
    let found = match &mut list {
        #[cfg(feature = "fat")]
        List::Fat(cursor) => fat::next(cx, fs, cursor, &mut name),
        #[cfg(feature = "littlefs")]
        List::LittleFs(cursor) => littlefs::next(cx, fs, cursor, &mut name),
        #[cfg(feature = "romfs")]
        List::Rom(cursor) => rom::next(cx, fs, cursor, &mut name),
        List::Ended => Ok(None),
    };
    if !matches!(found, Ok(Some(_))) {
        list = List::Ended;
    }
    cx.with_data(this, |this: &Listing| this.list.set(Some(list)))?;
    let Some(found) = found? else { return Ok(None) };
    let entry = cx.make(|cx| {
        let text = name.text();
        let name = match core::str::from_utf8(text) {
            Ok(text) if !is_bytes => cx.str(text)?,
            // a name that is no text is shown as it is
            _ => cx.bytes(text.len(), |out| super::bytes::put(out, 0, text))?,
        };
        let mode = cx.int(if found.is_dir { DIRECTORY } else { REGULAR })?;
        cx.tuple(&[name, mode, cx.int(0)?, cx.int(found.size.into())?])
    })?;
    Ok(Some(entry))
}
