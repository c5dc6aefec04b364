//! Named tuples.
//!
//! `namedtuple()` makes a class that derives from `tuple`; its dict holds `_fields`, a tuple of
//! interned names, and `__new__`. An instance of the class itself is a tuple with the class in
//! front; one of a class derived from it is an ordinary instance with such a tuple inside.

use snakelet_qstr::Qstr;

use crate::exception::classes::{ATTRIBUTE_ERROR, TYPE_ERROR};
use crate::native::print::Out;
use crate::native::{AttrOp, NativeFn, VARIADIC};
use crate::object::copy;
use crate::object::value::Value;
use crate::object::{ClassObj, Kind, ListObj, Slot, TupleObj, words_of};
use crate::protocol::attr::Attr;
use crate::types::attrtuple;
use crate::types::tuple::TUPLE;
use crate::vm::stack::Local;
use crate::{Args, Param, Raised, Res, Vm, name, qstr};

static NEW: NativeFn =
    NativeFn::new(name!("__new__"), 1, VARIADIC, new_instance).static_method().keywords();
static MAKE: NativeFn = NativeFn::new(name!("_make"), 2, 2, make_of_iterable).class_method();
static ASDICT: NativeFn = NativeFn::new(name!("_asdict"), 1, 1, asdict);
static REPLACE: NativeFn = NativeFn::new(name!("_replace"), 1, 1, replace).keywords();

/// `namedtuple(name, fields, *, defaults)`: makes a class whose instances are tuples with names.
pub static NAMEDTUPLE: NativeFn =
    NativeFn::new(name!("namedtuple"), 1, 2, namedtuple).static_method().keywords();

fn namedtuple(vm: &mut Vm, args: Args) -> Res {
    let [name, fields, _rename, defaults] = args.parse(
        vm,
        const {
            &[
                Param::required(name!("typename")),
                Param::required(name!("field_names")),
                Param::keyword(name!("rename")).or(Local::FALSE),
                Param::keyword(name!("defaults")).or(Local::NONE),
            ]
        },
    )?;
    let name = vm.intern_local(name)?;
    let names = field_names(vm, fields)?;
    let dict = vm.new_dict(8)?;
    vm.dict_set_name(dict, qstr!("_fields"), names)?;
    if !vm.get(defaults).is_none() {
        let values = vm.tuple_from(defaults)?;
        if vm.sequence_len(values) > vm.sequence_len(names) {
            return Err(vm.type_error("got more default values than field names"));
        }
        vm.dict_set_name(dict, qstr!("_field_defaults"), values)?;
    }
    for function in [&NEW, &MAKE, &ASDICT, &REPLACE] {
        let scope = vm.scope();
        let value = vm.push(Value::from_ref(function));
        let name = vm.intern_name(function.name)?;
        vm.dict_set_name(dict, name, value)?;
        vm.end_scope(scope);
    }
    let base = vm.push(Value::from_ref(&TUPLE));
    let bases = vm.new_tuple(base, 1)?;
    vm.new_class(name, bases, dict)
}

/// The tuple of interned field names that a string or sequence gives.
fn field_names(vm: &mut Vm, fields: Local) -> Res {
    let given = if vm.str_of(vm.get(fields)).is_some() {
        split(vm, fields)?
    } else if vm.get(fields).cast::<ListObj>().is_some()
        || vm.get(fields).cast::<TupleObj>().is_some()
    {
        fields
    } else {
        vm.list_from(fields)?
    };
    let n = vm.sequence_len(given);
    let names = vm.new_list_sized(n)?;
    for i in 0..n {
        let scope = vm.scope();
        let text = vm.push_sequence_item(given, i);
        let name = vm.intern_local(text)?;
        vm.list_set(names, i, Value::qstr(name));
        vm.end_scope(scope);
        vm.charge(1)?;
    }
    vm.tuple_from_list(names)
}

