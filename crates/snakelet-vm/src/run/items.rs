//! Items of containers and iterators, as the loop takes them without a call.

#![allow(unsafe_code)] // rule 2 of the interpreter loop: words on the stack are live values

use snakelet_bytecode::opcode::op;

use crate::object::value::{Value, Word, raw};
use crate::object::{
    ArrayObj, FunctionObj, HashObj, Kind, ListObj, RangeObj, Slot, StrObj, TupleObj,
};
use crate::types::iter;

use super::words::{object, slot_of, word_of};

/// First word of the four slots of a loop's iterator that is kept in place: what it goes over.
/// Then follow the object, the position, and the end. A null first word, which generator
/// expressions put there, means that the second is an iterator object, or a list, tuple or range
/// of which none was made yet.
pub(super) mod inline_iter {
    use crate::object::value::{Word, raw};
    pub(in crate::run) const RANGE: Word = raw::int(1);
    pub(in crate::run) const LIST: Word = raw::int(2);
    pub(in crate::run) const TUPLE: Word = raw::int(3);
    /// A text, buffer, dict or set: the object, the position, the version.
    pub(in crate::run) const PLACES: Word = raw::int(4);
    /// A generator; position and end are not used.
    pub(in crate::run) const GENERATOR: Word = raw::int(5);
    /// Another iterator object; position and end are not used.
    pub(in crate::run) const OBJECT: Word = raw::int(6);
}

/// The place of item `i` among `len`, from their end if it is negative.
#[inline(always)]
fn place(i: isize, len: usize) -> Option<usize> {
    let at = (if i < 0 { i + len as isize } else { i }) as usize;
    if at < len { Some(at) } else { None }
}

/// The slot of an item of a list at a place of its own.
///
/// # Safety
/// The container is a list, which has an item at this place, and stays while the slot is used.
#[inline(always)]
unsafe fn list_slot<'a>(container: Word, at: usize) -> &'a Slot {
    // SAFETY: contract of this function; a list's storage holds its length.
    unsafe { slot_of(object::<ListObj>(container).storage_word(), 1 + at) }
}

/// The item of a list, tuple or byte buffer at an int.
#[inline(always)]
pub(super) fn quick_subscr(container: Word, index: Word) -> Option<Word> {
    if !raw::is_int(index) || !raw::is_ref(container) {
        return None;
    }
    let i = raw::to_int(index);
    let kind = Kind::of_header(raw::header_of(container));
    // not one of many in a table: most are lists
    if kind == Kind::List {
        // SAFETY: the header says so, and the place is less than the number of its items.
        return unsafe {
            let at = place(i, object::<ListObj>(container).len())?;
            Some(list_slot(container, at).word())
        };
    }
    match kind {
        Kind::Tuple => {
            // SAFETY: the header says that it is a tuple, whose items lie behind its first word; the place is
            // less than their number.
            unsafe {
                let tuple = object::<TupleObj>(container);
                Some(*word_of(container, 1 + place(i, tuple.len())?))
            }
        }
        Kind::ByteArray => {
            // SAFETY: the header says that it is a bytearray, and it lives: its word is on the stack.
            let cells = unsafe { object::<ArrayObj>(container) }.cells();
            cells.get(place(i, cells.len())?).map(|c| raw::int(c.get() as isize))
        }
        Kind::Bytes => {
            // SAFETY: the header says that it is a `bytes`, and it lives: its word is on the stack.
            let bytes = unsafe { object::<StrObj>(container) }.bytes();
            bytes.get(place(i, bytes.len())?).map(|b| raw::int(*b as isize))
        }
        _ => None,
    }
}

/// Stores an item of a list or bytearray at an int; `None` if that needs more.
#[inline(always)]
pub(super) fn quick_store_subscr(container: Word, index: Word, value: Word) -> Option<()> {
    if !raw::is_int(index) || !raw::is_ref(container) {
        return None;
    }
    let i = raw::to_int(index);
    match Kind::of_header(raw::header_of(container)) {
        Kind::List => {
            // SAFETY: the header says so, and the place is less than the number of its items; the value is on the
            // stack.
            unsafe {
                let at = place(i, object::<ListObj>(container).len())?;
                list_slot(container, at).set(Value::from_word(value));
            }
            Some(())
        }
        Kind::ByteArray if raw::is_int(value) && (0..256).contains(&raw::to_int(value)) => {
            // SAFETY: the header says that it is a bytearray, and it lives: its word is on the stack.
            let cells = unsafe { object::<ArrayObj>(container) }.cells();
            cells.get(place(i, cells.len())?)?.set(raw::to_int(value) as u8);
            Some(())
        }
        _ => None,
    }
}

