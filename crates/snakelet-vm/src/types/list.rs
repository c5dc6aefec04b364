//! `list`.

use crate::exception::classes::{INDEX_ERROR, VALUE_ERROR};
use crate::native::args::Param;
use crate::native::print::{Out, PrintKind};
use crate::native::{BinaryOp, NativeType, Subscr};
use crate::object::value::{SWord, Value};
use crate::object::{Kind, ListObj, Slot, Storage, TupleObj};
use crate::types::slice::Bounds;
use crate::types::{iter, sequence, sort};
use crate::vm::stack::Local;
use crate::{Args, Raised, Res, Vm, method, methods, qstr};

/// `list`.
pub static LIST: NativeType = NativeType::new(qstr!("list"), Kind::List)
    .make(make)
    .print(print)
    .binary(binary)
    .len(|_, list| list.cast::<ListObj>().map_or(0, ListObj::len))
    .subscr(subscr)
    .contains(sequence::contains)
    .iter(|vm, list| iter::over(vm, iter::Sort::List, list))
    .methods(methods![
        method!("append", 2, 2, append),
        method!("clear", 1, 1, clear),
        method!("copy", 1, 1, copy),
        method!("count", 2, 2, sequence::count),
        method!("extend", 2, 2, extend),
        method!("index", 2, 4, sequence::index),
        method!("insert", 3, 3, insert),
        method!("pop", 1, 2, pop),
        method!("remove", 2, 2, remove),
        method!("reverse", 1, 1, reverse),
        method!("sort", 1, 1, list_sort).keywords(),
    ])
    .unhashable();

fn make(vm: &mut Vm, _class: Local, args: Args) -> Res {
    args.check(vm, 0, 1)?;
    match args.opt(0) {
        Some(iterable) => vm.list_from(iterable),
        None => vm.new_list_empty(),
    }
}

fn print(vm: &mut Vm, list: Local, out: Out, _kind: PrintKind) -> Result<(), Raised> {
    vm.emit(out, b"[")?;
    sequence::print_items(vm, list, out)?;
    vm.emit(out, b"]")
}

fn binary(vm: &mut Vm, op: BinaryOp, left: Local, right: Local) -> Result<Option<Local>, Raised> {
    match op {
        BinaryOp::InplaceAdd => {
            vm.list_extend(left, right)?;
            Ok(Some(left))
        }
        BinaryOp::Multiply => {
            let n = vm.list_len(left);
            let Some(len) = sequence::repeated_len(vm, n, right)? else { return Ok(None) };
            check_len(vm, left, n)?;
            let new = vm.new_list_sized(len)?;
            sequence::fill_repeated(vm, vm.items_of(vm.get(new)), vm.items_of(vm.get(left)));
            Ok(Some(new))
        }
        BinaryOp::InplaceMultiply => repeat_in_place(vm, left, right),
        _ if vm.get(right).cast::<ListObj>().is_none() => Ok(None),
        BinaryOp::Add => concatenate(vm, left, right).map(Some),
        BinaryOp::Less
        | BinaryOp::LessEqual
        | BinaryOp::More
        | BinaryOp::MoreEqual
        | BinaryOp::Equal => sequence::compare(vm, op, left, right),
        _ => Ok(None),
    }
}

fn concatenate(vm: &mut Vm, left: Local, right: Local) -> Res {
    // charging may run callbacks, which may change the lists
    vm.charge_copies(vm.list_len(left) + vm.list_len(right))?;
    let new = vm.new_list_sized(vm.list_len(left) + vm.list_len(right))?;
    let to = vm.items_of(vm.get(new));
    let left = vm.items_of(vm.get(left));
    sequence::copy(vm, to, left);
    sequence::copy(vm, to.get(left.len()..).unwrap_or(&[]), vm.items_of(vm.get(right)));
    Ok(new)
}

