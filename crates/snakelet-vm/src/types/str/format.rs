//! `str.format` and `format()`.

use snakelet_num::bigint::Stop;
use snakelet_num::spec::{FormatSpec, SpecError, Unit as Width};
use snakelet_num::utf8;

use crate::exception::classes::{INDEX_ERROR, OVERFLOW_ERROR};
use crate::native::leaf::{Answer, AnyText, AnyTextObj, Leaf, LeafArgs};
use crate::native::print::{Out, PrintKind};
use crate::native::{NativeFn, Subscr};
use crate::object::value::{SWord, raw};
use crate::object::{BigInt, Kind};
use crate::protocol::operator::is_integer;
use crate::vm::stack::Local;
use crate::{Args, Raised, Res, Vm, name, qstr};

use super::render::{render, spec_error, value_error_about};

/// A pattern while its fields are replaced.
struct Pattern {
    /// The `str`.
    text: Local,
    args: Args,
    /// Null, or what `format_map` takes values by name from.
    #[cfg(feature = "cpython")]
    map: Local,
    /// Number of the next argument to take; -1 once a field named one by number.
    next: SWord,
}

/// A replacement field, by byte offsets into its pattern.
struct Field {
    name: (usize, usize),
    conversion: Option<u8>,
    spec: (usize, usize),
    /// Behind the closing brace.
    end: usize,
}

/// Why a field cannot be read.
enum FieldError {
    Unmatched,
    NoConversion,
    Conversion(u32),
    NoColon,
    /// The script is to end.
    Ending,
}

impl From<Stop> for FieldError {
    fn from(_: Stop) -> Self {
        FieldError::Ending
    }
}

/// Reads the field whose opening brace is before `start`.
fn parse_field(vm: &Vm, text: &[u8], start: usize) -> Result<Field, FieldError> {
    let byte = |at: usize| text.get(at).copied();
    let rest = |at: usize| text.get(at..).unwrap_or_default();
    let in_name = |byte| !matches!(byte, b'}' | b'!' | b':');
    let mut at = start + vm.count_while(rest(start), in_name)?;
    let name = (start, at);
    let mut conversion = None;
    if byte(at) == Some(b'!') {
        match utf8::decode(rest(at + 1)) {
            Some((0x61 | 0x72 | 0x73, _)) => conversion = byte(at + 1),
            Some((c, _)) => return Err(FieldError::Conversion(c)),
            None => return Err(FieldError::NoConversion),
        }
        at += 2;
    }
    let mut spec = (at, at);
    if byte(at) == Some(b':') {
        at += 1;
        let start = at;
        let mut depth = 0usize;
        at += vm.count_while(rest(start), |byte| match byte {
            b'{' => {
                depth += 1;
                true
            }
            b'}' => match depth.checked_sub(1) {
                Some(less) => {
                    depth = less;
                    true
                }
                None => false,
            },
            _ => true,
        })?;
        spec = (start, at);
    }
    match byte(at) {
        None => Err(FieldError::Unmatched),
        Some(b'}') => Ok(Field { name, conversion, spec, end: at + 1 }),
        _ => Err(FieldError::NoColon),
    }
}

#[cold]
#[inline(never)]
fn field_error(vm: &mut Vm, error: FieldError) -> Raised {
    vm.value_error(match error {
        FieldError::Unmatched => "unmatched '{' in format",
        FieldError::NoConversion => "end of format while looking for conversion specifier",
        FieldError::NoColon => "expected ':' after format specifier",
        FieldError::Conversion(c) => {
            return value_error_about(vm, "unknown conversion specifier %s", c, &[]);
        }
        FieldError::Ending => return vm.ending(),
    })
}

/// `format(*args, **kwargs)`
pub(super) fn format(vm: &mut Vm, args: Args) -> Res {
    let text = args.get(0);
    let len = vm.text(text).len();
    let mut pattern = Pattern {
        text,
        args: args.skip(1),
        #[cfg(feature = "cpython")]
        map: Local::NULL,
        next: 0,
    };
    let out = vm.new_text()?;
    replace_fields(vm, &mut pattern, 0, len, out, 0)?;
    vm.finish_text(out)
}

/// `format_map(mapping)`
#[cfg(feature = "cpython")]
pub(super) fn format_map(vm: &mut Vm, args: Args) -> Res {
    let text = args.get(0);
    let len = vm.text(text).len();
    let mut pattern = Pattern { text, args: Args::none(), map: args.get(1), next: 0 };
    let out = vm.new_text()?;
    replace_fields(vm, &mut pattern, 0, len, out, 0)?;
    vm.finish_text(out)
}

