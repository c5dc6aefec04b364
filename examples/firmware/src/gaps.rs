//! The longest time between two polls of the host, for scripts that measure it: the module `gaps`.

use core::sync::atomic::{AtomicU32, Ordering};

use snakelet_vm::name;
use snakelet_vm::native::leaf::{Answer, Leaf, LeafArgs, Obj};
use snakelet_vm::native::{Contents, NativeFn, NativeModule};

use crate::ticks::ticks_us;

/// What the interpreter is given.
pub const MODULES: &[&NativeModule] = &[&GAPS];

static GAPS: NativeModule = NativeModule::new(
    name!("gaps"),
    &[Contents { functions: &[NativeFn::leaf::<0>(name!("longest"), 0, longest)], constants: &[] }],
);

/// The time of the last poll, and the longest until then, in microseconds.
static LAST: AtomicU32 = AtomicU32::new(0);
static LONGEST: AtomicU32 = AtomicU32::new(0);

/// Notes a poll.
pub fn note() {
    let now = ticks_us();
    let since = now.wrapping_sub(LAST.swap(now, Ordering::Relaxed));
    LONGEST.fetch_max(since, Ordering::Relaxed);
}

/// `longest()`: the longest time between two polls since it was called last, in microseconds.
fn longest<'h>(_: Leaf<'h>, _: LeafArgs<'h, 0>) -> Answer<'h> {
    note();
    let longest = LONGEST.swap(0, Ordering::Relaxed);
    Ok(Obj::small_int(longest as isize).unwrap_or(Obj::NONE))
}
