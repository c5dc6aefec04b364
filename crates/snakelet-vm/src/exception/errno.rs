//! `errno`.

use crate::native::{Constant, Contents, Name, NativeModule};
use crate::{Res, Vm, name};

macro_rules! numbers {
    ($($(#[$meta:meta])* $name:ident $text:literal $number:literal;)*) => {
        $(
            $(#[$meta])*
            #[doc = concat!("`", $text, "`.")]
            pub const $name: i32 = $number;
        )*
        static ENTRIES: &[(Name, Constant)] = &[
            $($(#[$meta])* (name!($text), Constant::Int($number)),)*
            (name!("errorcode"), Constant::computed(errorcode)),
        ];
    };
}

// Linux's numbers, which MicroPython uses on every target.
numbers! {
    EPERM "EPERM" 1;
    ENOENT "ENOENT" 2;
    EIO "EIO" 5;
    EBADF "EBADF" 9;
    EAGAIN "EAGAIN" 11;
    ENOMEM "ENOMEM" 12;
    EACCES "EACCES" 13;
    EEXIST "EEXIST" 17;
    ENODEV "ENODEV" 19;
    ENOTDIR "ENOTDIR" 20;
    EISDIR "EISDIR" 21;
    EINVAL "EINVAL" 22;
    ENOSPC "ENOSPC" 28;
    EROFS "EROFS" 30;
    ENOSYS "ENOSYS" 38;
    ENOTEMPTY "ENOTEMPTY" 39;
    EOPNOTSUPP "EOPNOTSUPP" 95;
    // the same number under the name that CPython has for it
    #[cfg(feature = "cpython")]
    ENOTSUP "ENOTSUP" 95;
    EADDRINUSE "EADDRINUSE" 98;
    ECONNABORTED "ECONNABORTED" 103;
    ECONNRESET "ECONNRESET" 104;
    ENOBUFS "ENOBUFS" 105;
    ENOTCONN "ENOTCONN" 107;
    ETIMEDOUT "ETIMEDOUT" 110;
    ECONNREFUSED "ECONNREFUSED" 111;
    EHOSTUNREACH "EHOSTUNREACH" 113;
    EALREADY "EALREADY" 114;
    EINPROGRESS "EINPROGRESS" 115;
    #[cfg(feature = "cpython")]
    ESRCH "ESRCH" 3;
    #[cfg(feature = "cpython")]
    EINTR "EINTR" 4;
    #[cfg(feature = "cpython")]
    ECHILD "ECHILD" 10;
    #[cfg(feature = "cpython")]
    ENOTTY "ENOTTY" 25;
    #[cfg(feature = "cpython")]
    ESPIPE "ESPIPE" 29;
    #[cfg(feature = "cpython")]
    EPIPE "EPIPE" 32;
    #[cfg(feature = "cpython")]
    EDOM "EDOM" 33;
    #[cfg(feature = "cpython")]
    ERANGE "ERANGE" 34;
    #[cfg(feature = "cpython")]
    ENAMETOOLONG "ENAMETOOLONG" 36;
    #[cfg(feature = "cpython")]
    ELOOP "ELOOP" 40;
    #[cfg(feature = "cpython")]
    ESHUTDOWN "ESHUTDOWN" 108;
    #[cfg(feature = "cpython")]
    EHOSTDOWN "EHOSTDOWN" 112;
}

/// `errno`.
pub static ERRNO: NativeModule =
    NativeModule::new(name!("errno"), &[Contents { functions: &[], constants: ENTRIES }]);

/// The name of an error number, if it has one.
pub(crate) fn name(number: isize) -> Option<Name> {
    if cfg!(not(feature = "errno")) {
        return None;
    }
    ENTRIES
        .iter()
        .find(|(_, c)| matches!(c, Constant::Int(i) if *i as isize == number))
        .map(|(name, _)| *name)
}

/// A dict of the names by number.
fn errorcode(vm: &mut Vm) -> Res {
    let dict = vm.new_dict(ENTRIES.len())?;
    for (name, constant) in ENTRIES {
        let Constant::Int(number) = constant else { continue };
        let scope = vm.scope();
        let key = vm.new_int(*number as isize)?;
        let value = vm.push_name(*name)?;
        vm.table_set(dict, key, value)?;
        vm.end_scope(scope);
    }
    if let Some(h) = vm.hash_obj(dict) {
        h.set_fixed();
    }
    Ok(dict)
}
