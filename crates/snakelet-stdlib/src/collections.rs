//! `collections`.

use snakelet_vm::name;
use snakelet_vm::native::{Constant, Contents, NativeModule};
use snakelet_vm::types;

/// `collections`.
pub static COLLECTIONS: NativeModule = NativeModule::new(
    name!("collections"),
    &[Contents {
        functions: &[],
        constants: &[
            (name!("OrderedDict"), Constant::Type(&types::ORDERED_DICT)),
            (name!("deque"), Constant::Type(&types::DEQUE)),
            (name!("namedtuple"), Constant::Function(&types::NAMEDTUPLE)),
        ],
    }],
);
