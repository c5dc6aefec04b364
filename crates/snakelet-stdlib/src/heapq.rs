//! `heapq`: a list in which no item is less than the one at half its place.

use core::cmp::Ordering;

use snakelet_vm::exception::classes::{INDEX_ERROR, TYPE_ERROR};
use snakelet_vm::native::full::{Full, FullArgs, Given, Held};
use snakelet_vm::native::leaf::{Answer, Leaf, LeafArgs, List, Obj};
use snakelet_vm::native::{Contents, NativeFn, NativeModule};
use snakelet_vm::types::list::LIST;
use snakelet_vm::{Raised, methods, name};

/// `heapq`.
pub static HEAPQ: NativeModule = NativeModule::new(
    name!("heapq"),
    &[Contents {
        functions: methods![
            NativeFn::leaf::<2>(name!("heappush"), 0, push),
            NativeFn::leaf::<1>(name!("heappop"), 0, pop),
            NativeFn::full(name!("heapify"), 1, 1, heapify),
        ],
        constants: &[],
    }],
);

/// The list that is the first argument, and how long it is.
fn heap_of<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Result<(Held<'s>, usize), Raised> {
    let heap = args.or_none(0);
    if !cx.is_instance(heap, &LIST) {
        return Err(cx.raise(&TYPE_ERROR, "heap must be a list"));
    }
    let len = cx.len(heap)?;
    Ok((heap, len))
}

/// Exchanges the items at two places if the one at `lower` is less than that at `upper`; whether it was.
fn exchange<'s>(
    cx: &mut Full<'s>,
    heap: Held<'s>,
    upper: usize,
    lower: usize,
) -> Result<bool, Raised> {
    cx.scope(|cx, outer| {
        let heap = outer.held(heap);
        let (i, j) = (cx.count(upper)?, cx.count(lower)?);
        let (above, below) = (cx.item(heap, i)?, cx.item(heap, j)?);
        cx.charge(2)?;
        if !cx.less(below, above)? {
            return Ok(false);
        }
        cx.set_item(heap, i, below)?;
        cx.set_item(heap, j, above)?;
        Ok(true)
    })
}

/// Where an item is to go on from, if what comes next must be compared by Python's rules.
type Stuck = Option<usize>;

/// Steps that are charged together.
const PAUSE: usize = 256;

/// Whether `a` is less than `b`, for numbers and texts, and for tuples of them: `None` for everything else.
#[inline(always)]
fn simply_less<'h>(cx: Leaf<'h>, a: Obj<'h>, b: Obj<'h>) -> Option<bool> {
    match (a.as_small_int(), b.as_small_int()) {
        (Some(a), Some(b)) => Some(a < b),
        _ => order(cx, a, b, 1).map(|order| order == Some(Ordering::Less)),
    }
}

/// Bytes from which on texts are charged when they are compared.
const LONG: usize = 64;

/// The order of two objects, `Some(None)` if there is none between them. Tuples are looked into so many levels deep.
#[inline(never)]
fn order<'h>(cx: Leaf<'h>, a: Obj<'h>, b: Obj<'h>, depth: usize) -> Option<Option<Ordering>> {
    if let (Some(a), Some(b)) = (a.as_small_int(), b.as_small_int()) {
        return Some(Some(a.cmp(&b)));
    }
    if let (Some(a), Some(b)) = (number(a), number(b)) {
        return Some(a.partial_cmp(&b));
    }
    if let (true, Some(a), true, Some(b)) =
        (cx.is_str(a), cx.as_text(a), cx.is_str(b), cx.as_text(b))
    {
        if a.len().min(b.len()) >= LONG {
            cx.charge_bytes(a.len().min(b.len()));
        }
        return Some(Some(a.cmp(b)));
    }
    let (a, b) = (a.tuple_items()?, b.tuple_items()?);
    let depth = depth.checked_sub(1)?;
    for (a, b) in a.iter().zip(b.iter()) {
        cx.charge(1);
        // what is the same object counts as equal, whatever it is
        if !a.is(b) {
            match order(cx, a, b, depth)? {
                Some(Ordering::Equal) => {}
                order => return Some(order),
            }
        }
    }
    Some(Some(a.len().cmp(&b.len())))
}

/// A number that is exact as a float.
fn number(object: Obj<'_>) -> Option<f64> {
    const EXACT: isize = if size_of::<isize>() == 8 { (1u64 << 53) as isize } else { isize::MAX };
    match object.as_small_int() {
        Some(i) if (-EXACT..=EXACT).contains(&i) => Some(i as f64),
        Some(_) => None,
        None => object.as_float(),
    }
}

/// Lets the item at a place sink, in a list of `len` items, as long as it can be told simply.
fn sink_simply<'h>(cx: Leaf<'h>, list: List<'h>, mut at: usize, len: usize) -> Stuck {
    let items = list.items();
    while 2 * at + 1 < len {
        let mut lesser = 2 * at + 1;
        let mut below = items.get(lesser)?;
        if lesser + 1 < len {
            let other = items.get(lesser + 1)?;
            match simply_less(cx, other, below) {
                Some(true) => (lesser, below) = (lesser + 1, other),
                Some(false) => {}
                None => return Some(at),
            }
        }
        match simply_less(cx, below, items.get(at)?) {
            Some(true) => list.swap(at, lesser),
            Some(false) => return None,
            None => return Some(at),
        }
        at = lesser;
    }
    None
}

/// Levels of a heap: what moving an item through it takes at most.
fn levels(len: usize) -> u32 {
    usize::BITS - len.leading_zeros()
}

