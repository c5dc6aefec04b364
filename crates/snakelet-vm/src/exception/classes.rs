//! The built-in exceptions.

use snakelet_qstr::Qstr;

use crate::native::print::{Out, PrintKind};
use crate::native::{AttrOp, Behaviour, Name, NativeType, slots};
use crate::object::value::Value;
use crate::object::{ExceptionObj, Kind, ListObj, TupleObj};
use crate::vm::stack::Local;
use crate::{Args, Raised, Res, Vm, method, methods, name, qstr};

macro_rules! exceptions {
    ($($(#[$on:meta])? $name:ident $text:literal : $base:ident;)*) => {
        $(
            $(#[$on])?
            #[doc = concat!("`", $text, "`.")]
            pub static $name: NativeType = NativeType::derived(name!($text), &$base);
        )*
        /// Every built-in exception, for the table of builtins.
        pub(crate) static ALL: &[&NativeType] = &[&BASE_EXCEPTION, $($(#[$on])? &$name,)*];
    };
}

/// `BaseException`.
pub static BASE_EXCEPTION: NativeType = NativeType::new(name!("BaseException"), Kind::Exception)
    .slots(slots!(Behaviour::NONE.make(make).print(print).attr(attr)))
    .methods(methods![
        method!("__init__", 1, crate::native::VARIADIC, init),
        method!("with_traceback", 2, 2, with_traceback),
    ]);

exceptions! {
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
    print_kind(vm, object, out, kind, class.name)
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
    } else if (name == qstr!("value") && class.is_subtype(&STOP_ITERATION))
        || (name == qstr!("code") && class.is_subtype(&SYSTEM_EXIT))
        || (name == qstr!("errno") && class.is_subtype(&OS_ERROR))
    {
        argument(vm, object, 0)
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

impl Vm {
    /// The value that a `StopIteration` carries: its first argument or `None`.
    pub(crate) fn stop_value(&self, exception: Local) -> Local {
        let part = self.native_part(exception);
        argument(self, part, 0)
    }
}
