//! `range`.

use snakelet_qstr::Qstr;

use crate::exception::classes::OVERFLOW_ERROR;
use crate::native::leaf::{Answer, Gc, Leaf, Leave, Obj, Whole};
use crate::native::print::{Out, PrintKind};
use crate::native::{AttrOp, Behaviour, BinaryOp, NativeFn, NativeType, slots};
use crate::object::value::SWord;
use crate::object::{Kind, RangeObj};
use crate::types::slice::Bounds;
use crate::types::{iter, sequence};
use crate::vm::stack::Local;
use crate::{Args, Raised, Res, Vm, methods, name, qstr};

/// `range`.
pub static RANGE: NativeType = NativeType::new(name!("range"), Kind::Range)
    .slots(slots!(
        Behaviour::NONE
            .make(make)
            .print(print)
            .binary_leaf(binary)
            .len(|_, range| range.cast::<RangeObj>().map_or(0, RangeObj::len))
            .hash(hash)
            .subscripts(methods![NativeFn::method::<Whole<RangeObj>, 1>(
                name!("__getitem__"),
                0,
                sequence::load
            )])
            .attr(attr)
            .membership(&CONTAINS)
            .iter(|vm, range| iter::over(vm, iter::Sort::Sequence, range))
    ))
    .methods(methods![
        NativeFn::method::<Whole<RangeObj>, 1>(name!("count"), 0, sequence::count),
        NativeFn::method::<Whole<RangeObj>, 1>(name!("index"), 0, sequence::index),
    ])
    .sealed();

static CONTAINS: NativeFn =
    NativeFn::method::<Whole<RangeObj>, 1>(name!("__contains__"), 0, sequence::contains);

impl RangeObj {
    /// How many numbers there are.
    pub(crate) fn len(&self) -> usize {
        let (from, to) =
            if self.step > 0 { (self.start, self.stop) } else { (self.stop, self.start) };
        if from >= to {
            return 0;
        }
        // the distance may not fit a signed word
        let last = (to as usize).wrapping_sub(from as usize) - 1;
        (last / self.step.unsigned_abs().max(1)).saturating_add(1)
    }
    /// Number `i`, of those that there are.
    pub(crate) fn at(&self, i: usize) -> SWord {
        self.start.wrapping_add((i as SWord).wrapping_mul(self.step))
    }
    /// The place of a number.
    pub(crate) fn place(&self, number: SWord) -> Option<usize> {
        let inside = if self.step > 0 {
            number >= self.start && number < self.stop
        } else {
            number <= self.start && number > self.stop
        };
        let distance = (number as usize).wrapping_sub(self.start as usize);
        let distance = if self.step > 0 { distance } else { distance.wrapping_neg() };
        let step = self.step.unsigned_abs().max(1);
        (inside && distance % step == 0).then_some(distance / step)
    }
}

fn make(vm: &mut Vm, _class: Local, args: Args) -> Res {
    args.check(vm, 1, 3)?;
    let (start, stop, step) = arguments(vm, args)?;
    if step == 0 {
        return Err(vm.value_error("zero step"));
    }
    vm.new_range(start, stop, step)
}

/// Start, stop and step by the arguments `[start,] stop[, step]`.
pub(crate) fn arguments(vm: &mut Vm, args: Args) -> Result<(SWord, SWord, SWord), Raised> {
    let first = vm.index_of(args.get(0))?;
    let (start, stop) = match args.opt(1) {
        Some(stop) => (first, vm.index_of(stop)?),
        None => (0, first),
    };
    let step = match args.opt(2) {
        Some(step) => vm.index_of(step)?,
        None => 1,
    };
    Ok((start, stop, step))
}

/// The three numbers of a range.
fn parts(vm: &Vm, range: Local) -> (SWord, SWord, SWord) {
    vm.get(range).cast::<RangeObj>().map_or((0, 0, 1), |r| (r.start, r.stop, r.step))
}

fn print(vm: &mut Vm, range: Local, out: Out, _kind: PrintKind) -> Result<(), Raised> {
    let (start, stop, step) = parts(vm, range);
    vm.emit(out, b"range(")?;
    vm.emit_int(out, start)?;
    vm.emit(out, b", ")?;
    vm.emit_int(out, stop)?;
    if step != 1 {
        vm.emit(out, b", ")?;
        vm.emit_int(out, step)?;
    }
    vm.emit(out, b")")
}

/// Length, first number and step, without those that make no difference: equal for ranges of the
/// same numbers.
fn essence(range: &RangeObj) -> (usize, SWord, SWord) {
    match range.len() {
        0 => (0, 0, 0),
        1 => (1, range.start, 0),
        n => (n, range.start, range.step),
    }
}

fn binary<'h>(
    _: Leaf<'h>,
    op: BinaryOp,
    left: Obj<'h>,
    right: Obj<'h>,
) -> Result<Option<Obj<'h>>, Leave> {
    Ok(match (op, left.cast::<RangeObj>(), right.cast::<RangeObj>()) {
        (BinaryOp::Equal, Some(a), Some(b)) => Some(Obj::bool(essence(&a) == essence(&b))),
        _ => None,
    })
}

impl<'h> Gc<'h, RangeObj> {
    /// The range of those numbers that `bounds` selects.
    pub(crate) fn part(self, cx: Leaf<'h>, bounds: Bounds) -> Answer<'h> {
        let at = |i: SWord| self.start.wrapping_add(i.wrapping_mul(self.step));
        match self.step.checked_mul(bounds.step) {
            Some(step) => cx.range(at(bounds.start), at(bounds.stop), step),
            None => Err(cx.raise(&OVERFLOW_ERROR, "int too big to convert")),
        }
    }
}

fn hash(vm: &mut Vm, range: Local) -> Result<SWord, Raised> {
    let Some(r) = vm.get(range).cast::<RangeObj>() else { return Err(vm.wrong_receiver()) };
    let (n, start, step) = essence(r);
    let mixed = (n as SWord).wrapping_mul(1_000_003) ^ start;
    Ok(mixed.wrapping_mul(1_000_003) ^ step)
}

fn attr(vm: &mut Vm, range: Local, name: Qstr, op: AttrOp) -> Result<Option<Local>, Raised> {
    let AttrOp::Load = op else { return Ok(None) };
    let (start, stop, step) = parts(vm, range);
    let names = [qstr!("start"), qstr!("stop"), qstr!("step")];
    match names.iter().zip([start, stop, step]).find(|(n, _)| **n == name) {
        Some((_, number)) => vm.new_int(number).map(Some),
        None => Ok(None),
    }
}
