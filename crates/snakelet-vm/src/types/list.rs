//! `list`.

use crate::exception::classes::{INDEX_ERROR, VALUE_ERROR};
use crate::native::args::Param;
use crate::native::leaf::{Answer, Gc, Leaf, LeafArgs, Leave, Obj, Whole};
use crate::native::print::{Out, PrintKind};
use crate::native::{Behaviour, BinaryOp, NativeFn, NativeType, slots};
use crate::object::value::{SWord, Value};
use crate::object::{Kind, ListObj, SliceObj, Slot, Storage, header, words_of};
use crate::types::slice::Bounds;
use crate::types::{iter, sequence, sort};
use crate::vm::stack::Local;
use crate::{Args, Raised, Res, Vm, method, methods, name};

/// `list`.
pub static LIST: NativeType = NativeType::new(name!("list"), Kind::List)
    .slots(slots!(
        Behaviour::NONE
            .make(make)
            .print(print)
            .binary_leaf(change)
            .binary(sequence::binary)
            .len(|_, list| list.cast::<ListObj>().map_or(0, ListObj::len))
            .subscripts(methods![
                NativeFn::method::<Whole<ListObj>, 1>(name!("__getitem__"), 0, sequence::load),
                NativeFn::method::<ListObj, 2>(name!("__setitem__"), 0, store),
                NativeFn::method::<ListObj, 1>(name!("__delitem__"), 0, delete),
            ])
            .membership(&CONTAINS)
            .iter(|vm, list| iter::over(vm, iter::Sort::Sequence, list))
    ))
    .methods(methods![
        NativeFn::method::<ListObj, 1>(name!("append"), 0, append),
        NativeFn::method::<ListObj, 0>(name!("clear"), 0, clear),
        NativeFn::method::<ListObj, 0>(name!("copy"), 0, copy),
        NativeFn::method::<Whole<ListObj>, 1>(name!("count"), 0, sequence::count),
        NativeFn::method::<ListObj, 1>(name!("extend"), 0, extend),
        NativeFn::method::<Whole<ListObj>, 1>(name!("index"), 2, sequence::index),
        NativeFn::method::<ListObj, 2>(name!("insert"), 0, insert),
        NativeFn::method::<ListObj, 0>(name!("pop"), 1, pop),
        NativeFn::method::<ListObj, 1>(name!("remove"), 0, remove),
        NativeFn::method::<ListObj, 0>(name!("reverse"), 0, reverse),
        method!("sort", 1, 1, list_sort).keywords(),
    ])
    .unhashable();

static CONTAINS: NativeFn =
    NativeFn::method::<Whole<ListObj>, 1>(name!("__contains__"), 0, sequence::contains);

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

fn change<'h>(
    cx: Leaf<'h>,
    op: BinaryOp,
    left: Obj<'h>,
    right: Obj<'h>,
) -> Result<Option<Obj<'h>>, Leave> {
    let Some(list) = left.cast::<ListObj>() else { return Ok(None) };
    match op {
        BinaryOp::InplaceAdd => Ok(list.extend(cx, right)?.then_some(left)),
        BinaryOp::InplaceMultiply => {
            let n = list.len();
            let Some(len) = sequence::repeated_len(cx, n, right)? else { return Ok(None) };
            if len <= n {
                list.truncate(len);
                return Ok(Some(left));
            }
            list.reserve(cx, len)?;
            let places = list.places().get(..len).unwrap_or(&[]);
            let (from, to) = places.split_at_checked(n).unwrap_or_default();
            sequence::fill_repeated(cx, to, from)?;
            list.set_len(len);
            Ok(Some(left))
        }
        _ => sequence::join(cx, op, left, right),
    }
}

/// Words of storage up to which a list that grows gets a round number of them.
const ROUND: usize = 2048;