/// Copies bytes `start..end` of a pattern with its fields replaced.
fn replace_fields(
    vm: &mut Vm,
    pattern: &mut Pattern,
    start: usize,
    end: usize,
    out: Out,
    depth: u32,
) -> Result<(), Raised> {
    let text = pattern.text;
    let mut at = start;
    while at < end {
        let rest = vm.text(text).get(at..end).unwrap_or(&[]);
        let brace = match vm.count_while(rest, |b| !matches!(b, b'{' | b'}')) {
            Ok(len) => len,
            Err(_) => return Err(vm.ending()),
        };
        let found = (rest.get(brace).copied(), rest.get(brace + 1).copied());
        vm.emit_bytes_of(out, text, at, at + brace)?;
        at += brace;
        match found {
            (None, _) => break,
            (Some(b), Some(c)) if b == c => {
                vm.emit(out, &[b])?;
                at += 2;
            }
            (Some(b'}'), _) => {
                return Err(vm.value_error("single '}' encountered in format string"));
            }
            _ => {
                let bytes = vm.text(text);
                let field = match parse_field(vm, bytes.get(..end).unwrap_or(bytes), at + 1) {
                    Ok(field) => field,
                    Err(error) => return Err(field_error(vm, error)),
                };
                let scope = vm.scope();
                replace(vm, pattern, &field, out, depth)?;
                vm.end_scope(scope);
                at = field.end;
            }
        }
        vm.charge(1)?;
    }
    Ok(())
}

fn replace(
    vm: &mut Vm,
    pattern: &mut Pattern,
    field: &Field,
    out: Out,
    depth: u32,
) -> Result<(), Raised> {
    let mut value = field_value(vm, pattern, field)?;
    let (start, end) = field.spec;
    match field.conversion {
        Some(b's') => value = vm.to_text(value, PrintKind::Str)?,
        Some(b'a') => {
            value = vm.to_text(value, PrintKind::Repr)?;
            value = to_ascii(vm, value)?;
        }
        Some(_) => value = vm.to_text(value, PrintKind::Repr)?,
        None => {}
    }
    let nested = vm.text(pattern.text).get(start..end).is_some_and(|s| s.contains(&b'{'));
    if !nested {
        return put_with_spec(vm, out, value, pattern.text, start, end);
    }
    if depth >= 2 {
        return Err(vm.value_error("max string recursion exceeded"));
    }
    let inner = vm.new_text()?;
    replace_fields(vm, pattern, start, end, inner, depth + 1)?;
    let spec = vm.finish_text(inner)?;
    put_with_spec(vm, out, value, spec, 0, usize::MAX)
}

/// The argument that a field names.
fn field_value(vm: &mut Vm, pattern: &mut Pattern, field: &Field) -> Res {
    let (start, end) = field.name;
    let name = vm.text(pattern.text).get(start..end).unwrap_or(&[]);
    let Ok(head) = vm.count_while(name, |b| !matches!(b, b'.' | b'[')) else {
        return Err(vm.ending());
    };
    let (key, path) = name.split_at_checked(head).unwrap_or((name, &[]));
    let has_path = !path.is_empty();
    let (value, behind) = match key.first() {
        None => {
            let Ok(i) = usize::try_from(pattern.next) else {
                return Err(vm.value_error(
                    "can't switch from manual field specification to automatic field numbering",
                ));
            };
            pattern.next += 1;
            (argument(vm, pattern, i)?, start + head)
        }
        Some(b'0'..=b'9') => {
            let mut index = 0usize;
            let count = vm.count_while(key, |byte| {
                if byte.is_ascii_digit() {
                    index = index.saturating_mul(10).saturating_add(usize::from(byte - b'0'));
                }
                byte.is_ascii_digit()
            });
            let Ok(count) = count else { return Err(vm.ending()) };
            let rest = key.len() > count;
            if pattern.next > 0 {
                return Err(vm.value_error(
                    "can't switch from automatic field numbering to manual field specification",
                ));
            }
            pattern.next = -1;
            let value = argument(vm, pattern, index)?;
            if rest {
                return Err(
                    vm.value_error("only '.' or '[' may follow ']' in format field specifier")
                );
            }
            (value, start + head)
        }
        #[cfg(feature = "cpython")]
        Some(_) if !vm.get(pattern.map).is_null() => {
            let key = vm.subtext(pattern.text, start, start + head)?;
            (vm.subscr(pattern.map, key, Subscr::Load)?, start + head)
        }
        Some(_) => {
            let found = vm.find_qstr(key).and_then(|q| pattern.args.find_keyword(vm, q.into()));
            match found {
                Some(value) => (value, start + head),
                None => {
                    let key = vm.subtext(pattern.text, start, start + head)?;
                    return Err(vm.key_error(key));
                }
            }
        }
    };
    if has_path { follow(vm, pattern.text, value, behind, end) } else { Ok(value) }
}

