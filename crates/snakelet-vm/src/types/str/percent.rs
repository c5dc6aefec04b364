//! The `%` operator.

use core::ops::Range;

use snakelet_num::percent::Directive;
use snakelet_num::spec::Unit as Width;

use crate::native::Subscr;
use crate::native::print::{Out, PrintKind};
use crate::object::{Kind, TupleObj};
use crate::protocol::operator::is_integer;
use crate::vm::stack::Local;
use crate::{Raised, Res, Vm, qstr};

use super::Family;
use super::format::{put_char, put_float, put_int, put_text};
use super::render::{hex_digits, value_error_about};
use super::search::{PAUSE, place_of};

/// The right operand.
struct Operand {
    value: Local,
    /// Its length, if it is a tuple, of which each directive takes an item.
    len: Option<usize>,
    /// Whether it is looked up in by key.
    mapping: bool,
    taken: usize,
}

impl Operand {
    fn new(vm: &Vm, value: Local) -> Self {
        let part = vm.native_part(value);
        let len = vm.get(part).cast::<TupleObj>().map(TupleObj::len);
        let mapping = len.is_none()
            && (matches!(vm.get(part).ref_kind(), Some(Kind::Dict | Kind::OrderedDict))
                || vm.special(value, qstr!("__getitem__")).is_some());
        Self { value: if len.is_some() { part } else { value }, len, mapping, taken: 0 }
    }

    fn next(&mut self, vm: &mut Vm) -> Res {
        let i = self.taken;
        if i >= self.len.unwrap_or(1) {
            return Err(vm.type_error("format string needs more arguments"));
        }
        self.taken += 1;
        Ok(if self.len.is_some() { vm.tuple_item(self.value, i) } else { self.value })
    }
}

/// The left operand.
#[derive(Copy, Clone)]
struct Pattern {
    local: Local,
    family: Family,
}

/// `pattern % value`
pub(super) fn format(vm: &mut Vm, text: Local, value: Local) -> Res {
    let family = vm.family_of(vm.get(text)).unwrap_or(Family::Str);
    let pattern = Pattern { local: text, family };
    let mut operand = Operand::new(vm, value);
    let out = vm.new_text()?;
    let mut at = 0;
    loop {
        let rest = vm.text(text).get(at..).unwrap_or(&[]);
        let window = rest.get(..PAUSE).unwrap_or(rest);
        let Some(run) = place_of(b'%', window) else {
            let n = window.len();
            vm.emit_bytes_of(out, text, at, at + n)?;
            if n < PAUSE {
                break;
            }
            vm.charge_bytes(n)?;
            at += n;
            continue;
        };
        let after = rest.get(run + 1..).unwrap_or(&[]);
        if after.first() == Some(&b'%') {
            vm.emit_bytes_of(out, text, at, at + run + 1)?;
            at += run + 2;
            vm.charge(1)?;
            continue;
        }
        let (directive, len) = match Directive::parse(after, &mut |n| vm.spend(n)) {
            Ok(parsed) => parsed,
            Err(error) => {
                vm.end_calculation()?;
                return Err(vm.value_error(error.message()));
            }
        };
        vm.emit_bytes_of(out, text, at, at + run)?;
        let start = at + run + 1;
        let scope = vm.scope();
        put(vm, pattern, &mut operand, directive, start..start + len, out)?;
        at = start + len;
        vm.end_scope(scope);
        vm.charge(1)?;
    }
    if !operand.mapping && operand.taken < operand.len.unwrap_or(1) {
        return Err(vm.type_error("format string didn't convert all arguments"));
    }
    match family {
        Family::Str => vm.finish_text(out),
        Family::Bytes => vm.finish_bytes(out),
    }
}