impl<'h> Gc<'h, ListObj> {
    /// Makes room for `wanted` items, and for some more.
    pub(crate) fn reserve(self, cx: Leaf<'h>, wanted: usize) -> Result<(), Leave> {
        let capacity = self.capacity();
        if wanted <= capacity {
            return Ok(());
        }
        let least = wanted.max(capacity.saturating_add(capacity / 4)).max(4);
        // whole blocks: what would be padding is used
        let block = snakelet_gc::BLOCK_WORDS;
        let words = words_of::<Storage>(wanted.max(4));
        // a small list that grows item by item gets an eighth of a power of two more
        let grown = if wanted < least && words <= ROUND {
            let step = (words.next_power_of_two() / 8).max(block);
            words.next_multiple_of(step) - words_of::<Storage>(0)
        } else {
            least | (block - 1)
        };
        let grown = grown.min(header::AUX_MOST.max(wanted));
        let words = words_of::<Storage>(grown);
        if grown <= header::AUX_MOST
            && let Some(storage) = self.object().storage()
            && cx.grow(Gc::new(storage), words)
        {
            storage.set_capacity(grown);
            return Ok(());
        }
        let new = cx.allocate::<Storage>(Kind::Storage, grown, words)?;
        sequence::copy_to_new(cx, new.slots(), self.items())?;
        self.set_storage(&new);
        Ok(())
    }

    /// Appends an item.
    #[inline(always)]
    pub(crate) fn append(self, cx: Leaf<'h>, item: Obj<'h>) -> Result<(), Leave> {
        let n = self.len();
        if n == self.capacity() {
            self.reserve(cx, n + 1)?;
        }
        if let Some(place) = self.places().get(n) {
            place.set(item.value());
            self.set_len(n + 1);
        }
        Ok(())
    }

    /// Takes item `at` out, if there is one.
    fn take(self, cx: Leaf<'h>, at: usize) -> Option<Obj<'h>> {
        let items = self.object().items();
        let item = items.get(at)?.get();
        if let (Some(to), Some(from)) = (items.get(at..), items.get(at + 1..)) {
            sequence::copy(cx.vm(), to, from);
        }
        self.truncate(items.len() - 1);
        Some(Obj::or_none(item))
    }

    /// The place of the item that argument `i` names.
    #[inline(always)]
    fn place(self, cx: Leaf<'h>, index: Obj<'h>, i: usize) -> Result<usize, Leave> {
        match index.as_small_int() {
            Some(at) if (at as usize) < self.len() => Ok(at as usize),
            _ => sequence::place(cx, self.obj(), index, self.len(), i),
        }
    }

    /// Appends the items of a list or tuple; false if it is neither.
    pub(crate) fn extend(self, cx: Leaf<'h>, more: Obj<'h>) -> Result<bool, Leave> {
        let Some(items) = sequence::slots_of(more.value()) else { return Ok(false) };
        let (len, n) = (self.len(), items.len());
        self.reserve(cx, len + n)?;
        let to = self.places().get(len..len + n).unwrap_or(&[]);
        // of the list itself the first `n` items, wherever they are now
        sequence::copy_to_new(cx, to, sequence::items_of(more))?;
        self.set_len(len + n);
        Ok(true)
    }

    /// Makes the `old` items at `start` `new` items, moving those behind them.
    fn resize_gap(self, cx: Leaf<'h>, start: usize, old: usize, new: usize) -> Result<(), Leave> {
        let len = self.len();
        let (old_end, new_end) = (start + old, start + new);
        if new > old {
            let more = new - old;
            self.reserve(cx, len + more)?;
            self.set_len(len + more);
            let items = self.items();
            for i in (old_end..len).rev() {
                if i.is_multiple_of(MOVED) {
                    cx.charge(MOVED / 16);
                }
                if let (Some(from), Some(to)) = (items.get(i), items.get(i + more)) {
                    to.set(from.get());
                }
            }
        } else if new < old {
            let items = self.items();
            if let (Some(to), Some(from)) = (items.get(new_end..), items.get(old_end..)) {
                sequence::copy(cx.vm(), to, from);
            }
            self.truncate(len - (old - new));
        }
        Ok(())
    }
}

/// Items that are moved up before that is charged.
const MOVED: usize = 1024;

fn store<'h>(cx: Leaf<'h>, list: Gc<'h, ListObj>, args: LeafArgs<'h, 2>) -> Answer<'h> {
    let (index, value) = (args.get::<0>(), args.get::<1>());
    if let Some(slice) = index.cast::<SliceObj>() {
        return store_slice(cx, list, slice, value);
    }
    let at = list.place(cx, index, 0)?;
    if let Some(slot) = list.items().get(at) {
        slot.set(value.value());
    }
    Ok(Obj::NONE)
}

