//! The bytes of any object that has them: the one way by which natives read and write the
//! contents of `str`, `bytes`, `bytearray`, `array.array` and `memoryview`.

#![allow(unsafe_code)] // reads bytes that others may change

use core::cell::Cell;
use core::cmp::Ordering;
use core::marker::PhantomData;
use core::ptr::NonNull;

use snakelet_gc::Heap;
use snakelet_num::bigint::Stop;

use crate::native::data::{buffer_of, shown_view};
use crate::object::value::Value;
use crate::object::{ArrayObj, DataObj, Kind, ViewObj};
use crate::vm::stack::Local;
use crate::{Raised, Res, Vm};

/// Work that is charged as one step: a microcontroller copies a word at a time, a larger processor more.
const BYTES_PER_STEP: usize = usize::BITS as usize;

/// Bytes to which nearly all texts are shorter, and which take hardly more time than the call.
const FREE_BYTES: usize = 64;

/// Bytes after which work on them is charged, and the host polled.
pub(crate) const PAUSE: usize = 4096;

/// Bytes of a long row that are copied or looked through between two polls.
pub(crate) const PIECE: usize = 128 << 10;

/// An iterator over bytes, or of as much work an item, that charges on the way: it is for where the
/// heap is borrowed.
pub(crate) struct Paced<'v, I> {
    vm: &'v Vm,
    items: I,
    left: usize,
    /// Whether it ends early where the script is to end.
    may_end: bool,
}

impl<I: Iterator> Iterator for Paced<'_, I> {
    type Item = I::Item;

    #[inline]
    fn next(&mut self) -> Option<I::Item> {
        self.left -= 1;
        if self.left == 0 && self.pause() {
            return None;
        }
        self.items.next()
    }
}

impl<I> Paced<'_, I> {
    /// Charges for what was done; whether that is all.
    #[cold]
    fn pause(&mut self) -> bool {
        self.vm.charge_bytes_later(PAUSE);
        let ends = self.may_end && self.vm.is_ending();
        // asked once more, it ends once more
        self.left = if ends { 1 } else { PAUSE };
        ends
    }
}

impl<I> Drop for Paced<'_, I> {
    fn drop(&mut self) {
        self.vm.charge_bytes_later(PAUSE - self.left);
    }
}

/// Bytes in the heap or in flash, which may change while the heap is borrowed: they are copied, never
/// referred to.
#[derive(Copy, Clone)]
pub struct Bytes<'h> {
    first: NonNull<u8>,
    len: usize,
    cells: PhantomData<&'h [Cell<u8>]>,
}

impl<'h> From<&'h [u8]> for Bytes<'h> {
    #[inline(always)]
    fn from(bytes: &'h [u8]) -> Self {
        Bytes { first: NonNull::from(bytes).cast(), len: bytes.len(), cells: PhantomData }
    }
}

impl<'h> From<&'h [Cell<u8>]> for Bytes<'h> {
    #[inline(always)]
    fn from(cells: &'h [Cell<u8>]) -> Self {
        Bytes { first: NonNull::from(cells).cast(), len: cells.len(), cells: PhantomData }
    }
}

impl<'h> Bytes<'h> {
    /// No bytes.
    pub const NONE: Self = Bytes { first: NonNull::dangling(), len: 0, cells: PhantomData };

    /// Number of bytes.
    #[inline(always)]
    pub fn len(self) -> usize {
        self.len
    }
    /// Whether there are none.
    pub fn is_empty(self) -> bool {
        self.len == 0
    }
    /// Where they lie.
    pub fn as_ptr(self) -> *const u8 {
        self.first.as_ptr()
    }
    /// Byte `i`.
    #[inline]
    pub fn get(self, i: usize) -> Option<u8> {
        // SAFETY: `len` bytes lie behind `first` through `'h`. Nobody else has the interpreter, so that
        // nothing is written while one is copied.
        if i < self.len { Some(unsafe { self.first.add(i).read() }) } else { None }
    }
    /// Bytes `start..end`, cut to what there is.
    pub fn part(self, start: usize, end: usize) -> Bytes<'h> {
        let end = end.min(self.len);
        let start = start.min(end);
        // SAFETY: `start` is not beyond the end of the bytes.
        let first = unsafe { self.first.add(start) };
        Bytes { first, len: end - start, cells: PhantomData }
    }
    /// Copies to the front of `out` as much as fits; returns how much.
    pub fn copy_to(self, out: &mut [u8]) -> usize {
        self.copy_to_cells(Cell::from_mut(out).as_slice_of_cells());
        self.len.min(out.len())
    }
    /// Copies to the front of `out` as much as fits; these may be the same bytes.
    pub fn copy_to_cells(self, out: &[Cell<u8>]) {
        let n = self.len.min(out.len());
        // SAFETY: both have `n` bytes, and cells are written through shared references. Bytes that do not
        // change are no cells.
        unsafe { core::ptr::copy(self.first.as_ptr(), out.as_ptr().cast_mut().cast(), n) }
    }
    /// All bytes in order.
    pub fn iter(self) -> impl Iterator<Item = u8> + 'h {
        (0..self.len).filter_map(move |i| self.get(i))
    }
    /// The order of the bytes as sequences of numbers.
    pub fn compare(self, other: Bytes<'_>) -> Ordering {
        // SAFETY: `len` bytes lie behind `first` through `'h`. Nothing writes to them while this
        // function runs, and the slices do not leave it.
        let (a, b) = unsafe {
            (
                core::slice::from_raw_parts(self.first.as_ptr(), self.len),
                core::slice::from_raw_parts(other.first.as_ptr(), other.len),
            )
        };
        a.cmp(b)
    }
}

