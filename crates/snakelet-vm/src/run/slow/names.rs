//! Names and attributes.

use snakelet_qstr::Qstr;

use super::{qstr_of, settle};
use crate::exception::classes::{ATTRIBUTE_ERROR, NAME_ERROR};
use crate::object::value::{Value, Word, raw};
use crate::protocol::attr::Attr;
use crate::vm::stack::Local;
use crate::{Raised, Res, Vm};

/// The dict of local names of the running frame, or of globals.
pub(super) fn names_dict(vm: &Vm) -> Local {
    match vm.frame_names() {
        Some(names) => vm.push(names),
        None => vm.current_globals(),
    }
}

pub(in crate::run) fn load_global(vm: &mut Vm, name: Word) -> Res {
    let globals = vm.current_globals();
    let key = Value::qstr(qstr_of(name));
    if vm.cache_global(globals, qstr_of(name))
        && let Some(value) = vm.dict_get_name(vm.get(globals), key)
    {
        return Ok(vm.push(value));
    }
    let value = load_builtin(vm, qstr_of(name))?;
    vm.cache_builtin(globals, qstr_of(name), value);
    Ok(value)
}

fn load_builtin(vm: &mut Vm, name: Qstr) -> Res {
    if let Some(value) = vm.find_builtin(name)? {
        return Ok(value);
    }
    Err(vm.raise_named(&NAME_ERROR, "name '", name, "' isn't defined"))
}

pub(in crate::run) fn load_name(vm: &mut Vm, name: Word) -> Res {
    let names = names_dict(vm);
    if let Some(value) = vm.dict_get_name(vm.get(names), Value::qstr(qstr_of(name))) {
        return Ok(vm.push(value));
    }
    load_global(vm, name)
}

pub(in crate::run) fn store_name(vm: &mut Vm, name: Word, value: Local) -> Result<(), Raised> {
    let names = names_dict(vm);
    vm.dict_set_name(names, qstr_of(name), value)
}

pub(in crate::run) fn store_global(vm: &mut Vm, name: Word, value: Local) -> Result<(), Raised> {
    let globals = vm.current_globals();
    vm.dict_set_name(globals, qstr_of(name), value)?;
    vm.cache_global(globals, qstr_of(name));
    Ok(())
}

fn delete(vm: &mut Vm, dict: Local, name: Qstr) -> Result<(), Raised> {
    let key = vm.push(Value::qstr(name));
    match vm.table_remove(dict, key)? {
        Some(_) => Ok(()),
        None => Err(vm.raise_named(&NAME_ERROR, "name '", name, "' isn't defined")),
    }
}

pub(in crate::run) fn delete_name(vm: &mut Vm, name: Word) -> Result<(), Raised> {
    let names = names_dict(vm);
    delete(vm, names, qstr_of(name))
}

pub(in crate::run) fn delete_global(vm: &mut Vm, name: Word) -> Result<(), Raised> {
    let globals = vm.current_globals();
    delete(vm, globals, qstr_of(name))
}

pub(in crate::run) fn load_attr(vm: &mut Vm, object: Local, name: Word) -> Res {
    let scope = vm.scope();
    let name = qstr_of(name);
    vm.fill_attr_cache(object, name);
    let result = vm.get_attr(object, name);
    settle(vm, scope, result)
}

/// Puts the function where the object is, and the receiver (or null) behind it.
pub(in crate::run) fn load_method(vm: &mut Vm, object: Local, name: Word) -> Result<(), Raised> {
    let scope = vm.scope();
    let name = qstr_of(name);
    vm.fill_attr_cache(object, name);
    let found = vm.lookup_attr(object, name)?;
    place_method(vm, object, name, found)?;
    vm.end_scope(scope);
    Ok(())
}

fn place_method(vm: &mut Vm, object: Local, name: Qstr, found: Attr) -> Result<(), Raised> {
    let (function, receiver) = match found {
        Attr::Absent => return Err(vm.no_attribute(object, name)),
        Attr::Value(value) => (vm.get(value).word(), raw::NULL),
        Attr::Method(function, receiver) => (vm.get(function).word(), vm.get(receiver).word()),
    };
    let at = object.index();
    vm.rt.stack.set_top(at);
    vm.rt.stack.push(function);
    vm.rt.stack.push(receiver);
    // the receiver's slot is above the operands: the loop makes it part of them
    vm.rt.stack.set_top(at + 2);
    Ok(())
}

/// Stack: super-function class object; leaves function and receiver in the first two.
pub(in crate::run) fn load_super_method(
    vm: &mut Vm,
    first: Local,
    name: Word,
) -> Result<(), Raised> {
    let name = qstr_of(name);
    let (class, object) = (first.offset(1), first.offset(2));
    let found = vm.lookup_super_of(class, object, name)?;
    if let Attr::Absent = found {
        return Err(vm.raise_named(
            &ATTRIBUTE_ERROR,
            "'super' object has no attribute '",
            name,
            "'",
        ));
    }
    place_method(vm, first, name, found)
}

pub(in crate::run) fn store_attr(
    vm: &mut Vm,
    object: Local,
    name: Word,
    value: Local,
) -> Result<(), Raised> {
    let name = qstr_of(name);
    if vm.get(value).is_null() {
        return vm.del_attr(object, name);
    }
    vm.set_attr(object, name, value)?;
    vm.note_stored(object, name);
    Ok(())
}

/// The key under which methods of an object of a native type are cached.
#[inline]
pub(in crate::run) fn type_key(vm: &Vm, word: Word) -> Word {
    vm.native_key(word)
}
