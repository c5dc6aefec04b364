//! The parts of instructions that are not hot, in terms of locals.

#![deny(unsafe_code)]

use snakelet_qstr::Qstr;

use crate::args::Args;
use crate::attr::Attr;
use crate::call::{Call, frame};
use crate::error::Part;
use crate::import::{self, Import};
use crate::native::{BinaryOp, Subscr, UnaryOp};
use crate::object::{ClosureObj, CodeObj, HashObj, Kind, TupleObj, words_of};
use crate::stack::Local;
use crate::types::exception::{
    ATTRIBUTE_ERROR, NAME_ERROR, RUNTIME_ERROR, STOP_ITERATION, TYPE_ERROR, VALUE_ERROR,
};
use crate::value::{Value, Word, raw};
use crate::vm::RootSlot;
use crate::{Raised, Res, Vm, qstr};

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
    vm.raise_text(&NAME_ERROR, "local variable referenced before assignment")
}

pub(super) fn no_such_opcode(vm: &mut Vm) -> Raised {
    vm.raise_text(&RUNTIME_ERROR, "no such instruction")
}

pub(super) fn binary(vm: &mut Vm, op: BinaryOp, left: Local, right: Local) -> Res {
    if let Some(result) = of_floats(vm, op, left, right) {
        return result;
    }
    let scope = vm.scope();
    // most often the type of the left operand knows what to do
    let (l, r) = (vm.get(left), vm.get(right));
    if !l.is_kind(Kind::Instance)
        && !r.is_kind(Kind::Instance)
        && let Some(binary) = vm.native_type_of(l).slots.binary
        && let Some(result) = binary(vm, op, left, right)?
        && !vm.get(result).is(Value::NOT_IMPLEMENTED)
    {
        return Ok(vm.end_scope_with(scope, result));
    }
    let result = vm.binary_op(op, left, right);
    settle(vm, scope, result)
}

/// The operators on two floats that need no more than the machine's own instructions.
#[inline(always)]
fn of_floats(vm: &mut Vm, op: BinaryOp, left: Local, right: Local) -> Option<Res> {
    let a = vm.get(left).as_float()?;
    let b = match vm.get(right).as_float() {
        Some(b) => b,
        // an int that a float holds exactly
        None => vm.get(right).as_small_int().filter(|i| i.unsigned_abs() < 1 << 24)? as f64,
    };
    let result = match op {
        BinaryOp::Add | BinaryOp::InplaceAdd => a + b,
        BinaryOp::Subtract | BinaryOp::InplaceSubtract => a - b,
        BinaryOp::Multiply | BinaryOp::InplaceMultiply => a * b,
        BinaryOp::TrueDivide | BinaryOp::InplaceTrueDivide if b != 0.0 => a / b,
        BinaryOp::Less => return Some(Ok(Local::bool(a < b))),
        BinaryOp::More => return Some(Ok(Local::bool(a > b))),
        BinaryOp::Equal => return Some(Ok(Local::bool(a == b))),
        BinaryOp::LessEqual => return Some(Ok(Local::bool(a <= b))),
        BinaryOp::MoreEqual => return Some(Ok(Local::bool(a >= b))),
        BinaryOp::NotEqual => return Some(Ok(Local::bool(a != b))),
        _ => return None,
    };
    Some(vm.new_float(result))
}

pub(super) fn unary(vm: &mut Vm, op: u8, object: Local) -> Res {
    let scope = vm.scope();
    let op = UnaryOp::from_index(op).unwrap_or(UnaryOp::Positive);
    let result = vm.unary_op(op, object);
    settle(vm, scope, result)
}

pub(super) fn exception_match(vm: &mut Vm, exception: Local, class: Local) -> Result<bool, Raised> {
    let result = vm.binary_op(BinaryOp::ExceptionMatch, exception, class)?;
    Ok(vm.get(result).is(Value::TRUE))
}

