//! The built-in names.

mod fold;
mod numbers;
mod system;

use snakelet_qstr::Qstr;

use crate::native::{Constant, NativeModule};
use crate::stack::Local;
use crate::types::exception;
use crate::value::Value;
use crate::vm::RootSlot;
use crate::{Args, Raised, Res, Vm, function, qstr};

/// `builtins`.
pub static BUILTINS: NativeModule = NativeModule::new(qstr!("builtins"), ENTRIES).more(MORE);

/// The tables of the files here.
static MORE: &[&[(Qstr, Constant)]] = &[
    fold::ENTRIES,
    numbers::ENTRIES,
    system::ENTRIES,
];

static ENTRIES: &[(Qstr, Constant)] =
    &[function!("print", 0, crate::native::VARIADIC, print, keywords)];

fn print(vm: &mut Vm, args: Args) -> Res {
    let out = vm.console();
    for (i, arg) in args.iter().enumerate() {
        if i > 0 {
            vm.emit(out, b" ")?;
        }
        vm.print(arg, out, crate::print::PrintKind::Str)?;
    }
    vm.emit(out, b"\n")?;
    Ok(Local::NONE)
}

impl Vm {
    /// The value of a built-in name.
    ///
    /// # Errors
    /// What computing it raises.
    pub(crate) fn find_builtin(&mut self, name: Qstr) -> Result<Option<Local>, Raised> {
        let changed = self.root(RootSlot::Builtins);
        if let Some(value) = self.dict_get_name(changed, Value::qstr(name)) {
            return Ok(Some(self.push(value)));
        }
        if let Some(constant) = BUILTINS.find(name) {
            return self.constant(constant).map(Some);
        }
        let class = exception::ALL.iter().find(|t| t.name == name);
        Ok(class.map(|t| self.push(Value::from_ref(*t))))
    }
}
