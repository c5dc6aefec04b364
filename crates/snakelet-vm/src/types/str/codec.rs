//! Between `str` and `bytes`, and between bytes and hexadecimal digits.

use crate::exception::classes::{LOOKUP_ERROR, UNICODE_ERROR};
use crate::native::Subscr;
use crate::native::args::Param;
use crate::object::copy;
use crate::vm::raised::Part;
use crate::vm::stack::Local;
use crate::{Args, Raised, Res, Vm, qstr};

use super::render::hex_digits;
use super::strip::is_space;

/// The encodings that there are.
#[derive(Copy, Clone, PartialEq, Eq)]
enum Encoding {
    Utf8,
    Ascii,
}

/// What becomes of bytes that are no text.
#[derive(Copy, Clone, PartialEq, Eq)]
enum Errors {
    Strict,
    Ignore,
    Replace,
}

fn encoding_of(vm: &mut Vm, name: Local) -> Result<Encoding, Raised> {
    if vm.get(name).is_null() {
        return Ok(Encoding::Utf8);
    }
    let Some(text) = vm.str_of(vm.get(name)) else {
        return Err(vm.bad_implicit_conversion(name));
    };
    let is = |wanted: &str| text.eq_ignore_ascii_case(wanted);
    if is("utf-8") || is("utf8") || is("utf_8") {
        Ok(Encoding::Utf8)
    } else if is("ascii") || is("us-ascii") {
        Ok(Encoding::Ascii)
    } else {
        Err(vm.raise_parts(&LOOKUP_ERROR, &[Part::Text("unknown encoding: "), Part::Str(name)]))
    }
}

fn errors_of(vm: &Vm, name: Local) -> Errors {
    match vm.str_of(vm.get(name)) {
        Some("ignore") => Errors::Ignore,
        Some("replace") => Errors::Replace,
        _ => Errors::Strict,
    }
}

const PARAMS: [Param; 2] = [
    Param::optional(qstr!("encoding"), Local::NULL),
    Param::optional(qstr!("errors"), Local::NULL),
];

/// `encode(encoding='utf-8', errors='strict')`
pub(super) fn encode(vm: &mut Vm, args: Args) -> Res {
    let [encoding, errors] = args.skip(1).parse(vm, &PARAMS)?;
    encode_with(vm, args.get(0), encoding, errors)
}

/// The bytes of a `str`.
///
/// # Errors
/// `LookupError` for an unknown encoding, `UnicodeError` for characters that it has not.
pub(crate) fn encode_with(vm: &mut Vm, text: Local, encoding: Local, errors: Local) -> Res {
    let encoding = encoding_of(vm, encoding)?;
    let errors = errors_of(vm, errors);
    let len = vm.text(text).len();
    vm.charge_bytes_later(len);
    if encoding == Encoding::Utf8 || vm.text(text).is_ascii() {
        return vm.new_bytes_with(len, |vm, out| copy(vm.text(text), out));
    }
    if errors == Errors::Strict {
        return Err(vm.raise_no_args(&UNICODE_ERROR));
    }
    let out = vm.new_text()?;
    for at in 0..len {
        vm.charge(1)?;
        match vm.text(text).get(at) {
            Some(byte @ 0..=0x7f) => {
                let byte = *byte;
                vm.emit(out, &[byte])?;
            }
            Some(0xc0..) if errors == Errors::Replace => vm.emit(out, b"?")?,
            _ => {}
        }
    }
    vm.finish_bytes(out)
}

/// `decode(encoding='utf-8', errors='strict')`
pub(crate) fn decode(vm: &mut Vm, args: Args) -> Res {
    let [encoding, errors] = args.skip(1).parse(vm, &PARAMS)?;
    decode_with(vm, args.get(0), encoding, errors)
}

