//! Functions, closures, bound methods and code objects.

use snakelet_qstr::Qstr;

use crate::native::print::{Out, PrintKind};
use crate::native::{AttrOp, Behaviour, BinaryOp, Maybe, Name, NativeType, slots};
use crate::object::value::{SWord, Value};
use crate::object::{BoundMethod, ClosureObj, CodeHandle, FunctionObj, Kind, Slot, TupleObj};
use crate::protocol::call::function::function_of;
use crate::vm::stack::Local;
use crate::{Raised, Vm, name, qstr};

/// A function compiled from Python.
pub static FUNCTION: NativeType = NativeType::new(name!("function"), Kind::Function)
    .slots(slots!(Behaviour::NONE.print(print).attr(attr)))
    .sealed();
/// A closure.
pub static CLOSURE: NativeType = NativeType::new(name!("closure"), Kind::Closure)
    .slots(slots!(Behaviour::NONE.print(print).attr(attr)))
    .sealed();
/// A cell.
pub static CELL: NativeType = NativeType::new(name!("cell"), Kind::Cell).sealed();
/// A method with its receiver.
pub static BOUND_METHOD: NativeType = NativeType::new(name!("bound_method"), Kind::BoundMethod)
    .slots(slots!(
        Behaviour::NONE
            .print(print_method)
            .attr(method_attr)
            .binary(method_binary)
            .hash(method_hash)
    ))
    .sealed();
/// A native function.
pub static BUILTIN_FUNCTION: NativeType = NativeType::new(name!("function"), Kind::NativeFn)
    .slots(slots!(Behaviour::NONE.print(print).attr(attr)))
    .sealed();
/// What `compile()` returns.
pub static CODE: NativeType = NativeType::new(name!("code"), Kind::CodeObject)
    .slots(slots!(Behaviour::NONE.print(print_code)))
    .sealed();

fn name(vm: &Vm, function: Local) -> Name {
    let value = vm.get(function);
    match value.cast::<ClosureObj>() {
        Some(c) => vm.callable_name(c.function.get()),
        None => vm.callable_name(value),
    }
}

fn print(vm: &mut Vm, object: Local, out: Out, _kind: PrintKind) -> Result<(), Raised> {
    if vm.get(object).is_kind(Kind::NativeFn) {
        return vm.emit(out, b"<function>");
    }
    let q = name(vm, object);
    let kind: &[u8] = match vm.get(object).ref_kind() {
        Some(Kind::Closure) => b"<closure ",
        _ => b"<function ",
    };
    vm.emit(out, kind)?;
    vm.emit_name(out, q)?;
    vm.emit(out, b" at ")?;
    vm.emit_address(object, out)?;
    vm.emit(out, b">")
}

fn attr(
    vm: &mut Vm,
    object: Local,
    name_wanted: Qstr,
    op: AttrOp,
) -> Result<Option<Local>, Raised> {
    let AttrOp::Load = op else { return change_attr(vm, object, name_wanted, op) };
    if name_wanted == qstr!("__dict__") {
        return make_attributes(vm, object);
    }
    let stored = attributes(vm, object)
        .and_then(|dict| vm.dict_get_name(dict, Value::qstr(name_wanted)))
        .map(|value| vm.push(value));
    if stored.is_some() {
        return Ok(stored);
    }
    if name_wanted == qstr!("__name__") || name_wanted == qstr!("__qualname__") {
        let q = name(vm, object);
        return vm.push_name(q).map(Some);
    }
    if name_wanted == qstr!("__doc__") {
        return Ok(Some(Local::NONE));
    }
    let globals = function_of(vm.get(object)).and_then(|f| f.context()).map(|c| c.globals.get());
    let found = match globals {
        Some(globals) if name_wanted == qstr!("__globals__") => Some(globals),
        Some(globals) if name_wanted == qstr!("__module__") => {
            vm.dict_get_name(globals, Value::qstr(qstr!("__name__")))
        }
        _ => None,
    };
    Ok(found.map(|value| vm.push(value)))
}

