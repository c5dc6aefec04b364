//! What lists, tuples, ranges, deques, arrays and views of arrays have in common: items that are known by
//! their places.
//!
//! Comparing and printing items may run Python code, which may change a sequence meanwhile: what lies
//! in a place is read anew at every step.

use core::cmp::Ordering;

use snakelet_num::bigint;

use crate::exception::classes::{INDEX_ERROR, TYPE_ERROR, VALUE_ERROR};
use crate::native::leaf::{Answer, Leaf, LeafArgs, Leave, Obj};
use crate::native::print::{Out, PrintKind};
use crate::native::{BinaryOp, Maybe};
use crate::object::value::{SWord, Value, raw};
use crate::object::{DequeObj, Kind, ListObj, RangeObj, SliceObj, Slot, TupleObj};
use crate::types::array;
use crate::types::int::arith::int_ref;
use crate::types::slice::Bounds;
use crate::vm::stack::Local;
use crate::{Args, Raised, Res, Vm};

/// Items per step of fuel where items are only copied.
const COPIES_A_STEP: usize = 16;
/// Items that are copied before that is charged.
const PIECE: usize = 1024;

/// The items of a list or tuple; `None` for other objects.
#[inline(never)]
pub(crate) fn slots_of(sequence: Value<'_>) -> Option<&[Slot]> {
    quick_slots_of(sequence)
}

/// The same, compiled where it is called.
#[inline(always)]
pub(crate) fn quick_slots_of(sequence: Value<'_>) -> Option<&[Slot]> {
    match sequence.cast::<ListObj>() {
        Some(list) => Some(list.items()),
        None => sequence.cast::<TupleObj>().map(TupleObj::items),
    }
}

/// The items of a list or tuple; none for other objects.
pub(crate) fn items_of(sequence: Obj<'_>) -> &[Slot] {
    slots_of(sequence.value()).unwrap_or(&[])
}

impl Vm {
    /// The items of a list or tuple; none for other objects.
    #[inline(always)]
    pub(crate) fn items_of<'h>(&self, sequence: Value<'h>) -> &'h [Slot] {
        quick_slots_of(sequence).unwrap_or(&[])
    }

    /// The number of items of a sequence.
    pub(crate) fn len_of(&self, sequence: Value<'_>) -> usize {
        self.native_type_of(sequence).slots.len().map_or(0, |len| len(self, sequence))
    }

    /// Makes a local of item `i` of a sequence; `None` beyond its end.
    ///
    /// # Errors
    /// `MemoryError`.
    pub(crate) fn item_at(&mut self, sequence: Local, i: usize) -> Maybe {
        match slots_of(self.get(sequence)) {
            Some(items) => Ok(items.get(i).map(|slot| self.push_here(slot.get()))),
            None => self.leaf_option(|cx| item(cx, cx.local(sequence), i)),
        }
    }

    /// Makes a list of an iterable's items.
    ///
    /// # Errors
    /// `TypeError`, `MemoryError`, what iterating raises.
    pub fn list_from(&mut self, iterable: Local) -> Res {
        let list = self.new_list_empty()?;
        self.list_extend(list, iterable)?;
        Ok(self.keep_only(list))
    }

    /// Makes a tuple of an iterable's items; a tuple is returned as it is.
    ///
    /// # Errors
    /// `TypeError`, `MemoryError`, what iterating raises.
    pub fn tuple_from(&mut self, iterable: Local) -> Res {
        if self.get(iterable).is_kind(Kind::Tuple) {
            return Ok(iterable);
        }
        let scope = self.scope();
        let list = if self.get(iterable).cast::<ListObj>().is_some() {
            iterable
        } else {
            self.list_from(iterable)?
        };
        let tuple = self.tuple_from_list(list)?;
        Ok(self.end_scope_with(scope, tuple))
    }

    /// A list or tuple with the items of an iterable: the iterable itself if it is one.
    pub(crate) fn sequence_from(&mut self, iterable: Local) -> Res {
        let part = self.native_part(iterable);
        if slots_of(self.get(part)).is_some() { Ok(part) } else { self.list_from(iterable) }
    }
}

