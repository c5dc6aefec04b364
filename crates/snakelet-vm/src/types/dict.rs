//! `dict`, `OrderedDict` and the views of their keys, values and items.

use crate::exception::classes::{KEY_ERROR, TYPE_ERROR, VALUE_ERROR};
use crate::native::args::Param;
use crate::native::leaf::{Answer, Dict, Gc, Leaf, LeafArgs, Leave, Obj};
use crate::native::print::{Out, PrintKind};
use crate::native::{Behaviour, BinaryOp, NativeFn, NativeType, Subscr, slots};
use crate::object::value::{SWord, Value};
use crate::object::{DictView, HashObj, Kind, Slot, words_of};
use crate::types::{iter, set};
use crate::vm::stack::Local;
use crate::{Args, Raised, Res, Vm, method, methods, name, qstr};

/// `dict`.
pub static DICT: NativeType = NativeType::new(name!("dict"), Kind::Dict)
    .slots(slots!(BEHAVIOUR))
    .methods(methods![
        NativeFn::method::<Dict, 0>(name!("clear"), 0, clear),
        NativeFn::method::<Dict, 0>(name!("copy"), 0, copy),
        method!("fromkeys", 2, 3, fromkeys).class_method(),
        NativeFn::method::<Dict, 1>(name!("get"), 1, get),
        NativeFn::method::<Dict, 0>(name!("items"), 0, |cx, dict, _| view(cx, dict, View::Items)),
        NativeFn::method::<Dict, 0>(name!("keys"), 0, |cx, dict, _| view(cx, dict, View::Keys)),
        NativeFn::method::<Dict, 1>(name!("pop"), 1, pop),
        NativeFn::method::<Dict, 0>(name!("popitem"), 0, |cx, dict, _| take_end(cx, dict, true)),
        NativeFn::method::<Dict, 1>(name!("setdefault"), 1, setdefault),
        method!("update", 1, 2, update).keywords(),
        NativeFn::method::<Dict, 0>(name!("values"), 0, |cx, dict, _| view(cx, dict, View::Values)),
    ])
    .unhashable();
/// That of `dict`, and with exceptions of `OrderedDict`.
const BEHAVIOUR: Behaviour = Behaviour::NONE
    .make(|vm, _, args| make(vm, Kind::Dict, args))
    .print(print)
    .binary(binary)
    .len(|_, dict| dict.cast::<HashObj>().map_or(0, HashObj::len))
    .subscripts(methods![
        NativeFn::method::<Dict, 1>(name!("__getitem__"), 0, load),
        NativeFn::method::<Dict, 2>(name!("__setitem__"), 0, store),
        NativeFn::method::<Dict, 1>(name!("__delitem__"), 0, delete),
    ])
    .membership(&CONTAINS)
    .iter(|vm, dict| iter::over_table(vm, iter::Sort::Keys, dict));

/// `OrderedDict`.
pub static ORDERED_DICT: NativeType = NativeType::derived(name!("OrderedDict"), &DICT)
    .slots(slots!(
        BEHAVIOUR.make(|vm, _, args| make(vm, Kind::OrderedDict, args)).print(print_ordered)
    ))
    .methods(methods![
        method!("move_to_end", 2, 2, move_to_end).keywords(),
        method!("popitem", 1, 2, popitem).keywords(),
    ]);
/// A view of a dict.
pub static DICT_VIEW: NativeType = NativeType::new(name!("dict_view"), Kind::DictView)
    .slots(slots!(
        Behaviour::NONE
            .print(print_view)
            .binary(binary_view)
            .len(|_, v| {
                let dict = v.cast::<DictView>().map_or(Value::NULL, |v| v.dict.get());
                dict.cast::<HashObj>().map_or(0, HashObj::len)
            })
            .hash(hash_view)
            .contains(contains_view)
            .iter(iter_view)
    ))
    .methods(methods![method!("isdisjoint", 2, 2, is_disjoint)])
    .sealed();

static CONTAINS: NativeFn = NativeFn::method::<Dict, 1>(name!("__contains__"), 0, contains);

/// What a view shows: the aux field of its header.
#[derive(Copy, Clone, PartialEq, Eq)]
#[repr(usize)]
enum View {
    Items,
    Keys,
    Values,
}

impl DictView {
    fn sort(&self) -> View {
        match self.header.aux() {
            0 => View::Items,
            1 => View::Keys,
            _ => View::Values,
        }
    }
}

/// Makes locals of the next live entry of a dict at or behind place `at`, and returns them with
/// the place behind.
pub(crate) fn push_entry(vm: &Vm, dict: Local, at: usize) -> Option<(Local, Local, usize)> {
    let h = vm.hash_obj(dict)?;
    let at = vm.next_live(h, at)?;
    let (key, value) = h.entry(at)?;
    Some((vm.push(key), vm.push(value), at + 1))
}

