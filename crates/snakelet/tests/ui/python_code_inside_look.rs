//! expect: E0499 E0500 E0501 E0502 E0521
//! Python code is run while plain references are held.
use snakelet_vm::name;
use snakelet_vm::native::NativeFn;

pub static HOLD: NativeFn = NativeFn::full(name!("hold"), 1, 1, |cx, args| {
    let given = args.or_none(0);
    cx.make(|inside| {
        let value = inside.get(given);
        let _ = cx.call(given, &[]);
        Ok(value)
    })
});

fn main() {}
