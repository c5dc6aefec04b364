//! `dict`, `OrderedDict` and the views of their keys, values and items.

use crate::native::NativeType;
use crate::object::Kind;
use crate::qstr;

/// `dict`.
pub static DICT: NativeType = NativeType::new(qstr!("dict"), Kind::Dict).unhashable();
/// `OrderedDict`.
pub static ORDERED_DICT: NativeType = NativeType::derived(qstr!("OrderedDict"), &DICT);
/// A view of a dict.
pub static DICT_VIEW: NativeType = NativeType::new(qstr!("dict_view"), Kind::DictView).sealed();
