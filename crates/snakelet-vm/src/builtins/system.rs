//! Built-in functions that compile, run and import.

use crate::native::args::Param;
use crate::native::print::{Out, PrintKind};
use crate::native::{Constant, Contents, NativeFn};
use crate::object::copy;
use crate::object::value::Value;
use crate::object::{CodeHandle, FunctionObj, HashObj, Kind};
use crate::vm::stack::Local;
use crate::{Args, Raised, Res, Vm, function, methods, name, qstr};

pub(super) const CONTENTS: Contents = Contents {
    functions: methods![
        function!("__import__", 1, 5, import),
        function!("__repl_print__", 1, 1, repl_print),
        function!("compile", 3, 6, compile).keywords(),
        function!("eval", 1, 3, eval),
        function!("exec", 1, 3, exec),
        function!("execfile", 1, 3, execfile),
    ],
    constants: &[
        #[cfg(feature = "files")]
        (name!("open"), Constant::Function(&OPEN)),
    ],
};

/// `open`, which is in `io` too.
#[cfg(feature = "files")]
pub(crate) static OPEN: NativeFn =
    NativeFn::new(name!("open"), 1, 4, open).static_method().keywords();

fn import(vm: &mut Vm, args: Args) -> Res {
    if vm.str_of(vm.get(args.get(0))).is_none() {
        return Err(vm.type_error("module name should be a str"));
    }
    let globals = args.opt(1).unwrap_or(Local::NONE);
    let from = args.opt(3).unwrap_or(Local::NONE);
    let level = match args.opt(4) {
        Some(level) => vm.index_of(level)?,
        None => 0,
    };
    if level > 0 && !vm.get(globals).is_none() && vm.get(globals).cast::<HashObj>().is_none() {
        return Err(vm.type_error("globals must be a dict"));
    }
    crate::import::import(vm, args.get(0), globals, from, level)
}

/// Globals and locals of the code that is run: those given, or the caller's.
fn namespaces(vm: &mut Vm, args: Args) -> Result<(Local, Local), Raised> {
    let given = |vm: &Vm, i: usize| args.opt(i).filter(|l| !vm.get(*l).is_none());
    let globals = match given(vm, 1) {
        Some(globals) => {
            let globals = vm.native_part(globals);
            if vm.get(globals).cast::<HashObj>().is_none() {
                return Err(vm.type_error("globals must be a dict"));
            }
            globals
        }
        None => vm.current_globals(),
    };
    let names = match given(vm, 2) {
        Some(names) => {
            let names = vm.native_part(names);
            if vm.get(names).cast::<HashObj>().is_none() {
                return Err(vm.type_error("locals must be a dict"));
            }
            names
        }
        None if given(vm, 1).is_some() => Local::NULL,
        None => match vm.frame_names() {
            Some(names) => vm.push(names),
            None => Local::NULL,
        },
    };
    Ok((globals, names))
}

fn exec(vm: &mut Vm, args: Args) -> Res {
    let (globals, names) = namespaces(vm, args)?;
    let function = code(vm, args.get(0), false)?;
    vm.run_module(function, globals, names)?;
    Ok(Local::NONE)
}

fn eval(vm: &mut Vm, args: Args) -> Res {
    let (globals, names) = namespaces(vm, args)?;
    let function = code(vm, args.get(0), true)?;
    vm.run_module(function, globals, names)
}

fn execfile(vm: &mut Vm, args: Args) -> Res {
    let (globals, names) = namespaces(vm, args)?;
    crate::vfs::check_path(vm, args.get(0))?;
    let function = crate::import::load_file(vm, args.get(0))?;
    vm.run_module(function, globals, names)?;
    Ok(Local::NONE)
}

/// The function that runs source text or a code object.
fn code(vm: &mut Vm, source: Local, expression: bool) -> Res {
    let parts = vm
        .get(source)
        .cast::<CodeHandle>()
        .map(|c| (vm.push(c.code.get()), vm.push(c.context.get())));
    match parts {
        Some((code, context)) => vm.new_function(code, context, Local::NULL, Local::NULL),
        None => {
            let input = if expression { Mode::Eval } else { Mode::File };
            compile_text(vm, source, b"<string>", input)
        }
    }
}

