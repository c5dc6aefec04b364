//! Making functions, and calls with starred arguments.

use super::sequence::move_down;
use super::settle;
use crate::exception::classes::TYPE_ERROR;
use crate::native::Subscr;
use crate::object::value::Value;
use crate::object::{ClosureObj, CodeObj, HashObj, Kind, TupleObj, words_of};
use crate::protocol::call::Call;
use crate::vm::raised::Part;
use crate::vm::stack::Local;
use crate::{Raised, Res, Vm, qstr};

pub(in crate::run) fn make_function(
    vm: &mut Vm,
    child: usize,
    defaults: Local,
    keywords: Local,
) -> Res {
    make_function_of(vm, child, 0, defaults, keywords)
}

/// Makes a function that will be handed `cells` cells.
fn make_function_of(
    vm: &mut Vm,
    child: usize,
    cells: usize,
    defaults: Local,
    keywords: Local,
) -> Res {
    let scope = vm.scope();
    let found = vm.rt.stack.frame_at(0).and_then(|frame| {
        let f = vm.frame_function(&frame)?;
        let child = f.code()?.children.get().cast::<TupleObj>()?.items().get(child)?.get();
        Some((vm.push(child), vm.push(f.context.get())))
    });
    let Some((code, context)) = found else { return Err(vm.bad_code()) };
    if vm.get(code).cast::<CodeObj>().is_none_or(|c| c.n_free as usize > cells) {
        return Err(vm.bad_code());
    }
    let function = vm.new_function(code, context, defaults, keywords);
    settle(vm, scope, function)
}

pub(in crate::run) fn make_closure(
    vm: &mut Vm,
    child: usize,
    cells: usize,
    defaults: Local,
    keywords: Local,
) -> Res {
    let first = vm.rt.stack.top() - cells;
    let scope = vm.scope();
    let function = make_function_of(vm, child, cells, defaults, keywords)?;
    if (0..cells).any(|i| !vm.rt.stack.value(first + i).is_kind(Kind::Cell)) {
        return Err(vm.bad_code());
    }
    let new = vm.allocate(Kind::Closure, cells, words_of::<ClosureObj>(cells))?;
    new.set_word(1, vm.get(function).word());
    for i in 0..cells {
        new.set_word(2 + i, vm.rt.stack.read(first + i));
    }
    Ok(vm.end_scope_with(scope, new.local))
}

/// Prepares a call with `*` and `**` arguments. Stack from `ret`: callable (and receiver or null),
/// positional arguments, keyword pairs, and a bitmap of the starred positional ones; a null
/// keyword name stands before a mapping.
pub(in crate::run) fn call_spread(
    vm: &mut Vm,
    ret: usize,
    positional: usize,
    keywords: usize,
    method: bool,
) -> Result<Call, Raised> {
    let first = ret + 1 + usize::from(method);
    let bitmap = vm.rt.stack.value(first + positional + 2 * keywords).as_small_int().unwrap_or(0);
    let arguments = vm.new_list_empty()?;
    if method && !vm.get(Local::at(ret + 1)).is_null() {
        vm.list_append(arguments, Local::at(ret + 1))?;
    }
    for i in 0..positional {
        let arg = Local::at(first + i);
        if i < usize::BITS as usize - 2 && bitmap >> i & 1 != 0 {
            vm.list_extend(arguments, arg)?;
        } else {
            vm.list_append(arguments, arg)?;
        }
    }
    let named = vm.new_dict(keywords)?;
    for i in 0..keywords {
        let name = Local::at(first + positional + 2 * i);
        let value = name.offset(1);
        if vm.get(name).is_null() {
            spread_mapping(vm, named, value)?;
        } else {
            add_keyword(vm, named, name, value)?;
        }
    }
    // everything is in heap objects: lay the arguments out again
    let n = vm.list_len(arguments);
    let callable = vm.push_copy(Local::at(ret));
    if !vm.rt.stack.has_room(vm.rt.stack.top(), n + 2 * keywords + 16) {
        return Err(vm.recursion_error());
    }
    for i in 0..n {
        vm.push_sequence_item(arguments, i);
    }
    let mut k = 0;
    let mut at = 0;
    while let Some((key, value)) = vm.get(named).cast::<HashObj>().and_then(|h| h.entry(at)) {
        at += 1;
        if !key.is_null() {
            vm.push(key);
            vm.push(value);
            k += 1;
        }
    }
    if vm.rt.stack.overflowed.replace(false) {
        return Err(vm.recursion_error());
    }
    move_down(vm, callable.index(), ret, 1 + n + 2 * k);
    vm.prepare_call(ret, ret + 1, n, k, 0)
}

fn add_keyword(vm: &mut Vm, named: Local, name: Local, value: Local) -> Result<(), Raised> {
    if !vm.table_set(named, name, value)? {
        return Err(vm.raise_parts(
            &TYPE_ERROR,
            &[
                Part::Text("function got multiple values for argument '"),
                Part::Str(name),
                Part::Text("'"),
            ],
        ));
    }
    Ok(())
}

/// Adds the items of a mapping to the keyword arguments.
fn spread_mapping(vm: &mut Vm, named: Local, mapping: Local) -> Result<(), Raised> {
    let scope = vm.scope();
    let part = vm.native_part(mapping);
    if matches!(vm.get(part).ref_kind(), Some(Kind::Dict | Kind::OrderedDict)) {
        let mut at = 0;
        loop {
            let inner = vm.scope();
            let Some((key, value)) =
                vm.hash_obj(part).and_then(|h| h.entry(at)).map(|(k, v)| (vm.push(k), vm.push(v)))
            else {
                break;
            };
            at += 1;
            if !vm.get(key).is_null() {
                check_name(vm, key)?;
                add_keyword(vm, named, key, value)?;
            }
            vm.end_scope(inner);
        }
    } else {
        let keys = vm.call_method(mapping, qstr!("keys"), &[])?;
        vm.for_each(keys, |vm, key| {
            check_name(vm, key)?;
            let value = vm.subscr(mapping, key, Subscr::Load)?;
            add_keyword(vm, named, key, value)
        })?;
    }
    vm.end_scope(scope);
    Ok(())
}

fn check_name(vm: &mut Vm, key: Local) -> Result<(), Raised> {
    if vm.str_of(vm.get(key)).is_none() {
        return Err(vm.type_error("keywords must be strings"));
    }
    let q = vm.intern_local(key)?;
    vm.set(key, Value::qstr(q));
    Ok(())
}
