//! Results with names, and built-in functions that a native calls.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what is wrong and stops")]

use core::mem::MaybeUninit;

use snakelet::Interpreter;
use snakelet_vm::exception::classes::LOOKUP_ERROR;
use snakelet_vm::native::full::Held;
use snakelet_vm::native::{Contents, NativeFn, NativeModule};
use snakelet_vm::{methods, name};

static MODULE: NativeModule = NativeModule::new(
    name!("place"),
    &[Contents {
        functions: methods![
            NativeFn::full(name!("point"), 2, 2, |cx, args| {
                let names = const { &[name!("abscissa"), name!("y")] };
                cx.named_tuple(names, &[args.or_none(0), args.or_none(1)])
            }),
            NativeFn::full(name!("largest"), 1, 1, |cx, args| {
                let Some(max) = cx.builtin(name!("max"))? else {
                    return Err(cx.raise_no_args(&LOOKUP_ERROR));
                };
                cx.call(max, &[args.or_none(0)])
            }),
            NativeFn::full(name!("missing"), 0, 0, |cx, _| {
                Ok(Held::bool(cx.builtin(name!("no such function"))?.is_none()))
            }),
        ],
        constants: &[],
    }],
);

#[test]
fn items_have_names() {
    for stress in [false, true] {
        let mut memory = vec![MaybeUninit::uninit(); 64 << 10];
        let builder = Interpreter::builder(&mut memory).modules(const { &[&MODULE] });
        let mut python = builder.build().unwrap();
        python.set_stress(stress);
        python.exec("import place\np = place.point('a' * 3, [1])").unwrap();
        python
            .exec("assert p.abscissa == 'aaa' and p.y == [1] == p[1] and p[0:] == ('aaa', [1])")
            .unwrap();
        python.exec("a, b = p\nassert len(p) == 2 and (a, b) == p[:]").unwrap();
        assert_eq!(python.eval::<String>("repr(p)").unwrap(), "(abscissa='aaa', y=[1])");
        let error = python.exec("p.z").unwrap_err().to_string();
        assert!(error.starts_with("AttributeError"), "{error}");
        python.exec("max = min\nassert place.largest([3, 9, 2]) == 9 and place.missing()").unwrap();
        assert!(python.is_sound());
    }
}
