//! The native modules, a file each.

#[cfg(feature = "gc")]
pub mod gc;
#[cfg(feature = "io")]
pub mod io;
#[cfg(feature = "micropython")]
pub mod micropython;
#[cfg(feature = "os")]
pub mod os;
pub mod sys;
#[cfg(feature = "thread")]
pub mod thread;
#[cfg(feature = "files")]
pub mod vfs;

use crate::native::NativeModule;

/// All of them.
pub(crate) static MODULES: &[&NativeModule] = &[
    &crate::builtins::BUILTINS,
    #[cfg(feature = "errno")]
    &crate::exception::errno::ERRNO,
    #[cfg(feature = "gc")]
    &gc::GC,
    #[cfg(feature = "io")]
    &io::IO,
    #[cfg(feature = "micropython")]
    &micropython::MICROPYTHON,
    #[cfg(feature = "os")]
    &os::OS,
    #[cfg(feature = "sys")]
    &sys::SYS,
    #[cfg(feature = "thread")]
    &thread::THREAD,
    #[cfg(feature = "files")]
    &vfs::VFS,
];
