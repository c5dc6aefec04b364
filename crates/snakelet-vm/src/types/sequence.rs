//! What lists and tuples have in common.
//!
//! Comparing and printing items may run Python code, which may change a list meanwhile: lengths
//! are read anew at every step.

use snakelet_gc::Heap;

use crate::exception::classes::VALUE_ERROR;
use crate::native::BinaryOp;
use crate::native::leaf::{Leaf, Leave, Obj};
use crate::native::print::{Out, PrintKind};
use crate::object::value::{SWord, Value};
use crate::object::{ListObj, Slot, TupleObj};
use crate::types::slice::Bounds;
use crate::vm::stack::Local;
use crate::{Args, Raised, Res, Vm};

/// Items per step of fuel where items are only copied.
const COPIES_A_STEP: usize = 16;
/// Items that are copied before that is charged.
const PIECE: usize = 1024;

impl Vm {
    /// The items of a list or tuple; none for other objects.
    #[inline(always)]
    pub(crate) fn items_of<'h>(&self, sequence: Value<'h>) -> &'h [Slot] {
        match sequence.cast::<ListObj>() {
            Some(l) => l.items(),
            None => sequence.cast::<TupleObj>().map_or(&[], TupleObj::items),
        }
    }

    /// Item `i` of a list or tuple.
    #[inline]
    pub(crate) fn item_of<'h>(&self, sequence: Value<'h>, i: usize) -> Option<Value<'h>> {
        self.items_of(sequence).get(i).map(Slot::get)
    }

    /// Charges for copying `n` items.
    pub(crate) fn charge_copies(&mut self, n: usize) -> Result<(), Raised> {
        // more than memory can hold will be refused, which is no work
        let n = if n < COPIES_A_STEP { 0 } else { n.min(self.heap.ask(Heap::total_bytes)) };
        self.charge(u32::try_from(n / COPIES_A_STEP).unwrap_or(u32::MAX))
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
        if self.get(iterable).is_kind(crate::object::Kind::Tuple) {
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
        if self.get(part).cast::<ListObj>().is_some() || self.get(part).cast::<TupleObj>().is_some()
        {
            return Ok(part);
        }
        self.list_from(iterable)
    }
}

/// Compares two lists or two tuples item by item.
pub(crate) fn compare(
    vm: &mut Vm,
    op: BinaryOp,
    left: Local,
    right: Local,
) -> Result<Option<Local>, Raised> {
    let (n, m) = (vm.sequence_len(left), vm.sequence_len(right));
    if op == BinaryOp::Equal && n != m {
        return Ok(Some(Local::FALSE));
    }
    vm.nested(|vm| {
        let mut i = 0;
        loop {
            let scope = vm.scope();
            let (a, b) = match (vm.item_of(vm.get(left), i), vm.item_of(vm.get(right), i)) {
                (Some(a), Some(b)) => (vm.push(a), vm.push(b)),
                _ => break,
            };
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
        let order = vm.sequence_len(left).cmp(&vm.sequence_len(right));
        Ok(Vm::compare_result(op, order).map(Local::bool))
    })
}

/// Prints the items of a list or tuple, each followed by a comma but the last.
pub(crate) fn print_items(vm: &mut Vm, sequence: Local, out: Out) -> Result<(), Raised> {
    let mut i = 0;
    loop {
        let scope = vm.scope();
        let Some(item) = vm.item_of(vm.get(sequence), i).map(|v| vm.push(v)) else {
            return Ok(());
        };
        if i > 0 {
            vm.emit(out, b", ")?;
        }
        vm.print(item, out, PrintKind::Repr)?;
        vm.end_scope(scope);
        vm.charge(1)?;
        i += 1;
    }
}

/// The place of an item at or behind `start` and before `end`.
pub(crate) fn find(
    vm: &mut Vm,
    sequence: Local,
    item: Local,
    start: usize,
    end: usize,
) -> Result<Option<usize>, Raised> {
    let mut i = start;
    while i < end {
        // as many as a step of fuel pays for, without Python code
        let stop = end.min(i.saturating_add(COPIES_A_STEP));
        let items = vm.items_of(vm.get(sequence)).get(i..).unwrap_or(&[]);
        let value = vm.get(item);
        let known = items.iter().take(stop - i).find_map(|slot| {
            let other = slot.get();
            let equal = if other.is(value) { Some(true) } else { vm.simple_eq(other, value) };
            if equal == Some(false) {
                i += 1;
                return None;
            }
            Some((other, equal))
        });
        match known {
            Some((_, Some(_))) => return Ok(Some(i)),
            Some((other, None)) => {
                let scope = vm.scope();
                let other = vm.push(other);
                let equal = vm.equal(other, item)?;
                vm.end_scope(scope);
                if equal {
                    return Ok(Some(i));
                }
                i += 1;
            }
            None if i < stop => break,
            None => {}
        }
        vm.charge(1)?;
    }
    Ok(None)
}

/// The place of the item among others that is argument `i`: found at once if no Python code has a say.
pub(crate) fn place_of<'h>(
    cx: Leaf<'h>,
    items: &[Slot],
    item: Obj<'h>,
    i: usize,
) -> Result<Option<usize>, Leave> {
    for (n, slot) in cx.vm().paced(items.iter().enumerate()) {
        let other = slot.get();
        match if other.is(item.value()) {
            Some(true)
        } else {
            cx.vm().simple_eq(other, item.value())
        } {
            Some(true) => return Ok(Some(n)),
            Some(false) => {}
            None => return cx.searched(i),
        }
    }
    Ok(None)
}

