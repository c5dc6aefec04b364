//! `str`, and what it has in common with `bytes`: the methods of both are the same functions.

mod align;
mod case;
mod codec;
mod format;
mod iter;
mod join;
mod operators;
mod percent;
pub(crate) mod render;
mod search;
mod split;
mod strip;
mod subscript;
mod unit;

use core::cell::Cell;

use snakelet_num::utf8;
use snakelet_qstr::Qstr;

use crate::exception::classes::{TYPE_ERROR, UNICODE_ENCODE_ERROR};
use crate::native::args::Param;
use crate::native::leaf::{Answer, AnyText, AnyTextObj, Leaf, Leave, Obj};
use crate::native::print::{Out, PrintKind};
use crate::native::{Behaviour, Contents, NativeFn, NativeType, slots};
use crate::object::Kind;
use crate::object::value::Value;
use crate::protocol::buffer::Bytes;
use crate::vm::stack::Local;
use crate::{Args, Raised, Res, Vm, method, name};

pub(crate) use codec::{DECODE, FROM_HEX, HEX, decode_with, encode_with};
pub(crate) use format::{ascii_builtin, format_builtin};
pub(crate) use iter::{next_of, over};
pub(crate) use operators::{MEMBERSHIP, binary, binary_leaf};
pub(crate) use subscript::SUBSCRIPTS;
pub(crate) use unit::{Unit, code_point};

/// The methods that `str`, `bytes` and `bytearray` have in common.
pub(crate) static METHODS: Contents = Contents {
    functions: &[
        NativeFn::method::<AnyTextObj, 1>(name!("find"), 2, search::find),
        NativeFn::method::<AnyTextObj, 1>(name!("rfind"), 2, search::rfind),
        NativeFn::method::<AnyTextObj, 1>(name!("index"), 2, search::index),
        #[cfg(feature = "text")]
        NativeFn::method::<AnyTextObj, 1>(name!("rindex"), 2, search::rindex),
        NativeFn::method::<AnyTextObj, 1>(name!("count"), 2, search::count),
        NativeFn::method::<AnyTextObj, 2>(name!("replace"), 1, search::replace),
        NativeFn::method::<AnyTextObj, 1>(name!("startswith"), 2, search::startswith),
        NativeFn::method::<AnyTextObj, 1>(name!("endswith"), 2, search::endswith),
        NativeFn::method::<AnyTextObj, 1>(name!("join"), 0, join::join),
        split::SPLIT,
        split::RSPLIT,
        #[cfg(feature = "text")]
        split::SPLITLINES,
        #[cfg(feature = "text")]
        NativeFn::method::<AnyTextObj, 1>(name!("partition"), 0, split::partition),
        #[cfg(feature = "text")]
        NativeFn::method::<AnyTextObj, 1>(name!("rpartition"), 0, split::rpartition),
        NativeFn::method::<AnyTextObj, 0>(name!("strip"), 1, strip::strip),
        NativeFn::method::<AnyTextObj, 0>(name!("lstrip"), 1, strip::lstrip),
        NativeFn::method::<AnyTextObj, 0>(name!("rstrip"), 1, strip::rstrip),
        #[cfg(feature = "text")]
        NativeFn::method::<AnyTextObj, 1>(name!("removeprefix"), 0, strip::removeprefix),
        #[cfg(feature = "text")]
        NativeFn::method::<AnyTextObj, 1>(name!("removesuffix"), 0, strip::removesuffix),
        #[cfg(feature = "text")]
        NativeFn::method::<AnyTextObj, 1>(name!("center"), 1, align::center),
        #[cfg(feature = "text")]
        NativeFn::method::<AnyTextObj, 1>(name!("ljust"), 1, align::ljust),
        #[cfg(feature = "text")]
        NativeFn::method::<AnyTextObj, 1>(name!("rjust"), 1, align::rjust),
        #[cfg(feature = "text")]
        NativeFn::method::<AnyTextObj, 1>(name!("zfill"), 0, align::zfill),
        #[cfg(feature = "text")]
        NativeFn::method::<AnyTextObj, 0>(name!("expandtabs"), 1, align::expandtabs),
        NativeFn::method::<AnyTextObj, 0>(name!("lower"), 0, case::lower),
        NativeFn::method::<AnyTextObj, 0>(name!("upper"), 0, case::upper),
        #[cfg(feature = "text")]
        NativeFn::method::<AnyTextObj, 0>(name!("title"), 0, case::title),
        #[cfg(feature = "text")]
        NativeFn::method::<AnyTextObj, 0>(name!("capitalize"), 0, case::capitalize),
        #[cfg(feature = "text")]
        NativeFn::method::<AnyTextObj, 0>(name!("swapcase"), 0, case::swapcase),
        NativeFn::method::<AnyTextObj, 0>(name!("isspace"), 0, case::isspace),
        NativeFn::method::<AnyTextObj, 0>(name!("isalpha"), 0, case::isalpha),
        NativeFn::method::<AnyTextObj, 0>(name!("isdigit"), 0, case::isdigit),
        #[cfg(feature = "text")]
        NativeFn::method::<AnyTextObj, 0>(name!("isalnum"), 0, case::isalnum),
        NativeFn::method::<AnyTextObj, 0>(name!("isupper"), 0, case::isupper),
        NativeFn::method::<AnyTextObj, 0>(name!("islower"), 0, case::islower),
        #[cfg(feature = "text")]
        NativeFn::method::<AnyTextObj, 0>(name!("isascii"), 0, case::isascii),
    ],
    constants: &[],
};

