//! expect: E0616 E0624 E0599 E0603 E0425
//! A native function that is no static, as an object that scripts keep.
use snakelet_vm::native::NativeFn;
use snakelet_vm::{Value, name};

pub fn launder(function: Box<NativeFn>) {
    let _ = Value::from_ref(&*function);
    let _ = name!("x");
}

fn main() {}
