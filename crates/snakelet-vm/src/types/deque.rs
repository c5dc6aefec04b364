//! `collections.deque`: a ring of items, with or without a greatest length.

use snakelet_qstr::Qstr;

use crate::exception::classes::{INDEX_ERROR, TYPE_ERROR, VALUE_ERROR};
use crate::native::args::Param;
use crate::native::print::{Out, PrintKind};
use crate::native::{AttrOp, BinaryOp, NativeType, Subscr, TypeSlots};
use crate::object::value::{SWord, Value};
use crate::object::{Kind, ListObj, NativeObj, Slot};
use crate::types::iter::{push_slot, set_slot};
use crate::types::sequence;
use crate::vm::stack::Local;
use crate::{Args, Part, Raised, Res, Vm, method, methods, name, qstr};

/// `deque`.
pub static DEQUE: NativeType = NativeType::new(name!("deque"), Kind::Native)
    .slots(
        const {
            &TypeSlots::NONE
                .make(make)
                .print(print)
                .binary(binary)
                .len(|_, deque| deque.cast::<NativeObj>().map_or(0, len_of))
                .subscr(subscr)
                .attr(attr)
                .iter(|vm, deque| {
                    let zero = vm.push(Value::tiny_int(0));
                    vm.new_native(&DEQUE_ITERATOR, &[deque, zero])
                })
        },
    )
    .methods(methods![
        method!("append", 2, 2, append),
        method!("appendleft", 2, 2, appendleft),
        method!("clear", 1, 1, clear),
        method!("copy", 1, 1, copy),
        method!("count", 2, 2, count),
        method!("extend", 2, 2, extend),
        method!("extendleft", 2, 2, extendleft),
        method!("index", 2, 2, index),
        method!("pop", 1, 1, pop),
        method!("popleft", 1, 1, popleft),
        method!("remove", 2, 2, remove),
        method!("rotate", 1, 2, rotate),
    ])
    .unhashable();

/// Slots: the deque, the next place.
static DEQUE_ITERATOR: NativeType = NativeType::new(name!("iterator"), Kind::Native)
    .slots(const { &TypeSlots::NONE.iter(|_, i| Ok(i)).next(next) })
    .sealed();

/// Slot: the list whose items are the ring's places, `None` where unused.
const RING: usize = 0;
/// Slot: the place of the first item.
const START: usize = 1;
/// Slot: the number of items.
const LEN: usize = 2;
/// Slot: the greatest number of items, or `None`.
const MAXLEN: usize = 3;
/// Slot: whether adding to a full deque is an error.
const STRICT: usize = 4;
/// Places of the first ring.
const FIRST_CAPACITY: usize = 4;

fn number(deque: &NativeObj, slot: usize) -> usize {
    deque.get(slot).as_small_int().unwrap_or(0) as usize
}

fn len_of(deque: &NativeObj) -> usize {
    number(deque, LEN)
}

fn set_number(vm: &Vm, deque: Local, slot: usize, n: usize) {
    set_slot(vm, deque, slot, Value::small_int(n as SWord).unwrap_or(Value::NONE));
}

fn len(vm: &Vm, deque: Local) -> usize {
    vm.get(deque).cast::<NativeObj>().map_or(0, len_of)
}

/// The place in the ring of item `i`.
fn place(deque: &NativeObj, i: usize) -> usize {
    let capacity = deque.get(RING).cast::<ListObj>().map_or(0, ListObj::len);
    (number(deque, START) + i).checked_rem(capacity).unwrap_or(0)
}

/// Item `i`, if there are so many.
fn item(vm: &Vm, deque: Local, i: usize) -> Option<Value<'_>> {
    let d = vm.get(deque).cast::<NativeObj>().filter(|d| i < len_of(d))?;
    d.get(RING).cast::<ListObj>()?.items().get(place(d, i)).map(Slot::get)
}

fn push_item(vm: &Vm, deque: Local, i: usize) -> Option<Local> {
    item(vm, deque, i).map(|v| vm.push(v))
}

/// Changes what the place of item `i` holds.
fn set_item(vm: &Vm, deque: Local, i: usize, value: Value<'_>) {
    if let Some(d) = vm.get(deque).cast::<NativeObj>()
        && let Some(ring) = d.get(RING).cast::<ListObj>()
        && let Some(slot) = ring.items().get(place(d, i))
    {
        slot.set(value);
    }
}

