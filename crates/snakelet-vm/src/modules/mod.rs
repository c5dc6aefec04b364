//! The native modules, a file each.

pub mod cmath;
pub mod errno;
pub mod gc;
pub mod math;
pub mod random;
pub mod sys;
pub mod time;

use snakelet_qstr::Qstr;

use crate::native::NativeModule;

static MODULES: &[&NativeModule] = &[
    &crate::builtins::BUILTINS,
    &cmath::CMATH,
    &errno::ERRNO,
    &gc::GC,
    &math::MATH,
    &random::RANDOM,
    &sys::SYS,
    &time::TIME,
];

/// The native module of a name.
pub(crate) fn find(name: Qstr) -> Option<&'static NativeModule> {
    MODULES.iter().find(|m| m.name == name).copied()
}
