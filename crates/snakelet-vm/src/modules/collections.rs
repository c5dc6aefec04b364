//! `collections`.

use crate::native::{Constant, Contents, NativeModule};
use crate::types::{deque, dict, namedtuple};
use crate::{function, methods, name};

/// `collections`.
pub static COLLECTIONS: NativeModule = NativeModule::new(
    name!("collections"),
    &[Contents {
        functions: methods![function!("namedtuple", 1, 2, namedtuple::namedtuple).keywords(),],
        constants: &[
            (name!("OrderedDict"), Constant::Type(&dict::ORDERED_DICT)),
            (name!("deque"), Constant::Type(&deque::DEQUE)),
        ],
    }],
);
