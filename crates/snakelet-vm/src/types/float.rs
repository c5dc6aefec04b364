//! `float`.

use crate::native::NativeType;
use crate::object::Kind;
use crate::qstr;

/// `float`.
pub static FLOAT: NativeType = NativeType::new(qstr!("float"), Kind::Float);
