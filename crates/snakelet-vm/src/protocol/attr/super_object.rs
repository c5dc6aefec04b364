//! Attributes of `super()`.

use snakelet_qstr::Qstr;

use crate::native::Attribute;
use crate::object::value::Value;
use crate::object::{ClassObj, Kind, SuperObj};
use crate::protocol::attr::Attr;
use crate::protocol::object;
use crate::vm::stack::Local;
use crate::{Raised, Vm};

impl Vm {
    pub(super) fn lookup_super(&mut self, object: Local, name: Qstr) -> Result<Attr, Raised> {
        let Some(s) = self.get(object).cast::<SuperObj>() else { return Ok(Attr::Absent) };
        let class = self.push(s.class.get());
        let receiver = match self.get(object).cast::<SuperObj>() {
            Some(s) => self.push(s.receiver.get()),
            None => Local::NULL,
        };
        self.lookup_super_of(class, receiver, name)
    }

    /// Looks `name` up in the successors of `class` in the order of the receiver's class.
    pub(crate) fn lookup_super_of(
        &mut self,
        class: Local,
        receiver: Local,
        name: Qstr,
    ) -> Result<Attr, Raised> {
        // the receiver may be a class, in class methods
        let own = match self.get(receiver).ref_kind() {
            Some(Kind::Class) => self.push_copy(receiver),
            _ => self.push_type_of(receiver),
        };
        let found = self.get(own).cast::<ClassObj>().and_then(|c| {
            let mro = c.mro_items();
            let at = mro.iter().position(|s| s.get().is(self.get(class)))?;
            self.mro_lookup(mro.get(at + 1..)?, name)
        });
        if let Some(found) = found {
            let found = self.push(found);
            if self.get(receiver).is_kind(Kind::Class) {
                return self.bind_to_class(found, own);
            }
            return self.bind(found, receiver, own);
        }
        let native = self
            .get(own)
            .cast::<ClassObj>()
            .and_then(|c| c.native_base.get().as_native_type())
            .unwrap_or(&object::OBJECT);
        let attribute = native.find(self, name).or_else(|| object::inherited(self, native, name));
        match attribute {
            Some(Attribute::Function(f)) => {
                let function = self.push(Value::from_ref(f));
                self.bind(function, receiver, own)
            }
            Some(Attribute::Constant(c)) => self.constant(*c).map(Attr::Value),
            None => {
                let part = self.native_part(receiver);
                if part == receiver {
                    return Ok(Attr::Absent);
                }
                self.lookup_native(part, name)
            }
        }
    }
}
