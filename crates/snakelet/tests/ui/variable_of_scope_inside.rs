//! expect: E0521 E0308 E0597 lifetime
//! A variable of a scope is set when other values lie in its place.
use snakelet_vm::name;
use snakelet_vm::native::NativeFn;

pub static LEAK: NativeFn = NativeFn::full(name!("leak"), 1, 1, |cx, args| {
    let mut kept = None;
    cx.for_each(args.or_none(0), |cx, _, item| {
        kept = Some(cx.variable(item));
        Ok(())
    })?;
    let five = cx.int(5)?;
    if let Some(kept) = kept {
        cx.set(kept, five);
    }
    Ok(five)
});

fn main() {}