/// `str`.
pub static STR: NativeType = NativeType::new(name!("str"), Kind::Str)
    .slots(slots!(
        Behaviour::NONE
            .make(make)
            .print(print)
            .binary_leaf(binary_leaf)
            .binary(binary)
            .truth(truth)
            .len(len)
            .subscripts(SUBSCRIPTS)
            .membership(&MEMBERSHIP)
            .iter(over)
    ))
    .contents(&METHODS)
    .methods(OWN);

/// The methods that only `str` has.
static OWN: &[NativeFn] = &[
    method!("format", 1, crate::native::VARIADIC, format::format).keywords(),
    #[cfg(feature = "cpython")]
    method!("format_map", 2, 2, format::format_map),
    #[cfg(feature = "cpython")]
    method!("maketrans", 1, 3, codec::maketrans).static_method(),
    codec::ENCODE,
    #[cfg(feature = "text")]
    NativeFn::method::<AnyTextObj, 0>(name!("casefold"), 0, case::lower),
    #[cfg(feature = "text")]
    NativeFn::method::<AnyTextObj, 0>(name!("isdecimal"), 0, case::isdigit),
    #[cfg(feature = "text")]
    NativeFn::method::<AnyTextObj, 0>(name!("isnumeric"), 0, case::isdigit),
    #[cfg(feature = "text")]
    NativeFn::method::<AnyTextObj, 0>(name!("isidentifier"), 0, case::isidentifier),
    #[cfg(feature = "text")]
    NativeFn::method::<AnyTextObj, 0>(name!("isprintable"), 0, case::isprintable),
    #[cfg(feature = "text")]
    NativeFn::method::<AnyTextObj, 0>(name!("istitle"), 0, case::istitle),
    #[cfg(feature = "text")]
    method!("translate", 2, 2, codec::translate),
];

/// What is said of text with surrogates, where only UTF-8 can go.
const SURROGATES: &str = "surrogates not allowed";

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
    #[inline(always)]
    pub(crate) fn kind(self) -> Kind {
        match self {
            Family::Str => Kind::Str,
            Family::Bytes => Kind::Bytes,
        }
    }
}

impl<'h> AnyText<'h> {
    /// Whether it is `str` or `bytes`.
    #[inline(always)]
    pub(crate) fn family(self) -> Family {
        if self.obj().is_kind(Kind::Bytes) { Family::Bytes } else { Family::Str }
    }
    /// The kind of objects of this sort.
    #[inline(always)]
    pub(crate) fn kind(self) -> Kind {
        self.family().kind()
    }
    /// Its bytes.
    #[inline(always)]
    pub(crate) fn bytes(self, cx: Leaf<'h>) -> &'h [u8] {
        cx.vm().text_of(self.obj().value())
    }
    /// What positions in it count.
    #[inline(always)]
    pub(crate) fn unit(self, cx: Leaf<'h>) -> Unit {
        cx.vm().unit_of(self.obj().value())
    }
    /// The bytes of a value that must be of the same sort, or a buffer if this is `bytes`.
    ///
    /// # Errors
    /// `TypeError`; room is asked for.
    #[inline(never)]
    pub(crate) fn like(self, cx: Leaf<'h>, other: Obj<'h>) -> Result<AnyText<'h>, Leave> {
        let value = cx.vm().native_part_of(other.value()).unwrap_or(other.value());
        let part = Obj::or_none(value);
        match AnyText::of(part) {
            Some(text) if text.family() == self.family() => return Ok(text),
            None if self.family() == Family::Bytes => {
                if let Some(buffer) = cx.vm().buffer(value) {
                    let copy = cx.copy_of_buffer(buffer.bytes)?;
                    return Ok(AnyText::of(copy).unwrap_or(self));
                }
            }
            _ => {}
        }
        Err(cx.no_conversion(other))
    }
}

impl<'h> AnyText<'h> {
    /// As [`AnyText::like`]: its bytes.
    ///
    /// # Errors
    /// As for that.
    #[inline(never)]
    pub(crate) fn bytes_like(self, cx: Leaf<'h>, other: Obj<'h>) -> Result<&'h [u8], Leave> {
        self.like(cx, other).map(|text| text.bytes(cx))
    }
}

