//! Functions that the host added.

use snakelet_qstr::Qstr;

use crate::object::{Kind, count_word};
use crate::value::Value;
use crate::{Args, Res, Vm};

/// Calls function number `index` of the host.
#[expect(unsafe_code, reason = "the host's table is kept by address")]
pub(crate) fn call(vm: &mut Vm, index: usize, args: Args) -> Res {
    let Some(table) = vm.rt.host_functions else {
        return Err(vm.type_error("host function is gone"));
    };
    // SAFETY: contract of `Vm::set_host_functions`: the table lives as long as the interpreter.
    let table = unsafe { table.as_ref() };
    table.call(vm, index, args)
}

impl Vm {
    /// Makes a function object that calls function number `index` of the host's table.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn new_host_function(&mut self, name: Qstr, index: usize) -> Res {
        let new = self.allocate(Kind::HostFn, 0, 3)?;
        new.set_word(1, Value::qstr(name).word());
        new.set_word(2, count_word(index));
        Ok(new.local)
    }
}
