//! `bytearray` and `array.array`.

use crate::native::NativeType;
use crate::object::Kind;
use crate::qstr;

/// `bytearray`.
pub static BYTEARRAY: NativeType =
    NativeType::new(qstr!("bytearray"), Kind::ByteArray).unhashable();
/// `array.array`.
pub static ARRAY: NativeType = NativeType::new(qstr!("array"), Kind::Array).unhashable();
