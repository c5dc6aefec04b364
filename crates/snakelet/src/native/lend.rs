//! What lies in an interpreter, lent to a function of the host for the time of a call.

#![allow(unsafe_code)] // makes slices of cells

use core::cell::RefCell;
use core::ops::Range;

use smallvec::SmallVec;
use snakelet_vm::{Local, Vm};

use crate::native::{Ref, RefMut, object};
use crate::{Error, Exception};

/// Bytes that are lent.
struct Claim {
    bytes: Range<usize>,
    written: bool,
}

/// All of them in a call.
#[derive(Default)]
pub(crate) struct Claims(RefCell<SmallVec<[Claim; 2]>>);

impl Claims {
    /// Notes that bytes are lent.
    ///
    /// # Errors
    /// `ValueError` if some of them are lent already, and they or those are to be written.
    fn claim(&self, bytes: Range<usize>, written: bool) -> Result<(), Error> {
        if bytes.is_empty() {
            return Ok(());
        }
        let mut all = self.0.borrow_mut();
        let overlaps = |other: &Claim| {
            let apart = bytes.end <= other.bytes.start || other.bytes.end <= bytes.start;
            (written || other.written) && !apart
        };
        if all.iter().any(overlaps) {
            return Err(Exception::new("ValueError", "buffers overlap").into());
        }
        all.push(Claim { bytes, written });
        Ok(())
    }
}

/// An interpreter while a function of the host has arguments that lie in it.
///
/// It has the interpreter to itself, and gives out nothing by which more could be reached: no script runs
/// meanwhile, nothing is collected, moved or written, except through slices that are lent to be written. Of those
/// it makes sure that nobody else has their bytes.
#[doc(hidden)]
#[derive(Copy, Clone)]
pub struct Lent<'a> {
    vm: &'a Vm,
    claims: &'a Claims,
}

impl<'a> Lent<'a> {
    /// Takes the interpreter; nothing is lent yet.
    pub(crate) fn new(vm: &'a mut Vm, claims: &'a mut Claims) -> Self {
        claims.0.get_mut().clear();
        Self { vm, claims }
    }

    /// The text of a string; empty for one with surrogates and for other objects.
    pub(crate) fn text(self, object: Local) -> &'a str {
        self.vm.utf8_of(self.vm.value(object)).unwrap_or_default()
    }

    /// The bytes of an object's buffer; none if it has no buffer.
    ///
    /// # Errors
    /// `ValueError` if they are lent to be written.
    pub(crate) fn bytes(self, object: Local) -> Result<&'a [u8], Error> {
        let Some(buffer) = self.vm.buffer(self.vm.value(object)) else { return Ok(&[]) };
        let (first, len) = (buffer.bytes.as_ptr(), buffer.bytes.len());
        self.claims.claim(first.addr()..first.addr() + len, false)?;
        // SAFETY: as many bytes lie there as long as the interpreter is shared, which nobody but this object has.
        // They are not written meanwhile: whoever asks for that is refused from now on.
        Ok(unsafe { core::slice::from_raw_parts(first, len) })
    }

    /// The bytes of an object's buffer, to be written; none if it has no such buffer.
    ///
    /// # Errors
    /// `ValueError` if they are lent already.
    pub(crate) fn bytes_mut(self, object: Local) -> Result<&'a mut [u8], Error> {
        let cells = self.vm.writable_buffer(self.vm.value(object)).unwrap_or(&[]);
        let first = cells.as_ptr().cast_mut().cast::<u8>();
        self.claims.claim(first.addr()..first.addr() + cells.len(), true)?;
        // SAFETY: cells may be written through a shared reference, and live as long as the interpreter is shared,
        // which nobody but this object has. Nobody else has these: they were not lent, and are refused from now on.
        Ok(unsafe { core::slice::from_raw_parts_mut(first, cells.len()) })
    }

    /// Borrows the Rust value of an object.
    ///
    /// # Errors
    /// `TypeError` if it is of another type or has no value, `RuntimeError` if that is borrowed mutably.
    pub(crate) fn borrow<T: Send + 'static>(self, object: Local) -> Result<Ref<'a, T>, Error> {
        object::borrow(self.vm, object)
    }

    /// Borrows the Rust value of an object mutably.
    ///
    /// # Errors
    /// As for [`Lent::borrow`].
    pub(crate) fn borrow_mut<T: Send + 'static>(
        self,
        object: Local,
    ) -> Result<RefMut<'a, T>, Error> {
        object::borrow_mut(self.vm, object)
    }
}

/// Whether an object is a buffer that is no `str`, and may be written if that is wanted.
pub(crate) fn is_buffer(vm: &Vm, object: Local, written: bool) -> bool {
    if vm.str_of(vm.value(vm.native_part(object))).is_some() {
        return false;
    }
    vm.buffer(vm.value(object)).is_some_and(|buffer| !written || buffer.cells.is_some())
}
