//! `collections.deque`: a ring of items, with or without a greatest length.

use snakelet_qstr::Qstr;

use crate::exception::classes::INDEX_ERROR;
use crate::native::args::Param;
use crate::native::leaf::{Answer, Gc, Leaf, LeafArgs, Leave, Obj, Whole};
use crate::native::print::{Out, PrintKind};
use crate::native::{AttrOp, Behaviour, BinaryOp, Maybe, NativeFn, NativeType, slots};
use crate::object::value::SWord;
use crate::object::{DequeObj, Kind, Slot};
use crate::types::{iter, sequence};
use crate::vm::stack::Local;
use crate::{Args, Raised, Res, Vm, method, methods, name, qstr};

/// `deque`.
pub static DEQUE: NativeType = NativeType::new(name!("deque"), Kind::Deque)
    .slots(slots!(
        Behaviour::NONE
            .make(make)
            .print(print)
            .binary(binary)
            .len(|_, deque| deque.cast::<DequeObj>().map_or(0, DequeObj::len))
            .subscripts(methods![
                NativeFn::method::<Whole<DequeObj>, 1>(name!("__getitem__"), 0, sequence::load),
                NativeFn::method::<DequeObj, 2>(name!("__setitem__"), 0, store),
            ])
            .attr(attr)
            .iter(|vm, deque| iter::over(vm, iter::Sort::Sequence, deque))
    ))
    .methods(methods![
        NativeFn::method::<DequeObj, 1>(name!("append"), 0, |cx, deque, args| {
            deque.add(cx, args.get::<0>(), false)
        }),
        NativeFn::method::<DequeObj, 1>(name!("appendleft"), 0, |cx, deque, args| {
            deque.add(cx, args.get::<0>(), true)
        }),
        NativeFn::method::<DequeObj, 0>(name!("clear"), 0, clear),
        NativeFn::method::<DequeObj, 0>(name!("copy"), 0, copy),
        NativeFn::method::<Whole<DequeObj>, 1>(name!("count"), 0, sequence::count),
        method!("extend", 2, 2, |vm, args| extend(vm, args, false)),
        method!("extendleft", 2, 2, |vm, args| extend(vm, args, true)),
        NativeFn::method::<Whole<DequeObj>, 1>(name!("index"), 0, sequence::index),
        NativeFn::method::<DequeObj, 0>(name!("pop"), 0, |cx, deque, _| deque.pop(cx, false)),
        NativeFn::method::<DequeObj, 0>(name!("popleft"), 0, |cx, deque, _| deque.pop(cx, true)),
        NativeFn::method::<DequeObj, 1>(name!("remove"), 0, remove),
        NativeFn::method::<DequeObj, 0>(name!("rotate"), 1, rotate),
    ])
    .unhashable();

/// Places of the first ring.
const FIRST_CAPACITY: usize = 4;

fn make(vm: &mut Vm, _class: Local, args: Args) -> Res {
    let [iterable, maxlen, strict] = args.parse(
        vm,
        const {
            &[
                Param::optional(name!("iterable")),
                Param::optional(name!("maxlen")),
                Param::optional(name!("flags")).or(Local::FALSE),
            ]
        },
    )?;
    // as in MicroPython the length must be given with the items; `None` sets no limit
    if !vm.get(iterable).is_null() && vm.get(maxlen).is_null() {
        crate::protocol::call::parse::check_count(vm, 1, 2, 3)?;
    }
    let strict = vm.truth(strict)?;
    let most = match vm.get(maxlen) {
        v if v.is_null() || v.is_none() => DequeObj::ENDLESS,
        _ => match usize::try_from(vm.index_of(maxlen)?) {
            Ok(n) => n,
            Err(_) => return Err(vm.value_error("maxlen must be non-negative")),
        },
    };
    let new = vm.leaf_local(|cx| cx.new_deque(most, 0).map(Gc::obj))?;
    if !vm.get(iterable).is_null() {
        // more items than fit push out the first ones, whatever the flags say
        extend_by(vm, new, iterable, false)?;
    }
    if let Some(deque) = vm.get(new).cast::<DequeObj>() {
        deque.set_strict(strict);
    }
    Ok(new)
}

impl<'h> Gc<'h, DequeObj> {
    /// Copies the items in their order to the places of a ring.
    fn copy_to(self, cx: Leaf<'h>, places: &[Slot]) -> Result<(), Leave> {
        for (i, to) in cx.vm().paced_to_end(places.iter().enumerate()) {
            let Some(from) = self.slot(i) else { break };
            to.set(from.get());
        }
        cx.spend(0)
    }

    /// Adds an item at an end. A full deque loses the item at the other end, or refuses.
    fn add(self, cx: Leaf<'h>, item: Obj<'h>, left: bool) -> Answer<'h> {
        let n = self.len();
        if n >= self.most() {
            if self.is_strict() {
                return Err(cx.raise(&INDEX_ERROR, "full"));
            }
            self.take(!left);
        } else if n == self.places().len() {
            let capacity = (n + n / 2).max(FIRST_CAPACITY).min(self.most());
            let ring = cx.new_storage(capacity)?;
            self.copy_to(cx, ring.slots())?;
            self.set_ring(&ring, n);
        }
        if let Some(slot) = self.object().add_at(left) {
            slot.set(item.value());
        }
        Ok(Obj::NONE)
    }

    /// Takes the item at an end off.
    fn pop(self, cx: Leaf<'h>, left: bool) -> Answer<'h> {
        match self.object().take(left).and_then(Obj::of_value) {
            Some(item) => Ok(item),
            None => Err(cx.raise(&INDEX_ERROR, "empty")),
        }
    }
}

