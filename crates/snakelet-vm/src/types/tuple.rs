//! `tuple`.

use snakelet_qstr::Qstr;

use crate::native::print::{Out, PrintKind};
use crate::native::{AttrOp, BinaryOp, NativeType, Subscr, TypeSlots};
use crate::object::value::{SWord, Value, Word};
use crate::object::{Kind, Slot, TupleObj, empty_tuple};
use crate::types::{iter, namedtuple, sequence};
use crate::vm::stack::Local;
use crate::{Args, Raised, Res, Vm, method, methods, name};

/// `tuple`.
pub static TUPLE: NativeType = NativeType::new(name!("tuple"), Kind::Tuple)
    .slots(
        const {
            &TypeSlots::NONE
                .make(make)
                .print(print)
                .binary(binary)
                .len(|_, tuple| tuple.cast::<TupleObj>().map_or(0, TupleObj::len))
                .hash(hash)
                .subscr(subscr)
                .attr(attr)
                .contains(sequence::contains)
                .iter(|vm, tuple| iter::over(vm, iter::Sort::Tuple, tuple))
        },
    )
    .methods(methods![
        method!("count", 2, 2, sequence::count),
        method!("index", 2, 4, sequence::index),
    ]);

impl Vm {
    /// Makes a local of item `i` of a tuple (null beyond its end).
    pub fn tuple_item(&self, tuple: Local, i: usize) -> Local {
        let items = self.get(tuple).cast::<TupleObj>().map_or(&[][..], TupleObj::items);
        self.push(items.get(i).map_or(Value::NULL, Slot::get))
    }
}

fn make(vm: &mut Vm, _class: Local, args: Args) -> Res {
    args.check(vm, 0, 1)?;
    match args.opt(0) {
        Some(iterable) => vm.tuple_from(iterable),
        None => Ok(vm.push(empty_tuple())),
    }
}

fn print(vm: &mut Vm, tuple: Local, out: Out, _kind: PrintKind) -> Result<(), Raised> {
    if vm.get(tuple).is_kind(Kind::NamedTuple) {
        return namedtuple::print(vm, tuple, out);
    }
    vm.emit(out, b"(")?;
    sequence::print_items(vm, tuple, out)?;
    let end: &[u8] = if vm.sequence_len(tuple) == 1 { b",)" } else { b")" };
    vm.emit(out, end)
}

fn binary(vm: &mut Vm, op: BinaryOp, left: Local, right: Local) -> Result<Option<Local>, Raised> {
    let n = vm.sequence_len(left);
    match op {
        BinaryOp::Multiply => {
            let Some(len) = sequence::repeated_len(vm, n, right)? else { return Ok(None) };
            vm.new_tuple_with(len, |vm, i| {
                let i = i.checked_rem(n).unwrap_or(0);
                vm.item_of(vm.get(left), i).unwrap_or(Value::NONE).into()
            })
            .map(Some)
        }
        _ if vm.get(right).cast::<TupleObj>().is_none() => Ok(None),
        BinaryOp::Add => {
            let len = n + vm.sequence_len(right);
            vm.charge_copies(len)?;
            vm.new_tuple_with(len, |vm, i| {
                let item = match i.checked_sub(n) {
                    Some(i) => vm.item_of(vm.get(right), i),
                    None => vm.item_of(vm.get(left), i),
                };
                item.unwrap_or(Value::NONE).into()
            })
            .map(Some)
        }
        BinaryOp::Less
        | BinaryOp::LessEqual
        | BinaryOp::More
        | BinaryOp::MoreEqual
        | BinaryOp::Equal => sequence::compare(vm, op, left, right),
        _ => Ok(None),
    }
}

/// The primes of xxHash, of the width of a word.
#[cfg(target_pointer_width = "64")]
const XX_SEED: Word = 2_870_177_450_012_600_261;
#[cfg(target_pointer_width = "64")]
const XX_LANE: Word = 14_029_467_366_897_019_727;
#[cfg(target_pointer_width = "64")]
const XX_STEP: Word = 11_400_714_785_074_694_791;
#[cfg(target_pointer_width = "64")]
const XX_ROTATE: u32 = 31;
#[cfg(not(target_pointer_width = "64"))]
const XX_SEED: Word = 374_761_393;
#[cfg(not(target_pointer_width = "64"))]
const XX_LANE: Word = 2_246_822_519;
#[cfg(not(target_pointer_width = "64"))]
const XX_STEP: Word = 2_654_435_761;
#[cfg(not(target_pointer_width = "64"))]
const XX_ROTATE: u32 = 13;

/// The hash of a tuple, made of those of its items.
fn hash(vm: &mut Vm, tuple: Local) -> Result<SWord, Raised> {
    vm.nested(|vm| {
        let n = vm.sequence_len(tuple);
        vm.charge_copies(n)?;
        // xxHash (Yann Collet) as CPython uses it: few tuples of small numbers collide
        let mut hash = XX_SEED;
        for i in 0..n {
            let scope = vm.scope();
            let item = vm.tuple_item(tuple, i);
            let part = vm.hash(item)?;
            vm.end_scope(scope);
            let mixed = hash.wrapping_add((part as Word).wrapping_mul(XX_LANE));
            hash = mixed.rotate_left(XX_ROTATE).wrapping_mul(XX_STEP);
        }
        Ok(hash.wrapping_add(n as Word ^ XX_SEED) as SWord)
    })
}

fn subscr(vm: &mut Vm, tuple: Local, index: Local, op: Subscr) -> Res {
    let what = match op {
        Subscr::Load => {
            let len = vm.sequence_len(tuple);
            if vm.get(index).is_kind(Kind::Slice) {
                let bounds = vm.slice_bounds(index, len)?;
                vm.charge_copies(bounds.len)?;
                return vm.new_tuple_with(bounds.len, |vm, k| {
                    vm.item_of(vm.get(tuple), bounds.at(k)).unwrap_or(Value::NONE).into()
                });
            }
            let at = vm.sequence_index(tuple, index, len)?;
            return Ok(vm.tuple_item(tuple, at));
        }
        Subscr::Store(_) => "' object doesn't support item assignment",
        Subscr::Delete => "' object doesn't support item deletion",
    };
    Err(vm.raise_parts(
        &crate::exception::classes::TYPE_ERROR,
        &[crate::Part::Text("'"), crate::Part::TypeOf(tuple), crate::Part::Text(what)],
    ))
}

/// The fields of a named tuple.
fn attr(vm: &mut Vm, tuple: Local, name: Qstr, op: AttrOp) -> Result<Option<Local>, Raised> {
    if vm.get(tuple).is_kind(Kind::NamedTuple) {
        namedtuple::attr(vm, tuple, name, op)
    } else {
        Ok(None)
    }
}
