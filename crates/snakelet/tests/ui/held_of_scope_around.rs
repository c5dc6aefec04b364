//! expect: E0521 E0308 lifetime
//! A place of the scope around is used without `outer`: the one inside could end first and be taken for it.
use snakelet_vm::name;
use snakelet_vm::native::NativeFn;

pub static MIX: NativeFn = NativeFn::full(name!("mix"), 1, 1, |cx, args| {
    let given = args.or_none(0);
    cx.scope_with(|cx, _| cx.call(given, &[]))
});

fn main() {}
