//! File systems of scripts: `vfs.VfsFat`, `vfs.VfsLfs2`, `vfs.VfsRom`, and the rest of the module `vfs`, which is the
//! interpreter's.

#![cfg_attr(
    not(any(feature = "fat", feature = "littlefs")),
    allow(dead_code, reason = "ROM images are only read")
)]

mod bytes;
mod device;
#[cfg(feature = "fat")]
mod fat;
mod file;
mod list;
#[cfg(feature = "littlefs")]
mod littlefs;
mod path;
#[cfg(feature = "romfs")]
mod rom;

#[cfg(feature = "littlefs")]
use snakelet_vm::exception::classes::EXCEPTION;
use snakelet_vm::exception::errno;
use snakelet_vm::modules::vfs::VFS_POSIX;
use snakelet_vm::native::full::{Full, FullArgs, Given, Held};
use snakelet_vm::native::leaf::Obj;
use snakelet_vm::native::{Constant, Contents, NativeData, NativeFn, NativeModule};
use snakelet_vm::{Param, Raised, methods, name};

use path::Path;

/// `vfs`.
pub static VFS: NativeModule = NativeModule::new(
    name!("vfs"),
    &[Contents {
        functions: methods![
            NativeFn::full(name!("mount"), 0, 2, mount).keywords(),
            NativeFn::full(name!("umount"), 1, 1, |cx, args| {
                cx.umount(args.or_none(0))?;
                Ok(Held::NONE)
            }),
        ],
        constants: &[
            #[cfg(feature = "fat")]
            (name!("VfsFat"), Constant::Type(&fat::VFS_FAT)),
            #[cfg(feature = "littlefs")]
            (name!("VfsLfs2"), Constant::Type(&littlefs::VFS_LFS2)),
            (name!("VfsPosix"), Constant::Type(&VFS_POSIX)),
            #[cfg(feature = "romfs")]
            (name!("VfsRom"), Constant::Type(&rom::VFS_ROM)),
        ],
    }],
);

/// `mount(fsobj, mount_point, *, readonly=False, mkfs=False)`; a device instead of a file system is looked at for one.
fn mount<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    if args.is_empty() && args.keywords() == 0 {
        return cx.mounted();
    }
    let [object, path, readonly, make] = args.parse(
        cx,
        const {
            &[
                Param::required(name!("fsobj")),
                Param::required(name!("mount_point")),
                Param::keyword(name!("readonly")),
                Param::keyword(name!("mkfs")),
            ]
        },
    )?;
    let (Some(object), Some(path)) = (object, path) else {
        return Err(cx.raise_os_error(errno::EINVAL));
    };
    let no = Held::bool(false);
    let is_system = cx.find_attribute(object, name!("mount"))?.is_some();
    let object = if is_system { object } else { find(cx, object)? };
    cx.mount(object, path, readonly.unwrap_or(no), make.unwrap_or(no))?;
    Ok(Held::NONE)
}

/// The file system on a device.
fn find<'s>(cx: &mut Full<'s>, device: Held<'s>) -> Given<'s> {
    #[cfg(feature = "littlefs")]
    {
        let found = littlefs::is_on(cx, device);
        if cx.catch(found, &EXCEPTION)? == Some(true) {
            return littlefs::new(cx, device);
        }
    }
    #[cfg(feature = "fat")]
    {
        fat::new(cx, device)
    }
    #[cfg(not(feature = "fat"))]
    {
        let _ = device;
        Err(cx.raise_os_error(errno::ENODEV))
    }
}

/// Values of the object of a file system on a device: that, and the current directory as a `str`.
const DEVICE: usize = 0;
const CURRENT: usize = 1;

/// Bits of a mode.
const DIRECTORY: i64 = 0x4000;
const REGULAR: i64 = 0x8000;

/// A value of an object.
fn value<'s, T: NativeData>(cx: &mut Full<'s>, object: Held<'s>, i: usize) -> Given<'s> {
    cx.make(|cx| Ok(cx.data::<T>(cx.get(object)).map_or(Obj::NONE, |data| data.value(i))))
}

/// The path that argument `i` is, from the current directory of the file system that is argument 0 on.
fn path_of<'s, T: NativeData>(
    cx: &mut Full<'s>,
    args: FullArgs<'s>,
    i: usize,
) -> Result<Path, Raised> {
    cx.with_data(args.or_none(0), |_: &T| ())?;
    let current = value::<T>(cx, args.or_none(0), CURRENT)?;
    let path = args.get(i).unwrap_or(current);
    Path::of(cx, current, path)
}

/// Makes a path that of the current directory.
fn set_current<'s, T: NativeData>(cx: &mut Full<'s>, fs: Held<'s>, path: &Path) -> Given<'s> {
    cx.look(|cx| {
        let text = path.text();
        let current = cx.str_of(1 + text.len(), |out| {
            bytes::put(out, 0, b"/");
            bytes::put(out, 1, text.as_bytes());
        })?;
        if let Some(fs) = cx.data::<T>(cx.get(fs)) {
            fs.set_value(CURRENT, current);
        }
        Ok(())
    })?;
    Ok(Held::NONE)
}

/// What `stat` gives.
fn stat_tuple<'s>(cx: &mut Full<'s>, is_dir: bool, size: u32, time: u64) -> Given<'s> {
    cx.make(|cx| {
        let (none, size, time) = (cx.int(0)?, cx.int(size.into())?, cx.uint(time)?);
        let mode = cx.int(if is_dir { DIRECTORY } else { REGULAR })?;
        cx.tuple(&[mode, none, none, none, none, none, size, time, time, time])
    })
}

/// What `statvfs` gives of so many blocks of a size, of which some are free.
fn statvfs_tuple<'s>(cx: &mut Full<'s>, size: u32, all: u32, free: u32) -> Given<'s> {
    cx.make(|cx| {
        let (none, size, all) = (cx.int(0)?, cx.int(size.into())?, cx.int(all.into())?);
        let (free, longest) = (cx.int(free.into())?, cx.int(255)?);
        cx.tuple(&[size, size, all, free, free, none, none, none, none, longest])
    })
}

/// Whether a state was taken out of its object, by who works with it.
fn is_taken<T>(state: &core::cell::Cell<Option<T>>) -> bool {
    let found = state.take();
    let is_taken = found.is_none();
    state.set(found);
    is_taken
}