fn is_dict(vm: &Vm, object: Local) -> bool {
    matches!(vm.get(object).ref_kind(), Some(Kind::Dict | Kind::OrderedDict))
}

/// The receiver of a dict's method.
fn receiver(vm: &mut Vm, args: Args) -> Res {
    if is_dict(vm, args.get(0)) { Ok(args.get(0)) } else { Err(vm.wrong_receiver()) }
}

/// The receiver of a method that changes a dict.
fn mutable(vm: &mut Vm, args: Args) -> Res {
    let dict = receiver(vm, args)?;
    if vm.hash_obj(dict).is_some_and(HashObj::is_fixed) {
        return Err(vm.type_error(FIXED));
    }
    Ok(dict)
}

fn make(vm: &mut Vm, kind: Kind, args: Args) -> Res {
    if args.keywords() == 0 && args.len() == 1 && is_dict(vm, args.get(0)) {
        return vm.copy_table(args.get(0), kind);
    }
    let new = if kind == Kind::Dict { vm.new_dict(0)? } else { vm.new_ordered_dict()? };
    if args.len() > 1 {
        crate::protocol::call::parse::check_count(vm, args.len(), 0, 1)?;
    }
    update_from_args(vm, new, args)?;
    Ok(new)
}

/// Adds what the one positional argument and the keyword arguments hold.
fn update_from_args(vm: &mut Vm, dict: Local, args: Args) -> Result<(), Raised> {
    if let Some(source) = args.opt(0) {
        vm.dict_update(dict, source)?;
    }
    for i in 0..args.keywords() {
        let scope = vm.scope();
        let (name, value) = args.keyword(i);
        vm.table_set(dict, name, value)?;
        vm.end_scope(scope);
    }
    Ok(())
}

impl Vm {
    /// Adds to a dict the entries of another, of a mapping (that has `keys`), or of an iterable
    /// of pairs.
    ///
    /// # Errors
    /// `TypeError`, `ValueError` for an item that is no pair, `MemoryError`, what iterating raises.
    pub fn dict_update(&mut self, dict: Local, source: Local) -> Result<(), Raised> {
        let outer = self.scope();
        let part = self.native_part(source);
        if is_dict(self, part) {
            let mut at = 0;
            loop {
                let scope = self.scope();
                let Some((key, value, next)) = push_entry(self, part, at) else { break };
                at = next;
                self.table_set(dict, key, value)?;
                self.end_scope(scope);
                self.charge(3)?;
            }
        } else if let Some(keys) = self.find_attr(source, qstr!("keys"))? {
            let keys = self.call_with(keys, &[])?;
            self.for_each(keys, |vm, key| {
                let value = vm.subscr(source, key, Subscr::Load)?;
                vm.table_set(dict, key, value).map(|_| ())
            })?;
        } else {
            self.for_each(source, |vm, pair| {
                let pair = vm.sequence_from(pair)?;
                if vm.sequence_len(pair) != 2 {
                    return Err(
                        vm.raise_text(&VALUE_ERROR, "dict update sequence has wrong length")
                    );
                }
                let key = vm.push_sequence_item(pair, 0);
                let value = vm.push_sequence_item(pair, 1);
                vm.table_set(dict, key, value).map(|_| ())
            })?;
        }
        self.end_scope(outer);
        Ok(())
    }
}

/// Prints a key and its value.
type PrintEntry<'f> = dyn Fn(&mut Vm, Local, Local) -> Result<(), Raised> + 'f;

/// Prints every entry by `each`, with commas between them.
#[inline(never)]
fn print_entries(vm: &mut Vm, dict: Local, out: Out, each: &PrintEntry<'_>) -> Result<(), Raised> {
    let mut at = 0;
    let mut first = true;
    loop {
        let scope = vm.scope();
        let Some((key, value, next)) = push_entry(vm, dict, at) else { break };
        at = next;
        if !first {
            vm.emit(out, b", ")?;
        }
        first = false;
        each(vm, key, value)?;
        vm.end_scope(scope);
        vm.charge(3)?;
    }
    Ok(())
}

fn print(vm: &mut Vm, dict: Local, out: Out, _kind: PrintKind) -> Result<(), Raised> {
    vm.emit(out, b"{")?;
    print_entries(vm, dict, out, &|vm, key, value| {
        vm.print(key, out, PrintKind::Repr)?;
        vm.emit(out, b": ")?;
        vm.print(value, out, PrintKind::Repr)
    })?;
    vm.emit(out, b"}")
}

