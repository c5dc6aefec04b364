//! Functions that the host added.

use snakelet_qstr::Qstr;

use crate::object::value::{Value, Word, raw};
use crate::object::{HostFnObj, Kind, count_word};
use crate::vm::stack::Local;
use crate::{Args, Res, Vm};

/// Calls function number `index` of the host; without a number the host answers later.
#[expect(unsafe_code, reason = "the host's table is kept by address")]
pub(crate) fn call(vm: &mut Vm, index: Option<usize>, args: Args) -> Res {
    let Some(index) = index else {
        vm.answer_later();
        vm.leave_if_later(args)?;
        return Ok(Local::NONE);
    };
    let Some(table) = vm.rt.host_functions else {
        return Err(vm.type_error("host function is gone"));
    };
    // SAFETY: contract of `Vm::set_host_functions`: the table lives as long as the interpreter.
    let table = unsafe { table.as_ref() };
    let result = table.call(vm, index, args)?;
    vm.leave_if_later(args)?;
    Ok(result)
}

impl Vm {
    /// Makes a function object that calls function number `index` of the host's table.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn new_host_function(&mut self, name: Qstr, index: usize) -> Res {
        self.new_host_fn(name, count_word(index))
    }

    /// Makes a function object whose calls the host answers between two steps of a run.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn new_pending_function(&mut self, name: Qstr) -> Res {
        self.new_host_fn(name, raw::NONE)
    }

    fn new_host_fn(&mut self, name: Qstr, index: Word) -> Res {
        let new = self.allocate(Kind::HostFn, 0, 3)?;
        new.set_word(1, Value::qstr(name).word());
        new.set_word(2, index);
        Ok(new.local)
    }

    /// The name of a function of the host or of a native module; empty for other objects.
    pub fn host_function_name(&self, function: Local) -> &str {
        if let Some(native) = self.get(function).as_native_fn() {
            return self.name_text(native.name);
        }
        let name = self.get(function).cast::<HostFnObj>().and_then(|f| f.name.get().as_qstr());
        name.map_or("", |name| self.qstr_text(name))
    }
}
