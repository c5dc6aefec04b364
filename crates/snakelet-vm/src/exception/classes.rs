//! The built-in exceptions.

use snakelet_qstr::Qstr;

use crate::native::print::{Out, PrintKind};
use crate::native::{AttrOp, Behaviour, Name, NativeType, slots};
use crate::object::value::Value;
use crate::object::{ExceptionObj, Kind, ListObj, TupleObj};
use crate::vm::stack::Local;
use crate::{Args, Raised, Res, Vm, method, methods, name, qstr};

macro_rules! exceptions {
    ($list:ident $($(#[$on:meta])? $name:ident $text:literal : $base:ident;)*) => {
        $(
            $(#[$on])?
            #[doc = concat!("`", $text, "`.")]
            pub static $name: NativeType = NativeType::derived(name!($text), &$base);
        )*
        pub(crate) static $list: &[&NativeType] = &[$($(#[$on])? &$name,)*];
    };
}

#[cfg(feature = "cpython")]
mod narrow;
#[cfg(feature = "cpython")]
pub use narrow::*;

// Without the narrower classes, what would be raised of one is raised of the class that it derives from.
#[cfg(not(feature = "cpython"))]
pub use {
    IMPORT_ERROR as MODULE_NOT_FOUND_ERROR, NAME_ERROR as UNBOUND_LOCAL_ERROR,
    RUNTIME_ERROR as RECURSION_ERROR, UNICODE_ERROR as UNICODE_DECODE_ERROR,
    UNICODE_ERROR as UNICODE_ENCODE_ERROR,
};

/// The built-in exceptions.
pub(crate) fn all() -> impl Iterator<Item = &'static NativeType> {
    let all = core::iter::once(&BASE_EXCEPTION).chain(COMMON.iter().copied());
    #[cfg(feature = "cpython")]
    let all = all.chain(narrow::NARROW.iter().copied());
    all
}

/// The built-in exception class of a name.
pub(crate) fn find(vm: &Vm, name: Qstr) -> Option<&'static NativeType> {
    #[cfg(feature = "cpython")]
    if matches!(vm.qstr_text(name), "IOError" | "EnvironmentError") {
        return Some(&OS_ERROR);
    }
    all().find(|class| class.name.is(vm, name))
}

/// The class of an `OSError` with this number.
#[cfg(not(feature = "cpython"))]
pub fn of_errno(_number: i32) -> &'static NativeType {
    &OS_ERROR
}

/// `BaseException`.
pub static BASE_EXCEPTION: NativeType = NativeType::new(name!("BaseException"), Kind::Exception)
    .slots(slots!(Behaviour::NONE.make(make).print(print).attr(attr)))
    .methods(methods![
        method!("__init__", 1, crate::native::VARIADIC, init),
        method!("with_traceback", 2, 2, with_traceback),
    ]);

exceptions! { COMMON
    EXCEPTION "Exception": BASE_EXCEPTION;
    SYSTEM_EXIT "SystemExit": BASE_EXCEPTION;
    KEYBOARD_INTERRUPT "KeyboardInterrupt": BASE_EXCEPTION;
    GENERATOR_EXIT "GeneratorExit": BASE_EXCEPTION;
    STOP_ITERATION "StopIteration": EXCEPTION;
    STOP_ASYNC_ITERATION "StopAsyncIteration": EXCEPTION;
    ARITHMETIC_ERROR "ArithmeticError": EXCEPTION;
    ZERO_DIVISION_ERROR "ZeroDivisionError": ARITHMETIC_ERROR;
    OVERFLOW_ERROR "OverflowError": ARITHMETIC_ERROR;
    ASSERTION_ERROR "AssertionError": EXCEPTION;
    ATTRIBUTE_ERROR "AttributeError": EXCEPTION;
    EOF_ERROR "EOFError": EXCEPTION;
    IMPORT_ERROR "ImportError": EXCEPTION;
    LOOKUP_ERROR "LookupError": EXCEPTION;
    INDEX_ERROR "IndexError": LOOKUP_ERROR;
    KEY_ERROR "KeyError": LOOKUP_ERROR;
    MEMORY_ERROR "MemoryError": EXCEPTION;
    NAME_ERROR "NameError": EXCEPTION;
    OS_ERROR "OSError": EXCEPTION;
    RUNTIME_ERROR "RuntimeError": EXCEPTION;
    NOT_IMPLEMENTED_ERROR "NotImplementedError": RUNTIME_ERROR;
    SYNTAX_ERROR "SyntaxError": EXCEPTION;
    INDENTATION_ERROR "IndentationError": SYNTAX_ERROR;
    TYPE_ERROR "TypeError": EXCEPTION;
    #[cfg(feature = "viper")]
    VIPER_TYPE_ERROR "ViperTypeError": SYNTAX_ERROR;
    VALUE_ERROR "ValueError": EXCEPTION;
    UNICODE_ERROR "UnicodeError": VALUE_ERROR;
    VIEW_OVERFLOW_ERROR "BufferError": EXCEPTION;
}

fn make(vm: &mut Vm, class: Local, args: Args) -> Res {
    let native = vm.get(class).as_native_type().unwrap_or(&EXCEPTION);
    if args.keywords() > 0 {
        return Err(vm.type_error("function doesn't take keyword arguments"));
    }
    // a number and what it means are those of a narrower class
    #[cfg(feature = "cpython")]
    let number = (core::ptr::eq(native, &OS_ERROR) && args.len() > 1)
        .then(|| vm.get(args.get(0)).as_small_int())
        .flatten();
    #[cfg(feature = "cpython")]
    let native = number.and_then(|n| i32::try_from(n).ok()).map_or(native, of_errno);
    let tuple = vm.exception_args(args.first(), args.len())?;
    vm.new_exception_args(native, tuple)
}

fn init(vm: &mut Vm, args: Args) -> Res {
    let rest = args.skip(1);
    let tuple = vm.new_tuple(rest.first(), rest.len())?;
    match vm.get(args.get(0)).cast::<ExceptionObj>() {
        Some(e) => {
            e.args.set(vm.get(tuple));
            Ok(Local::NONE)
        }
        None => Err(vm.wrong_receiver()),
    }
}

fn with_traceback(_vm: &mut Vm, args: Args) -> Res {
    Ok(args.get(0))
}

/// The arguments of an exception.
fn args_of(vm: &Vm, exception: Local) -> Option<&TupleObj> {
    vm.get(exception).cast::<ExceptionObj>()?.args.get().cast::<TupleObj>()
}

fn print(vm: &mut Vm, object: Local, out: Out, kind: PrintKind) -> Result<(), Raised> {
    let class = vm.native_type_of(vm.get(object));
    // a number alone is written as MicroPython does it, which has one class for all of them
    let alone = class.is_subtype(&OS_ERROR) && args_of(vm, object).is_some_and(|t| t.len() == 1);
    print_kind(vm, object, out, kind, if alone { OS_ERROR.name } else { class.name })
}

/// Prints `repr()` of an exception under the name of a Python class.
pub(crate) fn print_as(vm: &mut Vm, object: Local, out: Out, name: Name) -> Result<(), Raised> {
    print_kind(vm, object, out, PrintKind::Repr, name)
}

fn print_kind(
    vm: &mut Vm,
    object: Local,
    out: Out,
    kind: PrintKind,
    name: Name,
) -> Result<(), Raised> {
    let scope = vm.scope();
    let n = args_of(vm, object).map_or(0, TupleObj::len);
    let class = vm.native_type_of(vm.get(object));
    if kind == PrintKind::Repr {
        vm.emit_name(out, name)?;
        let args = match vm.get(object).cast::<ExceptionObj>() {
            Some(e) => vm.push(e.args.get()),
            None => Local::NONE,
        };
        vm.print(args, out, PrintKind::Repr)?;
    } else if n == 1 {
        let arg = argument(vm, object, 0);
        if class.is_subtype(&OS_ERROR)
            && let Some(number) = vm.get(arg).as_small_int()
            && let Some(name) = crate::exception::errno::name(number)
        {
            vm.emit(out, b"[Errno ")?;
            vm.emit_int(out, number)?;
            vm.emit(out, b"] ")?;
            vm.emit_name(out, name)?;
        } else {
            let inner = if class.is_subtype(&KEY_ERROR) { PrintKind::Repr } else { kind };
            vm.print(arg, out, inner)?;
        }
    } else if n > 1 {
        if class.is_subtype(&OS_ERROR) && n == 2 {
            vm.emit(out, b"[Errno ")?;
            let number = argument(vm, object, 0);
            vm.print(number, out, PrintKind::Str)?;
            vm.emit(out, b"] ")?;
            let known = vm.get(number).as_small_int().and_then(crate::exception::errno::name);
            if let Some(name) = known {
                vm.emit_name(out, name)?;
                vm.emit(out, b": ")?;
            }
            let text = argument(vm, object, 1);
            vm.print(text, out, PrintKind::Str)?;
        } else {
            let args = match vm.get(object).cast::<ExceptionObj>() {
                Some(e) => vm.push(e.args.get()),
                None => Local::NONE,
            };
            vm.print(args, out, PrintKind::Repr)?;
        }
    }
    vm.end_scope(scope);
    Ok(())
}

/// Argument `i` of an exception, or `None`.
fn argument(vm: &Vm, exception: Local, i: usize) -> Local {
    match args_of(vm, exception).and_then(|t| t.items().get(i)) {
        Some(slot) => vm.push(slot.get()),
        None => Local::NONE,
    }
}

fn attr(vm: &mut Vm, object: Local, name: Qstr, op: AttrOp) -> Result<Option<Local>, Raised> {
    let Some(e) = vm.get(object).cast::<ExceptionObj>() else { return Ok(None) };
    let class = vm.native_type_of(vm.get(object));
    if let AttrOp::Store(value) = op {
        let slot = if name == qstr!("__cause__") {
            &e.cause
        } else if name == qstr!("__context__") {
            &e.context
        } else if name == qstr!("__traceback__") {
            if vm.get(value).is_none() {
                // the list's room is kept for places to come
                match e.traceback.get().cast::<ListObj>() {
                    Some(list) => list.set_len(0),
                    None => e.traceback.set(Value::NULL),
                }
            }
            return Ok(Some(Local::NONE));
        } else if name == qstr!("args") {
            &e.args
        } else if name == qstr!("__suppress_context__") {
            e.header.set_aux(usize::from(vm.get(value).is(Value::TRUE)));
            return Ok(Some(Local::NONE));
        } else {
            return Ok(None);
        };
        slot.set(vm.get(value));
        return Ok(Some(Local::NONE));
    }
    if let AttrOp::Delete = op {
        return Ok(None);
    }
    let or_none = |v: Value<'_>| if v.is_null() { Local::NONE } else { vm.push(v) };
    Ok(Some(if name == qstr!("args") {
        vm.push(e.args.get())
    // tools of MicroPython read the value of any exception of a board
    } else if (name == qstr!("value")
        && (cfg!(not(feature = "cpython")) || class.is_subtype(&STOP_ITERATION)))
        || (name == qstr!("code") && class.is_subtype(&SYSTEM_EXIT))
        || (name == qstr!("errno") && class.is_subtype(&OS_ERROR))
    {
        argument(vm, object, 0)
    } else if let Some(found) = own_attribute(vm, object, class, name) {
        found
    } else if name == qstr!("__cause__") {
        or_none(e.cause.get())
    } else if name == qstr!("__context__") {
        or_none(e.context.get())
    } else if name == qstr!("__traceback__") {
        or_none(e.traceback.get())
    } else if name == qstr!("__suppress_context__") {
        Local::bool(e.header.aux() & 1 != 0)
    } else {
        return Ok(None);
    }))
}

/// What only some classes have.
#[cfg(feature = "cpython")]
fn own_attribute(vm: &Vm, object: Local, class: &'static NativeType, name: Qstr) -> Option<Local> {
    let is = |of: &'static NativeType| class.is_subtype(of);
    // syntax errors have their place in the traceback: file, line, column
    let place = |i: usize| {
        let list = vm.get(object).cast::<ExceptionObj>()?.traceback.get();
        let found = list.cast::<ListObj>()?.items().get(i)?.get();
        (i != 2 || found.as_small_int().is_some()).then(|| vm.push(found))
    };
    let i = match vm.qstr_text(name) {
        "strerror" if is(&OS_ERROR) => 1,
        "filename" if is(&OS_ERROR) => 2,
        "filename2" if is(&OS_ERROR) => 4,
        "encoding" if is(&UNICODE_ERROR) => 0,
        "object" if is(&UNICODE_ERROR) => 1,
        "start" if is(&UNICODE_ERROR) => 2,
        "end" if is(&UNICODE_ERROR) => 3,
        "reason" if is(&UNICODE_ERROR) => 4,
        "msg" if is(&SYNTAX_ERROR) || is(&IMPORT_ERROR) => 0,
        "filename" if is(&SYNTAX_ERROR) => return Some(place(0).unwrap_or(Local::NONE)),
        "lineno" if is(&SYNTAX_ERROR) => return Some(place(1).unwrap_or(Local::NONE)),
        "offset" if is(&SYNTAX_ERROR) => return Some(place(2).unwrap_or(Local::NONE)),
        _ => return None,
    };
    Some(argument(vm, object, i))
}

#[cfg(not(feature = "cpython"))]
fn own_attribute(_: &Vm, _: Local, _: &'static NativeType, _: Qstr) -> Option<Local> {
    None
}

/// The attributes that were set of an exception of a built-in class, as a dict; `None` if none was.
#[cfg(feature = "cpython")]
fn attributes(vm: &Vm, exception: Local) -> Option<Local> {
    let dict = vm.get(exception).cast::<ExceptionObj>()?.attributes.get();
    (!dict.is_null()).then(|| vm.push(dict))
}

/// Reads, sets or deletes an attribute that is none of those that all exceptions have.
#[cfg(feature = "cpython")]
pub(crate) fn other_attribute(
    vm: &mut Vm,
    exception: Local,
    name: Qstr,
    op: AttrOp,
) -> Result<Option<Local>, Raised> {
    let all = name == qstr!("__dict__");
    let dict = match attributes(vm, exception) {
        Some(dict) => dict,
        None if !vm.get(exception).is_kind(Kind::Exception) => return Ok(None),
        None if all || matches!(op, AttrOp::Store(_)) => {
            let dict = vm.new_dict(0)?;
            if let Some(e) = vm.get(exception).cast::<ExceptionObj>() {
                e.attributes.set(vm.get(dict));
            }
            dict
        }
        None => return Ok(None),
    };
    match op {
        AttrOp::Load if all => Ok(Some(dict)),
        AttrOp::Load => {
            let found = vm.dict_get_name(vm.get(dict), Value::qstr(name));
            Ok(found.map(|found| vm.push(found)))
        }
        _ if all => Ok(None),
        AttrOp::Store(value) => {
            vm.dict_set_name(dict, name, value)?;
            Ok(Some(Local::NONE))
        }
        AttrOp::Delete => {
            let key = vm.push(Value::qstr(name));
            Ok(vm.table_remove(dict, key)?.map(|_| Local::NONE))
        }
    }
}

impl Vm {
    /// The value that a `StopIteration` carries: its first argument or `None`.
    pub(crate) fn stop_value(&self, exception: Local) -> Local {
        let part = self.native_part(exception);
        argument(self, part, 0)
    }
}
