//! `module`.

use crate::native::print::{Out, PrintKind};
use crate::native::{Behaviour, NativeType, slots};
use crate::object::value::Value;
use crate::object::{Kind, ModuleObj};
use crate::vm::stack::Local;
use crate::{Raised, Vm, name, qstr};

/// `module`.
pub static MODULE: NativeType = NativeType::new(name!("module"), Kind::Module)
    .slots(slots!(Behaviour::NONE.print(print)))
    .sealed();

fn print(vm: &mut Vm, object: Local, out: Out, _kind: PrintKind) -> Result<(), Raised> {
    vm.emit(out, b"<module '")?;
    if let Some(m) = vm.get(object).as_native_module() {
        vm.emit_name(out, m.name)?;
        return vm.emit(out, b"'>");
    }
    let Some(m) = vm.get(object).cast::<ModuleObj>() else { return Ok(()) };
    let name = vm.push(m.name.get());
    let file =
        vm.dict_get_name(m.globals.get(), Value::qstr(qstr!("__file__"))).map(|file| vm.push(file));
    vm.print(name, out, PrintKind::Str)?;
    vm.emit(out, b"'")?;
    if let Some(file) = file {
        vm.emit(out, b" from '")?;
        vm.print(file, out, PrintKind::Str)?;
        vm.emit(out, b"'")?;
    }
    vm.emit(out, b">")
}