fn print(vm: &mut Vm, deque: Local, out: Out, _kind: PrintKind) -> Result<(), Raised> {
    vm.emit(out, b"deque([")?;
    sequence::print_items(vm, deque, out)?;
    vm.emit(out, b"]")?;
    let most = vm.get(deque).cast::<DequeObj>().map_or(DequeObj::ENDLESS, DequeObj::most);
    if most != DequeObj::ENDLESS {
        vm.emit(out, b", maxlen=")?;
        vm.emit_int(out, most as SWord)?;
    }
    vm.emit(out, b")")
}

fn binary(vm: &mut Vm, op: BinaryOp, left: Local, right: Local) -> Maybe {
    match op {
        BinaryOp::InplaceAdd => {
            extend_by(vm, left, right, false)?;
            Ok(Some(left))
        }
        BinaryOp::Equal if vm.get(right).is_kind(Kind::Deque) => {
            sequence::compare(vm, op, left, right)
        }
        _ => Ok(None),
    }
}

fn store<'h>(cx: Leaf<'h>, deque: Gc<'h, DequeObj>, args: LeafArgs<'h, 2>) -> Answer<'h> {
    let at = sequence::place(cx, deque.obj(), args.get::<0>(), deque.len(), 0)?;
    if let Some(slot) = deque.slot(at) {
        slot.set(args.get::<1>().value());
    }
    Ok(Obj::NONE)
}

fn attr(vm: &mut Vm, deque: Local, name: Qstr, op: AttrOp) -> Maybe {
    let (AttrOp::Load, Some(deque)) = (op, vm.get(deque).cast::<DequeObj>()) else {
        return Ok(None);
    };
    match deque.most() {
        _ if name != qstr!("maxlen") => Ok(None),
        DequeObj::ENDLESS => Ok(Some(Local::NONE)),
        most => vm.new_int(most as SWord).map(Some),
    }
}

fn clear<'h>(_: Leaf<'h>, deque: Gc<'h, DequeObj>, _: LeafArgs<'h, 0>) -> Answer<'h> {
    deque.object().clear();
    Ok(Obj::NONE)
}

fn copy<'h>(cx: Leaf<'h>, deque: Gc<'h, DequeObj>, _: LeafArgs<'h, 0>) -> Answer<'h> {
    let n = deque.len();
    let new = cx.new_deque(deque.most(), n)?;
    deque.copy_to(cx, new.places())?;
    new.fill(n);
    new.set_strict(deque.is_strict());
    Ok(new.obj())
}

fn remove<'h>(cx: Leaf<'h>, deque: Gc<'h, DequeObj>, args: LeafArgs<'h, 1>) -> Answer<'h> {
    let at = sequence::known_place(cx, deque.obj(), args.get::<0>(), sequence::EVERYWHERE)?;
    // in exchange, so that nothing is lost if the script is to end
    for i in cx.vm().paced_to_end(at + 1..deque.len()) {
        if let (Some(to), Some(from)) = (deque.slot(i - 1), deque.slot(i)) {
            let item = to.get();
            to.set(from.get());
            from.set(item);
        }
    }
    cx.spend(0)?;
    deque.take(false);
    Ok(Obj::NONE)
}

/// Adds the items of an iterable at an end.
fn extend_by(vm: &mut Vm, deque: Local, iterable: Local, left: bool) -> Result<(), Raised> {
    vm.for_each(iterable, |vm, item| {
        vm.leaf(|cx| match cx.local(deque).cast::<DequeObj>() {
            Some(deque) => deque.add(cx, cx.local(item), left).map(|_| ()),
            None => Ok(()),
        })
    })
}

fn extend(vm: &mut Vm, args: Args, left: bool) -> Res {
    if !vm.get(args.get(0)).is_kind(Kind::Deque) {
        return Err(vm.wrong_receiver());
    }
    // the items as they are now: it may be the deque itself
    let items = vm.sequence_from(args.get(1))?;
    extend_by(vm, args.get(0), items, left)?;
    Ok(Local::NONE)
}

/// `rotate(n=1)`: moves the last `n` items to the front.
fn rotate<'h>(cx: Leaf<'h>, deque: Gc<'h, DequeObj>, args: LeafArgs<'h, 0>) -> Answer<'h> {
    let by = match args.opt(0) {
        Some(by) => by.as_small_int().ok_or_else(|| cx.index(0))?,
        None => 1,
    };
    let by = by.checked_rem_euclid(deque.len() as SWord).unwrap_or(0);
    for _ in cx.vm().paced_to_end(0..by) {
        if let Some(item) = deque.take(false)
            && let Some(slot) = deque.object().add_at(true)
        {
            slot.set(item);
        }
    }
    cx.spend(0)?;
    Ok(Obj::NONE)
}
