//! The types of `None`, `...` and `NotImplemented`.

use crate::native::print::{Out, PrintKind};
use crate::native::{Behaviour, NativeType, slots};
use crate::object::Kind;
use crate::object::value::Value;
use crate::vm::stack::Local;
use crate::{Raised, Vm, name};

/// The type of `None`.
pub static NONE_TYPE: NativeType = NativeType::new(name!("NoneType"), Kind::Object)
    .slots(slots!(Behaviour::NONE.print(print).truth(|_, _| false)))
    .sealed();
/// The type of `...`.
pub static ELLIPSIS: NativeType = NativeType::new(name!("Ellipsis"), Kind::Object)
    .slots(slots!(Behaviour::NONE.print(print)))
    .sealed();
/// The type of `NotImplemented`.
pub static NOT_IMPLEMENTED: NativeType = NativeType::new(name!("NotImplementedType"), Kind::Object)
    .slots(slots!(Behaviour::NONE.print(print)))
    .sealed();

/// The type of a value that is neither number, string nor reference.
pub(crate) fn type_of_immediate(value: Value<'_>) -> &'static NativeType {
    if value.as_bool().is_some() {
        &super::bool::BOOL
    } else if value.is(Value::ELLIPSIS) {
        &ELLIPSIS
    } else if value.is(Value::NOT_IMPLEMENTED) {
        &NOT_IMPLEMENTED
    } else {
        &NONE_TYPE
    }
}

fn print(vm: &mut Vm, object: Local, out: Out, _kind: PrintKind) -> Result<(), Raised> {
    let value = vm.get(object);
    let text: &[u8] = if value.is(Value::ELLIPSIS) {
        b"Ellipsis"
    } else if value.is(Value::NOT_IMPLEMENTED) {
        b"NotImplemented"
    } else {
        b"None"
    };
    vm.emit(out, text)
}
