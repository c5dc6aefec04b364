//! Iterators over built-in containers, and the types `enumerate`, `zip`, `map`, `filter` and
//! `reversed`.

use crate::exception::classes::{INDEX_ERROR, RUNTIME_ERROR, STOP_ITERATION, TYPE_ERROR};
use crate::native::leaf::{Gc, Leaf, Leave, Obj};
use crate::native::print::{Out, PrintKind};
use crate::native::{Behaviour, Maybe, NativeType, Subscr, slots};
use crate::object::value::{SWord, Value};
use crate::object::{
    DequeObj, DictView, HashObj, IterObj, Kind, ListObj, NativeObj, RangeObj, Slot, TupleObj,
};
use crate::types::sequence;
use crate::vm::stack::Local;
use crate::{Args, Param, Raised, Res, Vm, name, qstr};

/// `iterator`.
pub static ITERATOR: NativeType = NativeType::new(name!("iterator"), Kind::Iter)
    .slots(slots!(Behaviour::NONE.iter(|_, i| Ok(i)).next(next)))
    .sealed();

/// What an iterator goes over: the aux field of its header.
#[derive(Copy, Clone, PartialEq, Eq)]
#[repr(usize)]
pub(crate) enum Sort {
    /// Whatever `__getitem__` gives from 0 on.
    Items,
    /// A list, tuple, range or deque.
    Sequence,
    /// The keys of a dict, or a set; `extra` is the version that the table must have.
    Keys,
    /// The values of a dict.
    Values,
    /// The pairs of a dict.
    Pairs,
    /// What calling a function gives until it gives `extra`.
    Calls,
}

const SORTS: &[Sort] =
    &[Sort::Items, Sort::Sequence, Sort::Keys, Sort::Values, Sort::Pairs, Sort::Calls];

/// Makes an iterator that calls `__getitem__`.
pub(crate) fn over_items(vm: &mut Vm, object: Local) -> Res {
    over(vm, Sort::Items, object)
}

/// Makes an iterator over a container.
pub(crate) fn over(vm: &mut Vm, sort: Sort, object: Local) -> Res {
    vm.new_iter(sort as usize, object, Local::NULL)
}

/// Makes an iterator over a dict or set, which must not change meanwhile.
pub(crate) fn over_table(vm: &mut Vm, sort: Sort, table: Local) -> Res {
    let version = match vm.get(table).cast::<HashObj>() {
        Some(h) => vm.push(version_of(h)),
        None => return Err(vm.wrong_receiver()),
    };
    vm.new_iter(sort as usize, table, version)
}

/// Makes an iterator that calls `function` until it returns `sentinel`.
pub(crate) fn over_calls(vm: &mut Vm, function: Local, sentinel: Local) -> Res {
    vm.new_iter(Sort::Calls as usize, function, sentinel)
}

/// The version of a table, as a small int of every target.
fn version_of(table: &HashObj) -> Value<'static> {
    Value::small_int(table_version(table)).unwrap_or(Value::NONE)
}

/// Removed entries of a table that the quick way passes over.
const FEW: usize = 16;

impl IterObj {
    fn at(&self) -> usize {
        self.position.get().as_small_int().unwrap_or(0) as usize
    }
    fn go_on(&self, at: usize) {
        self.position.set(Value::small_int(at as SWord).unwrap_or(Value::NULL));
    }
    /// Lets go of what is iterated over: the end was reached.
    fn end(&self) {
        self.source.set(Value::NULL);
    }
}

impl IterObj {
    /// The next entry of a dict or set; `None` if there is none, or if the table changed.
    fn quick_entry(&self) -> Option<(Value<'_>, Value<'_>)> {
        let table = self.source.get().cast::<HashObj>()?;
        if !version_of(table).is(self.extra.get()) {
            return None;
        }
        // where many removed entries lie in the way the general way charges for them
        let (at, _) = table.find_live(self.at()).filter(|(_, passed)| *passed <= FEW)?;
        self.go_on(at + 1);
        table.entry(at)
    }
}

