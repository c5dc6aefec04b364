//! `object`.

use crate::native::NativeType;
use crate::object::Kind;
use crate::qstr;

/// `object`.
pub static OBJECT: NativeType = NativeType::new(qstr!("object"), Kind::Object);
