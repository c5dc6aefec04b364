//! The native modules, a file each.

pub mod errno;
pub mod gc;
pub mod sys;
pub mod time;

use snakelet_qstr::Qstr;

use crate::native::NativeModule;

static MODULES: &[&NativeModule] =
    &[&crate::builtins::BUILTINS, &errno::ERRNO, &gc::GC, &sys::SYS, &time::TIME];

/// The native module of a name.
pub(crate) fn find(name: Qstr) -> Option<&'static NativeModule> {
    MODULES.iter().find(|m| m.name == name).copied()
}