fn repeat_in_place(vm: &mut Vm, list: Local, times: Local) -> Result<Option<Local>, Raised> {
    let n = vm.list_len(list);
    let Some(len) = sequence::repeated_len(vm, n, times)? else { return Ok(None) };
    check_len(vm, list, n)?;
    if len <= n {
        vm.list_truncate(list, len);
        return Ok(Some(list));
    }
    vm.list_reserve(list, len)?;
    if let Some(l) = vm.get(list).cast::<ListObj>() {
        l.len.set(len);
        let items = l.items();
        if let (Some(from), Some(to)) = (items.get(..n), items.get(n..)) {
            sequence::fill_repeated(vm, to, from);
        }
    }
    Ok(Some(list))
}

/// Raises unless a list still has `len` items: an `__index__` or a callback may have changed it.
fn check_len(vm: &mut Vm, list: Local, len: usize) -> Result<(), Raised> {
    if vm.list_len(list) == len { Ok(()) } else { Err(vm.value_error("list changed meanwhile")) }
}

/// The place that an index gives; there is an item.
fn position(vm: &mut Vm, list: Local, index: Local) -> Result<usize, Raised> {
    let len = vm.list_len(list);
    let at = vm.sequence_index(list, index, len)?;
    if at >= vm.list_len(list) {
        return Err(vm.raise_text(&INDEX_ERROR, "list index out of range"));
    }
    Ok(at)
}

/// What a slice selects of a list, as it is after `__index__` of the parts was asked.
fn slice_of(vm: &mut Vm, list: Local, slice: Local) -> Result<Bounds, Raised> {
    let (start, stop, step) = vm.slice_parts(slice)?;
    let len = vm.list_len(list);
    let bounds = Bounds::fit(start, stop, step, len);
    vm.charge_copies(bounds.len)?;
    check_len(vm, list, len)?;
    Ok(bounds)
}

fn subscr(vm: &mut Vm, list: Local, index: Local, op: Subscr) -> Res {
    if vm.get(index).is_kind(Kind::Slice) {
        return match op {
            Subscr::Load => load_slice(vm, list, index),
            Subscr::Store(value) => store_slice(vm, list, index, value),
            Subscr::Delete => {
                vm.charge_copies(vm.list_len(list))?;
                let bounds = slice_of(vm, list, index)?;
                delete_slice(vm, list, bounds);
                Ok(Local::NONE)
            }
        };
    }
    let at = position(vm, list, index)?;
    match op {
        Subscr::Load => Ok(vm.push_here(vm.list_item(list, at))),
        Subscr::Store(value) => {
            vm.list_set(list, at, vm.get(value));
            Ok(Local::NONE)
        }
        Subscr::Delete => {
            remove_item(vm, list, at);
            Ok(Local::NONE)
        }
    }
}

fn load_slice(vm: &mut Vm, list: Local, slice: Local) -> Res {
    let bounds = slice_of(vm, list, slice)?;
    let new = vm.new_list_sized(bounds.len)?;
    sequence::copy_items(vm, vm.items_of(vm.get(new)), 0, vm.items_of(vm.get(list)), bounds);
    Ok(new)
}

fn store_slice(vm: &mut Vm, list: Local, slice: Local, value: Local) -> Res {
    let part = vm.native_part(value);
    let same = vm.get(part).is(vm.get(list));
    let source = if same { vm.list_from(value)? } else { vm.sequence_from(value)? };
    vm.charge_copies(vm.sequence_len(source) + vm.list_len(list))?;
    let bounds = slice_of(vm, list, slice)?;
    let n = vm.sequence_len(source);
    if bounds.step == 1 {
        let start = bounds.start as usize;
        resize_gap(vm, list, start, bounds.len, n)?;
        let to = vm.items_of(vm.get(list)).get(start..).unwrap_or(&[]);
        sequence::copy(vm, to, vm.items_of(vm.get(source)));
        return Ok(Local::NONE);
    }
    if n != bounds.len {
        return Err(vm.raise_parts(
            &VALUE_ERROR,
            &[
                crate::Part::Text("attempt to assign sequence of size "),
                crate::Part::Int(n as SWord),
                crate::Part::Text(" to extended slice of size "),
                crate::Part::Int(bounds.len as SWord),
            ],
        ));
    }
    let to = vm.items_of(vm.get(list));
    for (k, from) in vm.items_of(vm.get(source)).iter().enumerate() {
        if let Some(slot) = to.get(bounds.at(k)) {
            slot.set(from.get());
        }
    }
    Ok(Local::NONE)
}