fn put(
    vm: &mut Vm,
    pattern: Pattern,
    operand: &mut Operand,
    mut directive: Directive,
    place: Range<usize>,
    out: Out,
) -> Result<(), Raised> {
    let keyed = match directive.key {
        None => None,
        Some(_) if !operand.mapping => return Err(vm.type_error("format needs a dict")),
        // keys are names here, as they are to `format`
        Some(len) if len > snakelet_qstr::LONGEST_NAME => return Err(vm.name_too_long()),
        Some(len) => {
            let start = place.start + 1;
            let key = vm.subtext(pattern.local, start, start + len)?;
            operand.taken = 1;
            Some(vm.subscr(operand.value, key, Subscr::Load)?)
        }
    };
    if directive.takes_width {
        let width = operand.next(vm)?;
        directive.set_width(vm.index_of(width)? as i64);
    }
    if directive.takes_precision {
        let precision = operand.next(vm)?;
        directive.set_precision(vm.index_of(precision)? as i64);
    }
    let value = match keyed {
        Some(value) => value,
        None => operand.next(vm)?,
    };
    let width = match pattern.family {
        Family::Str => Width::Char,
        Family::Bytes => Width::Byte,
    };
    let spec = &directive.spec;
    match directive.conversion {
        b'c' => {
            let part = vm.native_part(value);
            let v = vm.get(part);
            if vm.family_of(v).is_some() {
                if vm.count_units(vm.unit_of(v), vm.text(part)) != 1 {
                    return Err(vm.type_error("%c needs int or char"));
                }
                return put_text(vm, out, part, spec, width);
            }
            if !is_integer(v) {
                return Err(vm.type_error("integer needed"));
            }
            if pattern.family == Family::Bytes {
                let Ok(byte) = u8::try_from(vm.index_of(part)?) else {
                    return Err(vm.value_error("bytes value out of range"));
                };
                let text = vm.new_bytes(&[byte])?;
                return put_text(vm, out, text, spec, width);
            }
            put_char(vm, out, part, spec)
        }
        b's' | b'r' | b'a' => {
            let part = vm.native_part(value);
            let raw = pattern.family == Family::Bytes
                && directive.conversion == b's'
                && vm.family_of(vm.get(part)).is_none_or(|f| f == Family::Bytes)
                && vm.buffer(vm.get(part)).is_some();
            let text = if raw {
                vm.bytes_from_buffer(part)?
            } else if directive.conversion == b's' {
                vm.to_text(value, PrintKind::Str)?
            } else {
                vm.to_text(value, PrintKind::Repr)?
            };
            let text = if directive.conversion == b'a' {
                super::format::to_ascii(vm, text)?
            } else {
                text
            };
            put_text(vm, out, text, spec, width)
        }
        _ if directive.is_int() => {
            let value = int_of(vm, value, spec.kind == Some(b'd'))?;
            put_int(vm, out, value, spec)
        }
        _ if directive.is_float() => {
            let f = vm.float_of(value)?;
            put_float(vm, out, value, f, spec)
        }
        code => Err(unsupported(vm, pattern, code, place.end - 1)),
    }
}

/// The int that is printed for a number; a float is taken by decimal conversions alone.
fn int_of(vm: &mut Vm, value: Local, decimal: bool) -> Res {
    let part = vm.native_part(value);
    let v = vm.get(part);
    if is_integer(v) {
        return Ok(part);
    }
    if decimal && v.as_float().is_some() || vm.is_python_instance(value) {
        return vm.convert_to_int(value);
    }
    vm.int_of(value)
}

#[cold]
#[inline(never)]
fn unsupported(vm: &mut Vm, pattern: Pattern, code: u8, position: usize) -> Raised {
    let unit = vm.unit_of(vm.get(pattern.local));
    let index = unit.index(vm.text(pattern.local), position);
    let digits = hex_digits(code);
    let digits = if code < 16 { digits.get(1..) } else { digits.get(..) };
    let values = vm
        .new_str(digits.unwrap_or(&[]))
        .and_then(|digits| Ok([digits, vm.new_int(index as isize)?]));
    match values {
        Ok(values) => {
            let text = "unsupported format character '%s' (0x%s) at index %s";
            value_error_about(vm, text, code.into(), &values)
        }
        Err(raised) => raised,
    }
}
