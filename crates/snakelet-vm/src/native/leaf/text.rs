//! Texts that a leaf makes.

#![allow(unsafe_code)] // writes fresh objects

use core::cell::Cell;
use core::ptr::NonNull;

use snakelet_qstr::Qstr;

use crate::exception::classes::UNICODE_DECODE_ERROR;
use crate::native::leaf::{Answer, AnyText, Gc, Leaf, Leave, Obj, Request};
use crate::object::value::Word;
use crate::object::{Kind, StrObj, copy, new_header, words_with_bytes};
use crate::protocol::buffer::{Bytes, PIECE};
use crate::types::str::ascii_char;
use crate::vm::alloc::Flaw;

/// A text while its bytes are written: nothing refers to it yet.
struct NewText {
    at: NonNull<Word>,
    kind: Kind,
    len: usize,
}

impl NewText {
    #[inline(always)]
    fn bytes_mut(&mut self) -> &mut [u8] {
        // SAFETY: the object was allocated with `len` bytes behind the fixed part, all zeroed, and only
        // this value knows it.
        unsafe {
            let first = self.at.cast::<u8>().add(size_of::<StrObj>());
            core::slice::from_raw_parts_mut(first.as_ptr(), self.len)
        }
    }

    /// The text, whose bytes are there. `ascii` must not be set if they are not.
    #[inline(always)]
    fn shared<'h>(self, ascii: bool) -> Obj<'h> {
        let head = StrObj::head(self.kind, ascii, self.len, false);
        for (i, word) in head.into_iter().enumerate() {
            // SAFETY: the head is the fixed part of the object, which only this value knows.
            unsafe { self.at.add(i).write(word) };
        }
        // SAFETY: the object is complete now; it lives until something is collected, which takes the
        // interpreter exclusively, but it is shared through `'h`.
        Gc::new(unsafe { self.at.cast::<StrObj>().as_ref() }).obj()
    }
}

impl<'h> Leaf<'h> {
    #[inline(never)]
    fn allocate_text(self, kind: Kind, len: usize) -> Result<NonNull<Word>, Leave> {
        if len > StrObj::MAX_LEN {
            return Err(self.no_room(usize::MAX));
        }
        self.words(new_header(kind, 0), words_with_bytes::<StrObj>(len))
    }

    #[inline(always)]
    fn begin_text(self, kind: Kind, len: usize) -> Result<NewText, Leave> {
        Ok(NewText { at: self.allocate_text(kind, len)?, kind, len })
    }

    /// Ends a text whose bytes are there; refuses a `str` that is not UTF-8.
    #[inline(always)]
    fn end_text(self, new: NewText) -> Answer<'h> {
        // SAFETY: these are the parts of a new text.
        unsafe { self.share_text(new.at, new.kind, new.len) }
    }

    /// As [`Leaf::end_text`], so that its caller has the parts in registers.
    ///
    /// # Safety
    /// They are those of a [`NewText`].
    #[inline(never)]
    unsafe fn share_text(self, at: NonNull<Word>, kind: Kind, len: usize) -> Answer<'h> {
        let mut new = NewText { at, kind, len };
        match self.vm().check_text(new.kind, new.bytes_mut()) {
            Ok(ascii) => Ok(new.shared(ascii)),
            Err(Flaw::Unicode) => Err(self.raise_no_args(&UNICODE_DECODE_ERROR)),
            Err(Flaw::Ending) => Err(self.ask(Request::Poll)),
        }
    }

    /// Makes a `str` or `bytes` of `len` bytes, which `fill` writes.
    ///
    /// # Errors
    /// Room is asked for; `UnicodeError` for a `str` that is not UTF-8.
    #[inline(always)]
    pub(crate) fn make_text(
        self,
        kind: Kind,
        len: usize,
        fill: impl FnOnce(&mut [u8]),
    ) -> Answer<'h> {
        if len == 0 && kind == Kind::Str {
            return Ok(Obj::qstr(Qstr::EMPTY));
        }
        let mut new = self.begin_text(kind, len)?;
        fill(new.bytes_mut());
        self.end_text(new)
    }

    /// Copies as many bytes as both have, and charges for them.
    ///
    /// # Errors
    /// The script is to end, so that the rest was left.
    #[inline]
    pub fn copy(self, from: Bytes<'_>, to: &[Cell<u8>]) -> Result<(), Leave> {
        self.vm().copy_bytes(from, to).map_err(|_| self.ask(Request::Poll))
    }

    /// Makes a text of the bytes `start..end` of another one.
    ///
    /// # Errors
    /// As for [`Leaf::make_text`].
    #[inline(never)]
    pub(crate) fn subtext(self, text: AnyText<'h>, start: usize, end: usize) -> Answer<'h> {
        let bytes = text.bytes(self);
        let part = bytes.get(start..end).unwrap_or(&[]);
        if part.len() == bytes.len() {
            return Ok(text.obj());
        }
        let kind = text.kind();
        if kind == Kind::Str && part.len() <= 1 {
            let one = part.first().map_or(Some(Obj::qstr(Qstr::EMPTY)), |byte| ascii_char(*byte));
            if let Some(interned) = one {
                return Ok(interned);
            }
        }
        let mut new = self.begin_text(kind, part.len())?;
        self.copy(part.into(), Cell::from_mut(new.bytes_mut()).as_slice_of_cells())?;
        match text.obj().cast::<StrObj>() {
            // a part of what is ASCII is ASCII
            Some(whole) if whole.is_ascii() || kind == Kind::Bytes => {
                Ok(new.shared(whole.is_ascii()))
            }
            _ => self.end_text(new),
        }
    }

    /// Makes a text of what `draw` puts to a pen. It is called twice, and must do the same both times.
    ///
    /// # Errors
    /// As for [`Leaf::make_text`]; what `draw` gives.
    #[inline(never)]
    pub(crate) fn draw(self, kind: Kind, draw: &Draw<'h, '_>) -> Answer<'h> {
        let mut pen = Pen { cx: self, room: &mut [], len: 0, work: 0 };
        draw(&mut pen)?;
        let len = pen.len;
        self.spend(pen.work / BYTES_A_STEP)?;
        self.make_text_with(kind, len, draw)
    }

    fn make_text_with(self, kind: Kind, len: usize, draw: &Draw<'h, '_>) -> Answer<'h> {
        if len == 0 && kind == Kind::Str {
            return Ok(Obj::qstr(Qstr::EMPTY));
        }
        let mut new = self.begin_text(kind, len)?;
        let mut pen = Pen { cx: self, room: new.bytes_mut(), len: 0, work: 0 };
        draw(&mut pen)?;
        self.spend(pen.work / BYTES_A_STEP)?;
        self.end_text(new)
    }
}