/// What a text is compiled as.
#[derive(Copy, Clone)]
enum Mode {
    File,
    Single,
    Eval,
}

#[cfg(feature = "compiler")]
fn compile_text(vm: &mut Vm, text: Local, file: &[u8], mode: Mode) -> Res {
    use crate::import::loader::Input;
    let text = source_bytes(vm, text)?;
    let input = match mode {
        Mode::File => Input::File,
        Mode::Single => Input::Single,
        Mode::Eval => Input::Eval,
    };
    vm.compile_local(text, file, input)
}

#[cfg(not(feature = "compiler"))]
fn compile_text(vm: &mut Vm, _text: Local, _file: &[u8], mode: Mode) -> Res {
    let _ = matches!(mode, Mode::File | Mode::Single | Mode::Eval);
    Err(vm
        .raise_text(&crate::exception::classes::RUNTIME_ERROR, "script compilation not supported"))
}

/// The text as an object that the compiler can read in place.
#[cfg(feature = "compiler")]
fn source_bytes(vm: &mut Vm, text: Local) -> Res {
    let text = vm.native_part(text);
    if vm.bytes_of(vm.get(text)).is_some() {
        return Ok(text);
    }
    vm.check_buffer(text)?;
    vm.bytes_from_buffer(text)
}

fn compile(vm: &mut Vm, args: Args) -> Res {
    let [source, file, mode, _flags, _inherit, _optimise] = args.parse(
        vm,
        const {
            &[
                Param::required(name!("source")),
                Param::required(name!("filename")),
                Param::required(name!("mode")),
                Param::optional(name!("flags")).or(Local::NONE),
                Param::optional(name!("dont_inherit")).or(Local::NONE),
                Param::optional(name!("optimize")).or(Local::NONE),
            ]
        },
    )?;
    let mode = match vm.get(mode).as_qstr() {
        Some(m) if m == qstr!("exec") => Mode::File,
        Some(m) if m == qstr!("single") => Mode::Single,
        Some(m) if m == qstr!("eval") => Mode::Eval,
        _ => return Err(vm.value_error("bad compile mode")),
    };
    let mut name = [0u8; 128];
    let text = vm.str_of(vm.get(file)).unwrap_or("<string>").as_bytes();
    let n = text.len().min(name.len());
    if let (Some(to), Some(from)) = (name.get_mut(..n), text.get(..n)) {
        copy(from, to);
    }
    let function = compile_text(vm, source, name.get(..n).unwrap_or(&[]), mode)?;
    let parts = vm
        .get(function)
        .cast::<FunctionObj>()
        .map(|f| (vm.push(f.code.get()), vm.push(f.context.get())));
    match parts {
        Some((code, context)) => vm.new_slots(Kind::CodeObject, 0, &[code, context]),
        None => Err(vm.bad_code()),
    }
}

#[cfg(feature = "files")]
fn open(vm: &mut Vm, args: Args) -> Res {
    let [file, mode, _buffering, _encoding] = args.parse(
        vm,
        const {
            &[
                Param::required(name!("file")),
                Param::optional(name!("mode")),
                Param::optional(name!("buffering")).or(Local::NONE),
                Param::optional(name!("encoding")).or(Local::NONE),
            ]
        },
    )?;
    let mode = if vm.get(mode).is_null() { vm.push(Value::qstr(qstr!("r"))) } else { mode };
    crate::vfs::open(vm, file, mode)
}

/// What the prompt does with the value of an expression: shows it, and keeps it as `_`.
fn repl_print(vm: &mut Vm, args: Args) -> Res {
    let value = args.get(0);
    if vm.get(value).is_none() {
        return Ok(Local::NONE);
    }
    vm.print(value, Out::Console, PrintKind::Repr)?;
    vm.emit(Out::Console, b"\n")?;
    vm.set_module_attr(qstr!("builtins"), qstr!("_"), value)?;
    Ok(Local::NONE)
}