/// The buffer of an object.
#[derive(Copy, Clone)]
pub struct Buffer<'h> {
    /// Its bytes.
    pub bytes: Bytes<'h>,
    /// The same to be written, if they may be.
    pub cells: Option<&'h [Cell<u8>]>,
    /// What they are, as a type code of `struct`.
    pub typecode: u8,
}

impl Vm {
    /// The buffer of an object; `None` if it has none.
    pub fn buffer<'h>(&'h self, value: Value<'h>) -> Option<Buffer<'h>> {
        let value = self.native_part_of(value).unwrap_or(value);
        let value = shown_view(value).unwrap_or(value);
        if let Some(bytes) = self.bytes_of(value) {
            return Some(Buffer { bytes: bytes.into(), cells: None, typecode: b'B' });
        }
        if let Some(array) = value.cast::<ArrayObj>() {
            let cells = array.cells();
            let typecode = array.typecode();
            return Some(Buffer { bytes: cells.into(), cells: Some(cells), typecode });
        }
        if let Some(data) = value.cast::<DataObj>() {
            let cells = buffer_of(self, data)?;
            return Some(Buffer { bytes: cells.into(), cells: Some(cells), typecode: b'B' });
        }
        let view = value.cast::<ViewObj>()?;
        // the owner of a view's bytes is never a view itself
        let base = view.base.get();
        let (start, typecode) = (view.offset.get(), view.typecode());
        let end = start.saturating_add(view.len.get());
        let all = match (base.cast::<ArrayObj>(), base.cast::<DataObj>()) {
            (Some(array), _) => array.cells(),
            (None, Some(data)) => buffer_of(self, data)?,
            (None, None) => {
                let bytes = Bytes::from(self.bytes_of(base)?).part(start, end);
                return Some(Buffer { bytes, cells: None, typecode });
            }
        };
        let cells = all.get(start.min(all.len())..end.min(all.len())).unwrap_or(&[]);
        let writable = Some(cells).filter(|_| !view.is_readonly());
        Some(Buffer { bytes: cells.into(), cells: writable, typecode })
    }

    /// The bytes of an object that may be written; `None` if it has none.
    pub fn writable_buffer<'h>(&'h self, value: Value<'h>) -> Option<&'h [Cell<u8>]> {
        self.buffer(value)?.cells
    }

