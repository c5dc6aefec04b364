//! What the other programs should have done: this one compiles.
use std::mem::MaybeUninit;

use snakelet::Interpreter;
use snakelet_vm::native::full::{Full, FullArgs, Given};
use snakelet_vm::native::leaf::{Answer, Leaf, LeafArgs};
use snakelet_vm::native::{Contents, NativeFn, NativeModule};
use snakelet_vm::{methods, name};

fn second<'h>(cx: Leaf<'h>, args: LeafArgs<'h, 1>) -> Answer<'h> {
    cx.pair(args.get::<0>(), args.opt(1).unwrap_or(args.get::<0>()))
}

fn last<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let given = args.or_none(0);
    let kept = cx.variable(given);
    cx.for_each(given, |cx, outer, item| {
        cx.set(outer.variable(kept), item);
        Ok(())
    })?;
    cx.scope_with(|cx, outer| cx.tuple(&[outer.held(kept.held())]))
}

static TOOLS: NativeModule = NativeModule::new(
    name!("tools"),
    &[Contents {
        functions: methods![
            NativeFn::leaf::<1>(name!("second"), 1, second),
            NativeFn::full(name!("last"), 1, 1, last),
        ],
        constants: &[],
    }],
);

fn main() {
    let mut memory = vec![MaybeUninit::uninit(); 65536];
    let mut python =
        Interpreter::builder(&mut memory).modules(const { &[&TOOLS] }).build().unwrap();
    python.exec("import tools; tools.last([1, 2])").unwrap();
}
