//! Memory at addresses.

#![allow(unsafe_code)] // accesses registers by their addresses

use core::ops::Range;
use core::ptr::with_exposed_provenance_mut;

use crate::device::{Done, Errno, Memory};

/// Registers of the chip, as a script may read and write them.
#[derive(Debug)]
pub struct Registers(Range<usize>);

impl Registers {
    /// Registers at these addresses.
    ///
    /// # Safety
    /// Each byte, half word and word in the range may be read and written at any time, with any value, from the thread
    /// that runs the interpreter, without effect on memory that the program has by other means: a peripheral that the
    /// host uses has to reckon with it, and one that moves memory by itself (DMA) must not be among them.
    pub const unsafe fn new(addresses: Range<usize>) -> Self {
        Self(addresses)
    }

    fn check(&self, address: usize, width: usize) -> Done {
        let end = address.checked_add(width).ok_or(Errno::INVALID)?;
        let is_inside = self.0.start <= address && end <= self.0.end;
        if is_inside && address.is_multiple_of(width) { Ok(()) } else { Err(Errno::INVALID) }
    }
}

impl Memory for Registers {
    fn read(&mut self, address: usize, width: usize) -> Done<u32> {
        self.check(address, width)?;
        let at = with_exposed_provenance_mut::<u8>(address);
        // SAFETY: the address is aligned and lies, with all of the word, in the range that `new` was promised to be
        // readable.
        unsafe {
            match width {
                1 => Ok(at.read_volatile().into()),
                2 => Ok(at.cast::<u16>().read_volatile().into()),
                4 => Ok(at.cast::<u32>().read_volatile()),
                _ => Err(Errno::INVALID),
            }
        }
    }
    fn write(&mut self, address: usize, width: usize, value: u32) -> Done {
        self.check(address, width)?;
        let at = with_exposed_provenance_mut::<u8>(address);
        // SAFETY: the address is aligned and lies, with all of the word, in the range that `new` was promised to be
        // writable, with nothing in it that Rust code has to reckon with.
        unsafe {
            match width {
                1 => at.write_volatile(value as u8),
                2 => at.cast::<u16>().write_volatile(value as u16),
                4 => at.cast::<u32>().write_volatile(value),
                _ => return Err(Errno::INVALID),
            }
        }
        Ok(())
    }
}
