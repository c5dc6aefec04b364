//! `str`.

use crate::native::NativeType;
use crate::object::Kind;
use crate::qstr;

/// `str`.
pub static STR: NativeType = NativeType::new(qstr!("str"), Kind::Str);
