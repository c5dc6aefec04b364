//! `bool`.

use crate::native::print::{Out, PrintKind};
use crate::native::{NativeType, slots};
use crate::object::value::Value;
use crate::types::int::INT;
use crate::vm::stack::Local;
use crate::{Args, Raised, Res, Vm, name};

/// `bool`.
pub static BOOL: NativeType = NativeType::derived(name!("bool"), &INT)
    .slots(slots!(
        super::int::BEHAVIOUR.make(make).print(print).truth(|_, value| value.is(Value::TRUE))
    ))
    .sealed();

fn make(vm: &mut Vm, _class: Local, args: Args) -> Res {
    args.check(vm, 0, 1)?;
    match args.opt(0) {
        Some(object) => vm.truth(object).map(Local::bool),
        None => Ok(Local::FALSE),
    }
}

fn print(vm: &mut Vm, object: Local, out: Out, _kind: PrintKind) -> Result<(), Raised> {
    let text: &[u8] = if vm.get(object).is(Value::TRUE) { b"True" } else { b"False" };
    vm.emit(out, text)
}
