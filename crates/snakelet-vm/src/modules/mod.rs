//! The native modules, a file each.

pub mod gc;
pub mod io;
pub mod micropython;
pub mod os;
pub mod sys;
pub mod vfs;

use crate::native::NativeModule;

/// All of them.
pub(crate) static MODULES: &[&NativeModule] = &[
    &crate::builtins::BUILTINS,
    &crate::exception::errno::ERRNO,
    &gc::GC,
    &io::IO,
    &micropython::MICROPYTHON,
    &os::OS,
    &sys::SYS,
    &vfs::VFS,
];
