//! Built-in functions that make one value of many: `sum`, `min`, `max`.

use crate::native::{BinaryOp, Contents, VARIADIC};
use crate::object::value::Value;
use crate::vm::stack::Local;
use crate::{Args, Raised, Res, Vm, function, methods, name, qstr};

pub(super) const CONTENTS: Contents = Contents {
    functions: methods![
        function!("sum", 1, 2, sum).keywords(),
        function!("min", 1, VARIADIC, min).keywords(),
        function!("max", 1, VARIADIC, max).keywords(),
    ],
    constants: &[],
};

fn sum(vm: &mut Vm, args: Args) -> Res {
    let start = args.opt(1).or(args.find_keyword(vm, name!("start")));
    if args.keywords() > usize::from(args.len() == 1 && start.is_some()) {
        return Err(vm.type_error("function doesn't take keyword arguments"));
    }
    let start = match start {
        Some(start) => start,
        None => vm.new_int(0)?,
    };
    let total = vm.push_copy(start);
    vm.for_each(args.get(0), |vm, item| {
        let (sum, next) = (vm.get(total).as_small_int(), vm.get(item).as_small_int());
        if let (Some(sum), Some(next)) = (sum, next)
            && let Some(sum) = sum.checked_add(next).and_then(Value::small_int)
        {
            vm.set(total, sum);
            return Ok(());
        }
        let next = vm.binary_op(BinaryOp::Add, total, item)?;
        vm.set(total, vm.get(next));
        Ok(())
    })?;
    Ok(total)
}

fn min(vm: &mut Vm, args: Args) -> Res {
    best(vm, args, BinaryOp::Less)
}

fn max(vm: &mut Vm, args: Args) -> Res {
    best(vm, args, BinaryOp::More)
}

/// The item that stands in relation `op` to those before it, the first of equal ones.
fn best(vm: &mut Vm, args: Args, op: BinaryOp) -> Res {
    let key = args.find_keyword(vm, name!("key")).filter(|key| !vm.get(*key).is_none());
    let default = args.find_keyword(vm, name!("default"));
    for i in 0..args.keywords() {
        let (name, _) = args.keyword(i);
        if !matches!(vm.get(name).as_qstr(), Some(q) if q == qstr!("key") || q == qstr!("default"))
        {
            return Err(vm.type_error("extra keyword arguments given"));
        }
    }
    let (item, rank) = (vm.push_copy(Local::NULL), vm.push_copy(Local::NULL));
    if args.len() == 1 {
        vm.for_each(args.get(0), |vm, next| consider(vm, op, key, next, item, rank))?;
    } else {
        for next in args.iter() {
            let scope = vm.scope();
            consider(vm, op, key, next, item, rank)?;
            vm.end_scope(scope);
            vm.charge(1)?;
        }
    }
    match default {
        _ if !vm.get(rank).is_null() => Ok(item),
        Some(default) if args.len() == 1 => Ok(default),
        _ => Err(vm.value_error("arg is an empty sequence")),
    }
}

/// Takes the next item if it goes before the best so far.
fn consider(
    vm: &mut Vm,
    op: BinaryOp,
    key: Option<Local>,
    next: Local,
    item: Local,
    rank: Local,
) -> Result<(), Raised> {
    let next_rank = match key {
        Some(key) => vm.call_with(key, &[next])?,
        None => next,
    };
    let (old, new) = (vm.get(rank), vm.get(next_rank));
    let better = match (new.as_small_int(), old.as_small_int()) {
        (Some(new), Some(old)) => {
            if op == BinaryOp::Less {
                new < old
            } else {
                new > old
            }
        }
        _ if old.is_null() => true,
        _ => {
            let better = vm.binary_op(op, next_rank, rank)?;
            vm.truth(better)?
        }
    };
    if better {
        vm.set(item, vm.get(next));
        vm.set(rank, vm.get(next_rank));
    }
    Ok(())
}