// --- items by their places ------------------------------------------------------------------

/// Item `i` of a sequence; `None` beyond its end.
#[inline(never)]
pub(crate) fn item<'h>(
    cx: Leaf<'h>,
    sequence: Obj<'h>,
    i: usize,
) -> Result<Option<Obj<'h>>, Leave> {
    if let Some(range) = sequence.cast::<RangeObj>() {
        return if i < range.len() { cx.wide(range.at(i) as _).map(Some) } else { Ok(None) };
    }
    let slot = match (slots_of(sequence.value()), sequence.cast::<DequeObj>()) {
        (Some(items), _) => items.get(i),
        (None, Some(deque)) => deque.object().slot(i),
        (None, None) => return array::item(cx, sequence, i),
    };
    Ok(slot.and_then(|slot| Obj::of_value(slot.get())))
}

/// The place in a sequence of `len` items that argument `i` names, counted from the end if it is
/// negative.
#[inline(never)]
pub(crate) fn place<'h>(
    cx: Leaf<'h>,
    sequence: Obj<'h>,
    index: Obj<'h>,
    len: usize,
    i: usize,
) -> Result<usize, Leave> {
    let Some(index) = index.as_small_int() else { return Err(cx.subscript(i)) };
    let at = if index < 0 { len.wrapping_add_signed(index) } else { index as usize };
    if at < len {
        Ok(at)
    } else {
        Err(cx.raise_about(&INDEX_ERROR, "%t index out of range", [sequence; 2]))
    }
}

/// `sequence[index]`, and a part for a slice.
pub(crate) fn load<'h>(cx: Leaf<'h>, sequence: Obj<'h>, args: LeafArgs<'h, 1>) -> Answer<'h> {
    let index = args.get::<0>();
    let len = cx.vm().len_of(sequence.value());
    if let Some(slice) = index.cast::<SliceObj>()
        && !sequence.is_kind(Kind::Deque)
    {
        let bounds = slice.bounds(cx, len, 0)?;
        return part(cx, sequence, bounds);
    }
    let at = place(cx, sequence, index, len, 0)?;
    Ok(item(cx, sequence, at)?.unwrap_or(Obj::NONE))
}

/// A new sequence of the same type with the items that `bounds` selects.
pub(crate) fn part<'h>(cx: Leaf<'h>, sequence: Obj<'h>, bounds: Bounds) -> Answer<'h> {
    if let Some(items) = slots_of(sequence.value()) {
        let new = new_like(cx, sequence, bounds.len)?;
        copy_items(cx, items_of(new), items, bounds)?;
        return Ok(new);
    }
    match sequence.cast::<RangeObj>() {
        Some(range) => range.part(cx, bounds),
        None => array::part(cx, sequence, bounds),
    }
}

/// Makes a list or tuple, as `like` is one, of `n` items that are still to be set.
fn new_like<'h>(cx: Leaf<'h>, like: Obj<'h>, n: usize) -> Answer<'h> {
    if like.is_kind(Kind::List) { Ok(cx.new_list(n)?.obj()) } else { Ok(cx.new_tuple(n)?.obj()) }
}

// --- searching ------------------------------------------------------------------------------

/// Items that are compared between two charges.
const COMPARED: usize = 8;

/// The place of an item that equals an object, or one beyond the last if there is none; `Err` with the
/// place of an item of which only Python code knows whether it does.
#[inline(never)]
pub(crate) fn scan(vm: &Vm, items: &[Slot], wanted: Value<'_>) -> Result<usize, usize> {
    let mut n = 0;
    for slot in items {
        let other = slot.get();
        if other.is(wanted) {
            break;
        }
        match vm.simple_eq(other, wanted) {
            Some(false) => {}
            Some(true) => break,
            None => return Err(n),
        }
        n += 1;
        if n.is_multiple_of(COMPARED) {
            vm.charge_later(COMPARED / 2);
        }
    }
    Ok(n)
}

