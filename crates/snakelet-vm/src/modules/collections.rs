//! `collections`.

use crate::native::{Constant, Contents, NativeModule};
use crate::types::{deque, dict, namedtuple};
use crate::{function, methods, qstr};

/// `collections`.
pub static COLLECTIONS: NativeModule = NativeModule::new(
    qstr!("collections"),
    &[Contents {
        functions: methods![function!("namedtuple", 1, 2, namedtuple::namedtuple).keywords(),],
        constants: &[
            (qstr!("OrderedDict"), Constant::Type(&dict::ORDERED_DICT)),
            (qstr!("deque"), Constant::Type(&deque::DEQUE)),
        ],
    }],
);
