//! `set` and `frozenset`.

use crate::exception::classes::KEY_ERROR;
use crate::native::leaf::{Answer, AnySet, Gc, Leaf, LeafArgs, Obj, Set};
use crate::native::print::{Out, PrintKind};
use crate::native::{Behaviour, BinaryOp, Maybe, NativeFn, NativeType, VARIADIC, slots};
use crate::object::value::SWord;
use crate::object::{HashObj, Kind};
use crate::protocol::plain;
use crate::types::dict::{self, push_entry};
use crate::types::iter;
use crate::vm::stack::Local;
use crate::{Args, Raised, Res, Vm, method, methods, name};

/// `set`.
pub static SET: NativeType = NativeType::new(name!("set"), Kind::Set)
    .slots(slots!(
        Behaviour::NONE
            .make(|vm, _, args| make(vm, Kind::Set, args))
            .print(print)
            .binary(binary)
            .len(|_, set| set.cast::<HashObj>().map_or(0, HashObj::len))
            .membership(&CONTAINS)
            .iter(|vm, set| iter::over_table(vm, iter::Sort::Keys, set))
    ))
    .methods(methods![
        NativeFn::method::<Set, 1>(name!("add"), 0, add),
        NativeFn::method::<Set, 0>(name!("clear"), 0, clear),
        NativeFn::method::<AnySet, 0>(name!("copy"), 0, copy),
        method!("difference", 1, VARIADIC, |vm, args| fold(vm, args, BinaryOp::Subtract)),
        method!("difference_update", 1, VARIADIC, |vm, args| replace(vm, args, BinaryOp::Subtract)),
        NativeFn::method::<Set, 1>(name!("discard"), 0, discard),
        method!("intersection", 1, VARIADIC, |vm, args| fold(vm, args, BinaryOp::And)),
        method!("intersection_update", 1, VARIADIC, |vm, args| replace(vm, args, BinaryOp::And)),
        method!("isdisjoint", 2, 2, |vm, args| {
            let set = receiver(vm, args)?;
            is_disjoint(vm, set, args.get(1)).map(Local::bool)
        }),
        method!("issubset", 2, 2, |vm, args| relate(vm, args, Relation::Subset)),
        method!("issuperset", 2, 2, |vm, args| relate(vm, args, Relation::Superset)),
        NativeFn::method::<Set, 0>(name!("pop"), 0, pop),
        NativeFn::method::<Set, 1>(name!("remove"), 0, remove),
        method!("symmetric_difference", 2, 2, |vm, args| fold(vm, args, BinaryOp::Xor)),
        method!("symmetric_difference_update", 2, 2, |vm, args| replace(vm, args, BinaryOp::Xor)),
        method!("union", 1, VARIADIC, |vm, args| fold(vm, args, BinaryOp::Or)),
        method!("update", 1, VARIADIC, update),
    ])
    .unhashable();
/// `frozenset`.
pub static FROZENSET: NativeType = NativeType::new(name!("frozenset"), Kind::FrozenSet)
    .slots(slots!(
        Behaviour::NONE
            .make(|vm, _, args| make(vm, Kind::FrozenSet, args))
            .print(print)
            .binary(binary)
            .len(|_, set| set.cast::<HashObj>().map_or(0, HashObj::len))
            .hash(hash)
            .membership(&CONTAINS)
            .iter(|vm, set| iter::over_table(vm, iter::Sort::Keys, set))
    ))
    .methods(methods![
        NativeFn::method::<AnySet, 0>(name!("copy"), 0, copy),
        method!("difference", 1, VARIADIC, |vm, args| fold(vm, args, BinaryOp::Subtract)),
        method!("intersection", 1, VARIADIC, |vm, args| fold(vm, args, BinaryOp::And)),
        method!("isdisjoint", 2, 2, |vm, args| {
            let set = receiver(vm, args)?;
            is_disjoint(vm, set, args.get(1)).map(Local::bool)
        }),
        method!("issubset", 2, 2, |vm, args| relate(vm, args, Relation::Subset)),
        method!("issuperset", 2, 2, |vm, args| relate(vm, args, Relation::Superset)),
        method!("symmetric_difference", 2, 2, |vm, args| fold(vm, args, BinaryOp::Xor)),
        method!("union", 1, VARIADIC, |vm, args| fold(vm, args, BinaryOp::Or)),
    ]);

