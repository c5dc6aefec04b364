//! Words as objects: what the loop reads and writes of them.

#![allow(unsafe_code)] // rule 2 of the interpreter loop: words on the stack are live values

use crate::Vm;
use crate::object::value::{Value, Word, raw};
use crate::object::{
    ClosureObj, Context, FunctionObj, Instance, Kind, Slot, Storage, TupleObj, header,
};

use super::slow;

/// Stands where control never comes; a debug build says so if it does.
///
/// # Safety
/// Control never comes here.
#[inline(always)]
pub(super) unsafe fn no_such_opcode() -> ! {
    #[cfg(debug_assertions)]
    #[expect(clippy::panic, reason = "an assumption of the release build is checked")]
    {
        panic!("opcode that the verifier refuses")
    }
    #[cfg(not(debug_assertions))]
    // SAFETY: contract of this function.
    unsafe {
        core::hint::unreachable_unchecked()
    }
}

/// The object of layout `T` at a reference word.
///
/// # Safety
/// The word refers to a live object of that layout, and nothing moves while the result is used.
#[inline(always)]
pub(super) unsafe fn object<'a, T>(word: Word) -> &'a T {
    // SAFETY: contract of this function.
    unsafe { &*core::ptr::with_exposed_provenance::<T>(word) }
}

/// Word `n` of the object at a reference word.
///
/// # Safety
/// As for [`object`]; the object has more than `n` words.
#[inline(always)]
pub(super) unsafe fn word_of(word: Word, n: usize) -> *const Word {
    // SAFETY: contract of this function.
    unsafe { core::ptr::with_exposed_provenance::<Word>(word).add(n) }
}

/// Word `n` of the object at a reference word, as a slot.
///
/// # Safety
/// As for [`word_of`].
#[inline(always)]
pub(super) unsafe fn slot_of<'a>(word: Word, n: usize) -> &'a Slot {
    // SAFETY: contract of this function; slots are transparent over words.
    unsafe { &*core::ptr::with_exposed_provenance::<Slot>(word).add(n) }
}

/// The words behind the header of a function's context.
#[inline(always)]
pub(super) fn names_of(function: Word) -> *const Word {
    // SAFETY: the word is a function that is being called; its context never moves.
    unsafe {
        let f = object::<FunctionObj>(function);
        word_of(f.context.word(), 1)
    }
}

/// The kind of the object that a word refers to; for other words a number that is no kind.
#[inline(always)]
pub(super) fn kind_of(word: Word) -> Word {
    if raw::is_ref(word) { raw::header_of(word) & header::KIND_MASK } else { header::KIND_MASK }
}

/// The native function that a word refers to, if it is one.
#[inline(always)]
pub(super) fn native_of(word: Word) -> Option<&'static crate::native::NativeFn> {
    if raw::has_kind(word, Kind::NativeFn) {
        // SAFETY: objects of this kind are statics.
        Some(unsafe { object(word) })
    } else {
        None
    }
}

/// The native type that a word refers to, if it is one.
#[inline(always)]
pub(super) fn native_type_of(word: Word) -> Option<&'static crate::native::NativeType> {
    if raw::has_kind(word, Kind::NativeType) {
        // SAFETY: objects of this kind are statics.
        Some(unsafe { object(word) })
    } else {
        None
    }
}

/// Gives an instance its next attribute, and the shape that names it; false if it has no place
/// left for one.
#[inline(always)]
pub(super) fn add_attribute(instance: Word, shape: Word, value: Word) -> bool {
    let at = (raw::header_of(shape) >> header::AUX_SHIFT) - 1;
    if at >= raw::header_of(instance) >> header::AUX_SHIFT {
        return false;
    }
    // SAFETY: the instance has more than `at` places, and is of the shape before `shape`; both are
    // live, since the cache knows them.
    unsafe {
        slot_of(instance, 2 + at).set(Value::from_word(value));
        slot_of(instance, 1).set(Value::from_word(shape));
    }
    true
}

/// The key under which methods of an object are cached.
#[inline(always)]
pub(super) fn method_key(vm: &Vm, object: Word) -> Word {
    if raw::has_kind(object, Kind::Instance) {
        // SAFETY: an instance's first slot is its shape.
        unsafe { *word_of(object, 1) }
    } else {
        slow::type_key(vm, object)
    }
}

const _: () = {
    // layouts that the loop's word offsets rely on
    assert!(core::mem::offset_of!(Instance, shape) == size_of::<Word>());
    assert!(size_of::<Instance>() == 2 * size_of::<Word>());
    assert!(size_of::<Storage>() == size_of::<Word>());
    assert!(size_of::<TupleObj>() == size_of::<Word>());
    assert!(core::mem::offset_of!(ClosureObj, function) == size_of::<Word>());
    assert!(size_of::<Context>() == 3 * size_of::<Word>());
};
