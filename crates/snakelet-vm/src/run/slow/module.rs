//! Imports, and what classes are built with.

use super::names::names_dict;
use super::{qstr_of, settle};
use crate::import::{self, Import};
use crate::object::value::{Value, Word};
use crate::protocol::call::Call;
use crate::vm::RootSlot;
use crate::vm::frame;
use crate::vm::stack::Local;
use crate::{Raised, Vm, qstr};

/// Imports a module. A frame is that of a module's code, which is to run first; then the instruction
/// is to be executed again.
pub(in crate::run) fn import_name(
    vm: &mut Vm,
    name: Word,
    from: Local,
    level: Local,
) -> Result<Call, Raised> {
    let level = vm.get(level).as_small_int().unwrap_or(0);
    import_in_loop(vm, |vm| import::import_name(vm, qstr_of(name), from, level))
}

/// Takes a name of a module; a frame as for `import_name`.
pub(in crate::run) fn import_from(vm: &mut Vm, module: Local, name: Word) -> Result<Call, Raised> {
    import_in_loop(vm, |vm| import::import_from(vm, module, qstr_of(name)))
}

fn import_in_loop(
    vm: &mut Vm,
    import: impl Fn(&mut Vm) -> Result<Import, Raised>,
) -> Result<Call, Raised> {
    loop {
        let scope = vm.scope();
        match import(vm)? {
            Import::Done(value) => return settle(vm, scope, Ok(value)).map(Call::Done),
            Import::Body { module, function } => {
                let (module, function) = (vm.get(module).word(), vm.get(function).word());
                vm.end_scope(scope);
                let module = vm.rt.stack.push(module);
                let callable = vm.rt.stack.push(function).index();
                vm.set_frame_top(module.index());
                match vm.prepare_call(callable, callable + 1, 0, 0, frame::IMPORT)? {
                    Call::Frame => {
                        vm.set_frame_extra(module);
                        return Ok(Call::Frame);
                    }
                    // code that makes a generator of itself
                    Call::Done(_) => import::finished(vm, module)?,
                }
            }
        }
        vm.end_scope(scope);
    }
}

pub(in crate::run) fn import_star(vm: &mut Vm, module: Local) -> Result<(), Raised> {
    let names = names_dict(vm);
    crate::import::import_star(vm, module, names)
}

/// `__build_class__`, which a script may have replaced.
pub(in crate::run) fn build_class_word(vm: &Vm) -> Word {
    let changed = vm.root(RootSlot::Builtins);
    let name = Value::qstr(qstr!("__build_class__"));
    match vm.dict_get_name(changed, name) {
        Some(replaced) => replaced.word(),
        None => Value::from_ref(&crate::types::class::BUILD_CLASS).word(),
    }
}
