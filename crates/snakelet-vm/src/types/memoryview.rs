//! `memoryview`.

use crate::native::NativeType;
use crate::object::Kind;
use crate::qstr;

/// `memoryview`.
pub static MEMORYVIEW: NativeType = NativeType::new(qstr!("memoryview"), Kind::MemoryView);
