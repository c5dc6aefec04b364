//! Built-in functions that import, open files and show values.

use crate::native::Contents;
#[cfg(feature = "files")]
use crate::native::args::Param;
use crate::native::print::{Out, PrintKind};
#[cfg(feature = "files")]
use crate::native::{Constant, NativeFn};
use crate::object::HashObj;
#[cfg(feature = "files")]
use crate::object::value::Value;
use crate::vm::stack::Local;
use crate::{Args, Res, Vm, function, methods, name, qstr};

pub(super) const CONTENTS: Contents = Contents {
    functions: methods![
        function!("__import__", 1, 5, import),
        function!("__repl_print__", 1, 1, repl_print),
    ],
    constants: &[
        #[cfg(feature = "files")]
        (name!("open"), Constant::Function(&OPEN)),
    ],
};

/// `open`, which is in `io` too.
#[cfg(feature = "files")]
pub(crate) static OPEN: NativeFn =
    NativeFn::new(name!("open"), 1, 4, open).static_method().keywords();

fn import(vm: &mut Vm, args: Args) -> Res {
    if vm.str_of(vm.get(args.get(0))).is_none() {
        return Err(vm.type_error("module name should be a str"));
    }
    let globals = args.opt(1).unwrap_or(Local::NONE);
    let from = args.opt(3).unwrap_or(Local::NONE);
    let level = match args.opt(4) {
        Some(level) => vm.index_of(level)?,
        None => 0,
    };
    if level > 0 && !vm.get(globals).is_none() && vm.get(globals).cast::<HashObj>().is_none() {
        return Err(vm.type_error("globals must be a dict"));
    }
    crate::import::import(vm, args.get(0), globals, from, level)
}

#[cfg(feature = "files")]
fn open(vm: &mut Vm, args: Args) -> Res {
    let [file, mode, _buffering, _encoding] = args.parse(
        vm,
        const {
            &[
                Param::required(name!("file")),
                Param::optional(name!("mode")),
                Param::optional(name!("buffering")).or(Local::NONE),
                Param::optional(name!("encoding")).or(Local::NONE),
            ]
        },
    )?;
    let mode = if vm.get(mode).is_null() { vm.push(Value::qstr(qstr!("r"))) } else { mode };
    crate::vfs::open(vm, file, mode)
}

/// What the prompt does with the value of an expression: shows it, and keeps it as `_`.
fn repl_print(vm: &mut Vm, args: Args) -> Res {
    let value = args.get(0);
    if vm.get(value).is_none() {
        return Ok(Local::NONE);
    }
    vm.print(value, Out::Console, PrintKind::Repr)?;
    vm.emit(Out::Console, b"\n")?;
    vm.set_module_attr(qstr!("builtins"), qstr!("_"), value)?;
    Ok(Local::NONE)
}
