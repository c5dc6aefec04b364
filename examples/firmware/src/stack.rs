//! How much of the machine's stack a script takes: the stack is as small as that of a product, and what
//! lies below it is painted before the script runs.
//!
//! The interpreter is told the same end, and keeps what it needs beyond its checks in reserve. So a script
//! may nest as it likes: whatever it reaches lies above the end, interrupts included.

use core::ptr;

use crate::semihosting;

/// Bytes of the machine's stack. Before a compilation there must be 50 KiB, which text that nests as deep as it may would take.
const SIZE: usize = 96 << 10;
/// Bytes below its end that are watched.
const BELOW: usize = 64 << 10;
/// What they are filled with.
const PAINT: u32 = 0xDECA_FBAD;
/// Bytes below a function's variables that its calls may use while it paints.
const IN_USE: usize = 512;

unsafe extern "C" {
    /// The upper end of the stack, from cortex-m-rt's linker script.
    static _stack_start: u32;
}

fn top() -> usize {
    (&raw const _stack_start).addr()
}

/// The lower end of the stack.
pub fn end() -> usize {
    top() - SIZE
}

/// The address of a variable of the caller's, as deep as the stack reaches by now.
#[inline(always)]
fn here() -> usize {
    let here = 0u32;
    (&raw const here).addr()
}

/// The words from the lowest that is watched up to an address.
fn words(end: usize) -> impl Iterator<Item = *mut u32> {
    (top() - SIZE - BELOW..end).step_by(size_of::<u32>()).map(ptr::with_exposed_provenance_mut)
}

/// Paints the stack below the caller, and what lies below its end.
#[inline(never)]
pub fn paint() {
    for word in words((here() - IN_USE) & !3) {
        // SAFETY: RAM between the statics, which end more than a megabyte below, and what functions that
        // have not returned use of the stack.
        unsafe { ptr::write_volatile(word, PAINT) };
    }
}

/// Prints how deep the stack has reached since it was painted; whether that is above its end.
#[inline(never)]
pub fn check() -> bool {
    // SAFETY: as for the paint; it is only read.
    let is_painted = |word: &*mut u32| unsafe { ptr::read_volatile(*word) } == PAINT;
    let lowest = words(top()).find(|word| !is_painted(word)).map_or(top(), |word| word.addr());
    semihosting::print_number(c"machine stack: ", (top() - lowest) as u32);
    semihosting::print_number(c"machine stack at most: ", SIZE as u32);
    lowest >= end()
}
