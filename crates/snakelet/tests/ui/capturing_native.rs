//! expect: E0080 E0277 E0493 E0015 E0435 E0434 E0425
//! A function that captures something is given as native code, which has no place for it.
use snakelet_vm::name;
use snakelet_vm::native::NativeFn;
use snakelet_vm::native::full::Held;

pub fn make(flag: String) -> NativeFn {
    NativeFn::full(name!("capture"), 0, 0, move |_, _| Ok(Held::bool(flag.is_empty())))
}

fn main() {}
