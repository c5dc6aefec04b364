//! `bool`.

use crate::native::NativeType;
use crate::object::Kind;
use crate::qstr;

/// `bool`.
pub static BOOL: NativeType = NativeType::new(qstr!("bool"), Kind::Object);
