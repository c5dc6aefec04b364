//! `str`, and what it has in common with `bytes`: the methods of both are the same functions.

mod align;
mod case;
mod codec;
mod format;
mod iter;
mod join;
mod percent;
pub(crate) mod render;
mod search;
mod split;
mod strip;
mod unit;

use snakelet_qstr::Qstr;

use crate::exception::classes::{INDEX_ERROR, TYPE_ERROR};
use crate::native::args::Param;
use crate::native::print::{Out, PrintKind};
use crate::native::{BinaryOp, NativeType, Subscr, TypeSlots};
use crate::object::Kind;
use crate::object::copy;
use crate::object::value::Value;
use crate::types::slice::Bounds;
use crate::vm::raised::Part;
use crate::vm::stack::Local;
use crate::{Args, Raised, Res, Vm, method, name, qstr};

pub(crate) use codec::{decode, decode_with, encode_with, fromhex, hex};
pub(crate) use format::{ascii_builtin, format_builtin};
pub(crate) use iter::{next_of, over};
pub(crate) use unit::{Unit, first_char};

/// The table of the methods that `str`, `bytes` and `bytearray` have in common, and some more.
/// `$made!` wraps the functions that make texts.
macro_rules! text_methods {
    ($made:ident; $($more:expr),* $(,)?) => {
        $crate::methods![
            $crate::method!("find", 2, 4, $crate::types::str::methods::find),
            $crate::method!("rfind", 2, 4, $crate::types::str::methods::rfind),
            $crate::method!("index", 2, 4, $crate::types::str::methods::index),
            $crate::method!("rindex", 2, 4, $crate::types::str::methods::rindex),
            $crate::method!("count", 2, 4, $crate::types::str::methods::count),
            $crate::method!("replace", 3, 4, $made!($crate::types::str::methods::replace)),
            $crate::method!("startswith", 2, 4, $crate::types::str::methods::startswith),
            $crate::method!("endswith", 2, 4, $crate::types::str::methods::endswith),
            $crate::method!("join", 2, 2, $made!($crate::types::str::methods::join)),
            $crate::method!("split", 1, 3, $made!($crate::types::str::methods::split)).keywords(),
            $crate::method!("rsplit", 1, 3, $made!($crate::types::str::methods::rsplit)).keywords(),
            $crate::method!("splitlines", 1, 2, $made!($crate::types::str::methods::splitlines)).keywords(),
            $crate::method!("partition", 2, 2, $made!($crate::types::str::methods::partition)),
            $crate::method!("rpartition", 2, 2, $made!($crate::types::str::methods::rpartition)),
            $crate::method!("strip", 1, 2, $made!($crate::types::str::methods::strip)),
            $crate::method!("lstrip", 1, 2, $made!($crate::types::str::methods::lstrip)),
            $crate::method!("rstrip", 1, 2, $made!($crate::types::str::methods::rstrip)),
            $crate::method!("removeprefix", 2, 2, $made!($crate::types::str::methods::removeprefix)),
            $crate::method!("removesuffix", 2, 2, $made!($crate::types::str::methods::removesuffix)),
            $crate::method!("center", 2, 3, $made!($crate::types::str::methods::center)),
            $crate::method!("ljust", 2, 3, $made!($crate::types::str::methods::ljust)),
            $crate::method!("rjust", 2, 3, $made!($crate::types::str::methods::rjust)),
            $crate::method!("zfill", 2, 2, $made!($crate::types::str::methods::zfill)),
            $crate::method!("expandtabs", 1, 2, $made!($crate::types::str::methods::expandtabs)),
            $crate::method!("lower", 1, 1, $made!($crate::types::str::methods::lower)),
            $crate::method!("upper", 1, 1, $made!($crate::types::str::methods::upper)),
            $crate::method!("title", 1, 1, $made!($crate::types::str::methods::title)),
            $crate::method!("capitalize", 1, 1, $made!($crate::types::str::methods::capitalize)),
            $crate::method!("swapcase", 1, 1, $made!($crate::types::str::methods::swapcase)),
            $crate::method!("isspace", 1, 1, $crate::types::str::methods::isspace),
            $crate::method!("isalpha", 1, 1, $crate::types::str::methods::isalpha),
            $crate::method!("isdigit", 1, 1, $crate::types::str::methods::isdigit),
            $crate::method!("isalnum", 1, 1, $crate::types::str::methods::isalnum),
            $crate::method!("isupper", 1, 1, $crate::types::str::methods::isupper),
            $crate::method!("islower", 1, 1, $crate::types::str::methods::islower),
            $crate::method!("isascii", 1, 1, $crate::types::str::methods::isascii),
            $($more),*
        ]
    };
}
pub(crate) use text_methods;

