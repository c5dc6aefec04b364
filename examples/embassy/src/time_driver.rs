//! Time for embassy from SysTick: an interrupt each millisecond, which wakes what is due, and the counter between them.

use core::cell::{Cell, RefCell};
use core::sync::atomic::{AtomicU32, Ordering};
use core::task::Waker;

use cortex_m::peripheral::syst::SystClkSource;
use cortex_m::peripheral::{SCB, SYST};
use cortex_m_rt::exception;
use critical_section::Mutex;
use embassy_time_driver::Driver;
use embassy_time_queue_utils::Queue;

const CLOCK_MHZ: u32 = 25;
const RELOAD: u32 = CLOCK_MHZ * 1000 - 1;
/// In the interrupt control and state register.
const SYSTICK_PENDING: u32 = 1 << 26;

/// Milliseconds since the start: seven weeks, which is more than an emulator's patience.
static MILLIS: AtomicU32 = AtomicU32::new(0);

struct SysTickDriver {
    /// The time at the last look.
    latest: Mutex<Cell<u64>>,
    queue: Mutex<RefCell<Queue>>,
}

embassy_time_driver::time_driver_impl!(static DRIVER: SysTickDriver = SysTickDriver {
    latest: Mutex::new(Cell::new(0)),
    queue: Mutex::new(RefCell::new(Queue::new())),
});

impl Driver for SysTickDriver {
    fn now(&self) -> u64 {
        critical_section::with(|cs| {
            let mut millis = u64::from(MILLIS.load(Ordering::Relaxed));
            let mut count = SYST::get_current();
            // SAFETY: a register that may be read at any time.
            if unsafe { (*SCB::PTR).icsr.read() } & SYSTICK_PENDING != 0 {
                // the counter wrapped, and its interrupt waits until this is over
                millis += 1;
                count = SYST::get_current();
            }
            // the interrupt comes when the counter gets to 0, one tick before it begins anew
            let ticks = if count == 0 { 0 } else { RELOAD + 1 - count };
            let now = millis * 1000 + u64::from(ticks / CLOCK_MHZ);
            // an emulator may show the counter of the next millisecond before its interrupt: then the clock stands still
            let latest = self.latest.borrow(cs);
            latest.set(latest.get().max(now));
            latest.get()
        })
    }

    fn schedule_wake(&self, at: u64, waker: &Waker) {
        // the next interrupt looks whether it is due: no alarm has to be set
        critical_section::with(|cs| {
            self.queue.borrow_ref_mut(cs).schedule_wake(at, waker);
        });
    }
}

/// Starts the clock.
pub fn start(mut timer: SYST) {
    timer.set_clock_source(SystClkSource::Core);
    timer.set_reload(RELOAD);
    timer.clear_current();
    timer.enable_counter();
    timer.enable_interrupt();
}

#[exception]
fn SysTick() {
    MILLIS.store(MILLIS.load(Ordering::Relaxed).wrapping_add(1), Ordering::Relaxed);
    let now = DRIVER.now();
    critical_section::with(|cs| {
        DRIVER.queue.borrow_ref_mut(cs).next_expiration(now);
    });
}
