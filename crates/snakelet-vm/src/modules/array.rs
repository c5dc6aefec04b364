//! `array`.

use crate::native::{Constant, Contents, NativeModule};
use crate::qstr;
use crate::types::array;

/// `array`.
pub static ARRAY: NativeModule = NativeModule::new(
    qstr!("array"),
    &[Contents { functions: &[], constants: &[(qstr!("array"), Constant::Type(&array::ARRAY))] }],
);
