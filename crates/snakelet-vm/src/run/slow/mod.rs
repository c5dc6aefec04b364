//! The parts of instructions that are not hot, in terms of locals.

#![deny(unsafe_code)]

mod function;
mod leave;
mod module;
mod names;
mod sequence;
#[cfg(feature = "viper")]
pub(super) mod viper;

use snakelet_bytecode::opcode::op;
use snakelet_qstr::Qstr;

#[cfg(feature = "cpython")]
use crate::exception::classes::NAME_ERROR;
use crate::exception::classes::{RUNTIME_ERROR, UNBOUND_LOCAL_ERROR};
use crate::native::leaf::{Leaf, Leave, Obj};
use crate::native::{BinaryOp, Subscr, UnaryOp};
use crate::object::HashObj;
use crate::object::value::{Value, Word, raw};
use crate::vm::stack::Local;
use crate::{Raised, Res, Vm};

pub(super) use function::{call_spread, make_closure, make_function};
pub(super) use leave::{Sent, enter_with, raise, raise_last, send_to, with_cleanup};
pub(super) use module::{build_class_word, import_from, import_name, import_star};
pub(super) use names::{
    delete_global, delete_name, load_attr, load_global, load_method, load_name, load_super_method,
    store_attr, store_global, store_name, type_key,
};
pub(super) use sequence::{build_set, unpack, unpack_starred};

fn qstr_of(word: Word) -> Qstr {
    raw::to_qstr(word)
}

/// Releases what a step left above the operands of an instruction, but for its result.
#[inline(always)]
fn settle(vm: &Vm, scope: crate::vm::Scope, result: Res) -> Res {
    match result {
        Ok(local) => Ok(vm.end_scope_with(scope, local)),
        Err(raised) => Err(raised),
    }
}

pub(super) fn unbound(vm: &mut Vm) -> Raised {
    vm.raise_text(&UNBOUND_LOCAL_ERROR, "local variable referenced before assignment")
}

/// The same for a variable that closures share: maybe one of a function around this one.
#[cfg(feature = "cpython")]
pub(super) fn unbound_cell(vm: &mut Vm) -> Raised {
    vm.raise_text(&NAME_ERROR, "free variable referenced before assignment")
}

#[cfg(not(feature = "cpython"))]
pub(super) use unbound as unbound_cell;

pub(super) fn no_such_opcode(vm: &mut Vm) -> Raised {
    vm.raise_text(&RUNTIME_ERROR, "no such instruction")
}

/// The operator whose instruction has this opcode.
#[inline(never)]
pub(super) fn binary(vm: &mut Vm, opcode: u32, left: Local, right: Local) -> Res {
    let op = BinaryOp::from_index((opcode as u8).wrapping_sub(op::BINARY_OP_MULTI));
    let op = op.unwrap_or(BinaryOp::Is);
    let cx = Leaf::new(vm);
    // most often the type of the left operand knows what to do
    match quick_binary(cx, op, cx.local(left), cx.local(right)) {
        Ok(Some(result)) => Ok(vm.push_here(result.value())),
        _ => full_binary(vm, op, left, right),
    }
}

/// A binary operator as the type of the left operand knows it; `None` if that may run Python code.
#[inline(always)]
fn quick_binary<'h>(
    cx: Leaf<'h>,
    op: BinaryOp,
    left: Obj<'h>,
    right: Obj<'h>,
) -> Result<Option<Obj<'h>>, Leave> {
    if left.value().has_specials() || right.value().has_specials() {
        return Ok(None);
    }
    match cx.vm().native_type_of(left.value()).slots.binary_leaf() {
        Some(binary) => binary(cx, op, left, right),
        None => Ok(None),
    }
}

/// A binary operator that may run Python code, or whose leaf has left.
#[inline(never)]
fn full_binary(vm: &mut Vm, op: BinaryOp, left: Local, right: Local) -> Res {
    // a leaf that has left because the script is to end need not begin anew
    vm.end_calculation()?;
    let scope = vm.scope();
    let (l, r) = (vm.get(left), vm.get(right));
    let slots = vm.native_type_of(l).slots;
    let known = match slots.binary() {
        _ if l.has_specials() || r.has_specials() => None,
        Some(binary) if slots.binary_leaf().is_none() => binary(vm, op, left, right)?,
        _ => vm.binary_slot(slots, op, left, right)?,
    };
    let result = match known {
        Some(result) if !vm.get(result).is(Value::NOT_IMPLEMENTED) => Ok(result),
        _ => vm.binary_op(op, left, right),
    };
    settle(vm, scope, result)
}

pub(super) fn unary(vm: &mut Vm, op: UnaryOp, object: Local) -> Res {
    let cx = Leaf::new(vm);
    let value = cx.local(object);
    if !value.value().has_specials()
        && let Some(unary) = vm.native_type_of(value.value()).slots.unary_leaf()
        && let Ok(Some(result)) = unary(cx, op, value)
    {
        return Ok(vm.push_here(result.value()));
    }
    let scope = vm.scope();
    let result = vm.unary_op(op, object);
    settle(vm, scope, result)
}

pub(super) fn exception_match(vm: &mut Vm, exception: Local, class: Local) -> Result<bool, Raised> {
    let result = vm.binary_op(BinaryOp::ExceptionMatch, exception, class)?;
    Ok(vm.get(result).is(Value::TRUE))
}

pub(super) fn subscr(vm: &mut Vm, object: Local, index: Local) -> Res {
    let scope = vm.scope();
    let value = vm.get(object);
    if !value.has_specials()
        && let Some(method) = vm.native_type_of(value).slots.subscript()
    {
        // the index lies behind the object, as the arguments of a method do
        debug_assert!(index == object.offset(1));
        let word = vm.call_leaf(method, object.index(), 2, 0)?;
        return Ok(vm.rt.stack.push(word.get()));
    }
    let result = vm.subscr(object, index, Subscr::Load);
    settle(vm, scope, result)
}

pub(super) fn store_subscr(
    vm: &mut Vm,
    object: Local,
    index: Local,
    value: Local,
) -> Result<(), Raised> {
    let op = if vm.get(value).is_null() { Subscr::Delete } else { Subscr::Store(value) };
    vm.subscr(object, index, op).map(|_| ())
}

/// The value of a key in a dict, if finding it needs no Python code.
#[expect(unsafe_code, reason = "takes the words of the interpreter loop")]
pub(super) fn dict_item(vm: &Vm, dict: Word, key: Word) -> Option<Word> {
    // SAFETY: both are on the stack, so they are live.
    let (dict, key) = unsafe { (Value::from_word(dict), Value::from_word(key)) };
    vm.quick_dict_slot(dict, key).map(|slot| slot.word())
}

/// Changes the value of a key that is in a dict, if finding it needs no Python code.
#[expect(unsafe_code, reason = "takes the words of the interpreter loop")]
pub(super) fn set_dict_item(vm: &Vm, dict: Word, key: Word, value: Word) -> bool {
    // SAFETY: all are on the stack, so they are live.
    let (dict, key, value) =
        unsafe { (Value::from_word(dict), Value::from_word(key), Value::from_word(value)) };
    match vm.quick_dict_slot(dict, key) {
        Some(slot) if dict.cast::<HashObj>().is_some_and(|h| !h.is_fixed()) => {
            slot.set(value);
            true
        }
        _ => false,
    }
}