/// Raises unless the receiver is a deque.
fn receiver(vm: &mut Vm, args: Args) -> Res {
    let deque = args.get(0);
    let is =
        vm.get(deque).is_kind(Kind::Native) && vm.native_type_of(vm.get(deque)).is_subtype(&DEQUE);
    if is { Ok(deque) } else { Err(vm.wrong_receiver()) }
}

fn make(vm: &mut Vm, _class: Local, args: Args) -> Res {
    let [iterable, maxlen, strict] = args.parse(
        vm,
        const {
            &[
                Param::optional(qstr!("iterable"), Local::NULL),
                Param::optional(qstr!("maxlen"), Local::NULL),
                Param::optional(qstr!("flags"), Local::FALSE),
            ]
        },
    )?;
    // as in MicroPython the length must be given with the items; `None` sets no limit
    if !vm.get(iterable).is_null() && vm.get(maxlen).is_null() {
        crate::protocol::call::parse::check_count(vm, 1, 2, 3)?;
    }
    let strict = vm.truth(strict)?;
    let maxlen = match vm.get(maxlen) {
        v if v.is_null() || v.is_none() => None,
        _ => match usize::try_from(vm.index_of(maxlen)?) {
            Ok(n) => Some(n),
            Err(_) => return Err(vm.value_error("maxlen must be non-negative")),
        },
    };
    let new = new_deque(vm, maxlen, strict)?;
    if !vm.get(iterable).is_null() {
        // more items than fit push out the first ones, whatever the flags say
        set_slot(vm, new, STRICT, Value::FALSE);
        extend_with(vm, new, iterable)?;
        set_slot(vm, new, STRICT, Value::bool(strict));
    }
    Ok(new)
}

fn new_deque(vm: &mut Vm, maxlen: Option<usize>, strict: bool) -> Res {
    let ring = vm.new_list_empty()?;
    let zero = vm.push(Value::tiny_int(0));
    let maxlen = match maxlen {
        Some(n) => vm.new_int(n as SWord)?,
        None => Local::NONE,
    };
    vm.new_native(&DEQUE, &[ring, zero, zero, maxlen, Local::bool(strict)])
}

/// The greatest number of items.
fn maxlen(vm: &Vm, deque: Local) -> Option<usize> {
    let maxlen = vm.get(deque).cast::<NativeObj>()?.get(MAXLEN).as_small_int()?;
    usize::try_from(maxlen).ok()
}

/// Makes room for one item more; false if there can be none.
fn make_room(vm: &mut Vm, deque: Local) -> Result<bool, Raised> {
    let n = len(vm, deque);
    let most = maxlen(vm, deque).unwrap_or(usize::MAX);
    if n >= most {
        return Ok(false);
    }
    let ring = push_slot(vm, deque, RING);
    if n < vm.list_len(ring) {
        return Ok(true);
    }
    let capacity = (n + n / 2).max(FIRST_CAPACITY).min(most);
    vm.charge_copies(n)?;
    let new = vm.new_list_sized(capacity)?;
    for i in 0..n {
        if let Some(value) = item(vm, deque, i) {
            vm.list_set(new, i, value);
        }
    }
    set_slot(vm, deque, RING, vm.get(new));
    set_number(vm, deque, START, 0);
    Ok(true)
}

/// Adds an item at an end. A full deque loses the item at the other end, or refuses.
fn add(vm: &mut Vm, deque: Local, value: Local, left: bool) -> Result<(), Raised> {
    let scope = vm.scope();
    if !make_room(vm, deque)? {
        let strict = push_slot(vm, deque, STRICT);
        if vm.get(strict).is(Value::TRUE) {
            return Err(vm.raise_text(&INDEX_ERROR, "full"));
        }
        if len(vm, deque) == 0 {
            return Ok(());
        }
        take(vm, deque, !left);
    }
    vm.end_scope(scope);
    let n = len(vm, deque);
    if left {
        move_start(vm, deque, false);
        set_item(vm, deque, 0, vm.get(value));
    } else {
        set_item(vm, deque, n, vm.get(value));
    }
    set_number(vm, deque, LEN, n + 1);
    Ok(())
}

