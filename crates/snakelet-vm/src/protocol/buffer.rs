//! The bytes of any object that has them: the one way by which natives read and write the
//! contents of `str`, `bytes`, `bytearray`, `array.array` and `memoryview`.

use snakelet_gc::Heap;

use core::cell::Cell;
use core::cmp::Ordering;

use crate::native::data::buffer_of;
use crate::object::copy;
use crate::object::value::Value;
use crate::object::{ArrayObj, DataObj, Kind, ViewObj, copy_cells, write_cells};
use crate::vm::stack::Local;
use crate::{Raised, Res, Vm};

/// Work that is charged as one step.
const BYTES_PER_STEP: usize = 32;

/// Bytes that are compared at a time where they may change.
const PIECE: usize = 64;

/// Bytes to which nearly all texts are shorter, and which take hardly more time than the call.
const FREE_BYTES: usize = 64;

/// Bytes after which work on them is charged, and the host polled.
const PAUSE: usize = 4096;

/// An iterator over bytes, or of as much work an item, that charges on the way: it is for where the
/// heap is borrowed.
pub(crate) struct Paced<'v, I> {
    vm: &'v Vm,
    items: I,
    left: usize,
}

impl<I: Iterator> Iterator for Paced<'_, I> {
    type Item = I::Item;

    #[inline]
    fn next(&mut self) -> Option<I::Item> {
        self.left -= 1;
        if self.left == 0 {
            self.pause();
        }
        self.items.next()
    }
}

impl<I> Paced<'_, I> {
    #[cold]
    fn pause(&mut self) {
        self.left = PAUSE;
        self.vm.charge_bytes_later(PAUSE);
    }
}

impl<I> Drop for Paced<'_, I> {
    fn drop(&mut self) {
        self.vm.charge_bytes_later(PAUSE - self.left);
    }
}

/// Bytes in the heap or in flash, which may change while the heap is borrowed.
#[derive(Copy, Clone)]
pub enum Bytes<'h> {
    /// Of an object that never changes.
    Fixed(&'h [u8]),
    /// Of an object that may change.
    Cells(&'h [Cell<u8>]),
}

impl<'h> Bytes<'h> {
    /// Number of bytes.
    pub fn len(self) -> usize {
        match self {
            Bytes::Fixed(b) => b.len(),
            Bytes::Cells(c) => c.len(),
        }
    }
    /// Whether there are none.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }
    /// Byte `i`.
    pub fn get(self, i: usize) -> Option<u8> {
        match self {
            Bytes::Fixed(b) => b.get(i).copied(),
            Bytes::Cells(c) => c.get(i).map(Cell::get),
        }
    }
    /// Bytes `start..end`, cut to what there is.
    pub fn part(self, start: usize, end: usize) -> Bytes<'h> {
        let end = end.min(self.len());
        let range = start.min(end)..end;
        match self {
            Bytes::Fixed(b) => Bytes::Fixed(b.get(range).unwrap_or(&[])),
            Bytes::Cells(c) => Bytes::Cells(c.get(range).unwrap_or(&[])),
        }
    }
    /// Copies to the front of `out` as much as fits; returns how much.
    pub fn copy_to(self, out: &mut [u8]) -> usize {
        let n = self.len().min(out.len());
        match self {
            Bytes::Fixed(b) => copy(b, out),
            Bytes::Cells(c) => copy_cells(c, Cell::from_mut(out).as_slice_of_cells()),
        }
        n
    }
    /// Copies to the front of `out` as much as fits.
    pub fn copy_to_cells(self, out: &[Cell<u8>]) {
        match self {
            Bytes::Fixed(b) => write_cells(b, out),
            Bytes::Cells(c) => copy_cells(c, out),
        }
    }
    /// All bytes in order.
    pub fn iter(self) -> impl Iterator<Item = u8> + 'h {
        let (fixed, cells): (&[u8], &[Cell<u8>]) = match self {
            Bytes::Fixed(b) => (b, &[]),
            Bytes::Cells(c) => (&[], c),
        };
        fixed.iter().copied().chain(cells.iter().map(Cell::get))
    }
    /// The order of the bytes as sequences of numbers.
    pub fn compare(self, other: Bytes<'_>) -> Ordering {
        match (self, other) {
            (Bytes::Fixed(a), Bytes::Fixed(b)) => a.cmp(b),
            (a, b) => {
                // slices are compared many bytes at a time
                let (mut left, mut right) = ([0; PIECE], [0; PIECE]);
                let mut at = 0;
                loop {
                    let n = a.part(at, at + PIECE).copy_to(&mut left);
                    let m = b.part(at, at + PIECE).copy_to(&mut right);
                    let order = left.get(..n).cmp(&right.get(..m));
                    if order != Ordering::Equal || n < PIECE {
                        return order;
                    }
                    at += PIECE;
                }
            }
        }
    }
}

