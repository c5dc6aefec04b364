//! `slice`, and the bounds that a slice has in a sequence.

use snakelet_qstr::Qstr;

use crate::exception::classes::VALUE_ERROR;
use crate::native::leaf::{Gc, Leaf, Leave};
use crate::native::print::{Out, PrintKind};
use crate::native::{AttrOp, Behaviour, BinaryOp, NativeType, slots};
use crate::object::value::SWord;
use crate::object::{BigInt, Kind, SliceObj, Slot};
use crate::types::iter::print_joined;
use crate::vm::stack::Local;
use crate::{Args, Raised, Res, Vm, method, methods, name, qstr};

/// `slice`.
pub static SLICE: NativeType = NativeType::new(name!("slice"), Kind::Slice)
    .slots(slots!(Behaviour::NONE.make(make).print(print).binary(binary).attr(attr)))
    .methods(methods![method!("indices", 2, 2, indices)])
    .unhashable()
    .sealed();

/// What a slice selects of a sequence: item numbers `start + k * step` for `k < len`.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bounds {
    /// The first item's number.
    pub(crate) start: SWord,
    /// Where the slice ends: one beyond the last item that may be selected, in the direction of
    /// `step`; -1 for a slice that goes down to the first item.
    pub(crate) stop: SWord,
    /// Distance of two items; not 0.
    pub(crate) step: SWord,
    /// How many items are selected.
    pub(crate) len: usize,
}

impl Bounds {
    /// Fits `start`, `stop` and `step` (not 0) to a sequence of `len` items.
    #[inline(always)]
    pub(crate) fn fit(
        start: Option<SWord>,
        stop: Option<SWord>,
        step: SWord,
        len: usize,
    ) -> Bounds {
        let n = SWord::try_from(len).unwrap_or(SWord::MAX);
        let step = step.max(-SWord::MAX);
        let (low, high) = if step < 0 { (-1, n - 1) } else { (0, n) };
        let place = |i: SWord| if i < 0 { i.saturating_add(n).max(low) } else { i.min(high) };
        let (first, last) = if step < 0 { (high, low) } else { (low, high) };
        let start = start.map_or(first, place);
        let stop = stop.map_or(last, place);
        // a division takes long, and neighbours are what most slices select
        let count = |distance: SWord, step: SWord| {
            if step == 1 { distance } else { (distance - 1) / step + 1 }
        };
        let len = if step < 0 && stop < start {
            count(start - stop, -step)
        } else if step > 0 && start < stop {
            count(stop - start, step)
        } else {
            0
        };
        Bounds { start, stop, step, len: len as usize }
    }

    /// Selects all of `len` items.
    pub(crate) fn all(len: usize) -> Bounds {
        Bounds { start: 0, stop: len as SWord, step: 1, len }
    }

    /// Number of the `k`-th item selected.
    pub(crate) fn at(&self, k: usize) -> usize {
        self.start.wrapping_add((k as SWord).wrapping_mul(self.step)) as usize
    }

    /// The same items in ascending order.
    pub(crate) fn ascending(self) -> Bounds {
        if self.step > 0 || self.len == 0 {
            return self;
        }
        let first = self.at(self.len - 1) as SWord;
        Bounds { start: first, stop: self.start + 1, step: -self.step, len: self.len }
    }
}

impl<'h> Gc<'h, SliceObj> {
    /// The bounds in a sequence of `len` items of the slice that is argument `i`.
    pub(crate) fn bounds(self, cx: Leaf<'h>, len: usize, i: usize) -> Result<Bounds, Leave> {
        let part = |slot: &Slot| match slot.get() {
            v if v.is_none() || v.is_null() => Ok(None),
            v => v.as_small_int().map(Some).ok_or_else(|| cx.slice(i)),
        };
        let step = part(&self.step)?.unwrap_or(1);
        if step == 0 {
            return Err(cx.raise(&VALUE_ERROR, "slice step can't be zero"));
        }
        Ok(Bounds::fit(part(&self.start)?, part(&self.stop)?, step, len))
    }
}

impl Vm {
    /// The bounds of a slice object in a sequence of `len` items.
    ///
    /// # Errors
    /// `TypeError` for parts that are no ints, `ValueError` for a step of 0.
    pub(crate) fn slice_bounds(&mut self, slice: Local, len: usize) -> Result<Bounds, Raised> {
        let slice = self.push_copy(slice);
        self.leaf_with(slice, slice, |cx| match cx.local(slice).cast::<SliceObj>() {
            Some(slice) => slice.bounds(cx, len, 0),
            None => Err(cx.wrong_receiver()),
        })
    }

    /// Makes a slice of ints of a slice, in its place.
    pub(crate) fn answer_slice(&mut self, slice: Local) -> Result<(), Raised> {
        let Some(parts) = push_parts(self, slice) else { return Err(self.wrong_receiver()) };
        for part in parts {
            let value = self.get(part);
            if value.is_none() || value.is_null() || value.as_small_int().is_some() {
                continue;
            }
            let index = match value.cast::<BigInt>() {
                Some(big) if big.is_negative() => SWord::MIN,
                Some(_) => SWord::MAX,
                None => self.index_of(part)?,
            };
            self.set_index(part, index);
        }
        let new = self.new_slots(Kind::Slice, 0, &parts)?;
        self.set(slice, self.get(new));
        Ok(())
    }
}

