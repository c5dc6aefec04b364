//! Import.

use snakelet_qstr::Qstr;

use crate::error::Part;
use crate::stack::Local;
use crate::types::exception::IMPORT_ERROR;
use crate::value::Value;
use crate::vm::RootSlot;
use crate::{Raised, Res, Vm};

/// `import name`, `from name import ..`: `from` is `None` or the tuple of names wanted, `level`
/// the number of leading dots.
pub(crate) fn import_name(vm: &mut Vm, name: Qstr, from: Local, level: isize) -> Res {
    let _ = (from, level);
    let found = vm.dict_get_name(vm.root(RootSlot::Modules), Value::qstr(name));
    if let Some(module) = found {
        return Ok(vm.push(module));
    }
    if let Some(module) = crate::modules::find(name) {
        return Ok(vm.push(Value::from_ref(module)));
    }
    Err(vm.raise_parts(
        &IMPORT_ERROR,
        &[Part::Text("no module named '"), Part::Name(name), Part::Text("'")],
    ))
}

/// `from module import name`
pub(crate) fn import_from(vm: &mut Vm, module: Local, name: Qstr) -> Res {
    match vm.find_attr(module, name)? {
        Some(value) => Ok(value),
        None => Err(vm.raise_parts(
            &IMPORT_ERROR,
            &[Part::Text("cannot import name '"), Part::Name(name), Part::Text("'")],
        )),
    }
}

/// `from module import *`
pub(crate) fn import_star(vm: &mut Vm, module: Local, names: Local) -> Result<(), Raised> {
    let _ = (module, names);
    Err(vm.raise_text(&IMPORT_ERROR, "import *"))
}
