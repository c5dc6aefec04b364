//! expect: E0080
//! A leaf with one required argument gets a second one without asking whether it is there.
use snakelet_vm::name;
use snakelet_vm::native::NativeFn;

pub static SECOND: NativeFn =
    NativeFn::leaf::<1>(name!("second"), 1, |_, args| Ok(args.get::<1>()));

fn main() {
    println!("{:p}", &SECOND);
}