/// What puts a text together.
pub(crate) type Draw<'h, 'd> = dyn Fn(&mut Pen<'h, '_>) -> Result<(), Leave> + 'd;

/// Where the parts of a new text go: they are measured first, and copied when there is room.
pub(crate) struct Pen<'h, 'r> {
    cx: Leaf<'h>,
    /// None while it measures.
    room: &'r mut [u8],
    len: usize,
    /// What is not charged for yet, in bytes.
    work: usize,
}

/// Bytes that are copied in a step.
const BYTES_A_STEP: usize = 32;
/// Work after which it is charged, and the host polled.
const PAUSE: usize = 4096;

impl Pen<'_, '_> {
    /// Room for so many bytes, if it does not measure.
    fn advance(&mut self, n: usize) -> Option<&mut [u8]> {
        let start = self.len;
        self.len = start.saturating_add(n);
        self.room.get_mut(start..self.len)
    }

    /// Notes work done.
    ///
    /// # Errors
    /// The script is to end.
    fn work(&mut self, n: usize) -> Result<(), Leave> {
        self.work += BYTES_A_STEP + n;
        if self.work < PAUSE {
            return Ok(());
        }
        let work = core::mem::take(&mut self.work);
        self.cx.spend(work / BYTES_A_STEP)
    }

    /// Puts bytes.
    ///
    /// # Errors
    /// The script is to end, as for all functions here.
    #[inline(never)]
    pub(crate) fn put(&mut self, bytes: &[u8]) -> Result<(), Leave> {
        for bytes in bytes.chunks(PIECE) {
            let mut done = 0;
            if let Some(to) = self.advance(bytes.len()) {
                copy(bytes, to);
                done = bytes.len();
            }
            self.work(done)?;
        }
        Ok(())
    }

    /// Puts the bytes that `fill` writes to the room that it is given.
    #[inline(never)]
    pub(crate) fn put_with(&mut self, n: usize, fill: &dyn Fn(&mut [u8])) -> Result<(), Leave> {
        let mut done = 0;
        if let Some(to) = self.advance(n) {
            fill(to);
            done = n;
        }
        self.work(done)
    }

    /// Puts bytes so many times.
    #[inline(never)]
    pub(crate) fn repeat(&mut self, bytes: &[u8], times: usize) -> Result<(), Leave> {
        if self.room.is_empty() {
            self.advance(bytes.len().saturating_mul(times));
            return Ok(());
        }
        if let [byte] = bytes {
            for done in (0..times).step_by(PIECE) {
                self.put_with(PIECE.min(times - done), &|to| to.fill(*byte))?;
            }
            return Ok(());
        }
        for _ in 0..if bytes.is_empty() { 0 } else { times } {
            self.put(bytes)?;
        }
        Ok(())
    }
}