/// The place of argument `i` of a call at or behind `start` and before `end`: found at once if no Python
/// code has a say.
pub(crate) fn place_of<'h>(
    cx: Leaf<'h>,
    sequence: Obj<'h>,
    wanted: Obj<'h>,
    within: [usize; 2],
    i: usize,
) -> Result<Option<usize>, Leave> {
    let [start, end] = within;
    if let Some(items) = slots_of(sequence.value()) {
        let part = items.get(start..end.min(items.len())).unwrap_or(&[]);
        return match scan(cx.vm(), part, wanted.value()) {
            Ok(n) => Ok((n < part.len()).then_some(start + n)),
            Err(n) => cx.searched_in(i, start + n, end),
        };
    }
    if let Some(range) = sequence.cast::<RangeObj>()
        && let Some(number) = whole_number(wanted.value())
    {
        return Ok(number.and_then(|number| range.place(number)));
    }
    cx.searched_in(i, start, end)
}

/// The word that equals a number, if one does; `None` for what is no real number.
#[inline(never)]
fn whole_number(value: Value<'_>) -> Option<Option<SWord>> {
    if let Some(float) = value.as_float() {
        let word = float as SWord;
        let exact = word as f64 == float && float < -(SWord::MIN as f64);
        return Some(exact.then_some(word));
    }
    let int = int_ref(value)?;
    Some(bigint::to_i64(int.int()).and_then(|int| SWord::try_from(int).ok()))
}

/// Everywhere in a sequence.
pub(crate) const EVERYWHERE: [usize; 2] = [0, usize::MAX];

/// The place of an object in a sequence at or behind `start` and before `end`, by Python's rules.
pub(crate) fn find(
    vm: &mut Vm,
    sequence: Local,
    wanted: Local,
    start: usize,
    end: usize,
) -> Result<Option<usize>, Raised> {
    let is_array = vm.get(sequence).is_kind(Kind::Array);
    let mut i = start;
    while i < end {
        let scope = vm.scope();
        let Some(item) = vm.item_at(sequence, i)? else { break };
        // numbers that no object holds are not the same as any object
        let same = !is_array && vm.get(item).is(vm.get(wanted));
        let found = same || vm.equal(item, wanted)?;
        vm.end_scope(scope);
        vm.charge(2)?;
        if found {
            return Ok(Some(i));
        }
        i += 1;
    }
    Ok(None)
}

/// `item in sequence`.
pub(crate) fn contains<'h>(cx: Leaf<'h>, sequence: Obj<'h>, args: LeafArgs<'h, 1>) -> Answer<'h> {
    let place = place_of(cx, sequence, args.get::<0>(), EVERYWHERE, 0)?;
    Ok(Obj::bool(place.is_some()))
}

/// The place of the first argument, which must be there.
pub(crate) fn known_place<'h>(
    cx: Leaf<'h>,
    sequence: Obj<'h>,
    wanted: Obj<'h>,
    within: [usize; 2],
) -> Result<usize, Leave> {
    match place_of(cx, sequence, wanted, within, 0)? {
        Some(place) => Ok(place),
        None => Err(cx.raise(&VALUE_ERROR, "object not in sequence")),
    }
}

/// `sequence.index(item[, start[, stop]])`.
pub(crate) fn index<'h>(cx: Leaf<'h>, sequence: Obj<'h>, args: LeafArgs<'h, 1>) -> Answer<'h> {
    let mut within = EVERYWHERE;
    for (i, bound) in within.iter_mut().enumerate() {
        if let Some(given) = args.opt(1 + i) {
            let Some(given) = given.as_small_int() else { return Err(cx.index(1 + i)) };
            *bound = if given < 0 {
                cx.vm().len_of(sequence.value()).saturating_add_signed(given)
            } else {
                given as usize
            };
        }
    }
    let place = known_place(cx, sequence, args.get::<0>(), within)?;
    // that of a range may be larger than a small int
    cx.wide(place as _)
}

/// `sequence.count(item)`.
pub(crate) fn count<'h>(cx: Leaf<'h>, _: Obj<'h>, _: LeafArgs<'h, 1>) -> Answer<'h> {
    Err(cx.full(count_all))
}