fn print_ordered(vm: &mut Vm, dict: Local, out: Out, kind: PrintKind) -> Result<(), Raised> {
    vm.emit(out, b"OrderedDict(")?;
    print(vm, dict, out, kind)?;
    vm.emit(out, b")")
}

fn binary(vm: &mut Vm, op: BinaryOp, left: Local, right: Local) -> Result<Option<Local>, Raised> {
    match op {
        BinaryOp::Equal if is_dict(vm, right) => equal(vm, left, right).map(Local::bool).map(Some),
        BinaryOp::Or if is_dict(vm, right) => {
            let kind = vm.get(left).ref_kind().unwrap_or(Kind::Dict);
            let new = vm.copy_table(left, kind)?;
            vm.dict_update(new, right)?;
            Ok(Some(new))
        }
        BinaryOp::InplaceOr if vm.hash_obj(left).is_some_and(|h| !h.is_fixed()) => {
            vm.dict_update(left, right)?;
            Ok(Some(left))
        }
        _ => Ok(None),
    }
}

fn equal(vm: &mut Vm, left: Local, right: Local) -> Result<bool, Raised> {
    let len = |vm: &Vm, dict| vm.hash_obj(dict).map_or(0, HashObj::len);
    if len(vm, left) != len(vm, right) {
        return Ok(false);
    }
    let ordered =
        vm.get(left).is_kind(Kind::OrderedDict) && vm.get(right).is_kind(Kind::OrderedDict);
    vm.nested(|vm| {
        let (mut at, mut other_at) = (0, 0);
        loop {
            let scope = vm.scope();
            let Some((key, value, next)) = push_entry(vm, left, at) else { return Ok(true) };
            at = next;
            let other = if ordered {
                match push_entry(vm, right, other_at) {
                    Some((other_key, other, next)) => {
                        other_at = next;
                        vm.same_or_equal(key, other_key)?.then_some(other)
                    }
                    None => None,
                }
            } else {
                vm.dict_get(right, key)?
            };
            match other {
                Some(other) if vm.same_or_equal(value, other)? => {}
                _ => return Ok(false),
            }
            vm.end_scope(scope);
            vm.charge(3)?;
        }
    })
}

/// Leaves if scripts may not change a dict.
fn check_mutable<'h>(cx: Leaf<'h>, dict: Gc<'h, HashObj>) -> Result<(), Leave> {
    if dict.is_fixed() { Err(cx.raise(&TYPE_ERROR, FIXED)) } else { Ok(()) }
}

const FIXED: &str = "dict is fixed";

fn load<'h>(cx: Leaf<'h>, dict: Gc<'h, HashObj>, args: LeafArgs<'h, 1>) -> Answer<'h> {
    let key = args.get::<0>();
    // a slice is no key, but it is looked for where there is nothing
    if !(dict.is_empty() && key.is_kind(Kind::Slice))
        && let Some(n) = dict.find(cx, key, 0)?.place
    {
        return Ok(dict.value_at(n));
    }
    Err(cx.raise_value(&KEY_ERROR, key))
}

fn store<'h>(cx: Leaf<'h>, dict: Gc<'h, HashObj>, args: LeafArgs<'h, 2>) -> Answer<'h> {
    check_mutable(cx, dict)?;
    dict.set(cx, args.get::<0>(), args.get::<1>(), 0)?;
    Ok(Obj::NONE)
}

fn delete<'h>(cx: Leaf<'h>, dict: Gc<'h, HashObj>, args: LeafArgs<'h, 1>) -> Answer<'h> {
    check_mutable(cx, dict)?;
    match dict.remove(cx, args.get::<0>(), 0)? {
        Some(_) => Ok(Obj::NONE),
        None => Err(cx.raise_value(&KEY_ERROR, args.get::<0>())),
    }
}

fn contains<'h>(cx: Leaf<'h>, dict: Gc<'h, HashObj>, args: LeafArgs<'h, 1>) -> Answer<'h> {
    dict.find(cx, args.get::<0>(), 0).map(|found| Obj::bool(found.place.is_some()))
}

fn clear<'h>(cx: Leaf<'h>, dict: Gc<'h, HashObj>, _: LeafArgs<'h, 0>) -> Answer<'h> {
    check_mutable(cx, dict)?;
    dict.remove_all(cx);
    Ok(Obj::NONE)
}

fn copy<'h>(cx: Leaf<'h>, dict: Gc<'h, HashObj>, _: LeafArgs<'h, 0>) -> Answer<'h> {
    dict.copy(cx, dict.header.kind()).map(Gc::obj)
}

