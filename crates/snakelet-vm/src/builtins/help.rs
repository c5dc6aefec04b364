//! `help`.

use crate::native::print::{Out, PrintKind};
use crate::native::{Attribute, Constant, Contents, Name, NativeType};
use crate::object::{ClassObj, HashObj, ModuleObj};
use crate::vm::stack::Local;
use crate::{Args, Raised, Res, Vm, function, methods, name};

pub(super) const CONTENTS: Contents =
    Contents { functions: methods![function!("help", 0, 1, help)], constants: &[] };

const WELCOME: &[u8] = b"Snakelet runs Python 3 as MicroPython does.\n\
\n\
help(object) shows what an object has; help('modules') lists the built-in modules.\n";

/// Columns of the list of modules, and their width.
const COLUMNS: usize = 4;
const WIDTH: usize = 18;

fn help(vm: &mut Vm, args: Args) -> Res {
    let out = vm.console();
    let Some(object) = args.opt(0) else {
        vm.emit(out, WELCOME)?;
        return Ok(Local::NONE);
    };
    if vm.str_of(vm.get(object)) == Some(b"modules") {
        list_modules(vm, out)?;
        return Ok(Local::NONE);
    }
    vm.emit(out, b"object ")?;
    vm.print(object, out, PrintKind::Str)?;
    vm.emit(out, b" is of type ")?;
    let name = vm.type_name_of(object);
    vm.emit_name(out, name)?;
    vm.emit(out, b"\n")?;
    contents(vm, object, out)?;
    Ok(Local::NONE)
}

fn list_modules(vm: &mut Vm, out: Out) -> Result<(), Raised> {
    const BLANKS: &[u8] = &[b' '; WIDTH];
    let mut i = 0;
    for module in vm.native_modules() {
        // of two modules of one name the first one is imported
        let first = vm.native_modules().find(|other| other.name.same(module.name));
        if !first.is_some_and(|first| core::ptr::eq(first, module)) {
            continue;
        }
        vm.emit(out, module.name.text().as_bytes())?;
        if i % COLUMNS == COLUMNS - 1 {
            vm.emit(out, b"\n")?;
        } else {
            let used = module.name.text().len();
            vm.emit(out, BLANKS.get(used..).unwrap_or(b" "))?;
        }
        i += 1;
    }
    vm.emit(out, b"\nPlus any modules on the filesystem\n")
}

/// Prints the names in a module, or those of an object's type.
fn contents(vm: &mut Vm, object: Local, out: Out) -> Result<(), Raised> {
    if let Some(module) = vm.get(object).as_native_module() {
        let name = vm.push_name(module.name)?;
        entry(vm, name!("__name__"), name, out)?;
        return module.for_each(&mut |name, constant| {
            let scope = vm.scope();
            let value = vm.constant(constant)?;
            entry(vm, name, value, out)?;
            vm.end_scope(scope);
            Ok(())
        });
    }
    let dict = vm.get(object).cast::<ModuleObj>().map(|m| vm.push(m.globals.get()));
    if let Some(dict) = dict {
        return dict_contents(vm, dict, out);
    }
    let is_type =
        vm.get(object).cast::<ClassObj>().is_some() || vm.get(object).as_native_type().is_some();
    let class = if is_type { object } else { vm.push_type_of(object) };
    let dict = vm.get(class).cast::<ClassObj>().map(|c| vm.push(c.dict.get()));
    match (dict, vm.get(class).as_native_type()) {
        (Some(dict), _) => dict_contents(vm, dict, out),
        (None, Some(ty)) => type_contents(vm, ty, out),
        _ => Ok(()),
    }
}

fn type_contents(vm: &mut Vm, ty: &'static NativeType, out: Out) -> Result<(), Raised> {
    for method in ty.all_methods() {
        let Some(Attribute::Function(function)) = ty.find_name(method.name) else { continue };
        let scope = vm.scope();
        let value = vm.constant(Constant::Function(function))?;
        entry(vm, method.name, value, out)?;
        vm.end_scope(scope);
    }
    Ok(())
}

fn dict_contents(vm: &mut Vm, dict: Local, out: Out) -> Result<(), Raised> {
    let mut at = 0;
    loop {
        let scope = vm.scope();
        let Some((key, value)) = vm.get(dict).cast::<HashObj>().and_then(|h| h.entry(at)) else {
            return Ok(());
        };
        at += 1;
        if !key.is_null() {
            let (key, value) = (vm.push(key), vm.push(value));
            line(vm, key, value, out)?;
        }
        vm.end_scope(scope);
    }
}

fn entry(vm: &mut Vm, name: Name, value: Local, out: Out) -> Result<(), Raised> {
    let name = vm.push_name(name)?;
    line(vm, name, value, out)
}

fn line(vm: &mut Vm, name: Local, value: Local, out: Out) -> Result<(), Raised> {
    vm.emit(out, b"  ")?;
    vm.print(name, out, PrintKind::Str)?;
    vm.emit(out, b" -- ")?;
    vm.print(value, out, PrintKind::Str)?;
    vm.emit(out, b"\n")
}
