//! The value encoding: one machine word for every Python value.
//!
//! This is the only place that knows how a small int, an interned string, a constant, a float or
//! a reference is told from the others. Two encodings stand behind the same functions:
//! `tagged` keeps 62-bit ints and floats of the common exponents in the word (on 32-bit targets, with
//! the feature `f32`, 30-bit ints and floats of single precision), `boxed` keeps 31-bit ints and boxes
//! every float. In both a word whose low four bits are zero is null or
//! the address of a 16-byte aligned object, in the heap or in flash; that is what the collector
//! relies on.

#![allow(unsafe_code)] // dereferences object addresses

use core::marker::PhantomData;

use snakelet_qstr::Qstr;

use crate::object::{HeapObject, Kind, header};

#[cfg(any(target_pointer_width = "64", feature = "f32"))]
#[path = "tagged.rs"]
mod encoding;
#[cfg(not(any(target_pointer_width = "64", feature = "f32")))]
#[path = "boxed.rs"]
mod encoding;

/// A machine word: a value in its encoded form, or a header.
pub type Word = usize;
/// A signed machine word.
pub type SWord = isize;

/// Word-level encoding functions, for the interpreter loop and the heap's object model.
pub(crate) mod raw {
    pub(crate) use super::encoding::*;
    use super::{Kind, Word, header};
    use snakelet_qstr::Qstr;

    /// Whether there are floats at all. Where there are none, code for them is recognised as dead.
    pub(crate) const HAS_FLOATS: bool = cfg!(feature = "float");

    pub(crate) const NULL: Word = 0;
    pub(crate) const NONE: Word = imm(0);
    pub(crate) const FALSE: Word = imm(1);
    pub(crate) const TRUE: Word = imm(2);
    pub(crate) const ELLIPSIS: Word = imm(3);
    pub(crate) const NOT_IMPLEMENTED: Word = imm(4);
    /// What an exception slot holds while the host stops the interpreter.
    pub(crate) const STOP: Word = imm(5);

    #[inline(always)]
    pub(crate) const fn bool(b: bool) -> Word {
        if b { TRUE } else { FALSE }
    }
    #[inline(always)]
    pub(crate) const fn is_int(w: Word) -> bool {
        w & INT_MASK == INT_TAG
    }
    #[inline(always)]
    pub(crate) const fn both_int(a: Word, b: Word) -> bool {
        // differences are what additions need as well
        (a.wrapping_sub(INT_TAG) | b.wrapping_sub(INT_TAG)) & INT_MASK == 0
    }
    /// The int in a word for which `is_int` holds.
    #[inline(always)]
    pub(crate) const fn to_int(w: Word) -> isize {
        (w as isize) >> INT_SHIFT
    }
    /// Encodes an int known to lie in `INT_MIN..=INT_MAX`.
    #[inline(always)]
    pub(crate) const fn int(i: isize) -> Word {
        ((i as Word) << INT_SHIFT) | INT_TAG
    }
    pub(crate) const INT_MAX: isize = isize::MAX >> INT_SHIFT;
    pub(crate) const INT_MIN: isize = isize::MIN >> INT_SHIFT;
    #[inline(always)]
    pub(crate) const fn fits_int(i: isize) -> bool {
        i >= INT_MIN && i <= INT_MAX
    }
    #[inline(always)]
    pub(crate) const fn is_qstr(w: Word) -> bool {
        w & QSTR_MASK == QSTR_TAG
    }
    #[inline(always)]
    pub(crate) const fn qstr(q: Qstr) -> Word {
        ((q.id() as Word) << QSTR_SHIFT) | QSTR_TAG
    }
    #[inline(always)]
    pub(crate) const fn to_qstr(w: Word) -> Qstr {
        Qstr::from_id((w >> QSTR_SHIFT) as u32)
    }
    /// Whether the word is a reference to an object (in the heap or static).
    #[inline(always)]
    pub(crate) const fn is_ref(w: Word) -> bool {
        if w & 15 != 0 {
            return false;
        }
        if w == 0 {
            rarely();
            return false;
        }
        true
    }
    /// Tells the compiler that control seldom comes here: two conditions are then tested one after the
    /// other, and not made one by logic.
    #[cold]
    const fn rarely() {}
    /// The header word of the object that `w` refers to.
    #[inline(always)]
    pub(crate) fn header_of(w: Word) -> Word {
        debug_assert!(is_ref(w));
        // SAFETY: every reference word is the address of a live object, whose first word is its
        // header (invariant of `Value`: references are made only from live objects).
        unsafe { *core::ptr::with_exposed_provenance::<Word>(w) }
    }
    #[inline(always)]
    pub(crate) fn has_kind(w: Word, kind: Kind) -> bool {
        is_ref(w) && header_of(w) & header::KIND_MASK == kind as Word
    }
}

/// A Python value, valid as long as the heap is not changed.
///
/// `'h` is a shared borrow of the [`Vm`](crate::Vm): whatever may allocate, and so may collect
/// or move objects, borrows it mutably, and the compiler rejects code that keeps a `Value` over
/// such a call. What must live longer is put in a [`Local`](crate::Local) slot.
#[derive(Copy, Clone)]
#[repr(transparent)]
pub struct Value<'h> {
    word: Word,
    heap: PhantomData<&'h ()>,
}