fn argument(vm: &mut Vm, pattern: &Pattern, i: usize) -> Res {
    match pattern.args.opt(i) {
        Some(value) => Ok(value),
        None => Err(vm.raise_text(&INDEX_ERROR, "tuple index out of range")),
    }
}

/// Follows `.name` and `[key]` from a value on.
fn follow(vm: &mut Vm, text: Local, value: Local, start: usize, end: usize) -> Res {
    let mut value = value;
    let mut at = start;
    while at < end {
        let rest = vm.text(text).get(at..end).unwrap_or(&[]);
        let is_item = rest.first() == Some(&b'[');
        let behind = rest.get(1..).unwrap_or(&[]);
        let len = vm.count_while(behind, |b| match b {
            b']' => !is_item,
            b'.' | b'[' => is_item,
            _ => true,
        });
        let Ok(len) = len else { return Err(vm.ending()) };
        let stop = 1 + len;
        if is_item && len == behind.len() {
            return Err(vm.value_error("expected '}' before end of string"));
        }
        let name = rest.get(1..stop).unwrap_or(&[]);
        if name.is_empty() {
            return Err(vm.value_error("empty attribute in format string"));
        }
        let number = name.iter().try_fold(0 as SWord, |n, b| match b {
            b'0'..=b'9' => n.checked_mul(10)?.checked_add(SWord::from(b - b'0')),
            _ => None,
        });
        let key = match number {
            Some(n) if is_item => vm.new_int(n)?,
            _ => vm.subtext(text, at + 1, at + stop)?,
        };
        value = if is_item {
            vm.subscr(value, key, Subscr::Load)?
        } else {
            let name = vm.intern_local(key)?;
            vm.get_attr(value, name)?
        };
        at += stop + usize::from(is_item);
    }
    Ok(value)
}

/// Emits a value by the specification in bytes `start..end` of a text.
fn put_with_spec(
    vm: &mut Vm,
    out: Out,
    value: Local,
    text: Local,
    start: usize,
    end: usize,
) -> Result<(), Raised> {
    if vm.is_python_instance(value)
        && let Some(method) = vm.special(value, qstr!("__format__"))
    {
        let end = end.min(vm.text(text).len());
        let spec = vm.subtext(text, start, end)?;
        let made = vm.call_with(method, &[value, spec])?;
        if vm.str_of(vm.get(made)).is_none() {
            return Err(vm.type_error("__format__ must return a str"));
        }
        return vm.emit_str(out, made);
    }
    let bytes = vm.text(text);
    let spec = bytes.get(start..end.min(bytes.len())).unwrap_or(&[]);
    if spec.is_empty() {
        return vm.print(value, out, PrintKind::Str);
    }
    let part = vm.native_part_of(vm.get(value)).unwrap_or(vm.get(value));
    let numeric = is_integer(part) || part.as_float().is_some();
    match FormatSpec::parse(spec, numeric, &mut |n| vm.spend(n)) {
        Ok(spec) => put_value(vm, out, value, &spec),
        Err(error) => {
            vm.end_calculation()?;
            Err(spec_error(vm, error, value))
        }
    }
}

/// Emits a value by a specification.
fn put_value(vm: &mut Vm, out: Out, value: Local, spec: &FormatSpec) -> Result<(), Raised> {
    let part = vm.native_part(value);
    let v = vm.get(part);
    if is_integer(v) {
        return match spec.kind {
            Some(b'c') => put_char(vm, out, part, spec),
            _ if spec.is_float() => {
                let f = vm.float_of(part)?;
                put_float(vm, out, value, f, spec)
            }
            _ => put_int(vm, out, part, spec),
        };
    }
    if let Some(f) = v.as_float() {
        return put_float(vm, out, value, f, spec);
    }
    if vm.str_of(v).is_some() {
        return put_text(vm, out, part, spec, Width::Char);
    }
    // what has no format of its own is a string or nothing
    if !matches!(spec.kind, None | Some(b's')) {
        let code = spec.kind.unwrap_or(b's');
        return Err(spec_error(vm, SpecError::UnknownCode(code), value));
    }
    Err(vm.bad_implicit_conversion(value))
}