    /// The bytes of an object's buffer; none if it has no buffer.
    pub(crate) fn buffer_bytes(&self, object: Local) -> Bytes<'_> {
        self.buffer(self.get(object)).map_or(Bytes::NONE, |b| b.bytes)
    }

    /// Copies bytes from position `at` of an object's buffer; returns how many.
    pub fn read_buffer(&self, object: Local, at: usize, out: &mut [u8]) -> usize {
        self.buffer_bytes(object).part(at, usize::MAX).copy_to(out)
    }

    /// Raises unless an object has a buffer; returns its length in bytes.
    ///
    /// # Errors
    /// `TypeError`.
    pub fn check_buffer(&mut self, object: Local) -> Result<usize, Raised> {
        match self.buffer(self.get(object)) {
            Some(buffer) => Ok(buffer.bytes.len()),
            None => Err(self.type_error("object with buffer protocol required")),
        }
    }

    /// Raises unless an object has a buffer that may be written; returns its length in bytes.
    ///
    /// # Errors
    /// `TypeError`.
    pub fn check_writable_buffer(&mut self, object: Local) -> Result<usize, Raised> {
        match self.writable_buffer(self.get(object)) {
            Some(cells) => Ok(cells.len()),
            None => Err(self.type_error("object with buffer protocol required")),
        }
    }

    /// Makes `bytes` of an object's buffer; an object that is `bytes` already is returned itself.
    ///
    /// # Errors
    /// `TypeError` if it has no buffer, `MemoryError`.
    pub fn bytes_from_buffer(&mut self, object: Local) -> Res {
        if self.get(object).is_kind(Kind::Bytes) {
            return Ok(object);
        }
        let len = self.check_buffer(object)?;
        self.new_bytes_with(len, |vm, out| {
            // a text that is not complete is dropped
            let _ = vm.copy_bytes(vm.buffer_bytes(object), Cell::from_mut(out).as_slice_of_cells());
        })
    }

    /// Charges the work of going over `n` bytes.
    ///
    /// # Errors
    /// As for [`Vm::charge`].
    pub fn charge_bytes(&mut self, n: usize) -> Result<(), Raised> {
        // more than memory can hold will be refused, which is no work
        if n > self.heap.ask(Heap::total_bytes) {
            return Ok(());
        }
        self.charge(u32::try_from(n / BYTES_PER_STEP).unwrap_or(u32::MAX))
    }

    /// Copies as many bytes as both have, and charges for them.
    ///
    /// # Errors
    /// The script is to end, so that the rest was left: see [`Vm::is_ending`].
    #[inline]
    pub(crate) fn copy_bytes(&self, from: Bytes<'_>, to: &[Cell<u8>]) -> Result<(), Stop> {
        let n = from.len().min(to.len());
        if n > PIECE {
            return self.copy_long(from, to);
        }
        self.charge_bytes_later(n);
        from.copy_to_cells(to);
        Ok(())
    }

    /// Moves as many bytes as both have, which may overlap, and charges for them. The host is asked meanwhile,
    /// but the move is made in full even if the script is to end.
    #[inline(never)]
    pub(crate) fn move_bytes(&self, from: Bytes<'_>, to: &[Cell<u8>]) {
        let n = from.len().min(to.len());
        let from_the_end = from.first.as_ptr().cast_const() < to.as_ptr().cast();
        let mut done = 0;
        while done < n {
            let len = PIECE.min(n - done);
            let at = if from_the_end { n - done - len } else { done };
            from.part(at, at + len).copy_to_cells(to.get(at..).unwrap_or(&[]));
            // to move bytes is half as much work as to look at them
            self.charge_bytes_later(len / 2);
            done += len;
        }
    }

    #[cold]
    #[inline(never)]
    fn copy_long(&self, from: Bytes<'_>, to: &[Cell<u8>]) -> Result<(), Stop> {
        for (i, piece) in to.chunks(PIECE).enumerate() {
            let from = from.part(i * PIECE, usize::MAX);
            if from.is_empty() {
                break;
            }
            self.charge_bytes_later(from.len().min(PIECE) / 2);
            if self.is_ending() {
                return Err(Stop);
            }
            from.copy_to_cells(piece);
        }
        Ok(())
    }

    /// How many bytes at the front of a text are wanted; charges for them.
    ///
    /// # Errors
    /// The script is to end: see [`Vm::is_ending`].
    pub(crate) fn count_while(
        &self,
        text: &[u8],
        mut wanted: impl FnMut(u8) -> bool,
    ) -> Result<usize, Stop> {
        let mut len = 0;
        for piece in text.chunks(PAUSE) {
            let found = piece.iter().take_while(|byte| wanted(**byte)).count();
            len += found;
            self.charge_bytes_later(found);
            if found < piece.len() {
                break;
            }
            if self.is_ending() {
                return Err(Stop);
            }
        }
        Ok(len)
    }

    /// Charges for the items of an iteration over bytes as they come. All of them come, even if the script is
    /// to end: it is for work whose half would leave an object in disorder.
    pub(crate) fn paced<I: Iterator>(&self, items: I) -> Paced<'_, I> {
        Paced { vm: self, items, left: PAUSE, may_end: false }
    }

    /// As [`Vm::paced`], but the iteration is over early if the script is to end. What was found is to be
    /// dropped then: `Leaf::spend` leaves.
    pub(crate) fn paced_to_end<I: Iterator>(&self, items: I) -> Paced<'_, I> {
        Paced { vm: self, items, left: PAUSE, may_end: true }
    }

    /// As [`Vm::charge_bytes`], where the work cannot be left; a few bytes are free.
    #[cfg_attr(target_os = "none", inline(never))]
    #[cfg_attr(not(target_os = "none"), inline)]
    pub(crate) fn charge_bytes_later(&self, n: usize) {
        if n >= FREE_BYTES {
            self.charge_later(n / BYTES_PER_STEP);
        }
    }
}