/// Items that are moved up before that is charged.
const MOVED: usize = 1024;

/// Makes the `old` items at `start` of a list `new` items, moving those behind them.
fn resize_gap(
    vm: &mut Vm,
    list: Local,
    start: usize,
    old: usize,
    new: usize,
) -> Result<(), Raised> {
    let len = vm.list_len(list);
    let (old_end, new_end) = (start + old, start + new);
    if new > old {
        let wanted = len + (new - old);
        vm.list_reserve(list, wanted)?;
        if let Some(l) = vm.get(list).cast::<ListObj>() {
            l.len.set(wanted);
            let items = l.items();
            for i in (old_end..len).rev() {
                if i.is_multiple_of(MOVED) {
                    vm.charge_later(MOVED / 16);
                }
                if let (Some(from), Some(to)) = (items.get(i), items.get(i + (new - old))) {
                    to.set(from.get());
                }
            }
        }
    } else if new < old {
        let items = vm.items_of(vm.get(list));
        let (to, from) = (items.get(new_end..), items.get(old_end..));
        sequence::copy(vm, to.unwrap_or(&[]), from.unwrap_or(&[]));
        vm.list_truncate(list, len - (old - new));
    }
    Ok(())
}

fn delete_slice(vm: &Vm, list: Local, bounds: Bounds) {
    let bounds = bounds.ascending();
    if bounds.len == 0 {
        return;
    }
    let items = vm.items_of(vm.get(list));
    let first = bounds.at(0);
    let mut to = first;
    let mut next = 0;
    for i in vm.paced(first..items.len()) {
        if next < bounds.len && i == bounds.at(next) {
            next += 1;
        } else if let (Some(place), Some(from)) = (items.get(to), items.get(i)) {
            place.set(from.get());
            to += 1;
        }
    }
    vm.list_truncate(list, to);
}

/// Removes item `at` of a list and makes a local of it.
fn remove_item(vm: &Vm, list: Local, at: usize) -> Local {
    let items = vm.items_of(vm.get(list));
    let removed = vm.push(items.get(at).map_or(Value::NULL, Slot::get));
    let (to, from) = (items.get(at..), items.get(at + 1..));
    sequence::copy(vm, to.unwrap_or(&[]), from.unwrap_or(&[]));
    vm.list_truncate(list, items.len().saturating_sub(1));
    removed
}

/// The receiver of a list's method.
fn receiver(vm: &mut Vm, args: Args) -> Res {
    match vm.get(args.get(0)).cast::<ListObj>() {
        Some(_) => Ok(args.get(0)),
        None => Err(vm.wrong_receiver()),
    }
}

fn append(vm: &mut Vm, args: Args) -> Res {
    vm.list_append(args.get(0), args.get(1))?;
    Ok(Local::NONE)
}

fn clear(vm: &mut Vm, args: Args) -> Res {
    let Some(l) = vm.get(args.get(0)).cast::<ListObj>() else { return Err(vm.wrong_receiver()) };
    l.len.set(0);
    l.storage.set(Value::NULL);
    Ok(Local::NONE)
}

fn copy(vm: &mut Vm, args: Args) -> Res {
    let list = receiver(vm, args)?;
    vm.list_slice(list, 0, vm.list_len(list))
}

