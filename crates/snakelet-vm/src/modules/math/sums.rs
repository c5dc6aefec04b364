//! Functions of many numbers.

use snakelet_num::float;

use crate::native::BinaryOp;
use crate::native::leaf::{Answer, Leaf, LeafArgs, Obj};
use crate::object::value::Value;
use crate::{Args, Res, Vm, qstr};

/// `prod(iterable, *, start=1)`
pub(super) fn prod(vm: &mut Vm, args: Args) -> Res {
    let start = args.find_keyword(vm, qstr!("start"));
    if args.keywords() > usize::from(start.is_some()) {
        return Err(vm.type_error("extra keyword arguments given"));
    }
    let product = match start {
        Some(start) => vm.push_copy(start),
        None => vm.push(Value::tiny_int(1)),
    };
    vm.for_each(args.get(0), |vm, item| {
        let next = vm.binary_op(BinaryOp::Multiply, product, item)?;
        vm.set(product, vm.get(next));
        Ok(())
    })?;
    Ok(product)
}

/// Floats that an exact sum of floats needs: its 2098 bits by 53.
const PARTIALS: usize = 40;

/// A sum without rounding errors: partial sums that do not overlap, the least first (Shewchuk,
/// *Adaptive Precision Floating-Point Arithmetic*, 1997).
struct Exact {
    partials: [f64; PARTIALS],
    len: usize,
    /// The sum of what is not finite.
    special: f64,
}

impl Exact {
    fn add(&mut self, mut x: f64) {
        if !x.is_finite() {
            self.special += x;
            return;
        }
        let mut kept = 0;
        for i in 0..self.len {
            let mut y = self.partials.get(i).copied().unwrap_or(0.0);
            if x.abs() < y.abs() {
                core::mem::swap(&mut x, &mut y);
            }
            let high = x + y;
            let low = y - (high - x);
            if low != 0.0 {
                self.keep(kept, low);
                kept += 1;
            }
            x = high;
        }
        self.keep(kept, x);
        self.len = (kept + 1).min(PARTIALS);
    }

    fn keep(&mut self, at: usize, x: f64) {
        if let Some(place) = self.partials.get_mut(at) {
            *place = x;
        }
    }

    /// The sum, rounded once.
    fn total(&self) -> f64 {
        if self.special != 0.0 {
            return self.special;
        }
        let mut rest = self.partials.iter().take(self.len).rev().copied();
        let mut high = rest.next().unwrap_or(0.0);
        while let Some(y) = rest.next() {
            let x = high;
            high = x + y;
            let low = y - (high - x);
            if low == 0.0 {
                continue;
            }
            // A tie is decided by what is below it.
            if let Some(below) = rest.next()
                && (low < 0.0) == (below < 0.0)
                && below != 0.0
            {
                let twice = low * 2.0;
                let up = high + twice;
                if up - high == twice {
                    high = up;
                }
            }
            break;
        }
        high
    }
}

pub(super) fn fsum(vm: &mut Vm, args: Args) -> Res {
    let mut sum = Exact { partials: [0.0; PARTIALS], len: 0, special: 0.0 };
    vm.for_each(args.get(0), |vm, item| {
        let x = vm.float_of(item)?;
        // a partial sum takes about as long as an item
        vm.charge_later(sum.len / 4);
        sum.add(x);
        Ok(())
    })?;
    vm.new_float(sum.total())
}

/// The length of a vector, given by its coordinates.
pub(super) fn hypot<'h>(cx: Leaf<'h>, args: LeafArgs<'h, 0>) -> Answer<'h> {
    let mut length = 0.0;
    for i in 0..args.len() {
        cx.charge(1);
        length = float::hypot(length, cx.real(args.opt(i).unwrap_or(Obj::NONE), i)?);
    }
    cx.float(length)
}

/// The distance of two points, given as tuples or lists.
pub(super) fn dist(vm: &mut Vm, args: Args) -> Res {
    let n = vm.sequence_len(args.get(0));
    if n != vm.sequence_len(args.get(1)) {
        return Err(vm.value_error("both points must have the same number of dimensions"));
    }
    let mut length = 0.0;
    for i in 0..n {
        let scope = vm.scope();
        let mut coordinate = |point| {
            let item = vm.push_sequence_item(args.get(point), i);
            vm.float_of(item)
        };
        let distance = coordinate(0)? - coordinate(1)?;
        length = float::hypot(length, distance);
        vm.end_scope(scope);
        vm.charge(1)?;
    }
    vm.new_float(length)
}