fn count_all(vm: &mut Vm, args: Args) -> Res {
    let mut n = 0;
    let mut from = 0;
    while let Some(i) = find(vm, args.get(0), args.get(1), from, usize::MAX)? {
        n += 1;
        from = i + 1;
    }
    vm.new_int(n)
}

// --- operators ------------------------------------------------------------------------------

/// Whether both are lists, or both tuples, given that each is one or the other.
fn are_alike(left: Value<'_>, right: Value<'_>) -> bool {
    left.is_kind(Kind::List) == right.is_kind(Kind::List)
}

/// The length of `n` items repeated as often as `times` says; `None` if that is no int of a word.
pub(crate) fn repeated_len<'h>(
    cx: Leaf<'h>,
    n: usize,
    times: Obj<'h>,
) -> Result<Option<usize>, Leave> {
    let Some(times) = times.as_small_int().or(times.as_bool().map(|b| b as SWord)) else {
        return Ok(None);
    };
    match n.checked_mul(usize::try_from(times).unwrap_or(0)) {
        Some(len) => Ok(Some(len)),
        None => Err(cx.no_room(usize::MAX)),
    }
}

/// Sums and repetitions of lists and tuples.
pub(crate) fn join<'h>(
    cx: Leaf<'h>,
    op: BinaryOp,
    left: Obj<'h>,
    right: Obj<'h>,
) -> Result<Option<Obj<'h>>, Leave> {
    let items = items_of(left);
    let (more, len) = match op {
        BinaryOp::Add => match slots_of(right.value()) {
            Some(more) if are_alike(left.value(), right.value()) => {
                (more, items.len() + more.len())
            }
            _ => return Ok(None),
        },
        BinaryOp::Multiply => match repeated_len(cx, items.len(), right)? {
            Some(len) => (items, len),
            None => return Ok(None),
        },
        _ => return Ok(None),
    };
    let new = new_like(cx, left, len)?;
    let to = items_of(new);
    copy_to_new(cx, to, items)?;
    fill_repeated(cx, to.get(items.len()..).unwrap_or(&[]), more)?;
    Ok(Some(new))
}

/// What operators do that may run Python code.
pub(crate) fn binary(vm: &mut Vm, op: BinaryOp, left: Local, right: Local) -> Maybe {
    match op {
        BinaryOp::InplaceAdd if vm.get(left).is_kind(Kind::List) => {
            vm.list_extend(left, right)?;
            Ok(Some(left))
        }
        BinaryOp::Multiply | BinaryOp::InplaceMultiply => repeat_by(vm, op, left, right),
        _ if slots_of(vm.get(right)).is_some() && are_alike(vm.get(left), vm.get(right)) => {
            compare(vm, op, left, right)
        }
        _ => Ok(None),
    }
}

/// Repeats a sequence as often as something says that is no int of a word.
pub(crate) fn repeat_by(vm: &mut Vm, op: BinaryOp, left: Local, right: Local) -> Maybe {
    let slots = vm.native_type_of(vm.get(left)).slots;
    let Some(repeat) = slots.binary_leaf() else { return Ok(None) };
    if !matches!(vm.get(right).ref_kind(), Some(Kind::BigInt | Kind::Instance)) {
        return Ok(None);
    }
    let times = match vm.index_of(right) {
        Ok(times) => times.clamp(raw::INT_MIN, raw::INT_MAX),
        Err(_) if vm.raised_is(&TYPE_ERROR) => {
            vm.forget_raised();
            return Ok(None);
        }
        Err(raised) => return Err(raised),
    };
    let times = vm.new_int(times)?;
    vm.leaf_option(|cx| repeat(cx, op, cx.local(left), cx.local(times)))
}

