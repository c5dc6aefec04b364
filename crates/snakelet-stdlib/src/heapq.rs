//! `heapq`: a list in which no item is less than the one at half its place.

use snakelet_vm::exception::classes::{INDEX_ERROR, TYPE_ERROR};
use snakelet_vm::native::full::{Full, FullArgs, Given, Held};
use snakelet_vm::native::{Contents, NativeFn, NativeModule};
use snakelet_vm::types::list::LIST;
use snakelet_vm::{Raised, methods, name};

/// `heapq`.
pub static HEAPQ: NativeModule = NativeModule::new(
    name!("heapq"),
    &[Contents {
        functions: methods![
            NativeFn::full(name!("heappush"), 2, 2, push),
            NativeFn::full(name!("heappop"), 1, 1, pop),
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
fn sink<'s>(cx: &mut Full<'s>, heap: Held<'s>, mut at: usize, len: usize) -> Result<(), Raised> {
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

fn push<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let (heap, len) = heap_of(cx, args)?;
    cx.call_method(heap, name!("append"), &[args.or_none(1)])?;
    rise(cx, heap, len)?;
    Ok(Held::NONE)
}

fn pop<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
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
    for at in (0..len / 2).rev() {
        sink(cx, heap, at, len)?;
    }
    Ok(Held::NONE)
}
