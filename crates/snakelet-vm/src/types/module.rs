//! `module`.

use crate::native::NativeType;
use crate::object::Kind;
use crate::qstr;

/// `module`.
pub static MODULE: NativeType = NativeType::new(qstr!("module"), Kind::Module);
