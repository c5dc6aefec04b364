//! `collections`.

use crate::native::{Constant, NativeModule};
use crate::types::{deque, dict, namedtuple};
use crate::{function, qstr};

/// `collections`.
pub static COLLECTIONS: NativeModule = NativeModule::new(
    qstr!("collections"),
    &[
        (qstr!("OrderedDict"), Constant::Type(&dict::ORDERED_DICT)),
        (qstr!("deque"), Constant::Type(&deque::DEQUE)),
        function!("namedtuple", 1, 2, namedtuple::namedtuple, keywords),
    ],
);