/// A method that gives what it makes as it is.
macro_rules! as_made {
    ($method:expr) => {
        $method
    };
}
pub(crate) use as_made;

/// The methods that [`text_methods`] names.
pub(crate) mod methods {
    pub(crate) use super::align::{center, expandtabs, ljust, rjust, zfill};
    pub(crate) use super::case::{
        capitalize, isalnum, isalpha, isascii, isdigit, islower, isspace, isupper, lower, swapcase,
        title, upper,
    };
    pub(crate) use super::join::join;
    pub(crate) use super::search::{
        count, endswith, find, index, replace, rfind, rindex, startswith,
    };
    pub(crate) use super::split::{partition, rpartition, rsplit, split, splitlines};
    pub(crate) use super::strip::{lstrip, removeprefix, removesuffix, rstrip, strip};
}

/// `str`.
pub static STR: NativeType = NativeType::new(name!("str"), Kind::Str)
    .slots(
        const {
            &TypeSlots::NONE
                .make(make)
                .print(print)
                .binary(binary)
                .truth(truth)
                .len(len)
                .subscr(subscr)
                .contains(contains)
                .iter(over)
        },
    )
    .methods(text_methods![
        as_made;
        method!("format", 1, crate::native::VARIADIC, format::format).keywords(),
        method!("encode", 1, 3, codec::encode).keywords(),
        method!("casefold", 1, 1, case::lower),
        method!("isdecimal", 1, 1, case::isdigit),
        method!("isnumeric", 1, 1, case::isdigit),
        method!("isidentifier", 1, 1, case::isidentifier),
        method!("isprintable", 1, 1, case::isprintable),
        method!("istitle", 1, 1, case::istitle),
        method!("translate", 2, 2, codec::translate),
    ]);

/// The two sorts of text.
#[derive(Copy, Clone, PartialEq, Eq)]
pub(crate) enum Family {
    /// `str`.
    Str,
    /// `bytes`.
    Bytes,
}

impl Family {
    /// The kind of objects of this sort.
    pub(crate) const fn kind(self) -> Kind {
        match self {
            Family::Str => Kind::Str,
            Family::Bytes => Kind::Bytes,
        }
    }
}

/// A text that a method works on.
#[derive(Copy, Clone)]
pub(crate) struct Text {
    /// A `str` or `bytes`.
    pub(crate) local: Local,
    pub(crate) family: Family,
    /// What positions in it count.
    pub(crate) unit: Unit,
}

impl Vm {
    /// The sort of text that a value is.
    pub(crate) fn family_of(&self, value: Value<'_>) -> Option<Family> {
        if value.is_kind(Kind::Bytes) {
            return Some(Family::Bytes);
        }
        self.str_of(value).map(|_| Family::Str)
    }

    /// The receiver of a method; another object than `str` and `bytes` is copied to `bytes`.
    pub(crate) fn text_receiver(&mut self, local: Local) -> Result<Text, Raised> {
        let local = self.native_part(local);
        let (local, family) = match self.family_of(self.get(local)) {
            Some(family) => (local, family),
            None => (self.bytes_from_buffer(local)?, Family::Bytes),
        };
        let unit = self.unit_of(self.get(local));
        Ok(Text { local, family, unit })
    }

    /// An argument that must be of the same sort as the receiver.
    pub(crate) fn text_like(&mut self, text: Text, arg: Local) -> Res {
        let part = self.native_part(arg);
        match self.family_of(self.get(part)) {
            Some(family) if family == text.family => Ok(part),
            None if text.family == Family::Bytes && self.buffer(self.get(part)).is_some() => {
                self.bytes_from_buffer(part)
            }
            _ => Err(self.bad_implicit_conversion(arg)),
        }
    }

