//! Objects of native types that consist of values.

use crate::native::NativeType;
use crate::object::value::Value;
use crate::object::{Kind, NativeObj, words_of};
use crate::vm::stack::Local;
use crate::{Res, Vm};

impl Vm {
    /// Makes an object of a native type with the given slots.
    pub fn new_native(&mut self, class: &'static NativeType, slots: &[Local]) -> Res {
        let new = self.allocate(Kind::Native, slots.len(), words_of::<NativeObj>(slots.len()))?;
        new.set_word(1, Value::from_ref(class).word());
        for (i, local) in slots.iter().enumerate() {
            new.set_word(2 + i, self.get(*local).word());
        }
        if class.slots.finalise().is_some() {
            crate::vm::finalise::register(self, new.local)?;
        }
        Ok(new.local)
    }
}
