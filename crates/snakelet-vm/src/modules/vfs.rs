//! `vfs`.

use crate::native::args::Param;
use crate::native::{Constant, Contents, NativeModule};
pub use crate::vfs::VFS_POSIX;
use crate::vm::stack::Local;
use crate::{Args, Res, Vm, function, methods, name};

/// `vfs`, unless a library has more of it.
pub static VFS: NativeModule = NativeModule::new(
    name!("vfs"),
    &[Contents {
        functions: methods![
            function!("mount", 0, 2, mount).keywords(),
            function!("umount", 1, 1, umount),
        ],
        constants: &[(name!("VfsPosix"), Constant::Type(&VFS_POSIX))],
    }],
);

fn mount(vm: &mut Vm, args: Args) -> Res {
    if args.is_empty() && args.keywords() == 0 {
        return crate::vfs::mounted(vm);
    }
    let [object, path, readonly, make] = args.parse(
        vm,
        const {
            &[
                Param::required(name!("fsobj")),
                Param::required(name!("mount_point")),
                Param::keyword(name!("readonly")).or(Local::FALSE),
                Param::keyword(name!("mkfs")).or(Local::FALSE),
            ]
        },
    )?;
    crate::vfs::mount(vm, object, path, readonly, make)?;
    Ok(Local::NONE)
}

fn umount(vm: &mut Vm, args: Args) -> Res {
    crate::vfs::umount(vm, args.get(0))?;
    Ok(Local::NONE)
}
