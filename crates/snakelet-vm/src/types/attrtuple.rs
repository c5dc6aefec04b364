//! A tuple whose items can also be read as attributes: what `sys.implementation` is.

use snakelet_qstr::Qstr;

use crate::native::print::{Out, PrintKind};
use crate::native::{AttrOp, Behaviour, BinaryOp, Name, NativeType, Subscr, slots};
use crate::object::value::Value;
use crate::object::{Kind, NativeObj, Slot};
use crate::vm::stack::Local;
use crate::{Raised, Res, Vm, name};

/// A tuple whose items have names as well, such as `Full::named_tuple` makes.
// Slot 0 holds the tuple of items, slot 1 that of names.
pub static ATTR_TUPLE: NativeType = NativeType::new(name!("attrtuple"), Kind::Native)
    .slots(slots!(
        Behaviour::NONE
            .print(print)
            .attr(attr)
            .len(|_, v| parts(v).map_or(0, |t| t.0))
            .subscr(subscr)
            .iter(iter)
            .binary(binary)
    ))
    .sealed();

/// The length, for `len`.
fn parts(value: Value<'_>) -> Option<(usize, ())> {
    let items = value.cast::<NativeObj>()?.get(0).cast::<crate::object::TupleObj>()?;
    Some((items.len(), ()))
}

fn slot(vm: &Vm, object: Local, i: usize) -> Local {
    vm.push(vm.get(object).cast::<NativeObj>().map_or(Value::NULL, |o| o.get(i)))
}

impl Vm {
    /// Makes a tuple whose items have names.
    ///
    /// # Errors
    /// `MemoryError`.
    pub(crate) fn new_attr_tuple(&mut self, names: &[Qstr], items: &[Local]) -> Res {
        let items = self.new_tuple_of(items)?;
        let names = self.new_tuple_with(names.len(), |_, i| {
            Value::qstr(names.get(i).copied().unwrap_or(Qstr::EMPTY)).into()
        })?;
        self.new_native(&ATTR_TUPLE, &[items, names])
    }

    /// The same with names of any kind; there are as many as items.
    pub(crate) fn new_named_tuple(&mut self, names: &[Name], items: &[Local]) -> Res {
        let scope = self.scope();
        let items = self.new_tuple_of(items)?;
        // a name is interned, and held by the tuple before the next one is
        let of_names = self.new_tuple_with(names.len(), |_, _| Value::NONE.into())?;
        for (i, name) in names.iter().enumerate() {
            let name = self.intern_name(*name)?;
            if let Some(slot) = self.items_of(self.get(of_names)).get(i) {
                slot.set(Value::qstr(name));
            }
        }
        let made = self.new_native(&ATTR_TUPLE, &[items, of_names])?;
        Ok(self.end_scope_with(scope, made))
    }
}

fn print(vm: &mut Vm, object: Local, out: Out, _kind: PrintKind) -> Result<(), Raised> {
    let (items, names) = (slot(vm, object, 0), slot(vm, object, 1));
    print_fields(vm, names, items, out)
}

/// Prints the items of a tuple with their names, which are those in another one.
pub(super) fn print_fields(
    vm: &mut Vm,
    names: Local,
    items: Local,
    out: Out,
) -> Result<(), Raised> {
    vm.emit(out, b"(")?;
    for i in 0..vm.sequence_len(items) {
        let scope = vm.scope();
        if i > 0 {
            vm.emit(out, b", ")?;
        }
        let name = vm.push_sequence_item(names, i);
        vm.emit_str(out, name)?;
        vm.emit(out, b"=")?;
        let item = vm.push_sequence_item(items, i);
        vm.print(item, out, PrintKind::Repr)?;
        vm.end_scope(scope);
        vm.charge(1)?;
    }
    vm.emit(out, b")")
}

fn attr(vm: &mut Vm, object: Local, name: Qstr, op: AttrOp) -> Result<Option<Local>, Raised> {
    if !matches!(op, AttrOp::Load) {
        return Ok(None);
    }
    let (items, names) = (slot(vm, object, 0), slot(vm, object, 1));
    let is_name = |slot: &Slot| slot.get().as_qstr() == Some(name);
    let at = vm.items_of(vm.get(names)).iter().position(is_name);
    Ok(at.map(|at| vm.push_sequence_item(items, at)))
}

fn subscr(vm: &mut Vm, object: Local, index: Local, op: Subscr) -> Res {
    let items = slot(vm, object, 0);
    vm.subscr(items, index, op)
}

fn iter(vm: &mut Vm, object: Local) -> Res {
    let items = slot(vm, object, 0);
    vm.get_iter(items)
}

/// Compares as the tuple of the items.
fn binary(vm: &mut Vm, op: BinaryOp, left: Local, right: Local) -> Result<Option<Local>, Raised> {
    if !matches!(op, BinaryOp::Equal | BinaryOp::Less | BinaryOp::More) {
        return Ok(None);
    }
    let items = slot(vm, left, 0);
    let other = match vm.get(right).cast::<NativeObj>() {
        Some(o) if core::ptr::eq(vm.native_type_of(vm.get(right)), &ATTR_TUPLE) => {
            vm.push(o.get(0))
        }
        _ => right,
    };
    vm.binary_op(op, items, other).map(Some)
}
