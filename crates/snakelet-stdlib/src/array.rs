//! `array`.

use snakelet_vm::name;
use snakelet_vm::native::{Constant, Contents, NativeModule};
use snakelet_vm::types;

/// `array`.
pub static ARRAY: NativeModule = NativeModule::new(
    name!("array"),
    &[Contents { functions: &[], constants: &[(name!("array"), Constant::Type(&types::ARRAY))] }],
);