/// The `str` of a buffer's bytes.
///
/// # Errors
/// `TypeError` if it is no buffer, `LookupError` for an unknown encoding, `UnicodeError`.
pub(crate) fn decode_with(vm: &mut Vm, object: Local, encoding: Local, errors: Local) -> Res {
    let len = vm.check_buffer(object)?;
    if vm.str_of(vm.get(object)).is_some() {
        return Err(vm.type_error("decoding str is not supported"));
    }
    let encoding = encoding_of(vm, encoding)?;
    let errors = errors_of(vm, errors);
    let ascii = |vm: &Vm| vm.paced(vm.buffer_bytes(object).iter()).all(|b| b.is_ascii());
    if errors == Errors::Strict || ascii(vm) {
        if encoding == Encoding::Ascii && !ascii(vm) {
            return Err(vm.raise_no_args(&UNICODE_ERROR));
        }
        return vm.new_str_with(len, |vm, out| {
            vm.buffer_bytes(object).copy_to(out);
        });
    }
    let bytes = vm.bytes_from_buffer(object)?;
    let out = vm.new_text()?;
    let mut at = 0;
    loop {
        let rest = vm.text(bytes).get(at..).unwrap_or(&[]);
        let (valid, invalid) = match encoding {
            Encoding::Utf8 => match rest.utf8_chunks().next() {
                Some(chunk) => (chunk.valid().len(), chunk.invalid().len()),
                None => break,
            },
            Encoding::Ascii if rest.is_empty() => break,
            Encoding::Ascii => {
                let valid = vm.paced(rest.iter()).take_while(|b| b.is_ascii()).count();
                (valid, usize::from(valid < rest.len()))
            }
        };
        vm.emit_bytes_of(out, bytes, at, at + valid)?;
        if invalid > 0 && errors == Errors::Replace {
            vm.emit(out, "\u{fffd}".as_bytes())?;
        }
        at += valid + invalid;
        vm.charge(1)?;
    }
    vm.finish_text(out)
}

/// `hex([sep])`
pub(crate) fn hex(vm: &mut Vm, args: Args) -> Res {
    let object = args.get(0);
    let n = vm.check_buffer(object)?;
    let sep = match args.opt(1) {
        None => None,
        Some(sep) => match vm.bytes_of(vm.get(sep)) {
            Some([byte]) if byte.is_ascii() => Some(*byte),
            Some(_) => return Err(vm.value_error("sep must be length 1.")),
            None => return Err(vm.bad_implicit_conversion(sep)),
        },
    };
    let step = if sep.is_some() { 3 } else { 2 };
    let len = n.saturating_mul(step).saturating_sub(step - 2);
    vm.new_str_with(len, |vm, out| {
        for (to, byte) in vm.paced(out.chunks_mut(step).zip(vm.buffer_bytes(object).iter())) {
            let [high, low] = hex_digits(byte);
            let all = [high, low, sep.unwrap_or(b' ')];
            to.iter_mut().zip(all).for_each(|(to, from)| *to = from);
        }
    })
}

/// Makes `bytes` of hexadecimal digits in a text.
///
/// # Errors
/// `ValueError`.
pub(crate) fn fromhex(vm: &mut Vm, text: Local) -> Res {
    let len = vm.check_buffer(text)?;
    let out = vm.new_text()?;
    let mut high: Option<u32> = None;
    for at in 0..len {
        let Some(byte) = vm.buffer_bytes(text).get(at) else { break };
        match (high, char::from(byte).to_digit(16)) {
            (None, None) if is_space(byte) => {}
            (None, Some(digit)) => high = Some(digit),
            (Some(h), Some(digit)) => {
                vm.emit(out, &[(h << 4 | digit) as u8])?;
                vm.charge(1)?;
                high = None;
            }
            _ => return Err(vm.value_error("non-hex digit")),
        }
    }
    if high.is_some() {
        return Err(vm.value_error("non-hex digit"));
    }
    vm.finish_bytes(out)
}

/// `translate(table)`
pub(super) fn translate(vm: &mut Vm, args: Args) -> Res {
    let (text, table) = (args.get(0), args.get(1));
    let out = vm.new_text()?;
    let mut at = 0;
    while let Some((c, len)) = super::first_char(vm.text(text).get(at..).unwrap_or(&[])) {
        let scope = vm.scope();
        let code = vm.new_int(u32::from(c) as isize)?;
        let found = vm.subscr(table, code, Subscr::Load);
        match vm.catch(found, &LOOKUP_ERROR)? {
            None => vm.emit_bytes_of(out, text, at, at + len)?,
            Some(to) if vm.get(to).is_none() => {}
            Some(to) if vm.str_of(vm.get(to)).is_some() => vm.emit_str(out, to)?,
            Some(to) => {
                let c = vm.index_of(to)?;
                let Some(c) = u32::try_from(c).ok().and_then(char::from_u32) else {
                    return Err(vm.value_error("chr() arg not in range(0x110000)"));
                };
                let mut buf = [0; 4];
                vm.emit(out, c.encode_utf8(&mut buf).as_bytes())?;
            }
        }
        vm.end_scope(scope);
        vm.charge(1)?;
        at += len;
    }
    vm.finish_text(out)
}
