//! `join`.

use crate::exception::classes::TYPE_ERROR;
use crate::native::leaf::{Answer, AnyText, Leaf, LeafArgs, Leave, Obj};
use crate::object::{ListObj, Slot, TupleObj};
use crate::protocol::buffer::Bytes;

use super::Family;

/// The bytes of an item: a text like the separator, or a buffer if that is `bytes`.
fn item<'h>(cx: Leaf<'h>, sep: AnyText<'h>, slot: &'h Slot) -> Result<Bytes<'h>, Leave> {
    let value = slot.get();
    let part = cx.vm().native_part_of(value).unwrap_or(value);
    match AnyText::of(Obj::or_none(part)) {
        Some(text) if text.family() == sep.family() => return Ok(text.bytes(cx).into()),
        None if sep.family() == Family::Bytes => {
            if let Some(buffer) = cx.vm().buffer(part) {
                return Ok(buffer.bytes);
            }
        }
        _ => {}
    }
    let text = "join expects a list of str/bytes objects consistent with self object";
    Err(cx.raise(&TYPE_ERROR, text))
}

/// `join(iterable)`
pub(super) fn join<'h>(cx: Leaf<'h>, sep: AnyText<'h>, args: LeafArgs<'h, 1>) -> Answer<'h> {
    let iterable = args.get::<0>();
    let items = match (iterable.cast::<ListObj>(), iterable.cast::<TupleObj>()) {
        (Some(list), _) => list.object().items(),
        (None, Some(tuple)) => tuple.object().items(),
        (None, None) => return Err(cx.sequence(0)),
    };
    if let [only] = items {
        item(cx, sep, only)?;
        let only = Obj::or_none(only.get());
        if AnyText::of(only).is_some() {
            return Ok(only);
        }
    }
    let between = sep.bytes(cx);
    cx.draw(sep.kind(), &move |pen| {
        for (i, slot) in items.iter().enumerate() {
            if i > 0 && !between.is_empty() {
                pen.put(between)?;
            }
            let bytes = item(cx, sep, slot)?;
            pen.put_with(bytes.len(), &|to| {
                bytes.copy_to(to);
            })?;
        }
        Ok(())
    })
}
