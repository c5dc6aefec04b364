//! `slice`.

use crate::native::NativeType;
use crate::object::Kind;
use crate::qstr;

/// `slice`.
pub static SLICE: NativeType = NativeType::new(qstr!("slice"), Kind::Slice);
