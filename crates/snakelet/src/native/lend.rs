//! The bytes of buffers, lent to functions of the host for the time of a call.
//!
//! Meanwhile the interpreter is shared, by a reference that only this crate has ([`Lent`]): no script runs, and
//! nothing is collected, moved or written, except through a mutable slice that is lent. Whoever lends bytes
//! mutably makes sure that nobody else has them: [`check`], or by lending only one.

#![allow(unsafe_code)] // makes slices of cells

use core::ops::Range;

use snakelet_vm::{Local, Vm};

use crate::Error;
use crate::native::Bound;
use crate::native::argument::Lent;

/// What a function does with the bytes of an argument.
#[doc(hidden)]
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Access {
    None,
    Read,
    Write,
}

/// Where the bytes of an object's buffer lie; `None` if it has none, is a `str`, or must not be written though
/// that is wanted.
pub(crate) fn range(vm: &Vm, object: Local, access: Access) -> Option<Range<usize>> {
    let value = vm.value(object);
    if vm.str_of(vm.value(vm.native_part(object))).is_some() {
        return None;
    }
    let buffer = vm.buffer(value)?;
    if access == Access::Write && buffer.cells.is_none() {
        return None;
    }
    let start = buffer.bytes.as_ptr().addr();
    Some(start..start + buffer.bytes.len())
}

/// Refuses arguments of which one is to be written and another one has the same bytes.
///
/// # Errors
/// `ValueError`.
pub(crate) fn check(vm: &Vm, bound: &Bound, accesses: &[Access]) -> Result<(), Error> {
    for (i, access) in accesses.iter().enumerate() {
        if *access != Access::Write {
            continue;
        }
        let own = range(vm, bound.get(i), Access::Write).unwrap_or(0..0);
        for (k, other) in accesses.iter().enumerate() {
            if k == i || *other == Access::None {
                continue;
            }
            let other = range(vm, bound.get(k), Access::Read).unwrap_or(0..0);
            if own.start < other.end && other.start < own.end {
                return Err(crate::Exception::new("ValueError", "buffers overlap").into());
            }
        }
    }
    Ok(())
}

/// The bytes of an object's buffer; none if it has no buffer.
pub(crate) fn bytes(lent: Lent<'_>, object: Local) -> &[u8] {
    let vm = lent.0;
    let Some(buffer) = vm.buffer(vm.value(object)) else { return &[] };
    // SAFETY: as many bytes lie there while the interpreter is shared. Nobody writes them meanwhile: only this
    // crate has the reference, and lends mutably what no other argument has.
    unsafe { core::slice::from_raw_parts(buffer.bytes.as_ptr(), buffer.bytes.len()) }
}

/// The bytes of an object's buffer, to be written; none if it has no such buffer.
#[expect(clippy::mut_from_ref, reason = "the bytes are cells, which nobody else has meanwhile")]
pub(crate) fn bytes_mut(lent: Lent<'_>, object: Local) -> &mut [u8] {
    let vm = lent.0;
    let cells = vm.writable_buffer(vm.value(object)).unwrap_or(&[]);
    // SAFETY: cells may be written through a shared reference. Callers lend bytes mutably only if nobody
    // else has them while the slice lives, as the module says.
    unsafe { core::slice::from_raw_parts_mut(cells.as_ptr().cast_mut().cast::<u8>(), cells.len()) }
}
