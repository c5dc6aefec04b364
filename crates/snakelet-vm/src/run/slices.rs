//! Parts of sequences that are read or replaced without a slice object.

#![deny(unsafe_code)]

use crate::native::leaf::{AnyText, Leaf, Obj};
use crate::object::value::SWord;
use crate::object::{Kind, ListObj, Slot, StrObj};
use crate::types::sequence::quick_slots_of;
use crate::types::slice::Bounds;
use crate::vm::stack::Local;

/// More items than this go the general way, which charges for them.
const FEW: usize = 256;

/// Start, stop and perhaps step of a slice, as they lie on the stack behind their container.
#[derive(Copy, Clone)]
pub(super) struct At {
    /// The start.
    pub(super) first: Local,
    pub(super) with_step: bool,
}

impl At {
    fn container(self, cx: Leaf<'_>) -> Obj<'_> {
        cx.local(Local::at(self.first.index() - 1))
    }

    /// What is to be stored.
    fn new_value(self, cx: Leaf<'_>) -> Obj<'_> {
        cx.local(Local::at(self.first.index() - 2))
    }

    /// Start, stop or step, which may be `None`; no result for what is no small int either.
    #[inline(always)]
    fn place(self, cx: Leaf<'_>, n: usize) -> Option<Option<SWord>> {
        let value = cx.local(self.first.offset(n));
        if value.is_none() { Some(None) } else { value.as_small_int().map(Some) }
    }

    /// What is selected of `len` items; `None` for parts that are neither small ints nor `None`, and
    /// for many items.
    // compiled where it is used: what it gives is in registers there
    #[inline(always)]
    fn bounds(self, cx: Leaf<'_>, len: usize) -> Option<Bounds> {
        let step = if self.with_step { self.place(cx, 2)?.unwrap_or(1) } else { 1 };
        if step == 0 {
            return None;
        }
        let bounds = Bounds::fit(self.place(cx, 0)?, self.place(cx, 1)?, step, len);
        if bounds.len <= FEW { Some(bounds) } else { None }
    }
}

/// Reads a part of a list, tuple, text of ASCII characters or bytes; `None` if that needs more.
pub(super) fn load(cx: Leaf<'_>, at: At) -> Option<Obj<'_>> {
    let container = at.container(cx);
    let kind = container.value().ref_kind()?;
    let mut items: &[Slot] = &[];
    let len = match kind {
        Kind::List | Kind::Tuple => {
            items = quick_slots_of(container.value())?;
            items.len()
        }
        Kind::Str | Kind::Bytes => {
            let text = container.value().cast::<StrObj>()?;
            if kind == Kind::Str && !text.is_ascii() {
                return None;
            }
            text.bytes().len()
        }
        _ => return None,
    };
    let bounds = at.bounds(cx, len)?;
    let mut from = bounds.start as usize;
    // what a leaf asks for when it leaves is forgotten: the general way asks again
    let (places, part) = match kind {
        Kind::List => {
            let list = cx.new_list(bounds.len).ok()?;
            (list.object().items(), list.obj())
        }
        Kind::Tuple => {
            let tuple = cx.new_tuple(bounds.len).ok()?;
            (tuple.object().items(), tuple.obj())
        }
        _ if bounds.step == 1 => {
            return cx.subtext(AnyText::of(container)?, from, from + bounds.len).ok();
        }
        _ => return None,
    };
    for to in places {
        if let Some(item) = items.get(from) {
            to.set(item.get());
        }
        from = from.wrapping_add_signed(bounds.step);
    }
    Some(part)
}

/// Replaces a part of a list by as many items of another list or a tuple, or bytes by as many
/// others; `None` if that needs more.
pub(super) fn store(cx: Leaf<'_>, at: At) -> Option<()> {
    let (container, new) = (at.container(cx), at.new_value(cx));
    let (mut places, mut items): (&[Slot], &[Slot]) = (&[], &[]);
    let mut bytes = None;
    let (len, wanted) = match container.value().ref_kind()? {
        Kind::List => {
            let list = container.value().cast::<ListObj>().filter(|_| !container.is(new))?;
            if !matches!(new.value().ref_kind(), Some(Kind::List | Kind::Tuple)) {
                return None;
            }
            places = list.items();
            items = quick_slots_of(new.value())?;
            (places.len(), items.len())
        }
        Kind::ByteArray | Kind::MemoryView => {
            let to = cx.vm().buffer(container.value()).filter(|b| b.typecode == b'B')?;
            let from = cx.vm().buffer(new.value()).filter(|b| b.typecode == b'B')?;
            let cells = to.cells.filter(|_| !new.is_kind(Kind::Str))?;
            bytes = Some((cells, from.bytes));
            (cells.len(), from.bytes.len())
        }
        _ => return None,
    };
    let bounds = at.bounds(cx, len)?;
    if bounds.step != 1 || bounds.len != wanted {
        return None;
    }
    let part = bounds.start as usize..bounds.start as usize + wanted;
    match bytes {
        Some((cells, from)) => from.copy_to_cells(cells.get(part)?),
        None => {
            for (to, from) in places.get(part)?.iter().zip(items) {
                to.set(from.get());
            }
        }
    }
    Some(())
}
