//! Values and typed references that are valid while a leaf runs.

#![allow(unsafe_code)] // references made of addresses, and the other way

use core::marker::PhantomData;
use core::num::NonZeroUsize;
use core::ops::Deref;
use core::ptr::NonNull;

use snakelet_qstr::Qstr;

use crate::native::leaf::Brand;
use crate::object::value::{SWord, Value, Word, raw};
use crate::object::{HashObj, HeapObject, Kind, StrObj};

/// A Python value, in one word that is never null: a small int, an interned string, a constant, a float
/// or a reference to an object.
#[derive(Copy, Clone)]
#[repr(transparent)]
pub struct Obj<'h>(NonNull<()>, Brand<'h>);

/// A value whose word is no reference and not null.
const fn immediate<'h>(word: Word) -> Obj<'h> {
    match NonNull::new(core::ptr::without_provenance_mut(word)) {
        Some(at) => Obj(at, PhantomData),
        None => Obj(NonNull::dangling(), PhantomData),
    }
}

impl<'h> Obj<'h> {
    /// `None`.
    pub const NONE: Obj<'h> = immediate(raw::NONE);
    /// `True`.
    pub const TRUE: Obj<'h> = immediate(raw::TRUE);
    /// `False`.
    pub const FALSE: Obj<'h> = immediate(raw::FALSE);
    /// `NotImplemented`.
    pub const NOT_IMPLEMENTED: Obj<'h> = immediate(raw::NOT_IMPLEMENTED);

    /// `True` or `False`.
    #[inline(always)]
    pub const fn bool(b: bool) -> Self {
        if b { Self::TRUE } else { Self::FALSE }
    }
    /// An int, if it fits a word.
    #[inline(always)]
    pub fn small_int(i: SWord) -> Option<Self> {
        raw::fits_int(i).then(|| immediate(raw::int(i)))
    }
    /// An interned string.
    #[inline(always)]
    pub(crate) fn qstr(q: Qstr) -> Self {
        immediate(raw::qstr(q))
    }
    /// The float, if it fits a word.
    #[inline(always)]
    pub(crate) fn small_float(f: f64) -> Option<Self> {
        raw::float_word(f).map(immediate)
    }
    /// A value, unless it is null.
    #[inline(always)]
    pub(crate) fn of_value(value: Value<'h>) -> Option<Self> {
        let at = core::ptr::with_exposed_provenance_mut(value.word());
        NonNull::new(at).map(|at| Obj(at, PhantomData))
    }
    /// A value, or `None` for null.
    #[inline(always)]
    pub(crate) fn or_none(value: Value<'h>) -> Self {
        Self::of_value(value).unwrap_or(Self::NONE)
    }
    /// A reference to an object.
    #[inline(always)]
    pub(crate) fn of_ref<T: HeapObject>(object: &'h T) -> Self {
        let at: NonNull<()> = NonNull::from(object).cast();
        at.as_ptr().expose_provenance();
        Obj(at, PhantomData)
    }
    /// The encoded word.
    #[inline(always)]
    pub(crate) fn word(self) -> Word {
        self.0.as_ptr().expose_provenance()
    }
    /// The encoded word, which is never 0.
    #[inline(always)]
    pub(crate) fn non_zero(self) -> NonZeroUsize {
        self.0.as_ptr().expose_provenance();
        self.0.addr()
    }
    /// The same value, as the interpreter's own functions take it.
    #[inline(always)]
    pub(crate) fn value(self) -> Value<'h> {
        // SAFETY: an `Obj` refers to an object that lives through `'h`: it is made of such values only.
        unsafe { Value::from_word(self.word()) }
    }
    /// Whether this is `None`.
    #[inline(always)]
    pub fn is_none(self) -> bool {
        self.word() == raw::NONE
    }
    /// Identity, as `is` tests it.
    #[inline(always)]
    pub fn is(self, other: Obj<'h>) -> bool {
        self.0 == other.0
    }
    /// The int, if this is one that fits a word.
    #[inline(always)]
    pub fn as_small_int(self) -> Option<SWord> {
        self.value().as_small_int()
    }
    /// The truth value, if this is `True` or `False`.
    #[inline(always)]
    pub fn as_bool(self) -> Option<bool> {
        self.value().as_bool()
    }
    /// The float, if this is one.
    #[inline(always)]
    pub fn as_float(self) -> Option<f64> {
        self.value().as_float()
    }
    /// The object referred to, if it has layout `T`.
    #[inline(always)]
    pub(crate) fn cast<T: HeapObject>(self) -> Option<Gc<'h, T>> {
        self.value().cast::<T>().map(Gc::new)
    }
    /// Whether this is a reference to an object of kind `kind`.
    #[inline(always)]
    pub(crate) fn is_kind(self, kind: Kind) -> bool {
        self.value().is_kind(kind)
    }
}

/// A reference to an object of layout `T` that lives, and stays where it is, through `'h`.
#[repr(transparent)]
pub(crate) struct Gc<'h, T>(&'h T, Brand<'h>);

impl<T> Clone for Gc<'_, T> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Gc<'_, T> {}

impl<T> Deref for Gc<'_, T> {
    type Target = T;
    #[inline(always)]
    fn deref(&self) -> &T {
        self.0
    }
}