    #[cold]
    pub(crate) fn bad_implicit_conversion(&mut self, arg: Local) -> Raised {
        let is_str = self.str_of(self.get(arg)).is_some();
        let wanted =
            if is_str { "' object to bytes implicitly" } else { "' object to str implicitly" };
        self.raise_parts(
            &TYPE_ERROR,
            &[Part::Text("can't convert '"), Part::TypeOf(arg), Part::Text(wanted)],
        )
    }

    /// The bytes of a text local.
    pub(crate) fn text(&self, local: Local) -> &[u8] {
        self.bytes_of(self.get(local)).unwrap_or(&[])
    }

    /// Makes a text of the bytes `start..end` of another one.
    ///
    /// # Errors
    /// `MemoryError`.
    pub(crate) fn subtext(&mut self, text: Local, start: usize, end: usize) -> Res {
        let bytes = self.text(text);
        let part = bytes.get(start..end).unwrap_or(&[]);
        if part.len() == bytes.len() {
            return Ok(self.push_copy(text));
        }
        let len = part.len();
        let kind = if self.get(text).is_kind(Kind::Bytes) { Kind::Bytes } else { Kind::Str };
        if kind == Kind::Str
            && let [one] = part
            && let Some(value) = ascii_char(*one)
        {
            return Ok(self.push(value));
        }
        self.new_text_object(kind, len, |vm, out| {
            copy(vm.text(text).get(start..start + out.len()).unwrap_or(&[]), out);
        })
    }

    /// Makes the string of one character.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn new_char(&mut self, c: char) -> Res {
        if let Ok(byte) = u8::try_from(u32::from(c))
            && let Some(value) = ascii_char(byte)
        {
            return Ok(self.push(value));
        }
        let mut buf = [0; 4];
        let text = c.encode_utf8(&mut buf);
        self.new_str(text.as_bytes())
    }
}

/// The interned string of an ASCII character.
#[inline(always)]
pub(crate) fn ascii_char(byte: u8) -> Option<Value<'static>> {
    const fn table() -> [u16; 128] {
        let mut out = [0; 128];
        let mut i = 0;
        while i < out.len() {
            let bytes = [i as u8];
            if let Ok(text) = core::str::from_utf8(&bytes)
                && let Some(q) = Qstr::find(text)
            {
                out[i] = q.id() as u16;
            }
            i += 1;
        }
        out
    }
    static CHARS: [u16; 128] = table();
    CHARS.get(byte as usize).map(|id| Value::qstr(Qstr::from_id(u32::from(*id))))
}

fn make(vm: &mut Vm, _class: Local, args: Args) -> Res {
    if args.len() == 1 && args.keywords() == 0 {
        return vm.to_text(args.get(0), PrintKind::Str);
    }
    let [object, encoding, errors] = args.parse(
        vm,
        const {
            &[
                Param::optional(qstr!("object"), Local::NULL),
                Param::optional(qstr!("encoding"), Local::NULL),
                Param::optional(qstr!("errors"), Local::NULL),
            ]
        },
    )?;
    if vm.get(object).is_null() {
        return Ok(vm.push(Value::qstr(Qstr::EMPTY)));
    }
    if vm.get(encoding).is_null() && vm.get(errors).is_null() {
        return vm.to_text(object, PrintKind::Str);
    }
    decode_with(vm, object, encoding, errors)
}

fn print(vm: &mut Vm, object: Local, out: Out, kind: PrintKind) -> Result<(), Raised> {
    match kind {
        PrintKind::Str => vm.emit_str(out, object),
        PrintKind::Repr => render::quoted(vm, object, out, Family::Str),
    }
}

fn truth(vm: &Vm, value: Value<'_>) -> bool {
    vm.bytes_of(value).is_some_and(|b| !b.is_empty())
}

pub(crate) fn len(vm: &Vm, value: Value<'_>) -> usize {
    vm.count_units(vm.unit_of(value), vm.bytes_of(value).unwrap_or(&[]))
}

pub(crate) fn contains(vm: &mut Vm, object: Local, item: Local) -> Result<bool, Raised> {
    let text = vm.text_receiver(object)?;
    if text.family == Family::Bytes
        && vm.buffer(vm.get(item)).is_none()
        && let Some(i) = vm.get(item).as_small_int()
    {
        let Ok(byte) = u8::try_from(i) else {
            return Err(vm.value_error("bytes value out of range"));
        };
        let bytes = vm.text(text.local);
        vm.charge_bytes_later(bytes.len());
        return Ok(bytes.contains(&byte));
    }
    let item = vm.text_like(text, item)?;
    Ok(vm.find_text(text.local, item, 0, usize::MAX)?.is_some())
}