fn extend(vm: &mut Vm, args: Args) -> Res {
    let list = receiver(vm, args)?;
    vm.list_extend(list, args.get(1))?;
    Ok(Local::NONE)
}

fn insert(vm: &mut Vm, args: Args) -> Res {
    let list = receiver(vm, args)?;
    let i = vm.index_of(args.get(1))?;
    let len = vm.list_len(list);
    let at = if i < 0 { len.saturating_add_signed(i) } else { (i as usize).min(len) };
    resize_gap(vm, list, at, 0, 1)?;
    vm.list_set(list, at, vm.get(args.get(2)));
    Ok(Local::NONE)
}

fn pop(vm: &mut Vm, args: Args) -> Res {
    let list = receiver(vm, args)?;
    let Some(last) = vm.list_len(list).checked_sub(1) else {
        return Err(vm.raise_text(&INDEX_ERROR, "pop from empty list"));
    };
    let at = match args.opt(1) {
        Some(index) => position(vm, list, index)?,
        None => last,
    };
    if at >= vm.list_len(list) {
        return Err(vm.raise_text(&INDEX_ERROR, "list index out of range"));
    }
    Ok(remove_item(vm, list, at))
}

fn remove(vm: &mut Vm, args: Args) -> Res {
    let list = receiver(vm, args)?;
    match sequence::find(vm, list, args.get(1), 0, usize::MAX)? {
        Some(at) => {
            remove_item(vm, list, at);
            Ok(Local::NONE)
        }
        None => Err(vm.raise_text(&VALUE_ERROR, "object not in sequence")),
    }
}

fn reverse(vm: &mut Vm, args: Args) -> Res {
    let list = receiver(vm, args)?;
    sort::reverse(vm, vm.items_of(vm.get(list)));
    Ok(Local::NONE)
}

fn list_sort(vm: &mut Vm, args: Args) -> Res {
    let list = receiver(vm, args)?;
    let [key, reverse] = args.skip(1).parse(
        vm,
        const {
            &[
                Param::keyword(qstr!("key"), Local::NONE),
                Param::keyword(qstr!("reverse"), Local::FALSE),
            ]
        },
    )?;
    let reverse = vm.truth(reverse)?;
    sort::sort(vm, list, key, reverse)?;
    Ok(Local::NONE)
}

