//! `array`.

use crate::native::{Constant, NativeModule};
use crate::qstr;
use crate::types::array;

/// `array`.
pub static ARRAY: NativeModule =
    NativeModule::new(qstr!("array"), &[(qstr!("array"), Constant::Type(&array::ARRAY))]);