impl<'h> Leaf<'h> {
    /// Raises the error for an argument that is not the sort of text that it should be.
    #[cold]
    #[inline(never)]
    pub(crate) fn no_conversion(self, arg: Obj<'h>) -> Leave {
        let text = no_conversion_text(self.vm(), arg.value());
        self.raise_about(&TYPE_ERROR, text, [arg; 2])
    }
    /// Makes `bytes` of the bytes of a buffer.
    ///
    /// # Errors
    /// Room is asked for.
    #[inline(never)]
    fn copy_of_buffer(self, bytes: Bytes<'h>) -> Answer<'h> {
        self.make_text(Kind::Bytes, bytes.len(), |to| {
            let _ = self.vm().copy_bytes(bytes, Cell::from_mut(to).as_slice_of_cells());
        })
    }
    /// The bytes of an object's buffer, or of a copy of it if the object is no text, so that they might change.
    ///
    /// # Errors
    /// Room is asked for.
    fn bytes_of_buffer(self, object: Obj<'h>, bytes: Bytes<'h>) -> Result<&'h [u8], Leave> {
        match AnyText::of(object) {
            Some(text) => Ok(text.bytes(self)),
            None => Ok(self.vm().text_of(self.copy_of_buffer(bytes)?.value())),
        }
    }
    /// The int that argument `i` is.
    ///
    /// # Errors
    /// It is asked for.
    #[inline(always)]
    pub(crate) fn int_arg(self, i: usize, arg: Obj<'h>) -> Result<isize, Leave> {
        arg.as_small_int().ok_or_else(|| self.index(i))
    }
}

fn no_conversion_text(vm: &Vm, arg: Value<'_>) -> &'static str {
    if vm.str_of(arg).is_some() {
        "can't convert '%t' object to bytes implicitly"
    } else {
        "can't convert '%t' object to str implicitly"
    }
}

impl Vm {
    /// The sort of text that a value is.
    pub(crate) fn family_of(&self, value: Value<'_>) -> Option<Family> {
        AnyText::of(Obj::or_none(value)).map(AnyText::family)
    }

    #[cold]
    #[inline(never)]
    pub(crate) fn bad_implicit_conversion(&mut self, arg: Local) -> Raised {
        let text = no_conversion_text(self, self.get(arg));
        self.raise_about(&TYPE_ERROR, text, &[arg])
    }

    /// The bytes of a text; none of other values.
    #[inline(never)]
    pub(crate) fn text_of<'h>(&'h self, value: Value<'h>) -> &'h [u8] {
        self.bytes_of(value).unwrap_or(&[])
    }

    /// The bytes of a text local.
    #[inline(always)]
    pub(crate) fn text(&self, local: Local) -> &[u8] {
        self.text_of(self.get(local))
    }

    /// Makes a text of the bytes `start..end` of another one.
    ///
    /// # Errors
    /// `MemoryError`.
    pub(crate) fn subtext(&mut self, text: Local, start: usize, end: usize) -> Res {
        self.leaf_local(|cx| match AnyText::of(cx.local(text)) {
            Some(text) => cx.subtext(text, start, end),
            None => Ok(cx.local(text)),
        })
    }

    /// Makes the string of one code point, which may be a surrogate.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn new_char(&mut self, code: u32) -> Res {
        if let Ok(byte) = u8::try_from(code)
            && let Some(obj) = ascii_char(byte)
        {
            return Ok(self.push(obj.value()));
        }
        self.new_str(utf8::encode(code, &mut [0; utf8::LONGEST]))
    }

    /// Raises for text with surrogates, where only UTF-8 can go.
    ///
    /// # Errors
    /// `UnicodeError`.
    #[inline(never)]
    pub(crate) fn check_utf8(&mut self, text: Local) -> Result<(), Raised> {
        let value = self.get(text);
        if self.unit_of(value) == Unit::Char && self.has_surrogate(self.text_of(value)) {
            return Err(self.raise_text(&UNICODE_ENCODE_ERROR, SURROGATES));
        }
        Ok(())
    }

    /// Whether a surrogate is in a text; what the search takes is charged.
    fn has_surrogate(&self, text: &[u8]) -> bool {
        self.paced_to_end(text.windows(2)).any(|pair| utf8::surrogate(pair).is_some())
    }
}

/// The interned string of an ASCII character.
#[inline(always)]
pub(crate) fn ascii_char<'h>(byte: u8) -> Option<Obj<'h>> {
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
            // each of them is in the table
            assert!(out[i] != 0);
            i += 1;
        }
        out
    }
    static CHARS: [u16; 128] = const { table() };
    CHARS.get(byte as usize).map(|id| Obj::qstr(Qstr::from_id(u32::from(*id))))
}

fn make(vm: &mut Vm, _class: Local, args: Args) -> Res {
    if args.len() == 1 && args.keywords() == 0 {
        #[cfg(feature = "cpython")]
        return vm.str_object(args.get(0));
        #[cfg(not(feature = "cpython"))]
        return vm.to_text(args.get(0), PrintKind::Str);
    }
    let [object, encoding, errors] = args.parse(
        vm,
        const {
            &[
                Param::optional(name!("object")),
                Param::optional(name!("encoding")),
                Param::optional(name!("errors")),
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
    !vm.text_of(value).is_empty()
}

pub(crate) fn len(vm: &Vm, value: Value<'_>) -> usize {
    vm.count_units(vm.unit_of(value), vm.text_of(value))
}