fn is_set(vm: &Vm, object: Local) -> bool {
    matches!(vm.get(object).ref_kind(), Some(Kind::Set | Kind::FrozenSet))
}

/// The kind of a set: `Set` for other objects.
fn kind_of(vm: &Vm, set: Local) -> Kind {
    if vm.get(set).is_kind(Kind::FrozenSet) { Kind::FrozenSet } else { Kind::Set }
}

fn len(vm: &Vm, set: Local) -> usize {
    vm.hash_obj(set).map_or(0, HashObj::len)
}

/// The receiver of a method that both kinds of set have.
fn receiver(vm: &mut Vm, args: Args) -> Res {
    if is_set(vm, args.get(0)) { Ok(args.get(0)) } else { Err(vm.wrong_receiver()) }
}

/// The receiver of a method that changes a set.
fn mutable(vm: &mut Vm, args: Args) -> Res {
    if vm.get(args.get(0)).is_kind(Kind::Set) { Ok(args.get(0)) } else { Err(vm.wrong_receiver()) }
}

fn make(vm: &mut Vm, kind: Kind, args: Args) -> Res {
    args.check(vm, 0, 1)?;
    match args.opt(0) {
        Some(object) if kind == Kind::FrozenSet && vm.get(object).is_kind(kind) => Ok(object),
        Some(object) => collect(vm, kind, object),
        None => new(vm, kind),
    }
}

fn new(vm: &mut Vm, kind: Kind) -> Res {
    if kind == Kind::FrozenSet { vm.new_frozenset(0) } else { vm.new_set(0) }
}

/// Makes a set of an iterable's items.
fn collect(vm: &mut Vm, kind: Kind, iterable: Local) -> Res {
    if is_set(vm, iterable) {
        return vm.copy_table(iterable, kind);
    }
    let set = new(vm, kind)?;
    add_all(vm, set, iterable)?;
    Ok(set)
}

/// A set of an object's items: the object itself if it is a set.
pub(crate) fn set_from(vm: &mut Vm, object: Local) -> Res {
    let part = vm.native_part(object);
    if is_set(vm, part) { Ok(part) } else { collect(vm, Kind::Set, object) }
}

/// Something to look items up in: a set or dict itself, or a set of an object's items.
fn lookup_from(vm: &mut Vm, object: Local) -> Res {
    let part = vm.native_part(object);
    if vm.hash_obj(part).is_some() { Ok(part) } else { collect(vm, Kind::Set, object) }
}

fn add_all(vm: &mut Vm, set: Local, iterable: Local) -> Result<(), Raised> {
    vm.for_each(iterable, |vm, item| {
        vm.charge(1)?;
        vm.table_set(set, item, Local::NULL).map(|_| ())
    })
}

/// What is done with each item of a set; false ends it.
type Each<'f> = dyn FnMut(&mut Vm, Local) -> Result<bool, Raised> + 'f;

/// Calls `each` with every item of a set or key of a dict, which may change meanwhile.
#[inline(never)]
fn each_item(vm: &mut Vm, table: Local, each: &mut Each<'_>) -> Result<bool, Raised> {
    let mut at = 0;
    loop {
        let scope = vm.scope();
        let Some((item, _, next)) = push_entry(vm, table, at) else { return Ok(true) };
        at = next;
        if !each(vm, item)? {
            return Ok(false);
        }
        vm.end_scope(scope);
        vm.charge(4)?;
    }
}

fn print(vm: &mut Vm, set: Local, out: Out, _kind: PrintKind) -> Result<(), Raised> {
    let frozen = kind_of(vm, set) == Kind::FrozenSet;
    if frozen {
        vm.emit(out, b"frozenset(")?;
    }
    if len(vm, set) > 0 {
        vm.emit(out, b"{")?;
        let mut first = true;
        each_item(vm, set, &mut |vm, item| {
            if !first {
                vm.emit(out, b", ")?;
            }
            first = false;
            vm.print(item, out, PrintKind::Repr)?;
            Ok(true)
        })?;
        vm.emit(out, b"}")?;
    } else if !frozen {
        vm.emit(out, b"set()")?;
    }
    if frozen { vm.emit(out, b")") } else { Ok(()) }
}