impl<'h> Value<'h> {
    /// `None`.
    pub const NONE: Value<'static> = Value::of_word(raw::NONE);
    /// `True`.
    pub const TRUE: Value<'static> = Value::of_word(raw::TRUE);
    /// `False`.
    pub const FALSE: Value<'static> = Value::of_word(raw::FALSE);
    /// `...`.
    pub const ELLIPSIS: Value<'static> = Value::of_word(raw::ELLIPSIS);
    /// `NotImplemented`.
    pub const NOT_IMPLEMENTED: Value<'static> = Value::of_word(raw::NOT_IMPLEMENTED);
    /// No value: an unset local, cell or argument.
    pub const NULL: Value<'static> = Value::of_word(raw::NULL);

    const fn of_word(word: Word) -> Self {
        Self { word, heap: PhantomData }
    }

    /// Makes a value of its encoded word.
    ///
    /// # Safety
    /// A reference word must refer to an object that lives through `'h`.
    #[inline(always)]
    pub(crate) const unsafe fn from_word(word: Word) -> Self {
        Self::of_word(word)
    }

    /// The encoded word.
    #[inline(always)]
    pub(crate) const fn word(self) -> Word {
        self.word
    }

    /// `True` or `False`.
    #[inline(always)]
    pub const fn bool(b: bool) -> Self {
        Self::of_word(raw::bool(b))
    }

    /// An int, if it fits a word (62 or 31 bits with sign).
    #[inline(always)]
    pub const fn small_int(i: SWord) -> Option<Self> {
        if raw::fits_int(i) { Some(Self::of_word(raw::int(i))) } else { None }
    }

    /// An int of at most 30 bits and sign, which every target holds in a word.
    #[inline(always)]
    pub const fn tiny_int(i: i16) -> Self {
        Self::of_word(raw::int(i as isize))
    }

    /// An interned string.
    #[inline(always)]
    pub const fn qstr(q: Qstr) -> Self {
        Self::of_word(raw::qstr(q))
    }

    /// A reference to an object, in the heap or static.
    #[inline(always)]
    pub(crate) fn from_ref<T: HeapObject>(object: &'h T) -> Self {
        Self::of_word(core::ptr::from_ref(object).expose_provenance())
    }

    /// Whether this is no value at all.
    #[inline(always)]
    pub const fn is_null(self) -> bool {
        self.word == raw::NULL
    }
    /// Whether this is `None`.
    #[inline(always)]
    pub const fn is_none(self) -> bool {
        self.word == raw::NONE
    }
    /// Identity, as `is` tests it.
    #[inline(always)]
    pub const fn is(self, other: Value<'_>) -> bool {
        self.word == other.word
    }
    /// The int, if this is one that fits a word.
    #[inline(always)]
    pub const fn as_small_int(self) -> Option<SWord> {
        if raw::is_int(self.word) { Some(raw::to_int(self.word)) } else { None }
    }
    /// The truth value, if this is `True` or `False`.
    #[inline(always)]
    pub const fn as_bool(self) -> Option<bool> {
        match self.word {
            raw::TRUE => Some(true),
            raw::FALSE => Some(false),
            _ => None,
        }
    }
    /// The interned string's number, if this is an interned string.
    #[inline(always)]
    pub const fn as_qstr(self) -> Option<Qstr> {
        if raw::is_qstr(self.word) { Some(raw::to_qstr(self.word)) } else { None }
    }
    /// The float, boxed or not.
    #[inline(always)]
    pub fn as_float(self) -> Option<f64> {
        if !raw::HAS_FLOATS {
            return None;
        }
        if raw::is_float_word(self.word) {
            return Some(raw::to_float(self.word));
        }
        self.cast::<crate::object::FloatBox>().map(|b| b.get())
    }
    /// The kind of the object referred to, if this is a reference.
    #[inline(always)]
    pub fn ref_kind(self) -> Option<Kind> {
        if raw::is_ref(self.word) { Some(Kind::of_header(raw::header_of(self.word))) } else { None }
    }
    /// The object referred to, if it is of layout `T`.
    #[inline(always)]
    pub(crate) fn cast<T: HeapObject>(self) -> Option<&'h T> {
        if raw::is_ref(self.word) && T::is_kind(Kind::of_header(raw::header_of(self.word))) {
            // SAFETY: the header says that the object has layout `T`; it is live and does not
            // move during 'h, and all its fields are cells or never change.
            Some(unsafe { &*core::ptr::with_exposed_provenance::<T>(self.word) })
        } else {
            None
        }
    }
    /// Whether special methods are looked up in the type of this: it is an instance of a Python class, or
    /// an object with Rust data.
    #[inline(always)]
    pub(crate) fn has_specials(self) -> bool {
        const { assert!(Kind::Data as u8 + 1 == Kind::Instance as u8) };
        raw::is_ref(self.word)
            && (Kind::of_header(raw::header_of(self.word)) as u8).wrapping_sub(Kind::Data as u8)
                <= 1
    }
    /// Whether this is a reference to an object of kind `kind`.
    #[inline(always)]
    pub fn is_kind(self, kind: Kind) -> bool {
        raw::has_kind(self.word, kind)
    }
}