/// The next two values of `enumerate`, of `zip` of two, or of a dict's items, for a loop that
/// unpacks them; `None` as for `quick_next`.
#[inline(never)]
pub(crate) fn quick_pair(iterator: Value<'_>) -> Option<(Value<'_>, Value<'_>)> {
    if let Some(i) = iterator.cast::<IterObj>() {
        return if i.header.aux() == Sort::Pairs as usize { i.quick_entry() } else { None };
    }
    let o = iterator.cast::<NativeObj>()?;
    let class = o.class.get();
    if class.is(Value::from_ref(&ENUMERATE)) {
        let number = o.get(1);
        let next = Value::small_int(number.as_small_int()?.checked_add(1)?)?;
        let item = quick_next(o.get(0))?;
        o.set(1, next);
        return Some((number, item));
    }
    if !class.is(Value::from_ref(&ZIP)) {
        return None;
    }
    let [first, second] = o.get(0).cast::<TupleObj>()?.items() else { return None };
    let (first, second) = (first.get(), second.get());
    let position = position_of(first).filter(|_| !first.is(second))?;
    let before = position.get();
    let one = quick_next(first)?;
    match quick_next(second) {
        Some(two) => Some((one, two)),
        None => {
            // the general way asks the first again
            position.set(before);
            None
        }
    }
}

/// Where an iterator that `quick_next` knows keeps its position.
fn position_of(iterator: Value<'_>) -> Option<&Slot> {
    match iterator.cast::<IterObj>() {
        Some(i) => Some(&i.position),
        None => iterator.cast::<NativeObj>()?.slots().get(1),
    }
}