fn fromkeys(vm: &mut Vm, args: Args) -> Res {
    let class = args.get(0);
    let value = args.opt(2).unwrap_or(Local::NONE);
    let new = if vm.get(class).as_native_type().is_some_and(|t| core::ptr::eq(t, &DICT)) {
        vm.new_dict(0)?
    } else {
        vm.call_with(class, &[])?
    };
    let plain = is_dict(vm, new);
    vm.for_each(args.get(1), |vm, key| {
        vm.charge(1)?;
        if plain {
            vm.table_set(new, key, value).map(|_| ())
        } else {
            vm.subscr(new, key, Subscr::Store(value)).map(|_| ())
        }
    })?;
    Ok(new)
}

fn get<'h>(cx: Leaf<'h>, dict: Gc<'h, HashObj>, args: LeafArgs<'h, 1>) -> Answer<'h> {
    let slot = dict.place(cx, args.get::<0>(), 0)?.and_then(|n| dict.object().value_slot(n));
    Ok(match slot {
        Some(slot) => Obj::or_none(slot.get()),
        None => args.opt(1).unwrap_or(Obj::NONE),
    })
}

fn pop<'h>(cx: Leaf<'h>, dict: Gc<'h, HashObj>, args: LeafArgs<'h, 1>) -> Answer<'h> {
    check_mutable(cx, dict)?;
    match dict.remove(cx, args.get::<0>(), 0)?.or(args.opt(1)) {
        Some(value) => Ok(value),
        None => Err(cx.raise_value(&KEY_ERROR, args.get::<0>())),
    }
}

/// Takes an entry off an end.
fn take_end<'h>(cx: Leaf<'h>, dict: Gc<'h, HashObj>, last: bool) -> Answer<'h> {
    check_mutable(cx, dict)?;
    let place = cx.vm().table_end(dict.object(), last);
    let Some((n, (key, value))) = place.and_then(|n| Some((n, dict.object().entry(n)?))) else {
        return Err(cx.raise(&KEY_ERROR, "popitem(): dictionary is empty"));
    };
    let pair = cx.pair(Obj::or_none(key), Obj::or_none(value))?;
    dict.remove_at(cx, n);
    Ok(pair)
}

/// `OrderedDict.popitem(last=True)`.
fn popitem(vm: &mut Vm, args: Args) -> Res {
    let dict = receiver(vm, args)?;
    let [last] =
        args.skip(1).parse(vm, const { &[Param::optional(name!("last")).or(Local::TRUE)] })?;
    let last = vm.truth(last)?;
    vm.leaf_local(|cx| match cx.local(dict).cast::<HashObj>() {
        Some(dict) => take_end(cx, dict, last),
        None => Err(cx.wrong_receiver()),
    })
}

fn setdefault<'h>(cx: Leaf<'h>, dict: Gc<'h, HashObj>, args: LeafArgs<'h, 1>) -> Answer<'h> {
    check_mutable(cx, dict)?;
    let key = args.get::<0>();
    let found = dict.find(cx, key, 0)?;
    if let Some(n) = found.place {
        return Ok(dict.value_at(n));
    }
    let value = args.opt(1).unwrap_or(Obj::NONE);
    dict.add(cx, key.value(), value.value(), found.hash, found.complex)?;
    Ok(value)
}

fn update(vm: &mut Vm, args: Args) -> Res {
    let dict = mutable(vm, args)?;
    update_from_args(vm, dict, args.skip(1))?;
    Ok(Local::NONE)
}

/// `OrderedDict.move_to_end(key, last=True)`.
fn move_to_end(vm: &mut Vm, args: Args) -> Res {
    let dict = mutable(vm, args)?;
    let [key, last] = args.skip(1).parse(
        vm,
        const { &[Param::required(name!("key")), Param::optional(name!("last")).or(Local::TRUE)] },
    )?;
    let Some(n) = vm.table_find(dict, key)? else { return Err(vm.key_error(key)) };
    let found = vm.hash_obj(dict).and_then(|h| h.entry(n)).map(|(k, v)| (vm.push(k), vm.push(v)));
    let Some((key, value)) = found else { return Err(vm.wrong_receiver()) };
    let rest = if vm.truth(last)? { None } else { Some(vm.copy_table(dict, Kind::OrderedDict)?) };
    vm.table_remove_at(dict, n);
    if let Some(rest) = rest {
        vm.table_remove(rest, key)?;
        vm.table_clear(dict);
        vm.table_set(dict, key, value)?;
        vm.dict_update(dict, rest)?;
    } else {
        vm.table_set(dict, key, value)?;
    }
    Ok(Local::NONE)
}