/// Moves the ring's start by one place.
fn move_start(vm: &Vm, deque: Local, forward: bool) {
    if let Some(d) = vm.get(deque).cast::<NativeObj>()
        && let Some(capacity) = d.get(RING).cast::<ListObj>().map(ListObj::len)
    {
        let start = place(d, if forward { 1 } else { capacity.saturating_sub(1) });
        set_number(vm, deque, START, start);
    }
}

/// Takes the item at an end off a deque; null if there is none.
fn take(vm: &Vm, deque: Local, left: bool) -> Local {
    let Some(last) = len(vm, deque).checked_sub(1) else { return Local::NULL };
    let at = if left { 0 } else { last };
    let taken = push_item(vm, deque, at).unwrap_or(Local::NULL);
    set_item(vm, deque, at, Value::NULL);
    if left {
        move_start(vm, deque, true);
    }
    set_number(vm, deque, LEN, last);
    taken
}

fn extend_with(vm: &mut Vm, deque: Local, iterable: Local) -> Result<(), Raised> {
    vm.for_each(iterable, |vm, value| add(vm, deque, value, false))
}

fn print(vm: &mut Vm, deque: Local, out: Out, _kind: PrintKind) -> Result<(), Raised> {
    vm.emit(out, b"deque([")?;
    let mut i = 0;
    loop {
        let scope = vm.scope();
        let Some(item) = push_item(vm, deque, i) else { break };
        if i > 0 {
            vm.emit(out, b", ")?;
        }
        vm.print(item, out, PrintKind::Repr)?;
        vm.end_scope(scope);
        vm.charge(1)?;
        i += 1;
    }
    vm.emit(out, b"]")?;
    if let Some(n) = maxlen(vm, deque) {
        vm.emit(out, b", maxlen=")?;
        vm.emit_int(out, n as SWord)?;
    }
    vm.emit(out, b")")
}

fn binary(vm: &mut Vm, op: BinaryOp, left: Local, right: Local) -> Result<Option<Local>, Raised> {
    match op {
        BinaryOp::InplaceAdd => {
            extend_with(vm, left, right)?;
            Ok(Some(left))
        }
        BinaryOp::Equal => {
            let other = vm.native_type_of(vm.get(right));
            if !vm.get(right).is_kind(Kind::Native) || !other.is_subtype(&DEQUE) {
                return Ok(None);
            }
            let left = vm.list_from(left)?;
            let right = vm.list_from(right)?;
            sequence::compare(vm, op, left, right)
        }
        _ => Ok(None),
    }
}

fn subscr(vm: &mut Vm, deque: Local, index: Local, op: Subscr) -> Res {
    if let Subscr::Delete = op {
        return Err(vm.raise_parts(
            &TYPE_ERROR,
            &[
                Part::Text("'"),
                Part::TypeOf(deque),
                Part::Text("' object doesn't support item deletion"),
            ],
        ));
    }
    let n = len(vm, deque);
    let at = vm.sequence_index(deque, index, n)?;
    match op {
        Subscr::Store(value) => {
            set_item(vm, deque, at, vm.get(value));
            Ok(Local::NONE)
        }
        _ => Ok(push_item(vm, deque, at).unwrap_or(Local::NONE)),
    }
}

fn attr(vm: &mut Vm, deque: Local, name: Qstr, op: AttrOp) -> Result<Option<Local>, Raised> {
    match op {
        AttrOp::Load if name == qstr!("maxlen") => Ok(Some(push_slot(vm, deque, MAXLEN))),
        _ => Ok(None),
    }
}

fn next(vm: &mut Vm, iterator: Local) -> Result<Option<Local>, Raised> {
    let deque = push_slot(vm, iterator, 0);
    let Some(at) = vm.get(iterator).cast::<NativeObj>().map(|i| number(i, 1)) else {
        return Err(vm.wrong_receiver());
    };
    let found = push_item(vm, deque, at);
    if found.is_some() {
        set_number(vm, iterator, 1, at + 1);
    }
    Ok(found)
}

fn append(vm: &mut Vm, args: Args) -> Res {
    let deque = receiver(vm, args)?;
    add(vm, deque, args.get(1), false)?;
    Ok(Local::NONE)
}