/// The next item of an iterator, or of `reversed`, over a list, tuple, deque or range of small ints, or
/// of keys or values of a dict or set; `None` if that needs more, or if there is none.
#[inline(never)]
pub(crate) fn quick_next(iterator: Value<'_>) -> Option<Value<'_>> {
    if let Some(i) = iterator.cast::<IterObj>() {
        let at = i.at();
        let source = i.source.get();
        let value = match SORTS.get(i.header.aux())? {
            Sort::Sequence => item_at(source, at)?,
            Sort::Keys => return i.quick_entry().map(|(key, _)| key),
            Sort::Values => return i.quick_entry().map(|(_, value)| value),
            _ => return None,
        };
        i.go_on(at + 1);
        return Some(value);
    }
    let o = iterator.cast::<NativeObj>()?;
    if !o.class.get().is(Value::from_ref(&REVERSED)) {
        return None;
    }
    let at = usize::try_from(o.get(1).as_small_int()?).ok()?.checked_sub(1)?;
    let value = item_at(o.get(0), at)?;
    o.set(1, Value::small_int(at as SWord)?);
    Some(value)
}

/// Item `at` of a list, tuple, deque or range of small ints; `None` of other objects, or if there is none.
#[inline(always)]
fn item_at(sequence: Value<'_>, at: usize) -> Option<Value<'_>> {
    match sequence.ref_kind()? {
        Kind::List => sequence.cast::<ListObj>()?.items().get(at).map(Slot::get),
        Kind::Tuple => sequence.cast::<TupleObj>()?.items().get(at).map(Slot::get),
        Kind::Deque => sequence.cast::<DequeObj>()?.slot(at).map(Slot::get),
        Kind::Range => {
            let range = sequence.cast::<RangeObj>()?;
            let number = range.start.checked_add(range.step.checked_mul(at as SWord)?)?;
            let inside = if range.step > 0 { number < range.stop } else { number > range.stop };
            Value::small_int(number).filter(|_| inside)
        }
        _ => None,
    }
}

pub(crate) fn next(vm: &mut Vm, iterator: Local) -> Maybe {
    match vm.get(iterator).cast::<IterObj>().map(|i| i.header.aux()) {
        Some(sort) if sort == Sort::Calls as usize => next_call(vm, iterator),
        Some(sort) if sort == Sort::Items as usize => next_item(vm, iterator),
        _ => vm.leaf_option(|cx| match cx.local(iterator).cast::<IterObj>() {
            Some(iterator) => step(cx, iterator),
            None => Err(cx.wrong_receiver()),
        }),
    }
}

/// The next item of an iterator that runs no Python code.
fn step<'h>(cx: Leaf<'h>, iterator: Gc<'h, IterObj>) -> Result<Option<Obj<'h>>, Leave> {
    let iterator = iterator.object();
    let (mut at, source) = (iterator.at(), Obj::or_none(iterator.source.get()));
    let found = match source.cast::<HashObj>() {
        _ if source.is_none() => None,
        None => sequence::item(cx, source, at)?,
        Some(table) => {
            if !version_of(&table).is(iterator.extra.get()) {
                return Err(cx.raise(&RUNTIME_ERROR, changed(table.header.kind())));
            }
            let place = cx.vm().next_live(table.object(), at);
            match place.and_then(|place| Some((place, table.object().entry(place)?))) {
                None => None,
                Some((place, (key, value))) => {
                    at = place;
                    let (key, value) = (Obj::or_none(key), Obj::or_none(value));
                    Some(match SORTS.get(iterator.header.aux()) {
                        Some(Sort::Pairs) => cx.pair(key, value)?,
                        Some(Sort::Values) => value,
                        _ => key,
                    })
                }
            }
        }
    };
    match found {
        Some(_) => iterator.go_on(at + 1),
        None => iterator.end(),
    }
    Ok(found)
}

/// What is wrong if a table was changed.
fn changed(kind: Kind) -> &'static str {
    match kind {
        Kind::Set | Kind::FrozenSet => "set changed during iteration",
        _ => "dictionary changed during iteration",
    }
}

/// What a loop keeps of a table that it iterates over without an iterator object: a number that
/// changes with the table's keys.
pub(crate) fn table_version(table: &HashObj) -> SWord {
    (table.version.get() & 0xff_ffff) as SWord
}

/// The next item of a text, buffer, dict or set that a loop iterates over without an iterator
/// object, from position `at` on, and the position after it; `None` at the end. `version` is that
/// of a table when the loop began.
///
/// # Errors
/// `RuntimeError` if the table was changed; `MemoryError`.
pub(crate) fn next_inline(
    vm: &mut Vm,
    source: Local,
    at: usize,
    version: SWord,
) -> Result<Option<(Local, usize)>, Raised> {
    let Some(table) = vm.get(source).cast::<HashObj>() else {
        return crate::types::str::next_of(vm, source, at);
    };
    if table_version(table) != version {
        let what = changed(table.header.kind());
        return Err(vm.raise_text(&RUNTIME_ERROR, what));
    }
    let Some(at) = vm.next_live(table, at) else { return Ok(None) };
    Ok(table.entry(at).map(|(key, _)| (vm.push_here(key), at + 1)))
}

fn next_call(vm: &mut Vm, iterator: Local) -> Maybe {
    let Some(i) = vm.get(iterator).cast::<IterObj>() else { return Err(vm.wrong_receiver()) };
    if i.source.get().is_null() {
        return Ok(None);
    }
    let (function, sentinel) = (vm.push_here(i.source.get()), vm.push_here(i.extra.get()));
    let result = vm.call_with(function, &[]);
    let result = vm.catch(result, &STOP_ITERATION)?;
    if let Some(value) = result
        && !vm.equal(value, sentinel)?
    {
        return Ok(Some(value));
    }
    if let Some(i) = vm.get(iterator).cast::<IterObj>() {
        i.end();
    }
    Ok(None)
}

fn next_item(vm: &mut Vm, iterator: Local) -> Maybe {
    let Some(i) = vm.get(iterator).cast::<IterObj>() else { return Err(vm.wrong_receiver()) };
    if i.source.get().is_null() {
        return Ok(None);
    }
    let at = i.at();
    let source = vm.push_here(i.source.get());
    let index = vm.new_int(at as SWord)?;
    let result = vm.subscr(source, index, Subscr::Load);
    if result.is_err() && (vm.raised_is(&INDEX_ERROR) || vm.raised_is(&STOP_ITERATION)) {
        vm.forget_raised();
        if let Some(i) = vm.get(iterator).cast::<IterObj>() {
            i.end();
        }
        return Ok(None);
    }
    if let Some(i) = vm.get(iterator).cast::<IterObj>() {
        i.go_on(at + 1);
    }
    result.map(Some)
}

// --- enumerate, zip, map, filter, reversed -------------------------------------------------

/// `enumerate`. Slots: the iterator, the next number.
pub static ENUMERATE: NativeType = NativeType::new(name!("enumerate"), Kind::Native)
    .slots(slots!(Behaviour::NONE.make(make_enumerate).iter(|_, i| Ok(i)).next(next_enumerate)));
/// `zip`. Slots: a tuple of iterators.
pub static ZIP: NativeType = NativeType::new(name!("zip"), Kind::Native)
    .slots(slots!(Behaviour::NONE.make(make_zip).iter(|_, i| Ok(i)).next(next_zip)));
/// `map`. Slots: the function, a tuple of iterators.
pub static MAP: NativeType = NativeType::new(name!("map"), Kind::Native)
    .slots(slots!(Behaviour::NONE.make(make_map).iter(|_, i| Ok(i)).next(next_map)));
/// `filter`. Slots: the function or `None`, the iterator.
pub static FILTER: NativeType = NativeType::new(name!("filter"), Kind::Native)
    .slots(slots!(Behaviour::NONE.make(make_filter).iter(|_, i| Ok(i)).next(next_filter)));
/// `reversed`. Slots: the sequence, how many items are left.
pub static REVERSED: NativeType = NativeType::new(name!("reversed"), Kind::Native)
    .slots(slots!(Behaviour::NONE.make(make_reversed).iter(|_, i| Ok(i)).next(next_reversed)));

/// The next item of an iterator inside another one: iterators may be nested to any depth.
fn inner_next(vm: &mut Vm, iterator: Local) -> Maybe {
    if let Some(item) = quick_next(vm.get(iterator)) {
        return Ok(Some(vm.push(item)));
    }
    vm.nested(|vm| vm.iter_next(iterator))
}

/// Makes a local of slot `i` of a native object.
pub(crate) fn push_slot(vm: &Vm, object: Local, i: usize) -> Local {
    vm.push_here(vm.get(object).cast::<NativeObj>().map_or(Value::NULL, |o| o.get(i)))
}

/// Stores a value in slot `i` of a native object.
pub(crate) fn set_slot(vm: &Vm, object: Local, i: usize, value: Value<'_>) {
    if let Some(o) = vm.get(object).cast::<NativeObj>() {
        o.set(i, value);
    }
}

fn make_enumerate(vm: &mut Vm, _class: Local, args: Args) -> Res {
    let [iterable, start] = args.parse(
        vm,
        const {
            &[
                Param::required(name!("iterable")),
                Param::optional(name!("start")).or(Local::FALSE), // a zero
            ]
        },
    )?;
    let start = vm.index_of(start)?;
    let start = vm.new_int(start)?;
    let iterator = vm.get_iter(iterable)?;
    vm.new_native(&ENUMERATE, &[iterator, start])
}

fn next_enumerate(vm: &mut Vm, object: Local) -> Maybe {
    let iterator = push_slot(vm, object, 0);
    let Some(item) = inner_next(vm, iterator)? else { return Ok(None) };
    let number = push_slot(vm, object, 1);
    let n = vm.index_of(number)?;
    match Value::small_int(n.wrapping_add(1)) {
        Some(next) => set_slot(vm, object, 1, next),
        None => {
            let next = vm.new_int(n.wrapping_add(1))?;
            set_slot(vm, object, 1, vm.get(next));
        }
    }
    vm.new_tuple_of(&[number, item]).map(Some)
}

/// Makes a tuple of iterators over the arguments.
fn iterators(vm: &mut Vm, args: Args) -> Res {
    let list = vm.new_list_sized(args.len())?;
    for (i, arg) in args.iter().enumerate() {
        let scope = vm.scope();
        let iterator = vm.get_iter(arg)?;
        vm.list_set(list, i, vm.get(iterator));
        vm.end_scope(scope);
    }
    vm.tuple_from_list(list)
}

/// Pushes the next item of each iterator in a tuple, one behind the other; `None` when one ends.
fn push_items(vm: &mut Vm, iterators: Local) -> Result<Option<usize>, Raised> {
    let n = vm.sequence_len(iterators);
    if !vm.rt.stack.has_room(vm.rt.stack.top(), n) {
        return Err(vm.recursion_error());
    }
    for i in 0..n {
        let scope = vm.scope();
        let iterator = vm.tuple_item(iterators, i);
        let Some(item) = inner_next(vm, iterator)? else { return Ok(None) };
        vm.end_scope_with(scope, item);
    }
    Ok(Some(n))
}

fn make_zip(vm: &mut Vm, _class: Local, args: Args) -> Res {
    args.check(vm, 0, usize::MAX)?;
    let iterators = iterators(vm, args)?;
    vm.new_native(&ZIP, &[iterators])
}

fn next_zip(vm: &mut Vm, object: Local) -> Maybe {
    let iterators = push_slot(vm, object, 0);
    match push_items(vm, iterators)? {
        None | Some(0) => Ok(None),
        Some(n) => vm.new_tuple(iterators.offset(1), n).map(Some),
    }
}

fn make_map(vm: &mut Vm, _class: Local, args: Args) -> Res {
    args.check(vm, 2, usize::MAX)?;
    let iterators = iterators(vm, args.skip(1))?;
    vm.new_native(&MAP, &[args.get(0), iterators])
}

fn next_map(vm: &mut Vm, object: Local) -> Maybe {
    let iterators = push_slot(vm, object, 1);
    let function = push_slot(vm, object, 0);
    match push_items(vm, iterators)? {
        None => Ok(None),
        Some(n) => vm.call(function, Args::new(function.offset(1), n, 0)).map(Some),
    }
}

fn make_filter(vm: &mut Vm, _class: Local, args: Args) -> Res {
    args.check(vm, 2, 2)?;
    let iterator = vm.get_iter(args.get(1))?;
    vm.new_native(&FILTER, &[args.get(0), iterator])
}

fn next_filter(vm: &mut Vm, object: Local) -> Maybe {
    let function = push_slot(vm, object, 0);
    let iterator = push_slot(vm, object, 1);
    loop {
        let scope = vm.scope();
        let Some(item) = inner_next(vm, iterator)? else { return Ok(None) };
        let verdict =
            if vm.get(function).is_none() { item } else { vm.call_with(function, &[item])? };
        if vm.truth(verdict)? {
            return Ok(Some(item));
        }
        vm.end_scope(scope);
        vm.charge(1)?;
    }
}

fn make_reversed(vm: &mut Vm, _class: Local, args: Args) -> Res {
    args.check(vm, 1, 1)?;
    let object = args.get(0);
    if let Some(method) = vm.special(object, qstr!("__reversed__")) {
        return vm.call_with(method, &[object]);
    }
    let part = vm.native_part(object);
    let sequence = match vm.get(part).ref_kind() {
        // what has no places is reversed as it is now
        Some(Kind::Dict | Kind::OrderedDict) => vm.list_from(part)?,
        Some(Kind::DictView) if vm.get(part).cast::<DictView>().is_some() => vm.list_from(part)?,
        _ => object,
    };
    let subscriptable = vm.native_type_of(vm.get(part)).has_subscripts()
        || vm.special(object, qstr!("__getitem__")).is_some();
    if !subscriptable && sequence == object {
        return Err(vm.raise_about(&TYPE_ERROR, "'%t' object isn't subscriptable", &[object]));
    }
    let n = vm.len(sequence)?;
    let left = vm.new_int(n as SWord)?;
    vm.new_native(&REVERSED, &[sequence, left])
}

fn next_reversed(vm: &mut Vm, object: Local) -> Maybe {
    let sequence = push_slot(vm, object, 0);
    let left = push_slot(vm, object, 1);
    let at = match vm.get(left).as_small_int() {
        Some(left) if left > 0 => left - 1,
        _ => return Ok(None),
    };
    let index = vm.new_int(at)?;
    set_slot(vm, object, 1, vm.get(index));
    vm.subscr(sequence, index, Subscr::Load).map(Some)
}

// --- printing ------------------------------------------------------------------------------

/// Prints `repr()` of some objects with commas between them.
pub(crate) fn print_joined(vm: &mut Vm, objects: &[Local], out: Out) -> Result<(), Raised> {
    for (i, object) in objects.iter().enumerate() {
        if i > 0 {
            vm.emit(out, b", ")?;
        }
        vm.print(*object, out, PrintKind::Repr)?;
    }
    Ok(())
}
