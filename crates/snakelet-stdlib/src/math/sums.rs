//! Functions of many numbers.

use snakelet_num::float;
use snakelet_vm::exception::classes::{TYPE_ERROR, VALUE_ERROR};
use snakelet_vm::name;
use snakelet_vm::native::BinaryOp;
use snakelet_vm::native::full::{Full, FullArgs, Given};
use snakelet_vm::native::leaf::{Answer, Items, Leaf, LeafArgs, Obj};

/// `prod(iterable, *, start=1)`
pub(super) fn prod<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let start = args.keyword(cx, name!("start"));
    if args.keywords() > usize::from(start.is_some()) {
        return Err(cx.raise(&TYPE_ERROR, "extra keyword arguments given"));
    }
    let start = match start {
        Some(start) => start,
        None => cx.int(1)?,
    };
    let product = cx.variable(start);
    cx.for_each(args.or_none(0), |cx, outer, item| {
        let product = outer.variable(product);
        let next = cx.binary(BinaryOp::Multiply, product.held(), item)?;
        cx.set(product, next);
        Ok(())
    })?;
    Ok(product.held())
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

pub(super) fn fsum<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let mut sum = Exact { partials: [0.0; PARTIALS], len: 0, special: 0.0 };
    cx.for_each(args.or_none(0), |cx, _, item| {
        let x = cx.float_of(item)?;
        // a partial sum takes about as long as an item
        cx.charge(sum.len as u32 / 4)?;
        sum.add(x);
        Ok(())
    })?;
    cx.float(sum.total())
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
pub(super) fn dist<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let points = [args.or_none(0), args.or_none(1)];
    let [n, m] = cx.look(|cx| Ok(points.map(|p| cx.get(p).items().map_or(0, Items::len))))?;
    if n != m {
        let text = "both points must have the same number of dimensions";
        return Err(cx.raise(&VALUE_ERROR, text));
    }
    let mut length = 0.0;
    for i in 0..n {
        length = cx.scope(|cx, outer| {
            let mut distance = 0.0;
            for point in points {
                let coordinate = cx.item_at(outer.held(point), i)?;
                distance = cx.float_of(coordinate)? - distance;
            }
            cx.charge(2)?;
            Ok(float::hypot(length, distance))
        })?;
    }
    cx.float(length)
}