/// Sets or deletes an attribute of a function that was compiled from Python.
fn change_attr(vm: &mut Vm, object: Local, name: Qstr, op: AttrOp) -> Maybe {
    if name == qstr!("__globals__") || name == qstr!("__dict__") {
        return Ok(None);
    }
    if let AttrOp::Store(value) = op {
        let is_name = name == qstr!("__name__") || name == qstr!("__qualname__");
        if is_name && vm.str_of(vm.get(value)).is_none() {
            return Ok(None);
        }
        let Some(dict) = make_attributes(vm, object)? else { return Ok(None) };
        vm.dict_set_name(dict, name, value)?;
        return Ok(Some(dict));
    }
    let Some(dict) = attributes(vm, object).map(|dict| vm.push(dict)) else { return Ok(None) };
    let key = vm.push(Value::qstr(name));
    vm.table_remove(dict, key)
}

/// The dict of the attributes that were set of a function.
fn attributes(vm: &Vm, object: Local) -> Option<Value<'_>> {
    let function = function_of(vm.get(object))?;
    let parts = function.defaults.get().cast::<TupleObj>()?;
    let n = usize::from(function.code()?.n_defaults);
    parts.items().get(n + 1).map(Slot::get)
}

/// The same, made if there is none; `None` for functions that were not compiled from Python.
fn make_attributes(vm: &mut Vm, object: Local) -> Maybe {
    if let Some(dict) = attributes(vm, object) {
        return Ok(Some(vm.push(dict)));
    }
    let n = match function_of(vm.get(object)).and_then(FunctionObj::code) {
        Some(code) => usize::from(code.n_defaults),
        None => return Ok(None),
    };
    let dict = vm.new_dict(0)?;
    let first = Local::at(vm.rt.stack.top());
    for i in 0..=n {
        let part = function_of(vm.get(object))
            .and_then(|f| f.defaults.get().cast::<TupleObj>()?.items().get(i).map(Slot::get));
        vm.push(part.unwrap_or(Value::NULL));
    }
    vm.push(vm.get(dict));
    let parts = vm.new_tuple(first, n + 2)?;
    if let Some(function) = function_of(vm.get(object)) {
        function.defaults.set(vm.get(parts));
    }
    Ok(Some(dict))
}

fn print_method(vm: &mut Vm, object: Local, out: Out, _kind: PrintKind) -> Result<(), Raised> {
    let parts = vm
        .get(object)
        .cast::<BoundMethod>()
        .map(|m| (vm.push(m.function.get()), vm.push(m.receiver.get())));
    let Some((function, receiver)) = parts else { return Ok(()) };
    vm.emit(out, b"<bound_method ")?;
    vm.emit_address(object, out)?;
    vm.emit(out, b" ")?;
    vm.print(receiver, out, PrintKind::Repr)?;
    vm.emit(out, b".")?;
    vm.print(function, out, PrintKind::Repr)?;
    vm.emit(out, b">")
}

fn method_attr(
    vm: &mut Vm,
    object: Local,
    name_wanted: Qstr,
    op: AttrOp,
) -> Result<Option<Local>, Raised> {
    let Some(m) = vm.get(object).cast::<BoundMethod>() else { return Ok(None) };
    if let AttrOp::Load = op {
        if name_wanted == qstr!("__self__") {
            return Ok(Some(vm.push(m.receiver.get())));
        }
        if name_wanted == qstr!("__func__") {
            return Ok(Some(vm.push(m.function.get())));
        }
        let function = vm.push(m.function.get());
        return vm.find_attr(function, name_wanted);
    }
    Ok(None)
}

fn print_code(vm: &mut Vm, object: Local, out: Out, _kind: PrintKind) -> Result<(), Raised> {
    let _ = vm.get(object).cast::<CodeHandle>();
    vm.emit(out, b"<code object at ")?;
    vm.emit_address(object, out)?;
    vm.emit(out, b">")
}

/// Methods are equal if they call the same function with the same receiver.
fn method_binary(vm: &mut Vm, op: BinaryOp, left: Local, right: Local) -> Maybe {
    let parts = |l: Local| vm.get(l).cast::<BoundMethod>();
    Ok(match (op, parts(left), parts(right)) {
        (BinaryOp::Equal, Some(a), Some(b)) => {
            let same = a.function.get().is(b.function.get());
            Some(Local::bool(same && a.receiver.get().is(b.receiver.get())))
        }
        _ => None,
    })
}

fn method_hash(vm: &mut Vm, method: Local) -> Result<SWord, Raised> {
    let parts = vm
        .get(method)
        .cast::<BoundMethod>()
        .map(|m| (vm.push(m.function.get()), vm.push(m.receiver.get())));
    let Some((function, receiver)) = parts else { return Err(vm.wrong_receiver()) };
    Ok(vm.identity_hash(function)? ^ vm.identity_hash(receiver)?)
}