pub(crate) fn binary(
    vm: &mut Vm,
    op: BinaryOp,
    left: Local,
    right: Local,
) -> Result<Option<Local>, Raised> {
    use BinaryOp::{Add, Equal, Less, LessEqual, Modulo, More, MoreEqual, Multiply};
    let text = vm.text_receiver(left)?;
    match op {
        Multiply => {
            if !matches!(vm.get(right).ref_kind(), None | Some(Kind::BigInt | Kind::Instance))
                || vm.str_of(vm.get(right)).is_some()
                || vm.get(right).is_none()
                || vm.get(right).as_float().is_some()
            {
                return Ok(None);
            }
            repeat(vm, text, right).map(Some)
        }
        Modulo => percent::format(vm, text, right).map(Some),
        Equal | Less | LessEqual | More | MoreEqual => {
            let same = match vm.family_of(vm.get(right)) {
                Some(family) => family == text.family,
                None if vm.get(right).is_kind(Kind::Array) => false,
                None => text.family == Family::Bytes && vm.buffer(vm.get(right)).is_some(),
            };
            if same {
                let (left, right) = (vm.buffer_bytes(left), vm.buffer_bytes(right));
                // texts that differ in length are compared too: what is to be known may be the order
                vm.charge_bytes_later(left.len().min(right.len()));
                let order = left.compare(right);
                return Ok(Vm::compare_result(op, order).map(Local::bool));
            }
            if op == Equal || vm.is_python_instance(right) || text.family == Family::Bytes {
                return Ok(None);
            }
            Err(vm.bad_implicit_conversion(right))
        }
        Add => {
            let mine = match vm.family_of(vm.get(right)) {
                Some(family) => family == text.family,
                None => text.family == Family::Bytes && vm.buffer(vm.get(right)).is_some(),
            };
            if mine {
                return concat(vm, text, right).map(Some);
            }
            if vm.is_python_instance(right) {
                return Ok(None);
            }
            Err(vm.bad_implicit_conversion(right))
        }
        _ => Ok(None),
    }
}

fn concat(vm: &mut Vm, text: Text, right: Local) -> Res {
    let left = text.local;
    let n = vm.text(left).len();
    let more = vm.buffer_bytes(right).len();
    if text.family == Family::Str || vm.get(right).is_kind(Kind::Bytes) {
        if more == 0 {
            return Ok(left);
        }
        if n == 0 {
            return Ok(right);
        }
    }
    let Some(len) = n.checked_add(more) else { return Err(vm.memory_error()) };
    vm.charge_bytes(len)?;
    vm.new_text_object(text.family.kind(), len, |vm, out| {
        if let Some((head, tail)) = out.split_at_mut_checked(n) {
            copy(vm.text(left), head);
            vm.buffer_bytes(right).copy_to(tail);
        }
    })
}

fn repeat(vm: &mut Vm, text: Text, times: Local) -> Res {
    let times = usize::try_from(vm.index_of(times)?).unwrap_or(0);
    let n = vm.text(text.local).len();
    if times == 1 {
        return Ok(text.local);
    }
    let Some(len) = n.checked_mul(times) else { return Err(vm.memory_error()) };
    vm.new_text_object(text.family.kind(), len, |vm, out| {
        let part = vm.text(text.local);
        if let [byte] = part {
            out.fill(*byte);
            vm.charge_bytes_later(len);
        } else if !part.is_empty() {
            for to in out.chunks_exact_mut(part.len()) {
                copy(part, to);
                vm.charge_later(1 + part.len() / 32);
            }
        }
    })
}

/// Raises the error of changing a text.
#[cold]
pub(crate) fn refuse_change(vm: &mut Vm, object: Local, op: Subscr) -> Res {
    let what = match op {
        Subscr::Store(_) => "' object doesn't support item assignment",
        _ => "' object doesn't support item deletion",
    };
    Err(vm.raise_parts(&TYPE_ERROR, &[Part::Text("'"), Part::TypeOf(object), Part::Text(what)]))
}

