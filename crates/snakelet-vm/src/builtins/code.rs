//! Built-in functions that compile and run code.

use crate::native::Contents;
use crate::native::args::Param;
use crate::object::{CodeHandle, FunctionObj, HashObj, Kind, copy};
use crate::vm::stack::Local;
use crate::{Args, Raised, Res, Vm, function, methods, name};

pub(super) const CONTENTS: Contents = Contents {
    functions: methods![
        function!("compile", 3, 6, compile).keywords(),
        function!("eval", 1, 3, eval),
        function!("exec", 1, 3, exec),
        function!("execfile", 1, 3, execfile),
    ],
    constants: &[],
};

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

/// The text as an object that the compiler can read in place.
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
    // a mode that the script has put together, or that lies in flash, is not interned
    let mode = match vm.str_of(vm.get(mode)) {
        Some(b"exec") => Mode::File,
        Some(b"single") => Mode::Single,
        Some(b"eval") => Mode::Eval,
        _ => return Err(vm.value_error("bad compile mode")),
    };
    let mut name = [0u8; 128];
    let text = vm.str_of(vm.get(file)).unwrap_or(b"<string>");
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
