//! The native modules, a file each.

pub mod array;
pub mod cmath;
pub mod collections;
pub mod gc;
pub mod io;
pub mod math;
pub mod micropython;
pub mod os;
pub mod random;
pub mod structs;
pub mod sys;
pub mod time;
pub mod vfs;

use crate::native::NativeModule;

/// All of them.
pub(crate) static MODULES: &[&NativeModule] = &[
    &crate::builtins::BUILTINS,
    &cmath::CMATH,
    &collections::COLLECTIONS,
    &crate::exception::errno::ERRNO,
    &gc::GC,
    &io::IO,
    &math::MATH,
    &micropython::MICROPYTHON,
    &os::OS,
    &random::RANDOM,
    &array::ARRAY,
    &structs::STRUCT,
    &sys::SYS,
    &time::TIME,
    &vfs::VFS,
];
