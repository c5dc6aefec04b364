//! expect: E0624 E0616 E0603
//! The VM's own kind of native function, whose locals have no lifetime.
use snakelet_vm::native::NativeFn;
use snakelet_vm::{Args, Local, Res, Vm, name};

fn native(_: &mut Vm, _: Args) -> Res {
    Ok(Local::NONE)
}

pub static NATIVE: NativeFn = NativeFn::new(name!("x"), 0, 0, native);

fn main() {}
