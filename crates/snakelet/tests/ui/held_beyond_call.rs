//! expect: E0521 E0597 E0308 lifetime
//! A place is kept beyond the call of the function that had it.
use std::cell::Cell;

use snakelet_vm::name;
use snakelet_vm::native::NativeFn;
use snakelet_vm::native::full::Held;

thread_local!(static KEPT: Cell<Option<Held<'static>>> = const { Cell::new(None) });

pub static KEEP: NativeFn = NativeFn::full(name!("keep"), 1, 1, |_, args| {
    KEPT.set(args.get(0));
    Ok(Held::NONE)
});

fn main() {}