static CONTAINS: NativeFn = NativeFn::method::<AnySet, 1>(name!("__contains__"), 0, is_in);

fn is_in<'h>(cx: Leaf<'h>, set: Gc<'h, HashObj>, args: LeafArgs<'h, 1>) -> Answer<'h> {
    set.find(cx, args.get::<0>(), 0).map(|found| Obj::bool(found.place.is_some()))
}

fn contains(vm: &mut Vm, set: Local, item: Local) -> Result<bool, Raised> {
    vm.table_find(set, item).map(|place| place.is_some())
}

/// Equal sets have the same hash, whatever the order of their items.
fn hash(vm: &mut Vm, set: Local) -> Result<SWord, Raised> {
    let mut hash: SWord = 0x0123_4567;
    vm.nested(|vm| {
        each_item(vm, set, &mut |vm, item| {
            let h = vm.hash(item)?;
            let mixed = (h ^ h << 5).wrapping_mul(0x0339_8e0d);
            hash = hash.wrapping_add(mixed ^ mixed >> 7);
            Ok(true)
        })
    })?;
    Ok(hash)
}

/// Operators of sets; both operands must be sets.
pub(crate) fn binary(vm: &mut Vm, op: BinaryOp, left: Local, right: Local) -> Maybe {
    use BinaryOp::{And, Equal, InplaceOr, Less, LessEqual, More, MoreEqual, Or, Subtract, Xor};
    if !is_set(vm, right) {
        if !dict::is_view_set(vm, right) {
            return Ok(None);
        }
        let right = collect(vm, Kind::Set, right)?;
        return binary(vm, plain(op), left, right);
    }
    let (n, m) = (len(vm, left), len(vm, right));
    let answer = match op {
        LessEqual => is_subset(vm, left, right)?,
        MoreEqual => is_subset(vm, right, left)?,
        Less => n < m && is_subset(vm, left, right)?,
        More => n > m && is_subset(vm, right, left)?,
        Equal => n == m && vm.nested(|vm| is_subset(vm, left, right))?,
        Or | And | Subtract | Xor => {
            let left = if op == Or { copy_of(vm, left)? } else { left };
            return combine(vm, op, left, right).map(Some);
        }
        InplaceOr if kind_of(vm, left) == Kind::Set => {
            return combine(vm, Or, left, right).map(Some);
        }
        _ if matches!(plain(op), And | Subtract | Xor) && kind_of(vm, left) == Kind::Set => {
            let new = combine(vm, plain(op), left, right)?;
            vm.table_take(left, new);
            return Ok(Some(left));
        }
        _ => return Ok(None),
    };
    Ok(Some(Local::bool(answer)))
}

/// A copy of a set, of the same kind.
fn copy_of(vm: &mut Vm, set: Local) -> Res {
    let kind = kind_of(vm, set);
    vm.copy_table(set, kind)
}

/// The union, intersection or difference of a set with a set or dict, or what is in one of them only.
/// A union is made of the set itself, the others are new.
fn combine(vm: &mut Vm, op: BinaryOp, set: Local, other: Local) -> Res {
    if op == BinaryOp::Or {
        if !vm.get(set).is(vm.get(other)) {
            add_all(vm, set, other)?;
        }
        return Ok(set);
    }
    let kind = kind_of(vm, set);
    let new = new(vm, kind)?;
    add_chosen(vm, new, set, other, op == BinaryOp::And)?;
    if op == BinaryOp::Xor {
        add_chosen(vm, new, other, set, false)?;
    }
    Ok(new)
}

/// Adds those items of `from` that are, or are not, in `others`.
fn add_chosen(
    vm: &mut Vm,
    set: Local,
    from: Local,
    others: Local,
    common: bool,
) -> Result<(), Raised> {
    each_item(vm, from, &mut |vm, item| {
        if contains(vm, others, item)? == common {
            vm.table_set(set, item, Local::NULL)?;
        }
        Ok(true)
    })?;
    Ok(())
}

