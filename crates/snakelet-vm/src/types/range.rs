//! `range`.

use snakelet_qstr::Qstr;

use crate::exception::classes::{OVERFLOW_ERROR, VALUE_ERROR};
use crate::native::print::{Out, PrintKind};
use crate::native::{AttrOp, BinaryOp, NativeType, Subscr, TypeSlots};
use crate::object::value::SWord;
use crate::object::{Kind, RangeObj};
use crate::types::iter;
use crate::vm::stack::Local;
use crate::{Args, Raised, Res, Vm, method, methods, name, qstr};

/// `range`.
pub static RANGE: NativeType = NativeType::new(name!("range"), Kind::Range)
    .slots(
        const {
            &TypeSlots::NONE
                .make(make)
                .print(print)
                .binary(binary)
                .len(|_, range| range.cast::<RangeObj>().map_or(0, RangeObj::len))
                .hash(hash)
                .subscr(subscr)
                .attr(attr)
                .contains(contains)
                .iter(|vm, range| iter::over(vm, iter::Sort::Range, range))
        },
    )
    .methods(methods![method!("count", 2, 2, count), method!("index", 2, 2, index)])
    .sealed();

impl RangeObj {
    /// How many numbers there are.
    pub fn len(&self) -> usize {
        let (from, to) =
            if self.step > 0 { (self.start, self.stop) } else { (self.stop, self.start) };
        if from >= to {
            return 0;
        }
        // the distance may not fit a signed word
        let last = (to as usize).wrapping_sub(from as usize) - 1;
        (last / self.step.unsigned_abs().max(1)).saturating_add(1)
    }
    /// Whether there are no numbers.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// Number `i`, of those that there are.
    pub(crate) fn at(&self, i: usize) -> SWord {
        self.start.wrapping_add((i as SWord).wrapping_mul(self.step))
    }
    /// The place of a number.
    fn place(&self, number: SWord) -> Option<usize> {
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

fn binary(vm: &mut Vm, op: BinaryOp, left: Local, right: Local) -> Result<Option<Local>, Raised> {
    let (Some(a), Some(b)) = (vm.get(left).cast::<RangeObj>(), vm.get(right).cast::<RangeObj>())
    else {
        return Ok(None);
    };
    Ok((op == BinaryOp::Equal).then(|| Local::bool(essence(a) == essence(b))))
}

fn hash(vm: &mut Vm, range: Local) -> Result<SWord, Raised> {
    let Some(r) = vm.get(range).cast::<RangeObj>() else { return Err(vm.wrong_receiver()) };
    let (n, start, step) = essence(r);
    let mixed = (n as SWord).wrapping_mul(1_000_003) ^ start;
    Ok(mixed.wrapping_mul(1_000_003) ^ step)
}

fn subscr(vm: &mut Vm, range: Local, index: Local, op: Subscr) -> Res {
    let Some(len) = vm.get(range).cast::<RangeObj>().map(RangeObj::len) else {
        return Err(vm.wrong_receiver());
    };
    let what = match op {
        Subscr::Load => {
            if vm.get(index).is_kind(Kind::Slice) {
                let bounds = vm.slice_bounds(index, len)?;
                let (start, _, step) = parts(vm, range);
                let at = |i: SWord| start.wrapping_add(i.wrapping_mul(step));
                let Some(step) = step.checked_mul(bounds.step) else {
                    return Err(vm.raise_text(&OVERFLOW_ERROR, "int too big to convert"));
                };
                return vm.new_range(at(bounds.start), at(bounds.stop), step);
            }
            let at = vm.sequence_index(range, index, len)?;
            let number = vm.get(range).cast::<RangeObj>().map_or(0, |r| r.at(at));
            return vm.new_int(number);
        }
        Subscr::Store(_) => "' object doesn't support item assignment",
        Subscr::Delete => "' object doesn't support item deletion",
    };
    Err(vm.raise_parts(
        &crate::exception::classes::TYPE_ERROR,
        &[crate::Part::Text("'"), crate::Part::TypeOf(range), crate::Part::Text(what)],
    ))
}

fn attr(vm: &mut Vm, range: Local, name: Qstr, op: AttrOp) -> Result<Option<Local>, Raised> {
    let AttrOp::Load = op else { return Ok(None) };
    let (start, stop, step) = parts(vm, range);
    let number = if name == qstr!("start") {
        start
    } else if name == qstr!("stop") {
        stop
    } else if name == qstr!("step") {
        step
    } else {
        return Ok(None);
    };
    vm.new_int(number).map(Some)
}

/// The place of an object that is equal to a number of the range.
fn find(vm: &mut Vm, range: Local, item: Local) -> Result<Option<usize>, Raised> {
    let value = vm.get(item);
    let number = value.as_small_int().or(value.as_bool().map(|b| b as SWord));
    if let (Some(number), Some(r)) = (number, vm.get(range).cast::<RangeObj>()) {
        return Ok(r.place(number));
    }
    let n = vm.get(range).cast::<RangeObj>().map_or(0, RangeObj::len);
    for i in 0..n {
        let scope = vm.scope();
        let number = vm.get(range).cast::<RangeObj>().map_or(0, |r| r.at(i));
        let number = vm.new_int(number)?;
        let equal = vm.equal(number, item)?;
        vm.end_scope(scope);
        if equal {
            return Ok(Some(i));
        }
        vm.charge(1)?;
    }
    Ok(None)
}

fn contains(vm: &mut Vm, range: Local, item: Local) -> Result<bool, Raised> {
    find(vm, range, item).map(|place| place.is_some())
}

fn count(vm: &mut Vm, args: Args) -> Res {
    let found = search(vm, args)?;
    vm.new_int(SWord::from(found.is_some()))
}

fn index(vm: &mut Vm, args: Args) -> Res {
    match search(vm, args)? {
        Some(i) => vm.new_int(i as SWord),
        None => Err(vm.raise_text(&VALUE_ERROR, "object not in sequence")),
    }
}

fn search(vm: &mut Vm, args: Args) -> Result<Option<usize>, Raised> {
    if vm.get(args.get(0)).cast::<RangeObj>().is_none() {
        return Err(vm.wrong_receiver());
    }
    find(vm, args.get(0), args.get(1))
}
