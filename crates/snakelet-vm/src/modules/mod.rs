//! The native modules, a file each.

pub mod errno;

use snakelet_qstr::Qstr;

use crate::native::NativeModule;

static MODULES: &[&NativeModule] = &[];

/// The native module of a name.
pub(crate) fn find(name: Qstr) -> Option<&'static NativeModule> {
    MODULES.iter().find(|m| m.name == name).copied()
}
