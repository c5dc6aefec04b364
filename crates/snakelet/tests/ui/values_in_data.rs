//! expect: E0478 E0477 E0310 E0597 lifetime
//! A value is put into Rust data, where the collector does not look.
use snakelet_vm::name;
use snakelet_vm::native::leaf::Obj;
use snakelet_vm::native::{NativeData, NativeType, TypeSlots};

pub struct Keeper<'h>(Obj<'h>);

// SAFETY: none; that values cannot go to other threads is not what this is about.
unsafe impl Send for Keeper<'_> {}

impl<'h> NativeData for Keeper<'h> {
    const TYPE: &'static NativeType = &KEEPER;
}

static KEEPER: NativeType =
    NativeType::of(name!("Keeper"), const { &TypeSlots::of::<Keeper<'static>>() });

fn main() {}
