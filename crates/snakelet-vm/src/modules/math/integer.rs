//! Functions of ints.

use super::{is_negative, small};
use crate::native::leaf::{Answer, Leaf, Obj, Wide};
use crate::object::value::Value;
use crate::types::int::arith::{IntOp, int_ref, operand, word};
use crate::vm::stack::Local;
use crate::{Args, Raised, Res, Vm};

/// Multiplies the ints `from..=to` with what `product` holds.
fn multiply_range(vm: &mut Vm, product: Local, from: i64, to: i64) -> Result<(), Raised> {
    let mut pending = 1i64;
    let mut i = from;
    while i <= to {
        match pending.checked_mul(i) {
            Some(more) => pending = more,
            None => {
                multiply(vm, product, pending)?;
                pending = i;
            }
        }
        vm.charge(1)?;
        i += 1;
    }
    multiply(vm, product, pending)
}

fn multiply(vm: &mut Vm, product: Local, by: i64) -> Result<(), Raised> {
    replace(vm, product, |cx, old| cx.obj_op(IntOp::Multiply, old, cx.int(by as Wide)?))
}

/// Replaces the int in a local by what a calculation makes of it.
fn replace(
    vm: &mut Vm,
    int: Local,
    mut step: impl for<'h> FnMut(Leaf<'h>, Obj<'h>) -> Answer<'h>,
) -> Result<(), Raised> {
    let scope = vm.scope();
    let new = vm.leaf_local(|cx| step(cx, cx.local(int)))?;
    vm.set(int, vm.get(new));
    vm.end_scope(scope);
    Ok(())
}

/// A number of things: an int that is not negative.
fn count(vm: &mut Vm, object: Local, message: &str) -> Result<i64, Raised> {
    let int = vm.int_of(object)?;
    if is_negative(vm, int) {
        return Err(vm.value_error(message));
    }
    match small(vm, int) {
        Some(i) if i < i64::MAX => Ok(i),
        _ => Err(vm.word_overflow()),
    }
}

pub(super) fn factorial(vm: &mut Vm, args: Args) -> Res {
    let n = count(vm, args.get(0), "negative factorial")?;
    let product = vm.push(Value::tiny_int(1));
    multiply_range(vm, product, 2, n)?;
    Ok(product)
}

/// `perm(n, k=n)`: the product of the `k` numbers up to `n`.
pub(super) fn perm(vm: &mut Vm, args: Args) -> Res {
    let n = count(vm, args.get(0), "n must be a non-negative integer")?;
    let k = match args.opt(1) {
        Some(k) if !vm.get(k).is_none() => count(vm, k, "k must be a non-negative integer")?,
        _ => n,
    };
    let product = vm.push(Value::tiny_int(i16::from(k <= n)));
    if k <= n {
        multiply_range(vm, product, n - k + 1, n)?;
    }
    Ok(product)
}

/// `comb(n, k)`: each step multiplies by one factor more and divides by as many as there are,
/// which leaves no rest.
pub(super) fn comb(vm: &mut Vm, args: Args) -> Res {
    let n = count(vm, args.get(0), "n must be a non-negative integer")?;
    let k = count(vm, args.get(1), "k must be a non-negative integer")?;
    let product = vm.push(Value::tiny_int(i16::from(k <= n)));
    if k > n {
        return Ok(product);
    }
    let k = k.min(n - k);
    for i in 1..=k {
        replace(vm, product, |cx, old| {
            let more = cx.obj_op(IntOp::Multiply, old, cx.int((n - k + i) as Wide)?)?;
            cx.obj_op(IntOp::FloorDivide, more, cx.int(i as Wide)?)
        })?;
        vm.charge(1)?;
    }
    Ok(product)
}

/// Replaces the int in `a` by the greatest common divisor of it and `b`; both are changed.
fn reduce(vm: &mut Vm, a: Local, b: Local) -> Result<(), Raised> {
    while word(vm.get(b)) != Some(0) {
        let scope = vm.scope();
        let rest = vm.int_op(IntOp::Modulo, a, b)?;
        vm.set(a, vm.get(b));
        vm.set(b, vm.get(rest));
        vm.end_scope(scope);
        vm.charge(1)?;
    }
    Ok(())
}

/// A copy of an argument's absolute value.
fn magnitude(vm: &mut Vm, object: Local) -> Res {
    let int = vm.int_of(object)?;
    let int = vm.int_abs(int)?;
    Ok(vm.push_copy(int))
}

pub(super) fn gcd(vm: &mut Vm, args: Args) -> Res {
    let divisor = vm.push(Value::tiny_int(0));
    for arg in args.iter() {
        let scope = vm.scope();
        let next = magnitude(vm, arg)?;
        reduce(vm, divisor, next)?;
        vm.end_scope(scope);
    }
    Ok(divisor)
}

pub(super) fn lcm(vm: &mut Vm, args: Args) -> Res {
    let multiple = vm.push(Value::tiny_int(1));
    for arg in args.iter() {
        let scope = vm.scope();
        let next = magnitude(vm, arg)?;
        if word(vm.get(next)) == Some(0) || word(vm.get(multiple)) == Some(0) {
            vm.set(multiple, Value::tiny_int(0));
        } else {
            let divisor = vm.push_copy(multiple);
            let other = vm.push_copy(next);
            reduce(vm, divisor, other)?;
            let factor = vm.int_op(IntOp::FloorDivide, next, divisor)?;
            let result = vm.int_op(IntOp::Multiply, multiple, factor)?;
            vm.set(multiple, vm.get(result));
        }
        vm.end_scope(scope);
    }
    Ok(multiple)
}

/// The square root of an int, rounded down, by Newton's method from above.
pub(super) fn isqrt(vm: &mut Vm, args: Args) -> Res {
    let square = vm.int_of(args.get(0))?;
    if is_negative(vm, square) {
        return Err(vm.value_error("isqrt() argument must be nonnegative"));
    }
    let bits = operand(vm, square).int().bit_length();
    if bits == 0 {
        return Ok(square);
    }
    let root = vm.push(Value::tiny_int(1));
    let above = IntOp::Lshift(bits.div_ceil(2));
    replace(vm, root, |cx, one| cx.obj_op(above, one, one))?;
    loop {
        let mut done = false;
        replace(vm, root, |cx, root| {
            let quotient = cx.obj_op(IntOp::FloorDivide, cx.local(square), root)?;
            let sum = cx.obj_op(IntOp::Add, root, quotient)?;
            let next = cx.obj_op(IntOp::Rshift(1), sum, sum)?;
            let change = cx.obj_op(IntOp::Subtract, next, root)?;
            done = int_ref(change.value()).is_none_or(|change| !change.int().is_negative());
            Ok(if done { root } else { next })
        })?;
        if done {
            return Ok(root);
        }
        vm.charge(1)?;
    }
}