/// Whether every item of `left` is in `right`.
fn is_subset(vm: &mut Vm, left: Local, right: Local) -> Result<bool, Raised> {
    if len(vm, left) > len(vm, right) {
        return Ok(false);
    }
    each_item(vm, left, &mut |vm, item| contains(vm, right, item))
}

fn add<'h>(cx: Leaf<'h>, set: Gc<'h, HashObj>, args: LeafArgs<'h, 1>) -> Answer<'h> {
    set.set(cx, args.get::<0>(), Obj::NONE, 0)?;
    Ok(Obj::NONE)
}

fn clear<'h>(cx: Leaf<'h>, set: Gc<'h, HashObj>, _: LeafArgs<'h, 0>) -> Answer<'h> {
    set.remove_all(cx);
    Ok(Obj::NONE)
}

fn copy<'h>(cx: Leaf<'h>, set: Gc<'h, HashObj>, _: LeafArgs<'h, 0>) -> Answer<'h> {
    match set.header.kind() {
        Kind::Set => set.copy(cx, Kind::Set).map(Gc::obj),
        _ => Ok(set.obj()),
    }
}

fn discard<'h>(cx: Leaf<'h>, set: Gc<'h, HashObj>, args: LeafArgs<'h, 1>) -> Answer<'h> {
    set.remove(cx, args.get::<0>(), 0)?;
    Ok(Obj::NONE)
}

fn remove<'h>(cx: Leaf<'h>, set: Gc<'h, HashObj>, args: LeafArgs<'h, 1>) -> Answer<'h> {
    match set.remove(cx, args.get::<0>(), 0)? {
        Some(_) => Ok(Obj::NONE),
        None => Err(cx.raise_value(&KEY_ERROR, args.get::<0>())),
    }
}

fn pop<'h>(cx: Leaf<'h>, set: Gc<'h, HashObj>, _: LeafArgs<'h, 0>) -> Answer<'h> {
    let first = cx.vm().next_live(set.object(), 0);
    let Some((n, (item, _))) = first.and_then(|n| Some((n, set.object().entry(n)?))) else {
        return Err(cx.raise(&KEY_ERROR, "pop from an empty set"));
    };
    set.remove_at(cx, n);
    Ok(Obj::or_none(item))
}

/// Combines a copy of the receiver with the arguments behind it, one by one.
fn fold(vm: &mut Vm, args: Args, op: BinaryOp) -> Res {
    let set = receiver(vm, args)?;
    let result = copy_of(vm, set)?;
    for other in args.skip(1).iter() {
        let scope = vm.scope();
        if op == BinaryOp::Or {
            add_all(vm, result, other)?;
        } else {
            let other = lookup_from(vm, other)?;
            let new = combine(vm, op, result, other)?;
            vm.set(result, vm.get(new));
        }
        vm.end_scope(scope);
    }
    Ok(result)
}

/// The same in place of the receiver's items.
fn replace(vm: &mut Vm, args: Args, op: BinaryOp) -> Res {
    let set = mutable(vm, args)?;
    let new = fold(vm, args, op)?;
    vm.table_take(set, new);
    Ok(Local::NONE)
}

fn update(vm: &mut Vm, args: Args) -> Res {
    let set = mutable(vm, args)?;
    for other in args.skip(1).iter() {
        combine(vm, BinaryOp::Or, set, other)?;
    }
    Ok(Local::NONE)
}

/// How two sets are related.
#[derive(Copy, Clone)]
enum Relation {
    Subset,
    Superset,
}

/// Whether no item of a set is among those of another object.
pub(crate) fn is_disjoint(vm: &mut Vm, set: Local, other: Local) -> Result<bool, Raised> {
    let other = lookup_from(vm, other)?;
    each_item(vm, set, &mut |vm, item| Ok(!contains(vm, other, item)?))
}

fn relate(vm: &mut Vm, args: Args, relation: Relation) -> Res {
    let set = receiver(vm, args)?;
    let other = lookup_from(vm, args.get(1))?;
    let is = match relation {
        Relation::Subset => is_subset(vm, set, other)?,
        Relation::Superset => is_subset(vm, other, set)?,
    };
    Ok(Local::bool(is))
}