fn delete<'h>(cx: Leaf<'h>, list: Gc<'h, ListObj>, args: LeafArgs<'h, 1>) -> Answer<'h> {
    let index = args.get::<0>();
    if let Some(slice) = index.cast::<SliceObj>() {
        let bounds = slice.bounds(cx, list.len(), 0)?;
        return delete_slice(cx, list, bounds.ascending());
    }
    let at = list.place(cx, index, 0)?;
    list.take(cx, at);
    Ok(Obj::NONE)
}

fn store_slice<'h>(
    cx: Leaf<'h>,
    list: Gc<'h, ListObj>,
    slice: Gc<'h, SliceObj>,
    value: Obj<'h>,
) -> Answer<'h> {
    let source = match value {
        // the items of the list itself would move while they are copied
        value if value.is(list.obj()) => {
            let copy = sequence::part(cx, value, Bounds::all(list.len()))?;
            sequence::items_of(copy)
        }
        _ => match sequence::slots_of(value.value()) {
            Some(items) => items,
            None => return Err(cx.sequence(1)),
        },
    };
    let bounds = slice.bounds(cx, list.len(), 0)?;
    let n = source.len();
    if bounds.step == 1 {
        let start = bounds.start as usize;
        list.resize_gap(cx, start, bounds.len, n)?;
        let to = list.items().get(start..).unwrap_or(&[]);
        sequence::copy(cx.vm(), to, source);
        return Ok(Obj::NONE);
    }
    if n != bounds.len {
        let text = "attempt to assign sequence of size %s to extended slice of size %s";
        return Err(cx.raise_counts(&VALUE_ERROR, text, [n, bounds.len]));
    }
    cx.charge_copies(n);
    let to = list.items();
    for (k, from) in source.iter().enumerate() {
        if let Some(slot) = to.get(bounds.at(k)) {
            slot.set(from.get());
        }
    }
    Ok(Obj::NONE)
}

/// Deletes the items that ascending bounds select.
fn delete_slice<'h>(cx: Leaf<'h>, list: Gc<'h, ListObj>, bounds: Bounds) -> Answer<'h> {
    if bounds.len == 0 {
        return Ok(Obj::NONE);
    }
    let items = list.items();
    let first = bounds.at(0);
    let mut to = first;
    let mut next = 0;
    let mut seen = first;
    for i in cx.vm().paced_to_end(first..items.len()) {
        seen = i + 1;
        if next < bounds.len && i == bounds.at(next) {
            next += 1;
        } else if let (Some(place), Some(from)) = (items.get(to), items.get(i)) {
            place.set(from.get());
            to += 1;
        }
    }
    // some are left if the script is to end
    if let (Some(places), Some(rest)) = (items.get(to..), items.get(seen..)) {
        sequence::copy(cx.vm(), places, rest);
        to += rest.len();
    }
    list.truncate(to);
    cx.spend(0)?;
    Ok(Obj::NONE)
}

fn append<'h>(cx: Leaf<'h>, list: Gc<'h, ListObj>, args: LeafArgs<'h, 1>) -> Answer<'h> {
    list.append(cx, args.get::<0>())?;
    Ok(Obj::NONE)
}

fn clear<'h>(_: Leaf<'h>, list: Gc<'h, ListObj>, _: LeafArgs<'h, 0>) -> Answer<'h> {
    list.object().clear();
    Ok(Obj::NONE)
}

fn copy<'h>(cx: Leaf<'h>, list: Gc<'h, ListObj>, _: LeafArgs<'h, 0>) -> Answer<'h> {
    sequence::part(cx, list.obj(), Bounds::all(list.len()))
}

fn extend<'h>(cx: Leaf<'h>, list: Gc<'h, ListObj>, args: LeafArgs<'h, 1>) -> Answer<'h> {
    if list.extend(cx, args.get::<0>())? { Ok(Obj::NONE) } else { Err(cx.full(extend_by)) }
}

fn extend_by(vm: &mut Vm, args: Args) -> Res {
    vm.list_extend(args.get(0), args.get(1))?;
    Ok(Local::NONE)
}

fn insert<'h>(cx: Leaf<'h>, list: Gc<'h, ListObj>, args: LeafArgs<'h, 2>) -> Answer<'h> {
    let Some(i) = args.get::<0>().as_small_int() else { return Err(cx.index(0)) };
    let len = list.len();
    let at = if i < 0 { len.saturating_add_signed(i) } else { (i as usize).min(len) };
    list.resize_gap(cx, at, 0, 1)?;
    if let Some(slot) = list.items().get(at) {
        slot.set(args.get::<1>().value());
    }
    Ok(Obj::NONE)
}