/// The words of a string, which spaces or commas separate.
fn split(vm: &mut Vm, text: Local) -> Res {
    let words = vm.new_list_empty()?;
    let mut at = 0;
    loop {
        let scope = vm.scope();
        let rest = vm.str_of(vm.get(text)).and_then(|t| t.get(at..)).unwrap_or_default();
        let separates = |c: &u8| *c == b',' || c.is_ascii_whitespace();
        let before = rest.iter().take_while(|c| separates(c)).count();
        let start = at + before;
        let len = rest.iter().skip(before).take_while(|c| !separates(c)).count();
        if len == 0 {
            return Ok(words);
        }
        let word = vm.new_str_with(len, |vm, out| {
            let from = vm.bytes_of(vm.get(text)).and_then(|b| b.get(start..start + len));
            if let Some(from) = from {
                copy(from, out);
            }
        })?;
        vm.list_append(words, word)?;
        vm.end_scope(scope);
        vm.charge(2)?;
        vm.charge_bytes(start - at + len)?;
        at = start + len;
    }
}

/// An entry of the class that holds the fields: `class` or a base of it.
fn entry<'h>(vm: &'h Vm, class: Value<'h>, name: Qstr) -> Option<&'h TupleObj> {
    vm.class_lookup(class, name)?.cast::<TupleObj>()
}

/// The number of a field.
fn field(vm: &Vm, class: Value<'_>, name: Value<'_>) -> Option<usize> {
    let fields = entry(vm, class, qstr!("_fields"))?.items();
    let found = fields.iter().position(|f| f.get().is(name));
    vm.charge_later(found.unwrap_or(fields.len()) / 16);
    found
}

/// The class, in the order of `class`, that defines the fields.
fn home(vm: &Vm, class: Local) -> Local {
    let found = vm.get(class).cast::<ClassObj>().and_then(|c| {
        let name = Value::qstr(qstr!("_fields"));
        let defines = |c: &Value<'_>| {
            let dict = c.cast::<ClassObj>().map(|c| c.dict.get());
            dict.is_some_and(|dict| vm.dict_get_name(dict, name).is_some())
        };
        c.mro_items().iter().map(Slot::get).find(defines)
    });
    match found {
        Some(home) => vm.push(home),
        None => class,
    }
}

fn new_instance(vm: &mut Vm, args: Args) -> Res {
    let class = args.get(0);
    let values = args.skip(1);
    let home = home(vm, class);
    let Some(n) = entry(vm, vm.get(home), qstr!("_fields")).map(TupleObj::len) else {
        return Err(vm.type_error("not a named tuple"));
    };
    if values.len() > n {
        crate::protocol::call::parse::check_count(vm, values.len(), n, n)?;
    }
    let words = words_of::<TupleObj>(n.saturating_add(1));
    let new = vm.allocate(Kind::NamedTuple, n, words)?.local;
    let set = |vm: &Vm, i: usize, value: Local| {
        if let Some(slot) = vm.get(new).cast::<TupleObj>().and_then(|t| t.items().get(i)) {
            slot.set(vm.get(value));
        }
    };
    if let Some(slot) = vm.get(new).cast::<TupleObj>().and_then(TupleObj::class) {
        slot.set(vm.get(home));
    }
    for (i, value) in values.iter().enumerate() {
        set(vm, i, value);
    }
    for i in 0..values.keywords() {
        let (name, value) = values.keyword(i);
        let q = vm.intern_local(name)?;
        let Some(at) = field(vm, vm.get(home), Value::qstr(q)) else {
            return Err(argument_error(vm, "unexpected keyword argument '", q));
        };
        let taken = vm.items_of(vm.get(new)).get(at).is_some_and(|v| !v.get().is_null());
        if taken {
            return Err(argument_error(vm, "function got multiple values for argument '", q));
        }
        set(vm, at, value);
    }
    fill_defaults(vm, home, new, n)?;
    if vm.get(home).is(vm.get(class)) {
        return Ok(new);
    }
    let instance = vm.new_instance(class)?;
    vm.set_native_part(instance, new);
    Ok(instance)
}

fn fill_defaults(vm: &mut Vm, home: Local, new: Local, n: usize) -> Result<(), Raised> {
    let defaults =
        entry(vm, vm.get(home), qstr!("_field_defaults")).map_or(&[][..], TupleObj::items);
    let items = vm.items_of(vm.get(new));
    let mut missing = 0;
    for (i, slot) in items.iter().enumerate().filter(|(_, s)| s.get().is_null()) {
        match (i + defaults.len()).checked_sub(n).and_then(|d| defaults.get(d)) {
            Some(default) => slot.set(default.get()),
            None => {
                slot.set(Value::NONE);
                missing += 1;
            }
        }
    }
    if missing > 0 {
        return crate::protocol::call::parse::check_count(vm, n - missing, n, n);
    }
    Ok(())
}