/// Compares two sequences item by item.
pub(crate) fn compare(vm: &mut Vm, op: BinaryOp, left: Local, right: Local) -> Maybe {
    let lens = |vm: &Vm| (vm.len_of(vm.get(left)), vm.len_of(vm.get(right)));
    let (n, m) = lens(vm);
    if Vm::compare_result(op, Ordering::Equal).is_none() {
        return Ok(None);
    }
    if op == BinaryOp::Equal && n != m {
        return Ok(Some(Local::FALSE));
    }
    vm.nested(|vm| {
        let mut i = 0;
        loop {
            let scope = vm.scope();
            let Some(a) = vm.item_at(left, i)? else { break };
            let Some(b) = vm.item_at(right, i)? else { break };
            if !vm.same_or_equal(a, b)? {
                let answer = match op {
                    BinaryOp::Equal => Local::FALSE,
                    BinaryOp::NotEqual => Local::TRUE,
                    _ => {
                        let less = vm.binary_op(op, a, b)?;
                        Local::bool(vm.truth(less)?)
                    }
                };
                vm.end_scope(scope);
                return Ok(Some(answer));
            }
            vm.end_scope(scope);
            vm.charge(1)?;
            i += 1;
        }
        let (n, m) = lens(vm);
        Ok(Vm::compare_result(op, n.cmp(&m)).map(Local::bool))
    })
}

/// Prints the items of a sequence, each followed by a comma but the last.
pub(crate) fn print_items(vm: &mut Vm, sequence: Local, out: Out) -> Result<(), Raised> {
    let mut i = 0;
    loop {
        let scope = vm.scope();
        let Some(item) = vm.item_at(sequence, i)? else { return Ok(()) };
        if i > 0 {
            vm.emit(out, b", ")?;
        }
        vm.print(item, out, PrintKind::Repr)?;
        vm.end_scope(scope);
        vm.charge(1)?;
        i += 1;
    }
}

// --- copying --------------------------------------------------------------------------------

/// Copies the items that `bounds` selects of `from` to the places of `to`.
///
/// # Errors
/// The script is to end.
fn copy_items(cx: Leaf<'_>, to: &[Slot], from: &[Slot], bounds: Bounds) -> Result<(), Leave> {
    if bounds.step == 1 {
        let start = bounds.start as usize;
        let part = from.get(start..start.saturating_add(bounds.len)).unwrap_or(&[]);
        return copy_to_new(cx, to, part);
    }
    let chosen = cx.vm().paced_to_end(0..bounds.len).filter_map(|k| from.get(bounds.at(k)));
    for (to, from) in to.iter().zip(chosen) {
        to.set(from.get());
    }
    cx.spend(0)
}

/// Copies as many items as both have, the first of them first.
pub(crate) fn copy(vm: &Vm, to: &[Slot], from: &[Slot]) {
    let (mut to, mut from) = (to, from);
    while let (Some((piece, more)), Some((source, rest))) =
        (to.split_at_checked(PIECE), from.split_at_checked(PIECE))
    {
        copy_piece(piece, source);
        vm.charge_later(PIECE / COPIES_A_STEP);
        (to, from) = (more, rest);
    }
    copy_piece(to, from);
}

/// As [`copy`], to a new object, or places that nobody needs if the script is to end.
///
/// # Errors
/// The script is to end, so that the rest was left.
pub(crate) fn copy_to_new(cx: Leaf<'_>, to: &[Slot], from: &[Slot]) -> Result<(), Leave> {
    let (mut to, mut from) = (to, from);
    while let (Some((piece, more)), Some((source, rest))) =
        (to.split_at_checked(PIECE), from.split_at_checked(PIECE))
    {
        copy_piece(piece, source);
        cx.spend(PIECE / COPIES_A_STEP)?;
        (to, from) = (more, rest);
    }
    copy_piece(to, from);
    Ok(())
}

#[inline(always)]
fn copy_piece(to: &[Slot], from: &[Slot]) {
    for (to, from) in to.iter().zip(from) {
        to.set(from.get());
    }
}

/// Fills `to` with the items of `from`, over and over.
///
/// # Errors
/// As for [`copy_to_new`].
pub(crate) fn fill_repeated(cx: Leaf<'_>, to: &[Slot], from: &[Slot]) -> Result<(), Leave> {
    if from.len() >= to.len() {
        return copy_to_new(cx, to, from);
    }
    for (to, from) in cx.vm().paced_to_end(to.iter().zip(from.iter().cycle())) {
        to.set(from.get());
    }
    cx.spend(0)
}
