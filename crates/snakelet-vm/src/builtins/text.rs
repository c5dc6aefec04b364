//! Built-in names that have to do with text: output, input, conversions.

use snakelet_num::utf8;

use crate::exception::classes::{EOF_ERROR, TYPE_ERROR};
use crate::native::args::Param;
use crate::native::leaf::{Answer, Leaf, LeafArgs};
use crate::native::print::{Out, PrintKind};
use crate::native::{Constant, Contents, NativeFn, VARIADIC};
use crate::stream;
use crate::types::{array, bytes, memoryview, str as text};
use crate::vm::stack::Local;
use crate::{Args, Res, Vm, function, methods, name};

pub(super) const CONTENTS: Contents = Contents {
    functions: methods![
        function!("print", 0, VARIADIC, print).keywords(),
        function!("input", 0, 1, input),
        function!("repr", 1, 1, repr),
        function!("ascii", 1, 1, text::ascii_builtin),
        function!("format", 1, 2, text::format_builtin),
        function!("chr", 1, 1, chr),
        NativeFn::leaf::<1>(name!("ord"), 0, ord),
    ],
    constants: &[
        (name!("str"), Constant::Type(&text::STR)),
        (name!("bytes"), Constant::Type(&bytes::BYTES)),
        #[cfg(feature = "bytearray")]
        (name!("bytearray"), Constant::Type(&array::BYTEARRAY)),
        #[cfg(feature = "bytearray")]
        (name!("memoryview"), Constant::Type(&memoryview::MEMORYVIEW)),
    ],
};

/// `print(*objects, sep=' ', end='\n', file=None, flush=False)`
fn print(vm: &mut Vm, args: Args) -> Res {
    let objects = Args::new(args.first(), args.len(), 0);
    let [sep, end, file, _flush] = args.skip(args.len()).parse(
        vm,
        const {
            &[
                Param::keyword(name!("sep")).or(Local::NONE),
                Param::keyword(name!("end")).or(Local::NONE),
                Param::keyword(name!("file")).or(Local::NONE),
                Param::keyword(name!("flush")).or(Local::NONE),
            ]
        },
    )?;
    for text in [sep, end] {
        if !vm.get(text).is_none() && vm.str_of(vm.get(text)).is_none() {
            return Err(vm.bad_implicit_conversion(text));
        }
    }
    let out = if vm.get(file).is_none() { vm.console() } else { stream::out_to(vm, file) };
    for (i, object) in objects.iter().enumerate() {
        if i > 0 {
            emit_or(vm, out, sep, b" ")?;
        }
        vm.print(object, out, PrintKind::Str)?;
        vm.charge(1)?;
    }
    emit_or(vm, out, end, b"\n")?;
    if let Out::Console = out {
        vm.flush_console()?;
    }
    Ok(Local::NONE)
}

fn emit_or(vm: &mut Vm, out: Out, text: Local, default: &[u8]) -> Result<(), crate::Raised> {
    if vm.get(text).is_none() { vm.emit(out, default) } else { vm.emit_str(out, text) }
}

/// `input([prompt])`
fn input(vm: &mut Vm, args: Args) -> Res {
    if let Some(prompt) = args.opt(0) {
        let out = vm.console();
        vm.print(prompt, out, PrintKind::Str)?;
    }
    let line = vm.new_text()?;
    let mut any = false;
    loop {
        let mut byte = [0];
        let n = match &mut vm.rt.hosts.console {
            Some(console) => {
                let _ = console.flush();
                console.read(&mut byte)
            }
            None => 0,
        };
        if n == 0 {
            // the wait may have ended because the script is to be interrupted
            vm.poll(0)?;
        }
        if n == 0 || byte == *b"\n" {
            if n == 0 && !any {
                return Err(vm.raise_no_args(&EOF_ERROR));
            }
            break;
        }
        any = true;
        if byte != *b"\r" {
            vm.emit(line, &byte)?;
        }
        vm.charge(1)?;
    }
    vm.finish_text(line)
}

/// `repr(object)`
fn repr(vm: &mut Vm, args: Args) -> Res {
    vm.to_text(args.get(0), PrintKind::Repr)
}

/// `chr(code)`
fn chr(vm: &mut Vm, args: Args) -> Res {
    let code = vm.index_of(args.get(0))?;
    match text::code_point(code) {
        Some(c) => vm.new_char(c),
        None => Err(vm.value_error("chr() arg not in range(0x110000)")),
    }
}

/// `ord(character)`
fn ord<'h>(cx: Leaf<'h>, args: LeafArgs<'h, 1>) -> Answer<'h> {
    let value = args.get::<0>().value();
    let value = cx.vm().native_part_of(value).unwrap_or(value);
    let (len, code) = if let Some(text) = cx.vm().str_of(value) {
        cx.vm().charge_bytes_later(text.len());
        (text::Unit::Char.count(text), utf8::decode(text).map_or(0, |first| first.0))
    } else if let Some(buffer) = cx.vm().buffer(value) {
        (buffer.bytes.len(), buffer.bytes.get(0).map_or(0, u32::from))
    } else {
        let text = "ord() expected string of length 1, but %t found";
        return Err(cx.raise_about(&TYPE_ERROR, text, [args.get::<0>(); 2]));
    };
    if len != 1 {
        let text = "ord() expected a character, but string of length %s found";
        return Err(cx.raise_counts(&TYPE_ERROR, text, [len; 2]));
    }
    Ok(cx.count(code as usize))
}
