//! `array`.

use crate::name;
use crate::native::{Constant, Contents, NativeModule};
use crate::types::array;

/// `array`.
pub static ARRAY: NativeModule = NativeModule::new(
    name!("array"),
    &[Contents { functions: &[], constants: &[(name!("array"), Constant::Type(&array::ARRAY))] }],
);