pub(super) fn subscr(vm: &mut Vm, object: Local, index: Local) -> Res {
    let scope = vm.scope();
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

// --- names ---------------------------------------------------------------------------------

/// The dict of local names of the running frame, or of globals.
fn names_dict(vm: &Vm) -> Local {
    match vm.frame_names() {
        Some(names) => vm.push(names),
        None => vm.current_globals(),
    }
}

pub(super) fn load_global(vm: &mut Vm, name: Word) -> Res {
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

pub(super) fn load_name(vm: &mut Vm, name: Word) -> Res {
    let names = names_dict(vm);
    if let Some(value) = vm.dict_get_name(vm.get(names), Value::qstr(qstr_of(name))) {
        return Ok(vm.push(value));
    }
    load_global(vm, name)
}

pub(super) fn store_name(vm: &mut Vm, name: Word, value: Local) -> Result<(), Raised> {
    let names = names_dict(vm);
    vm.dict_set_name(names, qstr_of(name), value)
}

pub(super) fn store_global(vm: &mut Vm, name: Word, value: Local) -> Result<(), Raised> {
    let globals = vm.current_globals();
    vm.dict_set_name(globals, qstr_of(name), value)
}

fn delete(vm: &mut Vm, dict: Local, name: Qstr) -> Result<(), Raised> {
    let key = vm.push(Value::qstr(name));
    match vm.table_remove(dict, key)? {
        Some(_) => Ok(()),
        None => Err(vm.raise_named(&NAME_ERROR, "name '", name, "' isn't defined")),
    }
}

pub(super) fn delete_name(vm: &mut Vm, name: Word) -> Result<(), Raised> {
    let names = names_dict(vm);
    delete(vm, names, qstr_of(name))
}

pub(super) fn delete_global(vm: &mut Vm, name: Word) -> Result<(), Raised> {
    let globals = vm.current_globals();
    delete(vm, globals, qstr_of(name))
}

// --- attributes ----------------------------------------------------------------------------

pub(super) fn load_attr(vm: &mut Vm, object: Local, name: Word) -> Res {
    let scope = vm.scope();
    let name = qstr_of(name);
    vm.fill_attr_cache(object, name);
    let result = vm.get_attr(object, name);
    settle(vm, scope, result)
}

/// Puts the function where the object is, and the receiver (or null) behind it.
pub(super) fn load_method(vm: &mut Vm, object: Local, name: Word) -> Result<(), Raised> {
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
pub(super) fn load_super_method(vm: &mut Vm, first: Local, name: Word) -> Result<(), Raised> {
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

pub(super) fn store_attr(
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
pub(super) fn type_key(vm: &Vm, word: Word) -> Word {
    vm.native_key(word)
}

// --- building ------------------------------------------------------------------------------

pub(super) fn build_set(vm: &mut Vm, n: usize) -> Res {
    let first = vm.rt.stack.top() - n;
    let scope = vm.scope();
    let set = vm.new_set(n)?;
    for i in 0..n {
        vm.table_set(set, Local::at(first + i), Local::NULL)?;
    }
    Ok(vm.end_scope_with(scope, set))
}

/// Replaces the sequence on top of the stack by its `n` items, the first topmost.
pub(super) fn unpack(vm: &mut Vm, sequence: Local, n: usize) -> Result<(), Raised> {
    let at = sequence.index();
    let known =
        matches!(vm.get(sequence).ref_kind(), Some(Kind::Tuple | Kind::NamedTuple | Kind::List));
    let items = if known { sequence } else { collect_exactly(vm, sequence, n)? };
    let len = vm.sequence_len(items);
    check_unpacked(vm, len, n, n)?;
    if !vm.rt.stack.has_room(vm.rt.stack.top(), n) {
        return Err(vm.recursion_error());
    }
    let first = vm.rt.stack.top();
    for i in (0..n).rev() {
        vm.push_sequence_item(items, i);
    }
    move_down(vm, first, at, n);
    Ok(())
}

/// Moves `n` slots from `from` down to `to` and makes them the top of the stack.
fn move_down(vm: &Vm, from: usize, to: usize, n: usize) {
    vm.rt.stack.set_top((from + n).max(to + n));
    for i in 0..n {
        let word = vm.rt.stack.read(from + i);
        vm.rt.stack.write(to + i, word);
    }
    vm.rt.stack.set_top(to + n);
}

fn check_unpacked(vm: &mut Vm, len: usize, least: usize, most: usize) -> Result<(), Raised> {
    if len < least {
        return Err(vm.raise_parts(
            &VALUE_ERROR,
            &[
                Part::Text("need more than "),
                Part::Int(len as isize),
                Part::Text(" values to unpack"),
            ],
        ));
    }
    if len > most {
        return Err(vm.raise_parts(
            &VALUE_ERROR,
            &[
                Part::Text("too many values to unpack (expected "),
                Part::Int(most as isize),
                Part::Text(")"),
            ],
        ));
    }
    Ok(())
}

/// Makes a list of at most `n + 1` items of an iterable.
fn collect_exactly(vm: &mut Vm, iterable: Local, n: usize) -> Res {
    let list = vm.new_list_empty()?;
    let iterator = vm.get_iter(iterable)?;
    for _ in 0..=n {
        let scope = vm.scope();
        let Some(item) = vm.iter_next(iterator)? else { break };
        vm.list_append(list, item)?;
        vm.end_scope(scope);
    }
    Ok(list)
}

/// Replaces the sequence on top of the stack by `before` items, a list of the middle, and `after`
/// items; the first item topmost.
pub(super) fn unpack_starred(
    vm: &mut Vm,
    sequence: Local,
    before: usize,
    after: usize,
) -> Result<(), Raised> {
    let at = sequence.index();
    let items = vm.new_list_empty()?;
    vm.list_extend(items, sequence)?;
    let len = vm.list_len(items);
    check_unpacked(vm, len, before + after, usize::MAX)?;
    if !vm.rt.stack.has_room(vm.rt.stack.top(), before + after + 1) {
        return Err(vm.recursion_error());
    }
    let middle = vm.list_slice(items, before, len - after)?;
    let first = vm.rt.stack.top();
    for i in (len - after..len).rev() {
        vm.push_sequence_item(items, i);
    }
    vm.push_copy(middle);
    for i in (0..before).rev() {
        vm.push_sequence_item(items, i);
    }
    move_down(vm, first, at, before + after + 1);
    Ok(())
}

// --- functions -----------------------------------------------------------------------------

pub(super) fn make_function(vm: &mut Vm, child: usize, defaults: Local, keywords: Local) -> Res {
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

pub(super) fn make_closure(
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
pub(super) fn call_spread(
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

// --- exceptions and with -------------------------------------------------------------------

pub(super) fn raise_last(vm: &mut Vm) -> Raised {
    match vm.handled_exception().map(Value::word) {
        Some(word) => {
            vm.set_root_word(RootSlot::Pending, word);
            Raised::new()
        }
        None => vm.raise_text(&RUNTIME_ERROR, "no active exception to reraise"),
    }
}

/// Raises an exception, or an instance of an exception class.
pub(super) fn raise(vm: &mut Vm, object: Local, cause: Local) -> Raised {
    match vm.exception_to_raise(object, cause) {
        Ok(exception) => vm.raise(exception),
        Err(raised) => raised,
    }
}

/// Stack top: a context manager; leaves `__exit__`, its receiver (or null), and what `__enter__`
/// gave, of which the last two lie above the operands.
pub(super) fn enter_with(vm: &mut Vm, manager: Local) -> Result<(), Raised> {
    let copy = vm.push_copy(manager);
    let exit = vm.lookup_attr(copy, qstr!("__exit__"))?;
    let (function, receiver) = match exit {
        Attr::Absent => return Err(vm.no_attribute(copy, qstr!("__exit__"))),
        Attr::Value(value) => (value, Local::NULL),
        Attr::Method(function, receiver) => (function, receiver),
    };
    let entered = vm.call_method(copy, qstr!("__enter__"), &[])?;
    let words = [function, receiver, entered].map(|l| vm.get(l).word());
    vm.rt.stack.set_top(manager.index());
    for word in words {
        vm.rt.stack.push(word);
    }
    Ok(())
}

/// Calls `__exit__` at the end of a `with` block, whichever way it ends; returns the new height
/// of the stack. Stack: `__exit__`, receiver, then by case `None`; or a value and an int; or an
/// exception.
pub(super) fn with_cleanup(vm: &mut Vm, top: Local) -> Result<usize, Raised> {
    let at = top.index();
    let value = vm.get(top);
    if value.is_none() {
        call_exit(vm, Local::at(at - 2), [Local::NONE; 3])?;
        vm.rt.stack.write(at - 2, raw::NONE);
        return Ok(at - 1);
    }
    if value.as_small_int().is_some() {
        call_exit(vm, Local::at(at - 3), [Local::NONE; 3])?;
        let (data, cause) = (vm.rt.stack.read(at - 1), vm.rt.stack.read(at));
        vm.rt.stack.write(at - 3, data);
        vm.rt.stack.write(at - 2, cause);
        return Ok(at - 1);
    }
    let class = vm.push_type_of(top);
    let handled = call_exit(vm, Local::at(at - 2), [class, top, Local::NONE])?;
    let word = if vm.truth(handled)? { raw::NONE } else { vm.rt.stack.read(at) };
    vm.rt.stack.write(at - 2, word);
    Ok(at - 1)
}

/// Calls the `__exit__` whose function and receiver lie at `exit`.
fn call_exit(vm: &mut Vm, exit: Local, args: [Local; 3]) -> Res {
    let receiver = exit.offset(1);
    let first = vm.push_copy(exit);
    let mut n = 3;
    if !vm.get(receiver).is_null() {
        vm.push_copy(receiver);
        n += 1;
    }
    for arg in args {
        vm.push_copy(arg);
    }
    vm.call(first, Args::new(first.offset(1), n, 0))
}

// --- generators ----------------------------------------------------------------------------

/// What sending a value to an iterator gave.
pub(super) enum Sent {
    Yielded(Local),
    Finished(Local),
}

pub(super) fn send_to(vm: &mut Vm, iterator: Local, value: Local) -> Result<Sent, Raised> {
    let result = if !vm.get(value).is_none() {
        vm.call_method(iterator, qstr!("send"), &[value])
    } else if vm.is_python_instance(iterator) {
        vm.call_method(iterator, qstr!("__next__"), &[])
    } else {
        let Some(next) = vm.native_type_of(vm.get(iterator)).slots.next else {
            return Ok(match vm.iter_next(iterator)? {
                Some(item) => Sent::Yielded(item),
                None => Sent::Finished(Local::NONE),
            });
        };
        match next(vm, iterator) {
            Ok(None) => return Ok(Sent::Finished(Local::NONE)),
            Ok(Some(item)) => Ok(item),
            Err(raised) => Err(raised),
        }
    };
    match result {
        Ok(item) => Ok(Sent::Yielded(item)),
        Err(raised) if vm.raised_is(&STOP_ITERATION) => {
            let exception = vm.take_raised(raised)?;
            Ok(Sent::Finished(vm.stop_value(exception)))
        }
        Err(raised) => Err(raised),
    }
}

// --- import and class ----------------------------------------------------------------------

/// Imports a module. A frame is that of a module's code, which is to run first; then the instruction
/// is to be executed again.
pub(super) fn import_name(
    vm: &mut Vm,
    name: Word,
    from: Local,
    level: Local,
) -> Result<Call, Raised> {
    let level = vm.get(level).as_small_int().unwrap_or(0);
    import_in_loop(vm, |vm| import::import_name(vm, qstr_of(name), from, level))
}

/// Takes a name of a module; a frame as for `import_name`.
pub(super) fn import_from(vm: &mut Vm, module: Local, name: Word) -> Result<Call, Raised> {
    import_in_loop(vm, |vm| import::import_from(vm, module, qstr_of(name)))
}

fn import_in_loop(
    vm: &mut Vm,
    import: impl Fn(&mut Vm) -> Result<Import, Raised>,
) -> Result<Call, Raised> {
    loop {
        let scope = vm.scope();
        match import(vm)? {
            Import::Done(value) => return settle(vm, scope, Ok(value)).map(Call::Done),
            Import::Body { module, function } => {
                let (module, function) = (vm.get(module).word(), vm.get(function).word());
                vm.end_scope(scope);
                let module = vm.rt.stack.push(module);
                let callable = vm.rt.stack.push(function).index();
                vm.set_frame_top(module.index());
                match vm.prepare_call(callable, callable + 1, 0, 0, frame::IMPORT)? {
                    Call::Frame => {
                        vm.set_frame_extra(module);
                        return Ok(Call::Frame);
                    }
                    // code that makes a generator of itself
                    Call::Done(_) => import::finished(vm, module)?,
                }
            }
        }
        vm.end_scope(scope);
    }
}

pub(super) fn import_star(vm: &mut Vm, module: Local) -> Result<(), Raised> {
    let names = names_dict(vm);
    crate::import::import_star(vm, module, names)
}

/// `__build_class__`, which a script may have replaced.
pub(super) fn build_class_word(vm: &Vm) -> Word {
    let changed = vm.root(RootSlot::Builtins);
    let name = Value::qstr(qstr!("__build_class__"));
    match vm.dict_get_name(changed, name) {
        Some(replaced) => replaced.word(),
        None => Value::from_ref(&crate::types::class::BUILD_CLASS).word(),
    }
}
