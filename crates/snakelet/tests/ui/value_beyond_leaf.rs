//! expect: E0521 E0597 lifetime
//! A value is kept beyond the call of a leaf.
use std::cell::Cell;

use snakelet_vm::name;
use snakelet_vm::native::NativeFn;
use snakelet_vm::native::leaf::Obj;

thread_local!(static KEPT: Cell<Option<Obj<'static>>> = const { Cell::new(None) });

pub static KEEP: NativeFn = NativeFn::leaf::<1>(name!("keep"), 0, |_, args| {
    KEPT.set(Some(args.get::<0>()));
    Ok(Obj::NONE)
});

fn main() {}