// --- views ---------------------------------------------------------------------------------

fn view<'h>(cx: Leaf<'h>, dict: Gc<'h, HashObj>, of: View) -> Answer<'h> {
    let view = cx.allocate::<DictView>(Kind::DictView, of as usize, words_of::<DictView>(0))?;
    view.dict.set(dict.obj().value());
    Ok(view.obj())
}

/// What a view shows, and a local of its dict.
fn view_parts(vm: &Vm, view: Local) -> Option<(View, Local)> {
    vm.get(view).cast::<DictView>().map(|v| (v.sort(), vm.push(v.dict.get())))
}

fn iter_view(vm: &mut Vm, view: Local) -> Res {
    let Some((of, dict)) = view_parts(vm, view) else { return Err(vm.wrong_receiver()) };
    let sort = match of {
        View::Items => iter::Sort::Pairs,
        View::Keys => iter::Sort::Keys,
        View::Values => iter::Sort::Values,
    };
    iter::over_table(vm, sort, dict)
}

fn print_view(vm: &mut Vm, view: Local, out: Out, _kind: PrintKind) -> Result<(), Raised> {
    let Some((of, dict)) = view_parts(vm, view) else { return Err(vm.wrong_receiver()) };
    let name: &[u8] = match of {
        View::Items => b"dict_items([",
        View::Keys => b"dict_keys([",
        View::Values => b"dict_values([",
    };
    vm.emit(out, name)?;
    print_entries(vm, dict, out, &|vm, key, value| match of {
        View::Items => {
            vm.emit(out, b"(")?;
            iter::print_joined(vm, &[key, value], out)?;
            vm.emit(out, b")")
        }
        View::Keys => vm.print(key, out, PrintKind::Repr),
        View::Values => vm.print(value, out, PrintKind::Repr),
    })?;
    vm.emit(out, b"])")
}

fn contains_view(vm: &mut Vm, view: Local, item: Local) -> Result<bool, Raised> {
    let Some((of, dict)) = view_parts(vm, view) else { return Err(vm.wrong_receiver()) };
    match of {
        View::Keys => vm.table_find(dict, item).map(|place| place.is_some()),
        View::Items => {
            let pair = match vm.items_of(vm.get(item)) {
                [key, value] => [key, value].map(|s: &Slot| vm.push(s.get())),
                _ => return Ok(false),
            };
            let [key, value] = pair;
            match vm.dict_get(dict, key)? {
                Some(found) => vm.same_or_equal(found, value),
                None => Ok(false),
            }
        }
        View::Values => {
            let mut at = 0;
            loop {
                let scope = vm.scope();
                let Some((_, value, next)) = push_entry(vm, dict, at) else { return Ok(false) };
                at = next;
                if vm.same_or_equal(value, item)? {
                    return Ok(true);
                }
                vm.end_scope(scope);
                vm.charge(3)?;
            }
        }
    }
}

/// Whether an object is a view that is a set: one of keys or of items.
pub(crate) fn is_view_set(vm: &Vm, object: Local) -> bool {
    vm.get(object).cast::<DictView>().is_some_and(|view| view.sort() != View::Values)
}

fn is_disjoint(vm: &mut Vm, args: Args) -> Res {
    let set = set::set_from(vm, args.get(0))?;
    set::is_disjoint(vm, set, args.get(1)).map(Local::bool)
}

/// Views of keys and of items are sets in comparisons and set operations.
fn binary_view(
    vm: &mut Vm,
    op: BinaryOp,
    left: Local,
    right: Local,
) -> Result<Option<Local>, Raised> {
    let is_values =
        |vm: &Vm, v| vm.get(v).cast::<DictView>().is_some_and(|v| v.sort() == View::Values);
    if is_values(vm, left) || is_values(vm, right) {
        return Ok(None);
    }
    let op = crate::protocol::plain(op);
    let own = set::set_from(vm, left)?;
    match op {
        BinaryOp::Or | BinaryOp::And | BinaryOp::Subtract | BinaryOp::Xor => {
            let other = set::set_from(vm, right)?;
            set::binary(vm, op, own, other)
        }
        _ if vm.get(right).is_kind(Kind::DictView) => {
            let other = set::set_from(vm, right)?;
            set::binary(vm, op, own, other)
        }
        _ => set::binary(vm, op, own, right),
    }
}

fn hash_view(vm: &mut Vm, view: Local) -> Result<SWord, Raised> {
    match view_parts(vm, view) {
        Some((View::Values, _)) => vm.identity_hash(view),
        _ => Err(vm.raise_about(&TYPE_ERROR, "unsupported type for __hash__: '%t'", &[view])),
    }
}
