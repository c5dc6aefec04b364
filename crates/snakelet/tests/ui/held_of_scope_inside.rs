//! expect: E0521 E0308 E0597 lifetime
//! A place of a scope is used when the scope has ended.
use snakelet_vm::name;
use snakelet_vm::native::NativeFn;

pub static LEAK: NativeFn = NativeFn::full(name!("leak"), 0, 0, |cx, _| {
    let mut kept = None;
    cx.scope(|cx, _| {
        kept = Some(cx.int(5)?);
        Ok(())
    })?;
    cx.int(0)
});

fn main() {}