fn make(vm: &mut Vm, _class: Local, args: Args) -> Res {
    args.check(vm, 1, 3)?;
    match args.len() {
        1 => vm.new_slice(Local::NONE, args.get(0), Local::NONE),
        2 => vm.new_slice(args.get(0), args.get(1), Local::NONE),
        _ => vm.new_slice(args.get(0), args.get(1), args.get(2)),
    }
}

/// The three parts of a slice, as locals.
fn push_parts(vm: &Vm, slice: Local) -> Option<[Local; 3]> {
    let s = vm.get(slice).cast::<SliceObj>()?;
    Some([vm.push(s.start.get()), vm.push(s.stop.get()), vm.push(s.step.get())])
}

fn print(vm: &mut Vm, object: Local, out: Out, _kind: PrintKind) -> Result<(), Raised> {
    let Some(parts) = push_parts(vm, object) else { return Err(vm.wrong_receiver()) };
    vm.emit(out, b"slice(")?;
    print_joined(vm, &parts, out)?;
    vm.emit(out, b")")
}

fn binary(vm: &mut Vm, op: BinaryOp, left: Local, right: Local) -> Result<Option<Local>, Raised> {
    if op != BinaryOp::Equal {
        return Ok(None);
    }
    let (Some(a), Some(b)) = (push_parts(vm, left), push_parts(vm, right)) else {
        return Ok(None);
    };
    vm.nested(|vm| {
        for (a, b) in a.iter().zip(b) {
            if !vm.same_or_equal(*a, b)? {
                return Ok(Some(Local::FALSE));
            }
        }
        Ok(Some(Local::TRUE))
    })
}

/// The hash of a slice's parts.
pub(crate) fn hash(vm: &mut Vm, slice: Local) -> Result<SWord, Raised> {
    let Some(parts) = push_parts(vm, slice) else { return Err(vm.wrong_receiver()) };
    let tuple = vm.new_tuple_of(&parts)?;
    vm.hash(tuple)
}

fn attr(vm: &mut Vm, object: Local, name: Qstr, op: AttrOp) -> Result<Option<Local>, Raised> {
    let (AttrOp::Load, Some(s)) = (op, vm.get(object).cast::<SliceObj>()) else {
        return Ok(None);
    };
    let parts = [(qstr!("start"), &s.start), (qstr!("stop"), &s.stop), (qstr!("step"), &s.step)];
    let found = parts.iter().find(|(part, _)| *part == name);
    Ok(found.map(|(_, slot)| vm.push(slot.get())))
}

/// `slice.indices(len)`: start, stop and step in a sequence of that length.
fn indices(vm: &mut Vm, args: Args) -> Res {
    let len = vm.index_of(args.get(1))?;
    let Ok(len) = usize::try_from(len) else {
        return Err(vm.value_error("length should not be negative"));
    };
    let bounds = vm.slice_bounds(args.get(0), len)?;
    let parts = [vm.new_int(bounds.start)?, vm.new_int(bounds.stop)?, vm.new_int(bounds.step)?];
    vm.new_tuple_of(&parts)
}

#[cfg(test)]
mod tests {
    use super::Bounds;

    fn items(start: Option<isize>, stop: Option<isize>, step: isize, len: usize) -> Vec<usize> {
        let bounds = Bounds::fit(start, stop, step, len);
        (0..bounds.len).map(|k| bounds.at(k)).collect()
    }

    extern crate std;
    use std::vec::Vec;

    #[test]
    fn selects_what_python_selects() {
        assert_eq!(items(None, None, 1, 4), [0, 1, 2, 3]);
        assert_eq!(items(None, None, -1, 4), [3, 2, 1, 0]);
        assert_eq!(items(Some(-3), Some(-1), 1, 4), [1, 2]);
        assert_eq!(items(Some(1), Some(100), 2, 6), [1, 3, 5]);
        assert_eq!(items(Some(100), Some(0), -2, 6), [5, 3, 1]);
        assert_eq!(items(Some(3), Some(1), 1, 6), []);
        assert_eq!(items(Some(-100), Some(-100), -1, 6), []);
        assert_eq!(items(Some(2), None, isize::MIN, 6), [2]);
        assert_eq!(items(Some(isize::MIN), Some(isize::MAX), isize::MAX, 6), [0]);
    }

    #[test]
    fn ascending_bounds_select_the_same_items() {
        for (start, stop, step) in [(None, None, -1), (Some(8), Some(1), -3), (None, Some(4), -2)] {
            let down = Bounds::fit(start, stop, step, 10);
            let up = down.ascending();
            let mut expected: Vec<usize> = (0..down.len).map(|k| down.at(k)).collect();
            expected.reverse();
            let got: Vec<usize> = (0..up.len).map(|k| up.at(k)).collect();
            assert_eq!(got, expected);
        }
    }
}
