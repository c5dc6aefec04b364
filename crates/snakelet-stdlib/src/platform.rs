//! `platform`: what a script runs on.

use snakelet_vm::native::leaf::{Answer, Leaf, LeafArgs};
use snakelet_vm::native::{Contents, NativeFn, NativeModule};
use snakelet_vm::{methods, name};

/// `platform`.
pub static PLATFORM: NativeModule = NativeModule::new(
    name!("platform"),
    &[Contents {
        functions: methods![
            NativeFn::leaf::<0>(name!("platform"), 2, platform),
            NativeFn::leaf::<0>(name!("python_compiler"), 0, |cx, _| cx.str("rustc")),
            NativeFn::leaf::<0>(name!("libc_ver"), 4, libc_ver),
        ],
        constants: &[],
    }],
);

/// Name and version of the interpreter, and the machine.
const NAME: &str = concat!("Snakelet-", env!("CARGO_PKG_VERSION"), "-");

const MACHINE: &str = if cfg!(target_arch = "x86_64") {
    "x86_64"
} else if cfg!(target_arch = "x86") {
    "x86"
} else if cfg!(target_arch = "aarch64") {
    "aarch64"
} else if cfg!(target_arch = "arm") {
    "arm"
} else if cfg!(target_arch = "riscv32") {
    "riscv32"
} else {
    "unknown"
};

fn platform<'h>(cx: Leaf<'h>, _: LeafArgs<'h, 0>) -> Answer<'h> {
    cx.str_of(NAME.len() + MACHINE.len(), |out| {
        let bytes = NAME.bytes().chain(MACHINE.bytes());
        out.iter_mut().zip(bytes).for_each(|(place, byte)| *place = byte);
    })
}

/// Name and version of the C library: there is none that a script could get at.
fn libc_ver<'h>(cx: Leaf<'h>, _: LeafArgs<'h, 0>) -> Answer<'h> {
    let none = cx.str("")?;
    cx.pair(none, none)
}
