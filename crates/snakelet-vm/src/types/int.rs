//! `int`.

use crate::native::NativeType;
use crate::object::Kind;
use crate::qstr;

/// `int`.
pub static INT: NativeType = NativeType::new(qstr!("int"), Kind::BigInt);
