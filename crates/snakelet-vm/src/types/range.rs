//! `range`.

use crate::native::NativeType;
use crate::object::Kind;
use crate::qstr;

/// `range`.
pub static RANGE: NativeType = NativeType::new(qstr!("range"), Kind::Range);