/// Appends an item to a list that has room for it; false for other objects, or if there is none.
#[inline(always)]
pub(super) fn quick_append(container: Word, item: Word) -> bool {
    if !raw::has_kind(container, Kind::List) {
        return false;
    }
    // SAFETY: the header says that it is a list, and it lives: its word is on the stack.
    let list = unsafe { object::<ListObj>(container) };
    let n = list.len();
    let Some(place) = list.places().get(n) else { return false };
    // SAFETY: the item is on the stack, and so a live value.
    place.set(unsafe { Value::from_word(item) });
    list.set_len(n + 1);
    true
}

/// The four words of an iterator that a loop keeps on the stack, for objects that have one.
#[inline(always)]
pub(super) fn inline_iterator(container: Word) -> Option<(Word, Word, Word, Word)> {
    let zero = raw::int(0);
    if !raw::is_ref(container) {
        let text = raw::is_qstr(container);
        return text.then_some((inline_iter::PLACES, container, zero, zero));
    }
    match Kind::of_header(raw::header_of(container)) {
        Kind::Str | Kind::Bytes | Kind::ByteArray | Kind::Array | Kind::MemoryView => {
            Some((inline_iter::PLACES, container, zero, zero))
        }
        Kind::Dict | Kind::OrderedDict | Kind::Set | Kind::FrozenSet => {
            // SAFETY: the header says so.
            let table = unsafe { object::<HashObj>(container) };
            let version = raw::int(iter::table_version(table));
            Some((inline_iter::PLACES, container, zero, version))
        }
        Kind::List => Some((inline_iter::LIST, container, zero, zero)),
        Kind::Generator => Some((inline_iter::GENERATOR, container, zero, zero)),
        Kind::Tuple => Some((inline_iter::TUPLE, container, zero, zero)),
        Kind::Range => {
            // SAFETY: the header says so.
            let range = unsafe { object::<RangeObj>(container) };
            let (start, stop, step) = (range.start, range.stop, range.step);
            // the position after the last step must still be an int
            let far = stop.checked_add(step)?;
            if [start, stop, step, far].iter().all(|i| raw::fits_int(*i)) {
                Some((inline_iter::RANGE, raw::int(step), raw::int(start), raw::int(stop)))
            } else {
                None
            }
        }
        _ => None,
    }
}

/// The items of a list or tuple that has `n` of them.
#[inline(always)]
pub(super) fn items_to_unpack(sequence: Word, n: usize) -> Option<*const Word> {
    if !raw::is_ref(sequence) || n == 0 {
        return None;
    }
    // SAFETY: the header says what it is; a list with items has a storage.
    unsafe {
        match Kind::of_header(raw::header_of(sequence)) {
            Kind::Tuple if object::<TupleObj>(sequence).len() == n => Some(word_of(sequence, 1)),
            Kind::List if object::<ListObj>(sequence).len() == n => {
                Some(word_of(object::<ListObj>(sequence).storage_word(), 1))
            }
            _ => None,
        }
    }
}

/// What `inline_iterator` gives for the containers of which no iterator was made yet.
#[inline(never)]
pub(super) fn deferred_iterator(container: Word) -> Option<(Word, Word, Word, Word)> {
    if !raw::is_ref(container) {
        return None;
    }
    match Kind::of_header(raw::header_of(container)) {
        Kind::List | Kind::Tuple | Kind::Range => inline_iterator(container),
        _ => None,
    }
}

/// The next item of an iterator that gives it without a call.
#[inline(always)]
pub(super) fn quick_next(iterator: Word) -> Option<Word> {
    // SAFETY: the word is on the stack.
    iter::quick_next(unsafe { Value::from_word(iterator) }).map(Value::word)
}

/// The next two values of an iterator that gives them without a call.
#[inline(always)]
pub(super) fn quick_pair(iterator: Word) -> Option<(Word, Word)> {
    // SAFETY: the word is on the stack.
    let (first, second) = iter::quick_pair(unsafe { Value::from_word(iterator) })?;
    Some((first.word(), second.word()))
}

/// Whether a list, tuple or range may be left as it is where an iterator over it is an argument:
/// the callable is that of a generator expression, which makes its first `FOR_ITER` do that.
pub(super) fn is_deferred(callable: Word, container: Word) -> bool {
    if !raw::is_ref(container)
        || !matches!(
            Kind::of_header(raw::header_of(container)),
            Kind::List | Kind::Tuple | Kind::Range
        )
    {
        return false;
    }
    // SAFETY: the word is on the stack.
    let code = crate::protocol::call::function::function_of(unsafe { Value::from_word(callable) })
        .and_then(FunctionObj::code);
    // no other function begins in this way
    code.and_then(|code| {
        let first = code.bytes().get(code.start()..)?.first_chunk::<5>()?;
        let argument = code.n_pos.checked_sub(1).filter(|n| *n < 16)?;
        let form = [op::LOAD_NULL, 0xb0 + argument, op::LOAD_NULL, op::LOAD_NULL, op::FOR_ITER];
        Some(*first == form)
    })
    .unwrap_or(false)
}
