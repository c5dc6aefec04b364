//! Time from SysTick: an interrupt each millisecond, and the counter between them.

use core::ptr;
use core::sync::atomic::{AtomicU32, Ordering};

use cortex_m_rt::exception;

const CSR: *mut u32 = 0xE000_E010 as *mut u32;
const RVR: *mut u32 = 0xE000_E014 as *mut u32;
const CVR: *mut u32 = 0xE000_E018 as *mut u32;
const ICSR: *mut u32 = 0xE000_ED04 as *mut u32;

/// Enable, interrupt, processor clock.
const CSR_RUN: u32 = 7;
const ICSR_PENDING: u32 = 1 << 26;

const CLOCK_MHZ: u32 = 25;
const RELOAD: u32 = CLOCK_MHZ * 1000 - 1;
/// The longest count.
#[cfg(feature = "pools-bench")]
const LONGEST: u32 = 0xFF_FFFF;

static MILLIS: AtomicU32 = AtomicU32::new(0);

/// Starts the clock.
pub fn init() {
    // SAFETY: registers of the core's timer, which nobody else uses.
    unsafe {
        ptr::write_volatile(CVR, 0);
        ptr::write_volatile(RVR, RELOAD);
        ptr::write_volatile(CSR, CSR_RUN);
    }
}

#[exception]
fn SysTick() {
    MILLIS.store(MILLIS.load(Ordering::Relaxed).wrapping_add(1), Ordering::Relaxed);
    #[cfg(feature = "pools")]
    crate::pools::tick();
    #[cfg(feature = "camera")]
    crate::camera::tick();
}

/// Microseconds since the start, modulo 2^32. A function with a symbol of its own, so that
/// measuring tools can find where a script reads the clock.
#[unsafe(no_mangle)]
#[inline(never)]
pub extern "C" fn ticks_us() -> u32 {
    loop {
        let before = MILLIS.load(Ordering::Relaxed);
        // SAFETY: registers of the core's timer.
        let (count, pending) = unsafe { (ptr::read_volatile(CVR), ptr::read_volatile(ICSR)) };
        if MILLIS.load(Ordering::Relaxed) != before || pending & ICSR_PENDING != 0 {
            continue; // the counter wrapped meanwhile
        }
        return before.wrapping_mul(1000).wrapping_add((RELOAD - count) / CLOCK_MHZ);
    }
}

/// Lets the timer count as far as it can, with interrupts off from now on.
#[cfg(feature = "pools-bench")]
pub fn count_long() {
    // SAFETY: no interrupt is needed any more; the registers are those of the core's timer.
    unsafe {
        core::arch::asm!("cpsid i", options(nomem, nostack, preserves_flags));
        ptr::write_volatile(RVR, LONGEST);
        ptr::write_volatile(CVR, 0);
    }
}

/// The timer's count, which falls.
#[cfg(feature = "pools-bench")]
#[inline(always)]
pub fn count() -> u32 {
    // SAFETY: a register of the core's timer.
    unsafe { ptr::read_volatile(CVR) }
}

/// Ticks from one count to a later one.
#[cfg(feature = "pools-bench")]
pub fn between(before: u32, after: u32) -> u32 {
    // the counts from LONGEST down to 0 are a power of two
    before.wrapping_sub(after) & LONGEST
}