impl<'h, T: HeapObject> Gc<'h, T> {
    #[inline(always)]
    pub(crate) fn new(object: &'h T) -> Self {
        Self(object, PhantomData)
    }
    /// The object, for as long as it is sure to live.
    #[inline(always)]
    pub(crate) fn object(self) -> &'h T {
        self.0
    }
    /// The same as a value.
    #[inline(always)]
    pub(crate) fn obj(self) -> Obj<'h> {
        Obj::of_ref(self.0)
    }
}

/// What the receiver of a method may be: a marker, since the receiver itself has the lifetime of a call.
///
/// # Safety
/// `As` is transparent over a pointer that is not null, and may be made of any reference to an object of
/// a kind from `FIRST` to `LAST`, and of any word that is no reference and whose low three bits are
/// the number of a bit that is set in `IMMEDIATES`.
pub(crate) unsafe trait Receiving {
    /// What the method is given.
    type As<'h>: Copy;
    /// The first kind of objects that it may be.
    const FIRST: Kind;
    /// The last one.
    const LAST: Kind;
    /// What words that are no references it may be.
    const IMMEDIATES: u8 = 0;
}

// SAFETY: a `Gc` is transparent over a reference, and the kinds are those with the layout.
unsafe impl<T: HeapObject + 'static> Receiving for T {
    type As<'h> = Gc<'h, T>;
    const FIRST: Kind = T::FIRST;
    const LAST: Kind = T::LAST;
}

/// An object of layout `T`, given as any value.
pub(crate) struct Whole<T>(PhantomData<T>);

// SAFETY: an `Obj` is transparent over a pointer that is not null, and any value is one.
unsafe impl<T: HeapObject + 'static> Receiving for Whole<T> {
    type As<'h> = Obj<'h>;
    const FIRST: Kind = T::FIRST;
    const LAST: Kind = T::LAST;
}

macro_rules! receivers {
    ($($(#[$doc:meta])* $name:ident: $layout:ident, $first:ident - $last:ident;)*) => {$(
        $(#[$doc])*
        pub(crate) struct $name(());
        // SAFETY: a `Gc` is transparent over a reference, and the kinds are among those with the layout.
        unsafe impl Receiving for $name {
            type As<'h> = Gc<'h, $layout>;
            const FIRST: Kind = Kind::$first;
            const LAST: Kind = Kind::$last;
        }
    )*};
}

receivers! {
    /// A dict, ordered or not.
    Dict: HashObj, Dict - OrderedDict;
    /// A set that may change.
    Set: HashObj, Set - Set;
    /// A set, frozen or not.
    AnySet: HashObj, Set - FrozenSet;
}

/// Any value at all.
pub(crate) struct AnyObj(());

// SAFETY: an `Obj` is transparent over a pointer that is not null, and any value is one.
unsafe impl Receiving for AnyObj {
    type As<'h> = Obj<'h>;
    const FIRST: Kind = Kind::Float;
    const LAST: Kind = Kind::NativeModule;
    const IMMEDIATES: u8 = u8::MAX;
}

/// An int or a bool as receiver. A method has to look: other constants look like bools.
pub(crate) struct IntObj(());

// SAFETY: an `Obj` is transparent over a pointer that is not null, and any value is one.
unsafe impl Receiving for IntObj {
    type As<'h> = Obj<'h>;
    const FIRST: Kind = Kind::BigInt;
    const LAST: Kind = Kind::BigInt;
    const IMMEDIATES: u8 = raw::INT_LOW_BITS | raw::CONSTANT_LOW_BITS;
}

/// A float as receiver. A method has to look: other constants look like zeros.
pub(crate) struct FloatObj(());

// SAFETY: an `Obj` is transparent over a pointer that is not null, and any value is one.
unsafe impl Receiving for FloatObj {
    type As<'h> = Obj<'h>;
    const FIRST: Kind = Kind::Float;
    const LAST: Kind = Kind::Float;
    const IMMEDIATES: u8 = raw::FLOAT_LOW_BITS;
}

/// A `str`, interned or not, or `bytes`.
#[derive(Copy, Clone)]
#[repr(transparent)]
pub(crate) struct AnyText<'h>(Obj<'h>);

/// A `str` or `bytes` as receiver.
pub(crate) struct AnyTextObj(());

// SAFETY: an `AnyText` is transparent over an `Obj`, hence over a pointer that is not null; it may be made
// of `str` and `bytes` objects and of interned strings, which are all words with these low bits.
unsafe impl Receiving for AnyTextObj {
    type As<'h> = AnyText<'h>;
    const FIRST: Kind = Kind::Str;
    const LAST: Kind = Kind::Bytes;
    const IMMEDIATES: u8 = raw::QSTR_LOW_BITS;
}

impl<'h> AnyText<'h> {
    /// The text, if a value is one.
    #[inline(always)]
    pub(crate) fn of(obj: Obj<'h>) -> Option<Self> {
        (obj.value().as_qstr().is_some() || obj.cast::<StrObj>().is_some()).then_some(Self(obj))
    }
    /// The same as a value.
    #[inline(always)]
    pub(crate) fn obj(self) -> Obj<'h> {
        self.0
    }
}
