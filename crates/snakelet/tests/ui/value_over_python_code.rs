//! expect: E0521 E0499 E0501 E0502 E0308 lifetime
//! A plain reference is kept while Python code runs, which may move what it refers to.
use snakelet_vm::name;
use snakelet_vm::native::NativeFn;

pub static HOLD: NativeFn = NativeFn::full(name!("hold"), 1, 1, |cx, args| {
    let given = args.or_none(0);
    let value = cx.look(|inside| Ok(inside.get(given)))?;
    cx.call(given, &[])?;
    Ok(snakelet_vm::native::full::Held::bool(value.is_none()))
});

fn main() {}