/// The buffer of an object.
#[derive(Copy, Clone)]
pub struct Buffer<'h> {
    /// Its bytes.
    pub bytes: Bytes<'h>,
    /// What they are, as a type code of `struct`.
    pub typecode: u8,
    /// Whether they may be written.
    pub writable: bool,
}

impl Vm {
    /// The buffer of an object; `None` if it has none.
    pub fn buffer<'h>(&'h self, value: Value<'h>) -> Option<Buffer<'h>> {
        let value = self.native_part_of(value).unwrap_or(value);
        if let Some(bytes) = self.bytes_of(value) {
            return Some(Buffer { bytes: Bytes::Fixed(bytes), typecode: b'B', writable: false });
        }
        if let Some(array) = value.cast::<ArrayObj>() {
            let bytes = Bytes::Cells(array.cells());
            return Some(Buffer { bytes, typecode: array.typecode(), writable: true });
        }
        if let Some(data) = value.cast::<DataObj>() {
            let bytes = Bytes::Cells(buffer_of(data)?);
            return Some(Buffer { bytes, typecode: b'B', writable: true });
        }
        let view = value.cast::<ViewObj>()?;
        // the owner of a view's bytes is never a view itself
        let base = view.base.get();
        let (bytes, writable) = match (base.cast::<ArrayObj>(), base.cast::<DataObj>()) {
            (Some(array), _) => (Bytes::Cells(array.cells()), true),
            (None, Some(data)) => (Bytes::Cells(buffer_of(data)?), true),
            (None, None) => (Bytes::Fixed(self.bytes_of(base)?), false),
        };
        let start = view.offset.get();
        Some(Buffer {
            bytes: bytes.part(start, start.saturating_add(view.len.get())),
            typecode: view.typecode(),
            writable: writable && !view.is_readonly(),
        })
    }

    /// The bytes of an object that may be written; `None` if it has none.
    pub fn writable_buffer<'h>(&'h self, value: Value<'h>) -> Option<&'h [Cell<u8>]> {
        match self.buffer(value)? {
            Buffer { bytes: Bytes::Cells(cells), writable: true, .. } => Some(cells),
            _ => None,
        }
    }

    /// The bytes of an object's buffer; none if it has no buffer.
    pub(crate) fn buffer_bytes(&self, object: Local) -> Bytes<'_> {
        self.buffer(self.get(object)).map_or(Bytes::Fixed(&[]), |b| b.bytes)
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
        self.charge_bytes(len)?;
        self.new_bytes_with(len, |vm, out| {
            vm.buffer_bytes(object).copy_to(out);
        })
    }

    /// Charges the work of going over `n` bytes.
    ///
    /// # Errors
    /// As for [`Vm::charge`].
    pub fn charge_bytes(&mut self, n: usize) -> Result<(), Raised> {
        // more than memory can hold will be refused, which is no work
        let n = n.min(self.heap.ask(Heap::total_bytes));
        self.charge(u32::try_from(n / BYTES_PER_STEP).unwrap_or(u32::MAX))
    }

    /// Charges for the items of an iteration over bytes as they come.
    pub(crate) fn paced<I: Iterator>(&self, items: I) -> Paced<'_, I> {
        Paced { vm: self, items, left: PAUSE }
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
