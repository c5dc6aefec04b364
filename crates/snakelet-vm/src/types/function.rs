//! Functions, closures, bound methods and code objects.

use snakelet_qstr::Qstr;

use crate::native::print::{Out, PrintKind};
use crate::native::{AttrOp, BinaryOp, Maybe, Name, NativeType, TypeSlots};
use crate::object::value::SWord;
use crate::object::{BoundMethod, ClosureObj, CodeHandle, Kind};
use crate::vm::stack::Local;
use crate::{Raised, Vm, name, qstr};

/// A function compiled from Python.
pub static FUNCTION: NativeType = NativeType::new(name!("function"), Kind::Function)
    .slots(const { &TypeSlots::NONE.print(print).attr(attr) })
    .sealed();
/// A closure.
pub static CLOSURE: NativeType = NativeType::new(name!("closure"), Kind::Closure)
    .slots(const { &TypeSlots::NONE.print(print).attr(attr) })
    .sealed();
/// A cell.
pub static CELL: NativeType = NativeType::new(name!("cell"), Kind::Cell).sealed();
/// A method with its receiver.
pub static BOUND_METHOD: NativeType = NativeType::new(name!("bound_method"), Kind::BoundMethod)
    .slots(
        const {
            &TypeSlots::NONE
                .print(print_method)
                .attr(method_attr)
                .binary(method_binary)
                .hash(method_hash)
        },
    )
    .sealed();
/// A native function.
pub static BUILTIN_FUNCTION: NativeType = NativeType::new(name!("function"), Kind::NativeFn)
    .slots(const { &TypeSlots::NONE.print(print).attr(attr) })
    .sealed();
/// What `compile()` returns.
pub static CODE: NativeType = NativeType::new(name!("code"), Kind::CodeObject)
    .slots(const { &TypeSlots::NONE.print(print_code) })
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
    if let AttrOp::Load = op {
        if name_wanted == qstr!("__name__") || name_wanted == qstr!("__qualname__") {
            let q = name(vm, object);
            return vm.push_name(q).map(Some);
        }
        if name_wanted == qstr!("__globals__") {
            let globals = crate::protocol::call::function::function_of(vm.get(object))
                .and_then(|f| f.context())
                .map(|c| vm.push(c.globals.get()));
            return Ok(globals);
        }
    }
    Ok(None)
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
    Ok(vm.identity_hash(function) ^ vm.identity_hash(receiver))
}