impl Vm {
    /// The length of a list; 0 for other objects.
    pub fn list_len(&self, list: Local) -> usize {
        self.get(list).cast::<ListObj>().map_or(0, ListObj::len)
    }
    /// Item `i` of a list; null beyond its end.
    pub fn list_item(&self, list: Local, i: usize) -> Value<'_> {
        let items = self.get(list).cast::<ListObj>().map_or(&[][..], ListObj::items);
        items.get(i).map_or(Value::NULL, Slot::get)
    }
    /// Changes item `i` of a list.
    pub fn list_set(&self, list: Local, i: usize, value: Value<'_>) {
        let items = self.get(list).cast::<ListObj>().map_or(&[][..], ListObj::items);
        if let Some(slot) = items.get(i) {
            slot.set(value);
        }
    }
    /// Appends an item to a list.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn list_append(&mut self, list: Local, item: Local) -> Result<(), Raised> {
        let Some(l) = self.get(list).cast::<ListObj>() else { return Err(self.wrong_receiver()) };
        let n = l.len();
        let storage = l.storage.get().cast::<Storage>();
        if let Some(slot) = storage.and_then(|storage| storage.slots().get(n)) {
            slot.set(self.get(item));
            l.len.set(n + 1);
            return Ok(());
        }
        self.list_reserve(list, n + 1)?;
        if let Some(l) = self.get(list).cast::<ListObj>() {
            l.len.set(n + 1);
            if let Some(slot) = l.items().get(n) {
                slot.set(self.get(item));
            }
        }
        Ok(())
    }
    /// Removes the items of a list from number `len` on.
    pub(crate) fn list_truncate(&self, list: Local, len: usize) {
        if let Some(l) = self.get(list).cast::<ListObj>() {
            for slot in l.items().get(len..).unwrap_or(&[]) {
                slot.set(Value::NULL);
            }
            l.len.set(len.min(l.len()));
        }
    }
    /// Makes room for `wanted` items in a list, and for some more.
    ///
    /// # Errors
    /// `MemoryError`.
    pub(crate) fn list_reserve(&mut self, list: Local, wanted: usize) -> Result<(), Raised> {
        let capacity = self.get(list).cast::<ListObj>().map_or(0, ListObj::capacity);
        if wanted <= capacity {
            return Ok(());
        }
        let grown = wanted.max(capacity + capacity / 4).max(4);
        // whole blocks: what would be padding is used
        let block = snakelet_gc::BLOCK / size_of::<usize>();
        let grown = (grown + 1).next_multiple_of(block) - 1;
        if self.grow_storage(list, grown) {
            return Ok(());
        }
        let scope = self.scope();
        let storage = self.new_storage(grown)?;
        if let (Some(l), Some(new)) =
            (self.get(list).cast::<ListObj>(), self.get(storage).cast::<Storage>())
        {
            sequence::copy(self, new.slots(), l.items());
            l.storage.set(self.get(storage));
        }
        self.end_scope(scope);
        Ok(())
    }
    /// Appends the items of an iterable to a list.
    ///
    /// # Errors
    /// `MemoryError`, `TypeError`, what iterating raises.
    pub fn list_extend(&mut self, list: Local, iterable: Local) -> Result<(), Raised> {
        if let Some(n) = self.known_sequence_len(iterable) {
            let old = self.list_len(list);
            self.list_reserve(list, old + n)?;
            if let Some(l) = self.get(list).cast::<ListObj>() {
                l.len.set(old + n);
                let to = l.items().get(old..).unwrap_or(&[]);
                sequence::copy(self, to, self.items_of(self.get(iterable)));
            }
            return Ok(());
        }
        self.for_each(iterable, |vm, item| vm.list_append(list, item))
    }
    /// The length of a tuple or list; `None` for other objects.
    fn known_sequence_len(&self, object: Local) -> Option<usize> {
        let value = self.get(object);
        match value.cast::<TupleObj>() {
            Some(t) => Some(t.len()),
            None => value.cast::<ListObj>().map(ListObj::len),
        }
    }
    /// The length of a tuple or list; 0 for other objects.
    pub fn sequence_len(&self, object: Local) -> usize {
        self.known_sequence_len(object).unwrap_or(0)
    }
    /// Makes a local of item `i` of a tuple or list.
    pub fn push_sequence_item(&self, object: Local, i: usize) -> Local {
        let value = self.get(object);
        let items = match value.cast::<TupleObj>() {
            Some(t) => t.items(),
            None => value.cast::<ListObj>().map_or(&[][..], ListObj::items),
        };
        self.push_here(items.get(i).map_or(Value::NULL, Slot::get))
    }
    /// Makes a list of items `start..end` of a list.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn list_slice(&mut self, list: Local, start: usize, end: usize) -> Res {
        let new = self.new_list_sized(end.saturating_sub(start))?;
        if let (Some(to), Some(from)) =
            (self.get(new).cast::<ListObj>(), self.get(list).cast::<ListObj>())
        {
            sequence::copy(self, to.items(), from.items().get(start..end).unwrap_or(&[]));
        }
        Ok(new)
    }
    /// Makes a tuple of a list's items.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn tuple_from_list(&mut self, list: Local) -> Res {
        let n = self.list_len(list);
        let tuple = self.new_tuple_sized(n)?;
        let (to, from) = (self.items_of(self.get(tuple)), self.items_of(self.get(list)));
        sequence::copy(self, to, from);
        Ok(tuple)
    }
}
