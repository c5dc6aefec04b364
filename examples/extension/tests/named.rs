//! A method of another crate does not have the parameters of the method of `str` that is called like it.

#![allow(clippy::unwrap_used, reason = "a test says what is wrong and stops")]

use core::mem::MaybeUninit;

use snakelet::Interpreter;
use snakelet_vm::native::leaf::Obj;
use snakelet_vm::native::{
    Constant, Contents, NativeData, NativeFn, NativeModule, NativeType, TypeSlots,
};
use snakelet_vm::{methods, name};

struct Rope;

impl NativeData for Rope {
    const TYPE: &'static NativeType = &ROPE;
}

static ROPE: NativeType =
    NativeType::of(name!("Rope"), const { &TypeSlots::of::<Rope>().construct(&NEW) })
        .methods(methods![NativeFn::on::<Rope, 1, _>(name!("split"), 0, |_, _, _| Ok(Obj::NONE))]);

static NEW: NativeFn =
    NativeFn::leaf::<0>(name!("Rope"), 0, |cx, _| Ok(cx.new_data(&[], Rope)?.obj()));

static ROPES: NativeModule = NativeModule::new(
    name!("ropes"),
    &[Contents { functions: &[], constants: &[(name!("Rope"), Constant::Type(&ROPE))] }],
);

#[test]
fn a_method_called_like_one_of_str_takes_no_keywords() {
    let mut memory = vec![MaybeUninit::uninit(); 256 << 10];
    let builder = Interpreter::builder(&mut memory).modules(const { &[&ROPES] });
    let mut python = builder.build().unwrap();
    let result = python.exec(
        "
from ropes import Rope
rope = Rope()
assert rope.split(1) is None
try:
    rope.split(sep=1)
    assert False
except TypeError as e:
    assert 'keyword' in str(e)
assert 'a b'.split(sep=' ') == ['a', 'b'] and b'a'.decode(encoding='utf-8') == 'a'
assert bytearray(b'a b').rsplit(sep=b' ', maxsplit=1) == [bytearray(b'a'), bytearray(b'b')]
",
    );
    assert!(result.is_ok(), "{result:?}");
}
