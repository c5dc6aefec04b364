//! `bytes`.

use crate::native::NativeType;
use crate::object::Kind;
use crate::qstr;

/// `bytes`.
pub static BYTES: NativeType = NativeType::new(qstr!("bytes"), Kind::Bytes);