fn subscr(vm: &mut Vm, object: Local, index: Local, op: Subscr) -> Res {
    if !matches!(op, Subscr::Load) {
        return refuse_change(vm, object, op);
    }
    let unit = vm.unit_of(vm.get(object));
    if vm.get(index).is_kind(Kind::Slice) {
        let len = vm.count_units(unit, vm.text(object));
        let span = vm.slice_bounds(index, len)?;
        return slice(vm, object, unit, span);
    }
    let offset = match vm.get(index).as_small_int() {
        Some(i) if unit == Unit::Char => {
            let text = vm.text(object);
            let offset = char_offset(text, i);
            let looked = match offset {
                Some(at) if i < 0 => text.len() - at,
                Some(at) => at,
                None => text.len(),
            };
            vm.charge_bytes_later(looked);
            offset
        }
        Some(i) => {
            let len = vm.text(object).len();
            let at = if i < 0 { i.wrapping_add(len as isize) } else { i };
            usize::try_from(at).ok().filter(|at| *at < len)
        }
        None if vm.get(index).is_kind(Kind::BigInt) => None,
        None if vm.get(index).as_bool().is_some() || vm.is_python_instance(index) => {
            let i = vm.index_of(index)?;
            let len = vm.count_units(unit, vm.text(object)) as isize;
            let at = if i < 0 { i.wrapping_add(len) } else { i };
            Some(at)
                .filter(|at| (0..len).contains(at))
                .map(|at| vm.offset_of_unit(unit, vm.text(object), at as usize))
        }
        None => {
            return Err(vm.raise_parts(
                &TYPE_ERROR,
                &[Part::Text("string indices must be integers, not "), Part::TypeOf(index)],
            ));
        }
    };
    let Some(start) = offset else {
        return Err(vm.raise_text(&INDEX_ERROR, "string index out of range"));
    };
    let end = unit.next(vm.text(object), start);
    vm.subtext(object, start, end)
}

/// Where character `i`, counted from the end if negative, begins.
fn char_offset(text: &[u8], i: isize) -> Option<usize> {
    if i >= 0 {
        return Some(Unit::Char.offset(text, i as usize)).filter(|at| *at < text.len());
    }
    let mut at = text.len();
    for _ in 0..i.unsigned_abs() {
        if at == 0 {
            return None;
        }
        at = Unit::Char.previous(text, at);
    }
    Some(at)
}

/// The units of a slice.
pub(crate) fn slice(vm: &mut Vm, object: Local, unit: Unit, span: Bounds) -> Res {
    let bytes = vm.text(object);
    let start = vm.offset_of_unit(unit, bytes, span.at(0));
    if span.step == 1 {
        let rest = bytes.get(start..).unwrap_or(&[]);
        let end = start + vm.offset_of_unit(unit, rest, span.len);
        vm.charge_bytes(end - start)?;
        return vm.subtext(object, start, end);
    }
    let len = walk(vm, object, start, unit, span, |_| {});
    let kind = if vm.get(object).is_kind(Kind::Bytes) { Kind::Bytes } else { Kind::Str };
    vm.new_text_object(kind, len, |vm, out| {
        let mut places = out.iter_mut();
        walk(vm, object, start, unit, span, |part| {
            for byte in part {
                if let Some(place) = places.next() {
                    *place = *byte;
                }
            }
        });
    })
}

/// Calls `each` with the bytes of every unit of a slice that begins at `start`; returns their sum.
fn walk(
    vm: &Vm,
    text: Local,
    start: usize,
    unit: Unit,
    span: Bounds,
    mut each: impl FnMut(&[u8]),
) -> usize {
    let text = vm.text(text);
    let mut at = start;
    let mut sum = 0;
    for i in vm.paced(0..span.len) {
        let next = unit.next(text, at);
        let part = text.get(at..next).unwrap_or(&[]);
        sum += part.len();
        each(part);
        if i + 1 == span.len {
            break;
        }
        if unit == Unit::Byte {
            at = at.wrapping_add_signed(span.step);
        } else {
            for _ in vm.paced(0..span.step.unsigned_abs()) {
                at = if span.step > 0 { unit.next(text, at) } else { unit.previous(text, at) };
            }
        }
    }
    sum
}