/// `item in sequence`.
pub(crate) fn contains(vm: &mut Vm, sequence: Local, item: Local) -> Result<bool, Raised> {
    find(vm, sequence, item, 0, usize::MAX).map(|place| place.is_some())
}

/// `sequence.index(item[, start[, stop]])`.
pub(crate) fn index(vm: &mut Vm, args: Args) -> Res {
    let len = vm.sequence_len(args.get(0));
    let mut bounds = [0, SWord::try_from(len).unwrap_or(SWord::MAX)];
    for (i, bound) in bounds.iter_mut().enumerate() {
        if let Some(given) = args.opt(2 + i) {
            *bound = vm.index_of(given)?;
        }
    }
    let place = |i: SWord| if i < 0 { len.saturating_add_signed(i) } else { i as usize };
    let [start, end] = bounds;
    match find(vm, args.get(0), args.get(1), place(start), place(end))? {
        Some(i) => vm.new_int(i as SWord),
        None => Err(vm.raise_text(&VALUE_ERROR, "object not in sequence")),
    }
}

/// `sequence.count(item)`.
pub(crate) fn count(vm: &mut Vm, args: Args) -> Res {
    let mut n = 0;
    let mut from = 0;
    while let Some(i) = find(vm, args.get(0), args.get(1), from, usize::MAX)? {
        n += 1;
        from = i + 1;
    }
    vm.new_int(n)
}

/// The length of `n` items repeated as often as `times` says; `None` if that is no int.
pub(crate) fn repeated_len(vm: &mut Vm, n: usize, times: Local) -> Result<Option<usize>, Raised> {
    let value = vm.get(times);
    let times = match value.as_small_int().or(value.as_bool().map(|b| b as SWord)) {
        Some(times) => times,
        None if value.is_kind(crate::object::Kind::BigInt)
            || value.is_kind(crate::object::Kind::Instance) =>
        {
            match vm.index_of(times) {
                Ok(times) => times,
                Err(_) if vm.raised_is(&crate::exception::classes::TYPE_ERROR) => {
                    vm.forget_raised();
                    return Ok(None);
                }
                Err(raised) => return Err(raised),
            }
        }
        None => return Ok(None),
    };
    let times = usize::try_from(times).unwrap_or(0);
    // what cannot fit is refused before its work is charged, which might end the fuel
    let most = vm.heap.ask(Heap::total_bytes) / size_of::<usize>();
    match n.checked_mul(times).filter(|len| *len <= most) {
        Some(len) => {
            vm.charge_copies(len)?;
            Ok(Some(len))
        }
        None => Err(vm.memory_error()),
    }
}

/// Copies the items that `bounds` selects of `from`, over and over, to the places of `to` from
/// `at` on.
pub(crate) fn copy_items(vm: &Vm, to: &[Slot], at: usize, from: &[Slot], bounds: Bounds) {
    let places = to.get(at..).unwrap_or(&[]);
    if bounds.step == 1 {
        let start = bounds.start as usize;
        let part = from.get(start..start.saturating_add(bounds.len)).unwrap_or(&[]);
        copy(vm, places, part);
        return;
    }
    let chosen = vm.paced(0..bounds.len).filter_map(|k| from.get(bounds.at(k)));
    for (to, from) in places.iter().zip(chosen) {
        to.set(from.get());
    }
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

#[inline(always)]
fn copy_piece(to: &[Slot], from: &[Slot]) {
    for (to, from) in to.iter().zip(from) {
        to.set(from.get());
    }
}

/// Fills `to` with the items of `from`, over and over.
pub(crate) fn fill_repeated(vm: &Vm, to: &[Slot], from: &[Slot]) {
    for (to, from) in vm.paced(to.iter().zip(from.iter().cycle())) {
        to.set(from.get());
    }
}
