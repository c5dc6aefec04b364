//! Functions of ints.

use snakelet_num::bigint;
use snakelet_vm::Raised;
use snakelet_vm::exception::classes::{OVERFLOW_ERROR, VALUE_ERROR};
use snakelet_vm::native::full::{Full, FullArgs, Given, Held, Variable};
use snakelet_vm::native::leaf::IntOp;

/// Makes a variable of a small int.
fn variable<'s>(cx: &mut Full<'s>, i: i64) -> Result<Variable<'s>, Raised> {
    let int = cx.int(i)?;
    Ok(cx.variable(int))
}

/// Multiplies the ints `from..=to` with what `product` holds.
fn multiply_range<'s>(
    cx: &mut Full<'s>,
    product: Variable<'s>,
    from: i64,
    to: i64,
) -> Result<(), Raised> {
    let mut pending = 1i64;
    let mut i = from;
    while i <= to {
        match pending.checked_mul(i) {
            Some(more) => pending = more,
            None => {
                multiply(cx, product, pending)?;
                pending = i;
            }
        }
        cx.charge(1)?;
        i += 1;
    }
    multiply(cx, product, pending)
}

fn multiply<'s>(cx: &mut Full<'s>, product: Variable<'s>, by: i64) -> Result<(), Raised> {
    cx.update(product, |cx, old| cx.arith(IntOp::Multiply, old, cx.int(by)?))
}

/// A number of things: an int that is not negative.
fn count<'s>(cx: &mut Full<'s>, object: Held<'s>, message: &str) -> Result<i64, Raised> {
    let int = cx.int_of(object)?;
    let number = cx.look(|cx| {
        let int = cx.get(int).as_int();
        let is_negative = int.as_ref().is_some_and(|int| int.int().is_negative());
        Ok((!is_negative).then(|| int.and_then(|int| bigint::to_i64(int.int()))))
    })?;
    match number {
        None => Err(cx.raise(&VALUE_ERROR, message)),
        Some(Some(i)) if i < i64::MAX => Ok(i),
        Some(_) => Err(cx.raise(&OVERFLOW_ERROR, "overflow converting long int to machine word")),
    }
}

pub(super) fn factorial<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let n = count(cx, args.or_none(0), "negative factorial")?;
    let product = variable(cx, 1)?;
    multiply_range(cx, product, 2, n)?;
    Ok(product.held())
}

/// `perm(n, k=n)`: the product of the `k` numbers up to `n`.
pub(super) fn perm<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let n = count(cx, args.or_none(0), "n must be a non-negative integer")?;
    let k = match args.get(1) {
        Some(k) if !cx.is_none(k) => count(cx, k, "k must be a non-negative integer")?,
        _ => n,
    };
    let product = variable(cx, (k <= n).into())?;
    if k <= n {
        multiply_range(cx, product, n - k + 1, n)?;
    }
    Ok(product.held())
}

/// `comb(n, k)`: each step multiplies by one factor more and divides by as many as there are,
/// which leaves no rest.
pub(super) fn comb<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let n = count(cx, args.or_none(0), "n must be a non-negative integer")?;
    let k = count(cx, args.or_none(1), "k must be a non-negative integer")?;
    let product = variable(cx, (k <= n).into())?;
    if k > n {
        return Ok(product.held());
    }
    let k = k.min(n - k);
    for i in 1..=k {
        cx.update(product, |cx, old| {
            let more = cx.arith(IntOp::Multiply, old, cx.int(n - k + i)?)?;
            cx.arith(IntOp::FloorDivide, more, cx.int(i)?)
        })?;
        cx.charge(1)?;
    }
    Ok(product.held())
}

fn is_zero<'s>(cx: &mut Full<'s>, int: Held<'s>) -> Result<bool, Raised> {
    cx.look(|cx| Ok(cx.get(int).as_i64() == Some(0)))
}

/// The greatest common divisor of two variables, in one of them; both are changed.
fn reduce<'s>(cx: &mut Full<'s>, a: Variable<'s>, b: Variable<'s>) -> Result<Variable<'s>, Raised> {
    let (mut a, mut b) = (a, b);
    while !is_zero(cx, b.held())? {
        cx.update(a, |cx, dividend| cx.arith(IntOp::Modulo, dividend, cx.get(b.held())))?;
        (a, b) = (b, a);
        cx.charge(1)?;
    }
    Ok(a)
}

/// An argument's absolute value.
fn magnitude<'s>(cx: &mut Full<'s>, object: Held<'s>) -> Result<Variable<'s>, Raised> {
    let int = cx.int_of(object)?;
    let magnitude = cx.make(|cx| cx.int_abs(cx.get(int)))?;
    Ok(cx.variable(magnitude))
}

pub(super) fn gcd<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let divisor = variable(cx, 0)?;
    for arg in args.iter() {
        cx.scope(|cx, outer| {
            let divisor = outer.variable(divisor);
            let next = magnitude(cx, outer.held(arg))?;
            let found = reduce(cx, divisor, next)?;
            cx.set(divisor, found.held());
            Ok(())
        })?;
    }
    Ok(divisor.held())
}

pub(super) fn lcm<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let multiple = variable(cx, 1)?;
    for arg in args.iter() {
        cx.scope(|cx, outer| {
            let multiple = outer.variable(multiple);
            let next = magnitude(cx, outer.held(arg))?;
            if is_zero(cx, next.held())? || is_zero(cx, multiple.held())? {
                let zero = cx.int(0)?;
                cx.set(multiple, zero);
                return Ok(());
            }
            let (a, b) = (cx.variable(multiple.held()), cx.variable(next.held()));
            let divisor = reduce(cx, a, b)?.held();
            cx.update(next, |cx, next| cx.arith(IntOp::FloorDivide, next, cx.get(divisor)))?;
            let factor = next.held();
            cx.update(multiple, |cx, old| cx.arith(IntOp::Multiply, old, cx.get(factor)))
        })?;
    }
    Ok(multiple.held())
}

/// The square root of an int, rounded down, by Newton's method from above.
pub(super) fn isqrt<'s>(cx: &mut Full<'s>, args: FullArgs<'s>) -> Given<'s> {
    let square = cx.int_of(args.or_none(0))?;
    let (is_negative, bits) = cx.look(|cx| {
        let int = cx.get(square).as_int();
        Ok(int.map_or((false, 0), |int| (int.int().is_negative(), int.int().bit_length())))
    })?;
    if is_negative {
        return Err(cx.raise(&VALUE_ERROR, "isqrt() argument must be nonnegative"));
    }
    if bits == 0 {
        return Ok(square);
    }
    let root = variable(cx, 1)?;
    let above = IntOp::Lshift(bits.div_ceil(2));
    cx.update(root, |cx, one| cx.arith(above, one, one))?;
    loop {
        let mut done = false;
        cx.update(root, |cx, root| {
            let quotient = cx.arith(IntOp::FloorDivide, cx.get(square), root)?;
            let sum = cx.arith(IntOp::Add, root, quotient)?;
            let next = cx.arith(IntOp::Rshift(1), sum, sum)?;
            let change = cx.arith(IntOp::Subtract, next, root)?;
            done = change.as_int().is_none_or(|change| !change.int().is_negative());
            Ok(if done { root } else { next })
        })?;
        if done {
            return Ok(root.held());
        }
        cx.charge(1)?;
    }
}
