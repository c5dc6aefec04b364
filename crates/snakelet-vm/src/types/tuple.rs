//! `tuple`.

use snakelet_qstr::Qstr;

use crate::native::leaf::Whole;
use crate::native::print::{Out, PrintKind};
use crate::native::{AttrOp, Behaviour, NativeFn, NativeType, slots};
use crate::object::value::{SWord, Value, Word};
use crate::object::{Kind, Slot, TupleObj, empty_tuple};
use crate::types::{iter, namedtuple, sequence};
use crate::vm::stack::Local;
use crate::{Args, Raised, Res, Vm, methods, name};

/// `tuple`.
pub static TUPLE: NativeType = NativeType::new(name!("tuple"), Kind::Tuple)
    .slots(slots!(
        Behaviour::NONE
            .make(make)
            .print(print)
            .binary_leaf(sequence::join)
            .binary(sequence::binary)
            .len(|_, tuple| tuple.cast::<TupleObj>().map_or(0, TupleObj::len))
            .hash(hash)
            .subscripts(methods![NativeFn::method::<Whole<TupleObj>, 1>(
                name!("__getitem__"),
                0,
                sequence::load
            )])
            .attr(attr)
            .membership(&CONTAINS)
            .iter(|vm, tuple| iter::over(vm, iter::Sort::Sequence, tuple))
    ))
    .methods(methods![
        NativeFn::method::<Whole<TupleObj>, 1>(name!("count"), 0, sequence::count),
        NativeFn::method::<Whole<TupleObj>, 1>(name!("index"), 2, sequence::index),
    ]);

static CONTAINS: NativeFn =
    NativeFn::method::<Whole<TupleObj>, 1>(name!("__contains__"), 0, sequence::contains);

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

/// Items of a tuple that are hashed between two charges.
const HASHED: usize = 64;

/// The hash of a tuple, made of those of its items.
fn hash(vm: &mut Vm, tuple: Local) -> Result<SWord, Raised> {
    vm.nested(|vm| {
        let n = vm.sequence_len(tuple);
        // xxHash (Yann Collet) as CPython uses it: few tuples of small numbers collide
        let mut hash = XX_SEED;
        for i in 0..n {
            let scope = vm.scope();
            let item = vm.tuple_item(tuple, i);
            let part = vm.hash(item)?;
            vm.end_scope(scope);
            if i % HASHED == HASHED - 1 {
                vm.charge((HASHED / 8) as u32)?;
            }
            let mixed = hash.wrapping_add((part as Word).wrapping_mul(XX_LANE));
            hash = mixed.rotate_left(XX_ROTATE).wrapping_mul(XX_STEP);
        }
        Ok(hash.wrapping_add(n as Word ^ XX_SEED) as SWord)
    })
}

/// The fields of a named tuple.
fn attr(vm: &mut Vm, tuple: Local, name: Qstr, op: AttrOp) -> Result<Option<Local>, Raised> {
    if vm.get(tuple).is_kind(Kind::NamedTuple) {
        namedtuple::attr(vm, tuple, name, op)
    } else {
        Ok(None)
    }
}
