//! Text, bytes, arrays and views of them.

use core::cell::Cell;

use super::{Header, Kind, Link, Slot, StrObj};

/// Bits of the hash in a string's aux, above bit 0.
const HASH_MASK: usize = (1 << 20) - 1;

impl StrObj {
    /// The UTF-8 text or the bytes.
    pub(crate) fn bytes(&self) -> &[u8] {
        // SAFETY: the object was allocated with `len` bytes behind the fixed part, or their address,
        // and they are never written once the object is shared.
        unsafe {
            let behind = core::ptr::from_ref(self).add(1);
            let first =
                if self.is_outside() { *behind.cast::<*const u8>() } else { behind.cast::<u8>() };
            core::slice::from_raw_parts(first, self.len())
        }
    }
    /// Whether every byte is below 128, so that characters are bytes.
    pub(crate) fn is_ascii(&self) -> bool {
        self.header.aux() & 1 != 0
    }
    /// The cached hash, if there is one.
    pub(crate) fn hash(&self) -> u32 {
        (self.header.aux() >> 1 & HASH_MASK) as u32
    }
    pub(crate) fn set_hash(&self, hash: u32) {
        let others = self.header.aux() & !(HASH_MASK << 1);
        self.header.set_aux(others | (hash as usize & HASH_MASK) << 1);
    }
    pub(crate) fn is_str(&self) -> bool {
        self.header.kind() == Kind::Str
    }
}

/// Raw bytes owned by another object; aux is not used.
#[repr(C)]
pub(crate) struct RawBuf {
    header: Header,
    capacity: usize,
}

impl RawBuf {
    /// The bytes, which may change while the heap is borrowed.
    #[inline]
    pub(crate) fn cells(&self) -> &[Cell<u8>] {
        // SAFETY: allocated with `capacity` bytes behind the fixed part, all zeroed.
        unsafe {
            core::slice::from_raw_parts(
                core::ptr::from_ref(self).add(1).cast::<Cell<u8>>(),
                self.capacity,
            )
        }
    }
    /// How many bytes there are.
    pub(crate) fn capacity(&self) -> usize {
        self.capacity
    }
    /// The bytes as numbers of 16, 32 or 64 bits, as many as there are room for.
    #[inline(always)]
    pub(crate) fn numbers<T: Number>(&self) -> &[Cell<T>] {
        const { assert!(size_of::<RawBuf>().is_multiple_of(8)) };
        // SAFETY: as for `cells`; the object is aligned to 16 and its fixed part to 8, and any
        // bits are a number.
        unsafe {
            core::slice::from_raw_parts(
                core::ptr::from_ref(self).add(1).cast::<Cell<T>>(),
                self.capacity / size_of::<T>(),
            )
        }
    }
}

/// Copies as many bytes as both have; they may overlap.
pub(crate) fn copy_cells(from: &[Cell<u8>], to: &[Cell<u8>]) {
    let n = from.len().min(to.len());
    // SAFETY: both have `n` bytes, and cells are written through shared references.
    unsafe { core::ptr::copy(from.as_ptr(), to.as_ptr().cast_mut(), n) }
}

/// Copies as many bytes as both have.
pub(crate) fn write_cells(from: &[u8], to: &[Cell<u8>]) {
    let n = from.len().min(to.len());
    // SAFETY: as for `copy_cells`.
    unsafe { core::ptr::copy(from.as_ptr().cast::<Cell<u8>>(), to.as_ptr().cast_mut(), n) }
}

/// Numbers of up to 64 bits.
pub(crate) trait Number: Copy {}

impl Number for u16 {}
impl Number for u32 {}
impl Number for u64 {}

/// `bytearray` and `array.array`; aux is the type code of an array.
#[repr(C)]
pub(crate) struct ArrayObj {
    pub(crate) header: Header,
    /// Null while empty.
    pub(crate) data: Link<RawBuf>,
    /// Length in bytes. Views of the array look at it each time, so it may shrink under them.
    pub(crate) len: Cell<usize>,
}

impl ArrayObj {
    /// The bytes in use.
    #[inline]
    pub(crate) fn cells(&self) -> &[Cell<u8>] {
        match self.data.get() {
            Some(b) => b.cells().get(..self.len.get()).unwrap_or(&[]),
            None => &[],
        }
    }
    /// The struct type code of the items: `B` for a bytearray.
    pub(crate) fn typecode(&self) -> u8 {
        if self.header.kind() == Kind::Array { self.header.aux() as u8 } else { b'B' }
    }
}

/// `memoryview`; aux: type code in the low 8 bits, bit 8 set when read-only.
#[repr(C)]
pub(crate) struct ViewObj {
    pub(crate) header: Header,
    /// The object that owns the bytes.
    pub(crate) base: Slot,
    /// Offset of the first byte.
    pub(crate) offset: Cell<usize>,
    /// Length in bytes.
    pub(crate) len: Cell<usize>,
}

impl ViewObj {
    /// In aux: the bytes must not be written through this view.
    pub(crate) const READONLY: usize = 0x100;

    /// The struct type code of the items.
    pub(crate) fn typecode(&self) -> u8 {
        self.header.aux() as u8
    }
    /// Whether the bytes must not be written through this view.
    pub(crate) fn is_readonly(&self) -> bool {
        self.header.aux() & Self::READONLY != 0
    }
}

/// Copies to the front of `to` as much as fits.
pub(crate) fn copy(from: &[u8], to: &mut [u8]) {
    to.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
}
