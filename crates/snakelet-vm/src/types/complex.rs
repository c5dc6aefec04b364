//! `complex`.

use crate::native::NativeType;
use crate::object::Kind;
use crate::qstr;

/// `complex`.
pub static COMPLEX: NativeType = NativeType::new(qstr!("complex"), Kind::Complex);