fn pop<'h>(cx: Leaf<'h>, list: Gc<'h, ListObj>, args: LeafArgs<'h, 0>) -> Answer<'h> {
    if let Some(index) = args.opt(0)
        && list.len() != 0
    {
        let at = list.place(cx, index, 0)?;
        return Ok(list.take(cx, at).unwrap_or(Obj::NONE));
    }
    match list.object().take_last() {
        Some(item) => Ok(Obj::or_none(item)),
        None => Err(cx.raise(&INDEX_ERROR, "pop from empty list")),
    }
}

fn remove<'h>(cx: Leaf<'h>, list: Gc<'h, ListObj>, args: LeafArgs<'h, 1>) -> Answer<'h> {
    let at = sequence::known_place(cx, list.obj(), args.get::<0>(), sequence::EVERYWHERE)?;
    list.take(cx, at);
    Ok(Obj::NONE)
}

fn reverse<'h>(cx: Leaf<'h>, list: Gc<'h, ListObj>, _: LeafArgs<'h, 0>) -> Answer<'h> {
    sort::reverse(cx.vm(), list.items());
    Ok(Obj::NONE)
}

fn receiver(vm: &mut Vm, args: Args) -> Res {
    match vm.get(args.get(0)).cast::<ListObj>() {
        Some(_) => Ok(args.get(0)),
        None => Err(vm.wrong_receiver()),
    }
}

fn list_sort(vm: &mut Vm, args: Args) -> Res {
    let list = receiver(vm, args)?;
    let [key, reverse] = args.skip(1).parse(
        vm,
        const {
            &[
                Param::keyword(name!("key")).or(Local::NONE),
                Param::keyword(name!("reverse")).or(Local::FALSE),
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
        self.with_list(list, |cx, list| list.append(cx, Obj::or_none(cx.vm().get(item))))
    }
    /// Runs a leaf with a list.
    #[inline(always)]
    fn with_list<T: Default>(
        &mut self,
        list: Local,
        run: impl for<'h> Fn(Leaf<'h>, Gc<'h, ListObj>) -> Result<T, Leave>,
    ) -> Result<T, Raised> {
        self.leaf(|cx| match cx.local(list).cast::<ListObj>() {
            Some(list) => run(cx, list),
            None => Ok(T::default()),
        })
    }
    /// Makes room for `wanted` items in a list, and for some more.
    ///
    /// # Errors
    /// `MemoryError`.
    pub(crate) fn list_reserve(&mut self, list: Local, wanted: usize) -> Result<(), Raised> {
        self.with_list(list, |cx, list| list.reserve(cx, wanted))
    }
    /// Appends the items of an iterable to a list.
    ///
    /// # Errors
    /// `MemoryError`, `TypeError`, what iterating raises.
    pub fn list_extend(&mut self, list: Local, iterable: Local) -> Result<(), Raised> {
        if self.with_list(list, |cx, list| list.extend(cx, cx.local(iterable)))? {
            return Ok(());
        }
        self.for_each(iterable, |vm, item| vm.list_append(list, item))
    }
    /// The length of a tuple or list; 0 for other objects.
    pub fn sequence_len(&self, object: Local) -> usize {
        sequence::quick_slots_of(self.get(object)).map_or(0, <[Slot]>::len)
    }
    /// Makes a local of item `i` of a tuple or list.
    pub fn push_sequence_item(&self, object: Local, i: usize) -> Local {
        let items = sequence::quick_slots_of(self.get(object)).unwrap_or(&[]);
        self.push_here(items.get(i).map_or(Value::NULL, Slot::get))
    }
    /// Makes a list of items `start..end` of a list.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn list_slice(&mut self, list: Local, start: usize, end: usize) -> Res {
        let (first, stop, len) = (start as SWord, end as SWord, end.saturating_sub(start));
        let bounds = Bounds { start: first, stop, step: 1, len };
        self.leaf_local(|cx| sequence::part(cx, cx.local(list), bounds))
    }
    /// Makes a tuple of a list's items.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn tuple_from_list(&mut self, list: Local) -> Res {
        self.leaf_local(|cx| {
            let items = sequence::items_of(cx.local(list));
            let tuple = cx.new_tuple(items.len())?;
            sequence::copy_to_new(cx, tuple.items(), items)?;
            Ok(tuple.obj())
        })
    }
}