/// Emits a `str` or `bytes`.
pub(super) fn put_text(
    vm: &mut Vm,
    out: Out,
    text: Local,
    spec: &FormatSpec,
    unit: Width,
) -> Result<(), Raised> {
    render(vm, out, text, &|vm, sink| spec.put_str(sink, vm.text(text), unit))
}

/// Characters of the longest number that `%f` writes with all digits, as in MicroPython.
const LONGEST_FIXED: usize = 32;

/// Emits a float.
pub(super) fn put_float(
    vm: &mut Vm,
    out: Out,
    value: Local,
    f: f64,
    spec: &FormatSpec,
) -> Result<(), Raised> {
    let spec = FormatSpec { longest_fixed: LONGEST_FIXED, ..*spec };
    render(vm, out, value, &|_, sink| spec.put_float(sink, f as raw::Float))
}

/// Emits the character of a number.
pub(super) fn put_char(
    vm: &mut Vm,
    out: Out,
    value: Local,
    spec: &FormatSpec,
) -> Result<(), Raised> {
    let code = vm.index_of(value)?;
    let Some(c) = super::code_point(code) else {
        return Err(vm.raise_text(&OVERFLOW_ERROR, "char not in range(0x110000)"));
    };
    render(vm, out, value, &|_, sink| spec.put_char(sink, c))
}

/// Emits an int or bool.
pub(super) fn put_int(
    vm: &mut Vm,
    out: Out,
    value: Local,
    spec: &FormatSpec,
) -> Result<(), Raised> {
    let v = vm.get(value);
    if let Some(i) = v.as_small_int().or(v.as_bool().map(SWord::from)) {
        return render(vm, out, value, &|_, sink| spec.put_i64(sink, i as i64));
    }
    let Some(base) = spec.int_base() else {
        let code = spec.kind.unwrap_or(b'd');
        return Err(spec_error(vm, SpecError::UnknownCode(code), value));
    };
    let negative = v.cast::<BigInt>().is_some_and(BigInt::is_negative);
    let digits = vm.int_digits(value, base)?;
    render(vm, out, value, &|vm, sink| spec.put_digits(sink, negative, vm.text(digits)))
}

/// A text with `\x`, `\u` and `\U` escapes instead of what is not ASCII.
pub(super) fn to_ascii(vm: &mut Vm, text: Local) -> Res {
    vm.call_native_with(&TO_ASCII, &[text])
}

static TO_ASCII: NativeFn = NativeFn::method::<AnyTextObj, 0>(name!("ascii"), 0, escaped);

fn escaped<'h>(cx: Leaf<'h>, text: AnyText<'h>, _: LeafArgs<'h, 0>) -> Answer<'h> {
    let bytes = text.bytes(cx);
    cx.draw(Kind::Str, &move |pen| {
        let mut rest = bytes;
        while let Some((c, len)) = utf8::decode(rest) {
            let (one, others) = rest.split_at_checked(len).unwrap_or((rest, &[]));
            rest = others;
            let code = c;
            let (start, bytes): (&[u8], u32) = match code {
                0..=0x7f => (one, 0),
                0x80..=0xff => (b"\\x", 1),
                0x100..=0xffff => (b"\\u", 2),
                _ => (b"\\U", 4),
            };
            pen.put(start)?;
            for i in (0..bytes).rev() {
                pen.put(&super::render::hex_digits((code >> (8 * i)) as u8))?;
            }
        }
        Ok(())
    })
}

/// `format(value[, spec])`
pub(crate) fn format_builtin(vm: &mut Vm, args: Args) -> Res {
    let value = args.get(0);
    let out = vm.new_text()?;
    match args.opt(1) {
        Some(spec) if vm.str_of(vm.get(spec)).is_some() => {
            put_with_spec(vm, out, value, spec, 0, usize::MAX)?;
        }
        Some(spec) => return Err(vm.bad_implicit_conversion(spec)),
        None => {
            let empty = vm.push(crate::Value::qstr(snakelet_qstr::Qstr::EMPTY));
            put_with_spec(vm, out, value, empty, 0, 0)?;
        }
    }
    vm.finish_text(out)
}

/// `ascii(value)`
pub(crate) fn ascii_builtin(vm: &mut Vm, args: Args) -> Res {
    let text = vm.to_text(args.get(0), PrintKind::Repr)?;
    to_ascii(vm, text)
}