fn appendleft(vm: &mut Vm, args: Args) -> Res {
    let deque = receiver(vm, args)?;
    add(vm, deque, args.get(1), true)?;
    Ok(Local::NONE)
}

fn clear(vm: &mut Vm, args: Args) -> Res {
    let deque = receiver(vm, args)?;
    let ring = vm.new_list_empty()?;
    set_slot(vm, deque, RING, vm.get(ring));
    set_number(vm, deque, START, 0);
    set_number(vm, deque, LEN, 0);
    Ok(Local::NONE)
}

fn copy(vm: &mut Vm, args: Args) -> Res {
    let deque = receiver(vm, args)?;
    let strict = push_slot(vm, deque, STRICT);
    let strict = vm.truth(strict)?;
    let most = maxlen(vm, deque);
    let new = new_deque(vm, most, strict)?;
    extend_with(vm, new, deque)?;
    Ok(new)
}

/// The place of an item equal to `wanted` at or behind `start`.
fn find(vm: &mut Vm, deque: Local, wanted: Local, start: usize) -> Result<Option<usize>, Raised> {
    let mut i = start;
    loop {
        let scope = vm.scope();
        let Some(item) = push_item(vm, deque, i) else { return Ok(None) };
        if vm.same_or_equal(item, wanted)? {
            return Ok(Some(i));
        }
        vm.end_scope(scope);
        vm.charge(1)?;
        i += 1;
    }
}

fn count(vm: &mut Vm, args: Args) -> Res {
    let deque = receiver(vm, args)?;
    let (mut n, mut from) = (0, 0);
    while let Some(at) = find(vm, deque, args.get(1), from)? {
        n += 1;
        from = at + 1;
    }
    vm.new_int(n)
}

fn index(vm: &mut Vm, args: Args) -> Res {
    let deque = receiver(vm, args)?;
    match find(vm, deque, args.get(1), 0)? {
        Some(at) => vm.new_int(at as SWord),
        None => Err(vm.raise_text(&VALUE_ERROR, "object not in sequence")),
    }
}

fn remove(vm: &mut Vm, args: Args) -> Res {
    let deque = receiver(vm, args)?;
    let Some(at) = find(vm, deque, args.get(1), 0)? else {
        return Err(vm.raise_text(&VALUE_ERROR, "object not in sequence"));
    };
    let n = len(vm, deque);
    vm.charge_copies(n)?;
    for i in at..n.saturating_sub(1) {
        if let Some(value) = item(vm, deque, i + 1) {
            set_item(vm, deque, i, value);
        }
    }
    take(vm, deque, false);
    Ok(Local::NONE)
}

fn extend(vm: &mut Vm, args: Args) -> Res {
    let deque = receiver(vm, args)?;
    let items = vm.sequence_from(args.get(1))?;
    extend_with(vm, deque, items)?;
    Ok(Local::NONE)
}

fn extendleft(vm: &mut Vm, args: Args) -> Res {
    let deque = receiver(vm, args)?;
    let items = vm.sequence_from(args.get(1))?;
    vm.for_each(items, |vm, value| add(vm, deque, value, true))?;
    Ok(Local::NONE)
}

fn remove_end(vm: &mut Vm, args: Args, left: bool) -> Res {
    let deque = receiver(vm, args)?;
    let taken = take(vm, deque, left);
    if vm.get(taken).is_null() {
        return Err(vm.raise_text(&INDEX_ERROR, "empty"));
    }
    Ok(taken)
}

fn pop(vm: &mut Vm, args: Args) -> Res {
    remove_end(vm, args, false)
}

fn popleft(vm: &mut Vm, args: Args) -> Res {
    remove_end(vm, args, true)
}

/// `rotate(n=1)`: moves the last `n` items to the front.
fn rotate(vm: &mut Vm, args: Args) -> Res {
    let deque = receiver(vm, args)?;
    let by = match args.opt(1) {
        Some(by) => vm.index_of(by)?,
        None => 1,
    };
    let n = len(vm, deque);
    vm.charge_copies(n)?;
    for _ in 0..by.checked_rem_euclid(n as SWord).unwrap_or(0) {
        let scope = vm.scope();
        let last = take(vm, deque, false);
        add(vm, deque, last, true)?;
        vm.end_scope(scope);
    }
    Ok(Local::NONE)
}
