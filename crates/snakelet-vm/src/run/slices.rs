//! Parts of sequences that are read or replaced without a slice object, in terms of locals.

#![deny(unsafe_code)]

use crate::object::copy;
use crate::object::value::{SWord, Value};
use crate::object::{Kind, ListObj, StrObj};
use crate::types::sequence::copy_items;
use crate::types::slice::Bounds;
use crate::vm::stack::Local;
use crate::{Res, Vm};

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
    fn container(self) -> Local {
        Local::at(self.first.index() - 1)
    }

    /// What is to be stored.
    fn new_value(self) -> Local {
        Local::at(self.first.index() - 2)
    }

    /// Start, stop or step, which may be `None`; no result for what is no small int either.
    #[inline(always)]
    fn place(self, vm: &Vm, n: usize) -> Option<Option<SWord>> {
        let value = vm.get(self.first.offset(n));
        if value.is_none() { Some(None) } else { value.as_small_int().map(Some) }
    }

    /// What is selected of `len` items; `None` for parts that are neither small ints nor `None`, and
    /// for many items.
    fn bounds(self, vm: &Vm, len: usize) -> Option<Bounds> {
        let step = if self.with_step { self.place(vm, 2)?.unwrap_or(1) } else { 1 };
        if step == 0 {
            return None;
        }
        let bounds = Bounds::fit(self.place(vm, 0)?, self.place(vm, 1)?, step, len);
        if bounds.len <= FEW { Some(bounds) } else { None }
    }

    /// Where `n` new items fit exactly, if they replace as many neighbours of `len`.
    fn place_of(self, vm: &Vm, n: usize, len: usize) -> Option<core::ops::Range<usize>> {
        let bounds = self.bounds(vm, len)?;
        let start = bounds.start as usize;
        if bounds.step == 1 && bounds.len == n { Some(start..start + n) } else { None }
    }
}

/// Reads a part of a list, tuple, text of ASCII characters or bytes; `None` if that needs more.
pub(super) fn load(vm: &mut Vm, at: At) -> Option<Res> {
    let container = at.container();
    let value = vm.get(container);
    let kind = value.ref_kind()?;
    match kind {
        Kind::List | Kind::Tuple => {
            let bounds = at.bounds(vm, vm.items_of(value).len())?;
            let new = if kind == Kind::List {
                vm.new_list_sized(bounds.len)
            } else {
                vm.new_tuple_sized(bounds.len)
            };
            if let Ok(new) = new {
                copy_items(vm, vm.items_of(vm.get(new)), 0, vm.items_of(vm.get(container)), bounds);
            }
            Some(new)
        }
        Kind::Str | Kind::Bytes => {
            let text = value.cast::<StrObj>()?;
            if kind == Kind::Str && !text.is_ascii() {
                return None;
            }
            let bounds = at.bounds(vm, text.bytes().len())?;
            if bounds.step != 1 || (bounds.len <= 1 && kind == Kind::Str) {
                return None;
            }
            Some(vm.new_text_object(kind, bounds.len, |vm, out| {
                let start = bounds.start as usize;
                let text = vm.get(container).cast::<StrObj>().map_or(&[][..], StrObj::bytes);
                if let Some(part) = text.get(start..start + out.len()) {
                    copy(part, out);
                }
            }))
        }
        _ => None,
    }
}

/// Replaces a part of a list by as many items of another list or a tuple, or bytes by as many
/// others; `None` if that needs more.
pub(super) fn store(vm: &Vm, at: At) -> Option<()> {
    let (container, new) = (vm.get(at.container()), vm.get(at.new_value()));
    match container.ref_kind()? {
        Kind::List => replace_items(vm, container, new, at),
        Kind::ByteArray | Kind::MemoryView => replace_bytes(vm, container, new, at),
        _ => None,
    }
}

fn replace_bytes(vm: &Vm, container: Value<'_>, new: Value<'_>, at: At) -> Option<()> {
    let to = vm.buffer(container).filter(|b| b.typecode == b'B')?;
    let cells = to.cells?;
    let from = vm.buffer(new).filter(|b| b.typecode == b'B' && !new.is_kind(Kind::Str))?;
    let places = cells.get(at.place_of(vm, from.bytes.len(), cells.len())?)?;
    from.bytes.copy_to_cells(places);
    Some(())
}

fn replace_items(vm: &Vm, list: Value<'_>, new: Value<'_>, at: At) -> Option<()> {
    let list = list.cast::<ListObj>().filter(|_| !list.is(new))?;
    if !matches!(new.ref_kind(), Some(Kind::List | Kind::Tuple)) {
        return None;
    }
    let items = vm.items_of(new);
    let places = list.items().get(at.place_of(vm, items.len(), list.len())?)?;
    for (to, from) in places.iter().zip(items) {
        to.set(from.get());
    }
    Some(())
}
