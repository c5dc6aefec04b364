//! `vfs`.

use crate::native::args::Param;
use crate::native::{Constant, Contents, NativeModule};
use crate::vfs::VFS_POSIX;
use crate::vm::stack::Local;
use crate::{Args, Res, Vm, function, methods, name, qstr};

/// `vfs`.
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
                Param::required(qstr!("fsobj")),
                Param::required(qstr!("mount_point")),
                Param::keyword(qstr!("readonly"), Local::FALSE),
                Param::keyword(qstr!("mkfs"), Local::FALSE),
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
