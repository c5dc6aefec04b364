//! The built-in names.

#[cfg(feature = "compiler")]
mod code;
mod containers;
mod fold;
#[cfg(feature = "help")]
mod help;
mod numbers;
pub(crate) mod objects;
pub(crate) mod system;
mod text;

use snakelet_qstr::Qstr;

use crate::exception::classes;
use crate::native::{Constant, Contents, NativeModule};
use crate::object::value::Value;
use crate::vm::RootSlot;
use crate::vm::stack::Local;
use crate::{Raised, Vm, name, qstr};

/// `builtins`.
pub(crate) static BUILTINS: NativeModule = NativeModule::new(
    name!("builtins"),
    &[
        OWN_NAME,
        #[cfg(feature = "compiler")]
        code::CONTENTS,
        fold::CONTENTS,
        #[cfg(feature = "help")]
        help::CONTENTS,
        numbers::CONTENTS,
        containers::CONTENTS,
        objects::CONTENTS,
        system::CONTENTS,
        text::CONTENTS,
    ],
);

/// What code finds as its module's name whose globals have none: `exec("class C: pass", {})`.
const OWN_NAME: Contents = Contents {
    functions: &[],
    constants: &[(name!("__name__"), Constant::Name(qstr!("builtins")))],
};

impl Vm {
    /// The value of a built-in name.
    ///
    /// # Errors
    /// What computing it raises.
    pub fn find_builtin(&mut self, name: Qstr) -> Result<Option<Local>, Raised> {
        let changed = self.root(RootSlot::Builtins);
        if let Some(value) = self.dict_get_name(changed, Value::qstr(name)) {
            return Ok(Some(self.push(value)));
        }
        if let Some(constant) = BUILTINS.find(self, name) {
            return self.constant(constant).map(Some);
        }
        Ok(classes::find(self, name).map(|class| self.push(Value::from_ref(class))))
    }
}