fn argument_error(vm: &mut Vm, text: &str, name: Qstr) -> Raised {
    vm.raise_named(&TYPE_ERROR, text, name, "'")
}

/// Calls a class with the items of a sequence.
fn call_class(vm: &mut Vm, class: Local, items: Local) -> Res {
    let n = vm.sequence_len(items);
    if !vm.rt.stack.has_room(vm.rt.stack.top(), n + 1) {
        return Err(vm.recursion_error());
    }
    vm.call_spread(class, items, Local::NULL)
}

fn make_of_iterable(vm: &mut Vm, args: Args) -> Res {
    let items = vm.sequence_from(args.get(1))?;
    call_class(vm, args.get(0), items)
}

fn asdict(vm: &mut Vm, args: Args) -> Res {
    let tuple = args.get(0);
    let Some(class) = vm.get(tuple).cast::<TupleObj>().and_then(TupleObj::class) else {
        return Err(vm.wrong_receiver());
    };
    let class = vm.push(class.get());
    let dict = vm.new_ordered_dict()?;
    for i in 0..vm.sequence_len(tuple) {
        let scope = vm.scope();
        let name = entry(vm, vm.get(class), qstr!("_fields")).and_then(|f| f.items().get(i));
        let name = vm.push(name.map_or(Value::NONE, Slot::get));
        let value = vm.tuple_item(tuple, i);
        vm.table_set(dict, name, value)?;
        vm.end_scope(scope);
        vm.charge(1)?;
    }
    Ok(dict)
}

/// `_replace(**fields)`: a copy with some fields changed.
fn replace(vm: &mut Vm, args: Args) -> Res {
    let tuple = args.get(0);
    let Some(class) = vm.get(tuple).cast::<TupleObj>().and_then(TupleObj::class) else {
        return Err(vm.wrong_receiver());
    };
    let class = vm.push(class.get());
    let items = vm.list_from(tuple)?;
    for i in 0..args.keywords() {
        let (name, value) = args.keyword(i);
        let q = vm.intern_local(name)?;
        match field(vm, vm.get(class), Value::qstr(q)) {
            Some(at) => vm.list_set(items, at, vm.get(value)),
            None => return Err(argument_error(vm, "unexpected keyword argument '", q)),
        }
    }
    call_class(vm, class, items)
}

/// Prints a named tuple: its class's name, and each field with its name.
pub(crate) fn print(vm: &mut Vm, tuple: Local, out: Out) -> Result<(), Raised> {
    let class = vm.push_type_of(tuple);
    let name = vm.type_name(vm.get(class));
    vm.emit_name(out, name)?;
    let names = vm.push(match entry(vm, vm.get(class), qstr!("_fields")) {
        Some(names) => Value::from_ref(names),
        None => Value::NONE,
    });
    attrtuple::print_fields(vm, names, tuple, out)
}

/// The fields of a named tuple, and what its class defines.
pub(crate) fn attr(
    vm: &mut Vm,
    tuple: Local,
    name: Qstr,
    op: AttrOp,
) -> Result<Option<Local>, Raised> {
    let class = vm.push_type_of(tuple);
    let at = field(vm, vm.get(class), Value::qstr(name));
    match (op, at) {
        (AttrOp::Load, Some(at)) => Ok(Some(vm.tuple_item(tuple, at))),
        (AttrOp::Load, None) => {
            let Some(found) = vm.class_lookup(vm.get(class), name) else { return Ok(None) };
            let found = vm.push(found);
            match vm.bind(found, tuple, class)? {
                Attr::Value(value) => Ok(Some(value)),
                Attr::Method(function, receiver) => {
                    vm.new_bound_method(function, receiver).map(Some)
                }
                Attr::Absent => Ok(None),
            }
        }
        (_, Some(_)) => Err(vm.raise_text(&ATTRIBUTE_ERROR, "can't set attribute")),
        (_, None) => Ok(None),
    }
}