/// Moves the item at a place up to where it belongs.
fn rise<'s>(cx: &mut Full<'s>, heap: Held<'s>, mut at: usize) -> Result<(), Raised> {
    while at > 0 {
        let upper = (at - 1) / 2;
        if !exchange(cx, heap, upper, at)? {
            break;
        }
        at = upper;
    }
    Ok(())
}

/// Lets the item at a place sink to where it belongs, in a list of `len` items.
fn sink<'s>(cx: &mut Full<'s>, heap: Held<'s>, at: usize, len: usize) -> Result<(), Raised> {
    cx.charge(2 * levels(len))?;
    let stuck = cx.look(|cx| {
        let list = cx.get(heap).as_list();
        Ok(list.map_or(Some(at), |list| sink_simply(*cx, list, at, len)))
    })?;
    match stuck {
        Some(at) => sink_from(cx, heap, at, len),
        None => Ok(()),
    }
}

/// The same, by Python's rules.
fn sink_from<'s>(
    cx: &mut Full<'s>,
    heap: Held<'s>,
    mut at: usize,
    len: usize,
) -> Result<(), Raised> {
    while 2 * at + 1 < len {
        let left = 2 * at + 1;
        let lesser = cx.scope(|cx, outer| {
            if left + 1 >= len {
                return Ok(left);
            }
            let heap = outer.held(heap);
            let (a, b) = (cx.item_at(heap, left)?, cx.item_at(heap, left + 1)?);
            Ok(if cx.less(b, a)? { left + 1 } else { left })
        })?;
        if !exchange(cx, heap, at, lesser)? {
            break;
        }
        at = lesser;
    }
    Ok(())
}

/// `heappush(heap, item)`
fn push<'h>(cx: Leaf<'h>, args: LeafArgs<'h, 2>) -> Answer<'h> {
    let (Some(list), item) = (args.get::<0>().as_list(), args.get::<1>()) else {
        return Err(cx.instead(push_any));
    };
    // nothing is done before it is known that all can be told simply
    let len = list.items().len();
    let mut at = len;
    while let Some(upper) = at.checked_sub(1).map(|i| i / 2) {
        let Some(above) = list.items().get(upper) else { break };
        match simply_less(cx, item, above) {
            Some(true) => at = upper,
            Some(false) => break,
            None => return Err(cx.instead(push_any)),
        }
    }
    list.append(cx, item)?;
    let mut from = len;
    while from > at {
        let upper = (from - 1) / 2;
        list.swap(upper, from);
        from = upper;
    }
    cx.charge(levels(len) as usize);
    Ok(Obj::NONE)
}

fn push_any<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let (heap, len) = heap_of(cx, args)?;
    cx.call_method(heap, name!("append"), &[args.or_none(1)])?;
    rise(cx, heap, len)?;
    Ok(Held::NONE)
}

/// `heappop(heap)`
fn pop<'h>(cx: Leaf<'h>, args: LeafArgs<'h, 1>) -> Answer<'h> {
    let Some(list) = args.get::<0>().as_list() else { return Err(cx.instead(pop_any)) };
    let items = list.items();
    let Some(rest) = items.len().checked_sub(1) else {
        return Err(cx.raise(&INDEX_ERROR, "empty heap"));
    };
    // where the last item would sink to from the top; nothing is done before that is known
    let last = items.get(rest).unwrap_or(Obj::NONE);
    let mut at = 0;
    while 2 * at + 1 < rest {
        let mut lesser = 2 * at + 1;
        let mut below = items.get(lesser).unwrap_or(Obj::NONE);
        if lesser + 1 < rest {
            let other = items.get(lesser + 1).unwrap_or(Obj::NONE);
            match simply_less(cx, other, below) {
                Some(true) => (lesser, below) = (lesser + 1, other),
                Some(false) => {}
                None => return Err(cx.instead(pop_any)),
            }
        }
        match simply_less(cx, below, last) {
            Some(true) => at = lesser,
            Some(false) => break,
            None => return Err(cx.instead(pop_any)),
        }
    }
    // from there up to the top each item takes the place of the one above, and the least one comes last
    while at > 0 {
        list.swap(rest, at);
        at = (at - 1) / 2;
    }
    list.swap(rest, 0);
    cx.charge(2 * levels(rest) as usize);
    Ok(list.pop().unwrap_or(Obj::NONE))
}

fn pop_any<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let (heap, len) = heap_of(cx, args)?;
    let Some(rest) = len.checked_sub(1) else {
        return Err(cx.raise(&INDEX_ERROR, "empty heap"));
    };
    let last = cx.call_method(heap, name!("pop"), &[])?;
    if rest == 0 {
        return Ok(last);
    }
    let first = cx.count(0)?;
    let least = cx.item(heap, first)?;
    cx.set_item(heap, first, last)?;
    sink(cx, heap, 0, rest)?;
    Ok(least)
}

fn heapify<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let (heap, len) = heap_of(cx, args)?;
    let mut end = len / 2;
    while end > 0 {
        // as many as can be told simply, down to the first one that cannot
        let (done, stuck) = cx.look(|cx| {
            let Some(list) = cx.get(heap).as_list() else { return Ok((end - 1, Some(end - 1))) };
            for at in (0..end).rev() {
                let stuck = sink_simply(*cx, list, at, len);
                if stuck.is_some() {
                    return Ok((at, stuck));
                }
                if at % PAUSE == 0 {
                    return Ok((at, None));
                }
            }
            Ok((0, None))
        })?;
        cx.charge(4 * (end - done) as u32)?;
        end = done;
        if let Some(at) = stuck {
            sink_from(cx, heap, at, len)?;
        }
    }
    Ok(Held::NONE)
}
