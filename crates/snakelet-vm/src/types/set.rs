//! `set` and `frozenset`.

use crate::native::NativeType;
use crate::object::Kind;
use crate::qstr;

/// `set`.
pub static SET: NativeType = NativeType::new(qstr!("set"), Kind::Set).unhashable();
/// `frozenset`.
pub static FROZENSET: NativeType = NativeType::new(qstr!("frozenset"), Kind::FrozenSet);
